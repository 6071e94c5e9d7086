//! The door of a waiting login that the panel shows, and that keys act on.
//!
//! All doors are open; one is shown. It is the one that can work from where the person sits,
//! until they ask for another.

use url::Url;

use crate::domain::provider::endpoint;
use crate::oauth::device::DeviceCode;
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{Door, Doors, Seat};
use crate::tui::model::Model;

/// The door of a waiting login that the panel shows.
#[derive(Debug, Clone, Copy)]
pub struct FrontDoor<'a> {
    /// All doors.
    pub doors: &'a Doors,
    /// The one that is shown.
    pub door: Door,
    /// Why no browser of this machine can bring the answer back, for people.
    pub obstacle: Option<&'static str>,
    seat: Seat,
}

impl<'a> FrontDoor<'a> {
    /// The door that `model` shows, while its login waits.
    #[must_use]
    pub fn of(model: &'a Model) -> Option<Self> {
        let login = model.login.as_ref()?;
        let doors = login.doors()?;
        let closed = model.seat == Seat::Here && matches!(login.steps().mark(Step::Open), Mark::Failed(_));
        let (seat, obstacle) = match closed {
            true => (Seat::NoDisplay, Some("no browser could be opened here")),
            false => (model.seat, model.seat.obstacle()),
        };
        let lead = doors.lead(seat);
        let front = Self { doors, door: lead, obstacle, seat };
        let wanted = model.door.filter(|wanted| *wanted == Door::Device || front.by_browser().is_some());
        let door = match wanted {
            Some(Door::Device) if !doors.device.may_open() => lead,
            Some(wanted) => wanted,
            None => lead,
        };
        Some(Self { door, ..front })
    }

    /// The device code, while the person has not agreed.
    #[must_use]
    pub fn device(&self) -> Option<&'a DeviceCode> {
        self.doors.device.code()
    }

    /// What the person types at the page of the device code; nothing where its link is enough.
    #[must_use]
    pub fn user_code(&self) -> Option<&'a str> {
        self.device()?.user_code.as_deref()
    }

    /// The address that a browser should open for the door that is shown.
    #[must_use]
    pub fn address(&self) -> Option<&'a Url> {
        match self.door {
            Door::Callback => self.doors.callback.as_ref().or(self.doors.paste.as_ref()),
            Door::Paste => self.doors.paste.as_ref().or(self.doors.callback.as_ref()),
            Door::Device => self.device().map(DeviceCode::address),
        }
    }

    /// What is copied of the door that is shown: what it is, and the text.
    #[must_use]
    pub fn copied(&self) -> Option<(&'static str, String)> {
        match (&self.doors.curl, self.door) {
            (Some(curl), Door::Callback | Door::Paste) => Some(("the curl line", curl.clone())),
            (Some(_) | None, _) => self.address().map(|url| ("the link", url.to_string())),
        }
    }

    /// The door that can be shown instead.
    #[must_use]
    pub fn other(&self) -> Option<Door> {
        match self.door {
            Door::Callback | Door::Paste => self.doors.device.may_open().then_some(Door::Device),
            Door::Device => self.by_browser(),
        }
    }

    /// Whether there is anything whose answer could be pasted: everything but a device code.
    #[must_use]
    pub fn takes_paste(&self) -> bool {
        self.by_browser().is_some() || !self.doors.device.may_open()
    }

    /// The addresses that make sense on another device, the best first.
    #[must_use]
    pub fn scannable(&self) -> Vec<&'a Url> {
        let urls: Vec<&Url> = match self.device() {
            Some(code) => code.page_with_code.iter().chain([&code.page]).collect(),
            None => self.doors.paste.iter().collect(),
        };
        urls.into_iter().filter(|url| !endpoint::is_loopback(url)).collect()
    }

    /// Everything that is printed on lines of its own, each with what it is.
    #[must_use]
    pub fn printed(&self) -> Vec<(&'static str, String)> {
        let address = |url: &Url| url.to_string();
        let callback = match self.seat {
            Seat::Here => "The answer comes back by itself, in a browser on this machine:",
            Seat::OverSsh | Seat::NoDisplay => {
                "In any browser, which ends at an address that may not load and is pasted here:"
            }
        };
        let code = self.device();
        let is_here = code.is_some_and(|code| endpoint::is_loopback(&code.page));
        let open = match (self.user_code(), is_here) {
            (Some(_), true) => "In a browser on this machine, open this page:",
            (Some(_), false) => "On any device, open this page:",
            (None, true) => "Open this link in a browser on this machine and agree there:",
            (None, false) => "Open this link on any device and agree there:",
        };
        let with_code = code.and_then(|code| code.page_with_code.as_ref());
        let by_callback = (callback, self.doors.callback.as_ref().map(address));
        let paste = "The provider shows a code to paste, in any browser:";
        let by_paste = (paste, self.doors.paste.as_ref().map(address));
        let [first, second] = match self.seat {
            Seat::Here => [by_callback, by_paste],
            Seat::OverSsh | Seat::NoDisplay => [by_paste, by_callback],
        };
        let by_browser = [("A command whose answer is pasted here:", self.doors.curl.clone()), first, second];
        let by_device = [
            (open, code.map(|code| code.page.to_string())),
            ("and type this code:", self.user_code().map(str::to_owned)),
            ("The same page with the code in it:", with_code.map(address)),
        ];
        let texts = match self.door {
            Door::Callback | Door::Paste => by_browser.into_iter().chain(by_device),
            Door::Device => by_device.into_iter().chain(by_browser),
        };
        texts.filter_map(|(label, text)| Some((label, text?))).collect()
    }

    /// The way without a device code.
    fn by_browser(&self) -> Option<Door> {
        let (callback, paste) = (self.doors.callback.is_some(), self.doors.paste.is_some());
        if !callback && !paste && self.doors.curl.is_none() {
            return None;
        }
        Some(if callback && self.seat == Seat::Here { Door::Callback } else { Door::Paste })
    }
}
