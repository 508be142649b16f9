//! A member's points as a list of lines. Whatever somebody asks of them is a sum over all lines, done anew each time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::sheet::Book;
use super::tiers::{Change, Fact, Period, Span, Why};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Of the line with that number.
    Pending(usize),
    Lot(Option<Date>),
    Debt,
}

/// An entry. Of the moves, none is of 0 points.
#[derive(Clone, Debug)]
pub struct Line {
    pub kind: &'static str,
    pub moves: Vec<(Place, i64)>,
    pub balance: i64,
    pub tier: u16,
    pub occurred_at: Timestamp,
    pub instant: Timestamp,
    pub version: usize,
    /// What lapses with it out of the lot of a day, or comes back to it.
    pub(super) lapsed: Option<(Date, i64)>,
}

/// Something that earned points, and what will be asked about it later.
#[derive(Clone, Debug)]
pub(super) struct Earning {
    pub(super) line: usize,
    pub(super) kind: usize,
    pub(super) id: String,
    pub(super) occurred_at: Timestamp,
    pub(super) posted_at: Timestamp,
    pub(super) points: i64,
    pub(super) version: usize,
    pub(super) last_day: Option<Date>,
    pub(super) held_until: Option<Timestamp>,
    pub(super) payment: Paid,
}

/// What only payments have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paid {
    pub(super) fen: i64,
    pub(super) scene: usize,
    pub(super) tier: u16,
    pub(super) room: Option<i64>,
    pub(super) refunded: i64,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub lines: Vec<Line>,
    pub(super) earnings: Vec<Earning>,
    /// The line that took the points, by redemption.
    pub(super) redeemed: BTreeMap<String, usize>,
    pub closed: bool,
    pub last: Option<Timestamp>,
    pub(super) facts: Vec<Fact>,
    pub tier: u16,
    pub changes: Vec<Change>,
    pub(super) period: Option<Period>,
    /// The period at whose end a tier was lost.
    pub(super) lost: Option<Span>,
    /// A tier that stricter rules have left, and until when.
    pub(super) kept: Option<(u16, Timestamp)>,
    pub(super) rated_by: usize,
    /// Of the last line: how many there are, save in a history, whose lines have the numbers that the ledger gives them.
    pub(super) number: usize,
}

impl Account {
    pub fn new() -> Account {
        Account {
            lines: Vec::new(),
            earnings: Vec::new(),
            redeemed: BTreeMap::new(),
            closed: false,
            last: None,
            facts: Vec::new(),
            tier: 1,
            changes: Vec::new(),
            period: None,
            lost: None,
            kept: None,
            rated_by: 1,
            number: 0,
        }
    }

    fn sum(&self, of: impl Fn(Place) -> bool) -> i64 {
        self.lines.iter().flat_map(|line| &line.moves).filter(|(place, _)| of(*place)).map(|(_, points)| points).sum()
    }

    pub fn available(&self) -> i64 {
        self.sum(|place| matches!(place, Place::Lot(_)))
    }

    pub fn pending(&self) -> i64 {
        self.sum(|place| matches!(place, Place::Pending(_)))
    }

    pub fn debt(&self) -> i64 {
        -self.sum(|place| place == Place::Debt)
    }

    pub(super) fn in_place(&self, at: Place) -> i64 {
        self.sum(|place| place == at)
    }

    /// Every lot that holds something, what lapses first, first.
    pub fn lots(&self) -> Vec<(Option<Date>, i64)> {
        let places = self.lines.iter().flat_map(|line| &line.moves).map(|(place, _)| *place);
        let mut days: Vec<Option<Date>> =
            places.filter_map(|place| if let Place::Lot(day) = place { Some(day) } else { None }).collect();
        days.sort_by_key(|day| day.unwrap_or(Date::MAX));
        days.dedup();
        let lots = days.into_iter().map(|day| (day, self.in_place(Place::Lot(day))));
        lots.filter(|(_, points)| *points != 0).collect()
    }

    /// What is held back, by the line that earned it, with its end.
    pub fn held(&self) -> Vec<(usize, Timestamp, i64)> {
        let held = self.earnings.iter().filter_map(|earning| Some((earning.line, earning.held_until?)));
        let held = held.map(|(line, until)| (line, until, self.in_place(Place::Pending(line))));
        held.filter(|(_, _, points)| *points != 0).collect()
    }

    /// The line that took the points of a redemption.
    pub fn redemption(&self, id: &str) -> &Line {
        &self.lines[self.redeemed[id]]
    }

    /// The instant of something that is posted at `now`.
    pub fn instant(&self, now: Timestamp) -> Timestamp {
        self.last.map_or(now, |last| last.max(now))
    }

    /// Debt is repaid first, the rest enters a lot.
    pub(super) fn entering(&self, points: i64, day: Option<Date>) -> Vec<(Place, i64)> {
        let repaid = points.min(self.debt());
        vec![(Place::Debt, repaid), (Place::Lot(day), points - repaid)]
    }

    /// Out of the lots as they lapse, so many or as many as there are.
    pub(super) fn drawing(&self, mut points: i64) -> Vec<(Place, i64)> {
        let mut drawn = Vec::new();
        for (day, lot) in self.lots() {
            let taken = points.min(lot);
            drawn.push((Place::Lot(day), -taken));
            points -= taken;
        }
        drawn
    }

    pub(super) fn draft(&self, kind: &'static str, moves: Vec<(Place, i64)>, occurred_at: Timestamp, version: usize) -> Line {
        let moves = moves.into_iter().filter(|(_, points)| *points != 0).collect();
        Line { kind, moves, balance: 0, tier: 0, occurred_at, instant: occurred_at, version, lapsed: None }
    }

    /// Adds lines as one; a lot that is over and holds points lapses with them, and only then the tier is looked at.
    pub(super) fn add(&mut self, book: &Book, drafts: Vec<Line>, instant: Timestamp, promoter: Option<usize>) {
        let (tier, first) = (self.tier, self.lines.len());
        for draft in drafts {
            self.push(draft, instant);
        }
        while let Some((Some(day), points)) = self.lots().first().copied().filter(|(day, _)| is_over(book, *day, instant)) {
            self.push(self.lapsing(book, day, points, instant), instant);
        }
        self.last = Some(instant);
        self.rate(book, instant, Why::Entry, promoter.unwrap_or(self.number));
        let last = self.lines.len() - 1;
        self.lines[first..].iter_mut().for_each(|line| line.tier = tier);
        self.lines[last].tier = self.tier;
    }

    pub(super) fn push(&mut self, draft: Line, instant: Timestamp) {
        self.lines.push(Line { instant, ..draft });
        self.number += 1;
        let balance = self.available() + self.pending() - self.debt();
        self.lines.last_mut().unwrap().balance = balance;
    }

    fn lapsing(&self, book: &Book, day: Date, points: i64, instant: Timestamp) -> Line {
        let moves = vec![(Place::Lot(Some(day)), -points)];
        let draft = self.draft("expire", moves, book.calendar.end(day), book.number(instant));
        Line { lapsed: Some((day, points)), ..draft }
    }

    pub(super) fn lapse(&mut self, book: &Book, day: Date, instant: Timestamp) {
        let points = self.in_place(Place::Lot(Some(day)));
        self.add(book, vec![self.lapsing(book, day, points, instant)], instant, None);
    }

    /// What the last line activated, if it is an activation.
    pub(super) fn activated_last(&self) -> usize {
        let last = self.lines.last().filter(|line| line.kind == "activate");
        let place = last.and_then(|line| line.moves.first()).map(|(place, _)| *place);
        if let Some(Place::Pending(line)) = place { line } else { 0 }
    }
}

fn is_over(book: &Book, day: Option<Date>, instant: Timestamp) -> bool {
    day.is_some_and(|day| book.calendar.end(day) <= instant)
}
