//! What a login has written before it ended, so that nobody is told that nothing was.

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::text;
use crate::shell::Services;
use crate::shell::store_files::file::shown;
use crate::tui::text_layout;

/// The longest address that is printed, in characters.
const ADDRESS_LIMIT: usize = 200;

/// What stays though no tokens came.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptFile(Option<String>);

impl KeptFile {
    /// The provider file that was written for `server`.
    pub(super) fn of(services: &Services, server: &DiscoveredServer) -> Self {
        let address = text::clean(server.source.from.as_str(), ADDRESS_LIMIT);
        let what = match server.client.registered {
            Some(_) => format!("the registration at {address}"),
            None => format!("what was found at {address}"),
        };
        let path = services.paths.providers.join(format!("{}.yaml", server.name));
        Self(Some(format!("{what} is kept in {}", shown(&path))))
    }

    /// What was changed, as a sentence without a full stop that begins small.
    pub(super) fn changes(&self) -> String {
        match &self.0 {
            None => "nothing was changed".to_owned(),
            Some(kept) => format!("{kept}, and nothing else was changed"),
        }
    }

    /// Says why the login cannot be.
    pub(super) fn refused(&self, why: &str) -> Exit {
        say(&format!("{why}. {}.", text_layout::capital(&self.changes())));
        Exit::Usage
    }

    /// Says that the person ended it.
    pub(super) fn cancelled(&self) -> Exit {
        say(&format!("cancelled; {}.", self.changes()));
        Exit::Failure
    }
}
