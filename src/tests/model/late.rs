//! What comes late. The ledger posts it behind everything that jobs and reads have posted meanwhile, but what it earns, and what
//! the tier is afterwards, must not depend on those: a second account has each thing done in its own time, and nothing else.

use jiff::Timestamp;

use super::account::{Account, Place};
use super::sheet::Book;

type Refused = &'static str;

/// A member's ledger, and the history that it would have without jobs and reads.
pub struct Accounts {
    pub ledger: Account,
    /// Nothing once something was done that its points do not allow.
    history: Option<Account>,
    /// Whether anything has come late.
    is_late: bool,
}

/// Where something is told of, or done by a request: only what is told of can come late.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Event,
    Request,
}

impl Accounts {
    pub fn new() -> Accounts {
        Accounts { ledger: Account::new(), history: Some(Account::new()), is_late: false }
    }

    /// `wanted` is when it is to be posted: now, or for history when it occurred.
    pub fn pay(&mut self, book: &Book, id: &str, (fen, scene): (i64, usize), at: Timestamp, wanted: Timestamp) -> usize {
        let mut before = self.telling(wanted).unwrap_or(&self.ledger).clone();
        before.catch_up(book, before.instant(wanted));
        let what = (fen, scene, before.tier_before(at));
        let paid =
            self.both(book, wanted, By::Event, |ledger, instant| Ok(ledger.pay(book, id, what, (at, instant))), earn_as(book));
        paid.unwrap()
    }

    pub fn be_awarded(&mut self, book: &Book, kind: usize, id: &str, at: Timestamp, wanted: Timestamp) -> usize {
        let award = |ledger: &mut Account, instant| Ok(ledger.be_awarded(book, kind, id, (at, instant)));
        self.both(book, wanted, By::Event, award, earn_as(book)).unwrap()
    }

    pub fn refund(&mut self, book: &Book, payment: &str, fen: i64, at: Timestamp, wanted: Timestamp) -> Result<usize, Refused> {
        let refund = |account: &mut Account, instant| account.refund(book, payment, fen, at, instant);
        self.both(book, wanted, By::Event, refund, |history, _, instant| refund(history, instant).map(drop))
    }

    /// Takes back all that the line of an award earned.
    pub fn take_back(&mut self, book: &Book, line: usize, at: Timestamp, wanted: Timestamp) {
        let take = |account: &mut Account, instant| {
            account.take_back(book, line, (at, instant));
            Ok(())
        };
        self.both(book, wanted, By::Event, take, |history, _, instant| take(history, instant)).unwrap();
    }

    pub fn spend(&mut self, book: &Book, id: &str, (wanted, cost): (i64, i64), now: Timestamp) -> Result<(), Refused> {
        let spend = |account: &mut Account, wanted, instant| account.spend(book, id, (wanted, cost), (now, instant));
        self.both(book, now, By::Request, |l, at| spend(l, wanted, at), |history, _, at| spend(history, cost, at))
    }

    pub fn give_back(&mut self, book: &Book, id: &str, now: Timestamp) {
        let taken: Vec<(Place, i64)> = self.ledger.redemption(id).moves.clone();
        let give = |account: &mut Account, instant| {
            account.give_back(book, taken.clone(), (now, instant));
            Ok(())
        };
        self.both(book, now, By::Request, give, |history, _, at| give(history, at)).unwrap();
    }

    pub fn adjust(&mut self, book: &Book, points: i64, now: Timestamp) -> Result<(), Refused> {
        let adjust = |account: &mut Account, instant| account.adjust(book, points, (now, instant));
        self.both(book, now, By::Request, adjust, |history, _, at| adjust(history, at))
    }

    pub fn close(&mut self, book: &Book, now: Timestamp) {
        let close = |account: &mut Account, instant| {
            account.close(book, (now, instant));
            Ok(())
        };
        self.both(book, now, By::Request, close, |history, _, at| close(history, at)).unwrap();
    }

    /// The history, if it tells more than the ledger: where something comes behind something later, or has before.
    fn telling(&self, wanted: Timestamp) -> Option<&Account> {
        self.history.as_ref().filter(|_| self.is_late || self.ledger.instant(wanted) > wanted)
    }

    fn both<T>(
        &mut self,
        book: &Book,
        wanted: Timestamp,
        by: By,
        on_ledger: impl FnOnce(&mut Account, Timestamp) -> Result<T, Refused>,
        on_history: impl FnOnce(&mut Account, &Account, Timestamp) -> Result<(), Refused>,
    ) -> Result<T, Refused> {
        let (instant, mut ledger) = (self.ledger.instant(wanted), self.ledger.clone());
        let tells = by == By::Event && self.telling(wanted).is_some();
        ledger.catch_up(book, instant);
        let number = ledger.number;
        let answer = on_ledger(&mut ledger, instant)?;
        self.ledger = ledger;
        if let Some(history) = &mut self.history {
            let at = if tells { history.instant(wanted).min(instant) } else { history.instant(instant) };
            history.catch_up(book, at);
            history.number = number;
            if on_history(history, &self.ledger, at).is_err() {
                self.history = None;
            } else if tells && at < instant {
                self.is_late = true;
                let mut standing = history.clone();
                standing.catch_up(book, instant);
                self.ledger.stand_as(&standing, instant);
            }
        }
        Ok(answer)
    }
}

fn earn_as(book: &Book) -> impl FnOnce(&mut Account, &Account, Timestamp) -> Result<(), Refused> {
    |history, ledger, at| {
        history.earn_as(book, ledger, at);
        Ok(())
    }
}
