//! What of a profile still works at the provider once it is erased here, in words.

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::profile::{Kind, Profile};

/// Writes a moment as people read it.
pub type Moment = fn(DateTime<Utc>, Now) -> String;

/// How long each of the profile's secrets goes on working for somebody who has a copy; nothing
/// where none is held.
#[must_use]
pub fn words(profile: &Profile, now: Now, moment: Moment) -> Option<String> {
    let tokens = profile.held.tokens()?;
    if profile.kind != Kind::OAuth {
        return Some("the key works until you delete it there".to_owned());
    }
    let access = format!("the access token {}", works(profile.life.expires_at, now, moment));
    Some(match tokens.refresh {
        None => access,
        Some(_) => format!("{access}; the grant {}", works(profile.life.grant_ends_at, now, moment)),
    })
}

/// The same in fewer words, of what works longest: `works until …`.
#[must_use]
pub fn brief(profile: &Profile, now: Now, moment: Moment) -> Option<String> {
    let tokens = profile.held.tokens()?;
    if profile.kind != Kind::OAuth {
        return Some("works on".to_owned());
    }
    let life = profile.life;
    let last = if tokens.refresh.is_some() { life.grant_ends_at } else { life.expires_at };
    Some(works(last, now, moment))
}

fn works(end: Option<DateTime<Utc>>, now: Now, moment: Moment) -> String {
    match end {
        None => "works on, no end known".to_owned(),
        Some(end) if end <= now.wall => "has ended already".to_owned(),
        Some(end) => format!("works until {}", moment(end, now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{FixedOffset, Steady, TimeDelta, at_seconds};
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Held, Life, Tokens};

    #[test]
    fn every_secret_that_is_held_is_spoken_of() {
        for (kind, refresh, access_left, grant_left, said, short) in [
            (Kind::ApiKey, false, None, None, "the key works until you delete it there", "works on"),
            (Kind::OAuth, false, Some(60), None, "the access token works until +60", "works until +60"),
            (
                Kind::OAuth,
                true,
                Some(-1),
                None,
                "the access token has ended already; the grant works on, no end known",
                "works on, no end known",
            ),
            (
                Kind::OAuth,
                true,
                None,
                Some(90),
                "the access token works on, no end known; the grant works until +90",
                "works until +90",
            ),
        ] {
            let now = now();
            let end = |left: Option<i64>| left.map(|left| now.wall + TimeDelta::seconds(left));
            let refresh = refresh.then(|| Secret::new("r"));
            let profile = Profile {
                held: Held::Here(Tokens { access: Secret::new("a"), refresh }),
                life: Life {
                    expires_at: end(access_left),
                    grant_ends_at: end(grant_left),
                    ..Life::default()
                },
                ..nothing(kind)
            };
            let moment: Moment = |at, now| format!("{:+}", (at - now.wall).num_seconds());
            assert_eq!(words(&profile, now, moment).as_deref(), Some(said));
            assert_eq!(brief(&profile, now, moment).as_deref(), Some(short));
            assert_eq!(words(&nothing(kind), now, moment), None);
        }
    }

    fn now() -> Now {
        let wall = at_seconds(1_800_000_000).expect("a time");
        let offset = FixedOffset::east_opt(0).expect("an offset");
        Now { wall, steady: Steady::default(), offset }
    }

    fn nothing(kind: Kind) -> Profile {
        let name = ProfileName::parse("acme/work").expect("a name");
        Profile::new(ProfileId { store: StoreId::Own, name }, kind)
    }
}
