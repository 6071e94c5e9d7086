//! Registration recipe: how a person registers a client of their own at a provider.

use url::Url;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRecipe {
    /// The page where it is done.
    pub page: Option<Url>,
    /// What to do there, in short sentences.
    pub steps: Vec<String>,
    /// The redirect address to enter there, exactly as the provider wants it.
    pub redirect: Option<String>,
}

impl RegistrationRecipe {
    /// What to do, a line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let head = "Register an app of your own";
        let head = self.page.as_ref().map_or_else(|| format!("{head}:"), |page| format!("{head} at {page}"));
        let redirect = self.redirect.iter().map(|address| format!("Enter this redirect address: {address}"));
        let steps = redirect.chain(self.steps.iter().cloned()).map(|step| format!("- {step}"));
        std::iter::once(head).chain(steps).collect()
    }
}
