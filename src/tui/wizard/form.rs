//! Form that describes a server: every field on one page, checked while it is typed.
//!
//! What a discovery has found stands in its fields and is marked so. The name of the provider follows the
//! login page, and endpoints propose the place beside it, until the person types their own.

mod check;
mod field;

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use url::Url;

use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::provider::draft::{Draft, DraftQuestion};
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::provider::{Authentication, Pkce, Provider};
use crate::domain::secret::Secret;
use crate::oauth::discovery::free_provider_name;
use crate::tui::field::Field;
use crate::tui::wizard::WizardContext;
pub use crate::tui::wizard::form::field::FormField;
use crate::tui::wizard::form::field::{FormText, HTTPS};

/// How a client may prove itself, in the order of the choice.
const AUTHENTICATIONS: [Authentication; 3] =
    [Authentication::None, Authentication::Post, Authentication::Basic];

#[derive(Debug, Clone, PartialEq)]
pub struct ServerForm {
    template: Box<Provider>,
    /// What the server has told, and how it takes a secret.
    found: Option<Box<(DiscoveredServer, Authentication)>>,
    /// The address whose discovery was not enough.
    address: Option<Url>,
    texts: BTreeMap<FormField, FormText>,
    /// What the person chose; until then it follows from whether there is a secret.
    authentication: Option<Authentication>,
    pkce: Pkce,
    focus: FormField,
    /// Whether the profile is there already, or was about to be.
    is_again: bool,
    /// Whether the person has tried to log in: what is missing is said from then on.
    is_tried: bool,
    /// Whether the hosts that differ from that of the login page were shown and taken.
    pub is_agreed: bool,
    /// How one registers a client at the server.
    pub recipe: Option<RegistrationRecipe>,
    /// The first line of the file that is shown in the form's place.
    pub preview: Option<usize>,
}

impl ServerForm {
    /// A form without answers.
    #[must_use]
    pub fn new(template: &Provider) -> Self {
        let redirect = template.redirect.loopback(template.redirect.port).map(String::from);
        let text = |field: FormField| {
            if field.is_address() {
                return FormText::proposing(HTTPS);
            }
            let usual = if field == FormField::Redirect { redirect.as_deref() } else { None };
            let usual = if field == FormField::Profile { Some("default") } else { usual };
            FormText::new(field, usual.unwrap_or_default())
        };
        Self {
            template: Box::new(template.clone()),
            found: None,
            address: None,
            texts: FormField::ALL.into_iter().filter(|it| it.is_text()).map(|it| (it, text(it))).collect(),
            authentication: None,
            pkce: Pkce::Required,
            focus: FormField::LoginPage,
            is_again: false,
            is_tried: false,
            is_agreed: false,
            recipe: None,
            preview: None,
        }
    }

    /// A form for the server at `address`, with what it has told of itself, if anything.
    #[must_use]
    pub fn of_address(
        template: &Provider,
        address: &Url,
        found: Option<(DiscoveredServer, Authentication)>,
        context: WizardContext<'_>,
    ) -> Self {
        let mut form = Self { address: Some(address.clone()), ..Self::new(template) };
        match found {
            Some((server, with_secret)) => form.fill(server, with_secret),
            None => {
                let page = address.join("/").map_or_else(|_| HTTPS.to_owned(), String::from);
                form.texts.insert(FormField::LoginPage, FormText::proposing(&page));
                form.name_after(address, context);
            }
        }
        form.go(form.first_missing());
        form
    }

    fn fill(&mut self, server: DiscoveredServer, with_secret: Authentication) {
        let endpoints = &server.endpoints;
        // Without metadata the endpoints are where they usually are.
        let is_found = server.issuer.is_some();
        let mut put = |field, text: Option<&str>| {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                self.texts.insert(field, FormText::found(text, is_found));
            }
        };
        put(FormField::LoginPage, endpoints.authorize.as_ref().map(Url::as_str));
        put(FormField::Token, Some(endpoints.token.as_str()));
        put(FormField::Revocation, endpoints.revoke.as_ref().map(Url::as_str));
        put(FormField::Device, endpoints.device.as_ref().map(Url::as_str));
        put(FormField::Scopes, Some(&server.scopes.join(" ")));
        self.texts.insert(FormField::Provider, FormText::new(FormField::Provider, &server.name));
        self.found = Some(Box::new((server, with_secret)));
    }

    /// Keeps the name of a profile whose login has begun before.
    pub fn log_in_again(&mut self, profile: &str) {
        self.texts.insert(FormField::Profile, FormText::new(FormField::Profile, profile));
        self.is_again = true;
    }

    /// Whether `other` was opened for the same server.
    #[must_use]
    pub fn describes_the_same_as(&self, other: &Self) -> bool {
        self.address == other.address && self.template.name == other.template.name
    }

    /// The field that takes what is typed.
    #[must_use]
    pub fn focus(&self) -> FormField {
        self.focus
    }

    /// Goes to a field. An endpoint that is not filled proposes the place beside the login page.
    pub fn go(&mut self, field: FormField) {
        if let Some(text) = self.texts.get_mut(&self.focus) {
            text.tidy();
        }
        self.focus = field;
        let beside = self.draft().authorize.and_then(|page| page.join(".").ok());
        let is_endpoint = field.is_address() && field != FormField::LoginPage;
        if let (true, Some(beside), Some(text)) = (is_endpoint, beside, self.texts.get_mut(&field))
            && text.typed().is_empty()
        {
            *text = FormText::proposing(beside.as_str());
        }
    }

    /// The field that is so many places away, or the last one there is.
    #[must_use]
    pub fn neighbour(&self, by: isize) -> FormField {
        let place = self.focus.place().saturating_add_signed(by).min(FormField::ALL.len() - 1);
        FormField::ALL.get(place).copied().unwrap_or(FormField::LogIn)
    }

    /// The first field that must be filled and is not, or else the end of the form.
    #[must_use]
    pub fn first_missing(&self) -> FormField {
        FormField::ALL.into_iter().find(|field| self.is_missing(*field)).unwrap_or(FormField::LogIn)
    }

    /// Whether a field must be filled, and is not.
    #[must_use]
    pub fn is_missing(&self, field: FormField) -> bool {
        let is_needed = match field {
            FormField::LoginPage => self.typed(FormField::Device).is_empty(),
            FormField::ClientSecret => self.authentication().has_secret(),
            FormField::Token | FormField::ClientId | FormField::Redirect => true,
            FormField::Provider | FormField::Profile => true,
            FormField::Revocation | FormField::Device | FormField::Scopes => false,
            FormField::Authentication | FormField::Pkce | FormField::LogIn => false,
        };
        is_needed && self.texts.get(&field).is_some_and(FormText::is_empty)
    }

    /// What the person typed into a field that can be seen; nothing of what is only proposed.
    #[must_use]
    pub fn typed(&self, field: FormField) -> &str {
        self.texts.get(&field).map_or("", FormText::typed)
    }

    /// Whether a field is as the server has told.
    #[must_use]
    pub fn is_found(&self, field: FormField) -> bool {
        match field {
            FormField::Authentication => {
                self.found.is_some() && self.authentication() == self.usual_authentication()
            }
            FormField::LoginPage
            | FormField::Token
            | FormField::Revocation
            | FormField::Device
            | FormField::ClientId
            | FormField::ClientSecret
            | FormField::Scopes
            | FormField::Redirect
            | FormField::Provider
            | FormField::Profile => self.texts.get(&field).is_some_and(FormText::is_found),
            FormField::Pkce | FormField::LogIn => false,
        }
    }

    /// The text field of a field, where it has one.
    #[must_use]
    pub fn text(&self, field: FormField) -> Option<&Field> {
        self.texts.get(&field).map(|text| &text.field)
    }

    /// The text field that takes what is typed.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        self.text(self.focus).filter(|_| self.preview.is_none())
    }

    /// The same, to be typed into; tell the form of it by [`ServerForm::edited`].
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        let is_seen = self.preview.is_none();
        self.texts.get_mut(&self.focus).map(|text| &mut text.field).filter(|_| is_seen)
    }

    /// Takes a key into the field that has the focus.
    pub fn press(&mut self, key: KeyEvent, context: WizardContext<'_>) {
        if let Some(field) = self.field_mut() {
            field.press(key);
            self.edited(context);
        }
    }

    /// Lets follow what follows from what was typed.
    pub fn edited(&mut self, context: WizardContext<'_>) {
        self.is_agreed = false;
        if self.focus == FormField::LoginPage
            && let Some(page) = self.draft().authorize
        {
            self.name_after(&page, context);
        }
    }

    /// Names the provider after an address, unless the person or the server has named it.
    fn name_after(&mut self, address: &Url, context: WizardContext<'_>) {
        let is_free = self.texts.get(&FormField::Provider).is_some_and(FormText::is_untouched);
        if is_free && self.found.is_none() {
            let name = free_provider_name(address, &context.provider_names());
            self.texts.insert(FormField::Provider, FormText::new(FormField::Provider, &name));
        }
    }

    /// Gives a choice its next value, or the one before.
    pub fn turn(&mut self, by: isize) {
        if self.focus == FormField::Pkce {
            self.pkce = if self.pkce == Pkce::Required { Pkce::Off } else { Pkce::Required };
        }
        if self.focus == FormField::Authentication {
            let now = self.authentication();
            let place = AUTHENTICATIONS.iter().position(|each| *each == now).unwrap_or(0);
            let count = AUTHENTICATIONS.len();
            let next = (place + count).saturating_add_signed(by) % count;
            self.authentication = AUTHENTICATIONS.get(next).cloned();
        }
        self.is_agreed = false;
    }

    /// The value of a choice.
    #[must_use]
    pub fn choice(&self, field: FormField) -> Option<&'static str> {
        if field == FormField::Pkce {
            return Some(if self.pkce == Pkce::Required { "on" } else { "off" });
        }
        (field == FormField::Authentication).then(|| match self.authentication() {
            Authentication::None => "none",
            Authentication::Post => "form",
            Authentication::Basic | Authentication::BasicRaw => "basic",
            Authentication::Header(_) => "header",
        })
    }

    /// The client's secret, where one was typed.
    #[must_use]
    pub fn secret(&self) -> Option<Secret> {
        self.text(FormField::ClientSecret).filter(|field| !field.is_empty()).map(Field::secret)
    }

    fn authentication(&self) -> Authentication {
        self.authentication.clone().unwrap_or_else(|| self.usual_authentication())
    }

    /// How the client proves itself unless the person says otherwise: with its secret as the server or the
    /// template says, or else in the body (RFC 6749 §2.3.1).
    fn usual_authentication(&self) -> Authentication {
        let with_secret = match &self.found {
            Some(found) => &found.1,
            None => &self.template.client.authentication,
        };
        match (&self.found, self.secret()) {
            (Some(found), None) => found.0.client.authentication.clone(),
            (None, None) => Authentication::None,
            (_, Some(_)) if with_secret.has_secret() => with_secret.clone(),
            (_, Some(_)) => Authentication::Post,
        }
    }

    /// The provider file that would be written, as far as its answers can be used.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::from_template(&self.template);
        draft.found = self.found.as_ref().map(|found| Box::new(found.0.clone()));
        draft.authentication = self.authentication();
        draft.pkce = self.pkce;
        for field in FormField::ALL {
            if let Some(question) = field.question() {
                draft.answer(question, self.typed(field)).ok();
            }
        }
        draft
    }

    /// The redirect, exactly as it is registered at the server.
    #[must_use]
    pub fn redirect(&self) -> &str {
        self.typed(FormField::Redirect)
    }

    fn answer(&self, question: DraftQuestion, text: &str) -> Result<(), String> {
        Draft::from_template(&self.template).answer(question, text)
    }
}
