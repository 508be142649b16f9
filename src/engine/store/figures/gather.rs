//! What members' entries and changes of tier add to the figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use laurel_domain::ledger::entry::EntryKind;
use laurel_domain::ledger::event::Scene;
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::numbers::calendar::{Calendar, Month, day_of_number};
use laurel_domain::rules::tier::TierRank;

use crate::store::{StoreError, timestamp};

/// What an event was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    Payment(Scene),
    Referral,
    Review,
    Refund,
}

impl Origin {
    pub const ALL: [Origin; 8] = [
        Origin::Payment(Scene::EPayment),
        Origin::Payment(Scene::BankCard),
        Origin::Payment(Scene::Investment),
        Origin::Payment(Scene::Lending),
        Origin::Payment(Scene::Other),
        Origin::Referral,
        Origin::Review,
        Origin::Refund,
    ];

    pub(super) fn number(self) -> i16 {
        match self {
            Origin::Payment(scene) => scene as i16,
            Origin::Referral => 5,
            Origin::Review => 6,
            Origin::Refund => 7,
        }
    }

    pub(super) fn of_number(number: i64) -> Result<Origin, StoreError> {
        let found = usize::try_from(number).ok().and_then(|number| Origin::ALL.get(number).copied());
        found.ok_or(StoreError::Corrupt("what an event was"))
    }

    /// Of an entry's cause and scene, as rows have them.
    fn of(cause: i64, scene: Option<i64>) -> Result<Option<Origin>, StoreError> {
        match cause {
            0 => Origin::of_number(scene.filter(|scene| (0..5).contains(scene)).unwrap_or(-1)).map(Some),
            1 => Ok(Some(Origin::Refund)),
            2 => Ok(Some(Origin::Referral)),
            3 => Ok(Some(Origin::Review)),
            _ => Ok(None),
        }
    }
}

/// As far as the figures go by it: member, seq, instant, kind, cause, scene, points.
pub(super) type EntryRow = (i64, i64, i64, i64, i64, Option<i64>, i64);

/// Days further apart than this are not told from never.
pub const WITHIN: i32 = 183;

/// Of days or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Activity {
    Day,
    Month,
}

/// Sums by day; all of them only ever added to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// By day: events, and points issued for them in hundredths.
    pub scenes: BTreeMap<(i32, Origin), (i64, i64)>,
    pub tiers: BTreeMap<(i32, i64), i64>,
    /// By the day or month, and by the one before on which the same members were active; 0 for none.
    pub active: BTreeMap<(Activity, i32, i32), i64>,
    pub entries: i64,
    pub members: i64,
}

impl Figures {
    /// Without what is nothing, so that equal figures are equal.
    #[must_use]
    pub fn reduced(mut self) -> Figures {
        self.tiers.retain(|_, members| *members != 0);
        self
    }

    pub(super) fn registered(&mut self, calendar: &Calendar, at: Timestamp) {
        self.members += 1;
        *self.tiers.entry((calendar.day(at).number(), tier(TierRank::FIRST))).or_default() += 1;
    }

    pub(super) fn changed(&mut self, calendar: &Calendar, change: &TierChange) {
        let day = calendar.day(change.at).number();
        *self.tiers.entry((day, tier(change.from))).or_default() -= 1;
        *self.tiers.entry((day, tier(change.to))).or_default() += 1;
    }

    /// Adds an entry of a member who was active on that day last, and says on which they are now.
    pub(super) fn posted(&mut self, calendar: &Calendar, row: &EntryRow, active_on: i32) -> Result<i32, StoreError> {
        let (_, _, instant, kind, cause, scene, points) = *row;
        let day = calendar.day(timestamp(instant)?).number();
        self.entries += 1;
        if let Some(origin) = Origin::of(cause, scene)? {
            let (events, issued) = self.scenes.entry((day, origin)).or_default();
            *events += 1;
            if kind == EntryKind::Earn as i64 {
                *issued = issued.saturating_add(points);
            }
        }
        if is_active(kind, cause) && day > active_on {
            self.active(day, active_on)?;
            return Ok(day);
        }
        Ok(active_on)
    }

    fn active(&mut self, day: i32, before: i32) -> Result<(), StoreError> {
        let near = if day - before > WITHIN { 0 } else { before };
        *self.active.entry((Activity::Day, day, near)).or_default() += 1;
        let month = month(day)?;
        let before = if before == 0 { 0 } else { self::month(before)? };
        if month != before {
            *self.active.entry((Activity::Month, month, before)).or_default() += 1;
        }
        Ok(())
    }
}

/// A payment, a refund, a review or a redemption: what members do themselves.
fn is_active(kind: i64, cause: i64) -> bool {
    matches!(cause, 0 | 1 | 3) || (cause == 4 && kind == EntryKind::Redeem as i64)
}

fn month(day: i32) -> Result<i32, StoreError> {
    day_of_number(day).map(|day| Month::of(day).number()).ok_or(StoreError::Corrupt("a day"))
}

fn tier(tier: TierRank) -> i64 {
    i64::from(tier.get())
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn members_are_counted_once_in_any_span() {
        let calendar = Calendar::new(TimeZone::get("Asia/Shanghai").unwrap());
        let mut figures = Figures::default();
        let day = |text: &str| laurel_domain::numbers::calendar::day_number(text.parse::<Date>().unwrap());
        let mut post = |text: &str, active_on: i32| {
            let at: Timestamp = text.parse().unwrap();
            figures.posted(&calendar, &(1, 1, at.as_microsecond(), 0, 0, Some(1), 150), active_on).unwrap()
        };
        // 00:00 in Shanghai is the day after in UTC
        let first = post("2026-01-30T16:00:00Z", 0);
        assert_eq!(first, day("2026-01-31"));
        assert_eq!(post("2026-01-31T01:00:00Z", first), first);
        let second = post("2026-02-02T01:00:00Z", first);
        let third = post("2026-12-02T01:00:00Z", second);
        let expected = [
            ((Activity::Day, first, 0), 1),
            ((Activity::Day, second, first), 1),
            ((Activity::Day, third, 0), 1),
            ((Activity::Month, month(first).unwrap(), 0), 1),
            ((Activity::Month, month(second).unwrap(), month(first).unwrap()), 1),
            ((Activity::Month, month(third).unwrap(), month(second).unwrap()), 1),
        ];
        assert_eq!(figures.active, expected.into());
        assert_eq!(figures.scenes[&(first, Origin::Payment(Scene::BankCard))], (2, 300));
    }

    #[test]
    fn what_comes_by_itself_is_no_activity() {
        let kinds = [(0, 0), (2, 1), (0, 3), (3, 4), (4, 4), (5, 5), (0, 2), (6, 7)];
        assert_eq!(kinds.map(|(kind, cause)| is_active(kind, cause)), [true, true, true, true, false, false, false, false]);
    }

    #[test]
    fn origins_are_told_by_their_numbers() {
        for origin in Origin::ALL {
            assert_eq!(Origin::of_number(i64::from(origin.number())).unwrap(), origin);
        }
    }
}
