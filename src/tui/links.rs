//! Links: the addresses that may stand on the screen whole, to be opened where they stand.

use url::Url;

use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::shown_method::ShownMethod;

/// The addresses of what is looked at: of a login that waits, of the selected profile's provider, and of
/// what was said last.
#[must_use]
pub fn links(model: &Model) -> Vec<Url> {
    let shown = ShownMethod::of(model).filter(|_| matches!(model.screen, Screen::Login(_)));
    let of_login = shown.iter().flat_map(|shown| {
        let code = shown.device();
        let pages = code.into_iter().flat_map(|code| [Some(&code.page), code.page_with_code.as_ref()]);
        pages.chain([shown.methods.short.as_ref(), shown.methods.paste.as_ref()]).flatten()
    });
    let provider = model.selected_profile().and_then(|profile| model.provider(profile));
    let of_provider = provider
        .into_iter()
        .flat_map(|provider| [&provider.revoke_page, &provider.key_page, &provider.homepage])
        .flatten();
    let words = model.message.iter().flat_map(|message| message.report.text.split_whitespace());
    let said = words.filter(|word| word.contains("://")).filter_map(|word| Url::parse(word).ok());
    of_login.chain(of_provider).cloned().chain(said).collect()
}
