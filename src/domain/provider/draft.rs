//! Draft of a provider file, written with the person's answers.
//!
//! A draft begins at a template, an `example` provider: what is not asked for comes from there
//! (`extends`). It never holds a secret, only whether the client has one.

use url::Url;

use crate::domain::name;
use crate::domain::provider::file_text::FileText;
use crate::domain::provider::{Authentication, LoginMethod, Pkce, Provider, endpoint, scopes};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The provider that the file extends.
    pub template: Box<Provider>,
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
}

/// What is asked in words; the client's secret and PKCE are asked beside.
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
    /// The client's secret; empty: the client is public.
    ClientSecret,
    /// The scopes; empty: none.
    Scopes,
}

impl DraftQuestion {
    /// Whether it is answered with an address.
    #[must_use]
    pub fn is_address(self) -> bool {
        match self {
            Self::Authorize | Self::Token | Self::Device | Self::Revoke => true,
            Self::Name | Self::ClientId | Self::ClientSecret | Self::Scopes => false,
        }
    }

    /// Every question, in the order they are asked.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Authorize,
        Self::Token,
        Self::Device,
        Self::Revoke,
        Self::ClientId,
        Self::ClientSecret,
        Self::Scopes,
    ];
}

impl Draft {
    /// A draft without answers.
    #[must_use]
    pub fn from_template(template: &Provider) -> Self {
        Self {
            template: Box::new(template.clone()),
            name: String::new(),
            authorize: None,
            token: None,
            device: None,
            revoke: None,
            client_id: String::new(),
            authentication: Authentication::None,
            scopes: Vec::new(),
            pkce: Pkce::Required,
        }
    }

    /// Takes an answer. Of the client's secret it learns only whether there is one, by
    /// [`Draft::prove`].
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
            DraftQuestion::Authorize => self.authorize = Some(address(answer)?),
            DraftQuestion::Token => self.token = Some(address(answer)?),
            DraftQuestion::Device if answer.is_empty() => self.device = None,
            DraftQuestion::Device => self.device = Some(address(answer)?),
            DraftQuestion::Revoke if answer.is_empty() => self.revoke = None,
            DraftQuestion::Revoke => self.revoke = Some(address(answer)?),
            DraftQuestion::ClientId => {
                client_id(answer)?;
                answer.clone_into(&mut self.client_id);
            }
            DraftQuestion::ClientSecret => {}
            DraftQuestion::Scopes => self.scopes = scopes::typed(answer, "")?,
        }
        Ok(())
    }

    /// Learns whether the client has a secret. Where the template says no way to prove it, the
    /// secret travels in the body (RFC 6749 §2.3.1).
    pub fn prove(&mut self, has_secret: bool) {
        let way = &self.template.client.authentication;
        self.authentication = match (has_secret, way.has_secret()) {
            (false, _) => Authentication::None,
            (true, false) => Authentication::Post,
            (true, true) => way.clone(),
        };
    }

    /// The file: what differs from the template.
    #[must_use]
    pub fn text(&self) -> String {
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
        file.client(Some(&self.client_id), &self.authentication);
        file.map("scopes");
        file.texts("  default", self.scopes.iter().map(String::as_str));
        match self.pkce {
            Pkce::Required => file.text("pkce", "required"),
            Pkce::Hex => file.field("pkce", "{ encoding: hex }"),
            Pkce::Plain => file.field("pkce", "plain"),
            // YAML 1.1 reads a bare off as false.
            Pkce::Off => file.text("pkce", "off"),
        }
        file.into_text()
    }

    /// The template's flows with the device flow where the draft has its address.
    fn flows(&self) -> Vec<&'static str> {
        let kept = self.template.flows.iter().filter_map(|flow| match flow {
            LoginMethod::Code => Some("code"),
            LoginMethod::Paste => Some("paste"),
            LoginMethod::Device | LoginMethod::Key => None,
        });
        kept.chain(self.device.is_some().then_some("device")).collect()
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

fn address(text: &str) -> Result<Url, String> {
    endpoint::parse(text).map_err(|bad| bad.rule().to_owned())
}
