//! Members by how recently, how often and how much they have paid (RFM), and what rules give each segment.
//!
//! Simulating puts members into small cells, which add up. A report joins cells into the eight segments of the model, each question
//! answered with yes or no: paid within the last 90 days; often and much, where that comes closest to dividing those who have paid in
//! half. Those who have never paid are a segment of their own.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lab::flows::Pair;
use crate::lab::sum::{Amount, Sum};
use crate::ledger::sink::About;
use crate::numbers::money::Currency;
use crate::numbers::time::Moment;

/// Who has paid within so many days has paid recently.
pub const RECENT_DAYS: i64 = 90;
const DAY_BANDS: [i64; 3] = [30, RECENT_DAYS, 365];
/// Where bands of how many payments begin, and of how much, in minor units.
const OFTEN_BANDS: [u64; 5] = [2, 5, 10, 25, 100];
const MUCH_BANDS: [i64; 7] = [1_000, 10_000, 50_000, 100_000, 500_000, 1_000_000, 10_000_000];

/// What a member has paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paying {
    last: Option<Moment>,
    payments: u64,
    /// Minor units, less refunds.
    paid: i64,
}

impl Paying {
    #[inline(always)]
    pub fn add(&mut self, about: About, occurred_at: Moment) {
        match about {
            About::Payment { amount, .. } => {
                if self.last.is_none_or(|last| last < occurred_at) {
                    self.last = Some(occurred_at);
                }
                self.payments += 1;
                self.paid = self.paid.saturating_add(amount);
            }
            About::Refund { amount, .. } => self.paid = self.paid.saturating_sub(amount),
            _ => (),
        }
    }

    pub fn payments(&self) -> u64 {
        self.payments
    }

    pub fn paid(&self) -> i64 {
        self.paid
    }

    /// The cell of a member who is looked at then.
    pub fn cell(&self, as_of: Timestamp) -> CellKey {
        let Some(last) = self.last else { return CellKey(None) };
        let since = Moment::from(as_of).micros() - last.micros();
        let days = DAY_BANDS.iter().filter(|days| since > 86_400_000_000 * **days).count();
        let often = OFTEN_BANDS.iter().filter(|from| self.payments >= **from).count();
        let much = MUCH_BANDS.iter().filter(|from| self.paid >= **from).count();
        CellKey(Some((days as u8, often as u8, much as u8)))
    }
}

/// Bands of how recently, how often and how much, each by its place; `None`: never paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CellKey(Option<(u8, u8, u8)>);

impl From<CellKey> for String {
    fn from(key: CellKey) -> String {
        key.0.map_or_else(|| "never".to_owned(), |(days, often, much)| format!("{days}{often}{much}"))
    }
}

impl TryFrom<String> for CellKey {
    type Error = &'static str;
    fn try_from(text: String) -> Result<CellKey, &'static str> {
        let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(10).map(|digit| digit as u8)).collect();
        match (text.as_str(), digits.as_deref()) {
            ("never", _) => Ok(CellKey(None)),
            (_, Some([days, often, much])) => Ok(CellKey(Some((*days, *often, *much)))),
            _ => Err("is no cell"),
        }
    }
}

/// The sums of some members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub members: u64,
    pub payments: u64,
    /// Minor units, less refunds.
    pub paid: i128,
    pub issued: Pair<Sum>,
    pub outstanding: Pair<Sum>,
    /// How many go from which tier to which, by `from * 100 + to`.
    pub tiers: BTreeMap<u16, u64>,
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Cell) {
        self.members += other.members;
        self.payments += other.payments;
        self.paid += other.paid;
        self.issued += other.issued;
        self.outstanding += other.outstanding;
        for (key, members) in other.tiers {
            *self.tiers.entry(key).or_default() += members;
        }
    }
}

impl Cell {
    pub fn move_tier(&mut self, from: usize, to: usize) {
        *self.tiers.entry((from * 100 + to) as u16).or_default() += 1;
    }
}

/// The cells of all members.
pub type Cells = BTreeMap<CellKey, Cell>;

/// The segments: recent or not, often or not, much or not; or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    Champions,
    BigSpenders,
    Regulars,
    Occasional,
    LapsedChampions,
    LapsedBigSpenders,
    LapsedRegulars,
    LapsedOccasional,
    NeverPaid,
}

impl Segment {
    pub const ALL: [Segment; 9] = [
        Segment::Champions,
        Segment::BigSpenders,
        Segment::Regulars,
        Segment::Occasional,
        Segment::LapsedChampions,
        Segment::LapsedBigSpenders,
        Segment::LapsedRegulars,
        Segment::LapsedOccasional,
        Segment::NeverPaid,
    ];

    const fn of(is_recent: bool, is_often: bool, is_much: bool) -> Segment {
        match (is_recent, is_often, is_much) {
            (true, true, true) => Segment::Champions,
            (true, false, true) => Segment::BigSpenders,
            (true, true, false) => Segment::Regulars,
            (true, false, false) => Segment::Occasional,
            (false, true, true) => Segment::LapsedChampions,
            (false, false, true) => Segment::LapsedBigSpenders,
            (false, true, false) => Segment::LapsedRegulars,
            (false, false, false) => Segment::LapsedOccasional,
        }
    }
}

/// What members are divided by: payments from so many on are often, so much is much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dividing {
    pub recent_days: i64,
    pub often: u64,
    pub much: Amount,
}

/// A segment, and what each of the rule sets gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentRow {
    pub segment: Segment,
    pub members: u64,
    pub payments: u64,
    pub paid: Amount,
    pub issued: Pair<Sum>,
    /// Points issued a member, rounded down.
    pub mean: Pair<Sum>,
    pub outstanding: Pair<Sum>,
    /// How many are in which tier.
    pub tiers: Pair<Vec<u64>>,
    pub raised: u64,
    pub lowered: u64,
}

/// Members by segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segments {
    pub dividing: Dividing,
    pub rows: Vec<SegmentRow>,
}

/// Joins cells. `same`: for each tier of the rules that were, the same tier in the draft; `tiers`: how many either has.
pub fn join(cells: &Cells, same: &[usize], tiers: Pair<usize>, currency: Currency) -> Segments {
    let often = dividing_band(cells, OFTEN_BANDS.len(), |(_, often, _)| often);
    let much = dividing_band(cells, MUCH_BANDS.len(), |(_, _, much)| much);
    let recent = DAY_BANDS.iter().position(|days| *days == RECENT_DAYS).unwrap_or(0) as u8;
    let mut joined: BTreeMap<Segment, Cell> = BTreeMap::new();
    for (CellKey(bands), cell) in cells {
        let segment =
            bands.map_or(Segment::NeverPaid, |(days, of, paid)| Segment::of(days <= recent, of >= often, paid >= much));
        *joined.entry(segment).or_default() += cell.clone();
    }
    let amount = |minor| Amount { minor, exponent: currency.exponent() };
    let row = |segment: Segment| {
        let cell = joined.remove(&segment).unwrap_or_default();
        let members = i128::from(cell.members.max(1));
        let mut row = SegmentRow {
            segment,
            members: cell.members,
            payments: cell.payments,
            paid: amount(cell.paid),
            mean: cell.issued.map(|issued| Sum(issued.hundredths().div_euclid(members))),
            issued: cell.issued,
            outstanding: cell.outstanding,
            tiers: tiers.map(|count| vec![0; *count]),
            raised: 0,
            lowered: 0,
        };
        for (key, members) in cell.tiers {
            let (from, to) = (usize::from(key / 100), usize::from(key % 100));
            let stays_at = same.get(from).copied().unwrap_or(from);
            row.raised += if to > stays_at { members } else { 0 };
            row.lowered += if to < stays_at { members } else { 0 };
            for (side, at) in [(&mut row.tiers.baseline, from), (&mut row.tiers.draft, to)] {
                side.get_mut(at).into_iter().for_each(|count| *count += members);
            }
        }
        row
    };
    let rows = Segment::ALL.into_iter().map(row).filter(|row| row.members > 0).collect();
    let dividing = Dividing {
        recent_days: RECENT_DAYS,
        often: OFTEN_BANDS[usize::from(often) - 1],
        much: amount(MUCH_BANDS[usize::from(much) - 1].into()),
    };
    Segments { dividing, rows }
}

/// The band from which on the members come closest to half of those who have paid.
fn dividing_band(cells: &Cells, bands: usize, of: fn((u8, u8, u8)) -> u8) -> u8 {
    let members = |from: u8| -> u64 {
        cells
            .iter()
            .filter_map(|(CellKey(key), cell)| Some((of((*key)?), cell.members)))
            .filter(|(band, _)| *band >= from)
            .map(|(_, m)| m)
            .sum()
    };
    let all = members(0);
    (1..=bands as u8).min_by_key(|from| (2 * members(*from)).abs_diff(all)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::event::Scene;
    use crate::numbers::money::Money;

    fn cny() -> Currency {
        "CNY".parse().unwrap()
    }

    fn paying(payments: u32, each: &str, last: &str) -> Paying {
        let amount = Money::parse(each, cny()).unwrap().minor();
        let mut paying = Paying::default();
        (0..payments).for_each(|_| {
            paying.add(About::Payment { amount, scene: Scene::Other }, last.parse::<Timestamp>().unwrap().into())
        });
        paying
            .add(About::Refund { amount: 1, scene: Scene::Other }, "2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap().into());
        paying
    }

    const NOW: &str = "2026-12-01T00:00:00Z";

    #[test]
    fn members_are_divided_where_those_who_paid_come_closest_to_halves() {
        let mut cells = Cells::new();
        let mut put = |paying: Paying, members: u64, from: usize, to: usize| {
            let mut cell = Cell { members: 1, payments: paying.payments(), paid: paying.paid().into(), ..Cell::default() };
            cell.issued = Pair { baseline: Sum(100), draft: Sum(201) };
            cell.move_tier(from, to);
            for _ in 0..members {
                *cells.entry(paying.cell(NOW.parse().unwrap())).or_default() += cell.clone();
            }
        };
        put(paying(12, "100", "2026-11-30T00:00:00Z"), 3, 1, 2);
        put(paying(1, "100", "2026-11-30T00:00:00Z"), 3, 0, 0);
        put(paying(6, "1000", "2026-01-01T00:00:00Z"), 1, 2, 0);
        put(Paying::default(), 5, 0, 0);
        let Segments { dividing, rows } = join(&cells, &[0, 1, 2], Pair { baseline: 3, draft: 3 }, cny());
        // 4 of 7 have paid at least twice, as have 4 at least five times; 4 have paid 500.00 and 3 less than 100.00
        assert_eq!((dividing.often, dividing.much.to_string()), (2, "100.00".to_owned()));
        let told: Vec<(Segment, u64, u64, u64)> =
            rows.iter().map(|row| (row.segment, row.members, row.raised, row.lowered)).collect();
        assert_eq!(
            told,
            [
                (Segment::Champions, 3, 3, 0),
                (Segment::Occasional, 3, 0, 0),
                (Segment::LapsedChampions, 1, 0, 1),
                (Segment::NeverPaid, 5, 0, 0),
            ]
        );
        let champions = &rows[0];
        assert_eq!((champions.payments, champions.paid.to_string().as_str()), (36, "3599.97"));
        assert_eq!((champions.issued.draft, champions.mean.draft), (Sum(603), Sum(201)));
        assert_eq!((&champions.tiers.baseline, &champions.tiers.draft), (&vec![0, 3, 0], &vec![0, 0, 3]));
    }

    #[test]
    fn a_payment_of_exactly_ninety_days_ago_is_recent() {
        let cell = |last: &str| paying(1, "5", last).cell(NOW.parse().unwrap());
        let (recent, lapsed) = (cell("2026-09-02T00:00:00Z"), cell("2026-09-01T23:59:59Z"));
        assert!(recent != lapsed && recent.0.unwrap().0 == 1 && lapsed.0.unwrap().0 == 2);
        let text = String::from(recent);
        assert_eq!(CellKey::try_from(text), Ok(recent));
        assert_eq!(CellKey::try_from("never".to_owned()), Ok(CellKey(None)));
        assert!(CellKey::try_from("12".to_owned()).is_err());
    }
}
