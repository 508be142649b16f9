//! `laurel servers`: who is at work on the database.

use super::{Common, Ended, print_json};
use laurel_engine::usecase::servers;

pub(super) async fn run(common: &Common) -> anyhow::Result<Ended> {
    let servers = servers::list(&common.ledger().await?.db).await?;
    if common.is_json() {
        print_json(&servers)?;
        return Ok(Ended::Well);
    }
    for (name, jobs) in servers {
        out_line!("{name}  {}", if jobs.is_empty() { "no jobs".to_owned() } else { jobs.join(", ") });
    }
    Ok(Ended::Well)
}
