//! Plain read models that pages and islands show.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::numbers::money::Currency;
use crate::numbers::points::Points;
use crate::rules::tier::{Basis, TierRank};
use crate::text::Both;

/// A member's points, as the API and the pages show them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsView {
    pub balance: Points,
    pub available: Points,
    pub pending: Points,
    pub debt: Points,
    pub earned: Points,
}

/// A tier by its rank and names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierView {
    pub rank: TierRank,
    pub name: Both,
}

/// How far it is to the next tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub basis: Basis,
    pub currency: Currency,
    /// Hundredths of a point or minor units, as the basis counts.
    pub gathered: i64,
    /// Where the present tier starts, counted likewise.
    pub from: i64,
    /// The next tier, where it starts and what is missing; `None` in the highest.
    pub next: Option<NextTier>,
    /// The last day of the running month or year, after which part of `gathered` leaves the window; `None` if nothing does.
    pub by: Option<Date>,
    /// Until when stricter rules let a tier be kept that is not reached any more.
    pub kept_until: Option<Timestamp>,
    /// Only where a tier is valid for a time.
    pub keeping: Option<Keeping>,
}

/// What keeps a tier at the end of its period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeping {
    pub until: Timestamp,
    /// Gathered in the period so far; `from` has to be reached.
    pub gathered: i64,
    pub in_grace: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextTier {
    pub tier: TierView,
    pub from: i64,
    pub missing: i64,
}
