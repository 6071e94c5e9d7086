//! Flow options of `login`: which ways of a login the command line leaves open.

use crate::cli::login::arguments::LoginArgs;
use crate::domain::provider::{Flow, PortRule, Provider};
use crate::oauth::login::{Browser, CancelKey, Seat, Ways};

/// The ways of a login at `provider` for a person at `seat`.
///
/// # Errors
/// A sentence, when the provider has no such way.
pub(super) fn ways(args: &LoginArgs, provider: &Provider, seat: Seat) -> Result<Ways, String> {
    let mut ways = Ways { cancel: CancelKey::CtrlC, ..Ways::of(provider, seat) };
    if args.device {
        ways.flows.retain(|flow| *flow == Flow::Device);
        some(&ways, provider, "no device code")?;
    } else if args.paste {
        // With a callback's redirect too: the address that a browser ended at can then be pasted.
        ways.flows.retain(|flow| matches!(flow, Flow::Code | Flow::Paste));
        some(&ways, provider, "no answer that could be pasted")?;
        ways.browser = Browser::Left;
    } else {
        ways.flows.retain(|flow| *flow != Flow::Key);
        some(&ways, provider, "no login")?;
    }
    if args.no_browser {
        ways.browser = Browser::Left;
    }
    if let Some(port) = args.port {
        accepted(port, provider)?;
        ways.port = Some(port);
    }
    Ok(ways)
}

fn some(ways: &Ways, provider: &Provider, lacks: &str) -> Result<(), String> {
    if ways.flows.is_empty() { Err(has_not(provider, lacks)) } else { Ok(()) }
}

/// Says what the provider has instead.
pub(super) fn has_not(provider: &Provider, lacks: &str) -> String {
    let has: Vec<&str> = provider.flows.iter().map(|flow| words(*flow)).collect();
    format!("{} has {lacks}; it has {}", provider.title, has.join(", "))
}

fn words(flow: Flow) -> &'static str {
    match flow {
        Flow::Code => "a login by the browser (no option)",
        Flow::Paste => "a code to paste (--paste)",
        Flow::Device => "a device code (--device)",
        Flow::Key => "API keys (--key)",
    }
}

fn accepted(port: u16, provider: &Provider) -> Result<(), String> {
    if !provider.flows.contains(&Flow::Code) {
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

    fn provider(rule: &str, flows: &[Flow]) -> Provider {
        let text = format!(
            "name: acme\ntitle: Acme\nendpoints: {{ authorize: 'https://a.test/a', token: 'https://a.test/t' }}\n\
             redirect: {{ port: 9000, port_rule: {rule}, paste: 'https://a.test/code' }}\n"
        );
        let mut provider = provider_file::load("acme", &text).expect("a provider");
        provider.flows = flows.to_vec();
        provider
    }

    const ALL: [Flow; 4] = [Flow::Code, Flow::Paste, Flow::Device, Flow::Key];

    #[test]
    fn an_option_narrows_the_ways_to_its_door() {
        for (line, flows, browser) in [
            ("login acme", &[Flow::Code, Flow::Paste, Flow::Device][..], Browser::Opened),
            ("login acme --no-browser", &[Flow::Code, Flow::Paste, Flow::Device], Browser::Left),
            ("login acme --device", &[Flow::Device], Browser::Opened),
            ("login acme --paste", &[Flow::Code, Flow::Paste], Browser::Left),
        ] {
            let args = parsed(line).expect(line);
            let ways = ways(&args, &provider("any", &ALL), Seat::Here).expect(line);
            assert_eq!((ways.flows.as_slice(), ways.browser), (flows, browser), "{line}");
        }
    }

    #[test]
    fn a_door_that_the_provider_lacks_is_one_sentence_with_those_it_has() {
        for (line, flows, said) in [
            (
                "login acme --device",
                &[Flow::Code][..],
                "Acme has no device code; it has a login by the browser (no option)",
            ),
            (
                "login acme --paste",
                &[Flow::Device, Flow::Key],
                "Acme has no answer that could be pasted; it has a device code (--device), API keys (--key)",
            ),
            (
                "login acme --port 9000",
                &[Flow::Device],
                "Acme has no callback that could come to a port; it has a device code (--device)",
            ),
            ("login acme", &[Flow::Key], "Acme has no login; it has API keys (--key)"),
        ] {
            let said_now = ways(&parsed(line).expect(line), &provider("any", flows), Seat::Here);
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
            let ways = ways(&args, &provider(rule, &ALL), Seat::Here);
            assert_eq!(ways.map(|ways| ways.port), fine.map_err(String::from), "{rule} {port}");
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
