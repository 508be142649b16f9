//! Adjustments by the staff: what was posted, what waits for a second person, what came to nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::{AdjustmentId, MemberId, StaffId};
use laurel_domain::ledger::adjustment::{AdjustmentState, Alone};
use laurel_domain::ledger::statement::record::SaltedText;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::approval::{Approval, ApprovalRow};
use crate::store::keyset::Window;
use crate::store::members::keys;
use crate::store::{COUNTED, Either, StoreError, Tx, json, micros, on};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    pub id: AdjustmentId,
    pub member_no: i64,
    pub member: MemberId,
    pub external_id: Option<String>,
    pub member_name: Option<String>,
    /// Signed.
    pub points: Points,
    /// Why, until it is erased.
    pub reason: Option<SaltedText>,
    /// What the limit allows is posted at once, and decided by nobody.
    pub approval: Approval,
    /// Of the entry that it became.
    pub seq: Option<i64>,
    /// The entry that it takes back, if that is what it is for.
    pub reverses: Option<i64>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    member_no: i64,
    member_id: Uuid,
    external_id: Option<String>,
    name: Option<String>,
    points: i64,
    reason: Option<String>,
    salt: Option<Vec<u8>>,
    #[sqlx(flatten)]
    approval: ApprovalRow,
    seq: Option<i64>,
    reverses: Option<i64>,
}

impl TryFrom<Row> for Adjustment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Adjustment, StoreError> {
        Ok(Adjustment {
            id: AdjustmentId::new(row.id),
            member_no: row.member_no,
            member: MemberId::new(row.member_id),
            external_id: row.external_id,
            member_name: row.name,
            points: Points::from_hundredths(row.points),
            reason: salted(row.salt, row.reason)?,
            approval: row.approval.try_into()?,
            seq: row.seq,
            reverses: row.reverses,
        })
    }
}

fn salted(salt: Option<Vec<u8>>, text: Option<String>) -> Result<Option<SaltedText>, StoreError> {
    let both = salt.zip(text).map(|(salt, text)| {
        let salt = salt.try_into().map_err(|_| StoreError::Corrupt("a salt"))?;
        Ok(SaltedText { salt, text })
    });
    both.transpose()
}

macro_rules! select {
    () => {
        concat!(select!(columns), "from adjustments a join members m on m.no = a.member_no ")
    };
    // by the directory, and then one look by number for each, however the tables are divided
    (found, $own:literal) => {
        concat!(
            "with k as materialized (select own.key, own.member_no from member_keys own where own.key = $1) ",
            select!(columns),
            "from k
cross join lateral (select own.* from adjustments own where own.member_no = k.member_no and ",
            $own,
            " offset 0) a
cross join lateral (select own.id, own.external_id, own.name from members own where own.no = k.member_no offset 0) m"
        )
    };
    (columns) => {
        "select a.id, a.member_no, m.id as member_id, m.external_id, m.name, a.points, a.reason, a.salt, a.state, a.made_by,
    a.made_at, a.decided_at, a.decided_by, a.objection, a.seq, a.reverses
"
    };
}

const BY_ID_SQLITE: &str = concat!(select!(), "where a.id = $1");
const BY_ID_POSTGRES: &str = select!(found, "own.id = k.key");
const BY_KEY_SQLITE: &str = concat!(select!(), "where a.made_by = $1 and a.idempotency_key = $2");
const BY_KEY_POSTGRES: &str = select!(found, "own.made_by = $2 and own.idempotency_key = $3");

pub async fn find(db: &mut Tx, id: AdjustmentId) -> Result<Option<Adjustment>, StoreError> {
    let sql = db.pick(BY_ID_SQLITE, BY_ID_POSTGRES);
    let row: Option<Row> = on!(db, conn => sqlx::query_as(sql).bind(id.uuid()).fetch_optional(conn).await?);
    row.map(Adjustment::try_from).transpose()
}

/// What somebody of the staff made under this idempotency key.
pub async fn find_by_key(db: &mut Tx, by: StaffId, key: &str) -> Result<Option<Adjustment>, StoreError> {
    let text = db.text(BY_KEY_POSTGRES);
    let row: Option<Row> = match db.either() {
        Either::Sqlite(conn) => sqlx::query_as(BY_KEY_SQLITE).bind(by.uuid()).bind(key).fetch_optional(conn).await?,
        Either::Postgres(conn) => {
            let found = sqlx::query_as(text).bind(keys::adjustment(by, key));
            found.bind(by.uuid()).bind(key).fetch_optional(conn).await?
        }
    };
    row.map(Adjustment::try_from).transpose()
}

const WAITING: &str = concat!(select!(), "where a.state = 0 order by a.made_at, a.id limit $1");
const WAITING_FOR: &str = concat!(select!(), "where a.state = 0 and a.member_no = $2 order by a.made_at, a.id limit $1");
// what the limit allowed at once is among the entries only
macro_rules! decided {
    ($compare:literal, $order:literal) => {
        concat!(
            select!(),
            "where a.state <> 0 and (a.state <> 1 or a.decided_by is not null) and (a.decided_at, a.id) ",
            $compare,
            " ($1, $2) and ($3 < 0 or a.state = $3) order by ",
            $order,
            " limit $4"
        )
    };
}

const DECIDED: [&str; 2] = [decided!("<", "a.decided_at desc, a.id desc"), decided!(">", "a.decided_at, a.id")];
const COUNT_DECIDED: &str = "select count(*) from (select 1 from adjustments
    where state <> 0 and (state <> 1 or decided_by is not null) and ($1 < 0 or state = $1) limit $2) decided";

/// When a proposal was decided, and which it is: their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecidedAt {
    pub at: i64,
    pub id: Uuid,
}

impl DecidedAt {
    pub fn of(adjustment: &Adjustment) -> DecidedAt {
        DecidedAt { at: adjustment.approval.decided_at.map_or(0, micros), id: adjustment.id.uuid() }
    }
}

impl std::fmt::Display for DecidedAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.at, self.id)
    }
}

impl std::str::FromStr for DecidedAt {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<DecidedAt, StoreError> {
        let both = text.split_once('_').and_then(|(at, id)| Some(DecidedAt { at: at.parse().ok()?, id: id.parse().ok()? }));
        both.ok_or(StoreError::Corrupt("a place in a list"))
    }
}

/// What waits for a second person, of everybody or of one member; what has waited longest comes first.
pub async fn waiting(db: &mut Tx, member_no: Option<i64>, most: i64) -> Result<Vec<Adjustment>, StoreError> {
    let rows: Vec<Row> = on!(db, conn => match member_no {
        Some(no) => sqlx::query_as(WAITING_FOR).bind(most).bind(no).fetch_all(conn).await?,
        None => sqlx::query_as(WAITING).bind(most).fetch_all(conn).await?,
    });
    rows.into_iter().map(Adjustment::try_from).collect()
}

/// What was decided of what had been proposed, as the page reads it: one more than it shows, if there is. `state`: only these.
pub async fn decided(
    db: &mut Tx,
    state: Option<AdjustmentState>,
    page: &Window<DecidedAt>,
) -> Result<Vec<Adjustment>, StoreError> {
    let (way, end) = if page.is_up() { (1, (i64::MIN, Uuid::nil())) } else { (0, (i64::MAX, Uuid::max())) };
    let (at, id) = page.from.map_or(end, |from| (from.key.at, from.key.id));
    let rows: Vec<Row> = on!(db, conn => sqlx::query_as(DECIDED[way])
        .bind(at).bind(id).bind(number_of(state)).bind(page.limit()).fetch_all(conn).await?);
    rows.into_iter().map(Adjustment::try_from).collect()
}

/// Up to `COUNTED`.
pub async fn number_decided(db: &mut Tx, state: Option<AdjustmentState>) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT_DECIDED).bind(number_of(state)).bind(COUNTED).fetch_one(conn).await?))
}

fn number_of(state: Option<AdjustmentState>) -> i32 {
    state.map_or(-1, |state| state as i32)
}

const COUNT: &str = "select count(*) from (select 1 from adjustments where state = 0 limit $1) waiting";

/// Up to `COUNTED`.
pub async fn number_waiting(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(COUNT).bind(COUNTED).fetch_one(conn).await?))
}

macro_rules! alone {
    () => {
        "select cast(coalesce(sum(case when points > 0 then points end), 0) as bigint),
    cast(coalesce(sum(case when points < 0 then -points end), 0) as bigint)
from adjustments where state = 1 and decided_by is null and "
    };
}

const ALONE_BY: &str = concat!(alone!(), "made_by = $1 and made_at > $2");
// what an account that was merged had counts for whoever goes on with it
const ALONE_TO: &str =
    concat!(alone!(), "(member_no = $1 or member_no in (select no from members where merged_into = $1)) and made_at > $2");

fn alone((given, taken): (i64, i64)) -> Alone {
    Alone { given: Points::from_hundredths(given), taken: Points::from_hundredths(taken) }
}

/// What somebody of the staff has posted since then that nobody else approved, to all members together. Who goes by it holds
/// the staff member.
pub async fn alone_by(db: &mut Tx, by: StaffId, since: Timestamp) -> Result<Alone, StoreError> {
    Ok(alone(on!(db, conn => sqlx::query_as(ALONE_BY).bind(by.uuid()).bind(micros(since)).fetch_one(conn).await?)))
}

/// What has been posted to a member since then that nobody else approved, by all staff together. Who goes by it holds the member.
pub async fn alone_to(db: &mut Tx, member_no: i64, since: Timestamp) -> Result<Alone, StoreError> {
    Ok(alone(on!(db, conn => sqlx::query_as(ALONE_TO).bind(member_no).bind(micros(since)).fetch_one(conn).await?)))
}

const INSERT: &str = "insert into adjustments (id, member_no, points, reason, salt, state, made_by, made_at, decided_at, seq,
    idempotency_key, reverses)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// A key that its maker has used is a unique violation.
pub async fn insert(tx: &mut Tx, new: &Adjustment, key: &str) -> Result<(), StoreError> {
    let approval = &new.approval;
    on!(tx, conn => sqlx::query(INSERT)
        .bind(new.id.uuid()).bind(new.member_no).bind(new.points.hundredths())
        .bind(new.reason.as_ref().map(|reason| reason.text.as_str()))
        .bind(new.reason.as_ref().map(|reason| reason.salt.as_slice()))
        .bind(approval.state as i16).bind(approval.made_by.uuid()).bind(micros(approval.made_at))
        .bind(approval.decided_at.map(micros)).bind(new.seq).bind(key).bind(new.reverses)
        .execute(conn).await.map(drop)?);
    keys::add(tx, &[new.id.uuid(), keys::adjustment(approval.made_by, key)], new.member_no).await
}

const DECIDE: &str = "update adjustments set state = $2, decided_at = $3, decided_by = $4, objection = $5, seq = $6
where member_no = $7 and id = $1 and state = 0";

/// Writes what became of a proposal. The caller holds its member and has looked.
pub async fn decide(tx: &mut Tx, adjustment: &Adjustment) -> Result<(), StoreError> {
    let decided = &adjustment.approval;
    on!(tx, conn => sqlx::query(DECIDE)
        .bind(adjustment.id.uuid()).bind(decided.state as i16).bind(decided.decided_at.map(micros))
        .bind(decided.decided_by.map(StaffId::uuid)).bind(&decided.objection).bind(adjustment.seq)
        .bind(adjustment.member_no)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const WITHDRAW_ALL: &str = "update adjustments set state = 3, decided_at = $2 where member_no = $1 and state = 0";

/// Withdraws what waits of a member in nobody's name: the caller holds them.
pub async fn withdraw_all(tx: &mut Tx, member_no: i64, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(WITHDRAW_ALL).bind(member_no).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const REASONS_SQLITE: &str = "select a.seq, a.reason from adjustments a
where a.member_no = $1 and a.reason is not null and a.seq in (select value from jsonb_each($2))";
const REASONS_POSTGRES: &str = "select a.seq, a.reason from adjustments a
where a.member_no = $1 and a.reason is not null
    and a.seq in (select value::bigint from jsonb_array_elements_text($2::jsonb) as value)";

/// Why these entries of a member were posted, by their sequence numbers.
pub async fn reasons(db: &mut Tx, member_no: i64, seqs: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let (sql, seqs) = (db.pick(REASONS_SQLITE, REASONS_POSTGRES), json(seqs)?);
    let rows: Vec<(i64, String)> = on!(db, conn => sqlx::query_as(sql).bind(member_no).bind(seqs).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

/// What is kept of an adjustment beside its entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub points: Points,
    pub made_by: StaffId,
    pub reason: Option<SaltedText>,
}

type KeptRow = (i64, i64, i64, Uuid, Option<Vec<u8>>, Option<String>);

const POSTED: &str = "select member_no, seq, points, made_by, salt, reason from adjustments
where state = 1 and member_no >= $1 and member_no <= $2";

/// What was posted to the members with these numbers, by member and entry.
pub async fn posted(db: &mut Tx, first: i64, last: i64) -> Result<HashMap<i64, HashMap<i64, Kept>>, StoreError> {
    let rows: Vec<KeptRow> = on!(db, conn => sqlx::query_as(POSTED).bind(first).bind(last).fetch_all(conn).await?);
    let mut posted: HashMap<i64, HashMap<i64, Kept>> = HashMap::new();
    for (member, seq, points, made_by, salt, text) in rows {
        let (points, made_by) = (Points::from_hundredths(points), StaffId::new(made_by));
        posted.entry(member).or_default().insert(seq, Kept { points, made_by, reason: salted(salt, text)? });
    }
    Ok(posted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn proposals_are_listed_in_the_order_of_an_index() {
        for sql in [WAITING_FOR, BY_ID_SQLITE, BY_KEY_SQLITE, DECIDE, ALONE_BY, ALONE_TO, REASONS_SQLITE] {
            check_scans_nothing(sql, &[]).await;
        }
        for sql in [WAITING, DECIDED[0], DECIDED[1], COUNT, COUNT_DECIDED] {
            check_scans_nothing(sql, &["adjustments_waiting", "adjustments_decided", "waiting", "decided"]).await;
        }
    }
}
