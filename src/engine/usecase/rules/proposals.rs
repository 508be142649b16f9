//! A second person for what takes more than one may decide: publishing a draft, giving it to some members by an experiment, giving
//! everybody an experiment's, and making the limits of all that looser.
//!
//! What is proposed is what would be done: the revision of the draft, when, for whom, what becomes of tiers, what members are told.
//! Approving does exactly that, or is refused because the draft has changed.

use laurel_domain::ids::{ExperimentId, RuleProposalId, StaffId};
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::refusal::Refusal;
use serde_json::{Value, json};

use super::experiments::{self, Ended};
use super::publish::{self, Publication};
use super::wanted::{Made, Wanted};
use super::{Effect, measure};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::approval::Approval;
use crate::store::audit::{self, Action};
use crate::store::programme;
use crate::store::rules::proposals::{self, Kind, ProposalRow};
use crate::store::{StoreError, Tx, is_json};
use crate::usecase::approval::{Decision, staff_of};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub id: RuleProposalId,
    pub wanted: Wanted,
    pub approval: Approval,
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = StoreError;

    fn try_from(row: ProposalRow) -> Result<Proposal, StoreError> {
        let wanted = match serde_json::from_str(&row.body) {
            Ok(wanted) => wanted,
            Err(_) if is_json(&row.body) => Wanted::Unread(row.kind),
            Err(_) => return Err(StoreError::Corrupt("a proposal about rules")),
        };
        Ok(Proposal { id: row.id, wanted, approval: row.approval })
    }
}

/// What waits, and what was decided last.
pub async fn proposals(ledger: &Ledger, decided: i64) -> Result<(Vec<Proposal>, Vec<Proposal>), AppError> {
    let reader = &mut ledger.db.reader().await?;
    let read = |rows: Vec<ProposalRow>| rows.into_iter().map(Proposal::try_from).collect::<Result<Vec<_>, _>>();
    let waiting = read(proposals::waiting(reader).await?)?;
    Ok((waiting, read(proposals::decided(reader, decided).await?)?))
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
                let subject = format!("rules:version:{}", prepared.rules.version);
                let wanted = Wanted::Publication { revision, how: Box::new(how), effect: effect.clone(), version: None };
                put(tx, ledger, *staff, &wanted, &subject, &effect).await
            })
        })
        .await
}

/// Proposes to start an experiment with the draft, likewise.
///
/// # Errors
/// As [`experiments::start`]; `rule_proposal_waits` while another waits; `Forbidden` to whoever is nobody of the staff.
pub async fn propose_experiment(ledger: &Ledger, by: Authority, start: experiments::Start) -> Result<RuleProposalId, AppError> {
    require(by, Permission::ManageRules)?;
    let staff = staff_of(by)?;
    let id = ExperimentId::new(random::deciding_id(ledger.clock.now(), &start.name));
    let effect = experiments::effect_of(ledger, id, &start).await?;
    ledger
        .db
        .write((ledger.clone(), staff, id, start, effect), |tx, (ledger, staff, id, start, effect)| {
            Box::pin(async move {
                experiments::prepare(tx, ledger, *id, start).await?;
                let wanted = Wanted::Experiment { id: *id, start: Box::new(start.clone()), effect: effect.clone() };
                put(tx, ledger, *staff, &wanted, &format!("experiment:{id}"), effect).await
            })
        })
        .await
}

/// Proposes to give everybody the rules of an experiment's variant group, likewise.
///
/// # Errors
/// As [`experiments::end`]; `rule_proposal_waits` while another waits; `Forbidden` to whoever is nobody of the staff.
pub async fn propose_adoption(
    ledger: &Ledger,
    by: Authority,
    experiment: ExperimentId,
    said: Ended,
) -> Result<RuleProposalId, AppError> {
    require(by, Permission::ManageRules)?;
    let staff = staff_of(by)?;
    let effect = experiments::effect_of_adopting(ledger, experiment).await?;
    ledger
        .db
        .write((ledger.clone(), staff, experiment, said, effect), |tx, (ledger, staff, experiment, said, effect)| {
            Box::pin(async move {
                experiments::check_adoption(tx, ledger, *experiment, said).await?;
                let (said, effect) = (Box::new(said.clone()), effect.clone());
                let wanted = Wanted::Adoption { experiment: *experiment, said, effect: effect.clone(), version: None };
                put(tx, ledger, *staff, &wanted, &format!("experiment:{experiment}"), &effect).await
            })
        })
        .await
}

/// Keeps a proposal and notes it in the audit log. The rules are locked.
async fn put(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    wanted: &Wanted,
    subject: &str,
    effect: &Effect,
) -> Result<RuleProposalId, AppError> {
    let (id, is_new) = keep(tx, ledger, staff, wanted).await?;
    if wanted.keeps_or_tells_by_experiment() {
        programme::refuse_before_experiment_notices(tx).await?;
    }
    if is_new {
        let told = json!({ "members": effect.fallen, "worth": effect.worth_after.to_string() });
        note(tx, ledger, staff, "rules.propose", subject, None, told).await?;
    }
    Ok(id)
}

/// Keeps a proposal, unless another of its kind waits that is about the same; what is about another draft gives way. Whether it is
/// a new one.
pub(super) async fn keep(
    tx: &mut Tx,
    ledger: &Ledger,
    staff: StaffId,
    wanted: &Wanted,
) -> Result<(RuleProposalId, bool), AppError> {
    let now = ledger.clock.now();
    let kind = wanted.kind();
    let waiting = proposals::waiting(tx).await?.into_iter().find(|row| row.kind == kind);
    if let Some(row) = waiting {
        let waiting = Proposal::try_from(row.clone())?;
        let is_own = waiting.approval.made_by == staff;
        if is_own && waiting.wanted.is_same(wanted) {
            return Ok((waiting.id, false));
        }
        // of what cannot be read nobody here knows whether it is about the same
        let may_be_same = waiting.wanted.about() == wanted.about() || matches!(waiting.wanted, Wanted::Unread(_));
        if !is_own && may_be_same {
            return Err(Refusal::RuleProposalWaits.into());
        }
        let (state, decided_at, decided_by) = (AdjustmentState::Withdrawn, Some(now), Some(staff));
        let approval = Approval { state, decided_at, decided_by, ..row.approval };
        proposals::decide(tx, &ProposalRow { approval, ..row }).await?;
    }
    let row = ProposalRow {
        id: RuleProposalId::new(random::id(now)),
        kind,
        body: serde_json::to_string(wanted).map_err(AppError::internal)?,
        approval: Approval::proposed(staff, now),
    };
    proposals::insert(tx, &row).await?;
    Ok((row.id, true))
}

/// Decides a proposal. Approving publishes, starts or ends the experiment, or sets the limits, as of now; what came of it. What the
/// same person has decided the same way before is answered alike.
///
/// # Errors
/// `Forbidden`, `NotFound`; `own_proposal` for who would approve or reject what they proposed; `already_decided`;
/// approving: as [`publish::publish`], [`experiments::start`] or [`experiments::end`], save for the limits; `proposal_too_new` where
/// a newer version of Laurel has proposed what this one cannot read whole.
pub async fn decide(ledger: &Ledger, by: Authority, id: RuleProposalId, decision: Decision) -> Result<Option<Made>, AppError> {
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
                if proposal.wanted.is_about_limits() {
                    require(*by, Permission::ManageSettings)?;
                }
                let Some(decided) = decision.decide(&row.approval, *staff, ledger.clock.now())? else {
                    return Ok(came_of(decision, &proposal.wanted));
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
                Ok(came_of(decision, &proposal.wanted))
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
        Wanted::Experiment { id: experiment, .. } | Wanted::Adoption { experiment, .. } => format!("experiment:{experiment}"),
        Wanted::Limits(_) | Wanted::Unread(Kind::Limits) => "programme".to_owned(),
        Wanted::Unread(Kind::Publication) => "rules:draft".to_owned(),
    };
    let name = match (wanted.kind(), decision) {
        (Kind::Publication, Decision::Approve) => "rules.approve",
        (Kind::Publication, Decision::Reject(_)) => "rules.reject",
        (Kind::Publication, Decision::Withdraw) => "rules.unpropose",
        (Kind::Limits, Decision::Approve) => "settings.approve",
        (Kind::Limits, Decision::Reject(_)) => "settings.reject",
        (Kind::Limits, Decision::Withdraw) => "settings.withdraw",
    };
    (name, subject)
}

fn came_of(decision: &Decision, wanted: &Wanted) -> Option<Made> {
    wanted.came_of_it().filter(|_| *decision == Decision::Approve)
}

/// Does what was proposed, in the proposer's name. What the audit log has of it, before and after.
async fn carry_out(
    tx: &mut Tx,
    ledger: &Ledger,
    proposal: &mut Proposal,
    kept: Option<crate::usecase::ledger::months::Kept>,
    told: Value,
) -> Result<(Option<Value>, Value), AppError> {
    let by = Actor::Staff(proposal.approval.made_by.uuid());
    match &mut proposal.wanted {
        Wanted::Publication { revision, how, version, .. } => {
            let prepared = publish::prepare(tx, ledger, *revision, how).await?;
            *version = Some(publish::publish_in(tx, ledger, by, prepared, how, kept).await?);
            Ok((None, told))
        }
        Wanted::Experiment { id, start, .. } => {
            let prepared = experiments::prepare(tx, ledger, *id, start).await?;
            experiments::start_in(tx, ledger, by, (*id, &**start), prepared, kept).await?;
            Ok((None, told))
        }
        Wanted::Adoption { experiment, said, version, .. } => {
            *version = experiments::adopt_in(tx, ledger, by, *experiment, said).await?;
            Ok((None, told))
        }
        Wanted::Limits(to) => {
            let before = programme::rule_limits(tx).await?;
            programme::set_rule_limits(tx, *to).await?;
            Ok((Some(json!(before)), json!(to)))
        }
        Wanted::Unread(_) => Err(Refusal::ProposalTooNew.into()),
    }
}

pub(super) async fn note(
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

pub(super) async fn note_by(
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
