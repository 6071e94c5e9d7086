//! Certificates and handshakes that go wrong: one sentence with the remedy, and nothing is sent.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

use crate::home::Ended;
use crate::home::served::{Pair, Served};

/// What the server does with the first bytes of a connection.
type Serve = Box<dyn Fn(&mut TcpStream) + Send>;

#[test]
fn a_certificate_that_is_not_trusted_is_named_with_its_remedy() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (then, soon) = ((2020, 2021), (2090, 2091));
    for (what, serve, words) in [
        ("unknown", theirs.serves("localhost", (2020, 2090)), "an authority that this system does not trust"),
        ("self-signed", self_signed(), "authority that this system does not trust"),
        ("itself", ours.itself(), "cannot be trusted (self-signed?)"),
        ("another name", ours.serves("other.test", (2020, 2090)), "is for another name; check the address"),
        ("expired", ours.serves("localhost", then), "has expired; check the clock"),
        ("early", ours.serves("localhost", soon), "is not valid yet; check the clock"),
    ] {
        let (ended, _, is_new) = refreshed(&ours, serve);
        let said = ended.said(4);
        assert!(said.contains(words), "{what}: {said}");
        plain(&ended);
        assert!(!is_new, "{what}");
    }
    let (ended, _, is_new) = refreshed(&ours, ours.serves("localhost", (2020, 2090)));
    assert!(ended.code == Some(0) && is_new, "the one that is trusted: {ended:?}");
}

#[test]
fn a_handshake_that_fails_is_said_in_words_and_nothing_was_sent() {
    let answer = |bytes: &'static [u8]| -> Serve {
        Box::new(move |stream| {
            let mut hello = [0; 4096];
            let _ = stream.read(&mut hello).expect("a greeting");
            stream.write_all(bytes).expect("somebody listens");
        })
    };
    let old = "no TLS version or cipher that authtui can use; authtui needs TLS 1.2 or 1.3";
    for (what, bytes, words) in [
        (
            "plain http",
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            "the server does not speak TLS at that port",
        ),
        ("another protocol", b"SSH-2.0-OpenSSH\r\n", "the server does not speak TLS at that port"),
        ("cut at once", b"", "the server closed the connection during the TLS handshake"),
        (
            "cut midway",
            b"\x16\x03\x03\x00\x7a\x02",
            "the server closed the connection during the TLS handshake",
        ),
        ("no common version", b"\x15\x03\x01\x00\x02\x02\x46", old),
        ("no common cipher", b"\x15\x03\x03\x00\x02\x02\x28", old),
        ("a name it does not know", b"\x15\x03\x03\x00\x02\x02\x70", "the server does not know that name"),
        ("a fault of its own", b"\x15\x03\x03\x00\x02\x02\x50", "the secure connection (TLS) failed"),
    ] {
        let (ended, _, _) = refreshed(&Authority::new("ours"), answer(bytes));
        assert!(ended.said(4).contains(words), "{what}: {ended:?}");
        assert!(!ended.err.contains("may already be used up"), "{what}: {ended:?}");
        plain(&ended);
    }
}

#[test]
fn a_system_without_authorities_is_said_to_have_none() {
    let (served, _, port) = at(Box::new(|_| {}));
    let nowhere = served.home.path("nowhere.pem");
    let ended = served
        .home
        .start_with(&["refresh", "demo/ana"], &[("SSL_CERT_FILE", &nowhere.to_string_lossy())])
        .end();
    assert!(ended.said(4).contains("install ca-certificates, or check SSL_CERT_FILE"), "{port}: {ended:?}");
    plain(&ended);
}

/// Nothing of a library's inside is in it.
fn plain(ended: &Ended) {
    for inside in ["OtherError", "rustls", "webpki", "hyper", "eof", "Error(", "{ "] {
        assert!(!ended.err.contains(inside), "{inside}: {ended:?}");
    }
}

/// Refreshes a profile at a server that answers by TLS, where `trusted` is all that the system trusts.
fn refreshed(trusted: &Authority, serve: Serve) -> (Ended, Pair, bool) {
    let (served, before, _) = at(serve);
    let file = served.home.path("authorities.pem");
    std::fs::write(&file, trusted.certificate.pem()).expect("written");
    let ended =
        served.home.start_with(&["refresh", "demo/ana"], &[("SSL_CERT_FILE", &file.to_string_lossy())]).end();
    let is_new = served.stored("ana").as_ref() != Some(&before);
    (ended, before, is_new)
}

/// A home whose provider is at a port of its own.
fn at(serve: Serve) -> (Served, Pair, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    // It ends with the test.
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            serve(&mut stream);
        }
    });
    let (served, before) = Served::with_ana(-5);
    let file = authtui::demo::provider_file(served.serving.issuer());
    let here = format!("https://localhost:{port}");
    served.home.provider("demo", &file.replace(served.serving.issuer(), &here));
    (served, before, port)
}

/// Who signs certificates.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).expect("a certificate");
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Self { certificate, issuer: Issuer::new(parameters, key), key: der }
    }

    /// A server for `name` with a certificate of those years.
    fn serves(&self, name: &str, (from, to): (i32, i32)) -> Serve {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        (parameters.not_before, parameters.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
        let certificate = parameters.signed_by(&key, &self.issuer).expect("a certificate");
        server(&certificate, PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())))
    }

    /// A server whose certificate is the authority's own.
    fn itself(&self) -> Serve {
        server(&self.certificate, self.key.clone_key())
    }
}

fn self_signed() -> Serve {
    let key = KeyPair::generate().expect("a key");
    let parameters = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    server(&certificate, PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())))
}

/// Answers every request with new tokens.
fn server(certificate: &Certificate, key: PrivateKeyDer<'static>) -> Serve {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate");
    let config = Arc::new(config);
    Box::new(move |stream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        let mut stream = Stream::new(&mut connection, stream);
        let mut request = [0; 4096];
        // Whoever does not trust it goes away.
        if stream.read(&mut request).is_ok_and(|count| count > 0) {
            let body = r#"{"access_token":"new_access","refresh_token":"new_refresh"}"#;
            let _ = write!(stream, "HTTP/1.0 200 OK\r\n\r\n{body}");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    })
}
