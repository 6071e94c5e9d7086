//! Redirect URIs of one login, and where a pasted text has one of them.

use url::Url;
use zeroize::Zeroizing;

/// The redirect URIs of one login, exactly as its authorization URLs say them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirects {
    /// Our own listener.
    pub loopback: Option<Url>,
    /// The provider's page that shows the code.
    pub paste: Option<Url>,
}

impl Redirects {
    /// The redirect that `address` begins with.
    pub(in crate::oauth) fn of(&self, address: &Url) -> Option<&Url> {
        self.both().find(|redirect| page(redirect) == page(address))
    }

    /// `text` with its scheme, where it is a redirect that a browser showed without one.
    pub(in crate::oauth) fn completed(&self, text: &str) -> Option<Zeroizing<String>> {
        let text = text.strip_prefix("//").unwrap_or(text);
        self.both().find_map(|redirect| {
            let redirect = page(redirect);
            let (scheme, shown) = redirect.as_str().split_once("://")?;
            let rest = text.strip_prefix(shown)?;
            rest.starts_with(['?', '#']).then(|| Zeroizing::new(format!("{scheme}://{text}")))
        })
    }

    /// The redirect and the query of a target such as `/callback?code=…`, as a server logs it.
    pub(in crate::oauth) fn targeted<'a>(&self, text: &'a str) -> Option<(&Url, &'a str)> {
        let (path, query) = text.split_once('?')?;
        self.both().find(|redirect| redirect.path() == path).map(|redirect| (redirect, query))
    }

    /// `text` from where a redirect stands in it.
    pub(in crate::oauth) fn within<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.both().find_map(|redirect| {
            let redirect = page(redirect);
            let (_, shown) = redirect.as_str().split_once("://")?;
            let is_of_another = |from: &usize| text.get(..*from).is_some_and(|before| before.ends_with("//"));
            let from = text.find(redirect.as_str());
            text.get(from.or_else(|| text.find(shown).filter(|from| !is_of_another(from)))?..)
        })
    }

    pub(in crate::oauth) fn both(&self) -> impl Iterator<Item = &Url> {
        self.loopback.iter().chain(&self.paste)
    }
}

/// `url` without query and fragment.
pub(in crate::oauth) fn page(url: &Url) -> Url {
    let mut page = url.clone();
    page.set_query(None);
    page.set_fragment(None);
    page
}
