//! Secret that comes by a pipe. It is never an argument.

#[cfg(unix)]
use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// The most bytes of a secret that are read.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Reads a secret from standard input, to its end.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn secret_from_input() -> Result<Secret, String> {
    secret_of(io::stdin().lock(), "standard input")
}

/// Reads the first line of standard input as a secret.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn secret_from_first_line() -> Result<Secret, String> {
    secret_from_input().map(|all| first_line(&all))
}

fn first_line(all: &Secret) -> Secret {
    let line = all.expose().split('\n').next().unwrap_or_default();
    Secret::new(line.strip_suffix('\r').unwrap_or(line))
}

/// Reads a secret from an open file descriptor, to its end.
///
/// # Errors
/// A sentence that says what is wrong.
#[cfg(unix)]
pub fn secret_from_descriptor(number: u32) -> Result<Secret, String> {
    let name = format!("file descriptor {number}");
    // Opened by its name: nobody here can take a number for a descriptor of ours.
    let file = File::open(format!("/dev/fd/{number}"));
    secret_of(file.map_err(|error| format!("cannot read {name}: {error}"))?, &name)
}

/// Says that there are no numbered descriptors here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn secret_from_descriptor(_number: u32) -> Result<Secret, String> {
    Err("this system has no numbered file descriptors; give the secret by standard input".to_owned())
}

/// All that `from` holds, without one line end behind it.
fn secret_of(from: impl Read, name: &str) -> Result<Secret, String> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = from.take(SECRET_LIMIT + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read {name}: {error}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > SECRET_LIMIT {
        return Err(format!("{name} holds more than 64 KiB, which is no secret"));
    }
    let text = str::from_utf8(&bytes).map_err(|_| format!("{name} holds no UTF-8 text"))?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_exactly_but_for_one_line_end() {
        for (bytes, secret) in [
            (&b"a+/&=% b"[..], Ok("a+/&=% b")),
            (b" a \n", Ok(" a ")),
            (b"a\r\n", Ok("a")),
            (b"a\n\n", Ok("a\n")),
            (b"a\r", Ok("a\r")),
            (b"", Ok("")),
            (b"\n", Ok("")),
            (b"\xff", Err("pipe holds no UTF-8 text")),
            (&[b'a'; 65_537], Err("pipe holds more than 64 KiB, which is no secret")),
        ] {
            assert_eq!(secret_of(bytes, "pipe"), secret.map(Secret::new).map_err(String::from));
        }
        assert!(secret_of(&[b'a'; 65_536][..], "pipe").is_ok());
    }

    #[test]
    fn a_first_line_comes_without_its_end() {
        for (all, line) in [("a", "a"), ("a\r\nb\n", "a"), (" a \nb", " a "), ("", ""), ("\nb", "")] {
            assert_eq!(first_line(&Secret::new(all)), Secret::new(line), "{all:?}");
        }
    }
}
