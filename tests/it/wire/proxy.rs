//! Proxies: who goes through one, what it is told, and that it may be silent.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread::{self, JoinHandle};

use crate::home::served::{Served, store};

/// A host that only the proxy could know.
const HOST: &str = "id.example.test";

#[test]
fn a_request_goes_through_the_proxy_that_the_environment_names() {
    let socks5 = [&b"\x05\x01\x00\x03\x0f"[..], HOST.as_bytes(), b"\x01\xbb"].concat();
    let with_password =
        [&b"\x01\x03ana\x07hunter2\x05\x01\x00\x03\x0f"[..], HOST.as_bytes(), b"\x01\xbb"].concat();
    let connect = format!("CONNECT {HOST}:443 HTTP/1.1\r\n").into_bytes();
    let login = b"proxy-authorization: Basic YW5hOmh1bnRlcjI=\r\n".to_vec();
    for (variable, address, greeting, seen) in [
        ("ALL_PROXY", "socks5h://", &b"\x05\x00"[..], socks5.clone()),
        ("all_proxy", "socks5h://", b"\x05\x00", socks5.clone()),
        ("HTTPS_PROXY", "socks5h://", b"\x05\x00", socks5),
        ("ALL_PROXY", "socks5h://ana:hunter2@", b"\x05\x02\x01\x00", with_password),
        ("ALL_PROXY", "socks4a://", b"", [b"\x04\x01\x01\xbb", &b"\x00\x00\x00"[..]].concat()),
        ("HTTPS_PROXY", "http://", b"", connect),
        ("https_proxy", "http://ana:hunter2@", b"", login),
    ] {
        let proxy = Proxy::start(greeting);
        let (served, _) = elsewhere();
        let url = format!("{address}127.0.0.1:{}", proxy.port);

        let ended = served.home.start_with(&["refresh", "demo/ana"], &[(variable, &url)]).end();

        let heard = proxy.heard();
        assert!(contains(&heard, &seen), "{url}: {:?}", String::from_utf8_lossy(&heard));
        let said = ended.said(4);
        assert!(said.contains("the proxy could not be used"), "{url}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("YW5h"), "{url}: {said}");
        assert!(!served.home.all().contains("hunter2"), "{url}");
    }
}

#[test]
fn a_proxy_that_wants_another_password_is_named_and_its_own_stays_unsaid() {
    for (greeting, scheme) in [
        (&b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"[..], "http"),
        (b"\x05\x02\x01\x01", "socks5h"),
        (b"\x05\xff", "socks5h"),
    ] {
        let proxy = Proxy::start(greeting);
        let (served, _) = elsewhere();
        let url = format!("{scheme}://ana:hunter2@127.0.0.1:{}", proxy.port);

        let ended = served.home.start_with(&["refresh", "demo/ana"], &[("ALL_PROXY", &url)]).end();

        let said = ended.said(4);
        assert!(said.contains("the proxy could not be used"), "{greeting:?}: {said}");
        assert!(said.contains("check ALL_PROXY"), "{greeting:?}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn this_machine_and_what_no_proxy_names_are_asked_directly() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("socks5h://{}", proxy.local_addr().expect("an address"));
    let (served, _) = Served::with_ana(-5);
    let ended = served.home.start_with(&["refresh", "demo/ana"], &[("ALL_PROXY", &url)]).end();
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let (served, _) = elsewhere();
    let variables = [("ALL_PROXY", url.as_str()), ("NO_PROXY", ".example.test")];
    let ended = served.home.start_with(&["refresh", "demo/ana"], &variables).end();
    assert!(ended.said(4).contains("id.example.test cannot be looked up"), "{ended:?}");

    proxy.set_nonblocking(true).expect("a listener");
    assert!(proxy.accept().is_err(), "the proxy was asked");
}

#[test]
fn nothing_is_posted_and_it_ends_at_once_where_no_connection_came_about() {
    for (command, signal) in [
        (&["refresh", "demo/ana"][..], "INT"),
        (&["refresh", "--all"], "INT"),
        (&["token", "demo/ana"], "TERM"),
        (&["revoke", "demo/ana", "--remote", "--yes"], "INT"),
    ] {
        // It takes the connection and never says a word.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("socks5h://{}", silent.local_addr().expect("an address"));
        let (served, before) = elsewhere();
        let mut running = served.home.start_with(command, &[("ALL_PROXY", &url)]);
        let said = running.line("authtui: waiting");
        assert_eq!(said, format!("authtui: waiting for {HOST}, for at most 30 s"));

        running.signal(signal);
        let ended = running.end();

        assert!(ended.code.is_some_and(|code| code != 0), "{command:?}: {ended:?}");
        assert!(!ended.err.contains("press Ctrl-C again"), "{command:?}: {ended:?}");
        assert!(ended.err.contains("ending"), "{command:?}: {ended:?}");
        assert_eq!(served.stored("ana"), Some(before.clone()), "{command:?}");
        assert_eq!(served.profile("ana").last_refresh, None, "{command:?}: it counts as a failure");
    }
}

#[test]
#[ignore = "needs root and unshare: name servers that never answer, in a network of their own"]
fn name_servers_that_never_answer_hold_nobody_up() {
    // The resolver is more patient than we are, so that the limit is ours.
    const SCRIPT: &str = "ip link set lo up && printf 'nameserver 127.0.0.53\noptions timeout:30\n' > $RESOLV && \
        mount --bind $RESOLV /etc/resolv.conf && exec \"$@\"";
    for signal in [None, Some("INT")] {
        let (served, before) = elsewhere();
        let silent = "import socket,sys,subprocess\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n\
            s.bind(('127.0.0.53',53))\nsys.exit(subprocess.call(sys.argv[1:]))";
        let mut command = Command::new("unshare");
        let program = served.home.command(&["refresh", "demo/ana"]);
        command.args(["-nm", "sh", "-c", SCRIPT, "sh", "python3", "-c", silent]).arg(program.get_program());
        command.args(program.get_args()).env("RESOLV", served.home.path("resolv.conf"));
        command.envs(program.get_envs().filter_map(|(key, value)| Some((key, value?))));
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let mut running = crate::home::running::Running::start(&mut command);
        assert!(running.line("authtui: waiting").contains(HOST));
        if let Some(signal) = signal {
            let sent =
                Command::new("pkill").args([&format!("-{signal}"), "-P", &running.id().to_string()]).status();
            assert!(sent.expect("pkill runs").success());
        }
        let ended = running.end();
        let words = if signal.is_some() { "the program is ending" } else { "could not be reached in time" };
        assert!(ended.err.contains(words), "{ended:?}");
        assert_eq!(served.stored("ana"), Some(before.clone()));
    }
}

/// A provider whose endpoints are somewhere that cannot be looked up.
fn elsewhere() -> (Served, crate::home::served::Pair) {
    let served = Served::start();
    let (entry, pair) = served.entry("ana", -5);
    served.home.store(store(&[entry]));
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &file.replace(served.serving.issuer(), &format!("https://{HOST}")));
    (served, pair)
}

/// A proxy that says what it has to say, and writes down all that it hears.
struct Proxy {
    port: u16,
    hearing: JoinHandle<Vec<u8>>,
}

impl Proxy {
    /// It sends `greeting` as soon as somebody spoke, and closes when they wait for more.
    fn start(greeting: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let greeting = greeting.to_vec();
        let hearing = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a visitor");
            stream.set_read_timeout(Some(std::time::Duration::from_millis(500))).expect("a stream");
            let (mut heard, mut some) = (Vec::new(), [0; 4096]);
            while let Ok(count @ 1..) = stream.read(&mut some) {
                let is_first = heard.is_empty();
                heard.extend_from_slice(some.get(..count).expect("no more than there is room"));
                if is_first {
                    stream.write_all(&greeting).expect("somebody listens");
                }
            }
            heard
        });
        Self { port, hearing }
    }

    fn heard(self) -> Vec<u8> {
        self.hearing.join().expect("it ends")
    }
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}
