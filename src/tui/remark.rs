//! What is said of new tokens besides that they came.

use crate::domain::clock::Now;
use crate::domain::profile::Profile;
use crate::tui::{prose, renewal};

/// Sentences about what `profile` holds since a refresh; `scopes` are those it had before.
#[must_use]
pub fn remarks(scopes: &[String], profile: &Profile, now: Now) -> Vec<String> {
    let lost: Vec<&str> =
        scopes.iter().filter(|scope| !profile.scopes.contains(scope)).map(String::as_str).collect();
    let narrower = (!lost.is_empty()).then(|| {
        let lost = prose::safe(&lost.join(" "));
        format!("The provider has taken scopes away: {lost}. A login asks for them again.")
    });
    let has_ended = profile.life.expires_at.is_some_and(|end| end <= now.wall);
    let ended =
        has_ended.then(|| "The provider says that the new access token has expired already.".to_owned());
    let odd = profile.last_refresh_of_this_grant().and_then(|last| last.odd.as_deref());
    let odd = odd.map(|odd| format!("The answer was unusual: {}.", prose::safe(odd)));
    let clock = renewal::clock(profile, now).filter(|_| !has_ended).map(|clock| prose::safe(&clock));
    let endless = profile.life.expires_at.is_none().then(|| {
        "The provider did not say when the new access token expires, so it is not refreshed by itself."
            .to_owned()
    });
    narrower.into_iter().chain(odd).chain(ended).chain(endless).chain(clock).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{FixedOffset, Steady, TimeDelta, at_seconds};
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::profile::Kind;

    #[test]
    fn scopes_that_went_and_an_end_at_once_or_unknown_are_said_and_nothing_else() {
        let wall = at_seconds(1_800_000_000).expect("in range");
        let now =
            Now { wall, steady: Steady::default(), offset: FixedOffset::east_opt(0).expect("in range") };
        let name = ProfileName::parse("acme/ana").expect("a name");
        let mut profile = Profile::new(ProfileId { store: StoreId::Own, name }, Kind::OAuth);
        profile.scopes = vec!["a".to_owned()];
        profile.life.expires_at = Some(wall + TimeDelta::minutes(5));
        let said = |before: &[&str], profile: &Profile| {
            let before: Vec<String> = before.iter().map(|scope| (*scope).to_owned()).collect();
            remarks(&before, profile, now)
        };
        assert_eq!(said(&["a"], &profile), [""; 0]);
        assert_eq!(said(&[], &profile), [""; 0]);
        let lost = said(&["a", "b", "c"], &profile);
        assert_eq!(lost, ["The provider has taken scopes away: b c. A login asks for them again."]);
        profile.life.expires_at = Some(wall);
        assert!(said(&["a"], &profile)[0].contains("has expired already"));
        profile.life.expires_at = None;
        assert!(said(&["a"], &profile)[0].contains("did not say when"));
    }
}
