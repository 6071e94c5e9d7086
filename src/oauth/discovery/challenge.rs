//! Challenge of a protected resource: what its `WWW-Authenticate` asks for (RFC 6750 §3, RFC 9728 §5.1).

use http_auth::ChallengeRef;
use http_auth::parser::ChallengeParser;

use crate::oauth::request::Reply;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Challenge {
    /// Where the resource's metadata are, as the server writes it.
    pub(super) resource_metadata: Option<String>,
    /// What a token needs here.
    pub(super) scopes: Vec<String>,
}

impl Challenge {
    /// The first challenge of `reply` that wants a bearer token. What cannot be read ends its header.
    pub(super) fn of(reply: &Reply) -> Option<Self> {
        let headers = reply.headers.iter().filter(|(name, _)| name == "www-authenticate");
        headers.filter_map(|(_, value)| bearer(value.expose())).next()
    }
}

fn bearer(header: &str) -> Option<Challenge> {
    let challenges = ChallengeParser::new(header).map_while(Result::ok);
    let mut bearers = challenges.filter(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer"));
    let challenge = bearers.next()?;
    let scopes = parameter(&challenge, "scope").unwrap_or_default();
    Some(Challenge {
        resource_metadata: parameter(&challenge, "resource_metadata"),
        scopes: scopes.split_ascii_whitespace().map(str::to_owned).collect(),
    })
}

fn parameter(challenge: &ChallengeRef<'_>, name: &str) -> Option<String> {
    let mut parameters = challenge.params.iter();
    let (_, value) = parameters.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(value.to_unescaped())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(header: &str) -> Option<(Option<String>, Vec<String>)> {
        bearer(header).map(|challenge| (challenge.resource_metadata, challenge.scopes))
    }

    #[test]
    fn the_bearer_challenge_is_found_among_others() {
        let metadata = Some("https://a.test/m".to_owned());
        for (header, read_as) in [
            (
                r#"Bearer resource_metadata="https://a.test/m", scope="a b""#,
                Some((metadata.clone(), vec!["a", "b"])),
            ),
            (
                r#"bearer error="invalid_token", Resource_Metadata="https://a.test/m""#,
                Some((metadata.clone(), vec![])),
            ),
            (r#"Basic realm="x, y", Bearer scope="a", DPoP algs="ES256""#, Some((None, vec!["a"]))),
            (r#"DPoP algs="ES256", Bearer resource_metadata="https://a.test/m""#, Some((metadata, vec![]))),
            ("Bearer", Some((None, vec![]))),
            (r#"Basic realm="Bearer scope=\"a\"""#, None),
            ("", None),
        ] {
            let read_as = read_as.map(|(at, scopes)| (at, scopes.into_iter().map(str::to_owned).collect()));
            assert_eq!(read(header), read_as, "{header}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_server_writes_there_can_be_read(header in r#"(Bearer |[a-z]+=|"|\\|,| |=|[ -~]|é){0,40}"#) {
            let _ = bearer(&header);
        }
    }
}
