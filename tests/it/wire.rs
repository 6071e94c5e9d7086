//! What travels between authtui and a server: compression, odd heads, cuts, proxies, TLS.

mod answer;
mod proxy;
mod tls;
