//! Claiming a benefit, giving the claim up, checking its code and using it up.
//!
//! Expiring is nobody's work: it follows from the time, wherever a claim is looked at. A claim is a promise made: losing the
//! tier or publishing other rules takes nothing from it before its period ends. What was promised is read in the rules and the
//! tier of the claim.

use jiff::tz::TimeZone;
use laurel_domain::benefits::benefit::{Benefit, Span};
use laurel_domain::benefits::claim::{ClaimCode, ClaimState};
use laurel_domain::ids::ClaimId;
use laurel_domain::member::Status;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rules::rule_set::Rulebook;
use serde_json::json;

use crate::auth::{Actor, Authority, MemberSession, Permission};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::benefits::claims::{self, Claim as Row};
use crate::store::members::member::{self, Member};
use crate::store::{StoreError, Tx};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view::view_at;
use crate::usecase::request_key::RequestKey;

/// A key comes out of a form that Laurel made; what is longer comes from elsewhere.
const LONGEST_KEY: usize = 64;

/// How often another code is drawn; that even one is taken happens once in 10¹⁵ draws for each claim there is.
const DRAWS: usize = 5;

/// What a member wants to claim.
#[derive(Clone, Debug)]
pub struct Wish {
    pub member_no: i64,
    /// The benefit's key.
    pub benefit: String,
    /// The same key of the same member is the same claim.
    pub key: RequestKey,
}

/// A claim as of now, with what it promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub row: Row,
    pub benefit: Benefit,
    pub state: ClaimState,
}

impl Claim {
    pub fn of(row: Row, ledger: &Ledger, rulebook: &Rulebook) -> Result<Claim, StoreError> {
        let rules = rulebook.version(row.rules_version).ok_or(StoreError::Corrupt("a claim's rules"))?;
        let benefit = rules.tier(row.tier).benefits.iter().find(|benefit| benefit.key == row.benefit).cloned();
        let state = row.state.at(ledger.clock.now(), row.valid_until);
        Ok(Claim { benefit: benefit.ok_or(StoreError::Corrupt("a claim's benefit"))?, row, state })
    }
}

/// What a member sent, as a wish.
///
/// # Errors
/// `Invalid` with every field at fault: `benefit`, `key`.
pub fn wish(session: &MemberSession, benefit: &str, key: &str) -> Result<Wish, Refusal> {
    let given = |field: &'static str, text: &str| match text.len() {
        0 => Some(FieldFault::new(field, Fault::Missing)),
        1..=LONGEST_KEY => None,
        _ => Some(FieldFault::new(field, Fault::TooLong { most: LONGEST_KEY })),
    };
    let faults: Vec<FieldFault> = [given("benefit", benefit), given("key", key)].into_iter().flatten().collect();
    match faults.is_empty() {
        true => Ok(Wish { member_no: session.no, benefit: benefit.to_owned(), key: RequestKey::of_form(key) }),
        false => Err(Refusal::Invalid { faults }),
    }
}

/// Claims a benefit that the member's tier gives, as of now. The same wish under the same key again gets the first claim.
///
/// # Errors
/// `benefit_not_given`, `nothing_to_claim`, `quota_used_up`, `member_suspended`, `member_closed`; `idempotency_conflict` if
/// the key was used for another benefit; `NotFound` if there is no such member.
pub async fn claim(ledger: &Ledger, wish: Wish) -> Result<Claim, AppError> {
    ledger.db.write((ledger.clone(), wish), |tx, (ledger, wish)| Box::pin(claim_in(tx, ledger, wish))).await
}

/// [`claim`] inside a transaction of the caller's.
pub async fn claim_in(tx: &mut Tx, ledger: &Ledger, wish: &Wish) -> Result<Claim, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    // claims of one member are one after the other: the quota is counted behind the lock
    let member = member::lock(tx, wish.member_no).await?.ok_or(AppError::NotFound)?;
    if let Some(earlier) = claims::find_by_key(tx, member.no, wish.key.as_str()).await? {
        if earlier.benefit.as_str() != wish.benefit {
            return Err(AppError::Conflict { code: "idempotency_conflict" });
        }
        return Ok(Claim::of(earlier, ledger, &rulebook)?);
    }
    active(&member)?;
    let now = ledger.clock.now();
    let tier = view_at(&rulebook, now, &member).tier.rank;
    let timeline = rulebook.of(member.id());
    let rules = timeline.at(now);
    let benefit = rules.tier(tier).benefits.iter().find(|benefit| benefit.key.as_str() == wish.benefit);
    let benefit = benefit.ok_or(Refusal::BenefitNotGiven)?;
    let quota = benefit.claimable()?;
    let span = span(ledger, benefit)?.ok_or(Refusal::NothingToClaim)?;
    let claimed = claims::count_since(tx, member.no, &[(&benefit.key, span.from)]).await?;
    quota.admit(claimed.get(benefit.key.as_str()).copied().unwrap_or(0), span)?;
    let row = Row {
        id: ClaimId::new(random::id(now)),
        member_no: member.no,
        member: member.id(),
        external_id: member.external_id.as_ref().map(|id| id.as_str().to_owned()),
        member_name: member.name.clone(),
        benefit: benefit.key.clone(),
        rules_version: rules.version,
        tier,
        code: draw()?,
        state: ClaimState::Claimed,
        claimed_at: now,
        valid_until: span.until,
        ended: None,
    };
    let row = inserted(tx, row, wish.key.as_str()).await?;
    Ok(Claim::of(row, ledger, &rulebook)?)
}

async fn inserted(tx: &mut Tx, mut row: Row, key: &str) -> Result<Row, AppError> {
    for _ in 0..DRAWS {
        if claims::insert(tx, &row, key).await? {
            return Ok(row);
        }
        row.code = draw()?;
    }
    Err(AppError::internal(anyhow::anyhow!("no code is free")))
}

fn draw() -> Result<ClaimCode, StoreError> {
    ClaimCode::parse(&random::text(ClaimCode::LENGTH, ClaimCode::ALPHABET)).ok_or(StoreError::Corrupt("a drawn code"))
}

/// The period of a benefit's quota that holds this moment; none if it has no quota.
pub(in crate::usecase) fn span(ledger: &Ledger, benefit: &Benefit) -> Result<Option<Span>, StoreError> {
    let zone = TimeZone::get(&ledger.programme.time_zone).map_err(|_| StoreError::Corrupt("a time zone"))?;
    let Some(quota) = benefit.quota else { return Ok(None) };
    quota.period.around(&zone, ledger.clock.now()).map(Some).ok_or(StoreError::Corrupt("a time"))
}

fn active(member: &Member) -> Result<(), Refusal> {
    match member.status {
        Status::Active => Ok(()),
        Status::Suspended => Err(Refusal::MemberSuspended),
        Status::Closed => Err(Refusal::MemberClosed),
    }
}

/// What ends a claim.
#[derive(Clone, Debug)]
pub struct Ending {
    pub code: ClaimCode,
    pub actor: Actor,
    /// Only if it is this member's.
    pub of_member: Option<i64>,
}

/// A member gives a claim of theirs up before it is used: it counts for no quota any more.
///
/// # Errors
/// `claim_used`, `claim_withdrawn`, `claim_expired`; `NotFound` also for another member's.
pub async fn withdraw(ledger: &Ledger, actor: Actor, member_no: i64, code: &str) -> Result<Claim, AppError> {
    let code = ClaimCode::parse(code).ok_or(AppError::NotFound)?;
    let work = (ledger.clone(), Ending { code, actor, of_member: Some(member_no) });
    ledger.db.write(work, |tx, (ledger, ending)| Box::pin(end_in(tx, ledger, ending, ClaimState::Withdrawn))).await
}

/// The staff uses a code up.
///
/// # Errors
/// `Forbidden`; `NotFound`; those of [`use_up_in`].
pub async fn use_up(ledger: &Ledger, by: Authority, code: &str) -> Result<Claim, AppError> {
    require(by, Permission::UseBenefits)?;
    let code = ClaimCode::parse(code).ok_or(AppError::NotFound)?;
    let ending = Ending { code, actor: by.actor(), of_member: None };
    ledger.db.write((ledger.clone(), ending), |tx, (ledger, ending)| Box::pin(use_up_in(tx, ledger, ending))).await
}

/// Uses a code up, inside a transaction of the caller's. Of several at once only one does.
///
/// # Errors
/// `claim_used`, `claim_withdrawn`, `claim_expired`; `member_suspended` and `member_closed`: a claim is worth nothing in the
/// hands of who has been locked out, and is good again when they are let in; `NotFound`.
pub async fn use_up_in(tx: &mut Tx, ledger: &Ledger, ending: &Ending) -> Result<Claim, AppError> {
    end_in(tx, ledger, ending, ClaimState::Used).await
}

async fn end_in(tx: &mut Tx, ledger: &Ledger, ending: &Ending, to: ClaimState) -> Result<Claim, AppError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let found = claims::find(tx, &ending.code).await?.ok_or(AppError::NotFound)?;
    if ending.of_member.is_some_and(|own| own != found.member_no) {
        return Err(AppError::NotFound);
    }
    // whoever holds the member decides: the state is read again behind the lock
    let member = member::lock(tx, found.member_no).await?.ok_or(AppError::NotFound)?;
    let mut row = claims::find(tx, &ending.code).await?.ok_or(AppError::NotFound)?;
    let now = ledger.clock.now();
    row.state.at(now, row.valid_until).open()?;
    if to == ClaimState::Used {
        active(&member)?;
    }
    claims::end(tx, &row, to, now, ending.actor).await?;
    if !matches!(ending.actor, Actor::Member(_)) {
        let subject = format!("claim:{}", row.id);
        let (before, after) = (json!({"state": row.state.name()}), json!({"state": to.name()}));
        let action =
            Action { actor: ending.actor, name: "benefit.use", subject: &subject, before: Some(before), after: Some(after) };
        audit::append(tx, &action, now).await?;
    }
    row.state = to;
    row.ended = Some((now, ending.actor));
    Ok(Claim::of(row, ledger, &rulebook)?)
}

/// The claim of a code, as somebody typed it. Who may ask is the caller's to say.
pub async fn find(ledger: &Ledger, code: &str) -> Result<Option<Claim>, AppError> {
    let Some(code) = ClaimCode::parse(code) else { return Ok(None) };
    let Some(row) = claims::find(&mut ledger.db.reader().await?, &code).await? else { return Ok(None) };
    Ok(Some(Claim::of(row, ledger, &*ledger.rulebook().await?)?))
}

/// The claims that were used last, of all members, newest first.
pub async fn used_last(ledger: &Ledger, most: i64) -> Result<Vec<Claim>, AppError> {
    let rows = claims::used_last(&mut ledger.db.reader().await?, most).await?;
    let rulebook = ledger.rulebook().await?;
    Ok(rows.into_iter().map(|row| Claim::of(row, ledger, &rulebook)).collect::<Result<_, _>>()?)
}
