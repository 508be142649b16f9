//! A rule set as a table of plain numbers, and what it makes of amounts: fractions of whole numbers, rounded once.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::calendar::{Calendar, Month, plus_months};

/// What earns points; also the place in every array of three.
pub const PAYMENT: usize = 0;
pub const REFERRAL: usize = 1;
pub const REVIEW: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    HalfEven,
    HalfUp,
    Floor,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Basis {
    Earned,
    Balance,
    Spent,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Window {
    Lifetime,
    Year,
    Months(u16),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expiry {
    Never,
    Months(u16),
    /// Month and day of the so-manieth year after.
    Yearly(i8, i8, u16),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tier {
    pub key: &'static str,
    /// In points or yuan.
    pub from: i64,
    pub multiplier: i64,
}

/// How long a tier is kept at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Validity {
    pub months: u16,
    pub grace: u16,
}

/// Points are in hundredths and money in fen; weights, multipliers and the rate in millionths.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub alpha: i64,
    pub beta: i64,
    pub gamma: i64,
    pub scenes: [i64; 5],
    /// What is rounded to, in hundredths of a point.
    pub step: i64,
    pub mode: Mode,
    pub tiers: Vec<Tier>,
    pub basis: Basis,
    pub window: Window,
    pub validity: Option<Validity>,
    pub rate: i64,
    pub forgive: bool,
    pub expiry: Expiry,
    pub holding: [u16; 3],
    /// Most points a day and a month.
    pub caps: [(Option<i64>, Option<i64>); 3],
    /// What a first payment has to be at least for an invitation to count.
    pub least: i64,
    /// Whether a refund of it takes back what it brought.
    pub takes_back: bool,
}

impl Sheet {
    /// α × amount × scene × tier.
    pub fn payment(&self, fen: i64, scene: usize, tier: u16) -> i64 {
        let factors = [self.alpha, self.scenes[scene], self.tier(tier).multiplier];
        let product = factors.iter().fold(i128::from(fen), |product, factor| product * i128::from(*factor));
        // a fen is a hundredth of a yuan as a hundredth is of a point
        self.round(product, 10_i128.pow(18))
    }

    pub fn referral(&self) -> i64 {
        self.round(i128::from(self.beta) * 100, 1_000_000)
    }

    pub fn review(&self) -> i64 {
        self.round(i128::from(self.gamma) * 100, 1_000_000)
    }

    /// Of so many hundredths, whole steps.
    fn round(&self, numerator: i128, denominator: i128) -> i64 {
        let whole = denominator * i128::from(self.step);
        let (steps, rest) = (numerator / whole, numerator % whole);
        let up = match self.mode {
            Mode::Floor => false,
            Mode::HalfUp => 2 * rest >= whole,
            Mode::HalfEven => 2 * rest > whole || (2 * rest == whole && steps % 2 == 1),
        };
        (steps + i128::from(up)) as i64 * self.step
    }

    /// What points pay in fen, and what that costs in points.
    pub fn cash(&self, points: i64) -> (i64, i64) {
        let rate = i128::from(self.rate);
        let fen = i128::from(points) * 1_000_000 / rate;
        let cost = (fen * rate + 999_999) / 1_000_000;
        (fen as i64, cost as i64)
    }

    /// Whether a payment of which so much is left is too small to keep the award that it brought.
    pub fn takes_back(&self, left: i64) -> bool {
        self.takes_back && (left == 0 || left < self.least)
    }

    /// The tier of that rank, or the highest there is.
    pub fn tier(&self, rank: u16) -> &Tier {
        &self.tiers[usize::from(rank).min(self.tiers.len()) - 1]
    }

    /// The rank of what was gathered, in hundredths of a point or fen.
    pub fn rank(&self, gathered: i64) -> u16 {
        let reached = self.tiers.iter().filter(|tier| tier.from * 100 <= gathered).count();
        reached.max(1) as u16
    }

    /// The last day that points are good for which were earned then.
    pub fn last_day(&self, calendar: &Calendar, at: Timestamp) -> Option<Date> {
        let earned = calendar.day(at);
        match self.expiry {
            Expiry::Never => None,
            Expiry::Months(months) => Some(plus_months(earned, i32::from(months))),
            Expiry::Yearly(month, day, years) => {
                let first = date(earned.year() + years as i16, month, 1);
                Some(date(first.year(), month, day.min(first.days_in_month())))
            }
        }
    }

    /// The first month that counts for the tier while `month` runs.
    pub fn first_counted(&self, month: Month) -> Month {
        match self.window {
            Window::Lifetime => Month::MIN,
            Window::Year => month - month.rem_euclid(12),
            Window::Months(months) => month - Month::from(months) + 1,
        }
    }

    /// Whether this rates members by other rungs, another basis, window or validity than `before`.
    pub fn rates_otherwise_than(&self, before: &Sheet) -> bool {
        let rungs = |sheet: &Sheet| sheet.tiers.iter().map(|tier| (tier.key, tier.from)).collect::<Vec<_>>();
        (self.basis, self.window, self.validity) != (before.basis, before.window, before.validity)
            || rungs(self) != rungs(before)
    }
}

/// A published sheet.
#[derive(Clone, Debug)]
pub struct Version {
    pub from: Timestamp,
    pub sheet: Sheet,
    /// Whether it demotes inside a validity.
    pub demotes: bool,
    /// Until when nobody loses a tier by it.
    pub keeps_until: Option<Timestamp>,
    /// The experiment for whose variant group alone it is.
    pub only_for: Option<usize>,
    /// It never comes into force.
    pub withdrawn: bool,
}

impl Version {
    /// One for everybody.
    pub fn new(from: Timestamp, sheet: Sheet) -> Version {
        Version { from, sheet, demotes: false, keeps_until: None, only_for: None, withdrawn: false }
    }
}

/// Every version, and the calendar of the programme. Version n stands at n − 1.
#[derive(Clone)]
pub struct Book {
    pub versions: Vec<Version>,
    pub calendar: Calendar,
    /// The experiments of whose variant groups the member is whom the book is for.
    pub variant_of: Vec<usize>,
}

impl Book {
    fn holds(&self, number: usize) -> bool {
        let version = &self.versions[number - 1];
        !version.withdrawn && version.only_for.is_none_or(|experiment| self.variant_of.contains(&experiment))
    }

    /// The last of the versions that hold, and of which something is so.
    fn last(&self, is: impl Fn(usize) -> bool) -> Option<usize> {
        (1..=self.versions.len()).rev().find(|number| self.holds(*number) && is(*number))
    }

    /// The number of the version in force.
    pub fn number(&self, at: Timestamp) -> usize {
        self.last(|number| self.versions[number - 1].from <= at).unwrap_or(1)
    }

    pub fn sheet(&self, number: usize) -> &Sheet {
        &self.versions[number - 1].sheet
    }

    /// What rates whoever has been rated up to that version: it may have been another group's.
    pub fn rated(&self, number: usize) -> usize {
        self.last(|own| own <= number).unwrap_or(1)
    }

    pub fn at(&self, at: Timestamp) -> &Sheet {
        self.sheet(self.number(at))
    }

    /// The next version after `number` that some group has to be rated anew by. All others pass it at the same moment.
    pub fn next_rating(&self, number: usize) -> Option<usize> {
        let everybody = Book { variant_of: vec![], ..self.clone() };
        let variants = self.versions.iter().filter_map(|version| version.only_for);
        let groups: Vec<Book> = variants.map(|one| Book { variant_of: vec![one], ..self.clone() }).chain([everybody]).collect();
        (number + 1..=self.versions.len()).find(|next| groups.iter().any(|group| group.rates(*next)))
    }

    /// Whether that version rates this group otherwise than the one that it had before.
    pub fn rates(&self, number: usize) -> bool {
        let (version, before) = (&self.versions[number - 1], self.last(|own| own < number));
        let rates = |before: usize| version.demotes || version.sheet.rates_otherwise_than(self.sheet(before));
        self.holds(number) && before.is_some_and(rates)
    }
}
