//! The servers on one database: each says every few seconds that it lives, and learns what the others changed.
//!
//! Jobs are done under leases: by whoever took them first, for as long as that server says that it lives. None of them is wrong
//! when it runs twice; leases keep several servers from doing the same work, and from waiting for one another over it.

use std::collections::BTreeMap;
use std::time::Duration;

use laurel_domain::look::Look;
use laurel_domain::program::Programme;

use crate::store::leases::{self, Lease};
use crate::store::programme::{self, Progress};
use crate::store::{Db, StoreError, Tx, check_known};

const SERVER: &str = "server:";
const JOB: &str = "job:";
/// How long the name of a server that is gone is kept.
const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// How a server presents itself.
#[derive(Clone, Debug)]
pub struct Presented {
    /// No other server has this name.
    pub name: String,
    /// The jobs that it would do.
    pub jobs: &'static [&'static str],
    /// For how long it is believed to live after this.
    pub lease: Duration,
}

/// What a server learns by it.
#[derive(Clone, Debug)]
pub struct Learnt {
    /// How many servers live, itself included.
    pub servers: u32,
    /// Which jobs are its own for now.
    pub jobs: Vec<&'static str>,
    pub programme: Option<Programme>,
    pub look: Look,
    pub rules: Progress,
    /// Whether a newer version has taken away what this one needs.
    pub is_too_old: bool,
}

/// Says that a server lives, takes the jobs that nobody has, and reads what others may have changed.
pub async fn report_in(db: &Db, presented: Presented) -> Result<Learnt, StoreError> {
    db.write(presented, |tx, presented| Box::pin(report(tx, presented))).await
}

async fn report(tx: &mut Tx, presented: &Presented) -> Result<Learnt, StoreError> {
    let jobs = presented.jobs.iter().map(|job| format!("{JOB}{job}"));
    let names: Vec<String> = jobs.chain([format!("{SERVER}{}", presented.name)]).collect();
    let taken = leases::take(tx, &names, &presented.name, presented.lease).await?;
    let is_mine = |job: &&str| taken.iter().any(|name| name.strip_prefix(JOB) == Some(job));
    let servers = leases::held(tx).await?.iter().filter(|lease| lease.name.starts_with(SERVER)).count();
    Ok(Learnt {
        servers: u32::try_from(servers).unwrap_or(u32::MAX),
        jobs: presented.jobs.iter().copied().filter(|job| is_mine(job)).collect(),
        programme: programme::find(tx).await?,
        look: programme::look(tx).await?,
        rules: programme::progress(tx).await?,
        is_too_old: matches!(check_known(tx).await, Err(StoreError::SchemaTooNew { .. })),
    })
}

/// A server stops: others take its jobs at once.
pub async fn leave(db: &Db, name: String) -> Result<(), StoreError> {
    db.write(name, |tx, name| Box::pin(leases::give_back(tx, name))).await
}

/// The servers that live, by name, with the jobs that each does.
pub async fn list(db: &Db) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
    let mut servers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for Lease { name, holder } in leases::held(&mut db.reader().await?).await? {
        let jobs = servers.entry(holder).or_default();
        jobs.extend(name.strip_prefix(JOB).map(str::to_owned));
    }
    Ok(servers)
}

/// Forgets servers that have been gone for long.
pub async fn forget_gone(db: &Db) -> Result<u64, StoreError> {
    db.write((), |tx, ()| Box::pin(leases::prune(tx, REMEMBERED_FOR))).await
}
