//! Every version that was ever published.

use jiff::Timestamp;
use laurel_domain::rules::changes::{self, Change};
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::text::Both;

use crate::store::programme;
use crate::store::{StoreError, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// A published version, for the history.
#[derive(Clone, Debug)]
pub struct Version {
    pub version: u32,
    pub from: Timestamp,
    pub published_at: Timestamp,
    /// `staff:<id>`, or `laurel` for the first.
    pub published_by: String,
    /// When it was withdrawn, and by whom, if it never came into force.
    pub withdrawn: Option<(Timestamp, String)>,
    pub set: RuleSet,
    /// Whether it demoted inside validity periods.
    pub demotes: bool,
    /// Until when whoever fell short of their tier by it keeps it.
    pub keeps_until: Option<Timestamp>,
    /// What members are told.
    pub notice: Option<Both>,
    /// When they were told no more.
    pub notice_withdrawn_at: Option<Timestamp>,
    /// What it is compared with: the one before that was not withdrawn; none for the first.
    pub before: Option<RuleSet>,
}

impl Version {
    /// What it changed; nothing for the first.
    pub fn changes(&self) -> Vec<Change> {
        self.before.as_ref().map(|before| changes::changes(before, &self.set)).unwrap_or_default()
    }
}

/// All versions, newest first, also those that were withdrawn.
pub async fn history(ledger: &Ledger) -> Result<Vec<Version>, AppError> {
    let rows = programme::versions(&mut ledger.db.reader().await?).await?;
    let mut history: Vec<Version> = Vec::with_capacity(rows.len());
    let mut before: Option<RuleSet> = None;
    for row in rows {
        let set = row.set()?;
        let withdrawn = row.withdrawn_at.map(timestamp).transpose()?.zip(row.withdrawn_by.clone());
        let is_counted = withdrawn.is_none();
        let (keeps_until, notice) = (row.keeps_until.map(timestamp).transpose()?, row.notice());
        history.push(Version {
            version: u32::try_from(row.version).map_err(|_| StoreError::Corrupt("a version"))?,
            from: timestamp(row.in_force_from)?,
            published_at: timestamp(row.published_at)?,
            published_by: row.published_by,
            withdrawn,
            demotes: row.demotes,
            keeps_until,
            notice,
            notice_withdrawn_at: row.notice_withdrawn_at.map(timestamp).transpose()?,
            set: set.clone(),
            before: before.clone(),
        });
        if is_counted {
            before = Some(set);
        }
    }
    history.reverse();
    Ok(history)
}
