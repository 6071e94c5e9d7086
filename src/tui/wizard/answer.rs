//! Answers of the wizard: taken by what asks for them, and followed by the next page.

use crate::domain::clock::Now;
use crate::domain::provider::{LoginMethod, Provider};
use crate::oauth::login::preflight::{self, Preflight, PreflightGoal};
use crate::tui::field::{Field, Sight};
use crate::tui::wizard::form::ServerForm;
use crate::tui::wizard::key_page::KeyField;
use crate::tui::wizard::page::{ListQuestion, Page, TextQuestion};
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::{Wizard, WizardContext};

impl Wizard {
    /// Takes the chosen provider, or the template of one that is to be described.
    pub fn choose(&mut self, provider: &Provider, context: WizardContext<'_>) {
        if provider.example {
            return self.describe(ServerForm::new(provider));
        }
        if self.provider().is_some_and(|before| before.name != provider.name) {
            // What was typed for another provider means nothing here.
            self.ahead.retain(|page| matches!(page, Page::Form(_)));
        }
        let key_alone = provider.flows.contains(&LoginMethod::Key) && !has_login(provider);
        let goal = if key_alone { PreflightGoal::Key } else { PreflightGoal::Login };
        self.preflight = Some(Preflight::new(provider, goal));
        self.complaint = None;
        self.go_on(context);
    }

    /// Takes what the page says.
    pub fn submit(&mut self, context: WizardContext<'_>, now: Now) {
        self.complaint = self.take(context, now).err();
        if self.complaint.is_none() {
            self.go_on(context);
        }
    }

    fn go_on(&mut self, context: WizardContext<'_>) {
        let next = self.next(context);
        let left = self.ahead.iter().position(|page| page.asks_the_same_as(&next));
        let page = left.map_or(next, |at| self.ahead.remove(at));
        self.passed.push(std::mem::replace(&mut self.page, page));
    }

    /// The page that comes after this one, on which nothing was typed.
    pub(super) fn next(&self, context: WizardContext<'_>) -> Page {
        let Some(preflight) = &self.preflight else { return self.page.clone() };
        let provider = preflight.provider();
        let is_first = matches!(self.page, Page::Provider(_) | Page::Server(_));
        if is_first && provider.flows.contains(&LoginMethod::Key) && has_login(provider) {
            return Page::Choice(ListQuestion::LoginOrKey, 0);
        }
        preflight.next().map_or(Page::Ready, |question| page_of(preflight, question, context))
    }

    fn take(&mut self, context: WizardContext<'_>, now: Now) -> Result<(), String> {
        match (&mut self.page, &mut self.preflight) {
            (Page::Choice(ListQuestion::LoginOrKey, marked), Some(preflight)) => {
                let goal = if *marked == 0 { PreflightGoal::Login } else { PreflightGoal::Key };
                if preflight.goal() != goal {
                    *preflight = Preflight::new(preflight.provider(), goal);
                    // What was proposed as a name for the one is none for the other.
                    self.ahead
                        .retain(|page| page.preflight_question() != Some(preflight::PreflightQuestion::Name));
                }
            }
            (Page::Text(TextQuestion::Name, field), Some(preflight)) => {
                let snapshot = context.store(preflight.store()).ok_or("The file is still loading")?;
                preflight.name(field.text(), snapshot)?;
                if let Some(own) = context.own() {
                    *preflight = preflight.clone().with_known_client(own);
                }
            }
            // A field that leaves white space out says so itself.
            (Page::Key(page), Some(preflight)) => {
                let (key, end) = (preflight.key(&page.key.secret()), page.end(now));
                page.focus = if key.is_ok() && end.is_err() { KeyField::Ends } else { KeyField::Key };
                key?;
                preflight.key_ends(end?, now.wall);
            }
            (Page::Text(TextQuestion::ClientSecret, field), Some(preflight)) => {
                preflight.client_secret(&field.secret()).map(drop)?;
            }
            (Page::Text(TextQuestion::ClientId, field), Some(preflight)) => {
                preflight.client_id(field.text())?
            }
            (Page::Scopes(picker), Some(preflight)) => preflight.scopes(&picker.asked())?,
            (Page::Notice, Some(preflight)) => preflight.agree(),
            (Page::Provider(_) | Page::Server(_) | Page::Form(_) | Page::Ready, Some(_)) => {}
            (_, None) => {}
        }
        Ok(())
    }
}

/// The page of a question before a login.
fn page_of(
    preflight: &Preflight,
    question: preflight::PreflightQuestion,
    context: WizardContext<'_>,
) -> Page {
    match question {
        preflight::PreflightQuestion::Name => {
            let usual = context.store(preflight.store()).and_then(|snapshot| preflight.usual_name(snapshot));
            let field = Field::proposing(usual.as_ref().map_or("", |name| name.name()));
            Page::Text(TextQuestion::Name, field)
        }
        preflight::PreflightQuestion::ClientId => {
            let id = context.demo_client.map_or("", |client| client.id.as_str());
            Page::Text(TextQuestion::ClientId, Field::proposing(id))
        }
        preflight::PreflightQuestion::ClientSecret => {
            let mut field = Field::new("", Sight::Masked);
            // A stored one that is in doubt is used again where the answer is empty.
            if let Some(client) = context.demo_client.filter(|_| preflight.doubted_secret().is_none()) {
                field.paste(&client.secret);
            }
            Page::Text(TextQuestion::ClientSecret, field)
        }
        preflight::PreflightQuestion::Key => Page::Key(Box::default()),
        preflight::PreflightQuestion::Scopes => {
            Page::Scopes(Box::new(Picker::for_provider(preflight.provider(), preflight.known())))
        }
        preflight::PreflightQuestion::Notice | preflight::PreflightQuestion::Replace => Page::Notice,
    }
}

/// Whether one can log in at a provider, or only keep a key of it.
fn has_login(provider: &Provider) -> bool {
    provider.flows.iter().any(|flow| *flow != LoginMethod::Key)
}
