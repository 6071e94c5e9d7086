//! What was chosen, typed or confirmed on a page of the wizard is handed to what asks for it.

use crate::domain::provider::draft::{Draft, Question};
use crate::domain::provider::{Flow, Pkce, Provider};
use crate::oauth::login::needs::{self, Goal, Needs};
use crate::tui::field::Field;
use crate::tui::wizard::order::has_login;
use crate::tui::wizard::{Page, Step, Wizard, WizardContext};

impl Wizard {
    /// Takes the chosen provider, or the template of one that is to be described.
    pub fn choose(&mut self, provider: &Provider, context: WizardContext<'_>) {
        let before = self.provider().or(self.draft.as_ref().map(|draft| &*draft.template));
        if before.is_some_and(|before| before.name != provider.name) {
            // What was typed for another provider means nothing here.
            self.ahead.clear();
        }
        let key_alone = provider.flows.contains(&Flow::Key) && !has_login(provider);
        let goal = if key_alone { Goal::Key } else { Goal::Login };
        self.draft = provider.example.then(|| Draft::of(provider));
        self.needs = (!provider.example).then(|| Needs::new(provider, goal));
        self.complaint = None;
        self.go_on(context);
    }

    /// Takes what the page says.
    pub fn submit(&mut self, context: WizardContext<'_>) {
        self.complaint = self.take(context).err();
        if self.complaint.is_none() {
            self.go_on(context);
        }
    }

    fn go_on(&mut self, context: WizardContext<'_>) {
        let step = self.next(self.page.step());
        let left = self.ahead.iter().position(|page| page.step() == step);
        let page = match left {
            Some(at) => self.ahead.remove(at),
            None => self.fresh(step, context),
        };
        self.passed.push(std::mem::replace(&mut self.page, page));
    }

    fn take(&mut self, context: WizardContext<'_>) -> Result<(), String> {
        match (&self.page, &mut self.needs) {
            (Page::Draft(question, field), _) => {
                let (question, field) = (*question, field.clone());
                return self.take_for_draft(question, &field, context);
            }
            (Page::Pkce(marked), _) => {
                let pkce = if *marked == 0 { Pkce::Required } else { Pkce::Off };
                if let Some(draft) = &mut self.draft {
                    draft.pkce = pkce;
                }
            }
            (Page::How(marked), Some(needs)) => {
                let goal = if *marked == 0 { Goal::Login } else { Goal::Key };
                if needs.goal() != goal {
                    *needs = Needs::new(needs.provider(), goal);
                    // What was proposed as a name for the one is none for the other.
                    self.ahead.retain(|page| page.step() != Step::Asked(needs::Question::Name));
                }
            }
            (Page::Name(field), Some(needs)) => {
                let snapshot = context.own.ok_or("The store is still being read")?;
                needs.name(field.text(), snapshot)?;
            }
            // A field that leaves white space out says so itself.
            (Page::Key(field), Some(needs)) => drop(needs.key(&field.secret())?),
            (Page::ClientSecret(field), Some(needs)) => drop(needs.client_secret(&field.secret())?),
            (Page::ClientId(field), Some(needs)) => needs.client_id(field.text())?,
            (Page::Scopes(picker), Some(needs)) => needs.scopes(&picker.asked())?,
            (Page::Notice, Some(needs)) => needs.agree(),
            (
                Page::Provider(_)
                | Page::Preview(_)
                | Page::How(_)
                | Page::Name(_)
                | Page::Key(_)
                | Page::ClientId(_)
                | Page::ClientSecret(_)
                | Page::Scopes(_)
                | Page::Notice
                | Page::Ready,
                _,
            ) => {}
        }
        Ok(())
    }

    fn take_for_draft(
        &mut self,
        question: Question,
        field: &Field,
        context: WizardContext<'_>,
    ) -> Result<(), String> {
        let Some(draft) = &mut self.draft else { return Ok(()) };
        draft.answer(question, field.text())?;
        match question {
            Question::Name if has_provider(context, field.text()) => {
                return Err(format!("A provider is called {} already; choose another name", draft.name));
            }
            Question::ClientSecret => {
                if !field.is_empty() {
                    needs::client_secret(&field.secret())?;
                }
                draft.prove(!field.is_empty());
            }
            Question::Name
            | Question::Authorize
            | Question::Token
            | Question::Device
            | Question::ClientId
            | Question::Scopes => {}
        }
        Ok(())
    }
}

fn has_provider(context: WizardContext<'_>, name: &str) -> bool {
    context.catalog.is_some_and(|catalog| catalog.entry(name).is_some())
}
