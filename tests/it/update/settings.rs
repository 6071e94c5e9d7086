//! The settings, and the themes that follow them.

use std::time::Duration;

use authtui::domain::clock::TimeDelta;
use authtui::domain::schedule::When;
use authtui::domain::setting::Setting;
use authtui::domain::settings::{Settings, ThemeChoice};
use authtui::stored::rules_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::AutoRefreshMode;
use authtui::tui::screen::Screen;
use authtui::tui::theme::own::OwnTheme;
use authtui::tui::theme::palette::{Background, ColorDepth, Palette};
use authtui::tui::theme::{Glyphs, Theme};

use crate::harness::{App, due, full};

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
    let dark = Palette::On(Background::Dark);
    assert_eq!(app.model.theme(), of(dark).grounded(dark, ColorDepth::Direct), "the terminal is light");
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
    assert_eq!(
        (app.model.theme(), app.message()),
        (usual, "mine.yaml is not used: line 3. Correct it, or choose another theme: , opens the settings.")
    );
}

#[test]
fn the_pane_says_where_a_rule_means_the_profile_and_a_fault_of_the_rules_is_said_once() {
    let mut app = App::with(["work"]);
    let rules = |text: &str| Msg::Ruled(rules_file::read(text).map_err(|why| format!("rules.yaml: {why}")));
    let name = app.profile("work").id.name.exact();
    app.feed(rules(&format!(
        "folders:\n  ~/lab: {name}\n  ~/other: shared:{name}\nremotes:\n  git.test/corp: {name}\n"
    )));
    assert!(app.screen().contains("used in ~/lab, git.test/corp"), "{}", app.screen());
    for _ in 0..2 {
        app.model.message = None;
        app.feed(rules("folders:\n  lab: a/b\n"));
        assert!(!app.screen().contains("used in"), "{}", app.screen());
    }
    assert_eq!(app.model.message, None, "it was said before");
}

#[test]
fn settings_are_read_again_when_somebody_writes_them_and_one_fault_is_said_once() {
    let mut app = App::with(["work"]);
    app.tell_settings(Settings { ascii: true, ..Settings::default() });
    assert_eq!(app.feed(Msg::SettingsTouched), [Effect::ReadSettings]);
    let fault = || Msg::Settled(Err("settings.yaml is not used: line 1".to_owned()));
    app.feed(fault());
    assert!(app.message().starts_with("settings.yaml is not used: line 1. Correct it; auto-refresh is off"));
    assert!(app.model.settings.ascii, "what was read before still counts");
    app.model.message = None;
    app.feed(fault());
    assert_eq!(app.model.message, None);
}

#[test]
fn a_setting_counts_at_once_and_saves_follow_each_other() {
    let mut app = App::with(["work"]);
    app.tell_settings(Settings::default());
    app.keys(",");
    let theme = |value: &str| vec![(Setting::Theme, value.to_owned())];
    assert_eq!(app.press("right"), [Effect::SaveSettings(theme("dark"))]);
    assert_eq!((app.press("right"), app.keys("j ")), (vec![], vec![]), "one save is on its way");
    assert_eq!(app.model.settings.theme, ThemeChoice::Light);
    assert!(app.model.settings.ascii && app.screen().contains("Settings"));
    app.feed(Msg::Settled(Ok(Settings { theme: ThemeChoice::Dark, ..Settings::default() })));
    assert_eq!(app.model.settings.theme, ThemeChoice::Light, "what is read is older");
    assert!(app.model.unfinished().is_some_and(|what| what.contains("settings")));
    let rest = [theme("light"), vec![(Setting::Ascii, "true".to_owned())]].concat();
    assert_eq!(app.feed(Msg::SettingsSaved(Ok(()))), [Effect::SaveSettings(rest)]);
    assert_eq!(app.feed(Msg::SettingsSaved(Ok(()))), [Effect::ReadSettings]);
    assert_eq!(app.press("esc"), []);
    assert_eq!((&app.model.screen, app.model.unfinished()), (&Screen::List, None));
}

#[test]
fn settings_that_cannot_be_saved_are_read_as_they_are() {
    let mut app = App::with(["work"]);
    app.tell_settings(Settings::default());
    app.keys(",");
    app.press("right");
    assert_eq!(app.feed(Msg::SettingsSaved(Err(full()))), [Effect::ReadSettings]);
    app.tell_settings(Settings::default());
    assert_eq!(app.model.settings, Settings::default());
    app.feed(Msg::Settled(Err("settings.yaml is not used: line 1".to_owned())));
    assert_eq!(app.press("right"), [], "a file that is not understood is not written");
    assert!(app.message().contains("Correct or remove the file first"), "{}", app.message());
    assert!(app.screen().contains("does not overwrite it"), "{}", app.screen());
}

#[test]
fn read_only_refuses_what_would_write_and_nothing_is_refreshed_by_itself() {
    let mut app = App::of([due("work")]);
    app.tell_settings(Settings { read_only: true, ..Settings::default() });
    assert_eq!(app.advance(Duration::from_hours(2)), []);
    for key in ["n", "l", "S", "r", "R", "x", "X", "T", "A"] {
        app.model.message = None;
        assert_eq!(app.keys(key), [], "{key}");
        assert!(app.message().starts_with("authtui is read-only."), "{key}: {}", app.message());
        assert_eq!(app.model.screen, Screen::List, "{key}");
    }
    app.keys(" ");
    for key in ["r", "x", "X", "T", "A"] {
        app.model.message = None;
        assert_eq!(app.keys(key), [], "marked, {key}");
        assert!(app.message().starts_with("authtui is read-only."), "marked, {key}: {}", app.message());
        assert_eq!(app.model.screen, Screen::List, "marked, {key}");
    }
    app.keys(",jjjj");
    app.press("right");
    assert!(!app.model.settings.read_only, "{}", app.screen());
}

#[test]
fn a_refresh_comes_as_long_before_the_end_as_the_settings_say() {
    let end = |lead| {
        let mut app = App::with(["work"]);
        app.model.auto_refresh = AutoRefreshMode::On;
        app.model.settings.refresh_lead = lead;
        let profile = app.profile("work").clone();
        match app.model.refreshability(&profile, app.now.wall).expect("it can be") {
            When::At(at) => profile.life.expires_at.expect("an end") - at,
            When::OnRequest(why) => panic!("{why:?}"),
        }
    };
    let (usual, early) = (end(None), end(Some(Duration::from_mins(10))));
    assert!(usual <= TimeDelta::minutes(5) && early > TimeDelta::minutes(5), "{usual} {early}");
    assert!(early <= TimeDelta::minutes(10), "{early}");
}
