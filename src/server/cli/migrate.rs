//! `laurel migrate`.

use clap::Args;

use super::{Common, Ended};

#[derive(Args)]
pub(super) struct Options {
    /// Let this role of PostgreSQL do what servers do, and no more: it can add entries and not change them. Give it again after each
    /// new version
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
    /// Put what belongs to members on the machines of a PostgreSQL with Citus, as `laurel init --distributed` does; stop all servers first
    #[arg(long)]
    distributed: bool,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<Ended> {
    let db = common.connect().await?;
    if options.distributed {
        db.check_distributable().await?;
    }
    db.migrate().await?;
    note_line!("The database is up to date.");
    if options.distributed {
        db.distribute().await?;
        note_line!("What belongs to members is on the machines of its Citus.");
    }
    if let Some(role) = &options.grant_to {
        db.grant_to(role).await?;
        note_line!("{role:?} can do what servers do.");
    }
    Ok(Ended::Well)
}
