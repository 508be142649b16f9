//! What a draft would do to members if it came into force now.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ledger::account::Account;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::experiment::{Group, Split};
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use laurel_domain::rules::safety::{Move, worth};
use laurel_domain::rules::tier::TierRank;
use laurel_domain::rules::window::Window;

use crate::store::ledger::proof;
use crate::store::members::member::{self, Member};
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view::account_at;

pub use laurel_domain::rules::safety::Effect;

/// How many members one look reads.
const CHUNK: i64 = 1_000;

/// What a draft would do. Everybody's account is rated under it as its coming into force would, a chunk a snapshot, and nothing is
/// written. `demotes`: also inside validity periods. Tiers that would be kept until a date count as lost: they are lost then.
///
/// # Errors
/// `invalid` with every fault of the draft.
pub async fn measure(ledger: &Ledger, set: RuleSet, demotes: bool) -> Result<Effect, AppError> {
    measure_of(ledger, set, demotes, None).await
}

/// The same of the variant group of an experiment alone.
pub(super) async fn measure_of(ledger: &Ledger, set: RuleSet, demotes: bool, of: Option<Split>) -> Result<Effect, AppError> {
    let is_meant = |member: &&Member| of.is_none_or(|split| split.group_of(member.id()) == Group::Variant);
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let ahead = with_draft(&rulebook, set, demotes, now, ledger.programme.currency)?;
    let mut sums = Sums::default();
    let mut after = 0;
    loop {
        let input = (ledger.programme.currency, ahead.clone(), after);
        let members = ledger
            .db
            .for_reports()
            .snapshot(input, |tx, (currency, ahead, after)| Box::pin(chunk(tx, *currency, ahead, *after)))
            .await?;
        let Some(last) = members.last() else { break };
        after = last.no;
        for member in members.iter().filter(is_meant) {
            sums.add(&rulebook, &ahead, now, member);
        }
        // others come in between
        tokio::task::yield_now().await;
    }
    Ok(sums.effect(rulebook.general().at(now), ahead.latest()))
}

/// The versions that have started, and the draft as the next from now on.
fn with_draft(
    rulebook: &Rulebook,
    set: RuleSet,
    demotes: bool,
    now: Timestamp,
    currency: Currency,
) -> Result<Rulebook, Refusal> {
    let first = rulebook.all()[0].version;
    let mut versions: Vec<Rules> =
        rulebook.all().iter().filter(|rules| rules.version == first || rules.from <= now).cloned().collect();
    let last = versions.last().map_or(now, |rules| rules.from.time());
    let version = rulebook.latest().version + 1;
    let from = now.max(last.checked_add(SignedDuration::from_micros(1)).unwrap_or(now));
    versions.push(Rules::compile(set, version, from, currency)?.demoting(demotes));
    Rulebook::new(versions, rulebook.calendar().clone()).ok_or(Refusal::NothingChanged)
}

/// The next members; those whose months a window needs that nobody keeps yet get them out of their entries.
async fn chunk(tx: &mut Tx, currency: Currency, ahead: &Rulebook, after: i64) -> Result<Vec<Member>, StoreError> {
    let mut members = member::open_after(tx, after, CHUNK).await?;
    if ahead.latest().set.ladder.window == Window::Lifetime {
        return Ok(members);
    }
    let without: Vec<i64> = members.iter().filter(|member| member.account.months.is_none()).map(|member| member.no).collect();
    if without.is_empty() {
        return Ok(members);
    }
    let entries = proof::entries_of(tx, currency, &without).await?;
    for member in members.iter_mut().filter(|member| member.account.months.is_none()) {
        let own = entries.get(&member.no).map(Vec::as_slice).unwrap_or_default();
        let months = laurel_domain::ledger::month_totals::months(own, &ahead.of(member.id()));
        member.account.months = Some(months.ok_or(StoreError::Corrupt("a member's entries"))?);
    }
    Ok(members)
}

#[derive(Default)]
struct Sums {
    members: u64,
    moves: BTreeMap<(TierRank, TierRank), u64>,
    risen: u64,
    fallen: u64,
    /// Hundredths; more than one member can have.
    outstanding: i128,
}

impl Sums {
    fn add(&mut self, rulebook: &Rulebook, ahead: &Rulebook, now: Timestamp, member: &Member) {
        let before = account_at(rulebook, now, member);
        let (in_force, draft) = (rulebook.general().at(now), ahead.latest());
        let timeline = rulebook.of(member.id());
        let mut after: Account = before.clone();
        // an account that cannot go on stays where it is; verify tells of it
        if after.catch_up(&ahead.of(member.id()), draft.from).is_err() {
            after = before.clone();
        }
        // whoever is under the rules of an experiment is counted with those in the same tier of the programme's rules
        let was = match timeline.at(now) {
            own if own.version == in_force.version => before.tier,
            own => in_force.rank_of_same(own, before.tier),
        };
        let same = draft.rank_of_same(in_force, was);
        self.members += 1;
        *self.moves.entry((was, after.tier)).or_default() += 1;
        self.risen += u64::from(after.tier > same);
        self.fallen += u64::from(after.tier < same);
        self.outstanding += i128::from(before.balance().unwrap_or(before.available).hundredths());
    }

    fn effect(self, in_force: &Rules, draft: &Rules) -> Effect {
        let most = i128::from(i64::MAX);
        let outstanding = i64::try_from(self.outstanding.clamp(-most, most)).unwrap_or(i64::MAX);
        let outstanding = Points::from_hundredths(outstanding);
        let moves = self.moves.into_iter().map(|((from, to), members)| Move { from, to, members });
        Effect {
            members: self.members,
            moves: moves.collect(),
            risen: self.risen,
            fallen: self.fallen,
            outstanding,
            worth_before: worth(&in_force.cash_terms(), outstanding),
            worth_after: worth(&draft.cash_terms(), outstanding),
        }
    }
}
