//! Registration recipe: how a person registers a client of their own at a provider.

use url::Url;

/// Which servers a recipe is for: their issuers, where `*` stands for a part of a host or of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerPattern(String);

impl IssuerPattern {
    /// The pattern as it is written; nothing where it is no `https` address with a host that is named.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let host = written.strip_prefix("https://")?.split('/').next()?;
        let is_one = !host.is_empty() && written.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| Self(written.to_owned()))
    }

    /// Whether `issuer` is one of them, with or without the slash at its end.
    #[must_use]
    pub fn fits(&self, issuer: &str) -> bool {
        let parts = |text: &str| -> Vec<String> {
            text.trim_end_matches('/').split('/').map(str::to_owned).collect()
        };
        let (pattern, issuer) = (parts(&self.0), parts(issuer));
        pattern.len() == issuer.len()
            && pattern.iter().zip(&issuer).all(|(pattern, part)| fits(pattern, part))
    }
}

/// Whether `part` begins and ends as `pattern` says before and after its star.
fn fits(pattern: &str, part: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == part };
    let between = part.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    between.is_some_and(|between| !between.is_empty())
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrationRecipe {
    /// The page where it is done.
    pub page: Option<Url>,
    /// What to do there, in short sentences.
    pub steps: Vec<String>,
    /// The redirect address to enter there, exactly as the provider wants it.
    pub redirect: Option<String>,
    /// Whose servers are set up so, where others are discovered.
    pub issuers: Vec<IssuerPattern>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_part_and_never_for_two() {
        for (pattern, issuer, fits) in [
            ("https://*/realms/*", "https://id.acme.test/realms/staff", true),
            ("https://*/realms/*", "https://id.acme.test:8443/realms/staff/", true),
            ("https://*/realms/*", "https://id.acme.test/auth/realms/staff", false),
            ("https://*/realms/*", "https://id.acme.test/realms/", false),
            ("https://*/realms/*", "http://id.acme.test/realms/staff", false),
            ("https://*.okta.com", "https://acme.okta.com", true),
            ("https://*.okta.com", "https://acme.okta.com.evil.test", false),
            ("https://*.okta.com", "https://evil.test/x.okta.com", false),
            ("https://*.okta.com", "https://.okta.com", false),
            ("https://gitlab.com", "https://gitlab.com/", true),
            ("https://gitlab.com", "https://gitlab.com.evil.test", false),
        ] {
            let pattern = IssuerPattern::parse(pattern).expect(pattern);
            assert_eq!(pattern.fits(issuer), fits, "{pattern:?} {issuer}");
        }
        for written in ["http://a.test", "https://", "a.test", "https://a b.test"] {
            assert_eq!(IssuerPattern::parse(written), None, "{written}");
        }
    }
}
