//! `laurel member`: look at one, or let them into the portal.

use clap::Subcommand;

use super::{Common, Ended, PublicAddress, print_json};
use crate::server::auth::Authority;
use crate::server::http::links;
use crate::server::store::members::By;
use crate::server::usecase::{activate, members};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Points and tier of a member
    Show { external_id: String },
    /// Print a one-time link to the portal: for a member who has not been there, or forgot the password
    Invite {
        external_id: String,
        #[command(flatten)]
        address: PublicAddress,
    },
}

pub(super) async fn run(common: &Common, command: Command) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    match command {
        Command::Show { external_id } => {
            let Some(member) = members::find(&ledger, By::External(&external_id)).await? else {
                anyhow::bail!("there is no member {external_id:?}");
            };
            let view = members::view(&ledger, &member).await?;
            if common.is_json() {
                print_json(&view)?;
                return Ok(Ended::Well);
            }
            println!("{:<12}{external_id}", "member");
            println!("{:<12}{}", "status", view.status.name());
            println!("{:<12}{} {} ({})", "tier", view.tier.rank.get(), view.tier.name.en, view.tier.name.zh);
            for (name, points) in [
                ("balance", view.points.balance),
                ("available", view.points.available),
                ("pending", view.points.pending),
                ("debt", view.points.debt),
                ("earned", view.points.earned),
            ] {
                println!("{name:<12}{points}");
            }
        }
        Command::Invite { external_id, address } => {
            let Some(member) = members::find(&ledger, By::External(&external_id)).await? else {
                anyhow::bail!("there is no member {external_id:?}");
            };
            let authority = Authority::command_line();
            let invitation = activate::invite(&ledger.db, authority, member.id(), ledger.clock.now()).await?;
            eprintln!("Works once, until {}.", invitation.expires_at);
            println!("{}", links::activation(&address.url()?, invitation.code.as_str()));
        }
    }
    Ok(Ended::Well)
}
