//! Which version of the rules is in force when, and for whom.
//!
//! A [`Rulebook`] has every version; a [`Timeline`] is what of it holds for one member. They differ only while an experiment is on,
//! or was: then one version is in force for its variant group alone. A member's timeline is had from the member's id and from nothing
//! else, so nobody is posted to, rated or quoted by another group's rules.

use std::borrow::Cow;
use std::sync::Arc;

use crate::ids::MemberId;
use crate::numbers::calendar::Calendar;
use crate::numbers::time::Moment;
use crate::rules::experiment::Split;
use crate::rules::rule_set::Rules;
use crate::rules::terms::{CapKey, EarnKind, Through};
use crate::rules::window::Window;

/// Every published version, oldest first, and the calendar that days and months are counted by.
#[derive(Debug)]
struct Versions {
    all: Vec<Rules>,
    /// Where in `all` those stand that rate some group otherwise than the one it had before.
    ratings: Vec<usize>,
    /// Whether some versions have a cap that others have not.
    caps_differ: bool,
    is_plain: bool,
    calendar: Calendar,
}

/// The rules of a programme: what is in force when, for each member.
#[derive(Clone, Debug)]
pub struct Rulebook {
    general: Timeline,
    has_groups: bool,
}

impl Rulebook {
    /// `versions` by number, each starting after the one before. `None` when there is none that is for everybody from the beginning.
    pub fn new(versions: Vec<Rules>, calendar: Calendar) -> Option<Rulebook> {
        if versions.first().is_none_or(|first| first.only_for.is_some()) {
            return None;
        }
        let ratings = (1..versions.len()).filter(|at| rates_some_group(&versions, *at)).collect();
        let caps =
            |rules: &Rules| EarnKind::ALL.map(|kind| rules.set.caps.of(kind)).map(|c| (c.day.is_some(), c.month.is_some()));
        let caps_differ = versions.windows(2).any(|pair| caps(&pair[0]) != caps(&pair[1]));
        let has_groups = versions.iter().any(|rules| rules.only_for.is_some());
        let holds = holding(&versions, |_| false);
        let is_plain = versions.iter().all(Rules::is_plain);
        let versions = Versions { all: versions, ratings, caps_differ, is_plain, calendar };
        Some(Rulebook { general: Timeline { versions: Arc::new(versions), holds }, has_groups })
    }

    /// What holds for a member.
    pub fn of(&self, member: MemberId) -> Cow<'_, Timeline> {
        if !self.has_groups {
            return Cow::Borrowed(&self.general);
        }
        let versions = self.general.versions.clone();
        let holds = holding(&versions.all, |split| split.group_of(member) == crate::rules::experiment::Group::Variant);
        Cow::Owned(Timeline { versions, holds })
    }

    /// What holds for everybody who is in no variant group: the rules of the programme, where no member is meant.
    pub fn general(&self) -> &Timeline {
        &self.general
    }

    pub fn calendar(&self) -> &Calendar {
        &self.general.versions.calendar
    }

    pub fn version(&self, number: u32) -> Option<&Rules> {
        self.general.version(number)
    }

    pub fn latest(&self) -> &Rules {
        self.general.latest()
    }

    /// Also those that were in force for a variant group alone.
    pub fn all(&self) -> &[Rules] {
        &self.general.versions.all
    }

    /// What is in force at an instant for some group: the rules of the programme, and beside them those of a variant.
    pub fn any_at(&self, instant: impl Into<Moment>) -> impl Iterator<Item = &Rules> {
        let instant = instant.into();
        let in_force = self.general.at(instant);
        let beside = self
            .all()
            .iter()
            .filter(move |rules| rules.only_for.is_some() && rules.from <= instant && rules.version > in_force.version);
        std::iter::once(in_force).chain(beside)
    }

    /// The version that everybody has to have been rated by at an instant.
    pub fn rating_at(&self, instant: impl Into<Moment>) -> u32 {
        self.general.rating_at(instant)
    }

    /// Whether [`Timeline::is_partly_capped`] may be true of somebody.
    pub fn may_be_partly_capped(&self, key: CapKey) -> bool {
        let versions = &self.general.versions;
        versions.caps_differ && versions.has_within(key, true, |_| true) && versions.has_within(key, false, |_| true)
    }
}

/// For each version whether it holds; nothing where all do.
fn holding(versions: &[Rules], is_variant: impl Fn(&Split) -> bool) -> Box<[bool]> {
    match versions.iter().any(|rules| rules.only_for.is_some()) {
        true => versions.iter().map(|rules| rules.only_for.as_ref().is_none_or(&is_variant)).collect(),
        false => Box::default(),
    }
}

/// Whether a version rates otherwise than the one that some of those had before for whom it is in force.
fn rates_some_group(versions: &[Rules], at: usize) -> bool {
    let rules = &versions[at];
    for before in versions[..at].iter().rev() {
        if rates_otherwise(rules, before) {
            return true;
        }
        // whoever is in a variant group had that version before, everybody else an earlier one
        if before.only_for.is_none() {
            break;
        }
    }
    false
}

fn rates_otherwise(rules: &Rules, before: &Rules) -> bool {
    rules.demotes || rules.set.ladder.rates_otherwise_than(&before.set.ladder)
}

impl Versions {
    /// Whether some version that holds and is in force in that day or month has such a cap, or has none.
    fn has_within(&self, key: CapKey, capped: bool, holds: impl Fn(usize) -> bool) -> bool {
        let (start, end) = key.through.bounds(&self.calendar);
        (0..self.all.len()).filter(|at| holds(*at)).any(|at| {
            let rules = &self.all[at];
            let until = (at + 1..self.all.len()).find(|next| holds(*next)).map_or(Moment::MAX, |next| self.all[next].from);
            let overlaps = (at == 0 || rules.from < end) && until > start;
            overlaps && rules.set.caps.of(key.kind).limits_through(key.through) == capped
        })
    }
}

/// What of the rules holds for one member. Versions that hold for others are known by their numbers alone: a merged account has
/// entries of another group.
#[derive(Clone, Debug)]
pub struct Timeline {
    versions: Arc<Versions>,
    /// For each version whether it holds; empty where all do.
    holds: Box<[bool]>,
}

impl Timeline {
    /// Versions that are for everybody. `None` when there is none.
    pub fn new(versions: Vec<Rules>, calendar: Calendar) -> Option<Timeline> {
        Rulebook::new(versions, calendar).map(|book| book.general)
    }

    /// The rules of a programme without experiments.
    #[cfg(test)]
    pub(crate) fn as_book(&self) -> Rulebook {
        Rulebook { general: self.clone(), has_groups: false }
    }

    #[inline]
    pub fn calendar(&self) -> &Calendar {
        &self.versions.calendar
    }

    /// Whether payments and refunds are plain under every version. See [`crate::ledger::plain`].
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.versions.is_plain
    }

    fn holds(&self, at: usize) -> bool {
        self.holds.is_empty() || self.holds[at]
    }

    /// Those that hold, oldest first.
    pub fn own(&self) -> impl DoubleEndedIterator<Item = &Rules> {
        self.versions.all.iter().enumerate().filter(|(at, _)| self.holds(*at)).map(|(_, rules)| rules)
    }

    /// What is in force at an instant: the last version that has started, and before them all the first.
    #[inline]
    pub fn at(&self, instant: impl Into<Moment>) -> &Rules {
        let instant = instant.into();
        let all = &self.versions.all;
        if self.holds.is_empty() {
            return all.iter().rev().find(|rules| rules.from <= instant).unwrap_or(&all[0]);
        }
        self.own().rev().find(|rules| rules.from <= instant).unwrap_or(&self.versions.all[0])
    }

    /// Also one that holds for another group.
    #[inline]
    pub fn version(&self, number: u32) -> Option<&Rules> {
        self.versions.all.iter().find(|rules| rules.version == number)
    }

    pub fn latest(&self) -> &Rules {
        self.own().next_back().unwrap_or(&self.versions.all[0])
    }

    /// The first version after `rated_by` that rates some group otherwise than the one before it. Those whom it does not rate are rated
    /// by it without any change: so everybody has been rated by the same version, and a database can tell who has not.
    #[inline]
    pub fn next_rating(&self, rated_by: u32) -> Option<&Rules> {
        self.versions.ratings.iter().map(|at| &self.versions.all[*at]).find(|rules| rules.version > rated_by)
    }

    /// Whether a version rates this group otherwise than the one that it had before.
    pub fn is_rated_by(&self, rules: &Rules) -> bool {
        let Some(at) = self.versions.all.iter().position(|one| one.version == rules.version) else { return false };
        let before = (0..at).rev().find(|before| self.holds(*before));
        self.holds(at) && before.is_some_and(|before| rates_otherwise(rules, &self.versions.all[before]))
    }

    /// What rated a member whom versions up to this one have rated.
    pub fn rated(&self, rated_by: u32) -> Option<&Rules> {
        self.own().rev().find(|rules| rules.version <= rated_by)
    }

    /// The version that everybody has to have been rated by at an instant.
    pub fn rating_at(&self, instant: impl Into<Moment>) -> u32 {
        let instant = instant.into();
        let mut rated_by = self.versions.all[0].version;
        while let Some(next) = self.next_rating(rated_by).filter(|next| next.from <= instant) {
            rated_by = next.version;
        }
        rated_by
    }

    /// Whether part of that day or month lies under rules without the cap that another part has. Then the cap counts all of the
    /// day or month, also what was earned without it.
    pub fn is_partly_capped(&self, key: CapKey) -> bool {
        self.versions.caps_differ && self.has_within(key, true) && self.has_within(key, false)
    }

    /// The day and the month of an event that comes under no cap itself, as far as a cap is in force in another part of them.
    pub fn uncapped_within_caps(&self, kind: EarnKind, occurred_at: impl Into<Moment>) -> impl Iterator<Item = CapKey> {
        let occurred_at = occurred_at.into();
        let throughs = self.versions.caps_differ.then(|| {
            let (calendar, cap) = (self.calendar(), self.at(occurred_at).set.caps.of(kind));
            let throughs = [Through::Day(calendar.day(occurred_at)), Through::Month(calendar.month(occurred_at))];
            throughs.into_iter().filter(move |through| !cap.limits_through(*through))
        });
        let keys = throughs.into_iter().flatten().map(move |through| CapKey { kind, through });
        keys.filter(|key| self.has_within(*key, true))
    }

    fn has_within(&self, key: CapKey, capped: bool) -> bool {
        self.versions.has_within(key, capped, |at| self.holds(at))
    }

    /// Whether any version needs to know what was gathered month by month. Months are kept for everybody, whichever group needs them.
    pub fn is_windowed(&self) -> bool {
        self.versions.all.iter().any(|rules| rules.set.ladder.window != Window::Lifetime)
    }
}
