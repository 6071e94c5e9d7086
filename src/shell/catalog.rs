//! Catalog of the providers: read when it is first asked for, and again when a file of it was written.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};

use crate::domain::change::Snapshot;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::trouble::Trouble;
use crate::shell::{Services, broke, providers};
use crate::stored::provider_file::{self, PRESETS};

impl Services {
    /// The providers, read when they are first asked for.
    pub async fn catalog(self: &Arc<Self>) -> Arc<Catalog> {
        if let Some(catalog) = &*self.known_catalog() {
            return Arc::clone(catalog);
        }
        let services = Arc::clone(self);
        let reading = tokio::task::spawn_blocking(move || services.catalog_now()).await;
        reading.unwrap_or_default()
    }

    /// The providers, at once and in this thread: for commands.
    #[must_use]
    pub fn catalog_now(&self) -> Arc<Catalog> {
        if let Some(catalog) = &*self.known_catalog() {
            return Arc::clone(catalog);
        }
        let read = Arc::new(self.read_catalog());
        // Where somebody else has just read them, theirs stay.
        Arc::clone(self.known_catalog().get_or_insert(read))
    }

    /// Writes the file of a new provider, and reads all of them again.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be written; no file is ever replaced.
    pub async fn add_provider(self: &Arc<Self>, name: String, text: String) -> Result<Arc<Catalog>, Trouble> {
        self.with_providers(move |folder| providers::add(folder, &name, &text)).await
    }

    /// Writes the file of a provider that a discovery found in the place of the one that it wrote before, and
    /// reads all of them again.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be written; then the file is as it was.
    pub async fn replace_provider(
        self: &Arc<Self>,
        name: String,
        text: String,
    ) -> Result<Arc<Catalog>, Trouble> {
        self.with_providers(move |folder| providers::replace(folder, &name, &text)).await
    }

    /// Changes the folder of provider files, and reads all of them again.
    async fn with_providers(
        self: &Arc<Self>,
        change: impl FnOnce(&Path) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<Arc<Catalog>, Trouble> {
        let services = Arc::clone(self);
        let changing = tokio::task::spawn_blocking(move || {
            change(&services.paths.providers)?;
            let read = Arc::new(services.read_catalog());
            Ok(Arc::clone(services.known_catalog().insert(read)))
        });
        changing.await.unwrap_or_else(|_| Err(broke("cannot save the provider file")))
    }

    /// Those of the providers that are wanted by their name and the text of a file of that name, for commands
    /// that need no others; all of them where they are known already. They are for looking, not for asking.
    #[must_use]
    pub fn some_providers(&self, is_wanted: impl Fn(&str, &str) -> bool) -> Arc<Catalog> {
        let known = self.known_catalog().clone();
        known.unwrap_or_else(|| Arc::new(self.read_some(is_wanted)))
    }

    /// The providers of the profiles in `stores`, for commands that need no others.
    #[must_use]
    pub fn providers_of(&self, stores: &[Snapshot]) -> Arc<Catalog> {
        let profiles = stores.iter().flat_map(Snapshot::profiles);
        let names: BTreeSet<&str> = profiles.map(|profile| profile.id.name.provider()).collect();
        self.some_providers(|name, _| names.contains(name))
    }

    fn read_some(&self, is_wanted: impl Fn(&str, &str) -> bool) -> Catalog {
        match (providers::files(&self.paths.providers), &self.presets) {
            (Err(complaint), _) => Catalog::unreadable(complaint),
            (Ok(own), None) => provider_file::some_of(&PRESETS, own, is_wanted),
            (Ok(own), Some(files)) => {
                let files = files.iter().map(|(path, text)| (path.clone(), Ok(text.clone())));
                provider_file::some_of(&[], files.chain(own), is_wanted)
            }
        }
    }

    fn read_catalog(&self) -> Catalog {
        let catalog = self.read_some(|_, _| true);
        // Of those that come with the program none was discovered.
        let own = catalog.files().map(|entry| &entry.provider).filter(|provider| !provider.example);
        self.http.must_be_public(own.flat_map(Provider::public_hosts));
        catalog
    }

    pub(super) fn known_catalog(&self) -> MutexGuard<'_, Option<Arc<Catalog>>> {
        self.catalog.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::paths::Paths;

    #[test]
    fn a_provider_that_is_added_is_known_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
        runtime.block_on(async {
            assert!(services.catalog().await.get("acme").is_none());
            let added = services.add_provider("acme".to_owned(), text.to_owned()).await.expect("saved");
            assert!(added.get("acme").is_some());
            assert_eq!(services.catalog().await, added, "refreshes and copies know it too");
            assert!(services.add_provider("acme".to_owned(), text.to_owned()).await.is_err());
        });
    }

    #[test]
    fn a_provider_that_is_added_stands_beside_those_that_take_the_presets_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = |name: &str| {
            format!(
                "name: {name}\nendpoints: {{ authorize: 'https://a.test/a', token: 'https://a.test/t' }}\n"
            )
        };
        let files = vec![("demo.yaml".to_owned(), text("demo"))];
        let services = Services::with_presets(Paths::below(folder.path()), "authtui", Some(files));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let added = services.add_provider("acme".to_owned(), text("acme")).await.expect("saved");
            let names: Vec<&str> = added.usable().map(|provider| provider.name.as_str()).collect();
            assert_eq!(names, ["acme", "demo"]);
        });
    }
}
