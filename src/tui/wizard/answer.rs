//! Answers of the wizard: taken by what asks for them, and followed by the next page.

use crate::domain::provider::draft::{self, Draft};
use crate::domain::provider::{LoginMethod, Pkce, Provider};
use crate::oauth::login::preflight::{self, Preflight, PreflightGoal};
use crate::tui::field::{Field, Sight};
use crate::tui::wizard::page::{ListQuestion, Page, TextQuestion, address};
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::{Wizard, WizardContext};

impl Wizard {
    /// Takes the chosen provider, or the template of one that is to be described.
    pub fn choose(&mut self, provider: &Provider, context: WizardContext<'_>) {
        let before = self.provider().or(self.draft.as_ref().map(|draft| &*draft.template));
        if before.is_some_and(|before| before.name != provider.name) {
            // What was typed for another provider means nothing here.
            self.ahead.clear();
        }
        let key_alone = provider.flows.contains(&LoginMethod::Key) && !has_login(provider);
        let goal = if key_alone { PreflightGoal::Key } else { PreflightGoal::Login };
        self.draft = provider.example.then(|| Draft::from_template(provider));
        self.preflight = (!provider.example).then(|| Preflight::new(provider, goal));
        self.complaint = None;
        self.go_on(context);
    }

    /// Takes what the page says.
    pub fn submit(&mut self, context: WizardContext<'_>) {
        self.complaint = self.take(context).err();
        if self.complaint.is_none() {
            self.page.tidy();
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
        let Some(preflight) = &self.preflight else { return self.next_of_draft() };
        let provider = preflight.provider();
        let is_first = matches!(self.page, Page::Provider(_) | Page::Server(_) | Page::Preview(_));
        if is_first && provider.flows.contains(&LoginMethod::Key) && has_login(provider) {
            return Page::Choice(ListQuestion::LoginOrKey, 0);
        }
        preflight.next().map_or(Page::Ready, |question| page_of(preflight, question, context))
    }

    /// The pages that describe a new provider: its texts, PKCE, and the file that comes of it.
    fn next_of_draft(&self) -> Page {
        let at = match &self.page {
            Page::Choice(ListQuestion::Pkce, _) | Page::Preview(_) => return Page::Preview(0),
            Page::Text(TextQuestion::Draft(question), _) => {
                draft::DraftQuestion::ALL.iter().position(|each| each == question).map_or(0, |at| at + 1)
            }
            Page::Provider(_)
            | Page::Server(_)
            | Page::Choice(..)
            | Page::Text(..)
            | Page::Scopes(_)
            | Page::Notice
            | Page::Ready => 0,
        };
        let question = draft::DraftQuestion::ALL.get(at).copied();
        question
            .map_or(Page::Choice(ListQuestion::Pkce, 0), |question| Page::text(TextQuestion::Draft(question)))
    }

    fn take(&mut self, context: WizardContext<'_>) -> Result<(), String> {
        match (&self.page, &mut self.preflight) {
            (Page::Text(TextQuestion::Draft(question), field), _) => {
                let (question, field) = (*question, field.clone());
                return self.take_for_draft(question, &field, context);
            }
            (Page::Choice(ListQuestion::Pkce, marked), _) => {
                let pkce = if *marked == 0 { Pkce::Required } else { Pkce::Off };
                if let Some(draft) = &mut self.draft {
                    draft.pkce = pkce;
                }
            }
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
                let snapshot = context.own.ok_or("The file is still loading")?;
                preflight.name(field.text(), snapshot)?;
            }
            // A field that leaves white space out says so itself.
            (Page::Text(TextQuestion::Key, field), Some(preflight)) => {
                preflight.key(&field.secret()).map(drop)?
            }
            (Page::Text(TextQuestion::ClientSecret, field), Some(preflight)) => {
                preflight.client_secret(&field.secret()).map(drop)?;
            }
            (Page::Text(TextQuestion::ClientId, field), Some(preflight)) => {
                preflight.client_id(field.text())?
            }
            (Page::Scopes(picker), Some(preflight)) => preflight.scopes(&picker.asked())?,
            (Page::Notice, Some(preflight)) => preflight.agree(),
            (Page::Provider(_) | Page::Server(_) | Page::Preview(_) | Page::Ready, Some(_)) => {}
            (Page::Text(TextQuestion::ServerClientId | TextQuestion::ServerClientSecret, _), _) => {}
            (_, None) => {}
        }
        Ok(())
    }

    fn take_for_draft(
        &mut self,
        question: draft::DraftQuestion,
        field: &Field,
        context: WizardContext<'_>,
    ) -> Result<(), String> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        let answer = if question.is_address() { address(field) } else { field.text() };
        draft.answer(question, answer)?;
        if question == draft::DraftQuestion::Name && context.has_provider(field.text()) {
            return Err(format!("There is already a provider {}; choose another name", draft.name));
        }
        if question == draft::DraftQuestion::ClientSecret {
            if !field.is_empty() {
                preflight::client_secret(&field.secret())?;
            }
            draft.prove(!field.is_empty());
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
            let usual = context.own.and_then(|snapshot| preflight.usual_name(snapshot));
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
        preflight::PreflightQuestion::Key => Page::text(TextQuestion::Key),
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
