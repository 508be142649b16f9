//! Does what the demo's agenda says, as its people would: through the same use cases, at that time.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState::{self, Cancelled, Delivered, Issued, Shipped, Used};
use laurel_domain::text::Reason;

use super::demo::{self, Chance, Days};
use super::demo_agenda::{Act, Agenda, Doer, Then};
use super::demo_staff::Team;
use super::{demo_rewards, demo_rules};
use crate::auth::Actor;
use crate::clock::Clock;
use crate::store::StoreError;
use crate::store::members::member::{By, Member};
use crate::usecase::AppError;
use crate::usecase::approval::Decision;
use crate::usecase::benefits::claims;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::adjustments;
use crate::usecase::members::{notes, suspend, view};
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::redeem::{self, Advance, Wish};
use crate::usecase::rewards::{edit, payouts};

const LEAST: i64 = 1_000;
const MOST: i64 = 30_000;

/// Who works there, and what they have before them.
pub(super) struct Desk<'a> {
    team: Team,
    days: &'a Days,
    chance: Chance,
    /// In the order in which `demo_rewards` names them, as far as they have come.
    rewards: Vec<Option<RewardId>>,
    /// Cash that was asked for and that no batch has.
    asked: Vec<RedemptionId>,
    batches: usize,
    /// So that each thing is asked for under a key of its own.
    keys: u64,
}

/// What a member could not have, as anybody could find out: they go without.
fn wanted<T>(made: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match made {
        Err(AppError::Refused(refusal)) if is_no(&refusal) => Ok(None),
        made => made.map(Some),
    }
}

fn is_no(refusal: &Refusal) -> bool {
    use Refusal::*;
    matches!(
        refusal,
        NotEnoughPoints { .. }
            | TierTooLow { .. }
            | OutOfStock { .. }
            | RewardLimitReached { .. }
            | BenefitNotGiven
            | QuotaUsedUp { .. }
            | ClaimExpired
            | MemberSuspended
            | NoSuchTransition { .. }
    )
}

impl<'a> Desk<'a> {
    pub fn new(team: Team, days: &'a Days, chance: Chance) -> Desk<'a> {
        let rewards = vec![None; demo_rewards::KINDS];
        Desk { team, days, chance, rewards, asked: Vec::new(), batches: 0, keys: 0 }
    }

    pub async fn perform(&mut self, ledger: &Ledger, at: Timestamp, act: Act, agenda: &mut Agenda) -> Result<(), AppError> {
        let then = ledger.at(Clock::fixed(at));
        match act {
            Act::Reward(reward) => self.rewards[reward] = Some(demo_rewards::create(&then, self.team.manager, reward).await?),
            Act::Stock(..) | Act::Reprice(..) => self.stock(&then, act).await?,
            Act::Draft => demo_rules::draft_second(&then, self.team.manager).await?,
            Act::Publish => demo_rules::publish_second(&then, self.team.manager).await?,
            Act::Cash { who, hundredths, then: steps } => self.cash(&then, at, who, hundredths, steps, agenda).await?,
            Act::Order { who, reward, then: steps } => self.order(&then, at, who, reward, steps, agenda).await?,
            Act::Advance { id, steps, by, then: more } => self.advance(&then, at, id, steps, by, more, agenda).await?,
            Act::Batch => self.batch(&then, at, agenda).await?,
            Act::Settle { batch, failed } => {
                let failures =
                    failed.map(|id| (id, "账户信息有误，银行退回 / Account not known, sent back by the bank".to_owned()));
                let reference = format!("PAY-{}-{:04}", at.strftime("%Y%m%d"), 1_000 + self.batches * 37 % 9_000);
                payouts::settle(&then, self.team.manager, batch, &reference, failures.into_iter().collect()).await?;
            }
            Act::Claim { who, benefit, then: end } => self.claim(&then, at, who, benefit, end, agenda).await?,
            Act::UseUp(code) => drop(wanted(claims::use_up(&then, self.team.support, &code).await)?),
            Act::Withdraw { who, code } => {
                if let Some(member) = there(&then, at, who).await? {
                    let actor = Actor::Member(member.id().uuid());
                    wanted(claims::withdraw(&then, actor, member.no, &code).await)?;
                }
            }
            Act::Adjust { who, points, reason } => self.adjust(&then, at, who, points, reason, agenda).await?,
            Act::Decide(id, objection) => {
                let objection = objection.map(Reason::new).transpose().map_err(|_| StoreError::Corrupt("a literal"))?;
                let decision = objection.map_or(Decision::Approve, Decision::Reject);
                adjustments::decide(&then, self.team.admin, id, decision).await?;
            }
            Act::Note { who, text } => {
                if let Some(member) = there(&then, at, who).await? {
                    notes::add(&then.db, self.team.support, member.id(), text, at).await?;
                }
            }
            Act::Suspend(who, reason) => {
                if let Some(member) = there(&then, at, who).await? {
                    suspend::suspend(&then.db, self.team.support, &[member.id()], true, reason, at).await?;
                }
            }
            Act::Lapse => drop(redeem::expire_vouchers(&then).await?),
        }
        Ok(())
    }

    async fn stock(&mut self, then: &Ledger, act: Act) -> Result<(), AppError> {
        let by = self.team.manager;
        match act {
            Act::Stock(reward, pieces, reason) => {
                if let Some(id) = self.rewards[reward] {
                    wanted(edit::change_stock(then, by, id, pieces, reason).await)?;
                }
            }
            Act::Reprice(reward, points) => {
                if let Some(id) = self.rewards[reward] {
                    demo_rewards::reprice(then, by, id, points).await?;
                }
            }
            _ => (),
        }
        Ok(())
    }

    async fn cash(
        &mut self,
        then: &Ledger,
        at: Timestamp,
        who: usize,
        hundredths: Option<i64>,
        steps: Option<&'static [RedemptionState]>,
        agenda: &mut Agenda,
    ) -> Result<(), AppError> {
        let Some(member) = there(then, at, who).await? else { return Ok(()) };
        let half = (member.account.available.hundredths() / 2 / LEAST * LEAST).min(MOST);
        let wish = hundredths.unwrap_or(half);
        if wish < LEAST || member.account.debt.is_positive() {
            return Ok(());
        }
        let (points, actor) = (Points::from_hundredths(wish), Actor::Member(member.id().uuid()));
        let wish = Wish { member_no: member.no, points, quoted: None, key: self.key(), actor };
        let Some(made) = wanted(redeem::redeem(then, wish).await)? else { return Ok(()) };
        let id = made.redemption.id;
        match steps {
            None => self.asked.push(id),
            Some([]) => (),
            Some([Cancelled]) => self.by_member(at, 40, id, vec![Cancelled], &member, &[], agenda),
            Some(steps) => {
                let act = Act::Advance { id, steps: steps.to_vec(), by: Doer::Manager, then: &[] };
                agenda.add(self.soon(at), act);
            }
        }
        Ok(())
    }

    async fn order(
        &mut self,
        then: &Ledger,
        at: Timestamp,
        who: usize,
        reward: usize,
        steps: &'static [RedemptionState],
        agenda: &mut Agenda,
    ) -> Result<(), AppError> {
        let (Some(member), Some(id)) = (there(then, at, who).await?, self.rewards[reward]) else { return Ok(()) };
        let key = self.key();
        let Some(made) = wanted(demo_rewards::take(then, &member, id, demo_rewards::is_sent(reward), key).await)? else {
            return Ok(());
        };
        self.go_on(at, made, steps, Some(&member), agenda);
        Ok(())
    }

    /// Puts down who does the first of these steps, and when.
    fn go_on(
        &mut self,
        at: Timestamp,
        id: RedemptionId,
        steps: &'static [RedemptionState],
        member: Option<&Member>,
        agenda: &mut Agenda,
    ) {
        let Some((next, more)) = steps.split_first() else { return };
        let (steps, minutes) = (vec![*next], 20 + self.chance.below(90) as i64);
        match (next, member) {
            (Issued | Cancelled, Some(member)) => self.by_member(at, minutes, id, steps, member, more, agenda),
            (Used, _) => {
                let later = self.soon(at);
                agenda.add(later, Act::Advance { id, steps, by: Doer::Support, then: more });
            }
            (Delivered, _) => {
                let later = self.soon(at.saturating_add(SignedDuration::from_hours(30)).unwrap_or(at));
                agenda.add(later, Act::Advance { id, steps, by: Doer::Manager, then: more });
            }
            _ => agenda.add(self.soon(at), Act::Advance { id, steps, by: Doer::Manager, then: more }),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what an act holds")]
    fn by_member(
        &self,
        at: Timestamp,
        minutes: i64,
        id: RedemptionId,
        steps: Vec<RedemptionState>,
        member: &Member,
        then: &'static [RedemptionState],
        agenda: &mut Agenda,
    ) {
        let later = at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(at).min(self.days.now());
        agenda.add(later, Act::Advance { id, steps, by: Doer::Member(member.id().uuid()), then });
    }
    #[expect(clippy::too_many_arguments, reason = "what an act holds")]
    async fn advance(
        &mut self,
        then: &Ledger,
        at: Timestamp,
        id: RedemptionId,
        steps: Vec<RedemptionState>,
        by: Doer,
        more: &'static [RedemptionState],
        agenda: &mut Agenda,
    ) -> Result<(), AppError> {
        let (actor, of_member) = match by {
            Doer::Member(id) => (Actor::Member(id), None),
            Doer::Manager => (self.team.manager.actor(), None),
            Doer::Support => (self.team.support.actor(), None),
        };
        let tracking = (steps == [Shipped]).then(|| format!("SF{:012}", 130_000_000_000 + self.chance.below(9_999_999_999)));
        let advance = Advance { id, steps, tracking, note: None, actor, of_member };
        if wanted(redeem::advance(then, advance).await)?.is_some() {
            self.go_on(at, id, more, None, agenda);
        }
        Ok(())
    }

    /// Pays what was asked for by one file for the bank, which answers on the next day; of every fourth one comes back.
    async fn batch(&mut self, then: &Ledger, at: Timestamp, agenda: &mut Agenda) -> Result<(), AppError> {
        let asked = std::mem::take(&mut self.asked);
        if asked.is_empty() {
            return Ok(());
        }
        let batch = payouts::make(then, self.team.manager, &asked).await?;
        self.batches += 1;
        let failed = asked.last().copied().filter(|_| self.batches.is_multiple_of(4) && asked.len() > 1);
        let answered = self.days.next_desk(at, &mut self.chance);
        agenda.add(answered, Act::Settle { batch, failed });
        Ok(())
    }

    async fn claim(
        &mut self,
        then: &Ledger,
        at: Timestamp,
        who: usize,
        benefit: &str,
        end: Then,
        agenda: &mut Agenda,
    ) -> Result<(), AppError> {
        let Some(member) = there(then, at, who).await? else { return Ok(()) };
        let wish = claims::Wish { member_no: member.no, benefit: benefit.to_owned(), key: self.key() };
        let Some(claim) = wanted(claims::claim(then, wish).await)? else { return Ok(()) };
        let code = claim.row.code.as_str().to_owned();
        match end {
            Then::Waits => (),
            // over the counter, before it lapses
            Then::IsUsed => {
                let visit =
                    self.soon(at).min(claim.row.valid_until.saturating_sub(SignedDuration::from_hours(2)).unwrap_or(at));
                agenda.add(visit.max(at), Act::UseUp(code));
            }
            Then::IsGivenBack => {
                let later = at.saturating_add(SignedDuration::from_mins(55)).unwrap_or(at).min(self.days.now());
                agenda.add(later, Act::Withdraw { who, code });
            }
        }
        Ok(())
    }

    /// What is beyond the limit of one person is decided by another on the next day.
    async fn adjust(
        &mut self,
        then: &Ledger,
        at: Timestamp,
        who: usize,
        points: i64,
        reason: &'static str,
        agenda: &mut Agenda,
    ) -> Result<(), AppError> {
        let Some(member) = there(then, at, who).await? else { return Ok(()) };
        let by = if points.abs() < 1_000 { self.team.support } else { self.team.manager };
        let reason = Reason::new(reason).map_err(|_| StoreError::Corrupt("a literal"))?;
        let points = Points::from_hundredths(points * 100);
        let key = format!("demo-{}", self.keys);
        self.keys += 1;
        let wish = adjustments::Wish { member: member.id(), points, reason, key, reverses: None };
        let Some(made) = wanted(adjustments::adjust(then, by, wish).await)? else { return Ok(()) };
        if made.seq.is_none() {
            let objection =
                (points > Points::from_hundredths(300_000)).then_some("没有凭证，金额过高 / No receipt, and too much");
            agenda.add(self.days.next_desk(at, &mut self.chance), Act::Decide(made.id, objection));
        }
        Ok(())
    }

    fn key(&mut self) -> RequestKey {
        self.keys += 1;
        RequestKey::of_form(&format!("demo-{}", self.keys))
    }

    /// When somebody of the staff gets to it: on the next working day; what is of the last hours, after a while.
    fn soon(&mut self, at: Timestamp) -> Timestamp {
        let next = self.days.next_desk(at, &mut self.chance);
        let now = self.days.now();
        if next < now { next } else { at.saturating_add(SignedDuration::from_mins(75)).unwrap_or(now).min(now) }
    }
}

/// Somebody who has registered by then.
async fn there(then: &Ledger, at: Timestamp, who: usize) -> Result<Option<Member>, AppError> {
    let found = view::find(then, By::External(&demo::id(who))).await?;
    Ok(found.filter(|member| member.registered_at < at))
}
