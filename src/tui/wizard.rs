//! What a login needs to know before it begins: provider, name, client, and a yes to its notice.

use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::secret::Secret;
use crate::oauth::login::{Plan, Seat, Ways};
use crate::tui::field::{Field, Sight};

/// What is known so far, and what is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    /// The provider, once it is chosen.
    pub provider: Option<Box<Provider>>,
    /// The profile's name, once it is known.
    pub name: Option<ProfileName>,
    /// The client id, once it is known.
    pub client_id: Option<String>,
    /// The client's secret, once it is known.
    pub client_secret: Option<Secret>,
    /// The profile as it is stored, when it is logged in again.
    pub known: Option<Box<Profile>>,
    /// What is asked.
    pub page: Page,
    /// Why the last answer could not be taken.
    pub complaint: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// Which provider; the marked one by its place in the list.
    Provider(usize),
    /// What the profile is to be called.
    Name(Field),
    /// The client id.
    ClientId(Field),
    /// The client's secret.
    ClientSecret(Field),
    /// Whether to go on in spite of the provider's notice.
    Notice,
    /// Nothing more.
    Ready,
}

impl Wizard {
    /// A login to a new profile.
    #[must_use]
    pub fn new() -> Self {
        Self {
            provider: None,
            name: None,
            client_id: None,
            client_secret: None,
            known: None,
            page: Page::Provider(0),
            complaint: None,
        }
    }

    /// A login to `profile` again.
    #[must_use]
    pub fn again(profile: &Profile, provider: &Provider) -> Self {
        let mut wizard = Self {
            provider: Some(Box::new(provider.clone())),
            name: Some(profile.id.name.clone()),
            client_id: profile.client_id.clone(),
            client_secret: profile.client_secret.clone(),
            known: Some(Box::new(profile.clone())),
            ..Self::new()
        };
        wizard.page = wizard.next_page(false);
        wizard
    }

    /// Takes the chosen provider.
    pub fn choose(&mut self, provider: &Provider, suggestion: &str) {
        self.provider = Some(Box::new(provider.clone()));
        self.complaint = None;
        self.page = Page::Name(Field::new(suggestion, Sight::Clear));
    }

    /// Takes what was typed or confirmed on the page; `taken` tells names that exist.
    pub fn submit(&mut self, taken: impl Fn(&ProfileName) -> bool) {
        self.complaint = None;
        let confirmed = self.page == Page::Notice;
        match &self.page {
            Page::Name(field) => {
                let provider = self.provider.as_ref().map_or("", |provider| provider.name.as_str());
                match name(provider, field.text(), taken) {
                    Ok(name) => self.name = Some(name),
                    Err(why) => self.complaint = Some(why),
                }
            }
            Page::ClientId(field) if field.is_empty() => {
                self.complaint = Some("The provider gave you a client id when you registered there".into());
            }
            Page::ClientId(field) => self.client_id = Some(field.text().to_owned()),
            Page::ClientSecret(field) if field.is_empty() => {
                self.complaint = Some("This provider wants the client's secret".into());
            }
            Page::ClientSecret(field) => self.client_secret = Some(field.secret()),
            Page::Provider(_) | Page::Notice | Page::Ready => {}
        }
        if self.complaint.is_none() {
            self.page = self.next_page(confirmed);
        }
    }

    /// The text field of the page, if it has one.
    pub fn field(&mut self) -> Option<&mut Field> {
        match &mut self.page {
            Page::Name(field) | Page::ClientId(field) | Page::ClientSecret(field) => Some(field),
            Page::Provider(_) | Page::Notice | Page::Ready => None,
        }
    }

    /// What follows from what was asked, once the page is [`Page::Ready`].
    #[must_use]
    pub fn plan(&self, place: &str, seat: Seat) -> Option<Plan> {
        let provider = self.provider.clone()?;
        Some(Plan {
            id: ProfileId { store: StoreId::Own, name: self.name.clone()? },
            client_id: self.client_id.clone().or_else(|| provider.client.id.clone())?,
            client_secret: self.client_secret.clone(),
            scopes: provider.scopes.default.clone(),
            known: self.known.clone(),
            place: place.to_owned(),
            ways: Ways::of(&provider, seat),
            provider,
        })
    }

    fn next_page(&self, confirmed: bool) -> Page {
        let Some(provider) = &self.provider else { return Page::Provider(0) };
        if self.name.is_none() {
            return Page::Name(Field::new("default", Sight::Clear));
        }
        if self.client_id.is_none() && provider.client.id.is_none() {
            return Page::ClientId(Field::new("", Sight::Clear));
        }
        if provider.client.authentication.has_secret() && self.client_secret.is_none() {
            return Page::ClientSecret(Field::new("", Sight::Masked));
        }
        if provider.notice.is_some() && !confirmed { Page::Notice } else { Page::Ready }
    }
}

impl Default for Wizard {
    fn default() -> Self {
        Self::new()
    }
}

fn name(provider: &str, text: &str, taken: impl Fn(&ProfileName) -> bool) -> Result<ProfileName, String> {
    let name = ProfileName::new(provider, text).map_err(|bad| bad.to_string())?;
    if name.is_reserved() {
        return Err(format!("“{}” is kept for API keys; choose another name", name.name()));
    }
    if taken(&name) {
        return Err(format!(
            "{name} is there already; choose another name, or press l on it to log in again"
        ));
    }
    Ok(name)
}
