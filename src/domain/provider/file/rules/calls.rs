//! What a file's own requests may carry, and what they must.

use crate::domain::provider::RefreshScope;
use crate::domain::provider::call::{Body, Call, Method, Slot, Template, Tree};
use crate::domain::provider::file::rules::{Broken, holes, rule};
use crate::domain::provider::file::written::Written;

/// One request of the file's own.
struct Kind<'a> {
    name: &'static str,
    call: &'a Call,
    /// What is there to fill it.
    known: &'static [Slot],
    /// What the answer to it depends on.
    must: Vec<Slot>,
}

const AUTHORIZE: &[Slot] =
    &[Slot::ClientId, Slot::Redirect, Slot::Scope, Slot::Challenge, Slot::Account, Slot::State];
const EXCHANGE: &[Slot] = &[
    Slot::ClientId,
    Slot::ClientSecret,
    Slot::Basic,
    Slot::Code,
    Slot::State,
    Slot::Redirect,
    Slot::Verifier,
];
const REFRESH: &[Slot] = &[Slot::ClientId, Slot::ClientSecret, Slot::Basic, Slot::Refresh, Slot::Scope];
const DEVICE: &[Slot] = &[Slot::ClientId, Slot::ClientSecret, Slot::Basic, Slot::Scope, Slot::Challenge];
const POLL: &[Slot] = &[Slot::ClientId, Slot::ClientSecret, Slot::Basic, Slot::DeviceCode, Slot::Verifier];
const REVOKE: &[Slot] = &[
    Slot::ClientId,
    Slot::ClientSecret,
    Slot::Basic,
    Slot::Token,
    Slot::TokenHint,
    Slot::Refresh,
    Slot::Access,
];
const PROBE: &[Slot] = &[Slot::Access];

/// The first rule that a call of `written` breaks.
pub(super) fn broken(written: &Written) -> Option<Broken> {
    let has_secret = written.client.authentication.has_secret();
    let unscoped = || unscoped_refresh(written);
    kinds(written)
        .iter()
        .find_map(|kind| fault(kind, has_secret))
        .or_else(unscoped)
        .or_else(|| probe(written))
}

/// A refresh that names its scopes, of which the file says that there are none.
fn unscoped_refresh(written: &Written) -> Option<Broken> {
    let call = &written.calls.refresh.as_ref()?.0;
    let is_unscoped = matches!(written.refresh.scope, Some(RefreshScope::None));
    let names_scope = call.slots().contains(&Slot::Scope);
    let words = "refresh.scope is none, so that nothing fills {scope} in calls.refresh";
    (is_unscoped && names_scope).then(|| rule(&["refresh", "scope"], words)).flatten()
}

fn kinds(written: &Written) -> Vec<Kind<'_>> {
    let calls = &written.calls;
    let code = |slot| written.pkce.is_on().then_some(slot);
    let device = |slot| written.device_pkce().is_on().then_some(slot);
    let echoed = written.state.echoed.then_some(Slot::State);
    let authorize = calls.authorize.as_ref().map(|sent| Kind {
        name: "authorize",
        call: &sent.call,
        known: AUTHORIZE,
        must: code(Slot::Challenge).into_iter().chain(echoed).collect(),
    });
    let token = [
        ("exchange", &calls.exchange, EXCHANGE, Some(Slot::Code), code(Slot::Verifier)),
        ("refresh", &calls.refresh, REFRESH, Some(Slot::Refresh), None),
        ("device", &calls.device, DEVICE, None, device(Slot::Challenge)),
        ("revoke", &calls.revoke, REVOKE, None, None),
        ("poll", &calls.poll, POLL, Some(Slot::DeviceCode), device(Slot::Verifier)),
    ];
    let token = token.into_iter().filter_map(|(name, call, known, one, other)| {
        let must = one.into_iter().chain(other).collect();
        Some(Kind { name, call: &call.as_ref()?.0, known, must })
    });
    authorize.into_iter().chain(token).collect()
}

fn fault(kind: &Kind<'_>, has_secret: bool) -> Option<Broken> {
    let Kind { name, call, known, must } = kind;
    let place = format!("calls.{name}");
    let at = |path: &[String], words: String| {
        let steps = ["calls", name].into_iter().map(String::from);
        Some(Broken { path: steps.chain(path.iter().cloned()).collect(), words })
    };
    let all = templates(call);
    if let Some(words) = holes::secret_in_address(&call.url) {
        return at(&[method(call).to_owned()], words);
    }
    for (path, template) in &all {
        let unfilled = holes::misplaced(&place, template, known);
        if let Some(words) = unfilled.or_else(|| unasked(template).filter(|_| !has_secret)) {
            return at(path, words);
        }
    }
    if let Some(words) = holes::bad_address(&call.url) {
        return at(&[method(call).to_owned()], words);
    }
    if let Some((header, words)) = holes::bad_header(&call.headers) {
        return at(&["headers".to_owned(), header.to_owned()], words);
    }
    let names_token = all.iter().flat_map(|(_, template)| template.slots()).any(is_token);
    if *name == "revoke" && !names_token {
        return at(&[], format!("{place} carries none of {{token}}, {{refresh}} and {{access}}"));
    }
    let carried = |slot: &&Slot| all.iter().any(|(_, template)| template.slots().any(|one| one == **slot));
    let slot = must.iter().find(|slot| !carried(slot))?;
    at(&[], format!("{place} carries no {{{}}}{}", slot.word(), why(*slot)))
}

fn is_token(slot: Slot) -> bool {
    matches!(slot, Slot::Token | Slot::Refresh | Slot::Access)
}

/// Why `template` waits for a secret that nobody is asked for.
fn unasked(template: &Template) -> Option<String> {
    let slot = template.slots().find(|slot| matches!(slot, Slot::ClientSecret | Slot::Basic))?;
    Some(format!("client.authentication is none, so that nobody is asked for {{{}}}", slot.word()))
}

/// Why a call must carry `slot`, where that does not go without saying.
fn why(slot: Slot) -> &'static str {
    match slot {
        Slot::Challenge | Slot::Verifier => ", though pkce is not off",
        Slot::State => ", so that no answer can bring it back; then say state: { echoed: false }",
        Slot::ClientId
        | Slot::ClientSecret
        | Slot::Basic
        | Slot::Code
        | Slot::Redirect
        | Slot::Refresh
        | Slot::Access
        | Slot::Token
        | Slot::TokenHint
        | Slot::DeviceCode
        | Slot::Scope
        | Slot::Account => "",
    }
}

fn probe(written: &Written) -> Option<Broken> {
    let probe = written.probe.as_ref()?;
    let get = || vec!["probe".to_owned(), "get".to_owned()];
    let header = |name: &str| vec!["probe".to_owned(), "headers".to_owned(), name.to_owned()];
    if let Some(words) = holes::bad_address(&probe.get) {
        return Some(Broken { path: get(), words });
    }
    if let Some(words) = holes::misplaced("probe", &probe.get, PROBE) {
        return Some(Broken { path: get(), words });
    }
    let headers = &probe.headers.0;
    let misplaced = headers.iter().find_map(|(name, value)| {
        Some(Broken { path: header(name), words: holes::misplaced("probe", value, PROBE)? })
    });
    misplaced.or_else(|| {
        let (name, words) = holes::bad_header(headers)?;
        Some(Broken { path: header(name), words })
    })
}

fn method(call: &Call) -> &'static str {
    match call.method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Delete => "delete",
    }
}

/// Every template of `call`, and where it stands below it.
fn templates(call: &Call) -> Vec<(Vec<String>, &Template)> {
    let named = |part: &str, name: &str| vec![part.to_owned(), name.to_owned()];
    let mut all = vec![(vec![method(call).to_owned()], &call.url)];
    all.extend(call.headers.iter().map(|(name, value)| (named("headers", name), value)));
    match &call.body {
        Body::Empty => {}
        Body::Form(fields) => all.extend(fields.iter().map(|(name, value)| (named("form", name), value))),
        Body::Json(tree) => gather(tree, &mut vec!["json".to_owned()], &mut all),
    }
    all
}

fn gather<'a>(tree: &'a Tree, path: &mut Vec<String>, all: &mut Vec<(Vec<String>, &'a Template)>) {
    let mut below = |step: String, tree: &'a Tree| {
        path.push(step);
        gather(tree, path, all);
        path.pop();
    };
    match tree {
        Tree::Text(template) => all.push((path.clone(), template)),
        Tree::Fixed(_) => {}
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                below(index.to_string(), item);
            }
        }
        Tree::Object(fields) => {
            for (name, field) in fields {
                below(name.clone(), field);
            }
        }
    }
}
