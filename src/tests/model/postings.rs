//! What can be done to a member's points. Each first posts what is due by then, and refuses before it changes anything else.

use jiff::Timestamp;
use jiff::civil::Date;

use super::account::{Account, Earning, Line, Paid, Place};
use super::sheet::{Book, PAYMENT, REFERRAL, Sheet};
use super::tiers::Fact;

type Refused = &'static str;

impl Account {
    pub(super) fn activate(&mut self, book: &Book, line: usize, instant: Timestamp) {
        let earning = self.earnings.iter().find(|earning| earning.line == line).unwrap();
        let (until, version, points) = (earning.held_until.unwrap(), earning.version, self.in_place(Place::Pending(line)));
        let mut moves = vec![(Place::Pending(line), -points)];
        moves.extend(self.entering(points, earning.last_day));
        self.facts.push(Fact { line, at: until, month: book.calendar.month(until), points, fen: 0 });
        self.add(book, vec![self.draft("activate", moves, until, version)], instant, Some(line));
    }

    /// Adds the lines of something that was done, and what is due at once because it came late.
    fn post(&mut self, book: &Book, drafts: Vec<Line>, instant: Timestamp, promoter: Option<usize>) {
        self.add(book, drafts, instant, promoter);
        self.catch_up(book, instant);
    }

    /// What earlier earnings left of the caps for that day and that month.
    fn room(&self, book: &Book, sheet: &Sheet, kind: usize, at: Timestamp) -> Option<i64> {
        let (calendar, kinds) = (&book.calendar, self.earnings.iter().filter(|earning| earning.kind == kind));
        let of_day = kinds.clone().filter(|e| calendar.day(e.occurred_at) == calendar.day(at)).map(|e| e.points).sum::<i64>();
        let of_month = kinds.filter(|e| calendar.month(e.occurred_at) == calendar.month(at)).map(|e| e.points).sum::<i64>();
        let (day, month) = sheet.caps[kind];
        let rooms = [day.map(|most| most - of_day), month.map(|most| most - of_month)];
        rooms.into_iter().flatten().min().map(|room| room.max(0))
    }

    /// What a payment earns, by the tier just before it.
    pub fn pay(&mut self, book: &Book, id: &str, (fen, scene, tier): (i64, usize, u16), when: (Timestamp, Timestamp)) -> usize {
        self.catch_up(book, when.1);
        let sheet = book.at(when.0);
        let paid = Paid { fen, scene, tier, room: self.room(book, sheet, PAYMENT, when.0), refunded: 0 };
        self.earn(book, PAYMENT, id, sheet.payment(fen, scene, tier), paid, when)
    }

    /// A referral or a review.
    pub fn be_awarded(&mut self, book: &Book, kind: usize, id: &str, when: (Timestamp, Timestamp)) -> usize {
        self.catch_up(book, when.1);
        let sheet = book.at(when.0);
        let worth = if kind == REFERRAL { sheet.referral() } else { sheet.review() };
        let paid = Paid { room: self.room(book, sheet, kind, when.0), ..Paid::default() };
        self.earn(book, kind, id, worth, paid, when)
    }

    /// What another account has earned last, at another time.
    pub fn earn_as(&mut self, book: &Book, other: &Account, instant: Timestamp) {
        let earned = other.earnings.last().unwrap().clone();
        let paid = Paid { room: Some(earned.points), ..earned.payment };
        self.earn(book, earned.kind, &earned.id, earned.points, paid, (earned.occurred_at, instant));
        self.earnings.last_mut().unwrap().payment = earned.payment;
    }

    /// When it occurred and its instant; the number of the line that it makes.
    fn earn(&mut self, book: &Book, kind: usize, id: &str, worth: i64, payment: Paid, when: (Timestamp, Timestamp)) -> usize {
        let (at, instant) = when;
        let (version, sheet) = (book.number(at), book.at(at));
        let points = payment.room.map_or(worth, |room| room.min(worth));
        let (line, last_day) = (self.number + 1, sheet.last_day(&book.calendar, at));
        let held_until = (sheet.holding[kind] > 0).then(|| book.calendar.days_later(at, sheet.holding[kind]));
        let is_held = held_until.is_some() && points > 0;
        let moves = if is_held { vec![(Place::Pending(line), points)] } else { self.entering(points, last_day) };
        let posted_at = at.min(instant);
        let gain = if is_held { 0 } else { points };
        self.facts.push(Fact { line, at: posted_at, month: book.calendar.month(at), points: gain, fen: payment.fen });
        let id = id.to_owned();
        self.earnings.push(Earning {
            line,
            kind,
            id,
            occurred_at: at,
            posted_at,
            points,
            version,
            last_day,
            held_until,
            payment,
        });
        self.post(book, vec![self.draft("earn", moves, at, version)], instant, Some(line));
        line
    }

    /// Takes back what a part of a payment earned.
    pub fn refund(
        &mut self,
        book: &Book,
        payment: &str,
        fen: i64,
        at: Timestamp,
        instant: Timestamp,
    ) -> Result<usize, Refused> {
        let found = self.earnings.iter().position(|earning| earning.kind == PAYMENT && earning.id == payment);
        let found = found.ok_or("unknown_payment")?;
        let earning = self.earnings[found].clone();
        let paid = earning.payment;
        let kept = paid.fen - paid.refunded;
        if fen > kept {
            return Err("refund_beyond_payment");
        }
        self.catch_up(book, instant);
        self.earnings[found].payment.refunded += fen;
        let sheet = book.sheet(earning.version);
        let earned = |fen| paid.room.unwrap_or(i64::MAX).min(sheet.payment(fen, paid.scene, paid.tier));
        let points = earned(kept) - earned(kept - fen);
        Ok(self.take_from(book, &earning, (points, fen), (at, instant)))
    }

    /// What is left of a payment, and the rules that it was made by.
    pub fn left_of<'b>(&self, book: &'b Book, payment: &str) -> (i64, &'b Sheet) {
        let mut payments = self.earnings.iter().filter(|earning| earning.kind == PAYMENT);
        let earning = payments.find(|earning| earning.id == payment).unwrap();
        (earning.payment.fen - earning.payment.refunded, book.sheet(earning.version))
    }

    /// Takes back all that the line of an award earned.
    pub fn take_back(&mut self, book: &Book, line: usize, (at, instant): (Timestamp, Timestamp)) {
        self.catch_up(book, instant);
        let earning = self.earnings.iter().find(|earning| earning.line == line).unwrap().clone();
        self.take_from(book, &earning, (earning.points, 0), (at, instant));
    }

    /// Takes back so many points of what was earned, by a refund of so much; the number of the line that does.
    fn take_from(&mut self, book: &Book, earning: &Earning, (points, fen): (i64, i64), when: (Timestamp, Timestamp)) -> usize {
        // out of what is pending of it, which never counted; the rest out of lots
        let held = points.min(self.in_place(Place::Pending(earning.line)));
        let drafts = self.clawing_back(earning, (held, points - held), book.sheet(earning.version).forgive, when);
        let line = self.lines.len() + drafts.len();
        if !self.closed {
            self.uncount(book, earning, points - held, fen);
        }
        let promoter = (!self.closed).then_some(earning.line);
        self.post(book, drafts, when.1, promoter);
        line
    }

    /// The lines of a refund: so much out of what is pending, `rest` out of its own lot (what lapsed there comes back first), then
    /// out of the others as they lapse; what is short is owed or forgiven.
    fn clawing_back(
        &self,
        earning: &Earning,
        (held, rest): (i64, i64),
        forgives: bool,
        when: (Timestamp, Timestamp),
    ) -> Vec<Line> {
        let ((at, instant), lot) = (when, Place::Lot(earning.last_day));
        let (mut after, mut drafts) = (self.clone(), Vec::new());
        let lapsed = self.lapsed_of(earning.last_day).min((rest - self.in_place(lot)).max(0));
        if let Some(day) = earning.last_day.filter(|_| lapsed > 0) {
            let draft = self.draft("restore", self.entering(lapsed, earning.last_day), at, earning.version);
            let draft = Line { lapsed: Some((day, -lapsed)), ..draft };
            after.push(draft.clone(), instant);
            drafts.push(draft);
        }
        // what of this repaid another debt on its way is owed again, also by rules that forgive
        let repaid = self.debt() - after.debt();
        let own = rest.min(after.in_place(lot));
        let mut moves = vec![(Place::Pending(earning.line), -held), (lot, -own)];
        after.push(self.draft("clawback", vec![(lot, -own)], at, earning.version), instant);
        let others = after.drawing(rest - own);
        let short = rest - own + others.iter().map(|(_, points)| points).sum::<i64>();
        moves.extend(others);
        let owed = if forgives { short.min(repaid) } else { short };
        if !self.closed {
            moves.push((Place::Debt, -owed));
        }
        drafts.push(self.draft("clawback", moves, at, earning.version));
        drafts
    }

    /// What a refund takes from the tier, each where the payment counted.
    fn uncount(&mut self, book: &Book, earning: &Earning, points: i64, fen: i64) {
        let month = |at| book.calendar.month(at);
        let (line, paid_at, occurred_at) = (earning.line, earning.posted_at, earning.occurred_at);
        // held points counted when they were activated
        let (at, occurred) = earning.held_until.map_or((paid_at, occurred_at), |until| (until, until));
        self.facts.push(Fact { line, at, month: month(occurred), points: -points, fen: 0 });
        if fen > 0 {
            self.facts.push(Fact { line, at: paid_at, month: month(occurred_at), points: 0, fen: -fen });
        }
    }

    /// What lapsed out of the lot of a day and has not come back.
    fn lapsed_of(&self, day: Option<Date>) -> i64 {
        let lapsed = self.lines.iter().filter_map(|line| line.lapsed).filter(|(of, _)| Some(*of) == day);
        lapsed.map(|(_, points)| points).sum()
    }

    /// `wanted` is what has to be there, `cost` what is taken.
    pub fn spend(
        &mut self,
        book: &Book,
        id: &str,
        (wanted, cost): (i64, i64),
        when: (Timestamp, Timestamp),
    ) -> Result<(), Refused> {
        let (now, instant) = when;
        self.catch_up(book, instant);
        if wanted > self.available() {
            return Err("not_enough_points");
        }
        self.redeemed.insert(id.to_owned(), self.lines.len());
        let draft = self.draft("redeem", self.drawing(cost), now, book.number(instant));
        self.post(book, vec![draft], instant, None);
        Ok(())
    }

    /// Debt first, out of what the earliest lots gave, and the rest to the very lots.
    pub fn give_back(&mut self, book: &Book, taken: Vec<(Place, i64)>, (now, instant): (Timestamp, Timestamp)) {
        self.catch_up(book, instant);
        let total: i64 = taken.iter().map(|(_, points)| -points).sum();
        let mut owed = total.min(self.debt());
        let mut moves = vec![(Place::Debt, owed)];
        for (place, points) in taken {
            let repaid = owed.min(-points);
            owed -= repaid;
            moves.push((place, -points - repaid));
        }
        let mut drafts = vec![self.draft("restore", moves, now, book.number(instant))];
        if self.closed {
            let mut after = self.clone();
            after.push(drafts[0].clone(), instant);
            drafts.push(after.clearing(book, now, instant));
        }
        self.post(book, drafts, instant, None);
    }

    pub fn adjust(&mut self, book: &Book, points: i64, (now, instant): (Timestamp, Timestamp)) -> Result<(), Refused> {
        self.catch_up(book, instant);
        if -points > self.available() {
            return Err("not_enough_points");
        }
        let last_day = book.at(instant).last_day(&book.calendar, instant);
        let moves = if points > 0 { self.entering(points, last_day) } else { self.drawing(-points) };
        self.post(book, vec![self.draft("adjust", moves, now, book.number(instant))], instant, None);
        Ok(())
    }

    pub fn close(&mut self, book: &Book, (now, instant): (Timestamp, Timestamp)) {
        self.catch_up(book, instant);
        let draft = self.clearing(book, now, instant);
        self.closed = true;
        self.post(book, vec![draft], instant, None);
    }

    fn clearing(&self, book: &Book, now: Timestamp, instant: Timestamp) -> Line {
        let mut moves = self.drawing(self.available());
        moves.extend(self.held().into_iter().map(|(line, _, points)| (Place::Pending(line), -points)));
        moves.push((Place::Debt, self.debt()));
        self.draft("adjust", moves, now, book.number(instant))
    }
}
