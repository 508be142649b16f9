//! What points are redeemed for, and the states that a redemption goes through.

use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// What points are redeemed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedemptionKind {
    Cash,
    /// A code that is worth something somewhere.
    Voucher,
    /// A thing that is sent.
    Gift,
}

impl RedemptionKind {
    pub const ALL: [RedemptionKind; 3] = [RedemptionKind::Cash, RedemptionKind::Voucher, RedemptionKind::Gift];

    pub const fn name(self) -> &'static str {
        match self {
            RedemptionKind::Cash => "cash",
            RedemptionKind::Voucher => "voucher",
            RedemptionKind::Gift => "gift",
        }
    }

    pub fn named(name: &str) -> Option<RedemptionKind> {
        RedemptionKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The state that it begins in.
    pub const fn first(self) -> RedemptionState {
        match self {
            RedemptionKind::Cash | RedemptionKind::Voucher => RedemptionState::Reserved,
            RedemptionKind::Gift => RedemptionState::Ordered,
        }
    }
}

/// Where a redemption is.
///
/// ```text
/// cash     reserved → processing → paid | failed;  reserved → cancelled       (processing: payout has begun, no cancelling)
/// voucher  reserved (code hidden) → issued (revealed) → used | expired | voided by staff;  reserved → cancelled
/// gift     ordered → shipped → delivered;  ordered → cancelled;  shipped | delivered → returned (it came back)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedemptionState {
    // tables hold these by number: new ones come last
    Reserved,
    Processing,
    Paid,
    Failed,
    Cancelled,
    Issued,
    Used,
    Expired,
    Voided,
    Ordered,
    Shipped,
    Delivered,
    /// A gift that came back after it was sent.
    Returned,
}

impl RedemptionState {
    pub const ALL: [RedemptionState; 13] = [
        RedemptionState::Reserved,
        RedemptionState::Processing,
        RedemptionState::Paid,
        RedemptionState::Failed,
        RedemptionState::Cancelled,
        RedemptionState::Issued,
        RedemptionState::Used,
        RedemptionState::Expired,
        RedemptionState::Voided,
        RedemptionState::Ordered,
        RedemptionState::Shipped,
        RedemptionState::Delivered,
        RedemptionState::Returned,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            RedemptionState::Reserved => "reserved",
            RedemptionState::Processing => "processing",
            RedemptionState::Paid => "paid",
            RedemptionState::Failed => "failed",
            RedemptionState::Cancelled => "cancelled",
            RedemptionState::Issued => "issued",
            RedemptionState::Used => "used",
            RedemptionState::Expired => "expired",
            RedemptionState::Voided => "voided",
            RedemptionState::Ordered => "ordered",
            RedemptionState::Shipped => "shipped",
            RedemptionState::Delivered => "delivered",
            RedemptionState::Returned => "returned",
        }
    }

    pub fn named(name: &str) -> Option<RedemptionState> {
        RedemptionState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Where a redemption of this kind can go from here.
    pub const fn next(self, kind: RedemptionKind) -> &'static [RedemptionState] {
        use RedemptionKind::{Cash, Gift, Voucher};
        use RedemptionState::*;
        match (kind, self) {
            (Cash, Reserved) => &[Processing, Cancelled],
            (Cash, Processing) => &[Paid, Failed],
            (Voucher, Reserved) => &[Issued, Cancelled],
            (Voucher, Issued) => &[Used, Expired, Voided],
            (Gift, Ordered) => &[Shipped, Cancelled],
            (Gift, Shipped) => &[Delivered, Returned],
            (Gift, Delivered) => &[Returned],
            _ => &[],
        }
    }

    /// Moves on, or refuses with [`Refusal::NoSuchTransition`].
    pub fn to(self, kind: RedemptionKind, next: RedemptionState) -> Result<RedemptionState, Refusal> {
        match self.next(kind).contains(&next) {
            true => Ok(next),
            false => Err(Refusal::NoSuchTransition { from: self.name(), to: next.name() }),
        }
    }

    /// Whether going there gives the points back. An expired voucher gives nothing back.
    pub const fn restores(self) -> bool {
        matches!(
            self,
            RedemptionState::Failed | RedemptionState::Cancelled | RedemptionState::Voided | RedemptionState::Returned
        )
    }

    /// Whether it has left Laurel's hands and not arrived: nobody can stop it, so an account waits for it before it closes.
    pub const fn is_under_way(self) -> bool {
        matches!(self, RedemptionState::Processing | RedemptionState::Shipped)
    }

    /// Whether its member can still take it back.
    pub fn can_be_cancelled(self, kind: RedemptionKind) -> bool {
        self.next(kind).contains(&RedemptionState::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RedemptionKind::*;
    use RedemptionState::*;

    /// Every way from the first state to a last one, as names.
    fn ways(kind: RedemptionKind, from: RedemptionState) -> Vec<String> {
        match from.next(kind) {
            [] => vec![from.name().to_owned()],
            next => next.iter().flat_map(|to| ways(kind, *to)).map(|way| format!("{} {way}", from.name())).collect(),
        }
    }

    #[test]
    fn each_kind_goes_its_own_ways_and_no_others() {
        assert_eq!(ways(Cash, Cash.first()), ["reserved processing paid", "reserved processing failed", "reserved cancelled"]);
        assert_eq!(
            ways(Voucher, Voucher.first()),
            ["reserved issued used", "reserved issued expired", "reserved issued voided", "reserved cancelled"]
        );
        assert_eq!(
            ways(Gift, Gift.first()),
            ["ordered shipped delivered returned", "ordered shipped returned", "ordered cancelled"]
        );
    }

    #[test]
    fn what_has_been_decided_stays_decided() {
        assert_eq!(Reserved.to(Cash, Processing), Ok(Processing));
        assert_eq!(Reserved.to(Cash, Paid), Err(Refusal::NoSuchTransition { from: "reserved", to: "paid" }));
        assert_eq!(Processing.to(Cash, Cancelled), Err(Refusal::NoSuchTransition { from: "processing", to: "cancelled" }));
        assert_eq!(Issued.to(Voucher, Cancelled), Err(Refusal::NoSuchTransition { from: "issued", to: "cancelled" }));
        assert_eq!(Shipped.to(Gift, Cancelled), Err(Refusal::NoSuchTransition { from: "shipped", to: "cancelled" }));
        for last in [Paid, Failed, Cancelled, Used, Expired, Voided, Returned] {
            for (kind, next) in RedemptionKind::ALL.into_iter().flat_map(|kind| RedemptionState::ALL.map(|next| (kind, next))) {
                assert!(last.to(kind, next).is_err(), "{last:?} to {next:?}");
            }
        }
    }

    #[test]
    fn only_what_came_to_nothing_by_no_fault_of_the_member_gives_points_back() {
        let giving: Vec<_> = RedemptionState::ALL.into_iter().filter(|state| state.restores()).collect();
        assert_eq!(giving, [Failed, Cancelled, Voided, Returned]);
    }

    #[test]
    fn what_is_under_way_can_be_neither_cancelled_nor_left_alone() {
        let waits: Vec<_> = RedemptionState::ALL.into_iter().filter(|state| state.is_under_way()).collect();
        assert_eq!(waits, [Processing, Shipped]);
        assert!(!Processing.can_be_cancelled(Cash) && !Shipped.can_be_cancelled(Gift));
    }

    #[test]
    fn the_numbers_in_tables_stay() {
        for (number, state) in RedemptionState::ALL.into_iter().enumerate() {
            assert_eq!(state as usize, number);
        }
        assert_eq!((Cancelled as i16, Issued as i16, Delivered as i16, Returned as i16), (4, 5, 11, 12));
    }
}
