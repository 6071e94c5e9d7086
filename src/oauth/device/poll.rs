//! Answers to a poll for a device code's tokens (RFC 8628 §3.5).

use std::time::Duration;

use crate::domain::expiry;
use crate::domain::provider::Provider;
use crate::domain::provider::device::DeviceReplyMap;
use crate::domain::provider::meaning::Meaning;
use crate::domain::trouble::Trouble;
use crate::oauth::device::Progress;
use crate::oauth::reply::{self, Refusal, RefusalBody, Remedy, TokenResponse};
use crate::oauth::request::Reply;

/// What an answer to a poll means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollReply {
    /// The person has agreed.
    Granted(Box<TokenResponse>),
    /// Nothing is decided; it is asked again.
    Undecided {
        /// What was said.
        progress: Progress,
        /// The pause between two polls from now on, where the answer names one.
        interval: Option<Duration>,
        /// The pause before the next poll, where the answer names one.
        pause: Option<Duration>,
    },
    /// The person said no.
    Denied(String),
    /// The code has expired.
    Expired,
    /// It is no use to ask again.
    Refused(Box<Refusal>),
}

/// Judges the answer to a poll of `provider`, whose device answers are read by `map`.
#[must_use]
pub fn judge(provider: &Provider, map: &DeviceReplyMap, reply: Result<&Reply, &Trouble>) -> PollReply {
    let reply = match reply {
        Ok(reply) => reply,
        Err(trouble) => return undecided(Progress::Unreachable(trouble.why.clone()), None),
    };
    let refusal = match reply::read(&provider.reply, &provider.meanings, reply) {
        Ok(granted) => return PollReply::Granted(Box::new(granted)),
        Err(refusal) => refusal,
    };
    let pause = refusal.retry_after;
    match refusal.meaning {
        Some(Meaning::Pending) => undecided(Progress::Pending, pause),
        Some(Meaning::SlowDown) => {
            PollReply::Undecided { progress: Progress::SlowDown, interval: interval(map, reply), pause }
        }
        Some(Meaning::Denied) => PollReply::Denied(words(&refusal.body)),
        Some(Meaning::Expired) => PollReply::Expired,
        Some(Meaning::Passing) => undecided(Progress::Unreachable(refusal.words_alone()), pause),
        // Something between us and the provider may have answered. Any other success is the answer,
        // however odd: it does not come again.
        None if refusal.remedy() == Remedy::Wait => {
            undecided(Progress::Unreachable(refusal.words_alone()), pause)
        }
        Some(Meaning::GrantDead) | None => PollReply::Refused(Box::new(refusal)),
    }
}

fn undecided(progress: Progress, pause: Option<Duration>) -> PollReply {
    PollReply::Undecided { progress, interval: None, pause }
}

fn words(said: &RefusalBody) -> String {
    match said {
        RefusalBody::Error { code, description: Some(words) } => format!("{code}: {words}"),
        RefusalBody::Error { code, description: None } => code.clone(),
        RefusalBody::Words(words) => words.clone(),
        RefusalBody::Odd(_) | RefusalBody::Page | RefusalBody::Elsewhere { .. } => {
            "no reason given".to_owned()
        }
    }
}

/// The new interval that a `slow_down` may bring.
fn interval(map: &DeviceReplyMap, reply: &Reply) -> Option<Duration> {
    let tree = reply::tree(reply)?;
    expiry::life(reply::written(map.interval.find(&tree)?)).ok().flatten()?.to_std().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::provider::meaning::Meanings;
    use crate::domain::secret::Secret;
    use crate::domain::trouble::FailureKind;
    use crate::oauth::fixtures::reply;
    use crate::stored::provider_file;

    #[test]
    fn each_answer_means_one_thing() {
        let pending = || "pending".to_owned();
        let unreachable = || "unreachable".to_owned();
        for (status, body, meaning) in [
            (200, r#"{"access_token":"a"}"#, "granted".to_owned()),
            (400, r#"{"error":"authorization_pending"}"#, pending()),
            (428, r#"{"error":"authorization_pending"}"#, pending()),
            (403, "", pending()),
            (403, r#"{"error":"deviceauth_authorization_unknown"}"#, pending()),
            (400, r#"{"error":"slow_down"}"#, "slow down None".to_owned()),
            (200, r#"{"error":"slow_down","interval":"10"}"#, "slow down Some(10s)".to_owned()),
            (400, r#"{"error":"access_denied"}"#, "denied access_denied".to_owned()),
            (
                400,
                r#"{"error":"authorization_declined","error_description":"no"}"#,
                "denied authorization_declined: no".to_owned(),
            ),
            (400, r#"{"error":"expired_token"}"#, "expired".to_owned()),
            (400, r#"{"error":"token_expired"}"#, "expired".to_owned()),
            (401, "", "refused answered 401 with an empty body".to_owned()),
            (
                400,
                r#"{"error":"invalid_grant"}"#,
                "refused refused with invalid_grant (status 400)".to_owned(),
            ),
            (200, r#"{"error":"bad_verification_code"}"#, "expired".to_owned()),
            (500, "<html>", unreachable()),
            (503, r#"{"error":"oops"}"#, unreachable()),
            (429, "", unreachable()),
            (400, r#"{"error":"temporarily_unavailable"}"#, unreachable()),
            (408, "", unreachable()),
            (200, "<html>sign in</html>", unreachable()),
            (
                200,
                r#"{"access_token":"a\nb"}"#,
                "refused answered 200 with an access token that holds characters no token may have"
                    .to_owned(),
            ),
            (
                200,
                r#"{"access_token":7}"#,
                "refused answered 200 with an access token that is no text".to_owned(),
            ),
            (200, "{}", "refused answered 200 with no token in it".to_owned()),
            (204, "", "refused answered 204 with an empty body".to_owned()),
            (
                200,
                r#"{"access_token":"a","token_type":"MAC"}"#,
                r#"refused answered 200 with a token of type "MAC", which does not work without a key"#
                    .to_owned(),
            ),
            (302, "", "refused answered 302 with an empty body".to_owned()),
        ] {
            assert_eq!(said(&judged(status, body)), meaning, "{status} {body}");
        }
        let offline = Trouble::untouched("cannot ask", "no route", FailureKind::Temporary(None));
        let provider = provider();
        let judged = judge(&provider, &DeviceReplyMap::default(), Err(&offline));
        let progress = Progress::Unreachable("no route".to_owned());
        assert_eq!(judged, PollReply::Undecided { progress, interval: None, pause: None });
    }

    #[test]
    fn the_pause_that_a_server_asks_for_is_passed_on() {
        let mut busy = reply(503, "");
        busy.headers.push(("retry-after".into(), Secret::new("30")));
        let PollReply::Undecided { pause, .. } = judge(&provider(), &DeviceReplyMap::default(), Ok(&busy))
        else {
            panic!("decided")
        };
        assert_eq!(pause, Some(Duration::from_secs(30)));
    }

    fn said(polled: &PollReply) -> String {
        match polled {
            PollReply::Granted(_) => "granted".to_owned(),
            PollReply::Undecided { progress: Progress::Pending, .. } => "pending".to_owned(),
            PollReply::Undecided { progress: Progress::SlowDown, interval, .. } => {
                format!("slow down {interval:?}")
            }
            PollReply::Undecided { progress: Progress::Unreachable(_), .. } => "unreachable".to_owned(),
            PollReply::Denied(words) => format!("denied {words}"),
            PollReply::Expired => "expired".to_owned(),
            PollReply::Refused(words) => format!("refused {words}"),
        }
    }

    fn judged(status: u16, body: &str) -> PollReply {
        judge(&provider(), &DeviceReplyMap::default(), Ok(&reply(status, body)))
    }

    /// A provider that says 403 while nothing is decided.
    fn provider() -> Provider {
        let catalog = provider_file::catalog([]);
        let meanings = Meanings { errors: Vec::new(), statuses: vec![(403, Meaning::Pending)] };
        Provider { meanings, ..catalog.get("oauth2").expect("a preset").clone() }
    }
}
