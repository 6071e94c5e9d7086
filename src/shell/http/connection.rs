//! Look-ups and connections, which end when the program does.
//!
//! Until a connection stands nothing was posted, so that nothing is lost by giving it up. A system's
//! look-up cannot be cancelled; it runs in a thread that nobody waits for.

use std::error::Error;
use std::fmt;
use std::net::ToSocketAddrs;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{oneshot, watch};
use tower_layer::Layer;
use tower_service::Service;

use crate::domain::text;

type BoxError = Box<dyn Error + Send + Sync>;

/// The system's look-up.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (tell, told) = oneshot::channel();
        let host = name.as_str().to_owned();
        let looked_up = text::clean(&host, 80);
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
            let found: Addrs = Box::new(found);
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
