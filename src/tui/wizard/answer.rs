//! What was chosen, typed or confirmed on a page of the wizard is taken, or complained of.

use crate::domain::name::ProfileName;
use crate::domain::provider::draft::{self, Draft, Question};
use crate::domain::provider::{Flow, Pkce, Provider};
use crate::domain::secret::Secret;
use crate::tui::field::Field;
use crate::tui::model::Model;
use crate::tui::wizard::order::has_login;
use crate::tui::wizard::{Page, Purpose, Step, Wizard};

impl Wizard {
    /// Takes the chosen provider, or the template of one that is to be described.
    pub fn choose(&mut self, provider: &Provider, model: &Model) {
        let before = self.provider.as_deref().or(self.draft.as_ref().map(|draft| &*draft.template));
        if before.is_some_and(|before| before.name != provider.name) {
            // What was typed for another provider means nothing here.
            self.ahead.clear();
        }
        let key_alone = !provider.example && provider.flows.contains(&Flow::Key) && !has_login(provider);
        self.purpose = if key_alone { Purpose::Key } else { Purpose::Login };
        self.draft = provider.example.then(|| Draft::of(provider));
        self.provider = (!provider.example).then(|| Box::new(provider.clone()));
        self.name = None;
        self.complaint = None;
        self.go_on(model);
    }

    /// Takes what the page says.
    pub fn submit(&mut self, model: &Model) {
        self.complaint = None;
        match self.take(model) {
            Ok(()) => self.go_on(model),
            Err(why) => self.complaint = Some(why),
        }
    }

    fn go_on(&mut self, model: &Model) {
        let step = self.next(self.page.step());
        let left = self.ahead.iter().position(|page| page.step() == step);
        let page = match left {
            Some(at) => self.ahead.remove(at),
            None => self.fresh(step, Some(model)),
        };
        self.passed.push(std::mem::replace(&mut self.page, page));
    }

    fn take(&mut self, model: &Model) -> Result<(), String> {
        match &self.page {
            Page::Draft(question, field) => {
                let (question, field) = (*question, field.clone());
                return self.take_for_draft(question, &field, model);
            }
            Page::Pkce(marked) => {
                let pkce = if *marked == 0 { Pkce::Required } else { Pkce::Off };
                if let Some(draft) = &mut self.draft {
                    draft.pkce = pkce;
                }
            }
            Page::How(marked) => {
                let purpose = if *marked == 0 { Purpose::Login } else { Purpose::Key };
                if self.purpose != purpose {
                    self.purpose = purpose;
                    // What was proposed as a name for the one is none for the other.
                    self.ahead.retain(|page| page.step() != Step::Name);
                }
            }
            Page::Name(field) => {
                let provider = self.provider.as_ref().map_or("", |provider| provider.name.as_str());
                self.name = Some(name(provider, field.text(), self.purpose, model)?);
            }
            Page::Key(field) => self.key = Some(key(field)?),
            Page::ClientId(field) => {
                draft::client_id(field.text())?;
                self.client_id = Some(field.text().to_owned());
            }
            Page::ClientSecret(field) => {
                let stored = self.known.as_deref().and_then(|profile| profile.client_secret.clone());
                self.client_secret = Some(match stored.filter(|_| field.is_empty()) {
                    Some(stored) => stored,
                    None => client_secret(field)?,
                });
            }
            Page::Scopes(picker) => {
                let default = self.provider.as_ref().is_some_and(|it| !it.scopes.default.is_empty());
                let asked = picker.asked();
                if asked.is_empty() && default {
                    return Err("Choose at least one scope: Space ticks the marked one".to_owned());
                }
                self.scopes = Some(asked);
            }
            Page::Provider(_) | Page::Preview(_) | Page::Notice | Page::Ready => {}
        }
        Ok(())
    }

    fn take_for_draft(&mut self, question: Question, field: &Field, model: &Model) -> Result<(), String> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        draft.answer(question, field.text())?;
        match question {
            Question::Name if model.has_provider(field.text()) => {
                return Err(format!("A provider is called {} already; choose another name", draft.name));
            }
            Question::ClientId => self.client_id = Some(draft.client_id.clone()),
            Question::ClientSecret => {
                let secret = if field.is_empty() { None } else { Some(client_secret(field)?) };
                draft.prove(secret.is_some());
                self.client_secret = secret;
            }
            Question::Name | Question::Authorize | Question::Token | Question::Device | Question::Scopes => {}
        }
        Ok(())
    }
}

fn name(provider: &str, text: &str, purpose: Purpose, model: &Model) -> Result<ProfileName, String> {
    let name = ProfileName::new(provider, text).map_err(|bad| bad.to_string())?;
    match purpose {
        Purpose::Login | Purpose::Scopes if name.is_reserved() => {
            return Err(format!("“{}” is kept for API keys; choose another name", name.name()));
        }
        // The file counts the keys of its list itself.
        Purpose::Key if name.is_reserved() && name.name() != "key" => {
            return Err(format!("“{}” is kept for a list of keys; choose another name", name.name()));
        }
        Purpose::Login | Purpose::Scopes | Purpose::Key => {}
    }
    if model.has_profile(&name) {
        let or = match purpose {
            Purpose::Login | Purpose::Scopes => "press l on it to log in again",
            Purpose::Key => "erase it first with x",
        };
        return Err(format!("{name} is there already; choose another name, or {or}"));
    }
    Ok(name)
}

fn key(field: &Field) -> Result<Secret, String> {
    let key = field.secret();
    if key.is_empty() {
        return Err("There is no key yet: paste it, or type it".to_owned());
    }
    if !key.is_bearer() {
        return Err(
            "A key has visible ASCII characters alone: no spaces, no line ends, no accents".to_owned()
        );
    }
    Ok(key)
}

fn client_secret(field: &Field) -> Result<Secret, String> {
    let secret = field.secret();
    if secret.is_empty() {
        return Err("This provider wants the client's secret".to_owned());
    }
    if !secret.is_client_secret() {
        return Err("A client secret has visible ASCII characters and spaces alone".to_owned());
    }
    Ok(secret)
}
