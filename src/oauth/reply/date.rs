//! What the server's clock said when it answered (RFC 9110 §6.6.1).

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, from_http_date};
use crate::oauth::request::Reply;

/// More than this between two clocks is no delay on the way.
const FAR: TimeDelta = TimeDelta::minutes(5);

/// The `Date` of a reply, if it has one that can be read.
pub(super) fn date(reply: &Reply) -> Option<DateTime<Utc>> {
    from_http_date(reply.header("date")?.expose())
}

/// By how much the server's clock was ahead of ours when its reply, which was all here at `now`,
/// was made; nothing where they differ by 5 minutes at most, or it told no time.
#[must_use]
pub fn clock_ahead(reply: &Reply, now: Now) -> Option<TimeDelta> {
    let date = date(reply)?;
    // Made at any moment between the request and now.
    let (first, last) = (reply.sent.wall.min(now.wall), now.wall.max(reply.sent.wall));
    let ahead = date - date.clamp(first, last);
    (ahead.abs() > FAR).then_some(ahead)
}

#[cfg(test)]
mod tests {

    use super::*;

    use crate::domain::fixtures::{self, at};
    use crate::domain::secret::Secret;

    fn now(seconds: i64) -> Now {
        Now { wall: at(seconds), ..fixtures::now() }
    }

    #[test]
    fn a_clock_is_far_from_ours_beyond_five_minutes_before_the_request_or_after_the_reply() {
        for (date, ahead) in [
            ("Fri, 15 Jan 2027 08:00:00 GMT", None),
            ("Fri, 15 Jan 2027 08:00:20 GMT", None),
            ("Fri, 15 Jan 2027 07:55:00 GMT", None),
            ("Fri, 15 Jan 2027 07:54:59 GMT", Some(-301)),
            ("Fri, 15 Jan 2027 08:05:30 GMT", None),
            ("Fri, 15 Jan 2027 08:05:31 GMT", Some(301)),
            ("Friday, 15-Jan-27 15:00:30 GMT", Some(7 * 3600)),
            ("Fri Jan 15 01:00:00 2027", Some(-7 * 3600)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(-1_800_000_000)),
            ("yesterday", None),
            ("", None),
        ] {
            let headers = vec![("date".to_owned(), Secret::new(date))];
            let reply =
                Reply { status: 200, headers, body: Secret::new("{}"), sent: now(0), secrets: Vec::new() };
            let found = clock_ahead(&reply, now(30)).map(|ahead| ahead.num_seconds());
            assert_eq!(found, ahead, "{date}");
        }
        let bare = Reply {
            status: 200,
            headers: Vec::new(),
            body: Secret::new("{}"),
            sent: now(0),
            secrets: Vec::new(),
        };
        assert_eq!(clock_ahead(&bare, now(30)), None);
    }
}
