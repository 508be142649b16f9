//! What the model knows of redemptions, rewards, adjustments and closing.

use jiff::{SignedDuration, Timestamp};

use super::calendar::{first_of, plus_days};
use super::deeds::{Deed, OFFERS, day_of_game, decimal};
use super::world::World;

pub struct Redemption {
    pub member: usize,
    pub key: String,
    pub reward: Option<usize>,
    quantity: u32,
    state: &'static str,
    made_at: Timestamp,
    /// Of a voucher that was revealed.
    expires_at: Option<Timestamp>,
}

pub struct Proposal {
    member: usize,
    points: i64,
    state: &'static str,
    pub made_by: usize,
    made_at: Timestamp,
}

/// How many points one person gives or takes alone, and how many anybody gives to one member or takes from them, in a day.
const LIMIT: i64 = 100_000;

/// Everywhere that a redemption may be sent to.
pub const STATES: [&str; 9] = ["processing", "paid", "failed", "cancelled", "issued", "used", "voided", "shipped", "delivered"];

/// Whether a gift that comes back can go to somebody else.
pub fn is_whole(redemption: usize) -> bool {
    redemption.is_multiple_of(2)
}

impl Redemption {
    /// As a reader sees it.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match self.expires_at {
            Some(at) if at <= now && self.state == "issued" => "expired",
            _ => self.state,
        }
    }

    /// Where it can go from there.
    pub fn next(&self, now: Timestamp) -> &'static [&'static str] {
        match (self.reward, self.state(now)) {
            (None, "reserved") => &["processing", "cancelled"],
            (None, "processing") => &["paid", "failed"],
            (Some(2), "ordered") => &["shipped", "cancelled"],
            (Some(2), "shipped") => &["delivered", "returned"],
            (Some(2), "delivered") => &["returned"],
            (Some(0 | 1), "reserved") => &["issued", "cancelled"],
            (Some(0 | 1), "issued") => &["used", "voided"],
            _ => &[],
        }
    }

    fn is_given_back(&self) -> bool {
        ["cancelled", "failed", "voided", "returned"].contains(&self.state)
    }
}

impl World {
    pub fn expect_request(&mut self, deed: &Deed, now: Timestamp) -> String {
        let done = match deed {
            Deed::Redeem { member, points, key } => self.redeem(*member, *points, key, now),
            Deed::Buy { member, reward, quantity, key } => self.buy(*member, *reward, *quantity, key, now),
            Deed::Advance { redemption, to } => self.advance(*redemption, to, now).map(|()| "ok".into()),
            Deed::Adjust { member, points, by, .. } => self.adjust(*member, *points, *by, now),
            Deed::Decide { adjustment, approve, .. } => self.decide_adjustment(*adjustment, *approve, now),
            Deed::Close { member } => self.close(*member, now),
            Deed::ExpireVouchers => {
                self.redemptions.iter_mut().for_each(|redemption| redemption.state = redemption.state(now));
                Ok("ok".into())
            }
            _ => unreachable!("the world's own"),
        };
        done.unwrap_or_else(str::to_owned)
    }

    fn may_redeem(&mut self, member: usize) -> Result<(), &'static str> {
        let person = self.person(member);
        match (person.accounts.ledger.closed, person.suspended) {
            (true, _) => Err("member_closed"),
            (_, true) => Err("member_suspended"),
            _ => Ok(()),
        }
    }

    fn redeem(&mut self, member: usize, points: i64, key: &str, now: Timestamp) -> Result<String, &'static str> {
        self.may_redeem(member)?;
        let book = self.book_of(member);
        let accounts = &mut self.person(member).accounts;
        let (fen, cost) = book.at(accounts.ledger.instant(now)).cash(points);
        if fen == 0 {
            return Err("nothing_to_pay");
        }
        accounts.spend(&book, key, (points, cost), now)?;
        self.reserve(member, key, None, 1, now);
        Ok(format!("{} points pay {}, balance {}", decimal(cost), decimal(fen), self.balance_after(member, key)))
    }

    fn reserve(&mut self, member: usize, key: &str, reward: Option<usize>, quantity: u32, now: Timestamp) {
        let state = if reward == Some(2) { "ordered" } else { "reserved" };
        let key = key.to_owned();
        self.redemptions.push(Redemption { member, key, reward, quantity, state, made_at: now, expires_at: None });
    }

    fn balance_after(&mut self, member: usize, key: &str) -> String {
        decimal(self.person(member).accounts.ledger.redemption(key).balance)
    }

    fn buy(&mut self, member: usize, reward: usize, quantity: u32, key: &str, now: Timestamp) -> Result<String, &'static str> {
        self.may_redeem(member)?;
        let (book, offer) = (self.book_of(member), &OFFERS[reward]);
        let mut after = self.person(member).accounts.ledger.clone();
        after.catch_up(&book, after.instant(now));
        let today = book.calendar.day(now);
        let begins = offer.starts_in.map(|days| day_of_game(&book.calendar, days));
        let ends = offer.ends_in.map(|days| day_of_game(&book.calendar, days));
        if begins.is_some_and(|day| today < day) || ends.is_some_and(|day| today > day) {
            return Err("reward_not_available");
        }
        if quantity > 1 && offer.supply != "stock" {
            return Err("invalid");
        }
        if let Some(key) = self.least_tiers[reward] {
            let tiers = &book.at(now).tiers;
            let least = tiers.iter().position(|tier| tier.key == key).ok_or("reward_not_available")?;
            if usize::from(after.tier) < least + 1 {
                return Err("tier_too_low");
            }
        }
        if offer.supply != "generated" && self.left[reward] < i64::from(quantity) {
            return Err("out_of_stock");
        }
        if let Some((most, period)) = offer.limit {
            let month = book.calendar.month(now);
            let since = book.calendar.begin(first_of(if period == "month" { month } else { month - month.rem_euclid(12) }));
            let own = self.redemptions.iter().filter(|r| (r.member, r.reward) == (member, Some(reward)));
            let taken: u32 = own.filter(|r| r.made_at >= since && !r.is_given_back()).map(|r| r.quantity).sum();
            if taken + quantity > most {
                return Err("reward_limit_reached");
            }
        }
        let price = offer.price * i64::from(quantity);
        self.person(member).accounts.spend(&book, key, (price, price), now)?;
        self.left[reward] -= i64::from(quantity);
        self.reserve(member, key, Some(reward), quantity, now);
        Ok(format!("{} points, balance {}", decimal(price), self.balance_after(member, key)))
    }

    fn advance(&mut self, which: usize, to: &'static str, now: Timestamp) -> Result<(), &'static str> {
        let book = self.book_of(self.redemptions[which].member);
        let redemption = &mut self.redemptions[which];
        if !redemption.next(now).contains(&to) {
            return Err("no_such_transition");
        }
        redemption.state = to;
        let (member, key, reward) = (redemption.member, redemption.key.clone(), redemption.reward);
        if let Some(days) = reward.and_then(|reward| OFFERS[reward].valid_days).filter(|_| to == "issued") {
            redemption.expires_at = Some(book.calendar.end(plus_days(book.calendar.day(now), days as i32)));
        }
        if let Some(reward) = reward.filter(|_| to == "cancelled" || (to == "returned" && is_whole(which))) {
            self.left[reward] += i64::from(redemption.quantity);
        }
        if redemption.is_given_back() {
            self.person(member).accounts.give_back(&book, &key, now);
        }
        Ok(())
    }

    fn adjust(&mut self, member: usize, points: i64, made_by: usize, now: Timestamp) -> Result<String, &'static str> {
        let book = self.book_of(member);
        let account = &self.person(member).accounts.ledger;
        if account.closed {
            return Err("member_closed");
        }
        let mut after = account.clone();
        after.adjust(&book, points, (now, account.instant(now)))?;
        let since = now - SignedDuration::from_hours(24);
        let alone = self.proposals.iter().filter(|one| one.state == "posted" && one.made_at > since);
        let alike = alone.filter(|one| (one.points > 0) == (points > 0));
        let by_person: i64 = alike.clone().filter(|one| one.made_by == made_by).map(|one| one.points.abs()).sum();
        let to_member: i64 = alike.filter(|one| one.member == member).map(|one| one.points.abs()).sum();
        let state = if points.abs() > LIMIT - by_person.max(to_member) { "proposed" } else { "posted" };
        if state == "posted" {
            self.person(member).accounts.adjust(&book, points, now)?;
        }
        self.proposals.push(Proposal { member, points, state, made_by, made_at: now });
        Ok(state.into())
    }

    fn decide_adjustment(&mut self, which: usize, approve: bool, now: Timestamp) -> Result<String, &'static str> {
        let to = if approve { "approved" } else { "rejected" };
        let Proposal { member, points, state, .. } = self.proposals[which];
        let book = self.book_of(member);
        if state == to {
            // the same person says the same again
            return Ok(to.into());
        }
        if state != "proposed" {
            return Err("already_decided");
        }
        if approve {
            self.person(member).accounts.adjust(&book, points, now)?;
        }
        self.proposals[which].state = to;
        Ok(to.into())
    }

    fn close(&mut self, member: usize, now: Timestamp) -> Result<String, &'static str> {
        if self.person(member).accounts.ledger.closed {
            return Err("member_closed");
        }
        let mut own: Vec<usize> = (0..self.redemptions.len()).filter(|i| self.redemptions[*i].member == member).collect();
        if own.iter().any(|i| ["processing", "shipped"].contains(&self.redemptions[*i].state(now))) {
            return Err("waits_for_redemptions");
        }
        own.retain(|i| self.redemptions[*i].next(now).contains(&"cancelled"));
        own.sort_by_key(|i| (self.redemptions[*i].reward, self.redemptions[*i].made_at));
        for which in own {
            self.advance(which, "cancelled", now)?;
        }
        for proposal in self.proposals.iter_mut().filter(|p| p.member == member && p.state == "proposed") {
            proposal.state = "withdrawn";
        }
        let book = self.book_of(member);
        let accounts = &mut self.person(member).accounts;
        accounts.close(&book, now);
        let removed: i64 = accounts.ledger.lines.last().unwrap().moves.iter().map(|(_, points)| -points).sum();
        Ok(format!("removes {}", decimal(removed)))
    }
}
