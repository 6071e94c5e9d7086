//! Credential that a request to a provider would carry, and why that one.
//!
//! A program looks at one source after the other and takes the first that holds something. What
//! that source holds may have expired, or be no token at all; then the request fails there, and
//! no program looks further. A [`Resolution`] says what every source holds, so that a person sees
//! what comes before what.

use std::fmt;

use crate::domain::change::{Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::countdown::countdown;
use crate::domain::health::{Activity, Health};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile, RefreshResult};
use crate::domain::provider::environment::{CredentialSource, LookupOrder};
use crate::domain::provider::{LoginMethod, Provider};
use crate::domain::refreshability::refreshability;

/// What is known of the places that a program looks at.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// What each store said, our own first.
    pub stores: &'a [&'a Snapshot],
    /// The variables that are set, but to nothing.
    pub empty: &'a [String],
}

impl<'a> Sources<'a> {
    fn environment(self) -> impl Iterator<Item = &'a Snapshot> {
        self.stores.iter().copied().filter(|store| store.store == StoreId::Environment)
    }
}

/// Every source of an order with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'a> {
    /// The sources, first things first.
    pub candidates: Vec<Candidate<'a>>,
    /// What was seen beside them.
    pub hints: Vec<MisplacedValue>,
}

/// A source and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'a> {
    pub source: CredentialSource,
    pub found: Lookup<'a>,
}

/// What a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// The variable is not set.
    NotSet,
    /// The variable is set to nothing, which counts as not set.
    Empty,
    /// The variable is set to what no header can carry, and why.
    Unusable(&'a str),
    /// The variable's value, or a stored key.
    Value(&'a Profile),
    /// No login, or no key, is stored.
    NotStored,
    /// A login without tokens: erased here, or logged out by another program.
    Erased(&'a Profile),
    /// A login whose access token is good.
    Good(&'a Profile),
    /// A login whose access token has ended and which a refresh helps.
    Expired(&'a Profile),
    /// A login that nothing but another login helps.
    NeedsLogin(&'a Profile),
}

impl<'a> Lookup<'a> {
    /// Whether a program that finds this looks no further.
    #[must_use]
    pub fn ends_the_search(&self) -> bool {
        match self {
            Self::Unusable(_) | Self::Value(_) | Self::Good(_) | Self::Expired(_) | Self::NeedsLogin(_) => {
                true
            }
            Self::NotSet | Self::Empty | Self::NotStored | Self::Erased(_) => false,
        }
    }

    #[must_use]
    pub fn profile(&self) -> Option<&'a Profile> {
        match self {
            Self::Value(profile)
            | Self::Erased(profile)
            | Self::Good(profile)
            | Self::Expired(profile)
            | Self::NeedsLogin(profile) => Some(profile),
            Self::NotSet | Self::Empty | Self::Unusable(_) | Self::NotStored => None,
        }
    }
}

impl Candidate<'_> {
    /// What the source is called: a variable, `login NAME`, `key NAME`.
    #[must_use]
    pub fn label(&self) -> String {
        let of = |word: &str| match self.found.profile() {
            Some(profile) => format!("{word} {}", profile.id.name),
            None => word.to_owned(),
        };
        match &self.source {
            CredentialSource::Variable(name) => name.clone(),
            CredentialSource::Login => of("login"),
            CredentialSource::Key => of("key"),
        }
    }

    /// What was found there, in words.
    #[must_use]
    pub fn words(&self, now: DateTime<Utc>) -> String {
        match &self.found {
            Lookup::NotSet => "not set".to_owned(),
            Lookup::Empty => "set but empty, so it counts as not set".to_owned(),
            Lookup::Unusable(why) => format!("set, but {why}"),
            Lookup::Value(profile) if profile.kind == Kind::Environment => "set".to_owned(),
            Lookup::Value(_) => "stored".to_owned(),
            Lookup::NotStored => "none stored".to_owned(),
            Lookup::Erased(profile) if profile.revoked_at.is_some() => {
                "its tokens were erased here".to_owned()
            }
            Lookup::Erased(_) => "no tokens are stored".to_owned(),
            Lookup::Good(profile) => good(profile, now),
            Lookup::Expired(_) => "its token has expired: refresh first".to_owned(),
            Lookup::NeedsLogin(profile) => {
                match profile.last_refresh_of_this_grant().map(|last| &last.result) {
                    Some(RefreshResult::Dead { why }) => {
                        format!("it has expired, and the provider ended this login: {why}")
                    }
                    Some(
                        RefreshResult::Done | RefreshResult::Passing { .. } | RefreshResult::Refused { .. },
                    )
                    | None => "it has expired and cannot be refreshed".to_owned(),
                }
            }
        }
    }
}

/// A variable whose value belongs in another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MisplacedValue {
    pub variable: String,
    /// What its value begins with.
    pub prefix: String,
    /// The variable that values of that beginning belong in.
    pub belongs: String,
}

impl fmt::Display for MisplacedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, prefix, belongs } = self;
        write!(f, "{variable} holds a value that begins with {prefix}, which belongs in {belongs}")
    }
}

/// What a request would carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedCredential<'a> {
    /// What this profile holds.
    Use(&'a Profile),
    /// What this login holds, once it was refreshed.
    Refresh(&'a Profile),
    /// Nothing: this login comes first, and it has ended.
    LoggedOut(&'a Profile),
    /// Nothing: this variable comes first, and no header can carry its value.
    Unusable(&'a str),
    /// Nothing: no source holds anything.
    Missing,
}

/// Looks through the sources of `order` for a credential of `provider`. `wanted` is the login or
/// the key that is asked for; without one the login `default`, else the first, is taken.
#[must_use]
pub fn resolve<'a>(
    provider: &Provider,
    order: &LookupOrder,
    sources: Sources<'a>,
    wanted: Option<&ProfileName>,
    now: DateTime<Utc>,
) -> Resolution<'a> {
    let has_keys = provider.flows.contains(&LoginMethod::Key)
        || provider.key_header.is_some()
        || !provider.environment.is_empty();
    let candidate = |source: &CredentialSource| {
        let found = match source {
            CredentialSource::Variable(name) => variable(provider, name, sources),
            CredentialSource::Login => login(provider, sources, wanted, now),
            CredentialSource::Key => key(provider, sources, wanted),
        };
        Candidate { source: source.clone(), found }
    };
    let candidates = order.sources.iter().map(candidate);
    // A place for keys that can hold none says nothing.
    let idle = |candidate: &Candidate<'_>| {
        candidate.source == CredentialSource::Key && candidate.found == Lookup::NotStored && !has_keys
    };
    Resolution {
        candidates: candidates.filter(|candidate| !idle(candidate)).collect(),
        hints: hints(provider, sources),
    }
}

impl<'a> Resolution<'a> {
    /// The place of the source at which the search ends.
    #[must_use]
    pub fn end(&self) -> Option<usize> {
        self.candidates.iter().position(|candidate| candidate.found.ends_the_search())
    }

    /// The source at which the search ends.
    #[must_use]
    pub fn taken(&self) -> Option<&Candidate<'a>> {
        self.candidates.get(self.end()?)
    }

    /// What a request would carry.
    #[must_use]
    pub fn credential(&self) -> ResolvedCredential<'_> {
        let Some(candidate) = self.taken() else { return ResolvedCredential::Missing };
        match (&candidate.found, &candidate.source) {
            (Lookup::Value(profile) | Lookup::Good(profile), _) => ResolvedCredential::Use(profile),
            (Lookup::Expired(profile), _) => ResolvedCredential::Refresh(profile),
            (Lookup::NeedsLogin(profile), _) => ResolvedCredential::LoggedOut(profile),
            (Lookup::Unusable(_), CredentialSource::Variable(name)) => ResolvedCredential::Unusable(name),
            (
                Lookup::Unusable(_) | Lookup::NotSet | Lookup::Empty | Lookup::NotStored | Lookup::Erased(_),
                CredentialSource::Variable(_) | CredentialSource::Login | CredentialSource::Key,
            ) => ResolvedCredential::Missing,
        }
    }
}

fn variable<'a>(provider: &Provider, name: &str, sources: Sources<'a>) -> Lookup<'a> {
    let rows = sources.environment().flat_map(|store| &*store.rows);
    let found = rows.into_iter().find_map(|row| match row {
        Row::Profile(profile) => {
            let id = &profile.id.name;
            (id.provider() == provider.name && id.name() == name).then_some(Lookup::Value(profile))
        }
        Row::Broken(broken) => match &broken.at {
            Where::Variable { provider: of, name: called } => {
                (*of == provider.name && called == name).then_some(Lookup::Unusable(&broken.why))
            }
            Where::Line(_) | Where::File(_) | Where::Vault { .. } | Where::Borrowed { .. } => None,
        },
    });
    let empty = || sources.empty.iter().any(|variable| variable == name);
    found.unwrap_or_else(|| if empty() { Lookup::Empty } else { Lookup::NotSet })
}

fn login<'a>(
    provider: &Provider,
    sources: Sources<'a>,
    wanted: Option<&ProfileName>,
    now: DateTime<Utc>,
) -> Lookup<'a> {
    let Some(profile) = chosen(provider, sources, wanted, Kind::OAuth, "default") else {
        return Lookup::NotStored;
    };
    if profile.held.tokens().is_none() {
        return Lookup::Erased(profile);
    }
    if profile.life.expires_at.is_none_or(|end| end > now) {
        return Lookup::Good(profile);
    }
    match refreshability(profile, Some(provider), now) {
        Ok(refreshable) if !refreshable.when().is_after_the_grant() => Lookup::Expired(profile),
        Ok(_) | Err(_) => Lookup::NeedsLogin(profile),
    }
}

fn key<'a>(provider: &Provider, sources: Sources<'a>, wanted: Option<&ProfileName>) -> Lookup<'a> {
    let key = chosen(provider, sources, wanted, Kind::ApiKey, "key");
    key.filter(|key| key.held.tokens().is_some()).map_or(Lookup::NotStored, Lookup::Value)
}

/// The profile that is wanted, else the one of the `usual` name, else the first one; of the last two
/// those that hold something, if any does.
fn chosen<'a>(
    provider: &Provider,
    sources: Sources<'a>,
    wanted: Option<&ProfileName>,
    kind: Kind,
    usual: &str,
) -> Option<&'a Profile> {
    let all = sources.stores.iter().flat_map(|store| store.profiles());
    let all: Vec<&Profile> =
        all.filter(|profile| profile.kind == kind && profile.id.name.provider() == provider.name).collect();
    let named = |name: &str| all.iter().find(|profile| profile.id.name.name() == name);
    let asked = wanted.and_then(|wanted| named(wanted.name()));
    let holds = |profile: &&&Profile| profile.held.tokens().is_some();
    let usual = named(usual);
    asked.or(usual.filter(holds)).or_else(|| all.iter().find(holds)).or(usual).or(all.first()).copied()
}

/// How long a token that is good stays so: `fresh for 3h12m`.
fn good(profile: &Profile, now: DateTime<Utc>) -> String {
    let Some(end) = profile.life.expires_at else { return "expiry unknown".to_owned() };
    let left = countdown(end - now).0;
    let health = Health::of(profile, Activity::Idle, now);
    if matches!(health, Health::Fresh(_)) {
        format!("fresh for {left}")
    } else {
        format!("{}, {left} left", health.word())
    }
}

/// Every variable whose value begins like one of another variable. The longest beginning decides;
/// a variable of its own that has it is in the right place.
fn hints(provider: &Provider, sources: Sources<'_>) -> Vec<MisplacedValue> {
    let set = sources.environment().flat_map(|store| store.profiles());
    let set = set.filter(|profile| profile.id.name.provider() == provider.name);
    set.filter_map(|profile| {
        let (here, value) = (profile.id.name.name(), &profile.held.tokens()?.access);
        let all = provider.environment.iter().flat_map(|variable| {
            let begins = variable.prefixes.iter().filter(|prefix| value.begins_with(prefix));
            begins.map(move |prefix| (prefix, &variable.name))
        });
        let longest = all.clone().map(|(prefix, _)| prefix.len()).max()?;
        let mut places = all.filter(|(prefix, _)| prefix.len() == longest);
        if places.clone().any(|(_, name)| name == here) {
            return None;
        }
        let (prefix, belongs) = places.next()?;
        Some(MisplacedValue { variable: here.to_owned(), prefix: prefix.clone(), belongs: belongs.clone() })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::clock::TimeDelta;
    use crate::domain::fixtures::{at, empty_profile, tokens};
    use crate::domain::name::ProfileId;
    use crate::domain::profile::LastRefresh;
    use crate::domain::provider::environment::Variable;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{StoredTokens, Tokens};
    use crate::domain::trouble::{FailureKind, Trouble};
    use crate::stored::provider_file;

    const KEY: (&str, &str) = ("ANTHROPIC_API_KEY", "sk-ant-api03-0");
    const TOKEN: (&str, &str) = ("ANTHROPIC_AUTH_TOKEN", "bearer-0");

    #[test]
    fn each_branch_of_the_lookup_ends_in_its_verdict() {
        let ana = || vec![login("default", Some(3 * 3600))];
        let ended = || vec![login("default", Some(-1))];
        for (branch, set, stored, verdict) in [
            ("API key set", &[KEY, TOKEN][..], ana(), "x-api-key of ANTHROPIC_API_KEY"),
            ("API key set, alone", &[KEY], vec![], "x-api-key of ANTHROPIC_API_KEY"),
            ("API key not set, token set", &[TOKEN], ana(), "Bearer of ANTHROPIC_AUTH_TOKEN"),
            (
                "API key set but empty",
                &[("ANTHROPIC_API_KEY", ""), TOKEN],
                ana(),
                "Bearer of ANTHROPIC_AUTH_TOKEN",
            ),
            ("neither set, OAuth tokens stored, not expired", &[], ana(), "Bearer of default"),
            ("stored, no end told", &[], vec![login("default", None)], "Bearer of default"),
            ("stored and expired", &[], ended(), "refresh default"),
            ("stored and expired, but a variable is set", &[KEY], ended(), "x-api-key of ANTHROPIC_API_KEY"),
            ("refresh failed for good", &[], vec![dead("default", -1)], "log in to default"),
            ("expired without refresh token", &[], vec![once("default", -1)], "log in to default"),
            ("no OAuth tokens stored", &[], vec![], "missing"),
            ("tokens erased here", &[], vec![erased("default")], "missing"),
            (
                "a value that is no token",
                &[("ANTHROPIC_API_KEY", "a b"), TOKEN],
                ana(),
                "unusable ANTHROPIC_API_KEY",
            ),
        ] {
            let told = Told::of(set, stored);
            assert_eq!(told.verdict("usual", None), verdict, "{branch}");
        }
    }

    #[test]
    fn another_order_can_be_chosen() {
        for (set, usual, documented) in [
            (&[KEY, TOKEN][..], "x-api-key of ANTHROPIC_API_KEY", "Bearer of ANTHROPIC_AUTH_TOKEN"),
            (&[KEY], "x-api-key of ANTHROPIC_API_KEY", "x-api-key of ANTHROPIC_API_KEY"),
        ] {
            let told = Told::of(set, vec![]);
            assert_eq!(told.verdict("usual", None), usual);
            assert_eq!(told.verdict("documented", None), documented);
        }
    }

    #[test]
    fn without_an_order_the_variables_come_first_then_a_login_then_a_key() {
        let told = Told::of(&[], vec![login("work", Some(60)), key("key")]);
        let bare = Provider { orders: Vec::new(), ..provider() };
        let sources = bare.usual_order().sources;
        let names = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "LONG_LIVED"].map(String::from);
        assert_eq!(
            sources,
            names
                .map(CredentialSource::Variable)
                .into_iter()
                .chain([CredentialSource::Login, CredentialSource::Key])
                .collect::<Vec<_>>()
        );
        assert_eq!(told.verdict_of(&bare.usual_order(), None), "Bearer of work");
        assert_eq!(Told::of(&[], vec![key("key")]).verdict_of(&bare.usual_order(), None), "x-api-key of key");
    }

    #[test]
    fn the_login_is_the_wanted_one_else_the_default_else_the_first_with_tokens() {
        let good = |name| login(name, Some(60));
        for (stored, wanted, taken) in [
            (vec![good("a"), good("default"), good("b")], None, "Bearer of default"),
            (vec![good("a"), good("default"), good("b")], Some("b"), "Bearer of b"),
            (vec![good("a"), good("b")], None, "Bearer of a"),
            (vec![erased("a"), good("b")], None, "Bearer of b"),
            (vec![erased("a"), good("b")], Some("a"), "missing"),
            (vec![erased("default"), good("b")], None, "Bearer of b"),
            (vec![erased("default"), good("b")], Some("default"), "missing"),
            (vec![erased("a"), erased("default")], None, "missing"),
            (vec![good("a"), key("key"), key("ci")], Some("ci"), "Bearer of a"),
            (vec![erased("a"), key("key"), key("ci")], Some("ci"), "x-api-key of ci"),
            (vec![key("ci"), key("key")], None, "x-api-key of key"),
        ] {
            let told = Told::of(&[], stored);
            assert_eq!(told.verdict("usual", wanted), taken, "{wanted:?}");
        }
    }

    #[test]
    fn every_source_says_what_it_holds() {
        let set = [("ANTHROPIC_API_KEY", ""), ("ANTHROPIC_AUTH_TOKEN", "a\n")];
        for (set, stored, words) in [
            (
                &set[..],
                vec![login("work", Some(3 * 3600)), key("key")],
                [
                    "ANTHROPIC_API_KEY: set but empty, so it counts as not set",
                    "ANTHROPIC_AUTH_TOKEN: set, but there is white space around it",
                    "login anthropic/work: fresh for 3h00m",
                    "key anthropic/key: stored",
                ],
            ),
            (
                &[KEY],
                vec![dead("work", -1)],
                [
                    "ANTHROPIC_API_KEY: set",
                    "ANTHROPIC_AUTH_TOKEN: not set",
                    "login anthropic/work: it has expired, and the provider ended this login: \
                     invalid_grant",
                    "key: none stored",
                ],
            ),
        ] {
            assert_eq!(Told::of(set, stored).words(), words);
        }
        for (login, words) in [
            (login("a", Some(60)), "login anthropic/a: expiring, 1m00s left"),
            (login("a", Some(-60)), "login anthropic/a: its token has expired: refresh first"),
            (login("a", None), "login anthropic/a: expiry unknown"),
            (once("a", -1), "login anthropic/a: it has expired and cannot be refreshed"),
            (erased("a"), "login anthropic/a: its tokens were erased here"),
        ] {
            assert_eq!(Told::of(&[], vec![login]).words()[2], words);
        }
        assert_eq!(Told::of(&[], vec![]).words()[2], "login: none stored");
    }

    #[test]
    fn a_value_in_the_wrong_variable_is_told_by_its_longest_known_beginning() {
        let belongs = |variable: &str, prefix: &str, belongs: &str| {
            format!("{variable} holds a value that begins with {prefix}, which belongs in {belongs}")
        };
        for (set, hint) in [
            (KEY, None),
            (TOKEN, None),
            (("ANTHROPIC_AUTH_TOKEN", "sk-ant-api03-0"), Some(("sk-ant-", "ANTHROPIC_API_KEY"))),
            (("ANTHROPIC_API_KEY", "sk-ant-oat01-0"), Some(("sk-ant-oat01-", "ANTHROPIC_AUTH_TOKEN"))),
            (("ANTHROPIC_AUTH_TOKEN", "sk-ant-oat01-0"), None),
            (("LONG_LIVED", "sk-ant-oat01-0"), None),
        ] {
            let told = Told::of(&[set], vec![]);
            let hints: Vec<String> = told.hints();
            let expected = hint.map(|(prefix, place)| belongs(set.0, prefix, place));
            assert_eq!(hints, expected.into_iter().collect::<Vec<_>>(), "{set:?}");
        }
    }

    /// The stores as they are, and what is read off them.
    struct Told {
        stores: Vec<Snapshot>,
        empty: Vec<String>,
    }

    impl Told {
        fn of(set: &[(&str, &str)], stored: Vec<Profile>) -> Self {
            let rows = stored.into_iter().map(|profile| Row::Profile(Arc::new(profile))).collect();
            let (empty, set): (Vec<_>, Vec<_>) = set.iter().partition(|(_, value)| value.is_empty());
            let variables = set.into_iter().map(|(name, value)| variable_row(name, value)).collect();
            let stores = vec![snapshot(StoreId::Own, rows), snapshot(StoreId::Environment, variables)];
            Self { stores, empty: empty.into_iter().map(|(name, _)| name.to_owned()).collect() }
        }

        fn verdict(&self, order: &str, wanted: Option<&str>) -> String {
            let provider = provider();
            let order = provider.orders.iter().find(|known| known.name == order).expect("an order");
            self.verdict_of(order, wanted)
        }

        fn verdict_of(&self, order: &LookupOrder, wanted: Option<&str>) -> String {
            let provider = provider();
            let wanted = wanted.map(|wanted| ProfileName::new("anthropic", wanted).expect("a name"));
            let stores: Vec<&Snapshot> = self.stores.iter().collect();
            let sources = Sources { stores: &stores, empty: &self.empty };
            let chain = resolve(&provider, order, sources, wanted.as_ref(), now());
            match chain.credential() {
                ResolvedCredential::Use(profile) => {
                    format!("{} of {}", profile.header(&provider).unwrap_or("Bearer"), profile.id.name.name())
                }
                ResolvedCredential::Refresh(profile) => format!("refresh {}", profile.id.name.name()),
                ResolvedCredential::LoggedOut(profile) => format!("log in to {}", profile.id.name.name()),
                ResolvedCredential::Unusable(name) => format!("unusable {name}"),
                ResolvedCredential::Missing => "missing".to_owned(),
            }
        }

        fn words(&self) -> Vec<String> {
            let said =
                |candidate: &Candidate<'_>| format!("{}: {}", candidate.label(), candidate.words(now()));
            self.usual(|chain| chain.candidates.iter().map(said).collect())
        }

        fn hints(&self) -> Vec<String> {
            self.usual(|chain| chain.hints.iter().map(ToString::to_string).collect())
        }

        fn usual(&self, read: impl FnOnce(&Resolution<'_>) -> Vec<String>) -> Vec<String> {
            let provider = provider();
            let stores: Vec<&Snapshot> = self.stores.iter().collect();
            let sources = Sources { stores: &stores, empty: &self.empty };
            read(&resolve(&provider, &provider.usual_order(), sources, None, now()))
        }
    }

    fn now() -> DateTime<Utc> {
        at(0)
    }

    fn provider() -> Provider {
        let variable = |name: &str, header: Option<&str>, prefixes: &[&str]| Variable {
            name: name.to_owned(),
            header: header.map(str::to_owned),
            prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
        };
        let order = |name: &str, variables: [&str; 2]| LookupOrder {
            name: name.to_owned(),
            program: "a program".to_owned(),
            sources: variables
                .map(|name| CredentialSource::Variable(name.to_owned()))
                .into_iter()
                .chain([CredentialSource::Login, CredentialSource::Key])
                .collect(),
        };
        let anthropic = provider_file::catalog([]).get("anthropic").expect("a preset").clone();
        Provider {
            environment: vec![
                variable("ANTHROPIC_API_KEY", Some("x-api-key"), &["sk-ant-"]),
                variable("ANTHROPIC_AUTH_TOKEN", None, &["sk-ant-oat01-"]),
                variable("LONG_LIVED", None, &["sk-ant-oat01-"]),
            ],
            orders: vec![
                order("usual", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]),
                order("documented", ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"]),
            ],
            ..anthropic
        }
    }

    fn snapshot(store: StoreId, rows: Vec<Row>) -> Snapshot {
        let writable = match store {
            StoreId::Own | StoreId::Shared | StoreId::Hashed | StoreId::Keyring => Ok(()),
            StoreId::Environment | StoreId::Borrowed => {
                Err(Trouble::untouched("no", "no", FailureKind::NothingToDo))
            }
        };
        Snapshot { rows: rows.into(), writable, ..Snapshot::empty(store) }
    }

    fn profile(store: StoreId, name: &str, kind: Kind, access: &str, refresh: Option<&str>) -> Profile {
        let empty = empty_profile(&format!("anthropic/{name}"), kind);
        let held = StoredTokens::Present(tokens(access, refresh));
        Profile { held, id: ProfileId { store, ..empty.id.clone() }, ..empty }
    }

    fn variable_row(name: &str, value: &str) -> Row {
        match Secret::new(value).blemish() {
            None => {
                let profile = profile(StoreId::Environment, name, Kind::Environment, value, None);
                Row::Profile(Arc::new(profile))
            }
            Some(why) => {
                let at = Where::Variable { provider: "anthropic".to_owned(), name: name.to_owned() };
                Row::broken(format!("anthropic/{name}"), at, why)
            }
        }
    }

    fn login(name: &str, left: Option<i64>) -> Profile {
        let mut profile = profile(StoreId::Own, name, Kind::OAuth, "a", Some("r"));
        profile.life.expires_at = left.map(|left| now() + TimeDelta::seconds(left));
        profile
    }

    fn once(name: &str, left: i64) -> Profile {
        let held = StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: None });
        Profile { held, ..login(name, Some(left)) }
    }

    fn dead(name: &str, left: i64) -> Profile {
        let mut profile = login(name, Some(left));
        let result = RefreshResult::Dead { why: "invalid_grant".to_owned() };
        profile.last_refresh = Some(Box::new(LastRefresh::new(now(), result, profile.refresh_token_id())));
        profile
    }

    fn erased(name: &str) -> Profile {
        Profile { held: StoredTokens::None, revoked_at: Some(now()), ..login(name, None) }
    }

    fn key(name: &str) -> Profile {
        profile(StoreId::Own, name, Kind::ApiKey, "k", None)
    }
}
