//! `laurel member`: look at one, or let them into the portal.

use clap::Subcommand;

use super::{Common, Ended, PublicAddress, print_json};
use crate::server::web::links;
use laurel_engine::auth::Authority;
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::usecase::access::activate;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::{close, erase, view};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show a member’s points and tier
    Show { external_id: String },
    /// Print a one-time link to the portal, for a first sign-in or a forgotten password
    Invite {
        external_id: String,
        #[command(flatten)]
        address: PublicAddress,
    },
    /// Close an account: cancel open redemptions and remove the remaining points
    Close { external_id: String },
    /// Permanently erase the personal data of a closed member
    Erase { external_id: String },
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    match command {
        Command::Show { external_id } => {
            let member = known(&ledger, &external_id).await?;
            let view = view::view(&ledger, &member).await?;
            if common.is_json() {
                print_json(&view)?;
                return Ok(Ended::Well);
            }
            out_line!("{:<12}{external_id}", "member");
            out_line!("{:<12}{}", "status", view.status.name());
            out_line!("{:<12}{} {} ({})", "tier", view.tier.rank.get(), view.tier.name.en, view.tier.name.zh);
            for (name, points) in [
                ("balance", view.points.balance),
                ("available", view.points.available),
                ("pending", view.points.pending),
                ("debt", view.points.debt),
                ("earned", view.points.earned),
            ] {
                out_line!("{name:<12}{points}");
            }
            for lot in view.lots {
                let until = lot.day.map_or_else(|| "for ever".to_owned(), |day| format!("through {day}"));
                out_line!("{:<12}{} {until}", "lot", lot.points);
            }
            for held in view.pending {
                out_line!("{:<12}{} until {}", "held", held.points, held.until);
            }
        }
        Command::Invite { external_id, address } => {
            let member = known(&ledger, &external_id).await?;
            let authority = Authority::command_line();
            let invitation = activate::invite(&ledger.db, authority, member.id(), ledger.clock.now()).await?;
            note_line!("Valid once, until {}.", invitation.expires_at);
            out_line!("{}", links::activation(&address.url()?, invitation.code.as_str()));
        }
        Command::Close { external_id } => {
            let member = known(&ledger, &external_id).await?;
            let closed = close::close(&ledger, Authority::command_line(), member.id(), None).await?;
            note_line!("Closed: {} redemptions cancelled, {} points removed.", closed.cancelled, closed.removed);
        }
        Command::Erase { external_id } => {
            let member = known(&ledger, &external_id).await?;
            erase::erase(&ledger, Authority::command_line(), member.id()).await?;
            note_line!("Personal data erased. The entries remain under member {}.", member.id());
        }
    }
    Ok(Ended::Well)
}

async fn known(ledger: &Ledger, external_id: &str) -> anyhow::Result<Member> {
    match due::settled(ledger, By::External(external_id)).await? {
        Some(member) => Ok(member),
        None => anyhow::bail!("no member {external_id:?}"),
    }
}
