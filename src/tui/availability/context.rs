//! Availability of a key of the help, which is the key of another place.

use crate::domain::clock::Now;
use crate::tui::availability::{Unavailable, availability};
use crate::tui::keymap::{Binding, KeyContext};
use crate::tui::model::Model;
use crate::tui::screen::Screen;

/// Whether what a key does is possible on the screen that lies below the help.
///
/// # Errors
/// Why it is not.
pub fn in_context(
    model: &Model,
    below: &Screen,
    (context, binding): (KeyContext, &Binding),
    now: Now,
) -> Result<(), Unavailable> {
    means_something(model, below, context)?;
    match context {
        // The panel that lies below says it.
        KeyContext::Login => Ok(()),
        KeyContext::Everywhere
        | KeyContext::Profiles
        | KeyContext::Timeline
        | KeyContext::Copy
        | KeyContext::Choices
        | KeyContext::Server
        | KeyContext::Exchanges
        | KeyContext::Log
        | KeyContext::Lists
        | KeyContext::Scopes
        | KeyContext::Settings => availability(model, binding.action, now),
    }
}

/// Whether keys of that context mean something there, also after one that opens a chooser first.
///
/// # Errors
/// Where alone they do.
pub fn means_something(model: &Model, below: &Screen, context: KeyContext) -> Result<(), Unavailable> {
    let is_there = match context {
        KeyContext::Everywhere => true,
        KeyContext::Profiles | KeyContext::Copy => below.is_free(),
        KeyContext::Timeline => *below == Screen::List && model.timeline.is_some(),
        KeyContext::Login => matches!(below, Screen::Login(_)),
        KeyContext::Choices
        | KeyContext::Server
        | KeyContext::Exchanges
        | KeyContext::Log
        | KeyContext::Lists
        | KeyContext::Scopes
        | KeyContext::Settings => false,
    };
    if is_there { Ok(()) } else { Err(Unavailable::because(format!("Only {}", context.place()))) }
}
