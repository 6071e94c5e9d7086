//! Walk of a discovery, printed line by line.

use std::sync::Arc;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::oauth::discovery::{
    Discovered, Discovery, DiscoveryPlan, DiscoveryStage, DoubtfulAddress, Finding,
};
use crate::oauth::transcript::Transcript;
use crate::shell::terminal::console::{self, Prompter};
use crate::shell::{Services, discovery};

/// Walks to the end of `plan`, and adds its requests to `requests`. The person is asked about doubtful
/// addresses.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn walk(
    services: &Arc<Services>,
    plan: DiscoveryPlan,
    requests: &mut Transcript,
) -> Result<Discovered, Exit> {
    let address = plan.address.to_string();
    let mut walked = Discovery::begin(plan, services.clock.now());
    let ended = to_its_end(services, &mut walked, &address).await;
    requests.append(walked.transcript());
    ended
}

async fn to_its_end(
    services: &Arc<Services>,
    walked: &mut Discovery,
    address: &str,
) -> Result<Discovered, Exit> {
    let mut shown = 0;
    loop {
        walked.findings().iter().skip(shown).for_each(show);
        shown = walked.findings().len();
        match walked.stage() {
            DiscoveryStage::Asking(_) => discovery::send(services, walked).await,
            DiscoveryStage::Confirming(doubts) => {
                agree(doubts).await?;
                walked.agreed(services.clock.now());
            }
            DiscoveryStage::Over(Ok(discovered)) => return Ok(discovered.clone()),
            DiscoveryStage::Over(Err(trouble)) => {
                if walked.wants_own_client() {
                    console::say(&walked.recipe().lines().join("\n"));
                }
                return Err(exit::trouble(trouble, address));
            }
        }
    }
}

fn show(finding: &Finding) {
    let mark = if finding.is_warning { "! " } else { "" };
    console::say(&format!("  {mark}{}", finding.words));
}

async fn agree(doubts: &[DoubtfulAddress]) -> Result<(), Exit> {
    doubts.iter().for_each(|doubt| console::say(&format!("  ! {doubt}")));
    if !console::can_ask() {
        say("the addresses above want a yes, and nobody can be asked here; accept them with --yes.");
        return Err(Exit::Usage);
    }
    if Prompter::new().agrees("Go on with these addresses?").await {
        return Ok(());
    }
    say("nothing was sent there, and nothing was changed.");
    Err(Exit::Failure)
}
