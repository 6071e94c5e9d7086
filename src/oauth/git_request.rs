//! Git request: what git asks a credential helper (git-credential(1), INPUT/OUTPUT FORMAT).
//!
//! Lines of `key=value` until an empty line or the end. Repositories choose addresses, so that whatever could
//! be read in two ways is no request at all: bytes that other readers take for the end of a line
//! (CVE-2020-5260, CVE-2024-52006), a field that stands twice, a host or a protocol that is missing
//! (CVE-2020-11008).

/// What git asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitRequest {
    pub protocol: String,
    /// The host, with its port where the address has one.
    pub host: String,
    /// The user of the address.
    pub username: Option<String>,
}

impl GitRequest {
    /// Reads a request; nothing where it is none, or not a clear one.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok().filter(|text| !text.contains(['\0', '\r']))?;
        let (mut protocol, mut host, mut username) = (None, None, None);
        for line in text.lines().take_while(|line| !line.is_empty()) {
            let (key, value) = line.split_once('=')?;
            let field = match key {
                "protocol" => &mut protocol,
                "host" => &mut host,
                "username" => &mut username,
                // An address beside its parts may say something else than they do; git sends none to helpers.
                "" | "url" => return None,
                _ => continue,
            };
            if field.replace(value.to_owned()).is_some() {
                return None;
            }
        }
        let there = |field: Option<String>| field.filter(|value| !value.is_empty());
        Some(Self { protocol: there(protocol)?, host: there(host)?, username: there(username) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(username: Option<&str>) -> Option<GitRequest> {
        let (protocol, host) = ("https".to_owned(), "git.acme.test:8443".to_owned());
        Some(GitRequest { protocol, host, username: username.map(str::to_owned) })
    }

    #[test]
    fn a_request_is_lines_until_an_empty_one_or_the_end() {
        for (bytes, username) in [
            ("protocol=https\nhost=git.acme.test:8443\n", None),
            ("protocol=https\nhost=git.acme.test:8443", None),
            ("protocol=https\nhost=git.acme.test:8443\n\nhost=evil.test\n", None),
            ("host=git.acme.test:8443\nprotocol=https\npath=a=b.git\nusername=ana\n\n", Some("ana")),
            ("protocol=https\nhost=git.acme.test:8443\nusername=\n", None),
            (
                "capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=git.acme.test:8443\n\
                 wwwauth[]=Basic realm=\"a\"\nwwwauth[]=Bearer\nnew=thing\n\n",
                None,
            ),
        ] {
            assert_eq!(GitRequest::parse(bytes.as_bytes()), request(username), "{bytes}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_request() {
        for bytes in [
            &b""[..],
            b"\n",
            b"protocol=https\n",
            b"host=git.acme.test\n",
            b"protocol=\nhost=git.acme.test\n",
            // CVE-2020-11008: an address without a host.
            b"protocol=https\nhost=\npath=git.acme.test/a\n",
            // CVE-2020-5260: a line end in the host adds another field.
            b"protocol=https\nhost=evil.test\nhost=git.acme.test\n",
            b"protocol=https\nprotocol=https\nhost=git.acme.test\n",
            b"protocol=https\nhost=git.acme.test\nusername=a\nusername=b\n",
            // CVE-2024-52006: a carriage return that some take for a line end.
            b"protocol=https\nhost=git.acme.test\r\n",
            b"protocol=https\nhost=evil.test\rhost=git.acme.test\n",
            b"protocol=https\nhost=git.acme.test\npath=a\rhost=evil.test\n",
            b"protocol=https\nhost=git.acme.test\0.evil.test\n",
            b"protocol=https\nhost=git.acme.test\nurl=https://evil.test\n",
            b"protocol=https\nhost=git.acme.test\nno field\n",
            b"protocol=https\n=git.acme.test\nhost=git.acme.test\n",
            b"protocol=https\nhost=git.acme.test\xff\n",
        ] {
            assert_eq!(GitRequest::parse(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
