//! `authtui demo`: everything to try without an account and without a network.
//!
//! [`authority`] is an authorization server as a value; [`serve`] puts it on a loopback port;
//! [`cast`] logs in one profile in every state. The screen on top is the ordinary one, on a
//! folder that goes away when the demo ends.

pub mod authority;
pub mod cast;
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the demo's own server listens on loopback"
)]
pub mod serve;

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::{Result, WrapErr, eyre};
use tempfile::TempDir;

use crate::demo::authority::fault::{Fault, Mishap};
use crate::demo::authority::{Authority, Settings, TOKEN};
use crate::demo::serve::Serving;
use crate::domain::change::{Change, Edit};
use crate::domain::provider::catalog::Catalog;
use crate::shell::paths::Paths;
use crate::shell::{Hands, file};
use crate::stored::own;

/// The provider file of the demo.
const PROVIDER: &str = include_str!("../assets/providers/demo.yaml");

/// An entry that nobody can understand: a token is a text, not a number.
const UNREADABLE: &str = "  other:\n    oauth_credentials:\n      - id: ivy\n        access_token: 12345\n";

/// A running demo. Dropping it ends the server and removes its files.
pub struct Demo {
    hands: Arc<Hands>,
    serving: Serving,
    _folder: TempDir,
}

impl Demo {
    /// Starts the server, fills a new folder, and plans `faults`.
    ///
    /// # Errors
    /// When there is no loopback port or no room for the folder.
    pub fn start(faults: &[Fault]) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        let folder = builder.prefix("authtui-demo-").tempdir().wrap_err("cannot make the demo's folder")?;
        let serving = Serving::start(Authority::new("", Settings::default()), 0);
        let serving = serving.wrap_err("cannot start the demo's server")?;
        let text = provider_file(serving.issuer());
        let catalog = Catalog::only([("demo.yaml".to_owned(), Ok(text))]);
        let hands = Hands::with_catalog(Paths::below(folder.path()), catalog);
        let demo = Self { hands, serving, _folder: folder };
        demo.fill()?;
        demo.serving.with(|authority| faults.iter().for_each(|fault| authority.faults.add(fault.clone())));
        Ok(demo)
    }

    /// What the screen works with.
    #[must_use]
    pub fn hands(&self) -> &Arc<Hands> {
        &self.hands
    }

    /// The server.
    #[must_use]
    pub fn serving(&self) -> &Serving {
        &self.serving
    }

    fn fill(&self) -> Result<()> {
        let now = self.hands.clock.now();
        let mut dice = Vec::new();
        for _ in 0..cast::COUNT {
            dice.push(serve::dice().wrap_err("cannot fill the demo's store")?);
        }
        let profiles = self.serving.with(|authority| cast::profiles(authority, now, dice));
        let mut text: Option<String> = None;
        for profile in profiles {
            let change =
                Change { name: profile.id.name.clone(), expects: None, edit: Edit::Keep(Box::new(profile)) };
            let amended = own::amend(text.as_deref(), &change);
            text = Some(amended.map_err(|_| eyre!("cannot fill the demo's store"))?.text);
        }
        let text = text.unwrap_or_default() + UNREADABLE;
        let written = file::replace(&self.hands.paths.config, None, text.as_bytes());
        written.map_err(|trouble| eyre!("{trouble}"))?;
        let slow = Mishap::Late(Duration::from_secs(6));
        self.serving.with(|authority| authority.faults.plan(TOKEN, 1, slow));
        Ok(())
    }
}

/// The demo's provider file for a server at `issuer`.
#[must_use]
pub fn provider_file(issuer: &str) -> String {
    PROVIDER.replace("{issuer}", issuer)
}
