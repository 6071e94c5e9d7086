use crate::cli::login::arguments::LoginArgs;
use crate::domain::provider::{LoginMethod, PortRule, Provider};
use crate::oauth::login::{BrowserOpening, Locality, LoginOptions};

/// The options of a login at `provider` for a person at `locality`.
///
/// # Errors
/// A sentence, when the provider has no such way.
pub(super) fn options(
    args: &LoginArgs,
    provider: &Provider,
    locality: Locality,
) -> Result<LoginOptions, String> {
    let mut options = LoginOptions { cancel_key: "Ctrl-C", ..LoginOptions::of(provider, locality) };
    if args.device {
        options.flows.retain(|flow| *flow == LoginMethod::Device);
        some(&options, provider, "no device code")?;
    } else if args.paste {
        // With a callback's redirect too: the address that a browser ended at can then be pasted.
        options.flows.retain(|flow| matches!(flow, LoginMethod::Code | LoginMethod::Paste));
        some(&options, provider, "no answer that could be pasted")?;
        options.browser = BrowserOpening::OnRequest;
    } else {
        options.flows.retain(|flow| *flow != LoginMethod::Key);
        some(&options, provider, "no login")?;
    }
    if args.no_browser {
        options.browser = BrowserOpening::OnRequest;
    }
    if let Some(port) = args.port {
        accepted(port, provider)?;
        options.port = Some(port);
    }
    Ok(options)
}

fn some(options: &LoginOptions, provider: &Provider, lacks: &str) -> Result<(), String> {
    if options.flows.is_empty() { Err(has_not(provider, lacks)) } else { Ok(()) }
}

/// Says what the provider has instead.
pub(super) fn has_not(provider: &Provider, lacks: &str) -> String {
    let has: Vec<&str> = provider.flows.iter().map(|flow| words(*flow)).collect();
    format!("{} has {lacks}; it has {}", provider.title, has.join(", "))
}

fn words(flow: LoginMethod) -> &'static str {
    match flow {
        LoginMethod::Code => "a login by the browser (no option)",
        LoginMethod::Paste => "a code to paste (--paste)",
        LoginMethod::Device => "a device code (--device)",
        LoginMethod::Key => "API keys (--key)",
    }
}

fn accepted(port: u16, provider: &Provider) -> Result<(), String> {
    if !provider.flows.contains(&LoginMethod::Code) {
        return Err(has_not(provider, "no callback that could come to a port"));
    }
    let first = provider.redirect.port;
    let ports = match &provider.redirect.rule {
        PortRule::Any => return Ok(()),
        PortRule::Fixed => vec![first],
        PortRule::List(more) => [&[first], more.as_slice()].concat(),
    };
    if ports.contains(&port) {
        return Ok(());
    }
    let known: Vec<String> = ports.iter().map(u16::to_string).collect();
    let noun = if known.len() == 1 { "port" } else { "the ports" };
    Err(format!("{} sends its callback to {noun} {} only", provider.title, known.join(", ")))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::stored::provider_file;

    #[derive(Debug, Parser)]
    struct LoginLine {
        #[command(flatten)]
        args: LoginArgs,
    }

    fn parsed(line: &str) -> Result<LoginArgs, clap::Error> {
        LoginLine::try_parse_from(line.split_whitespace()).map(|line| line.args)
    }

    fn provider(rule: &str, flows: &[LoginMethod]) -> Provider {
        let text = format!(
            "name: acme\ntitle: Acme\nendpoints: {{ authorize: 'https://a.test/a', token: 'https://a.test/t' }}\n\
             redirect: {{ port: 9000, port_rule: {rule}, paste: 'https://a.test/code' }}\n"
        );
        let mut provider = provider_file::load("acme", &text).expect("a provider");
        provider.flows = flows.to_vec();
        provider
    }

    const ALL: [LoginMethod; 4] =
        [LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device, LoginMethod::Key];

    #[test]
    fn an_option_narrows_the_login_methods() {
        for (line, flows, browser) in [
            (
                "login acme",
                &[LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device][..],
                BrowserOpening::AtOnce,
            ),
            (
                "login acme --no-browser",
                &[LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device],
                BrowserOpening::OnRequest,
            ),
            ("login acme --device", &[LoginMethod::Device], BrowserOpening::AtOnce),
            ("login acme --paste", &[LoginMethod::Code, LoginMethod::Paste], BrowserOpening::OnRequest),
        ] {
            let args = parsed(line).expect(line);
            let options = options(&args, &provider("any", &ALL), Locality::Local).expect(line);
            assert_eq!((options.flows.as_slice(), options.browser), (flows, browser), "{line}");
        }
    }

    #[test]
    fn a_door_that_the_provider_lacks_is_one_sentence_with_those_it_has() {
        for (line, flows, said) in [
            (
                "login acme --device",
                &[LoginMethod::Code][..],
                "Acme has no device code; it has a login by the browser (no option)",
            ),
            (
                "login acme --paste",
                &[LoginMethod::Device, LoginMethod::Key],
                "Acme has no answer that could be pasted; it has a device code (--device), API keys (--key)",
            ),
            (
                "login acme --port 9000",
                &[LoginMethod::Device],
                "Acme has no callback that could come to a port; it has a device code (--device)",
            ),
            ("login acme", &[LoginMethod::Key], "Acme has no login; it has API keys (--key)"),
        ] {
            let said_now = options(&parsed(line).expect(line), &provider("any", flows), Locality::Local);
            assert_eq!(said_now.expect_err(line), said);
        }
    }

    #[test]
    fn only_a_port_that_the_provider_accepts_is_taken() {
        for (rule, port, fine) in [
            ("any", "9100", Ok(Some(9100))),
            ("fixed", "9000", Ok(Some(9000))),
            ("[9001]", "9001", Ok(Some(9001))),
            ("fixed", "9001", Err("Acme sends its callback to port 9000 only")),
            ("[9001, 9002]", "1", Err("Acme sends its callback to the ports 9000, 9001, 9002 only")),
        ] {
            let args = parsed(&format!("login acme --port {port}")).expect(port);
            let options = options(&args, &provider(rule, &ALL), Locality::Local);
            assert_eq!(options.map(|options| options.port), fine.map_err(String::from), "{rule} {port}");
        }
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        for line in [
            "login acme --device --paste",
            "login acme --device --port 9000",
            "login acme --paste --client-secret-stdin",
            "login acme --client-secret-stdin --client-secret-fd 3",
            "login acme --key --device",
            "login acme --key-stdin --client-id x",
            "login acme --key-fd 3 --scope x",
            "login acme --key-stdin --key-fd 3",
            "login acme --port 0",
            "login acme --port 65536",
            "login acme --key-fd 2",
            "login acme --client-secret hunter2",
            "login acme --key hunter2",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
    }
}
