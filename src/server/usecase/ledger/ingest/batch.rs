//! One batch: load what it touches, decide in order, write it all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::event::{Activity, Event, EventKey, MOST_AHEAD};
use laurel_domain::ledger::posting::{Posted, Posting};
use laurel_domain::member::Status;
use laurel_domain::numbers::money::Money;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::Timeline;
use laurel_domain::rules::terms::{CapKey, EarnKind};
use laurel_domain::text::{EventId, ExternalId, Source, Subject};

use crate::server::random;
use crate::server::store::ledger::accounts::{self, Change};
use crate::server::store::ledger::caps;
use crate::server::store::ledger::entries;
use crate::server::store::ledger::events::{self, Known, NewTierChange};
use crate::server::store::ledger::late as late_entries;
use crate::server::store::members::member;
use crate::server::store::{StoreError, Tx};

use super::seat::{Seat, Who};
use super::{Answer, Outcome, Terms, answer, instant};
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::ledger::late::{self, Asked};

/// The source of events that Laurel posts itself.
pub const OWN_SOURCE: &str = "laurel";

struct Batch<'a> {
    ledger: &'a Ledger,
    timeline: Arc<Timeline>,
    now: Timestamp,
    terms: Terms,
    seats: Vec<Seat>,
    by_external: HashMap<ExternalId, usize>,
    by_no: HashMap<i64, usize>,
    known: HashMap<EventKey, Known>,
    reviewed: HashSet<(usize, String)>,
    posted: Vec<(usize, Entry)>,
    refunded: HashMap<(usize, i64), Money>,
    new_reviews: Vec<(usize, Subject, i64, [u8; 16])>,
    new_referrals: Vec<(usize, usize, i64)>,
    late: Vec<(usize, i64, Timestamp)>,
}

pub(super) async fn post(tx: &mut Tx, ledger: &Ledger, events: &[Event], terms: Terms) -> Result<Vec<Outcome>, StoreError> {
    let mut batch = Batch::load(tx, ledger, events, terms).await?;
    let outcomes = events.iter().map(|event| batch.decide(event)).collect();
    batch.write(tx).await?;
    Ok(outcomes)
}

impl<'a> Batch<'a> {
    async fn load(tx: &mut Tx, ledger: &'a Ledger, list: &[Event], terms: Terms) -> Result<Batch<'a>, StoreError> {
        let timeline = ledger.timeline_in(tx).await?;
        let mut keys: Vec<&EventKey> = Vec::with_capacity(list.len());
        for event in list {
            keys.push(&event.key);
            if let Activity::Refund { payment, .. } = &event.activity {
                keys.push(payment);
            }
        }
        let known = events::known(tx, ledger.programme.currency, &keys).await?;
        let mut batch = Batch {
            ledger,
            timeline,
            now: ledger.clock.now(),
            terms,
            seats: Vec::new(),
            by_external: HashMap::new(),
            by_no: HashMap::new(),
            known,
            reviewed: HashSet::new(),
            posted: Vec::with_capacity(list.len()),
            refunded: HashMap::new(),
            new_reviews: Vec::new(),
            new_referrals: Vec::new(),
            late: Vec::new(),
        };
        let new: Vec<&Event> = list.iter().filter(|event| !batch.known.contains_key(&event.key)).collect();
        batch.load_members(tx, &new).await?;
        batch.load_erased(tx, &new).await?;
        batch.load_referrals(tx, &new).await?;
        batch.load_reviews(tx, &new).await?;
        batch.load_histories(tx, &new).await?;
        batch.load_late(tx, &new).await?;
        batch.load_caps(tx, &new).await?;
        batch.load_lapsed(tx, &new).await?;
        Ok(batch)
    }

    async fn load_members(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let mut ids: Vec<&str> = Vec::with_capacity(events.len());
        for event in events {
            ids.push(event.member.as_str());
            if let Activity::Referral { referee } = &event.activity {
                ids.push(referee.as_str());
            }
        }
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() {
            let loaded = member::lock_external(tx, &ids).await?;
            let timeline = self.timeline.clone();
            loaded.into_iter().for_each(|member| self.sit(Seat::of(member, &timeline)));
        }
        Ok(())
    }

    /// Whose name was erased is known by their payments alone: a refund of one is still theirs, whoever it names.
    async fn load_erased(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let mut numbers: Vec<i64> = events.iter().filter_map(|event| self.erased_payer(event)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if !numbers.is_empty() {
            let loaded = member::lock_numbers(tx, &numbers).await?;
            let timeline = self.timeline.clone();
            loaded.into_iter().for_each(|member| self.sit(Seat::of(member, &timeline)));
        }
        Ok(())
    }

    fn erased_payer(&self, event: &Event) -> Option<i64> {
        let Activity::Refund { payment, .. } = &event.activity else { return None };
        self.known.get(payment).filter(|known| known.is_erased).map(|known| known.member_no)
    }

    fn seat_of(&self, event: &Event) -> Option<usize> {
        match self.erased_payer(event) {
            Some(no) => self.by_no.get(&no).copied(),
            None => self.by_external.get(&event.member).copied(),
        }
    }

    fn sit(&mut self, seat: Seat) {
        let at = self.seats.len();
        if let Some(external) = &seat.external {
            self.by_external.insert(external.clone(), at);
        }
        if let Some(no) = seat.no {
            self.by_no.insert(no, at);
        }
        self.seats.push(seat);
    }

    /// Who has been referred already, where this batch refers somebody or may complete an invitation.
    async fn load_referrals(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let refers = events.iter().any(|event| matches!(event.activity, Activity::Referral { .. }));
        let numbers: Vec<i64> =
            self.seats.iter().filter(|seat| refers || seat.invited_by.is_some()).filter_map(|seat| seat.no).collect();
        if numbers.is_empty() {
            return Ok(());
        }
        let referrals = events::referrals(tx, &numbers).await?;
        let mut inviters: Vec<i64> = Vec::new();
        for seat in &mut self.seats {
            seat.referred_by = seat.no.and_then(|no| referrals.get(&no)).map(|no| Who::No(*no));
            let open = seat.invited_by.filter(|_| seat.referred_by.is_none());
            inviters.extend(open.filter(|no| !self.by_no.contains_key(no)));
        }
        inviters.sort_unstable();
        inviters.dedup();
        if !inviters.is_empty() {
            let loaded = member::lock_numbers(tx, &inviters).await?;
            let timeline = self.timeline.clone();
            loaded.into_iter().for_each(|member| self.sit(Seat::of(member, &timeline)));
        }
        Ok(())
    }

    async fn load_reviews(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let pairs: Vec<(i64, &str)> = events
            .iter()
            .filter_map(|event| match &event.activity {
                Activity::Review { subject } => {
                    let seat = *self.by_external.get(&event.member)?;
                    Some((self.seats[seat].no?, subject.as_str()))
                }
                _ => None,
            })
            .collect();
        if !pairs.is_empty() {
            for (no, subject) in events::reviewed(tx, &pairs).await? {
                self.reviewed.insert((self.by_no[&no], subject));
            }
        }
        Ok(())
    }

    /// The tier history of those with an event that may be late; for all others the present tier is the one.
    async fn load_histories(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let mut seen: HashSet<usize> = HashSet::new();
        let mut late: HashSet<i64> = HashSet::new();
        for event in events {
            let Some(at) = self.by_external.get(&event.member).copied() else { continue };
            let seat = &self.seats[at];
            let again = !seen.insert(at);
            if again || seat.account.last.is_some_and(|last| last >= event.occurred_at) {
                late.extend(seat.no);
            }
        }
        if !late.is_empty() {
            let late: Vec<i64> = late.into_iter().collect();
            for (no, changes) in events::tier_changes(tx, &late).await? {
                let seat = &mut self.seats[self.by_no[&no]];
                (seat.loaded, seat.history) = (changes.len(), changes);
            }
        }
        Ok(())
    }

    /// The histories of those to whom something may come late, and of their inviters, who may be awarded something.
    async fn load_late(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let mut asked: HashMap<i64, Asked> = HashMap::new();
        for event in events {
            let Some(own) = self.seat_of(event) else { continue };
            let inviter = self.seats[own].invited_by.and_then(|no| self.by_no.get(&no).copied());
            for at in inviter.into_iter().chain([own]) {
                let seat = &self.seats[at];
                let (Some(no), member) = (seat.no, seat.account.member) else { continue };
                let wanted = instant(event.occurred_at, self.now, self.terms);
                let one = asked.entry(no).or_insert(Asked { no, member, posts_before: false });
                one.posts_before |= seat.account.last.is_some_and(|last| last > wanted);
            }
        }
        // whoever was loaded with a tier history has something late, or more than one event
        let is_late =
            |asked: &Asked| asked.posts_before || self.by_no.get(&asked.no).is_some_and(|at| self.seats[*at].loaded > 0);
        let asked: Vec<Asked> = asked.into_values().filter(is_late).collect();
        for (no, history) in late::histories(tx, self.ledger.programme.currency, &self.timeline, &asked).await? {
            self.seats[self.by_no[&no]].account.history = Some(history);
        }
        Ok(())
    }

    /// What counts already against the caps that these events come under.
    async fn load_caps(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let calendar = self.timeline.calendar();
        let mut keys: HashSet<(i64, CapKey)> = HashSet::new();
        for event in events {
            let Some(at) = self.by_external.get(&event.member) else { continue };
            let seat = &self.seats[*at];
            let set = &self.timeline.at(event.occurred_at).set;
            let mut add = |no: Option<i64>, kind: EarnKind| {
                let Some(no) = no else { return };
                let limits = set.caps.of(kind).limits(kind, calendar, event.occurred_at);
                keys.extend(limits.map(|(key, _)| (no, key)));
            };
            match &event.activity {
                Activity::Payment { .. } => {
                    add(seat.no, EarnKind::Payment);
                    // it may complete an invitation
                    add(seat.invited_by, EarnKind::Referral);
                }
                Activity::Referral { .. } => add(seat.no, EarnKind::Referral),
                Activity::Review { .. } => add(seat.no, EarnKind::Review),
                Activity::Refund { .. } => (),
            }
        }
        let keys: Vec<(i64, CapKey)> = keys.into_iter().collect();
        for used in caps::used(tx, &self.timeline, &keys).await? {
            if let Some(at) = self.by_no.get(&used.member_no) {
                self.seats[*at].know(|account| {
                    account.capped.insert(used.key, used.capped);
                    account.uncapped.insert(used.key, used.uncapped);
                });
            }
        }
        Ok(())
    }

    /// What has lapsed out of the lots of payments that are refunded here.
    async fn load_lapsed(&mut self, tx: &mut Tx, events: &[&Event]) -> Result<(), StoreError> {
        let mut lots: HashSet<(i64, Date)> = HashSet::new();
        for event in events {
            let Activity::Refund { payment, .. } = &event.activity else { continue };
            let known = self.known.get(payment).and_then(|known| Some((known.member_no, known.payment()?)));
            let lot = match known {
                Some((no, payment)) => payment.day(&self.timeline).map(|day| (no, day)),
                // the payment may stand in this batch too
                None => events.iter().find(|other| other.key == *payment).and_then(|other| {
                    let no = self.seats[*self.by_external.get(&other.member)?].no?;
                    let rules = self.timeline.at(other.occurred_at);
                    Some((no, rules.set.expiry.day(self.timeline.calendar(), other.occurred_at)?))
                }),
            };
            lots.extend(lot);
        }
        let lots: Vec<(i64, Date)> = lots.into_iter().collect();
        for (no, day, points) in accounts::lapsed(tx, &lots).await? {
            if let Some(at) = self.by_no.get(&no) {
                self.seats[*at].know(|account| {
                    account.lapsed.insert(day, points);
                });
            }
        }
        Ok(())
    }

    fn decide(&mut self, event: &Event) -> Outcome {
        if let Some(known) = self.known.get(&event.key) {
            return match known.is(event) {
                true => Outcome::Duplicate(answer(&known.entry)),
                false => Outcome::Refused(Refusal::EventConflict),
            };
        }
        match self.accept(event) {
            Ok(answer) => Outcome::Accepted(answer),
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    fn accept(&mut self, event: &Event) -> Result<Answer, Refusal> {
        if event.occurred_at > self.now.saturating_add(MOST_AHEAD).unwrap_or(Timestamp::MAX) {
            return Err(Refusal::InFuture);
        }
        if let Activity::Payment { amount, .. } | Activity::Refund { amount, .. } = &event.activity {
            let (expected, got) = (self.ledger.programme.currency, amount.currency());
            if expected != got {
                return Err(Refusal::WrongCurrency { expected, got });
            }
        }
        let (at, is_new) = match self.seat_of(event) {
            Some(at) => {
                event.check_identities(false)?;
                (at, false)
            }
            None if matches!(event.activity, Activity::Refund { .. }) => return Err(Refusal::UnknownPayment),
            None if !self.terms.enrol => return Err(Refusal::UnknownMember),
            None => {
                event.check_identities(true)?;
                let id = MemberId::new(random::id(self.now));
                let seat = Seat::new(event.member.clone(), id, event.occurred_at, &self.timeline);
                self.sit(seat);
                (self.seats.len() - 1, true)
            }
        };
        let accepted = self.post_to(at, event);
        if accepted.is_err() && is_new {
            // a refused event enrols nobody
            self.seats.pop();
            self.by_external.remove(&event.member);
        }
        accepted
    }

    fn post_to(&mut self, at: usize, event: &Event) -> Result<Answer, Refusal> {
        if self.seats[at].status == Status::Closed && !matches!(event.activity, Activity::Refund { .. }) {
            return Err(Refusal::MemberClosed);
        }
        let timeline = self.timeline.clone();
        let instant = instant(event.occurred_at, self.now, self.terms);
        let on = Posting { timeline: &timeline, occurred_at: event.occurred_at, instant };
        let key = event.key.clone();
        let posted = match &event.activity {
            Activity::Payment { amount, scene } => {
                let seat = &mut self.seats[at];
                seat.account.pay(on, key, *amount, *scene, &seat.history)?
            }
            Activity::Refund { payment, amount } => self.refund(at, on, key, payment, *amount)?,
            Activity::Referral { referee } => self.refer(at, on, key, referee)?,
            Activity::Review { subject } => self.review(at, on, key, subject)?,
        };
        let answer = answer(posted.entry());
        let (entry, refunded) = (posted.entry().clone(), Money::from_minor(0, self.ledger.programme.currency));
        let refunded = refunded.map_err(|_| Refusal::PointsOutOfRange)?;
        let member_no = self.seats[at].no.unwrap_or_default();
        self.known.insert(event.key.clone(), Known::new(member_no, event.clone(), entry, refunded));
        self.note(at, posted);
        if let Activity::Payment { amount, .. } = &event.activity {
            self.award_invitation(at, event.occurred_at, *amount);
        }
        Ok(answer)
    }

    fn note(&mut self, at: usize, posted: Posted) {
        self.late.extend(posted.late().map(|late| (at, posted.entry().seq, late)));
        self.seats[at].history.extend(posted.journal.tier_changes);
        self.posted.extend(posted.journal.entries.into_iter().map(|entry| (at, entry)));
    }

    fn refund(&mut self, at: usize, on: Posting, key: EventKey, payment: &EventKey, amount: Money) -> Result<Posted, Refusal> {
        let seat = &mut self.seats[at];
        let known = self.known.get_mut(payment).filter(|known| known.entry.member == seat.account.member);
        let known = known.ok_or(Refusal::UnknownPayment)?;
        let paid = known.payment().ok_or(Refusal::UnknownPayment)?;
        let posted = seat.account.refund(on, key, &paid, amount)?;
        let minor = known.refunded.minor() + amount.minor();
        known.refunded = Money::from_minor(minor, amount.currency()).map_err(|_| Refusal::PointsOutOfRange)?;
        self.refunded.insert((at, paid.seq), known.refunded);
        Ok(posted)
    }

    fn refer(&mut self, at: usize, on: Posting, key: EventKey, referee: &ExternalId) -> Result<Posted, Refusal> {
        let to = *self.by_external.get(referee).ok_or(Refusal::UnknownReferee)?;
        if to == at {
            return Err(Refusal::SelfReferral);
        }
        let (referrer, referee) = (&self.seats[at], &self.seats[to]);
        if referee.referred_by.is_some() {
            return Err(Refusal::AlreadyReferred);
        }
        if referrer.referred_by.is_some_and(|who| who == Who::Seat(to) || referee.no.map(Who::No) == Some(who)) {
            return Err(Refusal::MutualReferral);
        }
        if referee.registered_at <= referrer.registered_at {
            return Err(Refusal::RefereeCameFirst);
        }
        let referee = referee.account.member;
        let posted = self.seats[at].account.refer(on, key, referee)?;
        self.seats[to].referred_by = Some(Who::Seat(at));
        self.new_referrals.push((to, at, posted.entry().seq));
        Ok(posted)
    }

    /// The first payment of somebody invited at the portal that is large enough brings the inviter β.
    fn award_invitation(&mut self, referee: usize, occurred_at: Timestamp, paid: Money) {
        if !self.timeline.at(occurred_at).completes_invitation(paid) {
            return;
        }
        let seat = &self.seats[referee];
        let inviter = seat.invited_by.filter(|_| seat.referred_by.is_none()).and_then(|no| self.by_no.get(&no).copied());
        let Some(at) = inviter.filter(|at| self.seats[*at].status != Status::Closed) else {
            return;
        };
        let member = seat.account.member;
        let id = EventId::new(&format!("referral:{member}"));
        let Some((source, id)) = Source::new(OWN_SOURCE).ok().zip(id.ok()) else { return };
        let timeline = self.timeline.clone();
        let instant = instant(occurred_at, self.now, self.terms);
        let on = Posting { timeline: &timeline, occurred_at, instant };
        match self.seats[at].account.refer(on, EventKey { source, id }, member) {
            Ok(posted) => {
                self.seats[referee].referred_by = Some(Who::Seat(at));
                self.new_referrals.push((referee, at, posted.entry().seq));
                self.note(at, posted);
            }
            Err(refusal) => tracing::warn!(member.id = %member, %refusal, "an invitation earned nothing"),
        }
    }

    fn review(&mut self, at: usize, on: Posting, key: EventKey, subject: &Subject) -> Result<Posted, Refusal> {
        let pair = (at, subject.as_str().to_owned());
        if self.reviewed.contains(&pair) {
            return Err(Refusal::AlreadyReviewed);
        }
        let salt = random::bytes::<16>();
        let posted = self.seats[at].account.review(on, key, Hash::of_text(&salt, subject.as_str()))?;
        self.reviewed.insert(pair);
        self.new_reviews.push((at, subject.clone(), posted.entry().seq, salt));
        Ok(posted)
    }

    async fn write(mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.enrol(tx).await?;
        let no = |at: usize| self.seats[at].no.unwrap_or_default();
        let names: HashSet<&str> =
            self.posted.iter().filter_map(|(_, entry)| entry.cause.event()).map(|event| event.source.as_str()).collect();
        if !self.posted.is_empty() {
            let sources = events::sources(tx, &names.into_iter().collect::<Vec<_>>()).await?;
            let new: Vec<entries::NewEntry> = self
                .posted
                .iter()
                .map(|(at, entry)| entries::NewEntry {
                    member_no: no(*at),
                    source_no: entry.cause.event().and_then(|event| sources.get(event.source.as_str()).copied()),
                    entry,
                })
                .collect();
            entries::insert(tx, &new).await?;
        }
        let rows: Vec<(i64, i64, Timestamp)> = self.late.iter().map(|(at, seq, late)| (no(*at), *seq, *late)).collect();
        late_entries::insert(tx, &rows).await?;
        let changed: Vec<Change<'_>> = self
            .seats
            .iter()
            .filter(|seat| seat.account.seq != seat.before.seq)
            .filter_map(|seat| Some(Change { no: seat.no?, before: &seat.before, after: &seat.account }))
            .collect();
        accounts::save(tx, &self.timeline, &changed).await?;
        let changes: Vec<NewTierChange> = self
            .seats
            .iter()
            .flat_map(|seat| seat.new_changes().iter().map(|change| NewTierChange::new(seat.no.unwrap_or_default(), change)))
            .collect();
        events::insert_tier_changes(tx, &changes).await?;
        if !self.refunded.is_empty() {
            let rows: Vec<_> = self.refunded.iter().map(|((at, seq), money)| (no(*at), *seq, money.minor())).collect();
            events::set_refunded(tx, &rows).await?;
        }
        if !self.new_reviews.is_empty() {
            let rows: Vec<_> =
                self.new_reviews.iter().map(|(at, s, seq, salt)| (no(*at), s.as_str(), *seq, hex::encode(salt))).collect();
            events::insert_reviews(tx, &rows).await?;
        }
        if !self.new_referrals.is_empty() {
            let rows: Vec<_> = self.new_referrals.iter().map(|(referee, at, seq)| (no(*referee), no(*at), *seq)).collect();
            events::insert_referrals(tx, &rows).await?;
        }
        Ok(())
    }

    /// Gives those whom the batch enrols a row and a number.
    async fn enrol(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        let new: Vec<member::NewMember> = self
            .seats
            .iter()
            .filter(|seat| seat.no.is_none())
            .map(|seat| member::NewMember {
                id: seat.account.member,
                external_id: seat.external.as_ref().map(|id| id.as_str().to_owned()),
                name: None,
                email: None,
                phone: None,
                locale: None,
                registered_at: seat.registered_at,
                referral_code: None,
                invited_by: None,
            })
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let numbers: HashMap<MemberId, i64> = member::insert(tx, &new).await?.into_iter().map(|(no, id)| (id, no)).collect();
        for seat in self.seats.iter_mut().filter(|seat| seat.no.is_none()) {
            seat.no = numbers.get(&seat.account.member).copied();
        }
        Ok(())
    }
}
