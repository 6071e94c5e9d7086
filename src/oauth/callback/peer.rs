//! Owner of the other end of a loopback connection, read from Linux's `/proc/net/tcp` and `tcp6`.
//!
//! Both ends of such a connection are rows of these tables, each with the user id of its socket.

use std::net::{IpAddr, SocketAddr};

/// State of a socket in the tables: connected, and nobody has hung up.
const ESTABLISHED: &str = "01";
/// State of a socket in the tables: listening.
const LISTENING: &str = "0A";

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// A program of the user with this id.
    Of(u32),
    /// Somebody who closed the connection before they could be looked up.
    HungUp,
    /// Nobody can tell from here: the tables cannot be read, or do not list it.
    Unknown,
}

/// Who called from `client` at `server`, by the rows of both tables.
///
/// The row of a closed socket says user 0, so it is told by its missing inode. A connected caller
/// without a row is outside of what the tables show, as another network namespace is.
pub fn of_rows<Row: AsRef<str>>(
    rows: impl IntoIterator<Item = Row>,
    client: SocketAddr,
    server: SocketAddr,
) -> Peer {
    let (client, server) = (names(client), names(server));
    let is = |names: &[String; 2], text: &str| names.iter().any(|name| name == text);
    let (mut is_connected, mut is_listed) = (false, false);
    for row in rows {
        let mut columns = row.as_ref().split_ascii_whitespace().skip(1);
        let (Some(local), Some(remote), Some(state)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        if is(&client, local) && is(&server, remote) {
            // Behind them are the queues, the timer, the retransmissions; the user; a time-out; the inode.
            let (uid, inode) = (columns.nth(3), columns.nth(1));
            return match (uid.and_then(|uid| uid.parse().ok()), inode) {
                (_, Some("0")) => Peer::HungUp,
                (Some(uid), Some(_)) => Peer::Of(uid),
                (None, _) | (_, None) => Peer::Unknown,
            };
        }
        is_connected |= is(&server, local) && is(&client, remote) && state == ESTABLISHED;
        is_listed |= is(&server, local) && state == LISTENING;
    }
    if is_connected || !is_listed { Peer::Unknown } else { Peer::HungUp }
}

/// How the tables may write `address`: as it is, or as IPv6 that stands for IPv4. The bytes of
/// each 32-bit word are in the order of this machine.
fn names(address: SocketAddr) -> [String; 2] {
    let word = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
    let port = address.port();
    let (plain, mapped) = match address.ip() {
        IpAddr::V4(v4) => (word(v4.octets()), v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => (String::new(), v6),
    };
    let mapped: String = mapped.octets().as_chunks().0.iter().map(|bytes| word(*bytes)).collect();
    [format!("{plain}:{port:04X}"), format!("{mapped}:{port:04X}")]
}

#[cfg(test)]
#[cfg(target_endian = "little")]
mod tests {
    use super::*;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
    const LISTENER: &str = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0";
    const SERVER: &str = "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 8 1 0 20 4 0 10 -1";

    fn client(state: &str, uid: u32, inode: u32) -> String {
        format!(
            "   2: 0100007F:C350 0100007F:1F90 {state} 00000000:00000000 00:00000000 00000000  {uid}        0 {inode} 1 0"
        )
    }

    fn found(rows: &[&str]) -> Peer {
        let at = |text: &str| text.parse().expect("an address");
        of_rows(rows, at("127.0.0.1:50000"), at("127.0.0.1:8080"))
    }

    #[test]
    fn a_caller_is_the_owner_of_the_socket_at_the_other_end() {
        for (rows, peer) in [
            (&[HEAD, LISTENER, SERVER, &client("01", 1000, 9)][..], Peer::Of(1000)),
            (&[HEAD, LISTENER, &client("05", 1000, 9), SERVER], Peer::Of(1000)),
            (&[&client("01", 0, 9)], Peer::Of(0)),
            (
                &[
                    "   2: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F90 01 0:0 00:0 0 65534 0 9",
                ],
                Peer::Of(65534),
            ),
        ] {
            assert_eq!(found(rows), peer, "{rows:?}");
        }
        let at = |text: &str| text.parse().expect("an address");
        let v6 = "   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:1F90 01 0:0 00:0 0 7 0 9";
        assert_eq!(of_rows([v6], at("[::1]:50000"), at("[::1]:8080")), Peer::Of(7));
    }

    #[test]
    fn who_hung_up_is_nobody_and_never_user_0() {
        for rows in [
            &[HEAD, LISTENER, SERVER, &client("06", 0, 0)][..],
            &[HEAD, LISTENER, SERVER, &client("05", 0, 0)],
            &[HEAD, LISTENER],
            &[HEAD, LISTENER, &SERVER.replace(" 01 ", " 08 ")],
        ] {
            assert_eq!(found(rows), Peer::HungUp, "{rows:?}");
        }
    }

    #[test]
    fn a_caller_that_the_tables_do_not_show_is_unknown() {
        for rows in [
            &[][..],
            &[HEAD],
            &[HEAD, LISTENER, SERVER],
            &["", "   2: 0100007F:C350 0100007F:1F90 01", "1: a b c d e f g h i", "ü"],
            &[&client("01", 1000, 9).replace("C350", "C351")],
        ] {
            assert_eq!(found(rows), Peer::Unknown, "{rows:?}");
        }
    }
}
