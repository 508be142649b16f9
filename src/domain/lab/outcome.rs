//! What a draft changes, added up over members. Outcomes of parts add up to that of the whole, in any order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::MemberId;
use crate::lab::estimate::{Margins, Size};
use crate::lab::flows::{Earnings, Flows, Pair, Under};
use crate::lab::gathered::Gathered;
use crate::lab::movers::{Mover, Movers};
use crate::lab::products::Products;
use crate::lab::segments::{Cell, Cells};
use crate::lab::spread::Spread;
use crate::lab::sum::Sum;
use crate::ledger::account::Account;
use crate::ledger::event::Scene;
use crate::numbers::calendar::Month;
use crate::numbers::points::Points;
use crate::refusal::Refusal;
use crate::rules::rule_set::{Rules, Timeline};
use crate::rules::terms::EarnKind;
use crate::rules::tier::{Ladder, TierRank};

pub use crate::lab::tallied::{Taking, Tallied};

/// Members told of by name where something is wrong with them.
const MOST_TOLD: usize = 20;

/// What members hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub available: Sum,
    pub pending: Sum,
    pub debt: Sum,
}

/// What was taken that was not there under the draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfalls {
    pub members: u64,
    pub redemptions: u64,
    pub adjustments: u64,
    pub points: Sum,
}

/// Members of whom something has to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub members: u64,
    /// Some of them, and what.
    pub some: Vec<(MemberId, String)>,
}

impl Told {
    pub fn add(&mut self, member: MemberId, what: String) {
        self.members += 1;
        if self.some.len() < MOST_TOLD {
            self.some.push((member, what));
        }
    }

    fn extend(&mut self, other: Told) {
        self.members += other.members;
        self.some.extend(other.some);
        self.some.sort();
        self.some.truncate(MOST_TOLD);
    }
}

/// The sums of a simulation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub members: u64,
    /// Entries of the ledger that were made again.
    pub entries: u64,
    /// How many members are in which tier, by index: first under the rules that were, then under the draft.
    pub tiers: Vec<Vec<u64>>,
    /// What those in each tier hold together.
    pub held_by_tier: Vec<Pair<Sum>>,
    pub flows: Pair<Flows>,
    pub held: Pair<Held>,
    /// By the months in which they were posted.
    pub months: BTreeMap<i32, Pair<Flows>>,
    /// Payments by where they were made.
    pub scenes: [Pair<Earnings>; Scene::ALL.len()],
    /// By what earned.
    pub kinds: [Pair<Earnings>; EarnKind::ALL.len()],
    pub spread: Pair<Spread>,
    /// By what tiers go by. What was kept before this was counted has none.
    #[serde(default)]
    pub gathered: Pair<Gathered>,
    /// By how recently, how often and how much they have paid. What was kept before there were segments has none.
    #[serde(default)]
    pub segments: Cells,
    pub movers: Movers,
    /// Members whose points, lots or tier differ under the draft.
    pub differing: u64,
    /// Members who would have more, and less.
    pub gaining: u64,
    pub losing: u64,
    /// For the error of a sample: what each member's balance changes by.
    #[serde(default)]
    pub products: Products,
    /// Of an estimate: how far it may be off.
    #[serde(default)]
    pub margins: Option<Margins>,
    pub short: Shortfalls,
    /// Members whose history cannot be made under the draft, and why; they are in no other sum.
    pub left_out: Told,
    /// Members whose ledger as it is differs from what the rules that were make of its causes.
    pub strange: Told,
}

impl Outcome {
    /// Nobody's yet. `most` is how many are told who gain and lose most.
    pub fn new(most: usize) -> Outcome {
        Outcome {
            members: 0,
            entries: 0,
            tiers: vec![vec![0; Ladder::MOST_TIERS]; Ladder::MOST_TIERS],
            held_by_tier: vec![Pair::default(); Ladder::MOST_TIERS],
            flows: Pair::default(),
            held: Pair::default(),
            months: BTreeMap::new(),
            scenes: Default::default(),
            kinds: Default::default(),
            spread: Pair::default(),
            gathered: Pair::default(),
            segments: Cells::new(),
            movers: Movers::new(most),
            differing: 0,
            gaining: 0,
            losing: 0,
            products: Products::default(),
            margins: None,
            short: Shortfalls::default(),
            left_out: Told::default(),
            strange: Told::default(),
        }
    }

    pub fn add(&mut self, other: Outcome) {
        self.members += other.members;
        self.entries += other.entries;
        for (row, more) in self.tiers.iter_mut().zip(other.tiers) {
            row.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        self.held_by_tier.iter_mut().zip(other.held_by_tier).for_each(|(sum, more)| *sum += more);
        self.flows += other.flows;
        for (held, more) in [(&mut self.held.baseline, other.held.baseline), (&mut self.held.draft, other.held.draft)] {
            held.available += more.available;
            held.pending += more.pending;
            held.debt += more.debt;
        }
        for (month, flows) in other.months {
            *self.months.entry(month).or_default() += flows;
        }
        self.scenes.iter_mut().zip(other.scenes).for_each(|(sum, more)| *sum += more);
        self.kinds.iter_mut().zip(other.kinds).for_each(|(sum, more)| *sum += more);
        self.spread += other.spread;
        self.gathered += other.gathered;
        for (key, cell) in other.segments {
            *self.segments.entry(key).or_default() += cell;
        }
        self.movers.extend(other.movers);
        self.differing += other.differing;
        self.gaining += other.gaining;
        self.losing += other.losing;
        self.products += other.products;
        self.short.members += other.short.members;
        self.short.redemptions += other.short.redemptions;
        self.short.adjustments += other.short.adjustments;
        self.short.points += other.short.points;
        self.left_out.extend(other.left_out);
        self.strange.extend(other.strange);
    }

    /// Adds a member, made under both rule sets.
    pub fn add_member(&mut self, member: &Standing, baseline: &Side, draft: &Side, entries: u64) {
        self.members += 1;
        self.entries += entries;
        let (was, is) = (&baseline.account, &draft.account);
        let rank = |tier: TierRank| tier.index().min(Ladder::MOST_TIERS - 1);
        self.tiers[rank(was.tier)][rank(is.tier)] += 1;
        let balance = Pair { baseline: balance(was), draft: balance(is) };
        self.held_by_tier[rank(was.tier)].baseline += balance.baseline.into();
        self.held_by_tier[rank(is.tier)].draft += balance.draft.into();
        self.spread.baseline.add(balance.baseline);
        self.spread.draft.add(balance.draft);
        self.gathered.baseline.add(baseline.gathered);
        self.gathered.draft.add(draft.gathered);
        self.add_to_segment(member, baseline, draft, balance);
        let mover = Mover {
            member: was.member,
            external_id: member.external_id.map(str::to_owned),
            balance,
            tier: Pair { baseline: was.tier, draft: is.tier },
        };
        let change = mover.change();
        self.gaining += u64::from(change > 0);
        self.losing += u64::from(change < 0);
        self.products += Products::of(Sum(change), Size::of(1, &baseline.flows).earned());
        self.differing += u64::from(differs(was, is));
        self.movers.add(mover);
        self.short.members += u64::from(draft.made.short.points != Sum::ZERO);
        self.short.redemptions += draft.made.short.redemptions;
        self.short.adjustments += draft.made.short.adjustments;
        self.short.points += draft.made.short.points;
        for (under, side) in [(Under::Baseline, baseline), (Under::Draft, draft)] {
            self.add_side(under, side);
        }
    }

    fn add_to_segment(&mut self, member: &Standing, baseline: &Side, draft: &Side, balance: Pair<Points>) {
        let (paying, rank) = (&baseline.made.paying, |side: &Side| side.account.tier.index().min(Ladder::MOST_TIERS - 1));
        let mut cell = Cell {
            members: 1,
            payments: paying.payments(),
            paid: paying.paid().into(),
            issued: Pair { baseline: baseline.flows.issued, draft: draft.flows.issued },
            outstanding: balance.map(|points| Sum::from(*points)),
            ..Cell::default()
        };
        cell.move_tier(rank(baseline), rank(draft));
        *self.segments.entry(paying.cell(member.as_of)).or_default() += cell;
    }

    fn add_side(&mut self, under: Under, side: &Side) {
        let Side { account, made, flows, .. } = side;
        *self.flows.of_mut(under) += *flows;
        self.kinds.iter_mut().zip(made.kinds()).for_each(|(sum, more)| *sum.of_mut(under) += more);
        for (month, flows) in made.months() {
            *self.months.entry(month.number()).or_default().of_mut(under) += flows;
        }
        self.scenes.iter_mut().zip(made.scenes).for_each(|(sum, more)| *sum.of_mut(under) += more);
        let held = self.held.of_mut(under);
        held.available += account.available.into();
        held.pending += account.pending.into();
        held.debt += account.debt.into();
    }

    /// A member who cannot be made under the draft.
    pub fn leave_out(&mut self, member: MemberId, why: &Refusal) {
        self.left_out.add(member, why.to_string());
    }
}

/// Who a member is, for those who are told of.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub external_id: Option<&'a str>,
    /// When they are looked at.
    pub as_of: Timestamp,
}

/// What one member's history made under one rule set.
#[derive(Clone, Debug)]
pub struct Side {
    pub account: Account,
    made: Tallied,
    flows: Flows,
    /// What tiers go by under the programme's rules.
    gathered: i64,
}

impl Side {
    /// Of somebody to whom nothing has been posted yet.
    #[inline]
    pub(super) fn begun(member: MemberId, timeline: &Timeline) -> Side {
        let account = Account::unchained(member, timeline);
        Side { account, made: Tallied::default(), flows: Flows::default(), gathered: 0 }
    }

    pub fn new(account: Account, made: Tallied) -> Side {
        let flows = made.flows();
        Side { account, made, flows, gathered: 0 }
    }

    /// Of another member, in the room that it has.
    #[inline]
    pub(super) fn begin(&mut self, member: MemberId, timeline: &Timeline) {
        self.account.clear(member, timeline);
        self.made.clear();
    }

    /// Where postings go that are made again.
    #[inline]
    pub(super) fn parts(&mut self) -> (&mut Account, &mut Tallied) {
        (&mut self.account, &mut self.made)
    }

    /// Once everything has been posted.
    #[inline]
    pub(super) fn add_up(&mut self) {
        self.flows = self.made.flows();
    }

    pub fn flows(&self) -> &Flows {
        &self.flows
    }

    /// Whoever is under the rules of an experiment is counted with those in the same tier of the programme's rules, and everybody by
    /// what these go by. `own`: the rules that hold for them at that time.
    pub fn counted_under(mut self, own: &Timeline, programme: &Rules, at: Timestamp) -> Side {
        self.count_under(own, programme, at);
        self
    }

    /// Likewise, where it stays.
    pub fn count_under(&mut self, own: &Timeline, programme: &Rules, at: Timestamp) {
        let rules = own.at(at);
        if rules.version != programme.version {
            self.account.tier = programme.rank_of_same(rules, self.account.tier);
        }
        // what does not fit was refused before
        self.gathered = self.account.gathered(own, programme, at).unwrap_or(0);
    }

    /// What happened by months, in the order in which they came.
    pub fn months(&self) -> impl Iterator<Item = (Month, Flows)> {
        self.made.months()
    }
}

fn balance(account: &Account) -> Points {
    // an account whose balance does not fit is refused before
    account.balance().unwrap_or(Points::ZERO)
}

/// Whether two accounts of a member differ in points, lots or tier.
pub fn differs(one: &Account, other: &Account) -> bool {
    let held = |account: &Account| {
        let mut held: Vec<_> = account.held.values().map(|held| (held.until, held.day, held.points)).collect();
        held.sort();
        held
    };
    let points = |account: &Account| (account.available, account.pending, account.debt, account.earned, account.spent);
    points(one) != points(other) || one.tier != other.tier || one.lots != other.lots || held(one) != held(other)
}
