//! Several processes want the same at once: one asks, all have it, nothing is lost.

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use authtui::demo::authority::TOKEN;
use authtui::demo::authority::fault::FaultKind;

use crate::home::PATIENCE;
use crate::home::running::Running;
use crate::home::served::{Served, store};

#[test]
fn four_processes_that_refresh_at_once_send_one_request() {
    for round in 0..5 {
        let (served, before) = Served::with_ana(-5);
        // Late enough that all four are there before the first has its answer.
        served.fault(1, FaultKind::Late(Duration::from_millis(300)));
        let all: Vec<Running> = (0..4).map(|_| served.home.start(&["refresh", "demo/ana"])).collect();

        let ended: Vec<_> = all.into_iter().map(Running::end).collect();

        assert!(ended.iter().all(|ended| ended.code == Some(0)), "{round}: {ended:?}");
        assert_eq!(served.refreshes(), (1, 0), "{round}: {ended:?}");
        let words = |words| ended.iter().filter(|ended| ended.err.contains(words)).count();
        assert_eq!(
            (words("the new tokens are saved"), words("another program")),
            (1, 3),
            "{round}: {ended:?}"
        );
        assert_eq!(served.profile("ana").refresh_count, 1, "{round}");
        assert_ne!(served.stored("ana"), Some(before), "{round}");
    }
}

#[test]
fn four_processes_that_want_a_token_get_the_same_one() {
    for round in 0..5 {
        let (served, _) = Served::with_ana(-5);
        let all: Vec<Running> = (0..4).map(|_| served.home.start(&["token", "demo/ana"])).collect();

        let ended: Vec<_> = all.into_iter().map(Running::end).collect();

        let token = format!("{}\n", served.stored("ana").expect("tokens").access);
        assert!(ended.iter().all(|ended| ended.out == token && ended.code == Some(0)), "{round}: {ended:?}");
        assert_eq!(served.refreshes(), (1, 0), "{round}");
    }
}

#[test]
fn a_process_that_is_killed_while_it_asks_lets_the_others_go_on() {
    let (served, before) = Served::with_ana(-5);
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let elsewhere = format!("http://{}{TOKEN}", silent.local_addr().expect("an address"));
    let file = authtui::demo::provider_file(served.serving.issuer());
    let token = format!("{}{TOKEN}", served.serving.issuer());
    served.home.provider("demo", &file.replace(&token, &elsewhere));
    let mut first = served.home.start(&["refresh", "demo/ana"]);
    let _asking = visitor(&silent);
    served.home.provider("demo", &file);
    let others: Vec<Running> = (0..3).map(|_| served.home.start(&["refresh", "demo/ana"])).collect();

    first.kill();

    let ended: Vec<_> = others.into_iter().map(Running::end).collect();
    assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
    assert_eq!((served.refreshes().1, served.counters().in_flight), (0, 0));
    assert_ne!(served.stored("ana"), Some(before));
}

#[test]
fn changes_of_different_profiles_at_the_same_time_are_all_there() {
    const ROUNDS: u64 = 8;
    let served = Served::start();
    let names = ["ana", "ben"];
    served.home.store(store(&names.map(|name| served.entry(name, -5).0)));

    std::thread::scope(|scope| {
        for name in names {
            let home = &served.home;
            scope.spawn(move || {
                for _ in 0..ROUNDS {
                    let ended = home.run(&["refresh", &format!("demo/{name}")]);
                    assert_eq!(ended.code, Some(0), "{ended:?}");
                }
            });
        }
    });

    assert_eq!(names.map(|name| served.profile(name).refresh_count), [ROUNDS; 2]);
    assert_eq!(served.refreshes(), (2 * ROUNDS, 0));
}

/// The first connection to `server`, held open.
fn visitor(server: &TcpListener) -> TcpStream {
    server.set_nonblocking(true).expect("a listener");
    let began = Instant::now();
    loop {
        match server.accept() {
            Ok((stream, _)) => return stream,
            Err(_) => assert!(began.elapsed() < PATIENCE, "nobody came"),
        }
        std::thread::yield_now();
    }
}
