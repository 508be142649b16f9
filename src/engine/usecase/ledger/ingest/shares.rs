//! Events divided among transactions that post them side by side.
//!
//! A member's events stay together and in their order, so two shares of one list never wait for the same member's row, but for
//! inviters'. What is right rests on the locks of rows; this is for speed alone.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use laurel_domain::ledger::event::{Activity, Event, EventKey};
use laurel_domain::text::ExternalId;

use super::Outcome;

/// Fewer events are quicker in one transaction: each has a dozen statements, whatever it holds.
const LEAST: usize = 20;

/// A list of events in shares.
#[derive(Debug)]
pub(super) struct Shares {
    /// Each with the number of whoever posts it. None is empty, unless there are no events at all.
    pub(super) lists: Vec<(usize, Vec<Event>)>,
    pub(super) order: Order,
}

/// In which share each event of the list is.
#[derive(Debug)]
pub(super) struct Order(Vec<usize>);

impl Shares {
    /// Divides a list among so many. One in which an event may depend on another of another member stays whole.
    pub(super) fn of(events: Vec<Event>, among: usize) -> Shares {
        let number = |event: &Event| {
            let mut hasher = DefaultHasher::new();
            event.member.hash(&mut hasher);
            (hasher.finish() % among as u64) as usize
        };
        if among < 2 || events.len() < LEAST || !are_apart(&events) {
            let order = Order(vec![0; events.len()]);
            return Shares { lists: vec![(events.first().map_or(0, number), events)], order };
        }
        let mut lists: Vec<(usize, Vec<Event>)> = Vec::with_capacity(among);
        let mut order = Vec::with_capacity(events.len());
        let mut places = vec![None; among];
        let size = events.len();
        for event in events {
            let number = number(&event);
            let place = *places[number].get_or_insert_with(|| {
                lists.push((number, Vec::with_capacity(size)));
                lists.len() - 1
            });
            lists[place].1.push(event);
            order.push(place);
        }
        Shares { lists, order: Order(order) }
    }
}

impl Order {
    /// The outcomes of all shares, in the order of the list.
    pub(super) fn merge(&self, shares: Vec<Vec<Outcome>>) -> Option<Vec<Outcome>> {
        let mut shares: Vec<_> = shares.into_iter().map(Vec::into_iter).collect();
        self.0.iter().map(|place| shares.get_mut(*place)?.next()).collect()
    }
}

/// Whether no event here depends on what another member's does: a referral is refused for a referee who is enrolled by a later
/// event, and of two events with one id the first counts.
fn are_apart(events: &[Event]) -> bool {
    let mut whose: HashMap<&EventKey, &ExternalId> = HashMap::with_capacity(events.len());
    events.iter().all(|event| {
        let is_referral = matches!(event.activity, Activity::Referral { .. });
        !is_referral && *whose.entry(&event.key).or_insert(&event.member) == &event.member
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use jiff::Timestamp;
    use laurel_domain::ledger::event::Scene;
    use laurel_domain::numbers::money::Money;
    use laurel_domain::numbers::points::Points;
    use laurel_domain::rules::tier::TierRank;
    use laurel_domain::text::{EventId, Source};

    use super::*;
    use crate::usecase::ledger::ingest::Answer;

    fn key(id: usize) -> EventKey {
        EventKey { source: Source::new("shop").unwrap(), id: EventId::new(&format!("e{id}")).unwrap() }
    }

    fn member(no: usize) -> ExternalId {
        ExternalId::new(&format!("m-{no}")).unwrap()
    }

    fn payments(number: usize, members: usize) -> Vec<Event> {
        let amount = Money::from_minor(100, "CNY".parse().unwrap()).unwrap();
        let pay = |id| Event {
            key: key(id),
            member: member(id % members),
            occurred_at: Timestamp::UNIX_EPOCH,
            activity: Activity::Payment { amount, scene: Scene::Other },
        };
        (0..number).map(pay).collect()
    }

    #[test]
    fn each_member_is_in_one_share_with_their_events_in_order() {
        let events = payments(1_000, 90);
        let shares = Shares::of(events.clone(), 2);
        assert_eq!(shares.lists.len(), 2);
        let mut share_of: HashMap<&ExternalId, usize> = HashMap::new();
        for (number, list) in &shares.lists {
            assert!(list.len() > 200, "about half of them");
            for event in list {
                assert_eq!(share_of.entry(&event.member).or_insert(*number), number);
            }
        }
        let mut lists: Vec<_> = shares.lists.iter().map(|(_, list)| list.iter()).collect();
        let again: Vec<Event> = shares.order.0.iter().map(|place| lists[*place].next().unwrap().clone()).collect();
        assert_eq!(again, events);
    }

    #[test]
    fn outcomes_stand_where_their_events_stood() {
        let shares = Shares::of(payments(100, 30), 3);
        let outcome = |event: &Event| {
            let number: i64 = event.key.id.as_str()[1..].parse().unwrap();
            let points = Points::from_hundredths(number);
            Outcome::Accepted(Answer { points, balance: points, tier: TierRank::FIRST })
        };
        let mut answers: Vec<Vec<Outcome>> = shares.lists.iter().map(|(_, list)| list.iter().map(outcome).collect()).collect();
        let expected: Vec<Outcome> = payments(100, 30).iter().map(outcome).collect();
        assert_eq!(shares.order.merge(answers.clone()), Some(expected));
        answers[1].pop();
        assert_eq!(shares.order.merge(answers), None, "one is missing");
    }

    #[test]
    fn a_list_stays_whole_where_one_event_may_depend_on_another_members() {
        let is_whole = |events: Vec<Event>, among| Shares::of(events, among).lists.len() == 1;
        assert!(!is_whole(payments(100, 30), 2));
        assert!(is_whole(payments(100, 30), 1), "SQLite");
        assert!(is_whole(payments(LEAST - 1, 30), 2), "too few");
        let mut referral = payments(100, 30);
        referral[50].activity = Activity::Referral { referee: member(3) };
        assert!(is_whole(referral, 2));
        let mut conflict = payments(100, 30);
        conflict[50].key = key(3);
        assert!(is_whole(conflict, 2), "which of the two counts");
        let mut twice = payments(100, 30);
        twice[60].key = key(30);
        assert!(!is_whole(twice, 2), "one member's are in order anyway");
    }

    #[test]
    fn what_stays_whole_goes_where_its_first_member_goes() {
        let of_one: HashSet<usize> = (0..5).map(|_| Shares::of(payments(40, 1), 2).lists[0].0).collect();
        assert_eq!(of_one.len(), 1);
        assert_eq!(of_one, HashSet::from([Shares::of(payments(1, 1), 2).lists[0].0]));
        assert!(Shares::of(Vec::new(), 2).lists[0].1.is_empty());
    }
}
