//! `laurel migrate`.

use clap::Args;

use super::{Common, Ended};

#[derive(Args)]
pub(super) struct Options {
    /// Let this role of PostgreSQL do what servers do, and no more: it can add entries and not change them. Give it again after each
    /// new version
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
}

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<Ended> {
    let db = common.connect().await?;
    db.migrate().await?;
    note_line!("The database is up to date.");
    if let Some(role) = &options.grant_to {
        db.grant_to(role).await?;
        note_line!("{role:?} can do what servers do.");
    }
    Ok(Ended::Well)
}
