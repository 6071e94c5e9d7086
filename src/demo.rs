//! `authtui demo`: everything to try without an account and without a network.
//!
//! [`authority`] is an authorization server as a value; [`serve`] puts it on a loopback port;
//! [`fixtures`] logs in one profile in every state and gives each a past. The screen on top is the
//! ordinary one, on a folder that goes away when the demo ends.
//!
//! There are two files about `demo`. The demo's own has every login method. [`provider_file`] has
//! those of a code alone, for tests that count the requests of one login, where a device code would
//! be one more, and that change its lines.

pub mod authority;
pub mod fixtures;
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

use crate::demo::authority::fault::{Fault, FaultKind};
use crate::demo::authority::{Authority, AuthoritySettings, TOKEN};
use crate::demo::serve::Serving;
use crate::domain::change::{Change, Edit};
use crate::domain::name::StoreId;
use crate::shell::Services;
use crate::shell::paths::Paths;
use crate::shell::store_files::file;
use crate::stored::config_file;
use crate::stored::provider_file::PRESETS;

const PROVIDER: &str = include_str!("../assets/providers/demo.yaml");

/// The provider files of the demo, each for another way to log in: name and text.
pub const PROVIDERS: [(&str, &str); 7] = [
    ("demo", include_str!("../assets/demo/demo.yaml")),
    ("demo-cal", include_str!("../assets/demo/demo-cal.yaml")),
    ("demo-form", include_str!("../assets/demo/demo-form.yaml")),
    ("demo-json", include_str!("../assets/demo/demo-json.yaml")),
    ("demo-qonic", include_str!("../assets/demo/demo-qonic.yaml")),
    ("demo-qwen", include_str!("../assets/demo/demo-qwen.yaml")),
    ("demo-tv", include_str!("../assets/demo/demo-tv.yaml")),
];

/// The preset with which a provider's file can be begun.
const TEMPLATE: &str = "oauth2";

/// An entry that nobody can understand: a token is a text, not a number.
const UNREADABLE: &str = "  other:\n    oauth_credentials:\n      - id: ivy\n        access_token: 12345\n";

/// A running demo. Dropping it ends the server and removes its files.
pub struct Demo {
    services: Arc<Services>,
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
        let serving = Serving::start(Authority::new("", AuthoritySettings::default()), 0);
        let serving = serving.wrap_err("cannot start the demo's server")?;
        let services = Services::with_presets(
            Paths::below(folder.path()),
            "authtui demo",
            Some(files(serving.issuer())),
        );
        // A person who presses a key at once has them all.
        drop(services.catalog_now());
        let demo = Self { services, serving, _folder: folder };
        demo.fill()?;
        demo.serving.with(|authority| faults.iter().for_each(|fault| authority.faults.add(fault.clone())));
        Ok(demo)
    }

    /// What the screen works with.
    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// The server.
    pub fn serving(&self) -> &Serving {
        &self.serving
    }

    fn fill(&self) -> Result<()> {
        let now = self.services.clock.now();
        let mut random = Vec::new();
        for _ in 0..fixtures::LOGINS {
            random.push(serve::random_bytes().wrap_err("cannot fill the demo's store")?);
        }
        let profiles = self.serving.with(|authority| fixtures::profiles(authority, now, random));
        let past = fixtures::past(&profiles, &self.services.paths.config, now);
        let mut text: Option<String> = None;
        for profile in profiles {
            let change =
                Change { name: profile.id.name.clone(), expects: None, edit: Edit::Put(Box::new(profile)) };
            let amended = config_file::amend(StoreId::Own, text.as_deref(), &change);
            text = Some(amended.map_err(|_| eyre!("cannot fill the demo's store"))?.text);
        }
        let text = text.unwrap_or_default() + UNREADABLE;
        let written = file::replace(&self.services.paths.config, None, text.as_bytes(), None);
        written.map_err(|trouble| eyre!("{trouble}"))?;
        self.services.event_log.write_each(&past).wrap_err("cannot fill the demo's event log")?;
        let slow = FaultKind::Late(Duration::from_secs(6));
        self.serving.with(|authority| authority.faults.plan(TOKEN, 1, slow));
        Ok(())
    }
}

/// The demo's provider files, for a server at `issuer`, and the template of others: a person may
/// describe that server anew.
pub fn files(issuer: &str) -> Vec<(String, String)> {
    let template = PRESETS.into_iter().filter(|(name, _)| *name == TEMPLATE);
    let all = PROVIDERS.into_iter().chain(template);
    all.map(|(name, text)| (format!("{name}.yaml"), text.replace("{issuer}", issuer))).collect()
}

/// A provider file with both methods that bring a code, for a server at `issuer`.
pub fn provider_file(issuer: &str) -> String {
    PROVIDER.replace("{issuer}", issuer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use crate::domain::event::{self, GrantEvent};
    use crate::domain::grant_status::GrantStatus;
    use crate::domain::name::StoreId;
    use crate::domain::provider::LoginMethod;
    use crate::stored::provider_file;

    #[test]
    fn every_provider_of_the_demo_can_be_read_and_every_login_method_is_there() {
        let files = files("http://127.0.0.1:4000");
        let catalog = provider_file::catalog_of_files(files.into_iter().map(|(path, text)| (path, Ok(text))));
        assert_eq!(catalog.errors, []);
        let names: Vec<&str> = catalog.usable().map(|provider| provider.name.as_str()).collect();
        assert_eq!(names, PROVIDERS.map(|(name, _)| name));
        assert!(catalog.get(TEMPLATE).is_some_and(|template| template.example));
        let flows = |name: &str| catalog.get(name).expect("a provider").flows.clone();
        assert_eq!(
            flows("demo"),
            [LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device, LoginMethod::Key]
        );
        assert_eq!(flows("demo-qwen"), [LoginMethod::Device]);
        let qonic = catalog.get("demo-qonic").expect("a provider");
        assert!(qonic.refresh.is_none() && qonic.scopes.list.is_some());
        assert!(!catalog.get("demo-cal").expect("a provider").state.echoed);
    }

    #[test]
    fn the_past_is_told_in_order_and_changes_no_state() {
        let demo = Demo::start(&[]).expect("a demo");
        let services = demo.services();
        let events = services.event_log.read().expect("a log");
        assert!(events.is_sorted_by_key(|event| event.at));
        assert!(events.iter().all(|event| event.at < services.clock.now().wall));
        assert_eq!(event::open(&events), BTreeSet::new());

        let snapshot = services.read_now(StoreId::Own);
        for profile in snapshot.profiles().filter(|profile| profile.id.name.provider() == "demo") {
            let name = &profile.id.name;
            let own: Vec<&GrantEvent> =
                events.iter().filter(|event| event.profile == *name).map(|event| &event.what).collect();
            assert!(matches!(own.first(), Some(GrantEvent::LoggedIn | GrantEvent::KeyStored)), "{name}");
            let refreshed = own.iter().filter_map(|what| {
                if let GrantEvent::Refreshed { generation, .. } = what { Some(*generation) } else { None }
            });
            assert_eq!(refreshed.max().unwrap_or(0), profile.refresh_count, "{name}");
            assert_eq!(GrantStatus::of(&events, profile, None, &BTreeSet::new()), None, "{name}");
        }
    }
}
