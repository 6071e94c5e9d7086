//! Holder of a port: the program that listens there.

use std::net::{Ipv4Addr, TcpListener};

use listeners::Protocol;

/// Whether nobody listens on `port`; 0 is any free one.
#[must_use]
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The program that listens on `port`, with its number; none where the system does not tell.
#[must_use]
pub fn name(port: u16) -> Option<String> {
    let process = listeners::get_process_by_port(port, Protocol::TCP).ok()?;
    Some(format!("{} (process {})", process.name, process.pid))
}
