//! Login methods while a login waits: the one that can work from here, what to do, and the others.

use ratatui::style::Style;

use crate::domain::provider::LoginMethod;
use crate::domain::provider::endpoint;
use crate::domain::trouble::FailureKind;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{DeviceEnd, DeviceMethod, Locality, Login};
use crate::tui::seconds::Seconds;
use crate::tui::shown_method::ShownMethod;
use crate::tui::text_layout;
use crate::tui::view::login::device::DeviceCodeView;
use crate::tui::view::login::{Below, Space};

/// What is said while the authorization request is on its way.
const ASKING: &str = "Asking the provider.";

impl Below<'_> {
    /// Says what to do at the method that is shown.
    pub(super) fn waiting(&mut self, login: &Login, shown: &ShownMethod<'_>) {
        match shown.method {
            LoginMethod::Device => self.device(shown),
            LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key
                if shown.address().is_none() && shown.methods.curl.is_none() =>
            {
                self.act(ASKING);
            }
            LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key => self.by_browser(login, shown),
        }
    }

    fn device(&mut self, shown: &ShownMethod<'_>) {
        let Some(code) = shown.device() else {
            return self.act(match shown.methods.device {
                DeviceMethod::Requested(_) => "Asking the provider for a device code.",
                DeviceMethod::Absent | DeviceMethod::Open(_) | DeviceMethod::Closed(..) => ASKING,
            });
        };
        let is_here = endpoint::is_loopback(&code.page);
        self.act(match (self.room, &code.user_code) {
            (Space::Plenty | Space::Less, Some(_)) if is_here => {
                "Open the link in a browser on this machine and type the code there."
            }
            (Space::Plenty | Space::Less, Some(_)) => {
                "Open the link on any device and type the code \
                there."
            }
            (Space::Short, Some(_)) => "Open the link, type the code.",
            (Space::Plenty | Space::Less, None) if is_here => {
                "Open this link in a browser on this machine and allow access."
            }
            (Space::Plenty | Space::Less, None) => "Open this link on any device and allow access.",
            (Space::Short, None) => "Open the link, allow access.",
        });
        if shown.other().is_some() && self.room != Space::Short {
            self.obstacle(shown);
        }
        DeviceCodeView::from_code(code, Seconds::of(shown.methods, self.now)).write(
            &mut self.block,
            self.room,
            self.theme,
        );
        let other = match shown.other().filter(|_| self.room == Space::Plenty) {
            Some(LoginMethod::Code) => "d logs in with a browser on this machine instead",
            Some(LoginMethod::Paste | LoginMethod::Device | LoginMethod::Key) => {
                "d logs in by pasting instead"
            }
            None => return,
        };
        self.block.field("Browser", &[other.to_owned()]);
    }

    fn by_browser(&mut self, login: &Login, shown: &ShownMethod<'_>) {
        self.act(self.browser_task(login, shown));
        if self.room == Space::Short {
            self.notices(login);
            let what = if shown.methods.curl.is_some() { "the command" } else { "the link" };
            return self.block.text(&format!("c copies {what}, t prints it"), Style::new());
        }
        if shown.method != LoginMethod::Code && shown.methods.curl.is_none() {
            self.obstacle(shown);
        }
        self.gap();
        if shown.methods.curl.is_some() {
            self.block.field("curl", &["c copies the command, t prints it".to_owned()]);
        } else {
            self.link(shown);
            self.block.field("URL", &["c copies the full address, t prints it".to_owned()]);
            match code_host(login, shown) {
                Some(host) if shown.method == LoginMethod::Code => {
                    self.block.field("Code", &[format!("if {host} shows a code, p pastes it")]);
                }
                Some(host) => self.block.field("Code", &[format!("{host} shows it after you allow access")]),
                None if shown.method == LoginMethod::Paste => {
                    let why = "that page may not load; only its address counts";
                    self.block.field("", &[why.to_owned()]);
                }
                None => {}
            }
        }
        self.device_beside(shown);
    }

    /// The device code as the other way.
    fn device_beside(&mut self, shown: &ShownMethod<'_>) {
        if let Some(code) = shown.device() {
            let elsewhere = !endpoint::is_loopback(&code.page);
            let whence = if elsewhere { "any other device" } else { "a page on this machine" };
            let what = match (&code.user_code, elsewhere) {
                (Some(_), _) => format!("d shows a code to type on {whence}"),
                (None, true) => format!("d shows a link to open on {whence}"),
                (None, false) => "d shows a link to open on this machine".to_owned(),
            };
            self.block.field("Device", &[what]);
        } else if may_have_another(&shown.methods.device) {
            self.block.field("Device", &["press Esc, then l or n, for a new code".to_owned()]);
        }
    }

    /// What to do in the browser, and after it.
    fn browser_task(&self, login: &Login, shown: &ShownMethod<'_>) -> &'static str {
        let opened =
            !matches!(login.steps().mark(LoginStep::Open), StepState::Failed(_) | StepState::Skipped);
        let shows_code = shown.methods.paste.is_some();
        match (&shown.methods.curl, shown.method) {
            (Some(_), _) => {
                "Press c to copy a curl command. Put your browser's cookie into it, run it, then press \
                 p and paste what it prints."
            }
            (None, LoginMethod::Code) if opened => "Allow access in the browser.",
            (None, LoginMethod::Code) => "Open the link in a browser on this machine, and allow access.",
            (None, _) if shows_code && opened && self.locality == Locality::Local => {
                "Allow access in the browser, then press p and paste the code it shows."
            }
            (None, _) if shows_code => {
                "Open the URL in any browser, allow access, then press p and paste the code it shows."
            }
            (None, _) => {
                "Open the URL in your own browser, allow access, then press p and paste the address it ends on."
            }
        }
    }

    fn obstacle(&mut self, shown: &ShownMethod<'_>) {
        if let Some(obstacle) = shown.obstacle {
            self.block.text(&format!("{}.", text_layout::capital(obstacle)), Style::new());
        }
    }

    /// Says what can be pasted, and leaves a row for it.
    pub(super) fn pasting(&mut self, login: &Login, shown: Option<&ShownMethod<'_>>) {
        let curl = shown.is_some_and(|shown| shown.methods.curl.is_some());
        self.act(if curl {
            "Paste the address that the curl command printed."
        } else {
            "Paste the code, or the full address of the last page."
        });
        self.gap();
        self.field = u16::try_from(self.block.lines.len()).ok();
        self.block.gap();
        self.gap();
        if let Some(shown) = shown.filter(|_| !curl) {
            self.link(shown);
        }
        if let Some(host) = shown.and_then(|shown| code_host(login, shown)) {
            self.block.field("Code", &[format!("{host} shows it after you allow access")]);
        }
    }

    /// The short link, if it can stand on one line.
    fn link(&mut self, shown: &ShownMethod<'_>) {
        let Some(short) = shown.methods.short.as_ref().filter(|_| self.locality == Locality::Local) else {
            return;
        };
        if text_layout::width(short.as_str()) <= self.block.beside() {
            self.block.field("Link", &[short.to_string()]);
            if self.room == Space::Plenty {
                self.block.field("", &["open it on this machine; authtui continues on its own".to_owned()]);
            }
        }
    }
}

/// Whether a new login may get a new device code, where nothing needs to be changed first.
fn may_have_another(device: &DeviceMethod) -> bool {
    match device {
        DeviceMethod::Closed(DeviceEnd::Expired) => true,
        DeviceMethod::Closed(DeviceEnd::Failed { kind, .. }) => !matches!(kind, FailureKind::NeedsFix(_)),
        DeviceMethod::Closed(DeviceEnd::Used | DeviceEnd::Denied(_))
        | DeviceMethod::Absent
        | DeviceMethod::Requested(_)
        | DeviceMethod::Open(_) => false,
    }
}

/// The host of the page that shows a code to paste.
fn code_host(login: &Login, shown: &ShownMethod<'_>) -> Option<String> {
    let page = login.plan().provider.redirect.paste.as_ref().filter(|_| shown.methods.paste.is_some())?;
    page.host_str().map(text_layout::safe)
}
