//! The listener's port is held before anybody hears of it, and free when the login is over.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};

use authtui::domain::trouble::Trouble;
use authtui::oauth::LoginId;
use authtui::shell::login::callback::{Listener, OnEvent};

use crate::callback::login::{CALLBACK, Login, PATIENCE, ask, check, code, ear, rest};

#[test]
fn it_listens_on_loopback_alone_and_on_both_of_its_addresses() {
    let login = Login::start();
    let port = login.listener.port();
    let mut expected = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        expected.push((Ipv6Addr::LOCALHOST, port).into());
    }
    assert_eq!(login.listener.addresses(), expected);
    for address in expected {
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\n\r\n");
        assert!(ask(address, &request).starts_with("HTTP/1.0 404 "), "{address}");
    }
    if cfg!(target_os = "linux") {
        let elsewhere = TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port));
        assert!(elsewhere.is_err(), "it listens on every address");
    }
}

#[test]
fn a_taken_port_is_named_and_the_next_one_is_tried() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let port = taken.local_addr().expect("an address").port();

    let trouble = open(&[port]).expect_err("the port is taken");
    assert_eq!(trouble.what, format!("cannot listen for the answer on port {port}"));
    assert_eq!(trouble.why, "another program uses it");

    assert_ne!(open(&[port, 0]).expect("another port").port(), port);
}

#[test]
fn a_port_that_somebody_has_on_the_other_loopback_address_is_taken() {
    let Ok(taken) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        return; // This machine has no ::1.
    };
    let port = taken.local_addr().expect("an address").port();
    assert_eq!(open(&[port]).expect_err("the port is taken").why, "another program uses it");
}

#[test]
fn dropping_it_ends_its_thread_and_frees_its_port_at_once() {
    let (hear, came) = ear();
    let listener = Listener::open(LoginId(424_242), &[0], hear).expect("a free port");
    let port = listener.port();
    let login = Login { listener, came };
    login.listener.arm(check());
    let mut open_client = login.connect();
    login.ask(CALLBACK);
    assert_eq!(threads("callback-424242"), usize::from(cfg!(target_os = "linux")));

    let Login { listener, came } = login;
    drop(listener);

    assert_eq!(threads("callback-424242"), 0);
    assert_eq!(open(&[port]).expect("the port is free").port(), port);
    assert_eq!(rest(&mut open_client), "");
    assert_eq!(came.recv(), Ok(code()));
    assert!(came.recv().is_err(), "somebody still holds its ear");
}

#[test]
fn the_browser_has_its_page_even_if_whoever_hears_the_answer_closes_the_listener() {
    let held: Arc<Mutex<Option<Listener>>> = Arc::default();
    let (closed, is_closed) = mpsc::channel();
    let hear: OnEvent = {
        let (held, closed) = (Arc::clone(&held), Mutex::new(closed));
        Arc::new(move |_| {
            drop(held.lock().expect("one holder").take());
            let _ = closed.lock().expect("one holder").send(());
        })
    };
    let listener = Listener::open(LoginId(7), &[0], hear).expect("a free port");
    listener.arm(check());
    let (address, host) = (listener.addresses().to_vec(), listener.port());
    *held.lock().expect("one holder") = Some(listener);

    let first = *address.first().expect("127.0.0.1");
    let page = ask(first, &format!("GET {CALLBACK} HTTP/1.1\r\nHost: localhost:{host}\r\n\r\n"));

    assert!(page.ends_with("</html>\n"), "{page}");
    assert_eq!(is_closed.recv_timeout(PATIENCE), Ok(()));
}

fn open(ports: &[u16]) -> Result<Listener, Trouble> {
    Listener::open(LoginId(7), ports, ear().0)
}

/// How many threads of this process have that name; 0 where nobody can tell.
fn threads(name: &str) -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|found| found.trim_end() == name).count()
}
