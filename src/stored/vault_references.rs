//! References to secrets that lie in a vault: what a store's file holds in their place.
//!
//! A reference, as in `keyring:0f3a…`, says in which vault a secret lies, and under which id. An id is random
//! and used once, so what lies under it never changes, and two profiles never share one. A change is planned
//! in two parts: what is to be put into the vault, and the same change with references in the place of the
//! secrets, which is made to the file as any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::{Change, Edit, RefreshedTokens};
use crate::domain::name::ProfileName;
use crate::domain::profile::{Kind, LastRefresh, Profile};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::{RefreshTokenId, StoredTokens, Tokens};

/// How many hexadecimal digits an id has.
pub const ID_LENGTH: usize = 32;

/// Which vault a secret lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VaultKind {
    /// The keyring of the system.
    Keyring,
    /// The encrypted file beside the store's.
    File,
}

impl VaultKind {
    const ALL: [Self; 2] = [Self::Keyring, Self::File];

    fn prefix(self) -> &'static str {
        match self {
            Self::Keyring => "keyring:",
            Self::File => "file:",
        }
    }
}

/// Where a secret lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub vault: VaultKind,
    /// Its id there: [`ID_LENGTH`] hexadecimal digits.
    pub id: String,
}

impl Reference {
    /// The reference that stands in the place of a secret, where one does.
    #[must_use]
    pub fn from_secret(secret: &Secret) -> Option<Self> {
        Self::from_text(secret.expose())
    }

    /// Reads what [`Reference::text`] writes.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        VaultKind::ALL.into_iter().find_map(|vault| {
            let id = text.strip_prefix(vault.prefix()).filter(|id| id.len() == ID_LENGTH)?;
            is_id(id).then(|| Self { vault, id: id.to_owned() })
        })
    }

    /// As it stands in a file.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}{}", self.vault.prefix(), self.id)
    }

    /// Every reference in `text`, wherever it stands: also in an entry that is not understood.
    #[must_use]
    pub fn all_in(text: &str) -> BTreeSet<Self> {
        let of = |vault: VaultKind| {
            text.split(vault.prefix()).skip(1).filter_map(move |rest| {
                let id = rest.get(..ID_LENGTH).filter(|id| is_id(id))?;
                Some(Self { vault, id: id.to_owned() })
            })
        };
        VaultKind::ALL.into_iter().flat_map(of).collect()
    }

    fn secret(&self) -> Secret {
        Secret::new(self.text())
    }
}

fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
}

/// The references of a profile as its file has it.
#[must_use]
pub fn references(profile: &Profile) -> Vec<Reference> {
    let tokens = profile.held.tokens();
    let access = tokens.map(|tokens| &tokens.access);
    let each =
        [access, tokens.and_then(|tokens| tokens.refresh.as_ref()), profile.login.client_secret.as_ref()];
    each.into_iter().flatten().filter_map(Reference::from_secret).collect()
}

/// A profile as its file has it, with the secrets that `find` knows; and whether it knew all of them. Tokens of
/// which one is missing are none.
#[must_use]
pub fn filled(profile: &Profile, find: impl Fn(&Reference) -> Option<Secret>) -> (Profile, bool) {
    let fill = |secret: &Secret| match Reference::from_secret(secret) {
        Some(reference) => find(&reference),
        None => Some(secret.clone()),
    };
    let mut full = profile.clone();
    full.login.client_secret = profile.login.client_secret.as_ref().and_then(fill);
    if let StoredTokens::Present(tokens) = &profile.held {
        full.held = match (fill(&tokens.access), tokens.refresh.as_ref().map(fill)) {
            (Some(access), None) => StoredTokens::Present(Tokens { access, refresh: None }),
            (Some(access), Some(Some(refresh))) => {
                StoredTokens::Present(Tokens { access, refresh: Some(refresh) })
            }
            (None, _) | (_, Some(None)) => StoredTokens::None,
        };
    }
    if let Some(last) = &mut full.last_refresh {
        rename_grant(
            last,
            profile.refresh_token(),
            full.held.tokens().and_then(|held| held.refresh.as_ref()),
        );
    }
    let is_whole = full.login.client_secret.is_some() == profile.login.client_secret.is_some()
        && full.held.tokens().is_some() == profile.held.tokens().is_some();
    (full, is_whole)
}

/// A profile as a draft has it, with the access token of `stored`, and ended: its own never came to the vault.
#[must_use]
pub fn with_older_access(draft: &Profile, stored: &Profile) -> Option<Profile> {
    let (new, old) = (draft.held.tokens()?, stored.held.tokens()?);
    let tokens = Tokens { access: old.access.clone(), refresh: new.refresh.clone() };
    let mut older = Profile { held: StoredTokens::Present(tokens), ..draft.clone() };
    older.life.expires_at = draft.life.obtained_at.or(draft.life.expires_at);
    Some(older)
}

/// Calls the grant of `last` as `to` does, where it is called as `from` does.
fn rename_grant(last: &mut LastRefresh, from: Option<&Secret>, to: Option<&Secret>) {
    if let (Some(from), Some(to)) = (from, to)
        && last.grant.as_ref() == Some(&RefreshTokenId::from_token(from))
    {
        last.grant = Some(RefreshTokenId::from_token(to));
    }
}

/// A secret that is to be put into a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    pub reference: Reference,
    pub secret: Secret,
    /// What the vault calls it for people.
    pub label: String,
}

/// What changes come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What is put into the vault before the file is changed.
    pub puts: Vec<Put>,
    /// The changes of the file.
    pub changes: Vec<Change>,
}

/// Plans `changes` of a file whose profiles are, as the file has them and filled, `there`. A secret of a profile
/// that is there goes into the vault that holds its others, one of a new profile into the `preferred`; `new_id`
/// makes ids.
pub fn plan<'a>(
    changes: &[Change],
    there: impl IntoIterator<Item = (&'a Profile, &'a Profile)>,
    preferred: VaultKind,
    new_id: impl FnMut() -> String,
) -> Plan {
    let (known, pairs, vaults) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut planner = Planner { known, pairs, vaults, preferred, new_id, puts: Vec::new() };
    for (written, full) in there {
        planner.learn(written, full);
    }
    let changes = changes.iter().map(|change| planner.change(change)).collect();
    Plan { puts: planner.puts, changes }
}

/// What is known while changes are planned.
struct Planner<F> {
    /// What stands for a secret of a profile.
    known: BTreeMap<(ProfileName, Fingerprint), Secret>,
    /// What the file has in the place of a pair of tokens.
    pairs: BTreeMap<(ProfileName, Fingerprint), Fingerprint>,
    vaults: BTreeMap<ProfileName, VaultKind>,
    preferred: VaultKind,
    new_id: F,
    puts: Vec<Put>,
}

impl<F: FnMut() -> String> Planner<F> {
    fn learn(&mut self, written: &Profile, full: &Profile) {
        let name = &full.id.name;
        if let Some(reference) = references(written).first() {
            self.vaults.insert(name.clone(), reference.vault);
        }
        let mut both = vec![(written.login.client_secret.as_ref(), full.login.client_secret.as_ref())];
        if let (Some(written), Some(full)) = (written.held.tokens(), full.held.tokens()) {
            both.push((Some(&written.access), Some(&full.access)));
            both.push((written.refresh.as_ref(), full.refresh.as_ref()));
            self.pairs.insert((name.clone(), full.fingerprint()), written.fingerprint());
        }
        for (written, full) in both {
            if let (Some(written), Some(full)) = (written, full)
                && written != full
            {
                self.known.insert((name.clone(), full.fingerprint()), written.clone());
            }
        }
    }

    fn change(&mut self, change: &Change) -> Change {
        let name = &change.name;
        let expected =
            change.expects.map(|pair| self.pairs.get(&(name.clone(), pair)).copied().unwrap_or(pair));
        let edit = match &change.edit {
            Edit::Put(profile) => Edit::Put(Box::new(self.profile(name, profile))),
            Edit::Add(profile) => Edit::Add(Box::new(self.profile(name, profile))),
            // What stood in the file refers to what has left the vault.
            Edit::Restore(extent, erased) => {
                Edit::Restore(*extent, Box::new(self.profile(name, &erased.profile).into()))
            }
            Edit::Refresh(refreshed) => {
                let tokens = self.tokens(name, &refreshed.tokens, Kind::OAuth);
                let mut record = refreshed.record.clone();
                rename_grant(&mut record, refreshed.tokens.refresh.as_ref(), tokens.refresh.as_ref());
                Edit::Refresh(Box::new(RefreshedTokens { tokens, record, ..(**refreshed).clone() }))
            }
            Edit::RecordRefresh(last) => {
                let mut last = last.clone();
                let stands = |(of, _): &(&(ProfileName, Fingerprint), &Secret)| of.0 == *name;
                let names =
                    self.known.iter().filter(stands).map(|((_, print), written)| (print.short(), written));
                let written = last.grant.as_ref().and_then(|grant| {
                    names.into_iter().find(|(short, _)| short == grant.as_str()).map(|(_, written)| written)
                });
                last.grant = written.map(RefreshTokenId::from_token).or(last.grant);
                Edit::RecordRefresh(last)
            }
            other @ (Edit::RecordTest(_)
            | Edit::RecordAccount(_)
            | Edit::RecordEnd(_)
            | Edit::RecordNote(_)
            | Edit::AutoRefresh(_)
            | Edit::Rename(_)
            | Edit::EraseTokens(_)
            | Edit::Remove) => other.clone(),
        };
        Change { name: name.clone(), expects: expected, edit }
    }

    fn profile(&mut self, name: &ProfileName, profile: &Profile) -> Profile {
        let mut written = profile.clone();
        let client_secret = profile.login.client_secret.as_ref();
        written.login.client_secret = client_secret.map(|secret| self.secret(name, secret, "client secret"));
        if let StoredTokens::Present(tokens) = &profile.held {
            let tokens = self.tokens(name, tokens, profile.kind);
            if let Some(last) = &mut written.last_refresh {
                rename_grant(last, profile.refresh_token(), tokens.refresh.as_ref());
            }
            written.held = StoredTokens::Present(tokens);
        }
        written
    }

    fn tokens(&mut self, name: &ProfileName, tokens: &Tokens, kind: Kind) -> Tokens {
        let word = match kind {
            Kind::ApiKey => "API key",
            Kind::OAuth | Kind::Environment => "access token",
        };
        // The refresh token first: whoever has it gets another access token.
        let refresh = tokens.refresh.as_ref().map(|refresh| self.secret(name, refresh, "refresh token"));
        let access = self.secret(name, &tokens.access, word);
        let written = Tokens { access, refresh };
        self.pairs.insert((name.clone(), tokens.fingerprint()), written.fingerprint());
        written
    }

    /// What stands for `secret` in the file: what stood for it before, or a new reference. An empty one is
    /// none, and stands as it is.
    fn secret(&mut self, name: &ProfileName, secret: &Secret, word: &str) -> Secret {
        if secret.is_empty() {
            return secret.clone();
        }
        let key = (name.clone(), secret.fingerprint());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let vault = self.vaults.get(name).copied().unwrap_or(self.preferred);
        let reference = Reference { vault, id: (self.new_id)() };
        let written = reference.secret();
        self.known.insert(key, written.clone());
        let label = format!("authtui: {word} of {}", name.exact());
        self.puts.push(Put { reference, secret: secret.clone(), label });
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::ChangeError;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::empty_profile;
    use crate::domain::profile::RefreshResult;
    use crate::domain::tokens::Expiry;

    fn tokens(of: &str) -> Tokens {
        Tokens { access: Secret::new(of), refresh: Some(Secret::new(format!("{of}-refresh"))) }
    }

    fn holder(of: &str) -> Profile {
        let held = StoredTokens::Present(tokens(of));
        Profile { held, ..empty_profile("demo/ana", Kind::OAuth) }
            .with_login(|login| login.client_secret = Some(Secret::new("client")))
    }

    fn change(expects: Option<&str>, edit: Edit) -> Change {
        let name = ProfileName::parse("demo/ana").expect("a name");
        Change { name, expects: expects.map(|of| tokens(of).fingerprint()), edit }
    }

    fn refresh(of: &str) -> Edit {
        let at = at_seconds(1_800_000_000).expect("in range");
        let grant = tokens(of).refresh.as_ref().map(RefreshTokenId::from_token);
        let record = LastRefresh::new(at, RefreshResult::Done, grant);
        let (life, origins) = (Expiry::default(), Vec::new());
        Edit::Refresh(Box::new(RefreshedTokens { tokens: tokens(of), life, scopes: None, record, origins }))
    }

    fn ids() -> impl FnMut() -> String {
        let mut count = 0;
        move || {
            count += 1;
            format!("{count:032x}")
        }
    }

    /// What the plan for a file that holds nothing writes, and what it puts.
    fn written(full: &Profile) -> (Profile, BTreeMap<Reference, Secret>) {
        let plan = plan(&[change(None, Edit::Put(Box::new(full.clone())))], [], VaultKind::Keyring, ids());
        let [Change { edit: Edit::Put(written), .. }] = &plan.changes[..] else { panic!("{plan:?}") };
        ((**written).clone(), plan.puts.into_iter().map(|put| (put.reference, put.secret)).collect())
    }

    #[test]
    fn only_what_is_wholly_a_reference_is_one() {
        let id = "0123456789abcdef0123456789abcdef";
        for (text, is_one) in [
            (format!("keyring:{id}"), true),
            (format!("file:{id}"), true),
            (format!("keyring:{id}0"), false),
            (format!("keyring:{}", &id[1..]), false),
            (format!("keyring:{}", id.to_uppercase()), false),
            (format!(" keyring:{id}"), false),
            (id.to_owned(), false),
        ] {
            let found = Reference::from_text(&text);
            assert_eq!(found.is_some(), is_one, "{text}");
            assert!(found.is_none_or(|found| found.text() == text));
        }
        let text = format!("a: keyring:{id}\n# file:{id}\nb: [keyring:12, \"keyring:{id}\"] ü keyring:");
        assert_eq!(Reference::all_in(&text).len(), 2);
    }

    #[test]
    fn no_secret_is_left_in_what_is_written_and_all_are_filled_in_again() {
        let full = holder("old");
        let (written, vault) = written(&full);
        assert_eq!(references(&written).len(), 3);
        assert_eq!(
            references(&written).into_iter().collect::<BTreeSet<_>>(),
            vault.keys().cloned().collect()
        );
        assert_eq!(filled(&written, |reference| vault.get(reference).cloned()), (full.clone(), true));
        assert_eq!(
            filled(&written, |_| None),
            (
                Profile { held: StoredTokens::None, ..full }.with_login(|login| login.client_secret = None),
                false
            )
        );
    }

    #[test]
    fn a_change_meets_the_pair_it_was_made_for_and_no_other() {
        let full = holder("old");
        let (file, _) = written(&full);
        for (expects, moved) in
            [(Some("old"), None), (None, None), (Some("other"), Some(ChangeError::Replaced))]
        {
            let plan = plan(&[change(expects, refresh("new"))], [(&file, &full)], VaultKind::Keyring, ids());
            assert_eq!(plan.changes[0].outcome(Some(&file)).err(), moved);
        }
        // The same after another change of the same save.
        let both = [change(Some("old"), refresh("new")), change(Some("new"), refresh("newest"))];
        let plan = plan(&both, [(&file, &full)], VaultKind::Keyring, ids());
        let between = plan.changes[0].outcome(Some(&file)).expect("met").expect("there");
        assert!(plan.changes[1].outcome(Some(&between)).is_ok());
        // Tokens that another program stored meanwhile are others, whatever they are called.
        let (other, _) = written(&holder("stored meanwhile"));
        let other = Profile { held: StoredTokens::Present(tokens("x")), ..other };
        assert_eq!(plan.changes[0].outcome(Some(&other)), Err(ChangeError::Replaced));
    }

    #[test]
    fn a_secret_that_stays_keeps_its_reference_and_its_vault() {
        let full = holder("old");
        let (mut file, _) = written(&full);
        let again = plan(
            &[change(None, Edit::Put(Box::new(full.clone())))],
            [(&file, &full)],
            VaultKind::Keyring,
            || unreachable!("nothing is new"),
        );
        assert_eq!(again.puts, []);
        let client = Reference { vault: VaultKind::File, id: "f".repeat(ID_LENGTH) };
        file.login.client_secret = Some(client.secret());
        file.held = StoredTokens::None;
        let emptied = Profile { held: StoredTokens::None, ..full.clone() };
        let login = change(None, Edit::Put(Box::new(full)));
        let plan = plan(&[login], [(&file, &emptied)], VaultKind::Keyring, ids());
        assert_eq!(plan.puts.len(), 2);
        assert!(plan.puts.iter().all(|put| put.reference.vault == VaultKind::File), "{plan:?}");
    }

    #[test]
    fn the_grant_of_the_last_refresh_is_called_by_its_reference_in_the_file_alone() {
        let full = holder("old");
        let (file, vault) = written(&full);
        let plan = plan(&[change(Some("old"), refresh("new"))], [(&file, &full)], VaultKind::Keyring, || {
            "e".repeat(ID_LENGTH - 1) + "1"
        });
        let after = plan.changes[0].outcome(Some(&file)).expect("met").expect("there");
        assert!(after.last_refresh_of_this_grant().is_some());
        let find = |reference: &Reference| {
            let put = plan.puts.iter().rev().find(|put| put.reference == *reference);
            put.map(|put| put.secret.clone()).or_else(|| vault.get(reference).cloned())
        };
        let (full, _) = filled(&after, find);
        assert!(full.last_refresh_of_this_grant().is_some());
    }
}
