//! `laurel member`: look at one.

use clap::Subcommand;

use super::{Common, Ended, print_json};
use crate::server::store::members::By;
use crate::server::usecase::members;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Points and tier of a member
    Show { external_id: String },
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
    }
    Ok(Ended::Well)
}
