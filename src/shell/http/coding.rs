//! Content codings (RFC 9110 §8.4.1), undone within a limit.
//!
//! authtui asks for `identity`, and servers send `gzip` all the same. A refresh whose answer cannot
//! be read has lost the new token, so what can be undone is undone.

use std::fmt;
use std::io::{ErrorKind, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use zeroize::Zeroizing;

use crate::domain::text;
use crate::domain::trouble::FailureKind;
use crate::shell::http::cause;

/// How many codings may lie over each other.
const CODING_LIMIT: usize = 4;
/// What a member of `gzip` begins with (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The bytes of a body, which may hold tokens.
pub(super) type SecretBytes = Zeroizing<Vec<u8>>;

/// `body` without the `codings`, of which the last one was laid on last. No step gives more than
/// `most` bytes.
///
/// # Errors
/// A [`CodingError`] that says what cannot be undone.
pub(super) fn decode(codings: &[String], body: SecretBytes, most: usize) -> Result<SecretBytes, CodingError> {
    // An empty body has nothing to undo, and some servers name a coding where there is none.
    if body.is_empty() || is_object(&body) {
        return Ok(body);
    }
    if codings.len() > CODING_LIMIT {
        return Err(CodingError::TooMany(codings.len()));
    }
    codings.iter().rev().try_fold(body, |body, coding| undo(coding, &body, most))
}

/// Whether `body` is one whole JSON object, so that nothing of it is missing and nothing lies over it.
pub(super) fn is_object(body: &[u8]) -> bool {
    type Object = std::collections::BTreeMap<String, serde::de::IgnoredAny>;
    serde_json::from_slice::<Object>(body).is_ok()
}

fn undo(coding: &str, body: &[u8], most: usize) -> Result<SecretBytes, CodingError> {
    match coding {
        "identity" => Ok(Zeroizing::new(body.to_vec())),
        "gzip" | "x-gzip" => gunzip(body, most),
        // RFC 9110 §8.4.1.2 means zlib's format; some servers send bare deflate.
        "deflate" => read(coding, ZlibDecoder::new(body), most)
            .or_else(|error| read(coding, DeflateDecoder::new(body), most).map_err(|_| error)),
        "br" => read(coding, Decompressor::new(body, 4096), most),
        _ => Err(CodingError::Unknown(text::clean(coding, 40))),
    }
}

/// Every member (RFC 1952 §2.2); what follows the last one is no part of it.
fn gunzip(mut rest: &[u8], most: usize) -> Result<SecretBytes, CodingError> {
    let mut all = SecretBytes::default();
    loop {
        let mut member = GzDecoder::new(rest);
        let left = most.saturating_sub(all.len());
        all.extend_from_slice(&read("gzip", &mut member, left)?);
        rest = member.into_inner();
        if !rest.starts_with(&GZIP) {
            return Ok(all);
        }
    }
}

fn read(coding: &str, decoder: impl Read, most: usize) -> Result<SecretBytes, CodingError> {
    let mut body = SecretBytes::default();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    match decoder.take(limit).read_to_end(&mut body) {
        Ok(_) if body.len() > most => Err(CodingError::TooLong),
        Ok(_) => Ok(body),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(CodingError::Cut(coding.to_owned())),
        Err(_) => Err(CodingError::Damaged(coding.to_owned())),
    }
}

/// What helps where a server sends what none of its kind does.
const CHECK: &str = "check the address, and the proxy if you use one";

/// Why the codings of a body cannot be undone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CodingError {
    /// It is none that authtui knows.
    Unknown(String),
    /// So many lie over each other.
    TooMany(usize),
    /// The end is missing.
    Cut(String),
    /// It is not what it is said to be.
    Damaged(String),
    /// Too much comes out of it.
    TooLong,
}

impl CodingError {
    /// Whether the same request may do better later.
    pub(super) fn kind(&self) -> FailureKind {
        match self {
            Self::Cut(_) | Self::Damaged(_) => FailureKind::Temporary(None),
            Self::Unknown(_) | Self::TooMany(_) | Self::TooLong => cause::lasting(),
        }
    }
}

impl fmt::Display for CodingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(coding) => {
                write!(f, "the answer is compressed as “{coding}”, which authtui cannot read; {CHECK}")
            }
            Self::TooMany(count) => write!(f, "the answer is compressed {count} times over; {CHECK}"),
            Self::Cut(coding) => write!(f, "the end of the answer is missing (compressed with {coding})"),
            Self::Damaged(coding) => {
                write!(f, "the answer is damaged or cut; it should be compressed with {coding}")
            }
            Self::TooLong => write!(f, "the answer is longer than 1 MiB; {CHECK}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = br#"{"access_token":"a"}"#;
    /// [`TEXT`] as one block that is not compressed (RFC 7932 §9.2), and the end.
    const BROTLI: &[u8] = b"\x30\x01\x10{\"access_token\":\"a\"}\x03";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn zlib() -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(TEXT).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn deflate() -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(TEXT).expect("in memory");
        encoder.finish().expect("in memory")
    }

    fn decoded(codings: &[&str], body: &[u8]) -> Result<Vec<u8>, CodingError> {
        let codings: Vec<String> = codings.iter().map(|coding| (*coding).to_owned()).collect();
        decode(&codings, Zeroizing::new(body.to_vec()), 1 << 20).map(|body| body.to_vec())
    }

    #[test]
    fn every_coding_in_use_is_undone() {
        let halves = [gzip(&TEXT[..9]), gzip(&TEXT[9..])].concat();
        let trailing = [gzip(TEXT), b"\r\n\0".to_vec()].concat();
        for (codings, body) in [
            (&[][..], TEXT.to_vec()),
            (&["identity"], TEXT.to_vec()),
            (&["gzip"], gzip(TEXT)),
            (&["x-gzip"], gzip(TEXT)),
            (&["gzip"], halves),
            (&["gzip"], trailing),
            (&["deflate"], zlib()),
            (&["deflate"], deflate()),
            (&["br"], BROTLI.to_vec()),
            (&["gzip", "gzip"], gzip(&gzip(TEXT))),
            (&["deflate", "gzip"], gzip(&zlib())),
        ] {
            assert_eq!(decoded(codings, &body).as_deref(), Ok(TEXT), "{codings:?}");
        }
    }

    #[test]
    fn an_object_that_came_in_clear_is_taken_whatever_it_is_called() {
        for codings in [&["gzip"][..], &["br"], &["zstd"], &["utf-8"], &["gzip"; 9]] {
            assert_eq!(decoded(codings, TEXT).as_deref(), Ok(TEXT), "{codings:?}");
        }
        assert_eq!(decoded(&["gzip"], b""), Ok(Vec::new()), "an empty body");
    }

    #[test]
    fn what_cannot_be_undone_is_said_in_words() {
        let whole = gzip(TEXT);
        let mut flipped = whole.clone();
        flipped[15] ^= 0xff;
        let cut = "the end of the answer is missing (compressed with gzip)";
        let damaged = "the answer is damaged or cut; it should be compressed with";
        for (codings, body, words) in [
            (&["gzip"][..], &whole[..whole.len() - 1], cut),
            (&["gzip"], &whole[..3], cut),
            (&["gzip"], &flipped, damaged),
            (&["gzip"], b"access_token=a", damaged),
            (&["deflate"], b"access_token=a", damaged),
            (&["br"], &BROTLI[..9], damaged),
            (&["gzip", "gzip"], &whole, damaged),
            (&["zst\x1bd"], &whole, "the answer is compressed as “zst\u{fffd}d”, which authtui cannot read"),
            (&["gzip"; 5], &whole, "the answer is compressed 5 times over"),
        ] {
            let said = decoded(codings, body).expect_err("it cannot be read").to_string();
            assert!(said.starts_with(words), "{codings:?}: {said}");
        }
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let bomb = gzip(&vec![b' '; 3 << 20]);
        assert!(bomb.len() < 1 << 14);
        assert_eq!(decoded(&["gzip"], &bomb), Err(CodingError::TooLong));
        let many = bomb_of_members();
        assert_eq!(decoded(&["gzip"], &many), Err(CodingError::TooLong));
        assert_eq!(decoded(&["gzip"], &gzip(&vec![b' '; 1 << 20])).map(|body| body.len()), Ok(1 << 20));
    }

    /// Members that stay below the limit each, and not together.
    fn bomb_of_members() -> Vec<u8> {
        gzip(&vec![b' '; 1 << 19]).repeat(3)
    }
}
