//! What of a profile is copied or printed, made from its tokens where it is used.

use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::call::Piece;
use crate::domain::secret::Secret;
use crate::tui::message::Form;

/// `form` of `profile`; nothing where it holds no such token.
#[must_use]
pub fn of(form: Form, profile: &Profile, provider: Option<&Provider>) -> Option<Secret> {
    let tokens = profile.held.tokens()?;
    let access = tokens.access.expose();
    Some(match form {
        Form::Token => tokens.access.clone(),
        Form::Refresh => tokens.refresh.clone()?,
        Form::Header => header(profile, access),
        Form::Curl => curl(&header(profile, access), provider),
        Form::Export => {
            let name = provider.and_then(|provider| provider.export.clone());
            let name = name.unwrap_or_else(|| variable(profile.id.name.provider()));
            Secret::new(format!("export {name}={}", quoted(access)))
        }
    })
}

fn header(profile: &Profile, access: &str) -> Secret {
    match profile.kind {
        Kind::OAuth => Secret::new(format!("Authorization: Bearer {access}")),
        Kind::ApiKey => Secret::new(format!("x-api-key: {access}")),
    }
}

/// A command that asks the provider's harmless question, or leaves the address to the person.
fn curl(header: &Secret, provider: Option<&Provider>) -> Secret {
    let probe = provider.and_then(|provider| provider.probe.as_ref());
    let url = probe.map(|probe| probe.call.url.texts().collect::<String>());
    let url = url.map_or_else(|| "URL".to_owned(), |url| quoted(&url));
    let fixed = probe.map(|probe| probe.call.headers.as_slice()).unwrap_or_default().iter();
    let fixed =
        fixed.filter(|(_, value)| !value.pieces().iter().any(|piece| matches!(piece, Piece::Slot(_))));
    let more: String = fixed
        .map(|(name, value)| {
            format!(" -H {}", quoted(&format!("{name}: {}", value.texts().collect::<String>())))
        })
        .collect();
    Secret::new(format!("curl -sS -H {}{more} {url}", quoted(header.expose())))
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `acme-eu` → `ACME_EU_TOKEN`.
fn variable(provider: &str) -> String {
    let letters = provider
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' });
    let name: String = letters.collect();
    let first = if name.starts_with(|char: char| char.is_ascii_digit()) { "_" } else { "" };
    format!("{first}{name}_TOKEN")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::provider::catalog::Catalog;
    use crate::domain::tokens::{Held, Tokens};

    fn profile(kind: Kind) -> Profile {
        let name = ProfileName::parse("anthropic/work").expect("a name");
        let held = Held::Here(Tokens { access: Secret::new("a'1"), refresh: None });
        Profile { held, ..Profile::new(ProfileId { store: StoreId::Own, name }, kind) }
    }

    #[test]
    fn each_form_is_ready_to_be_used() {
        let catalog = Catalog::read([]);
        let anthropic = catalog.get("anthropic");
        for (form, kind, text) in [
            (Form::Token, Kind::OAuth, Some("a'1")),
            (Form::Header, Kind::OAuth, Some("Authorization: Bearer a'1")),
            (Form::Header, Kind::ApiKey, Some("x-api-key: a'1")),
            (Form::Export, Kind::OAuth, Some(r"export ANTHROPIC_AUTH_TOKEN='a'\''1'")),
            (Form::Refresh, Kind::OAuth, None),
            (
                Form::Curl,
                Kind::OAuth,
                Some(
                    r"curl -sS -H 'Authorization: Bearer a'\''1' -H 'anthropic-version: 2023-06-01' -H 'anthropic-beta: oauth-2025-04-20' 'https://api.anthropic.com/v1/models?limit=10'",
                ),
            ),
        ] {
            assert_eq!(of(form, &profile(kind), anthropic), text.map(Secret::new), "{form:?}");
        }
        assert_eq!(
            of(Form::Curl, &profile(Kind::ApiKey), None).expect("a command"),
            Secret::new(r"curl -sS -H 'x-api-key: a'\''1' URL")
        );
    }
}
