//! Device code: what the person types where, or the link alone, and when to ask whether they have agreed (RFC
//! 8628).
//!
//! The provider's answer is believed within bounds: a page must be one that a browser may be
//! sent to, a code is one that can be shown and typed, nothing is longer than it may be, and no interval or end
//! can make authtui ask too often or for ever.

mod poll;

use std::fmt;
use std::time::Duration;

use url::Url;

use crate::domain::clock::{Now, Steady};
use crate::domain::expiry;
use crate::domain::provider::device::{DeviceAuthorization, UserCodeMode};
use crate::domain::provider::endpoint::{self, EndpointError};
use crate::domain::provider::reply::Pointers;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::RequestId;
pub use crate::oauth::device::poll::{PollReply, judge};
use crate::oauth::reply;
use crate::oauth::request::Reply;

/// The pause between two polls where the answer names none (RFC 8628 §3.2).
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// The shortest pause, whatever an answer asks for. There is no longest: what is asked for is the
/// least that is kept (RFC 8628 §3.2), and a pause that is too long ends with the code.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// What each `slow_down` adds to the pause (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// What is added to every pause: the provider's clock may run a little slower than ours.
const MARGIN: Duration = Duration::from_millis(200);
/// The longest pause after questions that got no answer, unless the interval is longer.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// How long a code lives where the answer does not say it, and at most.
const LIVES: [Duration; 2] = [Duration::from_mins(15), Duration::from_mins(60)];
/// The longest device code and the longest page, in bytes.
const LONGEST: usize = 4096;
/// The longest code that anybody types, in characters.
const TYPED: usize = 32;

/// One device code while it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// What polls carry.
    pub(super) code: Secret,
    /// What the person types; it is safe to show. None where the page's address is enough.
    pub user_code: Option<String>,
    /// Where the person types it, or agrees.
    pub page: Url,
    /// A page of the same server with the code in it.
    pub page_with_code: Option<Url>,
    /// When the code ends.
    pub ends_at: Steady,
    /// The pause between two polls.
    pub interval: Duration,
    /// The next question.
    pub poll: NextPoll,
    /// The last question's answer, and when it came.
    pub last: Option<(Steady, Progress)>,
    /// How many questions in a row got no answer.
    unanswered: u32,
}

/// The next question whether the person has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPoll {
    /// It is asked then.
    At(Steady),
    /// It was asked, and the answer is awaited.
    Awaited(RequestId),
}

/// What an answer said while the person has not agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not yet.
    Pending,
    /// Not yet, and ask less often.
    SlowDown,
    /// The server could not be asked; it is asked again.
    Unreachable(String),
}

impl DeviceCode {
    /// Reads the answer to the request for a code, as `device` describes it (RFC 8628 §3.2).
    ///
    /// # Errors
    /// A [`DeviceCodeError`] when the code could not be used.
    pub fn read(device: &DeviceAuthorization, reply: &Reply, now: Now) -> Result<Self, DeviceCodeError> {
        let map = &device.reply;
        let tree = reply::tree(reply).ok_or(DeviceCodeError::Lacks("no device code"))?;
        let text = |pointers: &Pointers| {
            let text = pointers.find(&tree)?.as_str()?.trim();
            (!text.is_empty()).then_some(text)
        };
        let short = |what: &'static str, pointers: &Pointers| match text(pointers) {
            Some(text) if text.len() > LONGEST => Err(DeviceCodeError::TooLong(what)),
            text => Ok(text),
        };
        let seconds = |pointers: &Pointers| {
            // What cannot be read is as good as left out.
            let life = expiry::life(reply::written(pointers.find(&tree)?)).ok().flatten()?;
            life.to_std().ok()
        };
        let code = short("device code", &map.device_code)?.ok_or(DeviceCodeError::Lacks("no device code"))?;
        let user_code = match device.user_code {
            UserCodeMode::Typed => {
                Some(typed(text(&map.user_code).ok_or(DeviceCodeError::Lacks("no code to type"))?)?)
            }
            UserCodeMode::None => None,
        };
        let page = short("page", &map.page)?.ok_or(DeviceCodeError::Lacks("no page to open"))?;
        let page = endpoint::page(page).map_err(DeviceCodeError::Page)?;
        // The plain page will do where this one cannot be opened, or leads somewhere else (RFC 8628
        // §5.4).
        let page_with_code = short("page", &map.page_with_code)?
            .and_then(|page| endpoint::page(page).ok())
            .filter(|with_code| user_code.is_some() && with_code.origin() == page.origin());
        let [usual_life, longest_life] = LIVES;
        let life = seconds(&map.life).unwrap_or(usual_life).min(longest_life);
        let ends_at = reply.sent.steady.after(life);
        if ends_at <= now.steady {
            return Err(DeviceCodeError::Ended);
        }
        let interval = seconds(&map.interval).unwrap_or(USUAL_INTERVAL).max(SHORTEST_INTERVAL);
        Ok(Self {
            code: Secret::new(code),
            user_code,
            page,
            page_with_code,
            ends_at,
            interval,
            poll: NextPoll::At(now.steady.after(interval.saturating_add(MARGIN))),
            last: None,
            unanswered: 0,
        })
    }

    /// The address to open: the one with the code in it, where there is one.
    #[must_use]
    pub fn address(&self) -> &Url {
        self.page_with_code.as_ref().unwrap_or(&self.page)
    }

    /// The request_id of the question that is on its way.
    #[must_use]
    pub fn asked(&self) -> Option<RequestId> {
        match self.poll {
            NextPoll::Awaited(request_id) => Some(request_id),
            NextPoll::At(_) => None,
        }
    }

    /// The next moment at which a question is due or the code ends; none while an answer is
    /// awaited, which may still bring tokens.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Steady> {
        match self.poll {
            NextPoll::Awaited(_) => None,
            NextPoll::At(at) => Some(at.min(self.ends_at)),
        }
    }

    /// Whether the code is over and nothing is awaited any more.
    #[must_use]
    pub fn has_ended(&self, now: Now) -> bool {
        self.asked().is_none() && now.steady >= self.ends_at
    }

    /// Whether the next question may be asked.
    #[must_use]
    pub fn is_due(&self, now: Now) -> bool {
        match self.poll {
            NextPoll::Awaited(_) => false,
            NextPoll::At(at) => now.steady >= at && now.steady < self.ends_at,
        }
    }

    /// Takes the answer to a question and puts off the next one. `interval` is what the answer
    /// asks for from now on, `pause` what it asks for once.
    pub fn put_off(
        &mut self,
        progress: Progress,
        interval: Option<Duration>,
        pause: Option<Duration>,
        now: Now,
    ) {
        match &progress {
            Progress::Pending => self.unanswered = 0,
            Progress::SlowDown => {
                self.unanswered = 0;
                let wanted = interval.filter(|wanted| *wanted > self.interval);
                self.interval = wanted.unwrap_or(self.interval.saturating_add(SLOWER));
            }
            Progress::Unreachable(_) => self.unanswered = self.unanswered.saturating_add(1),
        }
        // RFC 8628 §3.5: the pause doubles while nobody answers.
        let doubled = self.interval.saturating_mul(2_u32.saturating_pow(self.unanswered));
        let usual = doubled.min(LONGEST_BACK_OFF.max(self.interval));
        let wait = usual.max(pause.unwrap_or_default()).saturating_add(MARGIN);
        self.poll = NextPoll::At(now.steady.after(wait));
        self.last = Some((now.steady, progress));
    }
}

/// A code that the person types.
///
/// What had to be cut or changed to be shown would be another code when it is typed.
fn typed(code: &str) -> Result<String, DeviceCodeError> {
    if code.chars().count() > TYPED {
        return Err(DeviceCodeError::TooLong("code to type"));
    }
    if text::clean(code, TYPED) != code {
        return Err(DeviceCodeError::Unshown);
    }
    Ok(code.to_owned())
}

/// Why an answer gives no device code that could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceCodeError {
    /// Something is not in it.
    Lacks(&'static str),
    /// Something in it is longer than anybody needs.
    TooLong(&'static str),
    /// The code to type has characters that cannot be shown.
    Unshown,
    /// No browser may be sent to its page.
    Page(EndpointError),
    /// The code has ended already.
    Ended,
}

impl fmt::Display for DeviceCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks(what) => write!(f, "the answer has {what}"),
            Self::TooLong(what) => write!(f, "the {what} in the answer is too long"),
            Self::Unshown => {
                f.write_str("the code to type in the answer has characters that cannot be shown")
            }
            Self::Page(bad) => write!(f, "the page for the code is not safe: {bad}"),
            Self::Ended => f.write_str("the device code had already expired"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    use crate::domain::fixtures::{self};
    use crate::stored::provider_file::load;

    #[test]
    fn every_spelling_in_use_is_read() {
        for (field, value, interval, life) in [
            ("interval", json!(7), 7, 600),
            ("interval", json!("7"), 7, 600),
            ("interval", json!(0), 1, 600),
            ("interval", json!(-1), 1, 600),
            ("interval", json!(120), 120, 600),
            ("interval", json!(1_000_000_000), 1_000_000_000, 600),
            ("interval", json!("soon"), 5, 600),
            ("interval", Value::Null, 5, 600),
            ("expires_in", json!("300"), 5, 300),
            ("expires_in", json!(1e300), 5, 3600),
            ("expires_in", json!("soon"), 5, 900),
            ("expires_in", Value::Null, 5, 900),
        ] {
            let mut body = json!({ "device_code": "d", "user_code": "AB-CD", "verification_url": "https://a.test/d",
                "expires_in": 600 });
            body[field] = value;
            let code = read(&body).expect("a code");
            assert_eq!(
                (code.interval.as_secs(), code.user_code.as_deref()),
                (interval, Some("AB-CD")),
                "{body}"
            );
            assert_eq!(code.ends_at, now(0).steady.after(Duration::from_secs(life)), "{body}");
            let first = now(0).steady.after(Duration::from_secs(interval) + MARGIN);
            assert_eq!(code.poll, NextPoll::At(first), "{body}");
        }
    }

    #[test]
    fn what_no_person_should_be_sent_to_is_refused() {
        let body = |field: &str, value: Value| {
            let mut body =
                json!({ "device_code": "d", "user_code": "AB-CD", "verification_uri": "https://a.test/d" });
            body[field] = value;
            body
        };
        for (field, value, why) in [
            ("device_code", Value::Null, "the answer has no device code"),
            ("device_code", json!(""), "the answer has no device code"),
            ("user_code", json!(" "), "the answer has no code to type"),
            ("user_code", json!("A".repeat(33)), "the code to type in the answer is too long"),
            ("user_code", json!("A\u{1b}[2J\u{202e}B"), "characters that cannot be shown"),
            ("verification_uri", Value::Null, "the answer has no page to open"),
            ("verification_uri", json!("javascript:alert(1)"), "not safe"),
            ("verification_uri", json!("file:///etc/passwd"), "not safe"),
            ("verification_uri", json!("http://a.test/d"), "not safe"),
            ("verification_uri", json!("https://a.test/\u{1b}[2J"), "not safe"),
            ("verification_uri", json!("https://a.test/#\u{202e}x"), "not safe"),
            ("verification_uri", json!("https://a.test@b.test/d"), "not safe"),
            ("verification_uri", json!("//b.test/d"), "not safe"),
            ("verification_uri", json!("data:text/html,x"), "not safe"),
            ("device_code", json!("d".repeat(4097)), "the device code in the answer is too long"),
            (
                "verification_uri",
                json!(format!("https://a.test/{}", "d".repeat(4096))),
                "page in the answer is",
            ),
            ("verification_uri_complete", json!("d".repeat(4097)), "the page in the answer is too long"),
            ("expires_in", json!(0), "had already expired"),
            ("expires_in", json!(-5), "had already expired"),
        ] {
            let body = body(field, value);
            let said = read(&body).expect_err("no code").to_string();
            assert!(said.contains(why), "{body}: {said}");
        }
        assert_eq!(read_text("<html>"), Err(DeviceCodeError::Lacks("no device code")));
        let page = read(&body("verification_uri", json!("https://a.test/app#/device"))).expect("a code").page;
        assert_eq!(
            page.as_str(),
            "https://a.test/app#/device",
            "a page may be a program with paths of its own"
        );
        let odd = read(&body("verification_uri_complete", json!("file:///x"))).expect("a code");
        assert_eq!((odd.page_with_code, odd.page.as_str()), (None, "https://a.test/d"));
        let long = read(&body("user_code", json!("A".repeat(32)))).expect("a code");
        assert_eq!(long.user_code, Some("A".repeat(32)));
    }

    #[test]
    fn a_code_is_neither_wanted_nor_shown_where_the_file_says_that_the_link_is_enough() {
        for code in [Value::Null, json!("AB-CD"), json!("A".repeat(33)), json!("\u{202e}")] {
            let body = json!({ "device_code": "d", "user_code": code, "verification_uri": "https://a.test/d/1",
                "verification_uri_complete": "https://a.test/d/1?user_code=AB-CD" });
            let code = read_as(UserCodeMode::None, &body.to_string()).expect("a link");
            assert_eq!((&code.user_code, &code.page_with_code), (&None, &None), "{body}");
            assert_eq!(code.address().as_str(), "https://a.test/d/1");
        }
        let body = json!({ "device_code": "d", "verification_uri": "http://a.test/d/1" }).to_string();
        assert!(
            matches!(read_as(UserCodeMode::None, &body), Err(DeviceCodeError::Page(_))),
            "the page is still judged"
        );
    }

    #[test]
    fn a_page_with_the_code_in_it_is_taken_only_of_the_same_server() {
        for (with_code, taken) in [
            ("https://a.test/d?user_code=A", true),
            ("https://a.test:443/other?user_code=A", true),
            ("https://a.test/#/device?user_code=A", true),
            ("https://b.test/#https://a.test/d", false),
            ("https://b.test/d?user_code=A", false),
            ("https://a.test:8443/d?user_code=A", false),
            ("https://a.test.evil.test/d", false),
        ] {
            let code = read(&json!({ "device_code": "d", "user_code": "A",
                "verification_uri": "https://a.test/d", "verification_uri_complete": with_code }));
            let page = code.expect("a code").page_with_code;
            assert_eq!(page.is_some(), taken, "{with_code}");
        }
    }

    #[test]
    fn a_pause_that_outlasts_the_code_ends_with_it() {
        let code =
            read(&json!({ "device_code": "d", "user_code": "A", "verification_uri": "https://a.test/",
            "expires_in": 60, "interval": 1e300 }))
            .expect("a code");
        assert_eq!(code.wakes_at(), Some(code.ends_at));
        assert!(!code.is_due(now(60)) && code.has_ended(now(60)));
    }

    #[test]
    fn the_pause_grows_by_five_seconds_or_to_what_the_answer_says_and_stays() {
        let mut code =
            read(&json!({ "device_code": "d", "user_code": "A", "verification_uri": "https://a.test/",
            "interval": 5 }))
            .expect("a code");
        let unreachable = || Progress::Unreachable("no route".into());
        let secs = |seconds| Some(Duration::from_secs(seconds));
        let mut at = 10;
        for (progress, interval, pause, waits) in [
            (Progress::Pending, None, None, 5),
            (Progress::SlowDown, None, None, 10),
            (Progress::Pending, None, None, 10),
            (Progress::SlowDown, secs(3), None, 15),
            (Progress::SlowDown, secs(17), None, 17),
            (Progress::Pending, secs(1), None, 17),
            (unreachable(), None, None, 34),
            (unreachable(), None, None, 60),
            (unreachable(), None, None, 60),
            (Progress::Pending, None, None, 17),
            (unreachable(), None, secs(40), 40),
            (Progress::SlowDown, None, secs(30), 30),
            (Progress::Pending, None, None, 22),
            (Progress::SlowDown, secs(120), None, 120),
            (Progress::Pending, None, None, 120),
            (unreachable(), None, None, 120),
            (Progress::SlowDown, secs(u64::MAX), None, u64::MAX),
            (Progress::SlowDown, None, None, u64::MAX),
        ] {
            code.put_off(progress.clone(), interval, pause, now(at));
            let due = now(at).steady.after(Duration::from_secs(waits).saturating_add(MARGIN));
            assert_eq!(code.poll, NextPoll::At(due), "{progress:?} {interval:?} {pause:?}");
            assert_eq!(code.last, Some((now(at).steady, progress)));
            at += 60;
        }
    }

    #[test]
    fn nothing_is_asked_before_its_time_or_after_the_end() {
        let mut code =
            read(&json!({ "device_code": "d", "user_code": "A", "verification_uri": "https://a.test/",
            "expires_in": 12 }))
            .expect("a code");
        assert!(!code.is_due(now(5)) && code.is_due(now(6)) && !code.is_due(now(12)));
        assert!(!code.has_ended(now(11)) && code.has_ended(now(12)));
        code.poll = NextPoll::Awaited(RequestId(1));
        assert!(!code.is_due(now(6)) && !code.has_ended(now(12)));
        assert_eq!((code.wakes_at(), code.asked()), (None, Some(RequestId(1))));
        code.put_off(Progress::Pending, None, None, now(11));
        assert_eq!(code.wakes_at(), Some(code.ends_at));
    }

    fn read(body: &Value) -> Result<DeviceCode, DeviceCodeError> {
        read_text(&body.to_string())
    }

    fn read_text(body: &str) -> Result<DeviceCode, DeviceCodeError> {
        read_as(UserCodeMode::Typed, body)
    }

    fn read_as(user_code: UserCodeMode, body: &str) -> Result<DeviceCode, DeviceCodeError> {
        let reply = Reply {
            status: 200,
            headers: Vec::new(),
            body: Secret::new(body),
            sent: now(0),
            secrets: Vec::new(),
        };
        let acme = "name: acme\nendpoints: { token: 'https://a.test/t', device: 'https://a.test/d' }\n";
        let device = load("acme", acme).expect("a provider").device.expect("a device authorization");
        DeviceCode::read(&DeviceAuthorization { user_code, ..device }, &reply, now(0))
    }

    fn now(seconds: u64) -> Now {
        Now { steady: Steady(Duration::from_secs(1000 + seconds)), ..fixtures::now() }
    }
}
