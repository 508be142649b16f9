//! Members of an experiment added up by group.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rules::experiment::Group;
use crate::rules::tier::{Ladder, TierRank};

/// What is counted of each member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Whether they paid anything: 0 or 1.
    Active,
    Payments,
    /// Payments less refunds, in minor units.
    Paid,
    /// Points earned less clawed back, in hundredths.
    Issued,
    /// Points redeemed less given back, in hundredths.
    Redeemed,
}

impl Metric {
    pub const ALL: [Metric; 5] = [Metric::Active, Metric::Payments, Metric::Paid, Metric::Issued, Metric::Redeemed];

    pub const fn name(self) -> &'static str {
        match self {
            Metric::Active => "active",
            Metric::Payments => "payments",
            Metric::Paid => "paid",
            Metric::Issued => "issued",
            Metric::Redeemed => "redeemed",
        }
    }
}

/// One figure by metric.
pub type ByMetric = [i64; Metric::ALL.len()];

/// What there is of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// Since the experiment began.
    pub during: ByMetric,
    /// Only of who was a member before.
    pub before: Option<Before>,
}

/// How a member stood when the experiment began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// In the ninety days before.
    pub figures: ByMetric,
    /// What they held, in hundredths of a point.
    pub held: i64,
    pub tier: TierRank,
}

/// A sum and the sum of the squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub sum: i128,
    squares: f64,
}

/// As text: JSON numbers are not that large.
pub(super) fn write<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn read<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

impl Moments {
    fn add(&mut self, figure: i64) {
        self.sum += i128::from(figure);
        self.squares += (figure as f64).powi(2);
    }

    fn join(&mut self, other: Moments) {
        self.sum += other.sum;
        self.squares += other.squares;
    }

    pub fn mean(&self, members: u64) -> f64 {
        if members == 0 { 0.0 } else { self.sum as f64 / members as f64 }
    }

    /// Of one member's figure; 0 of fewer than two.
    pub fn variance(&self, members: u64) -> f64 {
        let n = members as f64;
        match members {
            0 | 1 => 0.0,
            _ => ((self.squares - (self.sum as f64).powi(2) / n) / (n - 1.0)).max(0.0),
        }
    }
}

/// The members of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupTally {
    pub members: u64,
    pub during: [Moments; Metric::ALL.len()],
    /// Of those who were members before.
    pub known: u64,
    pub before: [Moments; Metric::ALL.len()],
    pub held: Moments,
    /// How many were in each tier when it began.
    pub tiers: Vec<u64>,
}

impl Default for GroupTally {
    fn default() -> GroupTally {
        GroupTally {
            members: 0,
            during: Default::default(),
            known: 0,
            before: Default::default(),
            held: Moments::default(),
            tiers: vec![0; Ladder::MOST_TIERS],
        }
    }
}

/// All members of an experiment by group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub from: Timestamp,
    /// Everything that occurred before then is in it.
    #[serde(serialize_with = "write", deserialize_with = "read")]
    pub until: Timestamp,
    groups: [GroupTally; Group::ALL.len()],
}

impl Tally {
    pub fn new(from: Timestamp, until: Timestamp) -> Tally {
        Tally { from, until, groups: Default::default() }
    }

    pub fn of(&self, group: Group) -> &GroupTally {
        &self.groups[group as usize]
    }

    pub fn add(&mut self, group: Group, member: &Observed) {
        let tally = &mut self.groups[group as usize];
        tally.members += 1;
        tally.during.iter_mut().zip(member.during).for_each(|(moments, figure)| moments.add(figure));
        if let Some(before) = &member.before {
            tally.known += 1;
            tally.before.iter_mut().zip(before.figures).for_each(|(moments, figure)| moments.add(figure));
            tally.held.add(before.held);
            if let Some(members) = tally.tiers.get_mut(before.tier.index()) {
                *members += 1;
            }
        }
    }

    /// The figures of all groups before it began, together: what a figure varied by when nobody was treated otherwise.
    pub fn variance_before(&self, metric: Metric) -> f64 {
        let (mut all, mut members) = (Moments::default(), 0);
        for group in &self.groups {
            all.join(group.before[metric as usize]);
            members += group.known;
        }
        all.variance(members)
    }
}
