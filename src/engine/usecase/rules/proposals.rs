//! A second person for publications that take more than one may decide, and for making those limits looser.
//!
//! A publication is proposed as it would be done: the revision of the draft, when, what becomes of tiers, what members are told.
//! Approving does exactly that, or is refused because the draft has changed.

use laurel_domain::ids::{RuleProposalId, StaffId};
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::refusal::{Fault, FieldFault, NumberError, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::publish::{self, Publication};
use super::{Effect, measure};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::approval::Approval;
use crate::store::audit::{self, Action};
use crate::store::programme;
use crate::store::rules::proposals::{self, Kind, ProposalRow};
use crate::store::{StoreError, Tx};
use crate::usecase::approval::{Decision, staff_of};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

pub use laurel_domain::rules::safety::Limits;

/// What is to be done once somebody else agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    Publication {
        /// Of the draft.
        revision: i64,
        how: Box<Publication>,
        /// As it was when it was proposed.
        effect: Effect,
        /// The number that it was given once it was approved.
        version: Option<u32>,
    },
    Limits(Limits),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub id: RuleProposalId,
    pub wanted: Wanted,
    pub approval: Approval,
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = StoreError;

    fn try_from(row: ProposalRow) -> Result<Proposal, StoreError> {
        Ok(Proposal {
            id: row.id,
            wanted: serde_json::from_str(&row.body).map_err(|_| StoreError::Corrupt("a proposal about rules"))?,
            approval: row.approval,
        })
    }
}

/// What waits, and what was decided last.
pub async fn proposals(ledger: &Ledger, decided: i64) -> Result<(Vec<Proposal>, Vec<Proposal>), AppError> {
    let reader = &mut ledger.db.reader().await?;
    let read = |rows: Vec<ProposalRow>| rows.into_iter().map(Proposal::try_from).collect::<Result<Vec<_>, _>>();
    let waiting = read(proposals::waiting(reader).await?)?;
    Ok((waiting, read(proposals::decided(reader, decided).await?)?))
}

/// What one person may publish alone.
pub async fn limits(ledger: &Ledger) -> Result<Limits, AppError> {
    Ok(programme::rule_limits(&mut ledger.db.reader().await?).await?)
}

/// Proposes to publish the draft to a second person. The same proposal again is the same; one whose draft has changed since gives
/// way.
///
/// # Errors
/// As [`publish::publish`]; `rule_proposal_waits` while another waits; `Forbidden` to whoever is nobody of the staff.
pub async fn propose(ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<RuleProposalId, AppError> {
    require(by, Permission::ManageRules)?;
    let staff = staff_of(by)?;
    let draft = programme::draft(&mut ledger.db.reader().await?).await?.filter(|draft| draft.revision == revision);
    let effect = measure(ledger, draft.ok_or(Refusal::StaleDraft)?.set, how.demotes).await?;
    ledger
        .db
        .write((ledger.clone(), staff, revision, how, effect), |tx, (ledger, staff, revision, how, effect)| {
            Box::pin(async move {
                let prepared = publish::prepare(tx, ledger, *revision, how).await?;
                let (revision, how, effect) = (*revision, how.clone(), effect.clone());
                let told = json!({ "members": effect.fallen, "worth": effect.worth_after.to_string() });
                let wanted = Wanted::Publication { revision, how: Box::new(how), effect, version: None };
                let (id, is_new) = keep(tx, ledger, *staff, wanted, Some(revision)).await?;
                if is_new {
                    let subject = format!("rules:version:{}", prepared.rules.version);
                    note(tx, ledger, *staff, "rules.propose", &subject, None, told).await?;
                }
                Ok(id)
            })
        })
        .await
}

/// Keeps a proposal, unless another of its kind waits. `revision`: of the draft that there is; proposals of others are gone with
/// theirs.
async fn keep(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    wanted: Wanted,
    revision: Option<i64>,
) -> Result<(RuleProposalId, bool), AppError> {
    let now = ledger.clock.now();
    let kind = match wanted {
        Wanted::Publication { .. } => Kind::Publication,
        Wanted::Limits(_) => Kind::Limits,
    };
    let waiting = proposals::waiting(tx).await?.into_iter().find(|row| row.kind == kind);
    if let Some(row) = waiting {
        let waiting = Proposal::try_from(row.clone())?;
        if is_same(&waiting.wanted, &wanted) && waiting.approval.made_by == staff {
            return Ok((waiting.id, false));
        }
        let is_stale = matches!(waiting.wanted, Wanted::Publication { revision: of, .. } if Some(of) != revision);
        if !is_stale && waiting.approval.made_by != staff {
            return Err(Refusal::RuleProposalWaits.into());
        }
        let (state, decided_at, decided_by) = (AdjustmentState::Withdrawn, Some(now), Some(staff));
        let approval = Approval { state, decided_at, decided_by, ..row.approval };
        proposals::decide(tx, &ProposalRow { approval, ..row }).await?;
    }
    let row = ProposalRow {
        id: RuleProposalId::new(random::id(now)),
        kind,
        body: serde_json::to_string(&wanted).map_err(AppError::internal)?,
        approval: Approval::proposed(staff, now),
    };
    proposals::insert(tx, &row).await?;
    Ok((row.id, true))
}

/// What it would do may have been measured differently; what is to be done is the same.
fn is_same(one: &Wanted, other: &Wanted) -> bool {
    match (one, other) {
        (Wanted::Publication { revision: a, how: b, .. }, Wanted::Publication { revision: c, how: d, .. }) => (a, b) == (c, d),
        (one, other) => one == other,
    }
}

/// What was typed as limits; empty is none.
///
/// # Errors
/// `invalid` with every field at fault: `members`, `worth`.
pub fn limits_of(members: &str, worth: &str, currency: Currency) -> Result<Limits, Refusal> {
    let mut faults = Vec::new();
    let members = match members.trim() {
        "" => None,
        text => match text.parse::<i64>() {
            Ok(number) if number < 0 => {
                faults.push(FieldFault::new("members", Fault::Negative));
                None
            }
            Ok(number) => Some(number),
            Err(_) => {
                faults.push(FieldFault::new("members", NumberError::NotANumber));
                None
            }
        },
    };
    let worth = match worth.trim() {
        "" => None,
        text => match Money::parse(text, currency) {
            Ok(money) if money.minor() >= 0 => Some(money.minor()),
            Ok(_) => {
                faults.push(FieldFault::new("worth", Fault::Negative));
                None
            }
            Err(error) => {
                faults.push(FieldFault::new("worth", Fault::from(error)));
                None
            }
        },
    };
    if faults.is_empty() { Ok(Limits { members, worth }) } else { Err(Refusal::Invalid { faults }) }
}

/// What became of a wish for other limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// They are in force, or were already.
    Set,
    /// A second person has to approve them.
    Proposed,
}

/// Sets the limits. Stricter ones hold at once, looser ones are proposed.
///
/// # Errors
/// `Forbidden` (also to loosen them in nobody's name); `rule_proposal_waits` while others wait.
pub async fn set_limits(ledger: &Ledger, by: Authority, to: Limits) -> Result<Outcome, AppError> {
    require(by, Permission::ManageSettings)?;
    ledger
        .db
        .write((ledger.clone(), by, to), |tx, (ledger, by, to)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                programme::lock(tx).await?;
                let before = programme::rule_limits(tx).await?;
                if before == *to {
                    return Ok(Outcome::Set);
                }
                let told = (Some(json!(before)), json!(to));
                if !to.is_looser_than(before) {
                    programme::set_rule_limits(tx, *to).await?;
                    note_by(tx, ledger, by.actor(), "settings.change", "programme", told.0, told.1).await?;
                    return Ok(Outcome::Set);
                }
                let staff = staff_of(*by)?;
                if keep(tx, ledger, staff, Wanted::Limits(*to), None).await?.1 {
                    note(tx, ledger, staff, "settings.propose", "programme", told.0, told.1).await?;
                }
                Ok(Outcome::Proposed)
            })
        })
        .await
}

/// Decides a proposal. Approving publishes, or sets the limits, as of now; the number of the version that came of it.
/// What the same person has decided the same way before is answered alike.
///
/// # Errors
/// `Forbidden`, `NotFound`; `own_proposal` for who would approve or reject what they proposed; `already_decided`;
/// approving: as [`publish::publish`], save for the limits.
pub async fn decide(ledger: &Ledger, by: Authority, id: RuleProposalId, decision: Decision) -> Result<Option<u32>, AppError> {
    require(by, Permission::ManageRules)?;
    let staff = staff_of(by)?;
    let kept = match decision {
        Decision::Approve => publish::keep_months(ledger).await?,
        _ => None,
    };
    ledger
        .db
        .write((ledger.clone(), by, staff, id, decision, kept), |tx, (ledger, by, staff, id, decision, kept)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                programme::lock(tx).await?;
                let mut row = proposals::find(tx, *id).await?.ok_or(AppError::NotFound)?;
                let mut proposal = Proposal::try_from(row.clone())?;
                if matches!(proposal.wanted, Wanted::Limits(_)) {
                    require(*by, Permission::ManageSettings)?;
                }
                let Some(decided) = decision.decide(&row.approval, *staff, ledger.clock.now())? else {
                    return Ok(version_of(&proposal.wanted));
                };
                let mut told = (None, json!({ "proposal": id.to_string() }));
                if *decision == Decision::Approve {
                    told = carry_out(tx, ledger, &mut proposal, kept.clone(), told.1).await?;
                    row.body = serde_json::to_string(&proposal.wanted).map_err(AppError::internal)?;
                }
                row.approval = decided;
                proposals::decide(tx, &row).await?;
                let (name, subject) = named(decision, &proposal.wanted);
                note(tx, ledger, *staff, name, &subject, told.0, told.1).await?;
                Ok(version_of(&proposal.wanted))
            })
        })
        .await
}

/// What the audit log calls it, and what it is about.
fn named(decision: &Decision, wanted: &Wanted) -> (&'static str, String) {
    let subject = match wanted {
        Wanted::Publication { version, .. } => {
            version.map_or_else(|| "rules:draft".to_owned(), |v| format!("rules:version:{v}"))
        }
        Wanted::Limits(_) => "programme".to_owned(),
    };
    let name = match (wanted, decision) {
        (Wanted::Publication { .. }, Decision::Approve) => "rules.approve",
        (Wanted::Publication { .. }, Decision::Reject(_)) => "rules.reject",
        (Wanted::Publication { .. }, Decision::Withdraw) => "rules.unpropose",
        (Wanted::Limits(_), Decision::Approve) => "settings.approve",
        (Wanted::Limits(_), Decision::Reject(_)) => "settings.reject",
        (Wanted::Limits(_), Decision::Withdraw) => "settings.withdraw",
    };
    (name, subject)
}

fn version_of(wanted: &Wanted) -> Option<u32> {
    match wanted {
        Wanted::Publication { version, .. } => *version,
        Wanted::Limits(_) => None,
    }
}

/// Does what was proposed, in the proposer's name. What the audit log has of it, before and after.
async fn carry_out(
    tx: &mut Tx,
    ledger: &Ledger,
    proposal: &mut Proposal,
    kept: Option<crate::usecase::ledger::months::Kept>,
    told: Value,
) -> Result<(Option<Value>, Value), AppError> {
    match &mut proposal.wanted {
        Wanted::Publication { revision, how, version, .. } => {
            let prepared = publish::prepare(tx, ledger, *revision, how).await?;
            let by = Actor::Staff(proposal.approval.made_by.uuid());
            *version = Some(publish::publish_in(tx, ledger, by, prepared, how, kept).await?);
            Ok((None, told))
        }
        Wanted::Limits(to) => {
            let before = programme::rule_limits(tx).await?;
            programme::set_rule_limits(tx, *to).await?;
            Ok((Some(json!(before)), json!(to)))
        }
    }
}

async fn note(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    name: &'static str,
    subject: &str,
    before: Option<Value>,
    after: Value,
) -> Result<(), AppError> {
    note_by(tx, ledger, Actor::Staff(staff.uuid()), name, subject, before, after).await
}

async fn note_by(
    tx: &mut Tx,
    ledger: &Ledger,
    actor: Actor,
    name: &'static str,
    subject: &str,
    before: Option<Value>,
    after: Value,
) -> Result<(), AppError> {
    let action = Action { actor, name, subject, before, after: Some(after) };
    Ok(audit::append(tx, &action, ledger.clock.now()).await?)
}
