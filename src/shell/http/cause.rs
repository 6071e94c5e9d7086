//! Causes of a failed request, in words of our own.
//!
//! The errors of the libraries speak of their own parts, and their debug prints may hold an address
//! with a query. Each cause that has a remedy is named with it.

use std::error::Error;
use std::{io, iter};

use rustls::{AlertDescription, CertificateError};

use crate::domain::text;
use crate::domain::trouble::FailureKind;
use crate::shell::http::REQUEST_TIMEOUT;
use crate::shell::http::connection::{GivenUp, PrivateNetwork, Unresolved};

/// What a failure wants first, where the same request would fail again and its words say why.
const MEND: &str = "correct that, then try again";
/// What lets a public name lead to a private network.
const LET_BE_PRIVATE: &str = "if that is right, run: authtui login ADDRESS --yes, or write private_network: true \
                              under discovered in the provider file";

/// What kind of failure it is: whether the same request may do better later.
pub(super) fn kind(error: &reqwest::Error) -> FailureKind {
    if find::<PrivateNetwork>(error).is_some() {
        return FailureKind::NeedsFix(LET_BE_PRIVATE.to_owned());
    }
    let is_proxy = || error.is_connect() && of_connecting(error).contains("proxy");
    let lasts = find::<GivenUp>(error).is_none()
        && find::<Unresolved>(error).is_none()
        && (error.is_builder() || find::<rustls::Error>(error).is_some() || is_proxy());
    if lasts { lasting() } else { FailureKind::Temporary(None) }
}

/// A failure whose words say what is to be corrected.
pub(super) fn lasting() -> FailureKind {
    FailureKind::NeedsFix(MEND.to_owned())
}

/// What went wrong, without the address.
pub(super) fn words(error: &reqwest::Error) -> String {
    if let Some(ours) = find::<GivenUp>(error) {
        return ours.to_string();
    }
    if let Some(ours) = find::<PrivateNetwork>(error) {
        return ours.to_string();
    }
    if let Some(ours) = find::<Unresolved>(error) {
        return format!("the server could not be reached: {ours}");
    }
    if error.is_builder() {
        return "this system has no CA certificates; install ca-certificates, or check SSL_CERT_FILE"
            .to_owned();
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return of_tls(tls);
    }
    if error.is_timeout() {
        return if error.is_connect() {
            "the server could not be reached in time".to_owned()
        } else {
            format!("the server did not answer within {} s", REQUEST_TIMEOUT.as_secs())
        };
    }
    if error.is_connect() {
        return of_connecting(error);
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return "the server's answer is not HTTP, or its headers are too long; check the address".to_owned();
    }
    if error.is_request() || error.is_body() || error.is_decode() {
        return "the connection broke before a whole answer came".to_owned();
    }
    "the request could not be made".to_owned()
}

/// The first cause of that type.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).into_iter().find_map(|cause| cause.downcast_ref())
}

/// `error` and what lies below it, also where an I/O error is wrapped around it.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let deeper = |cause: &&'a (dyn Error + 'static)| -> Option<&'a (dyn Error + 'static)> {
        let cause: &'a (dyn Error + 'static) = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    };
    iter::successors(Some(error), deeper).collect()
}

fn of_connecting(error: &reqwest::Error) -> String {
    let causes = causes(error);
    let io = causes.iter().rev().find_map(|cause| cause.downcast_ref::<io::Error>());
    let said: String = causes.iter().map(|cause| cause.to_string().to_ascii_lowercase()).collect();
    if ["tunnel", "socks", "proxy"].iter().any(|word| said.contains(word)) {
        let why = match io.filter(|io| io.raw_os_error().is_some()) {
            Some(io) => text::clean(&io.to_string(), 100),
            None if said.contains("auth") => "it wants another user name or password".to_owned(),
            None => "it did not connect".to_owned(),
        };
        return format!("the proxy could not be used: {why}; check ALL_PROXY, HTTPS_PROXY and NO_PROXY");
    }
    match io {
        Some(io) if io.kind() == io::ErrorKind::UnexpectedEof => {
            "the server closed the connection during the TLS handshake; check the address".to_owned()
        }
        Some(io) => text::clean(&format!("the server could not be reached: {io}"), 160),
        None => "the server could not be reached".to_owned(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may name more causes")]
fn of_tls(error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(certificate) => of_certificate(certificate).to_owned(),
        Tls::InvalidMessage(_) => {
            "the server does not speak TLS at that port; check the address (http, or another port?)"
                .to_owned()
        }
        Tls::AlertReceived(
            AlertDescription::ProtocolVersion
            | AlertDescription::HandshakeFailure
            | AlertDescription::InsufficientSecurity,
        )
        | Tls::PeerIncompatible(_) => {
            "the server has no TLS version or cipher that authtui can use; authtui needs TLS 1.2 or 1.3"
                .to_owned()
        }
        Tls::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server does not know that name; check the address".to_owned()
        }
        Tls::AlertReceived(AlertDescription::CertificateRequired | AlertDescription::BadCertificate) => {
            "the server asks for a client certificate, which authtui does not support".to_owned()
        }
        _ => "the secure connection (TLS) failed; check the address and the proxy, if you use one".to_owned(),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library may name more causes")]
fn of_certificate(error: &CertificateError) -> &'static str {
    use CertificateError as Bad;
    match error {
        Bad::Expired | Bad::ExpiredContext { .. } => {
            "the server's certificate has expired; check the clock of this machine"
        }
        Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet; check the clock of this machine"
        }
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
            "the server's certificate is for another name; check the address"
        }
        Bad::Revoked => "the server's certificate was revoked; ask whoever runs the server",
        Bad::UnknownIssuer => {
            "the server's certificate comes from an authority that this system does not trust; if it is yours, add the \
             authority to the certificates of the system"
        }
        _ => {
            "the server's certificate cannot be trusted (self-signed?); if it is yours, let an authority that this system \
             trusts sign it"
        }
    }
}
