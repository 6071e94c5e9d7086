//! Checks of the form: what is wrong with a field, and which hosts a person should look at.

use crate::domain::provider::Provider;
use crate::oauth::discovery::DoubtfulAddress;
use crate::oauth::login::preflight::{self, Preflight, PreflightGoal};
use crate::tui::wizard::WizardContext;
use crate::tui::wizard::form::{FormField, ServerForm};

impl ServerForm {
    /// Why a field cannot stay as it is. What is only missing is said once the person has tried to log in.
    #[must_use]
    pub fn complaint(&self, field: FormField, context: WizardContext<'_>) -> Option<String> {
        if self.is_missing(field) && !self.is_tried {
            return None;
        }
        if self.texts.get(&field).is_some_and(|text| text.is_empty()) && !self.is_missing(field) {
            return None;
        }
        match field {
            FormField::Provider => self.provider_complaint(context),
            FormField::Profile => self.profile_complaint(context),
            FormField::ClientSecret => match self.secret() {
                Some(secret) => preflight::client_secret(&secret).err(),
                None => Some("Enter the client secret, or set Authentication to none".to_owned()),
            },
            FormField::Authentication => {
                let is_unsent = self.secret().is_some() && !self.authentication().has_secret();
                is_unsent.then(|| "Choose form or basic; otherwise the client secret is not sent".to_owned())
            }
            FormField::LoginPage
            | FormField::Token
            | FormField::Revocation
            | FormField::Device
            | FormField::ClientId
            | FormField::Scopes
            | FormField::Redirect => self.answer(field.question()?, self.typed(field)).err(),
            FormField::Pkce | FormField::LogIn => None,
        }
    }

    fn provider_complaint(&self, context: WizardContext<'_>) -> Option<String> {
        let name = self.typed(FormField::Provider);
        // A file that a discovery wrote for the same server is replaced.
        let is_told = self.found.as_ref().is_some_and(|found| found.0.name == name);
        if context.has_provider(name) && !is_told {
            return Some(format!("There is already a provider {name}; choose another name"));
        }
        self.answer(FormField::Provider.question()?, name).err()
    }

    fn profile_complaint(&self, context: WizardContext<'_>) -> Option<String> {
        // Its own complaint comes first.
        if self.is_again || self.is_missing(FormField::Provider) || self.provider_complaint(context).is_some()
        {
            return None;
        }
        let provider =
            Provider { name: self.typed(FormField::Provider).to_owned(), ..(*self.template).clone() };
        let mut preflight = Preflight::new(&provider, PreflightGoal::Login);
        preflight.name(self.typed(FormField::Profile), context.own()?).err()
    }

    /// What a person should know of the host of an endpoint: that it is not the login page's. Where the
    /// server has told so, it was asked about before.
    #[must_use]
    pub fn doubt(&self, field: FormField) -> Option<String> {
        let draft = self.draft();
        let page = draft.authorize.as_ref()?;
        let endpoints = [
            (FormField::Token, "the token endpoint", &draft.token),
            (FormField::Revocation, "the revocation endpoint", &draft.revoke),
            (FormField::Device, "the device endpoint", &draft.device),
        ];
        let (_, what, url) = endpoints.into_iter().find(|(each, ..)| *each == field)?;
        let doubt = DoubtfulAddress::of_endpoint(what, url.as_ref()?, Some(page), page);
        doubt.filter(|_| !self.is_found(field)).map(|doubt| doubt.to_string())
    }

    /// Whether some host is still to be agreed to.
    #[must_use]
    pub fn has_doubts(&self) -> bool {
        FormField::ALL.into_iter().any(|field| self.doubt(field).is_some())
    }

    /// The first field that keeps the person from logging in; from now on what is missing is said.
    pub fn try_out(&mut self, context: WizardContext<'_>) -> Option<FormField> {
        self.is_tried = true;
        FormField::ALL.into_iter().find(|field| self.complaint(*field, context).is_some())
    }

    /// Whether nothing is missing and nothing wrong.
    #[must_use]
    pub fn is_ready(&self, context: WizardContext<'_>) -> bool {
        let is_fine = |field| !self.is_missing(field) && self.complaint(field, context).is_none();
        FormField::ALL.into_iter().all(is_fine)
    }
}
