//! Forms in which a profile's tokens are copied or printed, made from its tokens where it is used.

use zeroize::Zeroizing;

use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::request_template::TemplatePart;
use crate::domain::provider::{Probe, Provider};
use crate::domain::secret::Secret;
use crate::oauth::curl::quoted;

/// What of a profile is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The access token, or the key.
    Token,
    /// The header of a request.
    Header,
    /// The header as the JSON object that MCP clients take from a command.
    McpHeaders,
    /// A `curl` command with the header.
    Curl,
    /// `export NAME=…`.
    Export,
    /// The refresh token.
    Refresh,
}

impl Form {
    /// What it is called.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::McpHeaders => "headers for MCP",
            Self::Curl => "curl command",
            Self::Export => "export line",
            Self::Refresh => "refresh token",
        }
    }
}

/// `form` of `profile`; nothing where it holds no such token, or one with characters that may
/// stand neither in a header nor in a line of a shell.
#[must_use]
pub fn of(form: Form, profile: &Profile, provider: Option<&Provider>) -> Option<Secret> {
    let text = text(form, profile, provider, token(form, profile)?.expose());
    Some(Secret::new(text.as_str()))
}

/// The same as people may see it, with the token's mask in its place.
#[must_use]
pub fn preview(form: Form, profile: &Profile, provider: Option<&Provider>) -> Option<String> {
    let masks = provider.map_or(&[][..], |provider| &provider.masks);
    let mask = token(form, profile)?.mask(masks);
    Some(text(form, profile, provider, &mask).to_string())
}

fn token(form: Form, profile: &Profile) -> Option<&Secret> {
    let tokens = profile.held.tokens()?;
    let token = match form {
        Form::Token | Form::Header | Form::McpHeaders | Form::Curl | Form::Export => &tokens.access,
        Form::Refresh => tokens.refresh.as_ref()?,
    };
    token.is_bearer().then_some(token)
}

fn text(form: Form, profile: &Profile, provider: Option<&Provider>, token: &str) -> Zeroizing<String> {
    Zeroizing::new(match form {
        Form::Token | Form::Refresh => token.to_owned(),
        Form::Header => header(profile, provider, token),
        Form::McpHeaders => {
            let header = Zeroizing::new(header(profile, provider, token));
            let (name, value) = header.split_once(": ").unwrap_or_default();
            let value = Zeroizing::new(serde_json::Value::from(value).to_string());
            format!("{{{}:{}}}", serde_json::Value::from(name), *value)
        }
        Form::Curl => {
            let probe = provider.and_then(|provider| provider.probe.as_ref());
            let probe = probe.filter(|probe| profile.agrees_to(&probe.call).is_ok());
            curl(&Zeroizing::new(header(profile, provider, token)), probe)
        }
        Form::Export => format!("export {}={}", variable(profile, provider), quoted(token)),
    })
}

/// The environment variable that other programs read the token, key or value from.
#[must_use]
pub fn variable(profile: &Profile, provider: Option<&Provider>) -> String {
    let stem = profile.id.name.provider();
    match profile.kind {
        Kind::Environment => profile.id.name.name().to_owned(),
        Kind::OAuth => provider
            .and_then(|provider| provider.export.clone())
            .unwrap_or_else(|| variable_of(stem, "TOKEN")),
        Kind::ApiKey => provider.and_then(key_variable).unwrap_or_else(|| variable_of(stem, "API_KEY")),
    }
}

fn header(profile: &Profile, provider: Option<&Provider>, token: &str) -> String {
    match provider.and_then(|provider| profile.header(provider)) {
        Some(name) => format!("{name}: {token}"),
        None => format!("Authorization: Bearer {token}"),
    }
}

/// A command that asks the provider's harmless question, or leaves the address to the person.
fn curl(header: &str, probe: Option<&Probe>) -> String {
    let url = probe.map(|probe| probe.call.url.texts().collect::<String>());
    let url = url.map_or_else(|| "URL".to_owned(), |url| quoted(&url));
    let fixed = probe.map(|probe| probe.call.headers.as_slice()).unwrap_or_default().iter();
    let fixed = fixed
        .filter(|(_, value)| !value.parts().iter().any(|part| matches!(part, TemplatePart::Placeholder(_))));
    let more: String = fixed
        .map(|(name, value)| {
            format!(" -H {}", quoted(&format!("{name}: {}", value.texts().collect::<String>())))
        })
        .collect();
    format!("curl -sS -H {}{more} {url}", quoted(header))
}

/// The variable whose value travels in the header of API keys.
fn key_variable(provider: &Provider) -> Option<String> {
    let mut variables = provider.environment.iter();
    variables.find(|variable| variable.header == provider.key_header).map(|variable| variable.name.clone())
}

/// `acme-eu` → `ACME_EU_TOKEN`.
fn variable_of(provider: &str, what: &str) -> String {
    let letters = provider
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' });
    let name: String = letters.collect();
    let first = if name.starts_with(|char: char| char.is_ascii_digit()) { "_" } else { "" };
    format!("{first}{name}_{what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{empty_profile, tokens};
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::provider::environment::Variable;
    use crate::domain::tokens::StoredTokens;
    use crate::stored::provider_file;

    fn profile(kind: Kind) -> Profile {
        holding("a'1", kind)
    }

    fn holding(access: &str, kind: Kind) -> Profile {
        let held = StoredTokens::Present(tokens(access, None));
        Profile { held, ..empty_profile("anthropic/work", kind) }
    }

    #[test]
    fn each_form_is_ready_to_be_used() {
        let catalog = provider_file::catalog([]);
        let anthropic = catalog.get("anthropic");
        for (form, kind, text) in [
            (Form::Token, Kind::OAuth, Some("a'1")),
            (Form::Header, Kind::OAuth, Some("Authorization: Bearer a'1")),
            (Form::Header, Kind::ApiKey, Some("x-api-key: a'1")),
            (Form::Export, Kind::OAuth, Some(r"export ANTHROPIC_AUTH_TOKEN='a'\''1'")),
            (Form::Export, Kind::ApiKey, Some(r"export ANTHROPIC_API_KEY='a'\''1'")),
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
            Secret::new(r"curl -sS -H 'Authorization: Bearer a'\''1' URL")
        );
    }

    #[test]
    fn a_curl_line_leads_to_no_server_that_the_login_was_not_made_with() {
        let catalog = provider_file::catalog([]);
        let profile = |hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
            profile(Kind::OAuth).with_login(|login| login.origins = hosts)
        };
        for (hosts, leads) in [
            (&["https://api.anthropic.com"][..], true),
            (&[], true),
            (&["https://api.anthropic.com.evil.test"], false),
            (&["https://api.anthropic.com:8443", "http://api.anthropic.com"], false),
        ] {
            let copied = of(Form::Curl, &profile(hosts), catalog.get("anthropic")).expect("a command");
            assert_eq!(copied.expose().contains("anthropic.com"), leads, "{hosts:?}");
            assert_eq!(copied.expose().ends_with(" URL"), !leads, "{hosts:?}");
        }
    }

    #[test]
    fn a_variable_is_sent_in_its_own_header_and_exported_under_its_own_name() {
        let variable = |name: &str, header: Option<&str>| Variable {
            name: name.to_owned(),
            header: header.map(str::to_owned),
            prefixes: Vec::new(),
        };
        let anthropic = provider_file::catalog([]).get("anthropic").expect("a preset").clone();
        let environment = vec![variable("A_KEY", Some("x-own")), variable("A_BEARER", None)];
        let provider = Provider { environment, ..anthropic };
        for (name, header, export) in [
            ("A_KEY", "x-own: v", "export A_KEY='v'"),
            ("A_BEARER", "Authorization: Bearer v", "export A_BEARER='v'"),
        ] {
            let name = ProfileName::new("anthropic", name).expect("a name");
            let id = ProfileId { store: StoreId::Environment, name };
            let profile = Profile { id, ..holding("v", Kind::Environment) };
            let form = |form| of(form, &profile, Some(&provider)).expect("a text");
            assert_eq!(form(Form::Header), Secret::new(header));
            assert_eq!(form(Form::Export), Secret::new(export));
        }
    }

    #[test]
    fn a_preview_is_the_same_text_with_a_mask() {
        let catalog = provider_file::catalog([]);
        let anthropic = catalog.get("anthropic");
        let token = "sk-ant-oat01-0123456789abcdef";
        let profile = holding(token, Kind::OAuth);
        for form in [Form::Token, Form::Header, Form::Curl, Form::Export] {
            let copied = of(form, &profile, anthropic).expect("a text");
            let shown = preview(form, &profile, anthropic).expect("a text");
            assert_eq!(shown, copied.expose().replace(token, "sk-ant-oat01-…cdef"), "{form:?}");
        }
        assert_eq!(preview(Form::Refresh, &profile, anthropic), None);
    }

    #[test]
    fn a_token_that_could_say_more_than_itself_is_not_copied() {
        for bad in ["a\r\nx-admin: 1", "a\u{1b}[2J", "a b", "é", ""] {
            for form in [Form::Token, Form::Header, Form::Curl, Form::Export] {
                let profile = holding(bad, Kind::OAuth);
                assert_eq!(of(form, &profile, None), None, "{form:?} {bad:?}");
                assert_eq!(preview(form, &profile, None), None, "{form:?} {bad:?}");
            }
        }
    }
}
