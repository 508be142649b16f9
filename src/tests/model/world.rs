//! The programme as the model sees it: who there is, what they told, redeemed and were given; and what each deed does to them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::account::{Account, Line};
use super::calendar::Calendar;
use super::deeds::{Deed, Happening, OFFERS, Route, Told, decimal};
use super::experiments::Experiment;
use super::late::Accounts;
use super::rewards::{Proposal, Redemption};
use super::sheet::{Book, REFERRAL, REVIEW, Sheet, Version};

pub struct Person {
    registered_at: Timestamp,
    /// Whom the payment system enrolled by an event alone has no code to invite with.
    has_code: bool,
    invited_by: Option<usize>,
    referred_by: Option<usize>,
    /// The payment that brought whoever referred them an award that goes by it, and the line of the award.
    award: Option<(String, usize)>,
    reviewed: Vec<u8>,
    pub suspended: bool,
    pub accounts: Accounts,
}

pub struct World {
    pub book: Book,
    pub people: Vec<Option<Person>>,
    pub told: Vec<Told>,
    /// The first answer to every accepted event.
    answers: BTreeMap<String, (Told, String)>,
    pub redemptions: Vec<Redemption>,
    pub proposals: Vec<Proposal>,
    /// What is left of each reward.
    pub left: Vec<i64>,
    /// Which of the rewards are for a tier: those whose tier there was when they were made.
    pub least_tiers: Vec<Option<&'static str>>,
    pub experiments: Vec<Experiment>,
    /// By what the database calls them, which decides who is in which group.
    pub ids: Vec<Option<[u8; 16]>>,
}

impl World {
    pub fn new(zone: &str, first: Sheet, members: usize) -> World {
        let least_tiers = OFFERS.iter().map(|offer| offer.least_tier.filter(|key| first.tiers.iter().any(|t| t.key == *key)));
        World {
            least_tiers: least_tiers.collect(),
            book: Book {
                versions: vec![Version::new(Timestamp::MIN, first)],
                calendar: Calendar::new(zone),
                variant_of: Vec::new(),
            },
            people: (0..members).map(|_| None).collect(),
            told: Vec::new(),
            answers: BTreeMap::new(),
            redemptions: Vec::new(),
            proposals: Vec::new(),
            left: OFFERS.iter().map(|offer| offer.there).collect(),
            experiments: Vec::new(),
            ids: vec![None; members],
        }
    }

    /// Enrolled by the payment system.
    pub fn enrol(&mut self, member: usize, at: Timestamp) {
        self.people[member] = Some(person(at, true, None));
    }

    pub fn person(&mut self, member: usize) -> &mut Person {
        self.people[member].as_mut().unwrap()
    }

    /// What the deed is answered with.
    pub fn expect(&mut self, deed: &Deed, now: Timestamp) -> Vec<String> {
        match deed {
            Deed::Tell { events, route } => {
                let is_history = matches!(route, Route::History(_) | Route::Program);
                events.iter().map(|event| self.tell(event, is_history, now)).collect()
            }
            Deed::Join { member, invited_by } => vec![self.join(*member, *invited_by, now)],
            Deed::Publish { sheet, at, demotes, keeps_until } => {
                let version = Version::new(at.unwrap_or(now), (**sheet).clone());
                vec![self.publish(Version { demotes: *demotes, keeps_until: *keeps_until, ..version }, now)]
            }
            Deed::Try(trial) => vec![self.start(trial, now)],
            Deed::End { adopt, keeps_until } => vec![self.end(*adopt, *keeps_until, now)],
            Deed::Settle => self.everybody(now, Account::is_due),
            Deed::ReRate => self.everybody(now, Account::is_unrated),
            Deed::Look { member } => {
                let book = self.book_of(*member);
                self.person(*member).accounts.ledger.catch_up(&book, now);
                vec![]
            }
            Deed::View { member } => {
                let mut account = self.people[*member].as_ref().unwrap().accounts.ledger.clone();
                account.catch_up(&self.book_of(*member), now);
                vec![standing(&account)]
            }
            Deed::Suspend { member, suspended } => {
                let person = self.person(*member);
                if person.accounts.ledger.closed {
                    return vec!["member_closed".into()];
                }
                person.suspended = *suspended;
                vec!["ok".into()]
            }
            other => vec![self.expect_request(other, now)],
        }
    }

    /// A job goes through all who have something due.
    fn everybody(&mut self, now: Timestamp, has: impl Fn(&Account, &Book, Timestamp) -> bool) -> Vec<String> {
        for member in 0..self.people.len() {
            let book = self.book_of(member);
            let Some(person) = &mut self.people[member] else { continue };
            if has(&person.accounts.ledger, &book, now) {
                person.accounts.ledger.catch_up(&book, now);
            }
        }
        vec![]
    }

    fn tell(&mut self, event: &Told, is_history: bool, now: Timestamp) -> String {
        if !self.told.contains(event) {
            self.told.push(event.clone());
        }
        if let Some((known, answer)) = self.answers.get(&event.id) {
            return if known == event { format!("again {answer}") } else { "event_conflict".into() };
        }
        match self.decide(event, is_history, now) {
            Ok(answer) => {
                self.answers.insert(event.id.clone(), (event.clone(), answer.clone()));
                format!("ok {answer}")
            }
            Err(code) => code.into(),
        }
    }

    fn decide(&mut self, event: &Told, is_history: bool, now: Timestamp) -> Result<String, &'static str> {
        let (member, at) = (event.member, event.at);
        if at > now + SignedDuration::from_mins(5) {
            return Err("in_future");
        }
        let is_refund = matches!(event.what, Happening::Refund { .. });
        let is_new = self.people[member].is_none();
        if is_new && is_refund {
            return Err("unknown_payment");
        }
        if is_new {
            self.people[member] = Some(person(at, false, None));
        }
        if self.person(member).accounts.ledger.closed && !is_refund {
            return Err("member_closed");
        }
        let book = self.book_of(member);
        let wanted = if is_history { at } else { now };
        let accounts = &mut self.person(member).accounts;
        let line = match &event.what {
            Happening::Payment { fen, scene } => Ok(accounts.pay(&book, &event.id, (*fen, *scene), at, wanted)),
            Happening::Refund { payment, fen } => accounts.refund(&book, payment, *fen, at, wanted),
            Happening::Referral { referee } => self.refer(&event.id, member, *referee, at, wanted),
            Happening::Review { subject } if self.person(member).reviewed.contains(subject) => Err("already_reviewed"),
            Happening::Review { subject } => {
                let person = self.person(member);
                person.reviewed.push(*subject);
                Ok(person.accounts.be_awarded(&book, REVIEW, &event.id, at, wanted))
            }
        };
        if line.is_err() && is_new {
            // nobody is enrolled by what is refused
            self.people[member] = None;
        }
        let line = self.person_line(member, line?);
        match &event.what {
            Happening::Payment { fen, .. } => self.complete_invitation(member, (event.id.as_str(), *fen), at, wanted),
            Happening::Refund { payment, .. } => self.take_back_award(member, payment, at, wanted),
            _ => (),
        }
        let points = line.moves.iter().map(|(_, points)| points).sum();
        Ok(format!("{} {} {}", decimal(points), decimal(line.balance), line.tier))
    }

    fn person_line(&mut self, member: usize, number: usize) -> Line {
        self.person(member).accounts.ledger.lines[number - 1].clone()
    }

    fn refer(
        &mut self,
        id: &str,
        member: usize,
        referee: usize,
        at: Timestamp,
        wanted: Timestamp,
    ) -> Result<usize, &'static str> {
        let Some(other) = &self.people[referee] else { return Err("unknown_referee") };
        let (referred_by, registered_at) = (other.referred_by, other.registered_at);
        if member == referee {
            return Err("self_referral");
        }
        if referred_by.is_some() {
            return Err("already_referred");
        }
        if self.person(member).referred_by == Some(referee) {
            return Err("mutual_referral");
        }
        if registered_at <= self.person(member).registered_at {
            return Err("referee_came_first");
        }
        self.person(referee).referred_by = Some(member);
        let book = self.book_of(member);
        Ok(self.person(member).accounts.be_awarded(&book, REFERRAL, id, at, wanted))
    }

    /// The first payment that is large enough brings whoever invited the payer their award.
    fn complete_invitation(&mut self, payer: usize, (payment, fen): (&str, i64), at: Timestamp, wanted: Timestamp) {
        // the payer's rules say whether it is enough, and the inviter's what that is worth
        let book = self.book_of(payer);
        let (invited_by, referred_by) = (self.person(payer).invited_by, self.person(payer).referred_by);
        let Some(inviter) = invited_by.filter(|_| referred_by.is_none() && fen >= book.at(at).least) else { return };
        if self.person(inviter).accounts.ledger.closed {
            return;
        }
        self.person(payer).referred_by = Some(inviter);
        let theirs = self.book_of(inviter);
        let line = self.person(inviter).accounts.be_awarded(&theirs, REFERRAL, &format!("referral of {payer}"), at, wanted);
        self.person(payer).award = book.at(at).takes_back.then(|| (payment.to_owned(), line));
    }

    /// The refund of the payment that brought an award takes it back when too little is left, and the invitation is open again.
    fn take_back_award(&mut self, payer: usize, payment: &str, at: Timestamp, wanted: Timestamp) {
        let book = self.book_of(payer);
        let person = self.person(payer);
        let (left, sheet) = person.accounts.ledger.left_of(&book, payment);
        let Some((_, line)) = person.award.take_if(|(by, _)| by.as_str() == payment && sheet.takes_back(left)) else { return };
        let inviter = person.referred_by.unwrap();
        let theirs = self.book_of(inviter);
        self.person(inviter).accounts.take_back(&theirs, line, at, wanted);
        if !self.person(inviter).accounts.ledger.closed {
            self.person(payer).referred_by = None;
        }
    }

    /// Whether events may come in through two processes at once without its mattering which is first.
    pub fn is_free(&self, event: &Told) -> bool {
        let person = self.people[event.member].as_ref();
        let open = person.is_some_and(|p| p.invited_by.is_some() && p.referred_by.is_none());
        let takes_back = person.is_some_and(|p| p.award.is_some()) && matches!(event.what, Happening::Refund { .. });
        !open && !takes_back && !matches!(event.what, Happening::Referral { .. })
    }

    fn join(&mut self, member: usize, invited_by: Option<usize>, now: Timestamp) -> String {
        if invited_by.is_some_and(|inviter| self.person(inviter).accounts.ledger.closed) {
            return "unknown_referral_code".into();
        }
        self.people[member] = Some(person(now, true, invited_by));
        "ok".into()
    }

    pub fn can_invite(&self, member: usize) -> bool {
        self.people[member].as_ref().is_some_and(|person| person.has_code)
    }
}

fn person(registered_at: Timestamp, has_code: bool, invited_by: Option<usize>) -> Person {
    Person {
        registered_at,
        has_code,
        invited_by,
        referred_by: None,
        award: None,
        reviewed: Vec::new(),
        suspended: false,
        accounts: Accounts::new(),
    }
}

/// What a member sees of their account, as one text.
pub fn standing(account: &Account) -> String {
    let lots: Vec<String> = account
        .lots()
        .into_iter()
        .map(|(day, points)| format!("{} {}", day.map_or("never".into(), |day| day.to_string()), decimal(points)))
        .collect();
    let mut pending: BTreeMap<Timestamp, i64> = BTreeMap::new();
    account.held().into_iter().for_each(|(_, until, points)| *pending.entry(until).or_default() += points);
    let pending: Vec<String> = pending.into_iter().map(|(until, points)| format!("{until} {}", decimal(points))).collect();
    format!(
        "available {} pending {} debt {} earned {} tier {} lots [{}] held [{}]",
        decimal(account.available()),
        decimal(account.pending()),
        decimal(account.debt()),
        decimal(account.earned()),
        account.tier,
        lots.join(", "),
        pending.join(", ")
    )
}
