//! Login methods while a login waits: the one that can work from here, what to do, and the others.

use ratatui::style::Style;

use crate::domain::provider::endpoint;
use crate::domain::trouble::FailureKind;
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{DeviceDoor, Door, Login, Seat, Shut};
use crate::tui::front_door::FrontDoor;
use crate::tui::seconds::Seconds;
use crate::tui::text_layout;
use crate::tui::view::login::device::DeviceCodeView;
use crate::tui::view::login::{Below, Space};

/// What is said while the authorization request is on its way.
const ASKING: &str = "Nothing to do: the provider is being asked.";

impl Below<'_> {
    /// Says what to do at the door that is shown.
    pub(super) fn waiting(&mut self, login: &Login, front: &FrontDoor<'_>) {
        match front.door {
            Door::Device => self.device(front),
            Door::Callback | Door::Paste if front.address().is_none() && front.doors.curl.is_none() => {
                self.act(ASKING);
            }
            Door::Callback | Door::Paste => self.by_browser(login, front),
        }
    }

    fn device(&mut self, front: &FrontDoor<'_>) {
        let Some(code) = front.device() else {
            return self.act(match front.doors.device {
                DeviceDoor::Asked(_) => "Nothing to do: a device code is being asked for.",
                DeviceDoor::Absent | DeviceDoor::Open(_) | DeviceDoor::Closed(..) => ASKING,
            });
        };
        let is_here = endpoint::is_loopback(&code.page);
        self.act(match (self.room, &code.user_code) {
            (Space::Plenty | Space::Less, Some(_)) if is_here => {
                "Open the link in a browser on this machine, and type the code there."
            }
            (Space::Plenty | Space::Less, Some(_)) => "Open the link on any device, and type the code there.",
            (Space::Short, Some(_)) => "Open the link, type the code.",
            (Space::Plenty | Space::Less, None) if is_here => {
                "Open this link in a browser on this machine and agree there."
            }
            (Space::Plenty | Space::Less, None) => "Open this link on any device and agree there.",
            (Space::Short, None) => "Open the link, agree there.",
        });
        if front.other().is_some() && self.room != Space::Short {
            self.obstacle(front);
        }
        DeviceCodeView::from_code(code, Seconds::of(front.doors, self.now)).write(
            &mut self.block,
            self.room,
            self.theme,
        );
        let other = match front.other().filter(|_| self.room == Space::Plenty) {
            Some(Door::Callback) => "d shows the way by a browser on this machine",
            Some(Door::Paste | Door::Device) => "d shows the way by an answer that is pasted",
            None => return,
        };
        self.block.field("Browser", &[other.to_owned()]);
    }

    fn by_browser(&mut self, login: &Login, front: &FrontDoor<'_>) {
        self.act(self.browser_task(login, front));
        if self.room == Space::Short {
            self.notices(login);
            let what = if front.doors.curl.is_some() { "the line" } else { "the link" };
            return self.block.text(&format!("c copies {what}, t prints it"), Style::new());
        }
        if front.door != Door::Callback && front.doors.curl.is_none() {
            self.obstacle(front);
        }
        self.gap();
        if front.doors.curl.is_some() {
            self.block.field("curl", &["c copies the line, t prints it whole on a plain line".to_owned()]);
        } else {
            self.link(front);
            self.block.field("URL", &["t prints it whole on a plain line, c copies it".to_owned()]);
            match code_host(login, front) {
                Some(host) if front.door == Door::Callback => {
                    self.block.field("Code", &[format!("if {host} shows one, p pastes it")]);
                }
                Some(host) => {
                    self.block.field("Code", &[format!("{host} shows it once you have allowed access")])
                }
                None if front.door == Door::Paste => {
                    let why = "the page it ends on does not load there; its address is what counts";
                    self.block.field("", &[why.to_owned()]);
                }
                None => {}
            }
        }
        self.device_beside(front);
    }

    /// The device code as the other way.
    fn device_beside(&mut self, front: &FrontDoor<'_>) {
        if let Some(code) = front.device() {
            let elsewhere = !endpoint::is_loopback(&code.page);
            let whence = if elsewhere { "any other device" } else { "a page on this machine" };
            let what = match (&code.user_code, elsewhere) {
                (Some(_), _) => format!("d shows a code to type on {whence}"),
                (None, true) => format!("d shows a link to open on {whence}"),
                (None, false) => "d shows a link to open on this machine".to_owned(),
            };
            self.block.field("Device", &[what]);
        } else if may_have_another(&front.doors.device) {
            self.block.field("Device", &["Esc, then l or n, asks for a new code".to_owned()]);
        }
    }

    /// What to do in the browser, and after it.
    fn browser_task(&self, login: &Login, front: &FrontDoor<'_>) -> &'static str {
        let opened = !matches!(login.steps().mark(Step::Open), Mark::Failed(_) | Mark::Skipped);
        let shows_code = front.doors.paste.is_some();
        match (&front.doors.curl, front.door) {
            (Some(_), _) => {
                "Press c to copy a curl line, put your browser's cookie into it and run it, then press p and paste what it prints."
            }
            (None, Door::Callback) if opened => "Allow access in the browser.",
            (None, Door::Callback) => "Open the link in a browser on this machine, and allow access.",
            (None, _) if shows_code && opened && self.seat == Seat::Here => {
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

    fn obstacle(&mut self, front: &FrontDoor<'_>) {
        if let Some(obstacle) = front.obstacle {
            self.block.text(&format!("{}.", text_layout::capital(obstacle)), Style::new());
        }
    }

    /// Says what can be pasted, and leaves a row for it.
    pub(super) fn pasting(&mut self, login: &Login, front: Option<&FrontDoor<'_>>) {
        let curl = front.is_some_and(|front| front.doors.curl.is_some());
        self.act(if curl {
            "Paste the address that the curl line printed."
        } else {
            "Paste the code, or the whole address of the page you ended on."
        });
        self.gap();
        self.field = u16::try_from(self.block.lines.len()).ok();
        self.block.gap();
        self.gap();
        if let Some(front) = front.filter(|_| !curl) {
            self.link(front);
        }
        if let Some(host) = front.and_then(|front| code_host(login, front)) {
            self.block.field("Code", &[format!("{host} shows it once you have allowed access")]);
        }
    }

    /// The short link, if it can stand on one line.
    fn link(&mut self, front: &FrontDoor<'_>) {
        let Some(short) = front.doors.short.as_ref().filter(|_| self.seat == Seat::Here) else { return };
        if text_layout::width(short.as_str()) <= self.block.beside() {
            self.block.field("Link", &[short.to_string()]);
            if self.room == Space::Plenty {
                self.block.field("", &["works on this machine; the answer comes back by itself".to_owned()]);
            }
        }
    }
}

/// Whether a new login may get a new device code, where nothing needs to be changed first.
fn may_have_another(device: &DeviceDoor) -> bool {
    match device {
        DeviceDoor::Closed(Shut::TooOld) => true,
        DeviceDoor::Closed(Shut::Failed { kind, .. }) => !matches!(kind, FailureKind::NeedsFix(_)),
        DeviceDoor::Closed(Shut::Used | Shut::Denied(_))
        | DeviceDoor::Absent
        | DeviceDoor::Asked(_)
        | DeviceDoor::Open(_) => false,
    }
}

/// The host of the page that shows a code to paste.
fn code_host(login: &Login, front: &FrontDoor<'_>) -> Option<String> {
    let page = login.plan().provider.redirect.paste.as_ref().filter(|_| front.doors.paste.is_some())?;
    page.host_str().map(text_layout::safe)
}
