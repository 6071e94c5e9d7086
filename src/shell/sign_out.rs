//! Sign-out on this machine alone: it erases, and hands out what it erased.

use std::sync::Arc;

use crate::domain::change::{Change, ChangeError, ErasedProfile, Extent, SignedOut};
use crate::domain::name::ProfileId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::Services;
use crate::shell::refresh::rescue;
use crate::shell::store_files::ApplyError;

/// How often somebody else may store other tokens between the look and the erasing.
const RETRY_LIMIT: usize = 8;

/// Erases so much of a profile, whatever its tokens are by then.
///
/// # Errors
/// A [`Trouble`] when it is not erased.
pub async fn sign_out(
    services: &Arc<Services>,
    id: &ProfileId,
    extent: Extent,
) -> Result<SignedOut, Trouble> {
    for _ in 0..RETRY_LIMIT {
        let before = services.read(id.store).await.profile(&id.name).cloned();
        // What is kept for the next refresh is erased too; without it the rest is of no use.
        let rescued = rescue::place(&services.paths.state, services.place(id.store));
        let is_whole = !rescue::keeps(&rescued, &id.name);
        let expects = before.as_ref().and_then(|profile| profile.held.fingerprint());
        let edit = extent.edit(services.clock.now().wall);
        let change = Change { name: id.name.clone(), expects, edit };
        let text = services.erased_text(id.store, change.clone()).await;
        match services.apply(id.store, change).await {
            Ok(snapshot) => {
                let extent = match snapshot.profile(&id.name) {
                    Some(_) => Extent::Tokens,
                    None => Extent::Profile,
                };
                let erased = before.filter(|_| is_whole);
                let erased = erased.map(|profile| (extent, Box::new(ErasedProfile { profile, text })));
                return Ok(SignedOut { snapshot, erased });
            }
            Err(ApplyError::Trouble(trouble)) => return Err(trouble),
            Err(ApplyError::Moved(ChangeError::Erased | ChangeError::Replaced)) => {}
            Err(ApplyError::Moved(moved @ (ChangeError::Gone | ChangeError::Taken))) => {
                let what = format!("cannot sign out of {}", id.name);
                return Err(Trouble::untouched(what, moved.to_string(), FailureKind::NothingToDo));
            }
        }
    }
    let what = format!("cannot sign out of {}", id.name);
    let why = "other programs keep storing tokens for it";
    Err(Trouble::untouched(what, why, FailureKind::Temporary(None)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Edit;
    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures::{empty_profile, tokens};
    use crate::domain::name::{ProfileName, StoreId};
    use crate::domain::profile::{Kind, Profile};
    use crate::domain::tokens::StoredTokens;
    use crate::shell::paths::Paths;

    const TEXT: &str = "\
# mine
version: 1
providers:
  demo:
    oauth_credentials:
    - id: ana
      access_token: a1
      refresh_token: r1
      note: keep me
      expires_at: \"2030-01-02T03:04:05Z\"
    - id: ben
      access_token: b1
    api_key: k1
";

    fn services(folder: &tempfile::TempDir) -> Arc<Services> {
        let paths = Paths::below(folder.path());
        std::fs::create_dir_all(paths.config.parent().expect("a folder")).expect("made");
        std::fs::write(&paths.config, TEXT).expect("written");
        Services::new(paths, "authtui")
    }

    fn id(name: &str) -> ProfileId {
        ProfileId { store: StoreId::Own, name: ProfileName::parse(name).expect("a name") }
    }

    async fn restore(
        services: &Arc<Services>,
        erased: Option<(Extent, Box<ErasedProfile>)>,
    ) -> Result<(), ApplyError> {
        let (extent, erased) = erased.expect("it can be put back");
        let (name, edit) = (erased.profile.id.name.clone(), Edit::Restore(extent, erased));
        services.apply(StoreId::Own, Change { name, expects: None, edit }).await.map(|_| ())
    }

    #[tokio::test]
    async fn what_is_erased_in_the_file_can_be_put_back_and_the_log_tells_both() {
        for (name, secret, extent) in [
            ("demo/ana", "a1", Extent::Tokens),
            ("demo/ana", "a1", Extent::Profile),
            ("demo/ben", "b1", Extent::Tokens),
            ("demo/key", "k1", Extent::Tokens),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let services = services(&folder);
            let id = id(name);
            let file = || std::fs::read_to_string(&services.paths.config).expect("a file");
            let before = services.read(StoreId::Own).await;
            let held = before.profile(&id.name).expect("a profile").clone();

            let signed_out = sign_out(&services, &id, extent).await.expect("erased");

            let left = signed_out.snapshot.profile(&id.name).map(|profile| profile.held.tokens().cloned());
            assert!(left.is_none_or(|tokens| tokens.is_none()), "{name}");
            assert!(!file().contains(secret), "{}", file());
            restore(&services, signed_out.erased).await.expect("put back");
            let after = services.read(StoreId::Own).await;
            assert_eq!(after.profile(&id.name), Some(&held), "{name}");
            assert_eq!(after.rows.len(), before.rows.len());
            assert_eq!(file(), TEXT, "byte for byte");
            let log = services.event_log.read().expect("a log");
            let happened: Vec<&GrantEvent> = log.iter().map(|event| &event.what).collect();
            assert_eq!(happened, [&GrantEvent::Erased, &GrantEvent::Restored], "{name}");
        }
    }

    #[tokio::test]
    async fn a_deleted_profile_comes_back_though_its_neighbour_was_changed_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = services(&folder);
        let file = || std::fs::read_to_string(&services.paths.config).expect("a file");
        let signed_out = sign_out(&services, &id("demo/ana"), Extent::Profile).await.expect("erased");
        std::fs::write(&services.paths.config, file().replace("b1", "b2") + "# more\n").expect("written");

        restore(&services, signed_out.erased).await.expect("put back");

        let stored = services.read(StoreId::Own).await;
        let token = stored.profile(&id("demo/ana").name).and_then(|one| one.held.tokens().cloned());
        assert_eq!(token, Some(tokens("a1", Some("r1"))));
        assert!(
            file().contains("b2") && file().contains("# mine") && file().contains("# more"),
            "{}",
            file()
        );
    }

    #[tokio::test]
    async fn tokens_that_were_stored_meanwhile_are_never_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = services(&folder);
        let id = id("demo/ana");
        let signed_out = sign_out(&services, &id, Extent::Tokens).await.expect("erased");
        let newer = Profile {
            held: StoredTokens::Present(tokens("a2", Some("r2"))),
            ..empty_profile("demo/ana", Kind::OAuth)
        };
        let login = Edit::Put(Box::new(newer.clone()));
        let login = Change { name: id.name.clone(), expects: None, edit: login };
        services.apply(StoreId::Own, login).await.expect("stored");

        let refused = restore(&services, signed_out.erased).await;

        assert_eq!(refused, Err(ApplyError::Moved(ChangeError::Replaced)));
        let stored = services.read(StoreId::Own).await;
        assert_eq!(stored.profile(&id.name).map(|profile| &profile.held), Some(&newer.held));
    }

    #[tokio::test]
    async fn the_tokens_that_are_put_back_are_those_that_the_file_held() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = services(&folder);
        // Another program has refreshed since the screen read the file.
        let newer = TEXT.replace("a1", "a2").replace("r1", "r2");
        std::fs::write(&services.paths.config, newer).expect("written");
        let signed_out = sign_out(&services, &id("demo/ana"), Extent::Tokens).await.expect("erased");
        let held = signed_out.erased.map(|(_, erased)| erased.profile.held);
        assert_eq!(held, Some(StoredTokens::Present(tokens("a2", Some("r2")))));
    }
}
