//! Users whose programs may answer: the one that runs authtui, the one at its terminal, and root.

use tokio::net::TcpStream;

use crate::oauth::callback::peer::Peer;

/// How often the tables are read: a row may be missed while others come and go.
#[cfg(target_os = "linux")]
const READINGS: usize = 3;

/// Who is at the other end of `stream`.
#[cfg(target_os = "linux")]
pub(super) fn of(stream: &TcpStream) -> Peer {
    let (Ok(client), Ok(server)) = (stream.peer_addr(), stream.local_addr()) else { return Peer::HungUp };
    let mut found = Peer::Unknown;
    for _ in 0..READINGS {
        found = crate::oauth::callback::peer::of_rows(linux::rows(), client, server);
        match found {
            // What a namespace of users has no number for is shown as this one.
            Peer::Of(uid) if linux::hides_users() && Some(uid) == linux::overflow() => return Peer::Unknown,
            Peer::Of(_) => return found,
            Peer::HungUp | Peer::Unknown => {}
        }
    }
    found
}

/// Nobody can tell on this system.
#[cfg(not(target_os = "linux"))]
pub(super) fn of(_stream: &TcpStream) -> Peer {
    Peer::Unknown
}

/// Whether a program of the user `uid` may answer.
#[cfg(target_os = "linux")]
pub(super) fn may_answer(uid: u32) -> bool {
    let own = [rustix::process::geteuid().as_raw(), rustix::process::getuid().as_raw(), 0];
    own.contains(&uid) || linux::users_at_the_terminal().any(|user| user == uid)
}

/// Whether a program of the user `uid` may answer.
#[cfg(not(target_os = "linux"))]
pub(super) fn may_answer(_uid: u32) -> bool {
    true
}

#[cfg(target_os = "linux")]
mod linux {
    use std::env;
    use std::fs::{self, File};
    use std::io::{self, BufRead, BufReader, IsTerminal};
    use std::os::fd::AsFd;

    /// The rows of both tables; none where they cannot be read.
    pub(super) fn rows() -> impl Iterator<Item = String> {
        let tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].map(File::open);
        tables.into_iter().flatten().flat_map(|table| BufReader::new(table).lines().map_while(Result::ok))
    }

    /// Whether this process runs where not every user of the machine has a number.
    pub(super) fn hides_users() -> bool {
        let whole = |map: String| map.split_ascii_whitespace().eq(["0", "0", "4294967295"]);
        !fs::read_to_string("/proc/self/uid_map").is_ok_and(whole)
    }

    /// The number that stands for a user without one.
    pub(super) fn overflow() -> Option<u32> {
        fs::read_to_string("/proc/sys/kernel/overflowuid").ok()?.trim().parse().ok()
    }

    /// Who sits at the terminal, where authtui runs as another user: their browser is theirs.
    pub(super) fn users_at_the_terminal() -> impl Iterator<Item = u32> {
        fn owner(of: &(impl AsFd + IsTerminal)) -> Option<u32> {
            rustix::fs::fstat(of).ok().filter(|_| of.is_terminal()).map(|found| found.st_uid)
        }
        let by_sudo = env::var("SUDO_UID").ok().and_then(|uid| uid.parse().ok());
        [owner(&io::stdin()), owner(&io::stdout()), owner(&io::stderr()), by_sudo].into_iter().flatten()
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use tokio::net::TcpListener;
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn a_caller_is_known_until_they_hang_up() {
        let runtime = Builder::new_current_thread().enable_io().build().expect("a runtime");
        runtime.block_on(async {
            for address in ["127.0.0.1:0", "[::1]:0"] {
                let Ok(listener) = TcpListener::bind(address).await else { continue };
                let client =
                    TcpStream::connect(listener.local_addr().expect("a port")).await.expect("a listener");
                let (server, _) = listener.accept().await.expect("a client");
                assert_eq!(of(&server), Peer::Of(rustix::process::geteuid().as_raw()), "{address}");
                drop(client);
                assert_eq!(of(&server), Peer::HungUp, "{address}");
            }
        });
    }

    #[test]
    fn only_the_own_user_and_root_may_answer_without_a_terminal() {
        let own = rustix::process::geteuid().as_raw();
        assert!(may_answer(own) && may_answer(0));
        assert!(!may_answer(own.wrapping_add(4_000_000)));
    }
}
