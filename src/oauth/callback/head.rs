//! Head of one HTTP request, read strictly (RFC 9112).

use std::str;

use tiny_http::Method;

/// What of a request's head decides what becomes of it.
pub(super) struct RequestHead<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    host: Option<&'a [u8]>,
}

impl<'a> RequestHead<'a> {
    /// Reads a head up to its blank line; absent when anything about it is malformed.
    ///
    /// Only the origin form of a target is read: a proxy's request is not for us, and an
    /// absolute target could name another host than the `Host` line does.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let mut lines = bytes.get(..end + 2)?.split_inclusive(|byte| *byte == b'\n').map(line);
        let (method, target) = request_line(lines.next()??)?;
        let mut host = None;
        for line in lines {
            let line = line?;
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
                return None; // A folded line, or a space before the colon.
            }
            if name.eq_ignore_ascii_case(b"host") && host.replace(value.get(1..)?.trim_ascii()).is_some() {
                return None;
            }
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Some(Self { method, path, query, host })
    }

    /// Whether the request names this machine and `port`, so that no page reached it through a
    /// name that was pointed at 127.0.0.1 (DNS rebinding).
    pub(super) fn is_for(&self, port: u16) -> bool {
        let Some(host) = self.host.and_then(|host| str::from_utf8(host).ok()) else {
            return false;
        };
        // Browsers leave out the port that http has anyway.
        let name = host.strip_suffix(&format!(":{port}")).or((port == 80).then_some(host));
        let ours = ["127.0.0.1", "localhost", "[::1]"];
        name.is_some_and(|name| ours.iter().any(|ours| name.eq_ignore_ascii_case(ours)))
    }
}

/// A line without its end. Values may have bytes beyond ASCII: another program on `localhost`
/// may have set such a cookie.
fn line(raw: &[u8]) -> Option<&[u8]> {
    let line = raw.strip_suffix(b"\r\n")?;
    let fine = |byte: &u8| !byte.is_ascii_control() || *byte == b'\t';
    line.iter().all(fine).then_some(line)
}

fn request_line(line: &[u8]) -> Option<(Method, &str)> {
    let text = str::from_utf8(line).ok()?;
    let mut words = text.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let fine = words.next().is_none()
        && matches!(version, "HTTP/1.0" | "HTTP/1.1")
        && target.starts_with('/')
        && !target.contains('#')
        && text.is_ascii()
        && !method.is_empty();
    fine.then_some(())?;
    Some((method.parse().ok()?, target))
}
