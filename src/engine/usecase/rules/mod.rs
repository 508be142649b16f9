//! Changing the rules: a draft, what it changes, its publication, and its withdrawal as long as it is not in force.
//! A published version never changes; the way back to an older one is a draft that says the same.

mod discard;
mod effect;
pub mod experiments;
mod history;
mod limits;
mod notices;
mod proposals;
mod publish;
mod wanted;

use jiff::Timestamp;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes::{self, Change};
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use serde_json::{Value, json};

use crate::auth::{Actor, Authority, Permission};
use crate::store::Tx;
use crate::store::audit::{self, Action};
use crate::store::programme::{self, Draft};

use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

pub use discard::{KEPT_DAYS, discard_draft, discarded, put_back};
pub use effect::{Effect, measure};
pub use history::{Version, history};
pub use limits::{Limits, Outcome, limits, limits_of, set_limits};
pub use notices::{Told, put_aside, show_again, told, withdraw_notice};
pub use proposals::{Proposal, decide, proposals, propose, propose_adoption, propose_experiment};
pub use publish::{Publication, check_kept, check_time, notice_of, publish, withdraw};
pub use wanted::{Made, Wanted};

/// The draft of the next version, and what there is without it.
#[derive(Clone, Debug)]
pub struct Overview {
    pub in_force: Rules,
    /// The version that is still to come into force, if one is.
    pub scheduled: Option<Rules>,
    pub draft: Option<Draft>,
    /// What the draft, or else the scheduled version, changes in what is in force.
    pub changes: Vec<Change>,
    /// The version that an experiment gives its variant group, if one is still to begin or goes on. Nothing else is scheduled then.
    pub experiment: Option<Rules>,
    /// The latest of the versions that count, which a new draft starts from.
    pub base: u32,
    /// The number that is given next.
    pub next_version: u32,
}

impl Overview {
    /// What an editor starts with: the draft, else what is scheduled, else what is in force.
    pub fn set(&self) -> &RuleSet {
        let scheduled = self.scheduled.as_ref().map(|rules| &rules.set);
        self.draft.as_ref().map(|draft| &draft.set).or(scheduled).unwrap_or(&self.in_force.set)
    }
}

pub async fn overview(ledger: &Ledger) -> Result<Overview, AppError> {
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let next_version = programme::progress(&mut ledger.db.reader().await?).await?.latest + 1;
    let experiment = experiments::on(&rulebook, now).map(|on| on.variant.clone());
    let scheduled = scheduled(&rulebook, now).filter(|_| experiment.is_none()).cloned();
    let (in_force, base) = (rulebook.general().at(now).clone(), rulebook.latest().version);
    let mut overview = Overview { in_force, scheduled, draft, changes: Vec::new(), experiment, base, next_version };
    overview.changes = changes::changes(&overview.in_force.set, overview.set());
    Ok(overview)
}

/// The version that is still to come into force. The first holds since ever, whatever time it says.
fn scheduled(rulebook: &Rulebook, now: Timestamp) -> Option<&Rules> {
    Some(rulebook.latest()).filter(|latest| latest.from > now && rulebook.all().len() > 1)
}

/// Keeps a draft. `revision` is the one that was edited, 0 when there was none; the new one is returned.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault; `stale_draft` if somebody has changed or published it meanwhile.
pub async fn save_draft(ledger: &Ledger, by: Authority, set: RuleSet, base: u32, revision: i64) -> Result<i64, AppError> {
    require(by, Permission::ManageRules)?;
    let faults = set.faults(ledger.programme.currency);
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    let input = (ledger.clone(), by, set, base, revision);
    ledger
        .db
        .write(input, |tx, (ledger, by, set, base, revision)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let rulebook = ledger.rulebook_in(tx).await?;
                if rulebook.latest().version != *base {
                    return Err(Refusal::StaleDraft.into());
                }
                save_in(tx, ledger, &rulebook, by.actor(), (set, *revision), "rules.draft").await
            })
        })
        .await
}

/// The caller holds the rules.
async fn save_in(
    tx: &mut Tx,
    ledger: &Ledger,
    rulebook: &Rulebook,
    actor: Actor,
    (set, revision): (&RuleSet, i64),
    what: &'static str,
) -> Result<i64, AppError> {
    let before = programme::draft(tx).await?;
    if before.as_ref().map_or(0, |draft| draft.revision) != revision {
        return Err(Refusal::StaleDraft.into());
    }
    let now = ledger.clock.now();
    // the microsecond keeps revisions of drafts that were dropped from coming again
    let next = now.as_microsecond().max(revision + 1);
    let base = rulebook.latest().version;
    let draft = Draft { base, revision: next, set: set.clone(), changed_at: now, changed_by: name(actor) };
    programme::save_draft(tx, &draft).await?;
    let was = before.map_or_else(|| rulebook.latest().set.clone(), |draft| draft.set);
    note(tx, actor, what, &changes::changes(&was, set), "draft", now).await?;
    Ok(next)
}

/// Makes a draft that says what an earlier version said, in place of the draft with that `revision` if there is one. Publishing it
/// is the way back; its own revision is returned.
///
/// # Errors
/// `Forbidden`; `NotFound`; `nothing_changed` if the rules in force say the same; `stale_draft` as for saving; `invalid` if what it
/// says is not allowed any more.
pub async fn return_to(ledger: &Ledger, by: Authority, version: u32, revision: i64) -> Result<i64, AppError> {
    require(by, Permission::ManageRules)?;
    ledger
        .db
        .write((ledger.clone(), by, version, revision), |tx, (ledger, by, version, revision)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let rulebook = ledger.rulebook_in(tx).await?;
                let number = i32::try_from(*version).map_err(|_| AppError::NotFound)?;
                // also one that was withdrawn says something to go back to
                let row = programme::versions(tx).await?.into_iter().find(|row| row.version == number);
                let set = row.ok_or(AppError::NotFound)?.set()?;
                let faults = set.faults(ledger.programme.currency);
                if !faults.is_empty() {
                    return Err(Refusal::Invalid { faults }.into());
                }
                if rulebook.latest().set == set {
                    return Err(Refusal::NothingChanged.into());
                }
                save_in(tx, ledger, &rulebook, by.actor(), (&set, *revision), "rules.draft").await
            })
        })
        .await
}

fn name(actor: Actor) -> String {
    match actor {
        Actor::Staff(id) => format!("staff:{id}"),
        _ => "laurel".to_owned(),
    }
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    what: &'static str,
    changes: &[Change],
    subject: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    let side = |pick: fn(&Change) -> &Option<String>| -> Option<Value> {
        Some(changes.iter().map(|change| (change.field.clone(), json!(pick(change)))).collect::<serde_json::Map<_, _>>().into())
    };
    let (before, after) = (side(|change| &change.before), side(|change| &change.after));
    let subject = format!("rules:{subject}");
    Ok(audit::append(tx, &Action { actor, name: what, subject: &subject, before, after }, now).await?)
}
