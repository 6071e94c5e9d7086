//! `authtui login PROVIDER[/NAME] --key`: an API key, stored.

use std::sync::Arc;

use crate::cli::exit::{self, Exit};
use crate::domain::change::{Change, Edit};
use crate::domain::name::StoreId;
use crate::domain::provider::Provider;
use crate::shell::stores::Failure;
use crate::shell::{Hands, console};

/// Stores the key that `change` holds, and says so.
pub(super) async fn store(hands: &Arc<Hands>, provider: &Provider, change: Change) -> Exit {
    let name = change.name.clone();
    let shown = match &change.edit {
        Edit::Keep(profile) | Edit::Add(profile) => {
            profile.held.tokens().map(|tokens| tokens.access.mask(&provider.masks))
        }
        Edit::Refresh(_)
        | Edit::Record(_)
        | Edit::Tested(_)
        | Edit::Automatic(_)
        | Edit::Forget(_)
        | Edit::Remove => None,
    };
    match hands.apply(StoreId::Own, change).await {
        Ok(snapshot) => {
            console::say(&format!("Stored: {name}"));
            console::say(&format!("  key      {}", shown.unwrap_or_default()));
            console::say(&format!("  store    {}", snapshot.place));
            Exit::Done
        }
        Err(Failure::Moved(moved)) => {
            console::say(&format!("authtui: {name}: {moved}. Nothing was changed; run it again."));
            Exit::Passing
        }
        Err(Failure::Trouble(trouble)) => exit::trouble(&trouble, &name.to_string()),
    }
}
