//! The third stage of a batch: each event in its order, by the domain's functions, in memory.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::event::{Activity, Event, EventKey, MOST_AHEAD};
use laurel_domain::ledger::invitation::Award;
use laurel_domain::ledger::posting::{Posted, Posting};
use laurel_domain::member::Status;
use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::time::Moment;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};
use laurel_domain::text::{EventId, ExternalId, Source, Subject};

use crate::random;
use crate::store::ledger::known::{self, Known};
use crate::store::{StoreError, Tx};

use super::account::{LoadedAccount, Referrer, Stop};
use super::load::Accounts;
use super::plan::Plan;
use super::{Answer, OWN_SOURCE, Outcome, Terms, answer, instant};
use crate::usecase::ledger::Ledger;

/// A batch whose accounts are loaded.
pub(super) struct Batch<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) rulebook: Arc<Rulebook>,
    now: Timestamp,
    terms: Terms,
    known: HashMap<EventKey, Known>,
    /// Events of this batch that were accepted.
    made: HashMap<&'a EventKey, Made<'a>>,
    pub(super) accounts: Accounts,
    /// In order, with whose they are.
    pub(super) posted: Vec<(usize, Entry)>,
    /// (whose, subject, the entry's sequence number, salt)
    pub(super) new_reviews: Vec<(usize, Subject, i64, [u8; 16])>,
    /// (whose, the entry's sequence number, when it counts for the tier)
    pub(super) late: Vec<(usize, i64, Moment)>,
}

/// An event that this batch has accepted, whose it is, and where its entry stands among those that were posted.
struct Made<'a> {
    event: &'a Event,
    whose: usize,
    entry: usize,
}

/// Posts events in order.
pub(super) async fn post(tx: &mut Tx, ledger: &Ledger, list: &[Event], terms: Terms) -> Result<Vec<Outcome>, StoreError> {
    let rulebook = ledger.rulebook_in(tx).await?;
    let known = known(tx, ledger, list).await?;
    let plan = Plan::of(list, &known, &rulebook);
    let now = ledger.clock.now();
    let accounts = Accounts::load(tx, &plan, &rulebook, ledger.programme.currency, |at| instant(at, now, terms)).await?;
    let mut batch = Batch {
        ledger,
        rulebook,
        now,
        terms,
        known,
        made: HashMap::with_capacity(list.len()),
        accounts,
        posted: Vec::with_capacity(list.len()),
        new_reviews: Vec::new(),
        late: Vec::new(),
    };
    let outcomes = list.iter().map(|event| batch.decide(event)).collect::<Result<_, _>>()?;
    batch.write(tx).await?;
    Ok(outcomes)
}

/// The events among these, and the payments that they refund, that have been accepted already.
async fn known(tx: &mut Tx, ledger: &Ledger, list: &[Event]) -> Result<HashMap<EventKey, Known>, StoreError> {
    let mut keys: Vec<&EventKey> = Vec::with_capacity(list.len());
    for event in list {
        keys.push(&event.key);
        if let Activity::Refund { payment, .. } = &event.activity {
            keys.push(payment);
        }
    }
    known::known(tx, ledger.programme.currency, &keys).await
}

impl<'a> Batch<'a> {
    fn decide(&mut self, event: &'a Event) -> Result<Outcome, StoreError> {
        if let Some(known) = self.known.get(&event.key) {
            return Ok(match known.is(event) {
                true => Outcome::Duplicate(answer(&known.entry)),
                false => Outcome::Refused(Refusal::EventConflict),
            });
        }
        if let Some(made) = self.made.get(&event.key) {
            return Ok(match made.event == event {
                true => Outcome::Duplicate(answer(&self.posted[made.entry].1)),
                false => Outcome::Refused(Refusal::EventConflict),
            });
        }
        match self.accept(event) {
            Ok(answer) => Ok(Outcome::Accepted(answer)),
            Err(Stop::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    fn accept(&mut self, event: &'a Event) -> Result<Answer, Stop> {
        if event.occurred_at > self.now.saturating_add(MOST_AHEAD).unwrap_or(Timestamp::MAX) {
            return Err(Refusal::InFuture.into());
        }
        if let Activity::Payment { amount, .. } | Activity::Refund { amount, .. } = &event.activity {
            let (expected, got) = (self.ledger.programme.currency, amount.currency());
            if expected != got {
                return Err(Refusal::WrongCurrency { expected, got }.into());
            }
        }
        if let Activity::Refund { payment, amount } = &event.activity {
            return self.refund(event, payment, *amount);
        }
        let found = self.accounts.of_external(&event.member);
        let at = match found {
            Some(at) => {
                event.check_identities(false)?;
                at
            }
            None if !self.terms.enrol => return Err(Refusal::UnknownMember.into()),
            None => {
                event.check_identities(true)?;
                let id = MemberId::new(random::deciding_id(self.now, event.member.as_str()));
                self.accounts.add(LoadedAccount::new(event.member.clone(), id, event.occurred_at, &self.rulebook.of(id)))
            }
        };
        let accepted = self.earn(at, event);
        if accepted.is_err() && found.is_none() {
            self.accounts.take_back();
        }
        accepted
    }

    fn earn(&mut self, at: usize, event: &'a Event) -> Result<Answer, Stop> {
        if self.accounts.all[at].status == Status::Closed {
            return Err(Refusal::MemberClosed.into());
        }
        let rulebook = self.rulebook.clone();
        let timeline = rulebook.of(self.accounts.all[at].member());
        let on = self.posting(&timeline, event.occurred_at);
        let key = event.key.clone();
        let posted = match &event.activity {
            Activity::Payment { amount, scene } => self.accounts.all[at].pay(on, key, *amount, *scene)?,
            Activity::Referral { referee } => self.refer(at, on, key, referee)?,
            Activity::Review { subject } => self.review(at, on, key, subject)?,
            Activity::Refund { .. } => return Err(Refusal::UnknownPayment.into()),
        };
        let (seq, hash) = (posted.entry().seq, posted.entry().hash);
        let answer = self.note(at, event, posted);
        if let Activity::Payment { amount, .. } = &event.activity {
            self.award_invitation(at, event.occurred_at, *amount, (seq, hash))?;
        }
        Ok(answer)
    }

    fn posting<'t>(&self, timeline: &'t Timeline, occurred_at: Timestamp) -> Posting<'t> {
        Posting::new(timeline, occurred_at, instant(occurred_at, self.now, self.terms))
    }

    /// Keeps what an event posted, to be found by later ones and to be written.
    fn note(&mut self, at: usize, event: &'a Event, posted: Posted) -> Answer {
        let answer = answer(posted.entry());
        let entry = self.posted.len() + posted.place();
        self.made.insert(&event.key, Made { event, whose: at, entry });
        self.keep(at, posted);
        answer
    }

    fn keep(&mut self, at: usize, posted: Posted) {
        self.late.extend(posted.late().map(|late| (at, posted.entry().seq, late)));
        self.posted.extend(posted.journal.entries.into_iter().map(|entry| (at, entry)));
    }

    /// A refund is the payer's. Whose name was erased since is known by their payments alone: then it is theirs, whoever it names.
    fn refund(&mut self, event: &'a Event, payment: &EventKey, amount: Money) -> Result<Answer, Stop> {
        let (paid, payer) = match (self.known.get(payment), self.made.get(payment)) {
            (Some(known), _) => (known.entry.clone(), self.accounts.of_number(known.member_no)),
            (None, Some(made)) => (self.posted[made.entry].1.clone(), Some(made.whose)),
            (None, None) => return Err(Refusal::UnknownPayment.into()),
        };
        let payer = payer.or_else(|| self.accounts.of_external(&event.member));
        let at = payer.ok_or(Refusal::UnknownPayment)?;
        event.check_identities(false)?;
        let account = &self.accounts.all[at];
        let is_theirs = account.member() == paid.member;
        let is_named = account.is_erased || account.external.as_ref() == Some(&event.member);
        if !is_theirs || !is_named || !matches!(paid.cause, laurel_domain::ledger::entry::Cause::Payment { .. }) {
            return Err(Refusal::UnknownPayment.into());
        }
        let rulebook = self.rulebook.clone();
        let timeline = rulebook.of(paid.member);
        let on = self.posting(&timeline, event.occurred_at);
        let posted = self.accounts.all[at].refund(on, event.key.clone(), &paid, amount)?;
        let refund = posted.entry().hash;
        let answer = self.note(at, event, posted);
        self.take_back_award(at, &paid, event.occurred_at, refund)?;
        Ok(answer)
    }

    /// A refund that leaves too little of the payment that completed an invitation takes back what it brought the inviter.
    fn take_back_award(&mut self, payer: usize, paid: &Entry, occurred_at: Timestamp, refund: Hash) -> Result<(), Stop> {
        let rulebook = self.rulebook.clone();
        let account = &self.accounts.all[payer];
        let rules = rulebook.version(paid.rules).unwrap_or(rulebook.latest());
        if !rules.takes_back_award(account.left_of(paid)?) {
            return Ok(());
        }
        let Some(awarded) = account.awarded()?.filter(|award| award.payment == Some(paid.seq) && award.taken_back.is_none())
        else {
            return Ok(());
        };
        let loaded = match awarded.by {
            Referrer::No(no) => self.accounts.of_number(no).zip(self.accounts.award(no, awarded.seq).copied()),
            Referrer::Newcomer(_) => None,
        };
        let (at, award) = loaded.ok_or(Stop::Failed(StoreError::NotLoaded("an award")))?;
        let timeline = rulebook.of(self.accounts.all[at].member());
        let on = self.posting(&timeline, occurred_at);
        // the refund is posted already, so what the other account refuses stops the batch rather than this step
        let posted = self.accounts.all[at].take_back(on, &award, refund).map_err(|stop| match stop {
            Stop::Refused(_) => Stop::Failed(StoreError::Corrupt("an account that was awarded")),
            failed => failed,
        })?;
        // a closed account has nothing to take: its award stands for good, also with whoever it was handed over to
        match self.accounts.all[at].status {
            Status::Closed => self.accounts.all[payer].keep_award_for_good(),
            Status::Active | Status::Suspended => self.accounts.all[payer].set_taken_back(posted.entry().seq),
        }
        self.keep(at, posted);
        Ok(())
    }

    fn refer(&mut self, at: usize, on: Posting, key: EventKey, referee: &ExternalId) -> Result<Posted, Stop> {
        let to = self.accounts.of_external(referee).ok_or(Refusal::UnknownReferee)?;
        if to == at {
            return Err(Refusal::SelfReferral.into());
        }
        let (referrer, referee) = (&self.accounts.all[at], &self.accounts.all[to]);
        if referee.referred_by()?.is_some() {
            return Err(Refusal::AlreadyReferred.into());
        }
        let is_referee = |who| who == Referrer::Newcomer(to) || referee.no.map(Referrer::No) == Some(who);
        if referrer.referred_by()?.is_some_and(is_referee) {
            return Err(Refusal::MutualReferral.into());
        }
        if referee.registered_at <= referrer.registered_at {
            return Err(Refusal::RefereeCameFirst.into());
        }
        let referee = referee.member();
        let posted = self.accounts.all[at].refer(on, key, referee, None)?;
        self.note_referral(to, at, posted.entry(), None);
        Ok(posted)
    }

    /// `payment` is the referee's entry of the payment that brings the award, where a refund takes it back.
    fn note_referral(&mut self, referee: usize, referrer: usize, entry: &Entry, payment: Option<i64>) {
        let no = self.accounts.all[referrer].no;
        self.accounts.all[referee].set_awarded(no.map_or(Referrer::Newcomer(referrer), Referrer::No), entry.seq, payment);
        if let Some((no, award)) = no.zip(Award::of(entry)) {
            self.accounts.keep_award(no, award);
        }
    }

    /// The first payment of somebody invited at the portal that is large enough brings the inviter β; also the first after an award
    /// was taken back. `payment` is its entry: number and hash.
    fn award_invitation(
        &mut self,
        referee: usize,
        occurred_at: Timestamp,
        paid: Money,
        payment: (i64, Hash),
    ) -> Result<(), Stop> {
        let rulebook = self.rulebook.clone();
        let account = &self.accounts.all[referee];
        // whether the payment completes the invitation is for the payer's rules to say, what that is worth for the inviter's
        let theirs = rulebook.of(account.member());
        let rules = theirs.at(occurred_at);
        let Some(inviter) = account.invited_by.filter(|_| rules.completes_invitation(paid)) else { return Ok(()) };
        if account.referred_by()?.is_some() {
            return Ok(());
        }
        let member = account.member();
        let at = self.accounts.of_number(inviter).ok_or(Stop::Failed(StoreError::NotLoaded("an inviter")))?;
        if self.accounts.all[at].status == Status::Closed {
            return Ok(());
        }
        let id = match account.awarded()?.map_or(0, |before| before.times) {
            0 => EventId::new(&format!("referral:{member}")),
            before => EventId::new(&format!("referral:{member}:{}", before + 1)),
        };
        let Some((source, id)) = Source::new(OWN_SOURCE).ok().zip(id.ok()) else { return Ok(()) };
        let timeline = rulebook.of(self.accounts.all[at].member());
        let on = self.posting(&timeline, occurred_at);
        let goes_by = Some(payment).filter(|_| rules.set.take_back_referral);
        match self.accounts.all[at].refer(on, EventKey { source, id }, member, goes_by.map(|(_, hash)| hash)) {
            Ok(posted) => {
                self.note_referral(referee, at, posted.entry(), goes_by.map(|(seq, _)| seq));
                self.keep(at, posted);
            }
            Err(Stop::Refused(refusal)) => tracing::warn!(member.id = %member, %refusal, "an invitation earned nothing"),
            Err(stop) => return Err(stop),
        }
        Ok(())
    }

    fn review(&mut self, at: usize, on: Posting, key: EventKey, subject: &Subject) -> Result<Posted, Stop> {
        let salt = random::bytes::<16>();
        let digest = Hash::of_text(&salt, subject.as_str());
        let posted = self.accounts.all[at].review(on, key, subject, digest)?;
        self.new_reviews.push((at, subject.clone(), posted.entry().seq, salt));
        Ok(posted)
    }
}
