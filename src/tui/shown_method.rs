//! Shown method of a waiting login: the one on the panel, which keys act on.
//!
//! All methods are open; one is shown. It is the one that can work from where the person sits,
//! until they ask for another.

use url::Url;

use crate::domain::provider::LoginMethod;
use crate::domain::provider::endpoint;
use crate::oauth::device::DeviceCode;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{Locality, LoginMethods};
use crate::tui::model::Model;

/// The method of a waiting login that the panel shows.
#[derive(Debug, Clone, Copy)]
pub struct ShownMethod<'a> {
    /// All methods.
    pub methods: &'a LoginMethods,
    /// The one that is shown.
    pub method: LoginMethod,
    /// Why no browser of this machine can bring the answer back, for people.
    pub obstacle: Option<&'static str>,
    locality: Locality,
}

impl<'a> ShownMethod<'a> {
    /// The method that `model` shows, while its login waits.
    #[must_use]
    pub fn of(model: &'a Model) -> Option<Self> {
        let login = model.login.as_ref()?;
        let methods = login.methods()?;
        let closed = model.locality == Locality::Local
            && matches!(login.steps().mark(LoginStep::Open), StepState::Failed(_));
        let (locality, obstacle) = match closed {
            true => (Locality::NoDisplay, Some("no browser could be opened here")),
            false => (model.locality, model.locality.obstacle()),
        };
        let lead = methods.lead(locality);
        let shown = Self { methods, method: lead, obstacle, locality };
        let wanted =
            model.method.filter(|wanted| *wanted == LoginMethod::Device || shown.by_browser().is_some());
        let method = match wanted {
            Some(LoginMethod::Device) if !methods.device.may_open() => lead,
            Some(wanted) => wanted,
            None => lead,
        };
        Some(Self { method, ..shown })
    }

    /// The device code, while the person has not agreed.
    #[must_use]
    pub fn device(&self) -> Option<&'a DeviceCode> {
        self.methods.device.code()
    }

    /// What the person types at the page of the device code; nothing where its link is enough.
    #[must_use]
    pub fn user_code(&self) -> Option<&'a str> {
        self.device()?.user_code.as_deref()
    }

    /// The address that a browser should open for the method that is shown.
    #[must_use]
    pub fn address(&self) -> Option<&'a Url> {
        match self.method {
            LoginMethod::Code => self.methods.callback.as_ref().or(self.methods.paste.as_ref()),
            LoginMethod::Paste => self.methods.paste.as_ref().or(self.methods.callback.as_ref()),
            LoginMethod::Device => self.device().map(DeviceCode::address),
            LoginMethod::Key => None,
        }
    }

    /// What is copied of the method that is shown: what it is, and the text.
    #[must_use]
    pub fn copied(&self) -> Option<(&'static str, String)> {
        match (&self.methods.curl, self.method) {
            (Some(curl), LoginMethod::Code | LoginMethod::Paste) => Some(("the curl command", curl.clone())),
            (Some(_) | None, _) => self.address().map(|url| ("the link", url.to_string())),
        }
    }

    /// The method that can be shown instead.
    #[must_use]
    pub fn other(&self) -> Option<LoginMethod> {
        match self.method {
            LoginMethod::Code | LoginMethod::Paste => {
                self.methods.device.may_open().then_some(LoginMethod::Device)
            }
            LoginMethod::Device => self.by_browser(),
            LoginMethod::Key => None,
        }
    }

    /// Whether there is anything whose answer could be pasted: everything but a device code.
    #[must_use]
    pub fn takes_paste(&self) -> bool {
        self.by_browser().is_some() || !self.methods.device.may_open()
    }

    /// The addresses that make sense on another device, the best first.
    #[must_use]
    pub fn scannable(&self) -> Vec<&'a Url> {
        let urls: Vec<&Url> = match self.device() {
            Some(code) => code.page_with_code.iter().chain([&code.page]).collect(),
            None => self.methods.paste.iter().collect(),
        };
        urls.into_iter().filter(|url| !endpoint::is_loopback(url)).collect()
    }

    /// Everything that is printed on lines of its own, each with what it is.
    #[must_use]
    pub fn printed(&self) -> Vec<(&'static str, String)> {
        let address = |url: &Url| url.to_string();
        let callback = match self.locality {
            Locality::Local => "Open in a browser on this machine; authtui continues on its own:",
            Locality::OverSsh | Locality::NoDisplay => {
                "Open in any browser, then paste here the address it ends at, even if that page does \
                 not load:"
            }
        };
        let code = self.device();
        let is_here = code.is_some_and(|code| endpoint::is_loopback(&code.page));
        let open = match (self.user_code(), is_here) {
            (Some(_), true) => "Open this page in a browser on this machine:",
            (Some(_), false) => "Open this page on any device:",
            (None, true) => "Open this link in a browser on this machine and allow access:",
            (None, false) => "Open this link on any device and allow access:",
        };
        let with_code = code.and_then(|code| code.page_with_code.as_ref());
        let by_callback = (callback, self.methods.callback.as_ref().map(address));
        let paste = "Open in any browser, then paste here the code it shows:";
        let by_paste = (paste, self.methods.paste.as_ref().map(address));
        let [first, second] = match self.locality {
            Locality::Local => [by_callback, by_paste],
            Locality::OverSsh | Locality::NoDisplay => [by_paste, by_callback],
        };
        let by_browser =
            [("Run this command, then paste here what it prints:", self.methods.curl.clone()), first, second];
        let by_device = [
            (open, code.map(|code| code.page.to_string())),
            ("and type this code:", self.user_code().map(str::to_owned)),
            ("Or open this page, which has the code in it:", with_code.map(address)),
        ];
        let texts = match self.method {
            LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key => {
                by_browser.into_iter().chain(by_device)
            }
            LoginMethod::Device => by_device.into_iter().chain(by_browser),
        };
        texts.filter_map(|(label, text)| Some((label, text?))).collect()
    }

    /// The way without a device code.
    fn by_browser(&self) -> Option<LoginMethod> {
        let (callback, paste) = (self.methods.callback.is_some(), self.methods.paste.is_some());
        if !callback && !paste && self.methods.curl.is_none() {
            return None;
        }
        Some(if callback && self.locality == Locality::Local {
            LoginMethod::Code
        } else {
            LoginMethod::Paste
        })
    }
}
