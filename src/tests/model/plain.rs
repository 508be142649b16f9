//! The meaning of points in as few words as possible: no chain, no tables, no cleverness. What the ledger does is held
//! against it. It takes multipliers of 1 and the default rounding for granted, and knows nothing of validity periods.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use laurel_domain::rules::rule_set::{RuleSet, Shortfall};
use laurel_domain::rules::terms::{Cap, EarnKind, Expiry};
use laurel_domain::rules::tier::Basis;
use laurel_domain::rules::window::Window;

/// What never expires stands last.
const NEVER: Date = Date::MAX;

/// A version of the rules and since when it is in force.
pub type Version = (Timestamp, RuleSet);

/// The day in Shanghai, which has been eight hours ahead without a change of clocks since 1991.
pub fn day(at: Timestamp) -> Date {
    jiff::tz::Offset::constant(8).to_datetime(at).date()
}

fn start(day: Date) -> Timestamp {
    jiff::tz::Offset::constant(8).to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).unwrap()
}

pub fn in_force(versions: &[Version], at: Timestamp) -> &RuleSet {
    &versions.iter().rev().find(|(from, _)| *from <= at).unwrap_or(&versions[0]).1
}

struct Paid {
    amount: i64,
    refunded: i64,
    room: Option<i64>,
    rules: RuleSet,
    last_day: Date,
    occurred_at: Timestamp,
    held_until: Option<Timestamp>,
}

impl Paid {
    fn earned(&self, amount: i64) -> i64 {
        let points = times_alpha(&self.rules, amount);
        self.room.map_or(points, |room| room.min(points))
    }
}

/// Half-even, to hundredths.
fn times_alpha(rules: &RuleSet, amount: i64) -> i64 {
    let exact = i128::from(amount) * rules.alpha.millionths();
    let (whole, rest) = (exact / 1_000_000, exact % 1_000_000);
    let up = rest > 500_000 || (rest == 500_000 && whole % 2 == 1);
    (whole + i128::from(up)) as i64
}

struct Pending {
    of: String,
    points: i64,
    until: Timestamp,
    last_day: Date,
}

/// One entry: kind, points, balance after, when it occurred, its instant.
pub type Line = (&'static str, i64, i64, Timestamp, Timestamp);

#[derive(Default)]
pub struct Member {
    lots: BTreeMap<Date, i64>,
    lapsed: BTreeMap<Date, i64>,
    debt: i64,
    pending: Vec<Pending>,
    payments: BTreeMap<String, Paid>,
    capped: BTreeMap<(EarnKind, String), i64>,
    /// Everything that counts for the tier: in which month, points earned, money spent.
    facts: Vec<(Date, i64, i64)>,
    /// What each redemption took out of which lot.
    redeemed: BTreeMap<String, Vec<(Date, i64)>>,
    /// Nothing is posted before it.
    pub last: Option<Timestamp>,
    pub lines: Vec<Line>,
}

impl Member {
    pub fn available(&self) -> i64 {
        self.lots.values().sum()
    }

    pub fn pending(&self) -> i64 {
        self.pending.iter().map(|p| p.points).sum()
    }

    pub fn debt(&self) -> i64 {
        self.debt
    }

    pub fn earned(&self) -> i64 {
        self.facts.iter().map(|(_, earned, _)| earned).sum()
    }

    fn instant(&self, now: Timestamp) -> Timestamp {
        self.last.map_or(now, |last| last.max(now))
    }

    fn write(&mut self, kind: &'static str, points: i64, occurred_at: Timestamp, instant: Timestamp) {
        self.last = Some(instant);
        let balance = self.available() + self.pending() - self.debt;
        self.lines.push((kind, points, balance, occurred_at, instant));
    }

    fn put(&mut self, last_day: Date, points: i64) {
        let repaid = self.debt.min(points);
        self.debt -= repaid;
        if points > repaid {
            *self.lots.entry(last_day).or_default() += points - repaid;
        }
    }

    /// Out of the lots, the earliest first; what is not there is left.
    fn draw(&mut self, wanted: i64) -> Vec<(Date, i64)> {
        let mut drawn = Vec::new();
        let mut left = wanted;
        for (last_day, points) in self.lots.iter_mut() {
            let taken = left.min(*points);
            *points -= taken;
            left -= taken;
            drawn.push((*last_day, taken));
        }
        self.lots.retain(|_, points| *points > 0);
        drawn.retain(|(_, points)| *points > 0);
        drawn
    }

    /// What is due by then, in the order of its time.
    pub fn due(&mut self, until: Timestamp) {
        loop {
            let activation = self.pending.iter().map(|p| p.until).min().filter(|at| *at <= until);
            let lapse = self.lots.keys().next().filter(|d| **d != NEVER).map(|d| (start(d.tomorrow().unwrap()), *d));
            let lapse = lapse.filter(|(at, _)| *at <= until);
            match (activation, lapse) {
                (Some(at), lapse) if lapse.is_none_or(|(lapses, _)| at <= lapses) => {
                    // of the same time, the one earned first
                    let index = self.pending.iter().position(|p| p.until == at).unwrap();
                    let pending = self.pending.remove(index);
                    self.put(pending.last_day, pending.points);
                    self.facts.push((day(at), pending.points, 0));
                    let instant = self.instant(at);
                    self.write("activate", 0, at, instant);
                }
                (_, Some((at, last_day))) => {
                    let points = self.lots.remove(&last_day).unwrap();
                    *self.lapsed.entry(last_day).or_default() += points;
                    let instant = self.instant(at);
                    self.write("expire", -points, at, instant);
                }
                _ => return,
            }
        }
    }

    fn room(&self, cap: Cap, kind: EarnKind, occurred_at: Timestamp) -> (Option<i64>, Vec<(EarnKind, String)>) {
        let today = day(occurred_at);
        let keys = [(cap.day, today.to_string()), (cap.month, format!("{}-{}", today.year(), today.month()))];
        // the whole day and month count, also what of them lies under rules without the cap
        let used = |key: &str| self.capped.get(&(kind, key.to_owned())).copied().unwrap_or(0);
        let room = keys.iter().filter_map(|(most, key)| Some((most.as_ref()?.hundredths() - used(key)).max(0))).min();
        (room, keys.into_iter().map(|(_, key)| (kind, key)).collect())
    }

    /// `amount`: of a payment; referrals and reviews have a fixed worth.
    pub fn earn(
        &mut self,
        versions: &[Version],
        kind: EarnKind,
        id: &str,
        amount: i64,
        occurred_at: Timestamp,
        now: Timestamp,
    ) {
        let instant = self.instant(now);
        self.due(instant);
        let rules = in_force(versions, occurred_at).clone();
        let (room, keys) = self.room(rules.caps.of(kind), kind, occurred_at);
        let worth = match kind {
            EarnKind::Payment => times_alpha(&rules, amount),
            EarnKind::Referral => (rules.beta.millionths() / 10_000) as i64,
            EarnKind::Review => (rules.gamma.millionths() / 10_000) as i64,
        };
        let points = room.map_or(worth, |room| room.min(worth));
        for key in keys {
            *self.capped.entry(key).or_default() += points;
        }
        let last_day = match rules.expiry {
            Expiry::Never => NEVER,
            Expiry::Months(months) => day(occurred_at).checked_add(i64::from(months).months()).unwrap(),
            Expiry::Yearly { month, day: of_month, years } => {
                let first = date(day(occurred_at).year() + years as i16, month, 1);
                first.with().day(of_month.min(first.days_in_month())).build().unwrap()
            }
        };
        let days = rules.holding.of(kind);
        let held_until = (days > 0).then(|| occurred_at + SignedDuration::from_hours(24 * i64::from(days)));
        match held_until.filter(|_| points > 0) {
            Some(until) => {
                self.pending.push(Pending { of: id.to_owned(), points, until, last_day });
                self.facts.push((day(occurred_at), 0, amount));
            }
            None => {
                self.put(last_day, points);
                self.facts.push((day(occurred_at), points, amount));
            }
        }
        if kind == EarnKind::Payment {
            self.payments.insert(id.to_owned(), Paid { amount, refunded: 0, room, rules, last_day, occurred_at, held_until });
        }
        self.write("earn", points, occurred_at, instant);
        self.due(instant);
    }

    /// Whether it was accepted.
    pub fn refund(&mut self, payment: &str, amount: i64, occurred_at: Timestamp, now: Timestamp) -> bool {
        let Some(paid) = self.payments.get(payment) else { return false };
        if paid.refunded + amount > paid.amount {
            return false;
        }
        let instant = self.instant(now);
        self.due(instant);
        let paid = self.payments.get_mut(payment).unwrap();
        let kept = paid.amount - paid.refunded;
        let points = paid.earned(kept) - paid.earned(kept - amount);
        paid.refunded += amount;
        let (last_day, forgives) = (paid.last_day, paid.rules.shortfall == Shortfall::Forgive);
        let counted_in = (day(paid.held_until.unwrap_or(paid.occurred_at)), day(paid.occurred_at));
        let mut left = points;
        if let Some(pending) = self.pending.iter_mut().find(|p| p.of == payment) {
            let taken = left.min(pending.points);
            pending.points -= taken;
            left -= taken;
        }
        self.pending.retain(|p| p.points > 0);
        self.facts.push((counted_in.0, -left, 0));
        self.facts.push((counted_in.1, 0, -amount));
        let own = self.lots.get(&last_day).copied().unwrap_or(0);
        let lapsed = self.lapsed.get(&last_day).copied().unwrap_or(0).min((left - own).max(0));
        let owed_before = self.debt;
        if lapsed > 0 {
            *self.lapsed.get_mut(&last_day).unwrap() -= lapsed;
            self.put(last_day, lapsed);
            self.write("restore", lapsed, occurred_at, instant);
        }
        let owed_after = self.debt;
        let own = self.lots.get(&last_day).copied().unwrap_or(0).min(left);
        if own > 0 {
            *self.lots.get_mut(&last_day).unwrap() -= own;
            left -= own;
            self.lots.retain(|_, points| *points > 0);
        }
        left -= self.draw(left).iter().map(|(_, points)| points).sum::<i64>();
        // no other payment's debt is forgiven: what was restored repaid it only on its way
        let forgiven = if forgives { left - left.min(owed_before - owed_after) } else { 0 };
        self.debt += left - forgiven;
        self.write("clawback", forgiven - points, occurred_at, instant);
        self.due(instant);
        true
    }

    /// A point is a hundredth of a yuan, by the default rate. Whether it was accepted.
    pub fn redeem(&mut self, id: &str, points: i64, now: Timestamp) -> bool {
        let instant = self.instant(now);
        let cost = points / 100 * 100;
        // what is refused changes nothing: not even what is due is written
        let mut lots = self.lots.clone();
        lots.retain(|last_day, _| *last_day == NEVER || start(last_day.tomorrow().unwrap()) > instant);
        let coming: i64 = self.pending.iter().filter(|p| p.until <= instant).map(|p| p.points).sum();
        if cost == 0 {
            return false;
        }
        if coming == 0 && lots.values().sum::<i64>() < points {
            return false;
        }
        let before = self.clone_of_points();
        self.due(instant);
        if self.available() < points {
            self.put_back(before);
            return false;
        }
        let drawn = self.draw(cost);
        self.redeemed.insert(id.to_owned(), drawn);
        self.write("redeem", -cost, now, instant);
        self.due(instant);
        true
    }

    pub fn restore(&mut self, id: &str, now: Timestamp) {
        let instant = self.instant(now);
        self.due(instant);
        let drawn = self.redeemed.remove(id).unwrap();
        let total: i64 = drawn.iter().map(|(_, points)| points).sum();
        for (last_day, points) in drawn {
            self.put(last_day, points);
        }
        self.write("restore", total, now, instant);
        self.due(instant);
    }

    fn clone_of_points(&self) -> Member {
        Member {
            lots: self.lots.clone(),
            lapsed: self.lapsed.clone(),
            debt: self.debt,
            pending: self.pending.iter().map(|p| Pending { of: p.of.clone(), ..*p }).collect(),
            facts: self.facts.clone(),
            last: self.last,
            lines: self.lines.clone(),
            ..Member::default()
        }
    }

    fn put_back(&mut self, before: Member) {
        (self.lots, self.lapsed, self.debt) = (before.lots, before.lapsed, before.debt);
        (self.pending, self.facts, self.last, self.lines) = (before.pending, before.facts, before.last, before.lines);
    }

    /// The tier by what the window holds now; not under a validity.
    pub fn tier(&self, rules: &RuleSet, now: Timestamp) -> u16 {
        let ladder = &rules.ladder;
        let month = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month()) - 1;
        let today = day(self.instant(now));
        let first = match ladder.window {
            Window::Lifetime => i32::MIN,
            Window::CalendarYear => i32::from(today.year()) * 12,
            Window::Months(months) => month(today) - i32::from(months) + 1,
        };
        let counted =
            self.facts.iter().filter(|(d, ..)| month(*d) >= first && (first == i32::MIN || month(*d) <= month(today)));
        let gathered: i64 = match ladder.basis {
            Basis::PointsEarned => counted.map(|(_, earned, _)| earned).sum(),
            Basis::AmountSpent => counted.map(|(_, _, spent)| spent).sum(),
            Basis::PointsBalance => self.available() - self.debt,
        };
        let reached = ladder.tiers.iter().filter(|tier| (tier.from.millionths() / 10_000) as i64 <= gathered).count();
        reached.max(1) as u16
    }
}
