//! What is kept beside the entries, a range of members at a time, for `verify`.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::Hash;
use laurel_domain::ledger::state::Early;
use laurel_domain::numbers::points::Points;
use laurel_domain::numbers::sorted::Sorted;
use laurel_domain::numbers::time::Day;
use laurel_domain::rules::terms::CapKey;
use uuid::Uuid;

use crate::store::ledger::accounts;
use crate::store::ledger::adjustments;
use crate::store::ledger::late::{self, Late};
use crate::store::members::row::hash;
use crate::store::{StoreError, Tx, moment, on};

/// What is kept beside the entries of some members, for whoever holds it against them.
#[derive(Debug, Default)]
pub struct Kept {
    refunded: HashMap<(i64, i64), i64>,
    lapsed: HashMap<i64, Sorted<Day, Points>>,
    capped: HashMap<i64, Sorted<CapKey, Points>>,
    referrals: HashMap<i64, HashMap<i64, (MemberId, Option<Hash>)>>,
    reviews: HashMap<(i64, i64), ([u8; 16], String)>,
    adjustments: HashMap<i64, HashMap<i64, adjustments::Kept>>,
    early: HashMap<i64, Early>,
    late: HashMap<i64, Late>,
}

impl Kept {
    /// How much of a payment has been refunded, in minor units.
    pub fn refunded(&self, member: i64, payment: i64) -> i64 {
        self.refunded.get(&(member, payment)).copied().unwrap_or(0)
    }

    pub fn lapsed(&self, member: i64) -> Sorted<Day, Points> {
        self.lapsed.get(&member).cloned().unwrap_or_default()
    }

    pub fn capped(&self, member: i64) -> Sorted<CapKey, Points> {
        self.capped.get(&member).cloned().unwrap_or_default()
    }

    /// Whom a member has referred, by the entries that earned for it and still stand, with the hash of the payment that they go by.
    pub fn referrals(&self, member: i64) -> HashMap<i64, (MemberId, Option<Hash>)> {
        self.referrals.get(&member).cloned().unwrap_or_default()
    }

    /// Salt and subject of a review.
    pub fn review(&self, member: i64, seq: i64) -> Option<([u8; 16], String)> {
        self.reviews.get(&(member, seq)).cloned()
    }

    /// How far a member's ledger was made when some rules meant something else.
    pub fn early(&self, member: i64) -> Option<Early> {
        self.early.get(&member).copied()
    }

    /// A member's entries that were posted behind due work of a later time.
    pub fn late(&self, member: i64) -> Late {
        self.late.get(&member).cloned().unwrap_or_default()
    }

    /// What was adjusted, by the entries that it became.
    pub fn adjustments(&self, member: i64) -> HashMap<i64, adjustments::Kept> {
        self.adjustments.get(&member).cloned().unwrap_or_default()
    }
}

const REFUNDED: &str = "select member_no, payment, refunded from refunded_payments where member_no >= $1 and member_no <= $2";
const LAPSED: &str = "select member_no, day, points from lapsed_lots where member_no >= $1 and member_no <= $2 and points <> 0";
const CAPPED: &str =
    "select member_no, kind, through, points from capped where member_no >= $1 and member_no <= $2 and points <> 0";
const REFERRALS: &str = "select f.referrer_no, f.seq, m.id, p.hash from referrals f join members m on m.no = f.referee_no
left join entries p on p.member_no = f.referee_no and p.seq = f.payment
where f.referrer_no >= $1 and f.referrer_no <= $2 and f.taken_back is null";
const REVIEWS: &str = "select member_no, seq, salt, subject from reviews where member_no >= $1 and member_no <= $2";

const EARLY: &str = "select member_no, seq, last_instant from early_entries where member_no >= $1 and member_no <= $2";

/// Of the members with these numbers.
pub async fn kept(db: &mut Tx, first: i64, last: i64) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(REFUNDED).bind(first).bind(last).fetch_all(conn).await?);
    kept.refunded = rows.into_iter().map(|(member, payment, refunded)| ((member, payment), refunded)).collect();
    let rows: Vec<(i64, i32, i64)> = on!(db, conn => sqlx::query_as(LAPSED).bind(first).bind(last).fetch_all(conn).await?);
    for (member, day, points) in rows {
        let lots = kept.lapsed.entry(member).or_default();
        lots.insert(accounts::day(day)?, Points::from_hundredths(points));
    }
    let rows: Vec<(i64, i16, i32, i64)> = on!(db, conn => sqlx::query_as(CAPPED).bind(first).bind(last).fetch_all(conn).await?);
    for (member, kind, through, points) in rows {
        let caps = kept.capped.entry(member).or_default();
        caps.insert(accounts::cap_of_numbers(kind, through)?, Points::from_hundredths(points));
    }
    let rows: Vec<(i64, i64, Uuid, Option<Vec<u8>>)> =
        on!(db, conn => sqlx::query_as(REFERRALS).bind(first).bind(last).fetch_all(conn).await?);
    for (member, seq, referee, payment) in rows {
        let referral = (MemberId::new(referee), payment.map(hash).transpose()?);
        kept.referrals.entry(member).or_default().insert(seq, referral);
    }
    let rows: Vec<(i64, i64, Vec<u8>, String)> =
        on!(db, conn => sqlx::query_as(REVIEWS).bind(first).bind(last).fetch_all(conn).await?);
    for (member, seq, salt, subject) in rows {
        let salt = salt.try_into().map_err(|_| StoreError::Corrupt("a salt"))?;
        kept.reviews.insert((member, seq), (salt, subject));
    }
    kept.adjustments = adjustments::posted(db, first, last).await?;
    let rows: Vec<(i64, i64, i64)> = on!(db, conn => sqlx::query_as(EARLY).bind(first).bind(last).fetch_all(conn).await?);
    kept.late = late::within(db, first, last).await?;
    for (member, seq, instant) in rows {
        kept.early.insert(member, Early { seq, last: moment(instant)? });
    }
    Ok(kept)
}
