//! Rules of what a file says of its server: the issuer, the resource, and how a client is registered.

use std::collections::BTreeSet;

use url::Url;

use crate::domain::provider::IssuerInAnswers;
use crate::domain::provider::git::is_host;
use crate::domain::provider::registration::IssuerPattern;
use crate::stored::provider_file::error::FieldError;
use crate::stored::provider_file::schema::{ProviderYaml, RedirectYaml};

/// The first rule that `yaml` breaks.
pub(super) fn broken_rule(yaml: &ProviderYaml) -> Option<FieldError> {
    address(yaml)
        .or_else(|| issuer(yaml))
        .or_else(|| resources(yaml))
        .or_else(|| issuers(yaml))
        .or_else(|| registration(yaml))
        .or_else(|| git(yaml))
}

fn address(yaml: &ProviderYaml) -> Option<FieldError> {
    FieldError::first_broken(&[(
        yaml.address.is_some() && !yaml.example,
        &["address"],
        "address is a field of an example, whose server is a person's own",
    )])
}

fn issuer(yaml: &ProviderYaml) -> Option<FieldError> {
    FieldError::first_broken(&[(
        yaml.issuer_in_answers == IssuerInAnswers::Promised && yaml.issuer.is_none(),
        &["issuer_in_answers"],
        "issuer_in_answers is promised, but no issuer says which one",
    )])
}

/// The resources that tokens are asked for (RFC 8707 §2).
fn resources(yaml: &ProviderYaml) -> Option<FieldError> {
    let resources = &yaml.resource.0;
    let is_resource = |text: &String| {
        text.bytes().all(|byte| byte.is_ascii_graphic())
            && Url::parse(text).is_ok_and(|url| url.fragment().is_none() && url.password().is_none())
    };
    let said_twice = yaml.authorize_parameters.0.iter().any(|(name, _)| name == "resource");
    FieldError::first_broken(&[
        (
            !resources.iter().all(is_resource),
            &["resource"],
            "a resource is a full address without a fragment, such as https://api.example.org/mcp",
        ),
        (
            resources.iter().collect::<BTreeSet<_>>().len() < resources.len(),
            &["resource"],
            "each resource is named once",
        ),
        (
            said_twice && !resources.is_empty(),
            &["authorize_parameters", "resource"],
            "the field resource says it already, for every request; leave it out here",
        ),
    ])
}

/// The issuers that a recipe is for.
fn issuers(yaml: &ProviderYaml) -> Option<FieldError> {
    let registration = yaml.registration.as_ref()?;
    FieldError::first_broken(&[(
        !registration.issuers.iter().all(|written| IssuerPattern::parse(written).is_some()),
        &["registration", "issuers"],
        "each is an issuer that begins with https://, with * for a part of its host or path",
    )])
}

/// The redirect to register, which must be the one that is used.
fn registration(yaml: &ProviderYaml) -> Option<FieldError> {
    let written = yaml.registration.as_ref()?.redirect.as_ref()?;
    let RedirectYaml { host, port, path, .. } = &yaml.redirect;
    let bare = if path == "/" { "" } else { path };
    let fits = [path, bare].iter().any(|path| {
        [format!("http://{host}{path}"), format!("http://{host}:{port}{path}")].contains(written)
    });
    let rule =
        format!("the redirect to register is http://{host}:{port}{path}, or the same without its port");
    (!fits).then(|| FieldError::at(&["registration", "redirect"], rule))
}

/// Where git may send tokens.
fn git(yaml: &ProviderYaml) -> Option<FieldError> {
    let git = yaml.git.as_ref()?;
    let is_user =
        !git.username.is_empty() && git.username.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    FieldError::first_broken(&[
        (
            git.hosts.0.is_empty() || !git.hosts.0.iter().all(|host| is_host(host)),
            &["git", "hosts"],
            "each is a host in small letters, with its port where that is not 443: git.example.org:8443",
        ),
        (!is_user, &["git", "username"], "git.username is visible ASCII characters without a colon"),
    ])
}
