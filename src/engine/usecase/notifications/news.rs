//! One piece of news, as tables keep it. Names are those of the time when it happened; sentences are made when it is read.

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ids::RedemptionId;
use laurel_domain::numbers::calendar::day_number;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rules::tier::TierRank;
use laurel_domain::text::Both;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;
use crate::store::rewards::redemptions::{RedeemedFor, Redemption};

/// What members may want to hear of or not. Tables hold these by number: new ones come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Tier,
    Expiring,
    Redemption,
    Adjustment,
    Rules,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Tier, Kind::Expiring, Kind::Redemption, Kind::Adjustment, Kind::Rules];

    pub const fn name(self) -> &'static str {
        match self {
            Kind::Tier => "tier",
            Kind::Expiring => "expiring",
            Kind::Redemption => "redemption",
            Kind::Adjustment => "adjustment",
            Kind::Rules => "rules",
        }
    }

    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    Tier {
        /// The member's last entry by then, and when it changed: a tier can change several times without an entry between.
        seq: i64,
        at: Timestamp,
        from: Both,
        to: Both,
        rank: TierRank,
        is_up: bool,
        /// What the tier gives and the one before did not; on the way down, what it gave and this one does not.
        benefits: Vec<Both>,
    },
    /// Points that can be redeemed through a day, told so many days ahead at most.
    Expiring { day: Date, points: Points, ahead: i32 },
    Redemption {
        id: RedemptionId,
        of: RedemptionKind,
        state: RedemptionState,
        points: Points,
        #[serde(skip_serializing_if = "Option::is_none")]
        cash: Option<Money>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Both>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tracking: Option<String>,
    },
    /// Points that the team gave (above zero) or took, by an entry.
    Adjustment { seq: i64, points: Points },
    /// A version of the rules; its notice says what is new.
    Rules { version: u32 },
}

impl News {
    pub fn of_redemption(redemption: &Redemption) -> News {
        let (cash, name) = match &redemption.redeemed_for {
            RedeemedFor::Cash(cash) => (Some(*cash), None),
            RedeemedFor::Reward(bought) => (None, Some(bought.name.clone())),
        };
        News::Redemption {
            id: redemption.id,
            of: redemption.kind(),
            state: redemption.state,
            points: redemption.points,
            cash,
            name,
            tracking: redemption.tracking.clone(),
        }
    }

    pub const fn kind(&self) -> Kind {
        match self {
            News::Tier { .. } => Kind::Tier,
            News::Expiring { .. } => Kind::Expiring,
            News::Redemption { .. } => Kind::Redemption,
            News::Adjustment { .. } => Kind::Adjustment,
            News::Rules { .. } => Kind::Rules,
        }
    }

    /// What it is about. A member is told of the same thing once.
    pub fn about(&self) -> String {
        let kind = self.kind().name();
        match self {
            News::Tier { seq, at, .. } => format!("{kind}/{seq}/{}", at.as_microsecond()),
            News::Expiring { day, ahead, .. } => format!("{kind}/{}/{ahead}", day_number(*day)),
            News::Redemption { id, state, .. } => format!("{kind}/{id}/{}", state.name()),
            News::Adjustment { seq, .. } => format!("{kind}/{seq}"),
            News::Rules { version } => format!("{kind}/{version}"),
        }
    }

    pub(in crate::usecase) fn to_body(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| StoreError::Corrupt("JSON"))
    }

    pub(in crate::usecase) fn of_body(body: &str) -> Result<News, StoreError> {
        serde_json::from_str(body).map_err(|_| StoreError::Corrupt("a notification"))
    }
}
