//! Which holes may stand where, and where an address with holes leads.

use std::collections::BTreeSet;

use crate::domain::provider::call::{Piece, Slot, Template};
use crate::domain::provider::endpoint;

/// What the authorization address may be told beyond the standard.
pub(super) const ACCOUNT: [Slot; 1] = [Slot::Account];

/// Why `template` holds a hole that is not one of `allowed`. `place` is where it stands.
pub(super) fn misplaced(place: &str, template: &Template, allowed: &[Slot]) -> Option<String> {
    let slot = template.slots().find(|slot| !allowed.contains(slot))?;
    let known: Vec<String> = allowed.iter().map(|slot| format!("{{{}}}", slot.word())).collect();
    Some(format!("nothing fills {{{}}} in {place}; known there: {}", slot.word(), known.join(", ")))
}

/// Why `template` is no address, where a secret stands in it. A provider that renews a token by a
/// GET with the token in its address is refused by design.
pub(super) fn secret_in_address(template: &Template) -> Option<String> {
    template.slots().any(Slot::is_secret).then(|| {
        "a secret may not stand in an address, which servers and proxies write into their logs; use a header or \
         the body (a provider that takes neither cannot be asked for this)"
            .to_owned()
    })
}

/// Why `template` is no address that secrets may go to, whatever fills its holes.
pub(super) fn bad_address(template: &Template) -> Option<String> {
    if let Some(words) = secret_in_address(template) {
        return Some(words);
    }
    let mut filled = String::new();
    for piece in template.pieces() {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Slot(slot) if !names_a_host(&filled) => {
                let words = "a hole may stand behind the host of an address, not in or before it";
                return Some(format!("{words}: {{{}}}", slot.word()));
            }
            // What fills a hole is encoded, so that it stays a part of the path or the query.
            Piece::Slot(slot) => filled.push_str(slot.word()),
        }
    }
    endpoint::parse(&filled).err().map(|bad| bad.to_string())
}

/// Whether the host of the address that begins so cannot be changed by what follows.
fn names_a_host(begun: &str) -> bool {
    let Some((_, rest)) = begun.split_once("://") else { return false };
    rest.find(['/', '?', '#', '\\']).is_some_and(|end| end > 0)
}

/// Why these headers cannot be sent: name and value of each.
pub(super) fn bad_header(headers: &[(String, Template)]) -> Option<(&str, String)> {
    let mut seen = BTreeSet::new();
    for (name, value) in headers {
        if let Some(words) = bad_name(name) {
            return Some((name, words));
        }
        if !seen.insert(name.to_ascii_lowercase()) {
            return Some((name, format!("the header {name} stands there twice")));
        }
        let visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if !value.texts().all(|text| text.bytes().all(visible)) {
            return Some((name, "the value of a header is visible ASCII characters".to_owned()));
        }
    }
    None
}

/// Why no header of a file's own can be called `name`.
pub(super) fn bad_name(name: &str) -> Option<String> {
    if !is_token(name) {
        let words = "the name of a header is letters, digits and !#$%&'*+-.^_`|~, such as x-api-key";
        return Some(words.to_owned());
    }
    let ours = OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours));
    ours.then(|| format!("authtui itself sends {name}, or never does; leave it out here"))
}

/// The headers that follow from the address and the body, and those that belong to the connection
/// (RFC 9110 §7.6.1, §7.8, §10.1.1) or change how the answer is written (§12.5.3).
const OURS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "content-type",
    "transfer-encoding",
    "accept-encoding",
    "te",
    "expect",
    "upgrade",
];

/// Whether `name` can be a header's (RFC 9110 §5.6.2).
fn is_token(name: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_same_host_whatever_fills_it() {
        for (written, fine) in [
            ("https://a.test/{client_id}/token", true),
            ("https://a.test/?c={client_id}&r={redirect}", true),
            ("https://a.test?c={client_id}", true),
            ("http://127.0.0.1:9/{client_id}", true),
            ("https://a.test", true),
            ("https://a.test{client_id}/", false),
            ("https://{client_id}.a.test/", false),
            ("https://{client_id}@a.test/", false),
            ("https://a.test:{client_id}/", false),
            ("https:///{client_id}", false),
            ("https://\\{client_id}", false),
            ("https:{client_id}", false),
            ("{client_id}://a.test/", false),
            ("{redirect}", false),
            ("http://a.test/{client_id}", false),
            ("https://u@a.test/{client_id}", false),
            ("https://a.test/#{client_id}", false),
            ("https://a.test/ {client_id}", false),
            ("https://a.test/{code}", false),
            ("https://a.test/?s={state}", false),
            ("/token", false),
            ("", false),
        ] {
            let template = Template::parse(written).expect("a template");
            assert_eq!(bad_address(&template).is_none(), fine, "{written}: {:?}", bad_address(&template));
        }
    }
}
