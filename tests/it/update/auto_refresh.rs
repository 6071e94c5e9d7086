//! Auto-refresh of the screen: when, how often, how many at a time, and what it says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use authtui::domain::clock::{Now, TimeDelta, span};
use authtui::domain::name::ProfileId;
use authtui::domain::profile::{AutoRefresh, ClockDiffers, EndBy, LastRefresh, Profile, RefreshResult};
use authtui::domain::schedule::REFRESH_LEAD;
use authtui::domain::secret::Secret;
use authtui::domain::settings::Settings;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::{Refreshed, Wish};
use authtui::stored::provider_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::{AutoRefreshMode, Leaving, OffBy, RowId};
use authtui::tui::status::Tone;
use authtui::tui::text_layout::FIXED_SPACE;
use authtui::tui::{refresh_notes, wakes_at};
use proptest::prelude::*;

use crate::harness::{
    App, ISSUER, drawn, due, ends_in, full, id, later, now, profile, snapshot, unreachable,
};
use crate::update::key_profile;
use crate::update::refresh::unsaved;

/// The longest the loop sleeps.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
const HOUR: TimeDelta = TimeDelta::hours(1);

#[test]
fn after_eight_hours_of_sleep_fifty_profiles_are_refreshed_once_each_and_never_more_than_four_at_a_time() {
    let mut office = Office::of((0..50).map(|number| profile(&format!("p{number}"))));
    assert_eq!(office.begun.len(), 0);
    // The steady clock stands still while the computer sleeps.
    office.app.now = Now { wall: now().wall + TimeDelta::hours(8), ..later(now(), LONGEST_SLEEP) };
    office.wake();
    assert_eq!((office.open.len(), office.begun.len()), (4, 4));
    office.answer_all(refreshed);
    assert_eq!((office.begun.len(), office.most(), office.at_once), (50, 1, 4));
    office.play(Duration::from_mins(50), refreshed);
    assert_eq!(office.begun.len(), 50, "nothing is due yet again");
}

#[test]
fn a_clock_that_is_set_forward_or_back_by_hours_costs_one_refresh_each() {
    for jump in [TimeDelta::hours(3), TimeDelta::hours(-3), TimeDelta::days(4000), TimeDelta::days(-4000)] {
        let fresh = |number: i64| Profile {
            life: Expiry {
                obtained_at: Some(now().wall - TimeDelta::seconds(number)),
                expires_at: Some(now().wall + HOUR - TimeDelta::seconds(number)),
                grant_ends_at: None,
            },
            ..profile(&format!("p{number}"))
        };
        let mut office = Office::of((0..20).map(fresh));
        office.play(Duration::from_mins(10), refreshed);
        assert_eq!(office.begun.len(), 0, "{jump}");
        office.app.now.wall += jump;
        office.play(Duration::from_mins(50), refreshed);
        assert_eq!((office.begun.len(), office.most(), office.at_once), (20, 1, 4), "{jump}");
        office.app.now.wall -= jump;
        office.play(Duration::from_mins(50), refreshed);
        assert_eq!((office.begun.len(), office.most()), (40, 2), "{jump}");
    }
}

#[test]
fn tokens_that_end_together_are_refreshed_one_after_the_other_before_their_end() {
    let mut office = Office::of((0..30).map(|number| profile(&format!("p{number}"))));
    office.play(Duration::from_hours(1), refreshed);
    assert_eq!((office.begun.len(), office.most()), (30, 1));
    let (first, last) = (office.begun[0].0, office.begun[29].0);
    let end = now().wall + HOUR;
    assert!(first.wall >= end - TimeDelta::minutes(5) && last.wall < end - TimeDelta::seconds(149));
    assert!(last.wall - first.wall > TimeDelta::seconds(90), "{}", last.wall - first.wall);
}

#[test]
fn an_hour_of_a_short_life_is_refreshed_once_a_life() {
    let minutes =
        |life: i64| move |profile: &Profile, now: Now| Refreshed::Done(snapshot([lives(profile, now, life)]));
    for (life, times) in [(600, 10..=14), (60, 80..=120), (59, 1..=1), (10, 1..=1), (1, 1..=1), (0, 1..=1)] {
        let mut office = Office::of([due("work")]);
        office.play(Duration::from_hours(1), minutes(life));
        assert!(times.contains(&office.begun.len()), "{life}: {} times", office.begun.len());
    }
}

#[test]
fn a_token_that_lives_ten_seconds_is_left_alone_and_the_detail_says_so() {
    let mut office = Office::of([lives(&profile("work"), now(), 10)]);
    office.play(Duration::from_mins(10), refreshed);
    assert_eq!(office.begun.len(), 0);
    assert_eq!(office.hindrance().as_deref(), Some("only r refreshes it: the token lasts only 10s"));
    let screen = office.app.screen();
    assert!(screen.contains("Only r refreshes it: the token lasts only"), "{screen}");
}

#[test]
fn a_pause_that_the_server_asks_for_is_kept_and_counted_down() {
    let mut office = Office::of([due("work")]);
    office.wake();
    let asked = office.app.now;
    office.answer_all(|profile, now| passing(profile, now, 120));
    let app = &mut office.app;
    let shown = app.screen();
    for words in ["↻ 2m01s", "again in 2m01s", "answered 503.", "Stored tokens are unchanged."] {
        assert!(shown.contains(words), "{shown}");
    }
    app.feed(Msg::Resized(45, 20));
    assert!(app.screen().contains("retry 2m01s"), "{}", app.screen());
    app.feed(Msg::Resized(120, 30));
    office.play(Duration::from_secs(120), refreshed);
    assert_eq!(office.begun.len(), 1);
    office.play(Duration::from_secs(3), refreshed);
    assert_eq!(office.begun.len(), 2);
    assert!(office.begun[1].0.wall >= asked.wall + TimeDelta::seconds(120));
    assert_eq!(office.app.message(), "demo/work refreshed.");
}

#[test]
fn a_failure_that_nothing_was_written_of_is_tried_again_ever_later() {
    let mut office = Office::of([due("work")]);
    office.play(Duration::from_hours(1), |_, _| Refreshed::Failed(None, unreachable()));
    let times: Vec<_> = office.begun.iter().map(|(at, _)| at.steady).collect();
    let pauses: Vec<u64> = times.windows(2).map(|pair| pair[0].until(pair[1]).as_secs()).collect();
    assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900]);
    let message = office.app.model.message.as_ref();
    assert!(message.is_none_or(|message| message.until.is_some()), "it goes on its own: {message:?}");

    // Tokens that somebody else stored begin anew.
    let other = StoredTokens::Present(Tokens { access: Secret::new("b"), refresh: Some(Secret::new("b")) });
    let begun = office.begun.len();
    office.tell(Msg::Stored(snapshot([Profile { held: other, ..due("work") }])));
    assert_eq!(office.begun.len(), begun + 1);
}

#[test]
fn a_server_that_always_says_at_once_is_not_asked_at_once() {
    let mut office = Office::of([due("work")]);
    office.play(Duration::from_hours(1), |profile, now| passing(profile, now, 0));
    assert!(office.begun.len() <= 8, "{} times", office.begun.len());
}

#[test]
fn each_way_to_turn_it_off_is_kept_to_and_shown() {
    let off = Profile { auto_refresh: AutoRefresh::Off, ..due("work") };
    for (profile, mode, said, header) in [
        (off.clone(), AutoRefreshMode::Unsettled, "is off; A turns it on", ""),
        (off, AutoRefreshMode::Off(OffBy::CommandLine), "is off (started with", "auto-refresh off  09:00"),
        (
            due("work"),
            AutoRefreshMode::Off(OffBy::CommandLine),
            "is off (started with",
            "auto-refresh off  09:00",
        ),
        (
            due("work"),
            AutoRefreshMode::Off(OffBy::Settings),
            "is off (automatic_refresh",
            "auto-refresh off  09:00",
        ),
        (
            due("work"),
            AutoRefreshMode::Off(OffBy::Unreadable),
            "is off: settings.yaml",
            "auto-refresh off  09:00",
        ),
        (due("work"), AutoRefreshMode::Off(OffBy::ReadOnly), "is read-only", "auto-refresh off  09:00"),
    ] {
        let mut app = App::of([profile]);
        app.model.auto_refresh = mode;
        let settled = match mode {
            AutoRefreshMode::Off(OffBy::Settings) => {
                Ok(Settings { automatic_refresh: false, ..Settings::default() })
            }
            AutoRefreshMode::Off(OffBy::ReadOnly) => Ok(Settings { read_only: true, ..Settings::default() }),
            AutoRefreshMode::Off(OffBy::Unreadable) => Err("settings.yaml is not used: line 1".to_owned()),
            AutoRefreshMode::Off(OffBy::CommandLine) | AutoRefreshMode::Unsettled | AutoRefreshMode::On => {
                Ok(Settings::default())
            }
        };
        assert_eq!(app.feed(Msg::Settled(settled)), [Effect::ReadEvents], "{said}");
        app.model.message = None;
        assert_eq!(app.advance(Duration::from_hours(1)), [], "{said}");
        app.now = now();
        let work = app.profile("work").clone();
        let why = refresh_notes::no_auto_refresh(&app.model, &work, app.now).expect("a reason");
        assert!(why.contains(said), "{why}");
        let screen = app.screen();
        assert!(screen.contains(said) && screen.contains(header), "{screen}");
        assert_eq!(screen.contains("auto-refresh off"), !header.is_empty(), "{screen}");
        let may_refresh = mode != AutoRefreshMode::Off(OffBy::ReadOnly);
        assert!(screen.contains("The token expired."), "{screen}");
        assert_eq!(screen.contains("r  refresh it"), may_refresh, "{screen}");
        app.feed(Msg::Resized(45, 20));
        assert_eq!(app.screen().contains("auto-refresh off"), !header.is_empty(), "{}", app.screen());
    }
}

#[test]
fn nothing_is_refreshed_before_the_settings_are_read() {
    let mut app = App::of([due("work")]);
    assert_eq!((app.advance(LONGEST_SLEEP), app.hindrance("work")), (vec![], None));
    assert_eq!(app.feed(Msg::Settled(Ok(Settings::default()))), [Effect::ReadEvents, asked("work")]);
}

#[test]
fn what_can_or_must_not_be_refreshed_is_not_asked_for() {
    let dead = RefreshResult::Dead { why: "refused with invalid_grant".to_owned() };
    let once = StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: None });
    let life = due("x").life;
    let profiles = [
        recorded(due("dead"), dead, now()),
        Profile { held: once, ..due("once") },
        Profile { held: StoredTokens::None, ..due("erased") },
        Profile { life: Expiry { expires_at: None, ..life }, ..due("endless") },
        Profile { life: Expiry { grant_ends_at: Some(now().wall), ..life }, ..due("over") },
        due("nobody/knows"),
        key_profile(),
    ];
    let mut office = Office::of(profiles);
    office.play(Duration::from_hours(2), refreshed);
    assert_eq!(office.begun, []);

    let mut app = settled([due("work")]);
    app.model.stores.values_mut().for_each(|store| store.writable = Err(full()));
    app.model.running.clear();
    assert_eq!(app.advance(LONGEST_SLEEP), []);
    assert_eq!(app.hindrance("work").as_deref(), Some("auto-refresh is off: the file cannot be written"));

    let mut app = unsaved();
    app.feed(Msg::Settled(Ok(Settings::default())));
    assert_eq!(app.advance(LONGEST_SLEEP), [], "its new tokens are in memory, and the stored ones spent");

    let mut app = App::of([due("work")]);
    app.model.leaving = Leaving::Yes;
    assert_eq!(app.feed(Msg::Settled(Ok(Settings::default()))), [Effect::ReadEvents]);
}

#[test]
fn what_a_person_began_counts_among_the_four() {
    let mut app = App::of((0..6).map(|number| due(&format!("p{number}"))));
    assert_eq!(app.keys("rjr").len(), 2);
    let effects = app.feed(Msg::Settled(Ok(Settings::default())));
    let [Effect::ReadEvents, Effect::Refresh(first, _), Effect::Refresh(second, _)] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert!(![id("p0"), id("p1")].contains(first) && ![id("p0"), id("p1")].contains(second));
    app.model.selected = Some(RowId::Profile(first.clone()));
    assert_eq!(app.keys("r"), [], "it is on its way");
    assert_eq!(app.message(), format!("{} is already being refreshed.", first.name));
}

#[test]
fn what_another_program_refreshed_is_no_longer_planned() {
    let soon = Profile { life: ends_in(TimeDelta::minutes(6)), ..profile("work") };
    let mut office = Office::of([soon]);
    assert!(office.app.screen().contains("authtui refreshes it in"), "{}", office.app.screen());
    office.app.now = later(office.app.now, Duration::from_secs(30));
    let Refreshed::Done(theirs) = refreshed(office.app.profile("work"), office.app.now) else {
        panic!("done")
    };
    office.tell(Msg::Stored(theirs));
    office.play(Duration::from_mins(40), refreshed);
    assert_eq!(office.begun, []);
}

#[test]
fn an_automatic_refresh_says_only_what_is_news() {
    let mut office = Office::of([due("work")]);
    office.wake();
    assert_eq!(office.app.message(), "");
    // Under the lock it was not due: a clock was set back, or the file is read already.
    office.answer_all(|profile, _| Refreshed::Enough(snapshot([profile.clone()])));
    assert_eq!(office.app.message(), "");

    let mut office = Office::of([due("work")]);
    office.answer_all(|profile, now| match refreshed(profile, now) {
        Refreshed::Done(snapshot) | Refreshed::Enough(snapshot) => Refreshed::Enough(snapshot),
        Refreshed::Unsaved(..) | Refreshed::Failed(..) => panic!("it refreshes"),
    });
    assert_eq!(office.app.message(), "Another program refreshed demo/work.");

    let mut office = Office::of([due("work")]);
    office.answer_all(|profile, now| {
        let dead = RefreshResult::Dead { why: "refused with invalid_grant".to_owned() };
        let trouble = Trouble::untouched("cannot refresh demo/work", "it is over", FailureKind::NeedsLogin);
        Refreshed::Failed(Some(snapshot([recorded(profile.clone(), dead, now)])), trouble)
    });
    let message = office.app.model.message.clone().expect("a message");
    assert_eq!((message.report.tone, message.until), (Tone::Bad, None));
    office.play(Duration::from_hours(3), refreshed);
    assert_eq!(office.begun.len(), 1, "a dead grant is for a person");
}

#[test]
fn a_says_why_where_nothing_can_be_refreshed_and_changes_nothing() {
    let erased = Profile { held: StoredTokens::None, ..profile("work") };
    for (profile, why) in [
        (key_profile(), "API keys cannot be refreshed."),
        (erased, "its tokens were erased here."),
        (profile("nobody/work"), "there is no provider file for it."),
    ] {
        let mut app = App::of([profile]);
        assert_eq!(app.keys("A"), [], "{why}");
        assert!(app.message().ends_with(why), "{}", app.message());
    }
}

#[test]
fn a_says_what_follows_once_it_is_stored() {
    let off = Profile { auto_refresh: AutoRefresh::Off, ..profile("work") };
    for (before, after, mode, words) in [
        (
            profile("work"),
            off.clone(),
            AutoRefreshMode::On,
            "Auto-refresh is off for demo/work; r refreshes it.",
        ),
        (off.clone(), profile("work"), AutoRefreshMode::On, "Auto-refresh is on for demo/work."),
        (
            off.clone(),
            profile("work"),
            AutoRefreshMode::Off(OffBy::CommandLine),
            "demo/work may auto-refresh, but auto-refresh is off (started with --no-auto-refresh).",
        ),
    ] {
        // The file may have been read again by then.
        for is_read_before in [false, true] {
            let mut app = App::of([before.clone()]);
            app.model.auto_refresh = mode;
            assert!(matches!(app.keys("A").as_slice(), [Effect::Change(..)]));
            if is_read_before {
                app.feed(Msg::Stored(snapshot([after.clone()])));
            }
            app.feed(Msg::Changed(id("work"), Ok(snapshot([after.clone()]))));
            assert_eq!(app.message(), words);
        }
    }
}

#[test]
fn a_clock_that_differs_is_said_and_an_end_that_means_nothing_is_not_chased() {
    let with = |ahead: i64, end_by| {
        let mut profile = lives(&profile("work"), now(), 3600);
        let ahead = TimeDelta::seconds(ahead);
        let last = profile.last_refresh.as_mut().expect("a record");
        last.clock_differs = Some(ClockDiffers { ahead, end_by });
        profile
    };
    for (profile, words, why) in [
        (with(420, EndBy::Ours), "The clock of demo is 7m ahead of this machine's.", None),
        (
            with(-7 * 3600, EndBy::Theirs),
            "The clock of demo is 7h behind this machine's. The expiry it gives may be wrong.",
            Some("only r refreshes it: a clock is wrong"),
        ),
    ] {
        let mut office = Office::of([profile.clone()]);
        assert_eq!(refresh_notes::clock(&profile, now()).as_deref(), Some(words));
        assert_eq!(office.hindrance().as_deref(), why);
        assert!(office.app.screen().contains("The clock of demo is 7"), "{}", office.app.screen());
        office.play(Duration::from_hours(5), refreshed);
        assert_eq!(office.begun.is_empty(), why.is_some(), "{words}");
    }
    // A server that tells no time, and ends of tokens that are over by our clock.
    let mut office = Office::of([due("work")]);
    office.play(Duration::from_hours(5), |profile, now| {
        let mut ended = lives(profile, now, 0);
        ended.life.expires_at = Some(now.wall - TimeDelta::hours(7));
        Refreshed::Done(snapshot([ended]))
    });
    assert_eq!(office.begun.len(), 1);
    let said = refresh_notes::clock(office.app.profile("work"), office.app.now).expect("a sentence");
    assert!(said.ends_with("one of the clocks is wrong."), "{said}");
    assert_eq!(refresh_notes::clock(&profile("work"), now()), None);
}

#[test]
fn the_end_of_a_clients_secret_is_said_two_weeks_before() {
    for (ends, id, words) in [
        ("2027-01-28T08:00:00Z", "c1", "The client's secret expires on 28 Jan"),
        ("2027-01-14T08:00:00Z", "c1", "The client's secret expired on 14 Jan"),
        ("2027-02-28T08:00:00Z", "c1", ""),
        ("2027-01-28T08:00:00Z", "c2", ""),
    ] {
        let work = Profile { client_id: Some("c1".to_owned()), ..profile("work") };
        let work = work.with_login(|login| login.client_secret = Some(Secret::new("s")));
        let mut app = App::of([work]);
        let text = format!(
            "name: demo\nendpoints: {{ authorize: '{ISSUER}/a', token: '{ISSUER}/t' }}\n\
             client: {{ id: {id}, authentication: post, secret_ends: '{ends}' }}\n"
        );
        let files = [("demo.yaml".to_owned(), Ok(text))];
        app.feed(Msg::Catalogued(Arc::new(provider_file::catalog_of_files(files))));
        let said = refresh_notes::client_secret(&app.model, app.profile("work"), app.now);
        let said = said.unwrap_or_default().replace(FIXED_SPACE, " ");
        assert!(said.starts_with(words) && said.is_empty() == words.is_empty(), "{ends} {id}: {said}");
        assert_eq!(app.screen().contains("The client's secret"), !words.is_empty(), "{}", app.screen());
    }
}

#[test]
fn what_is_said_of_renewal_is_never_older_than_a_wake() {
    let soon = |name, seconds| Profile { life: ends_in(TimeDelta::seconds(seconds)), ..profile(name) };
    let retrying = |name: &str, seconds| {
        let result = RefreshResult::Passing {
            why: "busy".to_owned(),
            times: 1,
            retry_at: now().wall + TimeDelta::seconds(seconds),
        };
        recorded(due(name), result, now())
    };
    for (selected, size) in [("", (120, 30)), ("j", (120, 30)), ("jj", (80, 24)), ("j", (45, 20))] {
        let profiles = [soon("far", 3900), retrying("busy", 50), soon("near", 330)];
        let mut app = settled(profiles);
        app.feed(Msg::Resized(size.0, size.1));
        app.keys(selected);
        app.now = later(app.now, Duration::from_millis(700));
        let end = later(app.now, Duration::from_secs(100));
        while app.now.steady < end.steady {
            let before = drawn(&app.model, app.now);
            let wake = wakes_at(&app.model, app.now).expect("a wake");
            let wait = app.now.steady.until(wake);
            let just_before = later(app.now, wait.saturating_sub(Duration::from_millis(2)));
            assert_eq!(drawn(&app.model, just_before), before, "changed unseen at {:?}", app.now.wall);
            app.advance(wait);
        }
    }
}

#[test]
fn a_plan_that_is_not_on_the_screen_wakes_nobody_before_its_time() {
    let far = Profile { life: ends_in(TimeDelta::hours(30)), ..profile("far") };
    // Its plan is less than an hour off, its end more: nothing about it changes each second.
    let soon = Profile { life: ends_in(TimeDelta::minutes(62)), ..profile("soon") };
    let mut app = settled([far, soon]);
    let mut wakes = 0;
    while let Some(wake) = wakes_at(&app.model, app.now).filter(|_| app.now.wall < now().wall + HOUR / 60) {
        app.advance(app.now.steady.until(wake));
        wakes += 1;
    }
    assert!(wakes <= 4, "{wakes} times");
}

#[test]
fn a_screen_too_small_to_show_anything_renews_all_the_same() {
    let mut office = Office::of([profile("work")]);
    office.app.feed(Msg::Resized(20, 5));
    let wake = wakes_at(&office.app.model, office.app.now).expect("a wake");
    assert!(office.app.now.steady.until(wake) > Duration::from_mins(54));
    office.play(Duration::from_hours(1), refreshed);
    assert_eq!(office.begun.len(), 1);
}

/// What a server of any kind makes of a refresh.
#[derive(Debug, Clone)]
enum Whim {
    Lives(i64),
    EndsAt(i64),
    NoEnd,
    Busy(i64),
    Dead,
    Unwritten,
    Enough,
}

fn whim() -> impl Strategy<Value = Whim> {
    prop_oneof![
        (0_i64..4000).prop_map(Whim::Lives),
        (-40_000_i64..40_000).prop_map(Whim::EndsAt),
        Just(Whim::NoEnd),
        (0_i64..400).prop_map(Whim::Busy),
        Just(Whim::Dead),
        Just(Whim::Unwritten),
        Just(Whim::Enough),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_servers_and_clocks_do_nobody_is_asked_twice_in_half_a_minute(
        whims in proptest::collection::vec(whim(), 1..40),
        jumps in proptest::collection::vec((0_u64..1200, -20_000_i64..20_000), 0..5),
    ) {
        let mut office = Office::of(["a", "b", "c", "d", "e", "f"].map(due));
        let mut whims = whims.into_iter().cycle();
        let mut answer = |profile: &Profile, now: Now| whims.next().map_or_else(
            || Refreshed::Failed(None, unreachable()),
            |whim| whimsical(profile, now, &whim),
        );
        for (wait, jump) in jumps {
            office.play(Duration::from_secs(wait), &mut answer);
            office.app.now.wall += TimeDelta::seconds(jump);
        }
        office.play(Duration::from_mins(30), &mut answer);
        prop_assert!(office.at_once <= 4);
        let mut last = BTreeMap::new();
        for (at, id) in &office.begun {
            if let Some((before, wall)) = last.insert(id, (at.steady, at.wall)) {
                let pause = before.until(at.steady);
                // A clock that jumps makes a token due; nothing else does so soon.
                let jumped = (at.wall - wall - span(pause)).abs() > TimeDelta::seconds(1);
                prop_assert!(jumped || pause >= Duration::from_secs(30), "{} after {:?}", id.name, pause);
            }
        }
    }
}

fn whimsical(profile: &Profile, now: Now, whim: &Whim) -> Refreshed {
    let done = |life: Expiry| {
        let refreshed = lives(profile, now, 3600);
        Refreshed::Done(snapshot([Profile { life, ..refreshed }]))
    };
    let obtained_at = Some(now.wall);
    let ending = |expires_at| done(Expiry { obtained_at, expires_at, grant_ends_at: None });
    match whim {
        Whim::Lives(seconds) | Whim::EndsAt(seconds) => ending(Some(now.wall + TimeDelta::seconds(*seconds))),
        Whim::NoEnd => ending(None),
        Whim::Busy(seconds) => passing(profile, now, *seconds),
        Whim::Dead => {
            let dead = RefreshResult::Dead { why: "no".to_owned() };
            Refreshed::Failed(Some(snapshot([recorded(profile.clone(), dead, now)])), unreachable())
        }
        Whim::Unwritten => Refreshed::Failed(None, unreachable()),
        Whim::Enough => Refreshed::Enough(snapshot([profile.clone()])),
    }
}

/// A screen whose settings are read and let tokens refresh themselves.
fn settled(profiles: impl IntoIterator<Item = Profile>) -> App {
    let mut app = App::of(profiles);
    assert_eq!(app.feed(Msg::Settled(Ok(Settings::default()))).first(), Some(&Effect::ReadEvents));
    app
}

fn asked(name: &str) -> Effect {
    Effect::Refresh(id(name), Wish::Due { within: REFRESH_LEAD })
}

impl App {
    fn hindrance(&self, name: &str) -> Option<String> {
        refresh_notes::no_auto_refresh(&self.model, self.profile(name), self.now)
    }
}

/// `profile` with new tokens that live so many seconds from `now` on.
fn lives(profile: &Profile, now: Now, seconds: i64) -> Profile {
    let token = |prefix: &str| Secret::new(format!("{prefix}{}", now.wall.timestamp_micros()));
    let tokens = Tokens { access: token("dat_"), refresh: Some(token("drt_")) };
    let life = Expiry {
        obtained_at: Some(now.wall),
        expires_at: Some(now.wall + TimeDelta::seconds(seconds)),
        grant_ends_at: None,
    };
    let profile = Profile { held: StoredTokens::Present(tokens), life, ..profile.clone() };
    recorded(profile, RefreshResult::Done, now)
}

fn recorded(profile: Profile, result: RefreshResult, now: Now) -> Profile {
    let last = LastRefresh::new(now.wall, result, profile.refresh_token_id());
    Profile { last_refresh: Some(Box::new(last)), ..profile }
}

/// A server that gives a token of an hour.
fn refreshed(profile: &Profile, now: Now) -> Refreshed {
    Refreshed::Done(snapshot([lives(profile, now, 3600)]))
}

/// A server that wants to be asked again after so many seconds.
fn passing(profile: &Profile, now: Now, seconds: i64) -> Refreshed {
    let retry_at = now.wall + TimeDelta::seconds(seconds);
    let result = RefreshResult::Passing { why: "answered 503".to_owned(), times: 1, retry_at };
    let trouble =
        Trouble::untouched("cannot refresh demo/work", "answered 503", FailureKind::Temporary(None));
    Refreshed::Failed(Some(snapshot([recorded(profile.clone(), result, now)])), trouble)
}

/// A screen with auto-refresh, and the refreshes it has begun.
struct Office {
    app: App,
    /// Those that have no answer yet.
    open: VecDeque<ProfileId>,
    begun: Vec<(Now, ProfileId)>,
    /// The most that were open at a time.
    at_once: usize,
}

impl Office {
    fn of(profiles: impl IntoIterator<Item = Profile>) -> Self {
        let app = App::of(profiles);
        let mut office = Self { app, open: VecDeque::new(), begun: Vec::new(), at_once: 0 };
        office.tell(Msg::Settled(Ok(Settings::default())));
        office
    }

    fn tell(&mut self, msg: Msg) {
        for effect in self.app.feed(msg) {
            if let Effect::Refresh(id, wish) = effect {
                assert_eq!(wish, Wish::Due { within: REFRESH_LEAD });
                assert!(!self.open.contains(&id), "{} is asked for already", id.name);
                self.begun.push((self.app.now, id.clone()));
                self.open.push_back(id);
            }
        }
        self.at_once = self.at_once.max(self.open.len());
    }

    fn wake(&mut self) {
        self.tell(Msg::Woke);
    }

    /// Answers what is open, and what that makes it ask, each after a tenth of a second.
    fn answer_all(&mut self, mut server: impl FnMut(&Profile, Now) -> Refreshed) {
        while let Some(id) = self.open.pop_front() {
            self.app.now = later(self.app.now, Duration::from_millis(100));
            let profile = self.app.model.profile(&id).expect("a profile").clone();
            let answer = server(&profile, self.app.now);
            let answer = self.with_the_others(&id, answer);
            self.tell(Msg::Refreshed(id, answer));
        }
    }

    /// A store says all its profiles; servers here know only one.
    fn with_the_others(&self, id: &ProfileId, answer: Refreshed) -> Refreshed {
        let whole = |one: authtui::domain::change::Snapshot| {
            let store = self.app.model.stores.get(&id.store).expect("a store");
            let changed = one.profile(&id.name).expect("its profile").clone();
            let pick = |old: &Profile| if old.id == *id { changed.clone() } else { old.clone() };
            snapshot(store.profiles().map(pick).collect::<Vec<_>>())
        };
        match answer {
            Refreshed::Done(one) => Refreshed::Done(whole(one)),
            Refreshed::Enough(one) => Refreshed::Enough(whole(one)),
            Refreshed::Failed(one, trouble) => Refreshed::Failed(one.map(whole), trouble),
            Refreshed::Unsaved(..) => answer,
        }
    }

    /// Plays the loop for so long, with nobody looking: it wakes for what is planned alone.
    fn play(&mut self, during: Duration, mut server: impl FnMut(&Profile, Now) -> Refreshed) {
        let end = self.app.now.steady.after(during);
        let size = std::mem::replace(&mut self.app.model.size, (20, 5));
        self.answer_all(&mut server);
        while self.app.now.steady < end {
            let longest = self.app.now.steady.after(LONGEST_SLEEP).min(end);
            let wake = wakes_at(&self.app.model, self.app.now).map_or(longest, |at| at.min(longest));
            let still = wake <= self.app.now.steady;
            self.app.now = later(self.app.now, self.app.now.steady.until(wake));
            self.wake();
            // A message may have had its time meanwhile; that is one wake, and not a second one.
            let again = wakes_at(&self.app.model, self.app.now);
            assert!(!still || again.is_none_or(|at| at > self.app.now.steady), "it spins");
            self.answer_all(&mut server);
        }
        self.app.model.size = size;
    }

    /// How often the profile that was refreshed most often was.
    fn most(&self) -> usize {
        let mut counts: BTreeMap<&ProfileId, usize> = BTreeMap::new();
        self.begun.iter().for_each(|(_, id)| *counts.entry(id).or_default() += 1);
        counts.into_values().max().unwrap_or_default()
    }

    fn hindrance(&self) -> Option<String> {
        self.app.hindrance("work")
    }
}
