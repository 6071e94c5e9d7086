//! Draft of a provider file, written with the person's answers.
//!
//! A draft begins at a template, an `example` provider: what is not asked for comes from there
//! (`extends`). Where a server has told something of itself, its file is kept with the answers in it.
//! A draft never holds a secret, only how the client proves that it has one.

use url::{Host, Url};

use crate::domain::name;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::provider::file_text::FileText;
use crate::domain::provider::{Authentication, LoginMethod, Pkce, Provider, Redirect, endpoint, scopes};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The provider that the file extends.
    pub template: Box<Provider>,
    /// What the server has told of itself.
    pub found: Option<Box<DiscoveredServer>>,
    /// The part of a profile's name before the slash, and the file's name.
    pub name: String,
    pub authorize: Option<Url>,
    pub token: Option<Url>,
    /// The device authorization endpoint, where there is one.
    pub device: Option<Url>,
    /// The revocation endpoint (RFC 7009), where there is one.
    pub revoke: Option<Url>,
    pub client_id: String,
    pub authentication: Authentication,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Whether codes are bound to this program.
    pub pkce: Pkce,
    pub redirect: Redirect,
}

/// What is answered with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftQuestion {
    Name,
    Authorize,
    Token,
    /// The device authorization endpoint; empty: there is none.
    Device,
    /// The revocation endpoint; empty: there is none.
    Revoke,
    ClientId,
    /// The scopes; empty: none.
    Scopes,
    /// The address on this computer at which answers come back.
    Redirect,
}

impl Draft {
    /// A draft without answers.
    #[must_use]
    pub fn from_template(template: &Provider) -> Self {
        Self {
            template: Box::new(template.clone()),
            found: None,
            name: String::new(),
            authorize: None,
            token: None,
            device: None,
            revoke: None,
            client_id: String::new(),
            authentication: Authentication::None,
            scopes: Vec::new(),
            pkce: Pkce::Required,
            redirect: template.redirect.clone(),
        }
    }

    /// Takes an answer.
    ///
    /// # Errors
    /// Why the answer cannot be taken, as a sentence without a full stop.
    pub fn answer(&mut self, question: DraftQuestion, answer: &str) -> Result<(), String> {
        match question {
            DraftQuestion::Name => {
                name::provider_part(answer).map_err(|bad| match bad.text.is_empty() {
                    true => bad.to_string(),
                    false => bad.rule.to_owned(),
                })?;
                answer.clone_into(&mut self.name);
            }
            DraftQuestion::Authorize => self.authorize = Some(address(answer, "authorize")?),
            DraftQuestion::Token => self.token = Some(address(answer, "token")?),
            DraftQuestion::Device if answer.is_empty() => self.device = None,
            DraftQuestion::Device => self.device = Some(address(answer, "device")?),
            DraftQuestion::Revoke if answer.is_empty() => self.revoke = None,
            DraftQuestion::Revoke => self.revoke = Some(address(answer, "revoke")?),
            DraftQuestion::ClientId => {
                client_id(answer)?;
                answer.clone_into(&mut self.client_id);
            }
            DraftQuestion::Scopes => self.scopes = scopes::typed(answer, "")?,
            DraftQuestion::Redirect => self.redirect = redirect(answer, &self.template.redirect)?,
        }
        Ok(())
    }

    /// The file: what differs from the template, or all that the server has told.
    #[must_use]
    pub fn text(&self) -> String {
        if let Some(server) = self.server() {
            let mut file = FileText::from(server.file());
            if self.pkce != Pkce::Required {
                self.write_pkce(&mut file);
            }
            return file.into_text();
        }
        let mut file = FileText::new();
        file.text("extends", &self.template.name);
        file.text("name", &self.name);
        file.text("title", &self.name);
        file.field("flows", format_args!("[{}]", self.flows().join(", ")));
        file.endpoints([
            ("authorize", self.authorize.as_ref()),
            ("token", self.token.as_ref()),
            ("device", self.device.as_ref()),
            ("revoke", self.revoke.as_ref()),
        ]);
        let id = Some(self.client_id.as_str()).filter(|id| !id.is_empty());
        file.client(id, &self.authentication);
        file.map("scopes");
        file.texts("  default", self.scopes.iter().map(String::as_str));
        if self.redirect != self.template.redirect {
            file.map("redirect");
            file.text("  host", &self.redirect.host);
            file.field("  port", self.redirect.port);
            file.text("  path", &self.redirect.path);
        }
        self.write_pkce(&mut file);
        file.into_text()
    }

    /// The server that has told something of itself, with the answers.
    #[must_use]
    pub fn server(&self) -> Option<DiscoveredServer> {
        let mut server = (**self.found.as_ref()?).clone();
        self.name.clone_into(&mut server.name);
        server.endpoints.authorize.clone_from(&self.authorize);
        server.endpoints.device.clone_from(&self.device);
        server.endpoints.revoke.clone_from(&self.revoke);
        if let Some(token) = &self.token {
            server.endpoints.token.clone_from(token);
        }
        server.client.id = Some(self.client_id.clone()).filter(|id| !id.is_empty());
        server.client.authentication = self.authentication.clone();
        server.scopes.clone_from(&self.scopes);
        server.redirect.clone_from(&self.redirect);
        Some(server)
    }

    fn write_pkce(&self, file: &mut FileText) {
        match self.pkce {
            Pkce::Required => file.text("pkce", "required"),
            Pkce::Hex => file.field("pkce", "{ encoding: hex }"),
            Pkce::Plain => file.field("pkce", "plain"),
            // YAML 1.1 reads a bare off as false.
            Pkce::Off => file.text("pkce", "off"),
        }
    }

    /// The template's flows, as far as the draft has their addresses.
    fn flows(&self) -> Vec<&'static str> {
        let kept = self.template.flows.iter().filter_map(|flow| match flow {
            LoginMethod::Code => Some("code"),
            LoginMethod::Paste => Some("paste"),
            LoginMethod::Device | LoginMethod::Key => None,
        });
        let has_page = self.authorize.is_some() || self.device.is_none();
        kept.filter(|_| has_page).chain(self.device.is_some().then_some("device")).collect()
    }
}

/// Checks a client id.
///
/// # Errors
/// The rule it breaks, as a sentence without a full stop.
pub fn client_id(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("A client id is required".to_owned());
    }
    let visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if !text.bytes().all(visible) {
        return Err("A client id has only visible ASCII characters (RFC 6749, Appendix A.1)".to_owned());
    }
    Ok(())
}

/// The address of an endpoint that usually ends with that `part`.
fn address(text: &str, part: &str) -> Result<Url, String> {
    endpoint::whole(text).map_err(|bad| match bad.is_incomplete() {
        true => format!("Enter a full address: https://id.acme.dev/{part}"),
        false => bad.rule().to_owned(),
    })
}

/// The redirect that is `text`; which other ports the server takes is said by `usual`.
fn redirect(text: &str, usual: &Redirect) -> Result<Redirect, String> {
    let here = |url: &Url| match url.host()? {
        Host::Domain("localhost") => Some("localhost".to_owned()),
        Host::Ipv4(ip) if ip.is_loopback() => Some(ip.to_string()),
        Host::Ipv6(ip) if ip.is_loopback() => Some(format!("[{ip}]")),
        Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_) => None,
    };
    let read = Url::parse(text).ok().filter(|url| url.scheme() == "http");
    let parts = read.as_ref().and_then(|url| Some((url, here(url)?, url.port()?)));
    // Servers compare it letter by letter.
    let plain = |url: &Url, host: &str, port: u16| text == format!("http://{host}:{port}{}", url.path());
    match parts.filter(|(url, host, port)| plain(url, host, *port)) {
        Some((url, host, port)) => Ok(Redirect { host, port, path: url.path().to_owned(), ..usual.clone() }),
        None => {
            Err("Enter an address of this computer with its port: http://127.0.0.1:8765/callback".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_whole_host_and_says_how_one_looks() {
        for text in [
            "https://cid",
            "https://cid/authorize",
            "id.acme.dev/authorize",
            "cid",
            "",
            "https://",
            "https://.",
            "https://a.",
        ] {
            let why = address(text, "token").expect_err(text);
            assert_eq!(why, "Enter a full address: https://id.acme.dev/token", "{text}");
        }
        for text in [
            "https://id.acme.dev/token",
            "http://localhost:4000/t",
            "http://127.0.0.1/t",
            "https://10.0.0.7/t",
        ] {
            assert!(address(text, "token").is_ok(), "{text}");
        }
    }

    #[test]
    fn a_redirect_is_an_address_of_this_computer_with_a_port() {
        let usual = Redirect::default();
        for text in ["http://127.0.0.1:8765/callback", "http://localhost:3000/", "http://[::1]:9000/a/b"] {
            let redirect = redirect(text, &usual).expect(text);
            assert_eq!(redirect.loopback(redirect.port).map(String::from).as_deref(), Some(text));
        }
        for text in [
            "https://127.0.0.1:8765/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:8765",
            "http://127.0.0.1:8765/a?b",
            "http://127.0.0.1:8765/#a",
            "http://u@127.0.0.1:8765/a",
            "http://acme.dev:8765/callback",
            "8765/callback",
            "",
        ] {
            assert!(redirect(text, &usual).is_err(), "{text}");
        }
    }
}
