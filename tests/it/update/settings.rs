//! The settings, and the themes that follow them.

use authtui::domain::settings::{Settings, ThemeChoice};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::theme::own::OwnTheme;
use authtui::tui::theme::palette::{Background, ColorDepth, Palette};
use authtui::tui::theme::{Glyphs, Theme};

use crate::harness::App;

#[test]
fn a_theme_counts_at_once_and_follows_what_the_terminal_says() {
    let mut app = App::with(["work"]);
    app.model.terminal.depth = ColorDepth::Direct;
    let of = |palette| Theme::of(palette, ColorDepth::Direct, Glyphs::unicode());
    assert_eq!(app.model.theme(), of(Palette::Terminal), "nothing is known of the background yet");
    app.tell_settings(Settings::default());
    app.feed(Msg::BackgroundTold(Background::Light));
    assert_eq!(app.model.theme(), of(Palette::On(Background::Light)));
    app.tell_settings(Settings { theme: ThemeChoice::Dark, ..Settings::default() });
    assert_eq!(app.model.theme(), of(Palette::On(Background::Dark)));
}

#[test]
fn a_theme_file_counts_once_it_is_read_and_its_fault_is_said() {
    let mut app = App::with(["work"]);
    let own = Settings { theme: ThemeChoice::File("mine.yaml".to_owned()), ..Settings::default() };
    app.tell_settings(own);
    let usual = app.model.theme();
    let mine = OwnTheme::read("bad: { fg: magenta }").expect("it is right");
    app.feed(Msg::Themed(Ok(mine)));
    assert_ne!(app.model.theme().bad, usual.bad);
    app.feed(Msg::Themed(Err("mine.yaml is not used: line 3".to_owned())));
    assert_eq!((app.model.theme(), app.message()), (usual, "mine.yaml is not used: line 3."));
}

#[test]
fn settings_are_read_again_when_somebody_writes_them_and_one_fault_is_said_once() {
    let mut app = App::with(["work"]);
    app.tell_settings(Settings { ascii: true, ..Settings::default() });
    assert_eq!(app.feed(Msg::SettingsTouched), [Effect::ReadSettings]);
    let fault = || Msg::Settled(Err("settings.yaml is not used: line 1".to_owned()));
    app.feed(fault());
    assert!(app.message().starts_with("settings.yaml is not used: line 1. Auto-refresh is off"));
    assert!(app.model.settings.ascii, "what was read before still counts");
    app.model.message = None;
    app.feed(fault());
    assert_eq!(app.model.message, None);
}
