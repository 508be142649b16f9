//! What a member's tier follows from: everything that ever counted, summed anew whenever it matters; and what is due.

use jiff::Timestamp;
use jiff::civil::Date;

use super::account::Account;
use super::calendar::Month;
use super::sheet::{Basis, Book, Validity, Window};

/// Something that counts for the tier.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// The line that earned it.
    pub line: usize,
    /// When it counts for a validity, and in which month for a window.
    pub at: Timestamp,
    pub month: Month,
    pub points: i64,
    pub fen: i64,
}

/// Why a tier became another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    Entry,
    Rules(usize),
    Month,
    Period,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub at: Timestamp,
    pub from: u16,
    pub to: u16,
    pub why: Why,
    /// The last line by then.
    pub line: usize,
}

/// From when until when a tier is kept, and what came before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    start: Timestamp,
    end: Timestamp,
    /// When it is decided: later than `end` once the grace has begun.
    pub(super) until: Timestamp,
    /// The line that promoted.
    by: usize,
    /// The span that was decided last.
    before: Option<Span>,
}

/// From when until before when, and the line that promoted.
pub(super) type Span = (Timestamp, Timestamp, usize);

/// What is due at a time; of the same time, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Rules(usize),
    Activation(usize),
    Lapse(Date),
    Month,
    Kept,
    Period,
}

impl Account {
    /// Everything that is due by then, in the order of its time, as of its time.
    pub fn catch_up(&mut self, book: &Book, until: Timestamp) {
        loop {
            let own = self.own_due(book, until);
            let next = own.into_iter().chain(self.rules_due(book, until)).min();
            let Some((at, due)) = next else { return };
            let instant = self.instant(at);
            match due {
                Due::Rules(number) => self.re_rate(book, number, instant),
                Due::Activation(line) => self.activate(book, line, instant),
                Due::Lapse(day) => self.lapse(book, day, instant),
                Due::Month => self.rate(book, instant, Why::Month, 0),
                Due::Kept => self.end_keeping(book, instant),
                Due::Period => self.end_period(book, instant),
            }
            self.last = Some(instant);
        }
    }

    /// Whether a job finds something to do: of the member's own, or by new rules.
    pub fn is_due(&self, book: &Book, by: Timestamp) -> bool {
        self.own_due(book, by).is_some()
    }

    pub fn is_unrated(&self, book: &Book, by: Timestamp) -> bool {
        self.rules_due(book, by).is_some()
    }

    /// When something is due next, if it is by then.
    pub fn next_due(&self, book: &Book, by: Timestamp) -> Option<Timestamp> {
        self.own_due(book, by).into_iter().chain(self.rules_due(book, by)).map(|(at, _)| at).min()
    }

    fn rules_due(&self, book: &Book, until: Timestamp) -> Option<(Timestamp, Due)> {
        let next = book.next_rating(self.rated_by)?;
        let from = book.versions[next - 1].from;
        (from <= until).then_some((from, Due::Rules(next)))
    }

    fn own_due(&self, book: &Book, until: Timestamp) -> Option<(Timestamp, Due)> {
        let mut due: Vec<(Timestamp, Due)> = Vec::new();
        due.extend(self.held().into_iter().map(|(line, until, _)| (until, Due::Activation(line))));
        due.extend(self.lots().into_iter().filter_map(|(day, _)| Some((book.calendar.end(day?), Due::Lapse(day?)))));
        if !self.closed {
            due.extend(self.next_month(book, until).map(|at| (at, Due::Month)));
            due.extend(self.kept.map(|(_, until)| (until, Due::Kept)));
            due.extend(self.period.map(|period| (period.until, Due::Period)));
        }
        due.into_iter().filter(|(at, _)| *at <= until).min()
    }

    /// The beginning of the next month that changes the tier.
    fn next_month(&self, book: &Book, until: Timestamp) -> Option<Timestamp> {
        let rated_by = book.rated(self.rated_by);
        let sheet = book.sheet(rated_by);
        if sheet.window == Window::Lifetime {
            return None;
        }
        let running = book.calendar.month(self.last?);
        let changes = |month: &Month| {
            let rank = sheet.rank(self.in_window(book, rated_by, *month));
            if sheet.validity.is_some() { rank > self.tier } else { rank.max(self.kept_tier()) != self.tier }
        };
        (running + 1..=book.calendar.month(until)).find(changes).map(|month| book.calendar.begin_month(month))
    }

    /// What counts while a month runs.
    fn in_window(&self, book: &Book, version: usize, month: Month) -> i64 {
        let sheet = book.sheet(version);
        let within =
            |fact: &&Fact| sheet.window == Window::Lifetime || (sheet.first_counted(month)..=month).contains(&fact.month);
        let counted = self.counted(sheet.basis, within);
        // a tier that was lost at the end of a period has to be earned anew since that period's beginning
        let lost = self.lost.filter(|_| sheet.validity.is_some() && sheet.basis != Basis::Balance);
        lost.map_or(counted, |since| counted.min(self.in_span(sheet.basis, since)))
    }

    fn counted(&self, basis: Basis, which: impl Fn(&&Fact) -> bool) -> i64 {
        match basis {
            Basis::Earned => self.facts.iter().filter(which).map(|fact| fact.points).sum(),
            Basis::Spent => self.facts.iter().filter(which).map(|fact| fact.fen).sum(),
            Basis::Balance => self.available() - self.debt(),
        }
    }

    /// Earned less clawed back, ever.
    pub fn earned(&self) -> i64 {
        self.counted(Basis::Earned, |_| true)
    }

    /// What was gathered from `start` on and before `end`, without what had been posted before the promotion, and without
    /// what promoted.
    fn in_span(&self, basis: Basis, (start, end, by): Span) -> i64 {
        let belongs = |fact: &&Fact| {
            let begun = fact.at > start || (fact.at == start && fact.line > by);
            begun && fact.at < end && fact.line != by
        };
        self.counted(basis, belongs)
    }

    fn become_tier(&mut self, to: u16, at: Timestamp, why: Why) {
        if to != self.tier {
            self.changes.push(Change { at, from: self.tier, to, why, line: self.number });
            self.tier = to;
        }
    }

    /// The tier is another's, and what decides it in future; one line makes one change.
    pub(super) fn stand_as(&mut self, other: &Account, at: Timestamp) {
        (self.period, self.lost, self.kept) = (other.period, other.lost, other.kept);
        let last = self.changes.last().filter(|last| (last.at, last.why, last.line) == (at, Why::Entry, self.number));
        if let Some(from) = last.map(|last| last.from).filter(|_| self.tier != other.tier) {
            self.changes.pop();
            self.tier = from;
        }
        self.become_tier(other.tier, at, Why::Entry);
    }

    /// The tier just before something occurred.
    pub(super) fn tier_before(&self, at: Timestamp) -> u16 {
        self.changes.iter().rfind(|change| change.at < at).map_or(1, |change| change.to)
    }

    pub(super) fn rate(&mut self, book: &Book, at: Timestamp, why: Why, promoter: usize) {
        let (number, sheet) = (book.number(at), book.at(at));
        let rank = sheet.rank(self.in_window(book, number, book.calendar.month(at)));
        let Some(validity) = sheet.validity else { return self.become_tier(rank.max(self.kept_tier()), at, why) };
        // the last period's end, as it would be decided with what has come late
        let before = self.period.and_then(|period| period.before);
        let then =
            before.filter(|_| sheet.basis != Basis::Balance).map_or(1, |span| sheet.rank(self.in_span(sheet.basis, span)));
        if rank > self.tier && rank >= then {
            self.period = Some(Period { before, ..begin(book, validity, at, promoter) });
        }
        self.become_tier(self.tier.max(rank).max(then), at, why);
    }

    fn kept_tier(&self) -> u16 {
        self.kept.map_or(1, |(tier, _)| tier)
    }

    fn re_rate(&mut self, book: &Book, number: usize, at: Timestamp) {
        let old = book.sheet(book.rated(self.rated_by));
        self.rated_by = number;
        if !book.rates(number) {
            return;
        }
        let (sheet, version) = (book.sheet(number), &book.versions[number - 1]);
        let rank = sheet.rank(self.in_window(book, number, book.calendar.month(at)));
        let moved = |tier: u16| {
            let key = old.tier(tier).key;
            let same_key = sheet.tiers.iter().position(|tier| tier.key == key).map(|index| index as u16 + 1);
            same_key.unwrap_or(tier.min(sheet.tiers.len() as u16))
        };
        let same = moved(self.tier);
        // what an earlier version has promised holds, and what this one promises to who falls short comes to it
        let earlier = self.kept.filter(|(_, until)| *until > at).map(|(tier, until)| (moved(tier), until));
        let now = version.keeps_until.filter(|until| *until > at && rank < same).map(|until| (same, until));
        self.kept = match (earlier, now) {
            (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.max(b.1))),
            _ => earlier.or(now),
        };
        let mut to = rank.max(self.kept_tier());
        match sheet.validity {
            None => (self.period, self.lost) = (None, None),
            Some(validity) => {
                if self.period.is_some() && !version.demotes {
                    to = to.max(same);
                }
                if to != same || self.period.is_none() {
                    self.period = (to > 1 && to == rank).then(|| begin(book, validity, at, 0));
                } else if let Some(period) = &mut self.period {
                    period.before = None;
                }
            }
        }
        self.become_tier(to, at, Why::Rules(number));
    }

    /// What was kept is kept no more; who is in a period has that one's end to wait for.
    fn end_keeping(&mut self, book: &Book, at: Timestamp) {
        self.kept = None;
        if self.period.is_none() {
            let (number, sheet) = (book.number(at), book.at(at));
            let rank = sheet.rank(self.in_window(book, number, book.calendar.month(at)));
            self.period = sheet.validity.filter(|_| rank > 1).map(|validity| begin(book, validity, at, 0));
            self.become_tier(rank, at, Why::Period);
        }
    }

    fn end_period(&mut self, book: &Book, at: Timestamp) {
        let sheet = book.at(at);
        let (Some(period), Some(validity)) = (self.period.take(), sheet.validity) else { return };
        let span = (period.start, period.until, period.by);
        let rank = match sheet.basis {
            Basis::Balance => sheet.rank(self.available() - self.debt()),
            basis => sheet.rank(self.in_span(basis, span)),
        };
        if rank < self.tier {
            let mut later: Vec<Timestamp> =
                self.kept.iter().filter(|(tier, _)| rank < *tier).map(|(_, until)| *until).collect();
            if period.until == period.end && validity.grace > 0 {
                later.push(book.calendar.days_later(period.end, validity.grace));
            }
            if let Some(until) = later.into_iter().max() {
                self.period = Some(Period { until, ..period });
                return;
            }
        }
        if rank < self.tier && sheet.basis != Basis::Balance {
            self.lost = Some((period.start, Timestamp::MAX, period.by));
        }
        if (self.tier, rank) != (1, 1) {
            let end = book.calendar.months_later(period.end, validity.months);
            self.period = Some(Period { start: period.end, end, until: end, by: 0, before: Some(span) });
        }
        self.become_tier(rank, at, Why::Period);
        if self.facts.iter().any(|fact| fact.at >= period.until) {
            // what was activated at this very moment belongs to the next period, and may promote at once
            self.rate(book, at, Why::Entry, self.activated_last());
        }
    }
}

/// The period of a promotion.
fn begin(book: &Book, validity: Validity, start: Timestamp, by: usize) -> Period {
    let end = book.calendar.months_later(start, validity.months);
    Period { start, end, until: end, by, before: None }
}
