//! Login methods while a login waits: the one that can work from here, what to do, and the others.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::provider::LoginMethod;
use crate::domain::provider::endpoint;
use crate::domain::trouble::FailureKind;
use crate::oauth::device::DeviceCode;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{DeviceEnd, DeviceMethod, Locality, Login};
use crate::tui::custom_keys::CustomKeys;
use crate::tui::message::Action;
use crate::tui::seconds::Seconds;
use crate::tui::shown_method::ShownMethod;
use crate::tui::text_layout;
use crate::tui::theme::Letters;
use crate::tui::view::login::device::DeviceCodeView;
use crate::tui::view::login::gauge::{self, Gauge};
use crate::tui::view::login::{INDENT, KEY, PanelText, Space};

/// What is said while the authorization request is on its way.
const ASKING: &str = "Asking the provider";
/// Where the client is one that authtui registered: only the person sees that its page refuses it.
const PAGE_REFUSED: &str = "the page refused authtui: register another way";

impl PanelText<'_> {
    /// Says what to do at the method that is shown.
    pub(super) fn waiting(&mut self, login: &Login, shown: &ShownMethod<'_>) {
        match (shown.method, shown.device()) {
            (LoginMethod::Device, Some(code)) => self.by_device(login, shown, code),
            (LoginMethod::Device, None) => match shown.methods.device {
                DeviceMethod::Requested(_) => self.turning("Asking the provider for a device code", shown),
                DeviceMethod::Absent | DeviceMethod::Open(_) | DeviceMethod::Closed(..) => {
                    self.turning(ASKING, shown);
                }
            },
            (LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key, _)
                if shown.address().is_none() && shown.methods.curl.is_none() =>
            {
                self.turning(ASKING, shown);
            }
            (LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key, _) => self.by_browser(login, shown),
        }
    }

    /// The seconds of the wait, as the settings want them.
    fn seconds(&self, shown: &ShownMethod<'_>) -> Seconds {
        Seconds::of(shown.methods, self.now).by_minutes(self.model.counts_slowly())
    }

    /// The headline of a wait, with a mark that turns.
    fn turning(&mut self, sentence: &str, shown: &ShownMethod<'_>) {
        let turn = gauge::spinner(self.seconds(shown), self.theme.glyphs.letters);
        self.headed(Span::styled(turn, self.theme.accent), sentence, self.theme.strong);
    }

    fn gauge(&mut self, login: &Login, shown: &ShownMethod<'_>, code: Option<&DeviceCode>) {
        if code.is_none() || self.space == Space::Plenty {
            self.gap();
        }
        let gauge = Gauge::of(login, shown.methods, code, self.seconds(shown));
        let mut line = gauge.line(self.block.width.saturating_sub(INDENT), self.theme);
        line.spans.insert(0, Span::raw("  "));
        self.block.lines.push(line);
    }

    fn by_device(&mut self, login: &Login, shown: &ShownMethod<'_>, code: &DeviceCode) {
        let is_here = endpoint::is_loopback(&code.page);
        let what = if code.user_code.is_some() { "Type this code" } else { "Open this link" };
        self.turning(
            &match (self.space, is_here) {
                (Space::Short, _) => what.to_owned(),
                (_, true) => format!("{what} in a browser on this machine"),
                (_, false) => format!("{what} on any device"),
            },
            shown,
        );
        if shown.other().is_some() && self.space == Space::Plenty {
            self.obstacle(shown);
        }
        let seconds = self.seconds(shown);
        let view = DeviceCodeView::from_code(code, seconds);
        for mut line in view.lines(self.block.width.saturating_sub(INDENT), self.space, self.theme) {
            line.spans.insert(0, Span::raw("  "));
            self.block.lines.push(line);
        }
        self.gauge(login, shown, Some(code));
        self.sentence(&view.progress(self.space).join(", "), Style::new());
        self.notices(login);
        self.ways(&self.device_ways(login, shown, code));
    }

    fn device_ways(
        &self,
        login: &Login,
        shown: &ShownMethod<'_>,
        code: &DeviceCode,
    ) -> Vec<(&'static str, String)> {
        let here = self.locality == Locality::Local;
        let copied = match (&code.page_with_code, &code.user_code) {
            (Some(_), Some(_)) => "copy the link; its page must show this code",
            (Some(_) | None, _) => "copy the link",
        };
        let other = shown.other().map(|other| match other {
            LoginMethod::Code => "log in with the browser of this machine instead",
            LoginMethod::Paste | LoginMethod::Device | LoginMethod::Key => {
                "open a link and paste its answer instead"
            }
        });
        let ways = [
            ("o", here.then_some("open the link here")),
            ("c", Some(copied)),
            ("u", code.user_code.as_ref().map(|_| "copy the code")),
            ("d", other),
            ("Q", self.scans(shown).then_some("show the link as a QR code")),
            ("t", (self.space == Space::Plenty).then_some("print the link on a line of its own")),
            ("r", login.plan().provider.new_client_command().map(|_| PAGE_REFUSED)),
        ];
        ways.into_iter().filter_map(|(key, words)| Some((key, words?.to_owned()))).collect()
    }

    /// Whether there is a link to scan, and a terminal that can draw its QR code.
    fn scans(&self, shown: &ShownMethod<'_>) -> bool {
        let is_drawn = self.theme.glyphs.letters == Letters::Unicode && !self.place.has_qr;
        is_drawn && shown.device().is_some() && !shown.scannable().is_empty()
    }

    /// The ways that keys open, where there is room; else the footer has them.
    fn ways(&mut self, ways: &[(&'static str, String)]) {
        if !self.has_ways() {
            return;
        }
        self.gap();
        for (key, words) in ways {
            self.way(key, KEY, words);
        }
    }

    fn by_browser(&mut self, login: &Login, shown: &ShownMethod<'_>) {
        let (headline, then) = self.browser_task(login, shown);
        self.turning(&headline, shown);
        if shown.method != LoginMethod::Code && shown.methods.curl.is_none() {
            self.obstacle(shown);
        }
        if self.space != Space::Short {
            self.sentence(&then, Style::new());
        }
        self.gauge(login, shown, None);
        self.notices(login);
        self.ways(&self.browser_ways(login, shown));
    }

    /// What to do in the browser, and what follows.
    fn browser_task(&self, login: &Login, shown: &ShownMethod<'_>) -> (String, String) {
        let words = |headline: &str, then: &str| (headline.to_owned(), then.to_owned());
        let host = code_host(login, shown);
        match (&shown.methods.curl, shown.method, host) {
            (Some(_), ..) => words(
                "Run the curl command, paste what it prints",
                "Press c to copy it, put your browser's cookie into it and run it. Then press p and paste.",
            ),
            (None, LoginMethod::Code, _) if was_opened(login) => {
                words("Allow access in your browser", "That is all: authtui continues on its own.")
            }
            (None, LoginMethod::Code, _) => words(
                "Open the link in a browser on this machine",
                "Allow access there; authtui continues on its own.",
            ),
            (None, _, Some(host)) if was_opened(login) && self.locality == Locality::Local => (
                "Allow access, then paste the code".to_owned(),
                format!("Your browser shows the code at {host}. Press p and paste it."),
            ),
            (None, _, Some(host)) => (
                "Open the link, then paste the code".to_owned(),
                format!("Allow access in any browser. {host} then shows a code: press p and paste it."),
            ),
            (None, _, None) => words(
                "Open the link, then paste the last page's address",
                "Allow access in your own browser. The last page may not load; only its address counts: \
                 press p and paste it.",
            ),
        }
    }

    fn browser_ways(&self, login: &Login, shown: &ShownMethod<'_>) -> Vec<(&'static str, String)> {
        let curl = shown.methods.curl.is_some();
        let host = code_host(login, shown);
        let is_rich = self.space == Space::Plenty;
        let open =
            if was_opened(login) { "open the browser again" } else { "open a browser on this machine" };
        let paste = match (curl, shown.method, &host) {
            (true, ..) => "paste what it prints".to_owned(),
            (false, LoginMethod::Code, Some(host)) => format!("paste the code, if {host} shows one"),
            (false, LoginMethod::Code, None) => {
                "paste the last page's address, if it does not load".to_owned()
            }
            (false, _, Some(_)) => "paste the code".to_owned(),
            (false, _, None) => "paste the last page's address".to_owned(),
        };
        let short = shown.methods.short.as_ref().filter(|_| is_rich && !curl);
        let short = short.filter(|_| self.locality == Locality::Local).map(|url| format!("or open {url}"));
        let short =
            short.filter(|words| text_layout::width(words) <= self.block.width.saturating_sub(INDENT + KEY));
        let ways = [
            ("o", (!curl).then(|| open.to_owned())),
            ("c", Some(if curl { "copy the curl command" } else { "copy the link" }.to_owned())),
            ("", short),
            ("p", Some(paste)),
            ("d", device_beside(shown, &self.model.keys)),
            ("Q", self.scans(shown).then(|| "show a link as a QR code".to_owned())),
            (
                "t",
                is_rich.then(|| {
                    if curl { "print the command" } else { "print the link on a line of its own" }.to_owned()
                }),
            ),
            ("r", login.plan().provider.new_client_command().map(|_| PAGE_REFUSED.to_owned())),
        ];
        let mut ways: Vec<_> = ways.into_iter().filter_map(|(key, words)| Some((key, words?))).collect();
        // What must be pasted is the first thing to do.
        if shown.method != LoginMethod::Code {
            ways.sort_by_key(|(key, _)| usize::from(*key != "p" && *key != "c"));
        }
        ways
    }

    fn obstacle(&mut self, shown: &ShownMethod<'_>) {
        if let Some(obstacle) = shown.obstacle.filter(|_| self.space != Space::Short) {
            self.sentence(&format!("{}.", text_layout::capital(obstacle)), Style::new());
        }
    }

    /// Says what can be pasted, and leaves a row for it.
    pub(super) fn pasting(&mut self, login: &Login, shown: Option<&ShownMethod<'_>>) {
        let curl = shown.is_some_and(|shown| shown.methods.curl.is_some());
        self.headline("Paste the answer");
        let host = shown.and_then(|shown| code_host(login, shown));
        let what = match (curl, host) {
            (true, _) => "The address that the curl command printed.".to_owned(),
            (false, Some(host)) => {
                format!(
                    "The code that {host} shows after you allow access, or the full address of the last page."
                )
            }
            (false, None) => "The full address of the last page, even if it did not load.".to_owned(),
        };
        self.sentence(&what, Style::new());
        self.gap();
        self.field = u16::try_from(self.block.lines.len()).ok();
        self.block.gap();
        if let Some(shown) = shown {
            self.gauge(login, shown, None);
        }
    }
}

/// Whether a browser was started on this machine.
fn was_opened(login: &Login) -> bool {
    !matches!(login.steps().mark(LoginStep::Open), StepState::Failed(_) | StepState::Skipped)
}

/// The device code as the other way.
fn device_beside(shown: &ShownMethod<'_>, keys: &CustomKeys) -> Option<String> {
    let words = match shown.device() {
        Some(code) => match (&code.user_code, endpoint::is_loopback(&code.page)) {
            (Some(_), false) => "use a device code, on any other device",
            (Some(_), true) => "use a device code",
            (None, false) => "use a link to open on any other device",
            (None, true) => "use a link to open on this machine",
        },
        None if may_have_another(&shown.methods.device) => {
            let (again, new) = (keys.key(Action::LogIn), keys.key(Action::NewLogin));
            return Some(format!("no device code: press Esc, then {again} or {new}, for a new one"));
        }
        None => return None,
    };
    Some(words.to_owned())
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
