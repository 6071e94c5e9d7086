//! Look-ups and connections, which end when the program does.
//!
//! Until a connection stands nothing was posted, so that nothing is lost by giving it up. A system's
//! look-up cannot be cancelled; it runs in a thread that nobody waits for.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{oneshot, watch};
use tower_layer::Layer;
use tower_service::Service;

use crate::domain::provider::endpoint;
use crate::domain::text;

type BoxError = Box<dyn Error + Send + Sync>;

/// Names that are public, and so must not lead to a private network.
#[derive(Debug, Clone)]
pub(super) struct PublicNames(Arc<Mutex<Option<BTreeSet<String>>>>);

impl Default for PublicNames {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Some(BTreeSet::new()))))
    }
}

impl PublicNames {
    pub(super) fn add(&self, names: impl IntoIterator<Item = String>) {
        if let Some(known) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            known.extend(names);
        }
    }

    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn has(&self, name: &str) -> bool {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.as_ref().is_some_and(|names| names.contains(name))
    }
}

/// The system's look-up. Of public names it takes no address in a private network: whoever may write a name's
/// addresses could lead secrets there.
#[derive(Debug, Clone)]
pub(super) struct SystemResolver(pub(super) PublicNames);

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (tell, told) = oneshot::channel();
        let host = name.as_str().to_owned();
        let looked_up = text::clean(&host, 80);
        let is_public = self.0.has(&host);
        let look = move || {
            // Nobody waits for it any more where this fails.
            let _ = tell.send((host.as_str(), 0).to_socket_addrs());
        };
        let started = thread::Builder::new().name("look-up".to_owned()).spawn(look);
        Box::pin(async move {
            started.map_err(|error| Unresolved(format!("no thread can be started ({error})")))?;
            let found = told.await.map_err(|_| Unresolved("the look-up crashed".to_owned()))?;
            let found = found.map_err(|error| {
                let why = error.to_string();
                let why = why.strip_prefix("failed to lookup address information: ").unwrap_or(&why);
                Unresolved(format!("{} cannot be looked up ({why})", looked_up))
            })?;
            let found: Vec<SocketAddr> = found.collect();
            let inside = found.iter().map(SocketAddr::ip).find(|ip| endpoint::is_private_address(*ip));
            if let Some(ip) = inside.filter(|_| is_public) {
                return Err(PrivateNetwork { name: looked_up, ip }.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// A name whose address is not known, and why.
#[derive(Debug)]
pub(super) struct Unresolved(String);

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unresolved {}

/// A public name that leads to a private network.
#[derive(Debug)]
pub(super) struct PrivateNetwork {
    name: String,
    ip: IpAddr,
}

impl fmt::Display for PrivateNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, ip } = self;
        write!(f, "{name} leads to {ip}, on this machine or in a private network, so nothing was sent")
    }
}

impl Error for PrivateNetwork {}

/// A layer around the connector: it gives up every connection that does not stand when the program ends.
#[derive(Debug, Clone)]
pub(super) struct GiveUpLayer(pub(super) watch::Receiver<bool>);

impl<S> Layer<S> for GiveUpLayer {
    type Service = GiveUpConnector<S>;

    fn layer(&self, inner: S) -> GiveUpConnector<S> {
        GiveUpConnector { inner, ending: self.0.clone() }
    }
}

/// A connector inside [`GiveUpLayer`].
#[derive(Debug, Clone)]
pub(super) struct GiveUpConnector<S> {
    inner: S,
    ending: watch::Receiver<bool>,
}

impl<S, To> Service<To> for GiveUpConnector<S>
where
    S: Service<To, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, to: To) -> Self::Future {
        let connecting = self.inner.call(to);
        let mut ending = self.ending.clone();
        Box::pin(async move {
            let ended = async {
                if ending.wait_for(|is_ending| *is_ending).await.is_err() {
                    // Whoever could say so has gone.
                    std::future::pending().await
                }
            };
            tokio::select! {
                biased;
                () = ended => Err(BoxError::from(GivenUp)),
                connected = connecting => connected,
            }
        })
    }
}

/// A connection that was not waited for, because the program ends.
#[derive(Debug)]
pub(super) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("authtui is ending, and nothing was sent yet")
    }
}

impl Error for GivenUp {}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::TcpListener;

    use url::Url;

    use crate::domain::fixtures::now;
    use crate::domain::provider::request_template::Method;
    use crate::domain::trouble::{FailureKind, Stored};
    use crate::oauth::request::Request;
    use crate::shell::http::Http;

    #[tokio::test]
    async fn a_public_name_that_leads_to_this_machine_is_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not wait");
        let port = listener.local_addr().expect("an address").port();
        let request = Request {
            method: Method::Get,
            url: Url::parse(&format!("http://localhost:{port}/token")).expect("an address"),
            headers: Vec::new(),
            body: None,
            secrets: Vec::new(),
            must_be_public: true,
        };
        let refused = Http::default().send(&request, now()).await.expect_err("nothing was sent");
        assert!(
            refused.why.contains("localhost leads to") && refused.why.contains("private network"),
            "{refused}"
        );
        assert!(matches!(refused.kind, FailureKind::NeedsFix(_)) && refused.stored == Stored::Untouched);
        assert_eq!(listener.accept().map(drop).expect_err("nobody came").kind(), io::ErrorKind::WouldBlock);
        // A provider file says the same for every later request.
        let http = Http::default();
        http.must_be_public(["localhost".to_owned()]);
        let request = Request { must_be_public: false, ..request };
        assert_eq!(http.send(&request, now()).await.expect_err("nothing was sent"), refused);
        http.let_names_be_private();
        drop(listener);
        let lost = http.send(&request, now()).await.expect_err("nobody listens");
        assert!(matches!(lost.kind, FailureKind::Temporary(_)), "{lost}");
    }
}
