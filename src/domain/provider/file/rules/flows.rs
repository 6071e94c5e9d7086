//! What each way of logging in needs.

use crate::domain::provider::file::rules::{Broken, doubled, rule};
use crate::domain::provider::file::written::Written;
use crate::domain::provider::{Flow, Rotation};

/// The first thing that a flow of `written` needs and does not have.
pub(super) fn broken(written: &Written) -> Option<Broken> {
    let flows = written.flows();
    if flows.is_empty() {
        return match written.flows {
            Some(_) => rule(&["flows"], "flows must name at least one of code, paste, device and key"),
            None => rule(
                &["endpoints"],
                "nothing says how to log in: give endpoints.authorize or endpoints.device, or flows: [key]",
            ),
        };
    }
    if doubled(&flows).is_some() {
        return rule(&["flows"], "each flow is named once");
    }
    let has = |flow| flows.contains(&flow);
    if has(Flow::Paste) && written.redirect.paste.is_none() {
        return rule(
            &["flows"],
            "paste in flows needs redirect.paste, the provider's page that shows the code",
        );
    }
    if has(Flow::Paste) && !has(Flow::Code) && written.calls.authorize.is_some() {
        return rule(
            &["flows"],
            "paste in flows needs a page to open; with calls.authorize there is none, so say code",
        );
    }
    let by_code = has(Flow::Code) || has(Flow::Paste);
    if by_code && !written.has_authorization() {
        return needed(written, "a login by code needs endpoints.authorize or calls.authorize");
    }
    if has(Flow::Device) && !written.has_device() {
        return needed(written, "a login by device code needs endpoints.device or calls.device");
    }
    if written.device.is_some() && !written.has_device() {
        return rule(&["device"], "device speaks about endpoints.device or calls.device; neither is there");
    }
    let calls = &written.calls;
    let token = written.endpoints.token.is_some();
    if by_code && !token && calls.exchange.is_none() {
        return needed(written, "a login by code needs endpoints.token or calls.exchange");
    }
    if has(Flow::Device) && !token && calls.poll.is_none() {
        return needed(written, "a login by device code needs endpoints.token or calls.poll");
    }
    let renews = written.refresh.rotation != Rotation::None;
    if renews && (by_code || has(Flow::Device)) && !token && calls.refresh.is_none() {
        return needed(
            written,
            "a refresh needs endpoints.token or calls.refresh; without one say refresh: { rotation: none }",
        );
    }
    if !written.state.echoed && !by_code {
        return rule(&["state", "echoed"], "state.echoed speaks about logins by code, and flows has none");
    }
    None
}

/// An address is missing: told where flows are named, else where addresses are.
fn needed(written: &Written, words: &str) -> Option<Broken> {
    rule(if written.flows.is_some() { &["flows"] } else { &["endpoints"] }, words)
}
