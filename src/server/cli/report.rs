//! `laurel report`: the programme in figures, after what is due for anybody has been posted.

use clap::Args;

use super::{Common, Ended, print_json};
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::programme::{report, totals};

#[derive(Args)]
pub(super) struct Options {
    /// Count everything anew first, whatever the totals were. Nobody posts meanwhile
    #[arg(long)]
    recount: bool,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    due::settle(&ledger).await?;
    due::re_rate(&ledger).await?;
    if options.recount {
        totals::recount(&ledger).await?;
    }
    let report = report::report(&ledger.db).await?;
    if common.is_json() {
        print_json(&report)?;
        return Ok(Ended::Well);
    }
    let points = &report.points;
    out_line!("{:<14}{:>18}", "members", report.members);
    out_line!("{:<14}{:>18}", "events", report.events);
    for (name, points) in [
        ("issued", points.issued),
        ("clawed back", points.clawed_back),
        ("redeemed", points.redeemed),
        ("restored", points.restored),
        ("expired", points.expired),
        ("adjusted", points.adjusted),
        ("pending", points.pending),
        ("debt", points.debt),
        ("outstanding", points.outstanding),
    ] {
        out_line!("{name:<14}{:>18}", points.to_string());
    }
    for tier in &report.tiers {
        out_line!("{:<14}{:>18}", format!("tier {}", tier.rank), tier.members);
    }
    Ok(Ended::Well)
}
