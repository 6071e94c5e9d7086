//! `authtui resolve PROVIDER`: which credential a request would carry, and why.
//!
//! A login that comes first and has ended is refreshed, as the program would do, and the answer
//! decides. What is found nowhere, what has ended for good and what fails for now are three
//! different ends.

mod report;
mod variable;
mod way_out;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::renew::renew;
use crate::cli::resolve::report::Report;
use crate::cli::{list, screen, stray, target};
use crate::domain::change::{Renewal, Row, Snapshot};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::environment::Order;
use crate::domain::resolve::{Chain, Found, Stock, Verdict, resolve};
use crate::domain::secret::Fingerprint;
use crate::domain::tokens::Held;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::form::{self, Form};
use crate::oauth::refresh::{Refreshed, Wish};
use crate::shell::terminal::console;
use crate::shell::{Services, environment, refresh};

/// What its numbers mean, as its help shows them.
const EXIT_CODES: &str = "\
Exit codes: 0 a credential is there, 1 what comes first cannot be used, 3 the login has ended,
4 its refresh failed for now, 5 nothing is there.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// The provider, or the login, key or variable of it that is meant: provider/name
    name: String,
    /// Look in another order than the usual one of the provider's file
    #[arg(long, value_name = "NAME")]
    order: Option<String>,
    /// Print JSON: {"version":1,"used":…,"chain":[…]}
    #[arg(long, conflicts_with = "header")]
    json: bool,
    /// Print the whole header that a request would carry, and nothing else
    #[arg(long)]
    header: bool,
}

pub(super) fn run(services: &Arc<Services>, arguments: &Arguments) -> Result<Exit> {
    let catalog = services.catalog_now();
    let asked = match Asked::of(&catalog, arguments) {
        Ok(asked) => asked,
        Err(exit) => return Ok(exit),
    };
    let mut stores = StoreId::ALL.map(|store| services.read_now(store));
    stores.iter().filter(|snapshot| snapshot.store.is_file()).for_each(list::said);
    if let Some(exit) = asked.not_there(&stores, &catalog) {
        return Ok(exit);
    }
    let empty = environment::values(asked.provider).into_iter().filter(|(_, value)| value.is_empty());
    let empty: Vec<String> = empty.map(|(name, _)| name).collect();
    let refreshed = match asked.ended_login(services, &stores, &empty) {
        None => None,
        Some(profile) => Some(refreshed(services, &profile)?),
    };
    if refreshed.is_some() {
        stores = StoreId::ALL.map(|store| services.read_now(store));
    }
    let seen: Vec<&Snapshot> = stores.iter().collect();
    let stock = Stock { stores: &seen, empty: &empty };
    let now = services.clock.now().wall;
    let chain = resolve(asked.provider, &asked.order, stock, asked.wanted.as_ref(), now);
    let passed_by = asked.passed_by(&chain, now);
    let end = passed_by.unwrap_or_else(|| match (chain.verdict(), refreshed) {
        (Verdict::Use(profile), refreshed) => End::used(asked.provider, profile, refreshed.is_some()),
        (_, Some(After::Failed(trouble))) if trouble.kind != FailureKind::NeedsLogin => End::failed(&trouble),
        (_, Some(After::Unsaved(profile))) => End::unsaved(profile),
        (Verdict::Refresh(profile), Some(After::Renewed)) => End::failed(&Trouble::untouched(
            format!("cannot use {}", profile.id.name),
            "its new token has ended already",
            FailureKind::Temporary(None),
        )),
        (Verdict::Refresh(profile) | Verdict::LoggedOut(profile), _) => End::logged_out(profile),
        (Verdict::Unusable(name), _) => End::unusable(name, &chain),
        (Verdict::Missing, _) => End::missing(&asked, &stores),
    });
    let report = Report { asked: &asked, chain: &chain, stores: &stores, end: &end, now };
    if arguments.json {
        console::print(&report.json()?)?;
    } else if !arguments.header {
        console::print(&report.text())?;
    } else {
        report.hints().iter().for_each(|hint| console::say(&format!("authtui: {hint}.")));
        let header = end.used.as_ref().and_then(|used| form::of(Form::Header, used, Some(asked.provider)));
        if let Some(header) = header {
            console::print_secret(&header)?;
        }
    }
    if let Some((_, words)) = &end.error {
        console::say(&format!("authtui: {words}"));
    }
    Ok(end.exit)
}

/// What is looked for.
struct Asked<'a> {
    provider: &'a Provider,
    order: Order,
    wanted: Option<ProfileName>,
}

impl<'a> Asked<'a> {
    fn of(catalog: &'a Catalog, arguments: &Arguments) -> Result<Self, Exit> {
        let name = target::name(&arguments.name)?;
        let wanted = name.provider();
        let Some(provider) = catalog.get(wanted) else {
            let known = catalog.entries().map(|entry| entry.provider.name.as_str());
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(target::no_provider(catalog, wanted, &format!("Known are: {known}.")));
        };
        let order = match &arguments.order {
            None => provider.usual_order(),
            Some(name) => chosen(provider, name)?,
        };
        Ok(Self { provider, order, wanted: arguments.name.contains('/').then_some(name) })
    }

    /// The number to end with where the profile that is meant is not there, once that was said.
    fn not_there(&self, stores: &[Snapshot], catalog: &Catalog) -> Option<Exit> {
        let wanted = self.wanted.as_ref()?;
        if let Some(why) = stores.iter().find_map(|snapshot| target::unreadable(snapshot, wanted)) {
            console::say(&format!("authtui: {wanted} cannot be used: {why}."));
            return Some(Exit::Failure);
        }
        let variable = self.provider.variable(wanted.name()).is_some();
        if variable || stores.iter().any(|snapshot| snapshot.profile(wanted).is_some()) {
            return None;
        }
        let wanted = stray::masked(Some(catalog), &wanted.to_string());
        console::say(&format!("authtui: there is no profile {wanted}; authtui list shows what is there."));
        Some(Exit::NotFound)
    }

    /// The login that comes first, where it has ended and can be refreshed.
    fn ended_login(&self, services: &Services, stores: &[Snapshot], empty: &[String]) -> Option<Profile> {
        // Whoever means a variable wants no login.
        if self.variable_meant().is_some() {
            return None;
        }
        let stores: Vec<&Snapshot> = stores.iter().collect();
        let now = services.clock.now().wall;
        let stock = Stock { stores: &stores, empty };
        match resolve(self.provider, &self.order, stock, self.wanted.as_ref(), now).verdict() {
            Verdict::Refresh(profile) => Some(profile.clone()),
            Verdict::Use(_) | Verdict::LoggedOut(_) | Verdict::Unusable(_) | Verdict::Missing => None,
        }
    }
}

fn chosen(provider: &Provider, name: &str) -> Result<Order, Exit> {
    if let Some(order) = provider.orders.iter().find(|order| order.name == name) {
        return Ok(order.clone());
    }
    let known = provider.orders.iter().map(|order| order.name.as_str()).collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "its file has none".to_owned() } else { format!("there are {known}") };
    console::say(&format!("authtui: {} has no such order; {known}.", provider.name));
    Err(Exit::Usage)
}

/// What became of a login that had ended.
enum After {
    Renewed,
    Unsaved(Box<Profile>),
    Failed(Trouble),
}

fn refreshed(services: &Arc<Services>, profile: &Profile) -> Result<After> {
    let wish = Wish::Valid { for_at_least: Duration::ZERO };
    Ok(match renew(services, &profile.id, wish)? {
        Some(Refreshed::Done(_) | Refreshed::Enough(_)) => After::Renewed,
        Some(Refreshed::Unsaved(renewal, expects, trouble)) => {
            saved_again(services, profile, expects, renewal, &trouble)?
        }
        Some(Refreshed::Failed(_, trouble)) => After::Failed(trouble),
        None => After::Failed(Trouble::untouched(
            format!("cannot refresh {}", profile.id.name),
            "ended before the answer came",
            FailureKind::NothingToDo,
        )),
    })
}

/// Tries once more to store what was refreshed: the stored token is spent.
fn saved_again(
    services: &Arc<Services>,
    profile: &Profile,
    expects: Fingerprint,
    renewal: Box<Renewal>,
    trouble: &Trouble,
) -> Result<After> {
    console::say(&format!("authtui: {trouble}"));
    let tokens = renewal.tokens.clone();
    let saved = screen::runtime()?.block_on(refresh::save_again(services, &profile.id, expects, renewal));
    Ok(match saved {
        Ok(_) => After::Renewed,
        Err(_) => After::Unsaved(Box::new(Profile { held: Held::Here(tokens), ..profile.clone() })),
    })
}

/// How the looking ended.
struct End {
    /// What a request would carry.
    used: Option<Profile>,
    refreshed: bool,
    /// The kind of the failure as scripts read it, and the failure in words.
    error: Option<(&'static str, String)>,
    exit: Exit,
}

impl End {
    fn used(provider: &Provider, profile: &Profile, refreshed: bool) -> Self {
        if form::preview(Form::Header, profile, Some(provider)).is_none() {
            let words = format!("the token of {} has characters that no token may have.", profile.id.name);
            return Self::not("unusable", words, Exit::Failure);
        }
        Self { used: Some(profile.clone()), refreshed, error: None, exit: Exit::Done }
    }

    fn not(kind: &'static str, words: String, exit: Exit) -> Self {
        Self { used: None, refreshed: false, error: Some((kind, words)), exit }
    }

    fn failed(trouble: &Trouble) -> Self {
        match trouble.kind {
            FailureKind::Temporary(_) => Self::not("passing", trouble.to_string(), Exit::Passing),
            FailureKind::NeedsLogin | FailureKind::NeedsFix(_) | FailureKind::NothingToDo => {
                Self::not("failure", trouble.to_string(), Exit::Failure)
            }
        }
    }

    /// The new token is worth more printed than lost.
    fn unsaved(profile: Box<Profile>) -> Self {
        let words = "the new tokens are lost with this command; the provider may want a new login.";
        let error = Some(("unsaved", words.to_owned()));
        Self { used: Some(*profile), refreshed: true, error, exit: Exit::Failure }
    }

    fn logged_out(profile: &Profile) -> Self {
        let name = &profile.id.name;
        Self::not("expired", format!("the login of {name} has ended: authtui login {name}"), Exit::NeedsLogin)
    }

    fn unusable(variable: &str, chain: &Chain<'_>) -> Self {
        let why = match chain.taken().map(|link| &link.found) {
            Some(Found::Unusable(why)) => format!(" ({why})"),
            Some(_) | None => String::new(),
        };
        let words = format!("{variable} comes first and cannot be used{why}: set it again, or unset it.");
        Self::not("unusable", words, Exit::Failure)
    }

    fn missing(asked: &Asked<'_>, stores: &[Snapshot]) -> Self {
        let provider = &asked.provider.name;
        let unread = |snapshot: &Snapshot| snapshot.writable.is_err() && snapshot.rows.is_empty();
        if stores.iter().any(|snapshot| snapshot.store.is_file() && unread(snapshot)) {
            let words = "what is stored cannot be read, and no variable is set.".to_owned();
            return Self::not("unread", words, Exit::Failure);
        }
        let key = asked.unseen_key(stores);
        let words = match (key, asked.order.program_name()) {
            (None, _) => format!("no API key, token or login for {provider}"),
            (Some(key), "") => format!("this order does not look at stored keys, such as {key}"),
            (Some(key), program) => format!("{program} does not look at stored keys, such as {key}"),
        };
        let steps = asked.ways_out(key, stores);
        let words = if steps.is_empty() { words + "." } else { format!("{words}: {}", steps.join(", or ")) };
        Self::not("missing", words, Exit::NotFound)
    }
}

/// What is wrong with entries that are not looked at because they cannot be understood.
fn passed_over(stores: &[Snapshot], provider: &str) -> Vec<String> {
    let files = stores.iter().filter(|snapshot| snapshot.store.is_file());
    let broken = files.flat_map(|snapshot| &snapshot.rows).filter_map(|row| match row {
        Row::Broken { name, at, why } if name.split('/').next() == Some(provider) => {
            Some(format!("{name} is not looked at, its entry cannot be understood: {at}: {why}"))
        }
        Row::Broken { .. } | Row::Profile(_) => None,
    });
    broken.collect()
}
