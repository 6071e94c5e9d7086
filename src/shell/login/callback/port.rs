//! Port of the listener, held before anybody is told of it.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::domain::trouble::{FailureKind, Trouble};

/// How many connections may wait to be accepted: a crowd must not keep the browser out.
const BACKLOG: u32 = 1024;
/// How often another free port is tried because ::1 has the first one taken.
const FREE_PORT_TRIES: u32 = 16;

/// One port on 127.0.0.1 and, where the machine has it, on ::1. Never on anything else
/// (RFC 8252 §8.3).
pub(super) struct Sockets {
    pub(super) port: u16,
    pub(super) v4: TcpListener,
    pub(super) v6: Option<TcpListener>,
}

impl Sockets {
    pub(super) fn addresses(&self) -> Vec<SocketAddr> {
        let sockets = [Some(&self.v4), self.v6.as_ref()];
        sockets.into_iter().flatten().filter_map(|socket| socket.local_addr().ok()).collect()
    }
}

/// Holds the first of `ports` that is free; 0 is any free one.
pub(super) fn hold(ports: &[u16]) -> Result<Sockets, Trouble> {
    let mut why = "no port was named".to_owned();
    for &port in ports {
        let mut held = both(port);
        for _ in 1..FREE_PORT_TRIES {
            if port != 0 || held.is_ok() {
                break;
            }
            held = both(port);
        }
        match held {
            Ok(sockets) => return Ok(sockets),
            Err(error) => why = reason(&error),
        }
    }
    Err(trouble(ports, why))
}

/// Holds `port` on both addresses.
///
/// `localhost` may mean either, so a port that somebody else has on ::1 would hand them the code.
fn both(port: u16) -> io::Result<Sockets> {
    let v4 = listen(Ipv4Addr::LOCALHOST.into(), port)?;
    let port = v4.local_addr()?.port();
    let v6 = match listen(Ipv6Addr::LOCALHOST.into(), port) {
        Ok(v6) => Some(v6),
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        // If no port at all can be had there, the machine has no ::1.
        Err(error) if listen(Ipv6Addr::LOCALHOST.into(), 0).is_ok() => return Err(error),
        Err(_) => None,
    };
    Ok(Sockets { port, v4, v6 })
}

fn listen(address: IpAddr, port: u16) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Unix this lets a closed port be taken again at once; on Windows it would let others in.
    socket.set_reuseaddr(cfg!(unix))?;
    socket.bind(SocketAddr::new(address, port))?;
    socket.listen(BACKLOG)
}

fn reason(error: &io::Error) -> String {
    if error.kind() == ErrorKind::AddrInUse {
        "another program uses it".to_owned()
    } else {
        error.to_string()
    }
}

fn trouble(ports: &[u16], why: String) -> Trouble {
    let names: Vec<String> = ports.iter().map(u16::to_string).collect();
    let names = names.join(", ");
    let what = match ports {
        [] | [0] => "cannot listen for the answer".to_owned(),
        [_] => format!("cannot listen for the answer on port {names}"),
        _ => format!("cannot listen for the answer on any of the ports {names}"),
    };
    let next = if ports.iter().all(|port| *port == 0) {
        "free a port, then log in again".to_owned()
    } else {
        format!("close the program that uses port {names}, then log in again")
    };
    Trouble::untouched(what, why, FailureKind::NeedsFix(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_cannot_be_had_is_named_with_the_ways_out() {
        for (ports, sentence) in [
            (
                &[8765][..],
                "cannot listen for the answer on port 8765: another program uses it. Stored tokens are \
                 unchanged. Next: close the program that uses port 8765, then log in again.",
            ),
            (
                &[1455, 1457],
                "cannot listen for the answer on any of the ports 1455, 1457: another program uses it. \
                 Stored tokens are unchanged. Next: close the program that uses port 1455, 1457, then \
                 log in again.",
            ),
            (
                &[0],
                "cannot listen for the answer: another program uses it. Stored tokens are unchanged. \
                 Next: free a port, then log in again.",
            ),
        ] {
            let why = reason(&ErrorKind::AddrInUse.into());
            assert_eq!(trouble(ports, why).to_string(), sentence);
        }
    }
}
