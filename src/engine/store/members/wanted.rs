//! The members that a batch comes to touch, locked and read by one look.

use std::collections::HashSet;

use crate::store::database::SqliteConn;
use crate::store::database::rows::{Rows, column};
use crate::store::members::keys;
use crate::store::members::member::{self, Member};
use crate::store::members::row::{MemberRow, columns, complete};
use crate::store::{Either, StoreError, Tx};

/// Whom a batch has to lock.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    pub external_ids: Vec<&'a str>,
    /// Of members with these external ids: who invited them, as long as no referral of theirs has been awarded.
    pub inviters_of: Vec<&'a str>,
    pub numbers: Vec<i64>,
    /// Of members with these numbers: who was awarded for them and may lose that, and who invited them and may earn it again.
    pub awarded_for: Vec<i64>,
}

impl Wanted<'_> {
    /// Each once.
    pub fn sort(&mut self) {
        for ids in [&mut self.external_ids, &mut self.inviters_of] {
            ids.sort_unstable();
            ids.dedup();
        }
        for numbers in [&mut self.numbers, &mut self.awarded_for] {
            numbers.sort_unstable();
            numbers.dedup();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.external_ids.is_empty() && self.inviters_of.is_empty() && self.numbers.is_empty()
    }
}

static KNOWN_AS_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.external_id = ?1"));
static NUMBERED_SQLITE: Rows = Rows(concat!("select ", columns!(), " from members m where m.no = ?1"));
static REFERRED_SQLITE: Rows = Rows("select referee_no from referrals where referee_no = ?1 and taken_back is null");
static AWARDED_FOR_SQLITE: Rows = Rows(
    "select referrer_no from referrals where referee_no = ?1
union select invited_by from members where no = ?1 and invited_by is not null",
);
/// Lateral makes it one look by number after the other, in their order, whatever PostgreSQL knows of the tables and however they are
/// divided. Few payers were invited by anybody: an index that has those alone says who.
const WANTED_POSTGRES: &str = concat!(
    "with known as materialized (select k.member_no, j.pays from unnest($1::uuid[], $2::boolean[]) as j(key, pays)
    cross join lateral (select own.member_no from member_keys own where own.key = j.key offset 0) k)
select ",
    columns!(),
    " from (select w.no from (
    select k.member_no as no from known k
    union select i.invited_by from known k
        cross join lateral (select own.invited_by from members own
            where own.no = k.member_no and own.invited_by is not null offset 0) i
        where k.pays and not exists (select from referrals f where f.referee_no = k.member_no and f.taken_back is null)
    union select unnest($3::bigint[])
    union select f.referrer_no from unnest($4::bigint[]) as j(no)
        cross join lateral (select own.referrer_no from referrals own where own.referee_no = j.no offset 0) f
    union select i.invited_by from unnest($4::bigint[]) as j(no)
        cross join lateral (select own.invited_by from members own where own.no = j.no and own.invited_by is not null offset 0) i
) w order by w.no) w
cross join lateral (select own.* from members own where own.no = w.no for no key update) m"
);

/// Loads and locks all of them by one statement, in the order of their numbers, as everybody locks several: two transactions with
/// the same members wait for one another and never each for the other.
///
/// Who is whose inviter changes with a merge only, and whether an award stands with a refund: a batch notices either, as an account
/// that it has not loaded, and starts anew. So both may be read before the lock.
pub async fn lock_wanted(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<Member>, StoreError> {
    if tx.is_distributed() {
        let numbers = look_up_distributed(tx, wanted).await?;
        return member::lock_numbers(tx, &numbers).await;
    }
    let rows = match tx.either() {
        Either::Sqlite(conn) => look_up(conn, wanted).await?,
        Either::Postgres(conn) => {
            // those whose inviters are wanted are wanted themselves
            let pays = |id: &&str| wanted.inviters_of.binary_search(id).is_ok();
            let mut known = column(&wanted.external_ids, |id| (keys::external(id), pays(id)));
            // neighbours are looked for together
            known.sort_unstable();
            let query =
                sqlx::query_as(WANTED_POSTGRES).bind(column(&known, |known| known.0)).bind(column(&known, |known| known.1));
            query.bind(&wanted.numbers).bind(&wanted.awarded_for).fetch_all(conn).await?
        }
    };
    complete(tx, rows).await
}

/// SQLite's transaction is the only one that writes: there is nothing to lock, and no order to keep.
async fn look_up(conn: &mut SqliteConn, wanted: &Wanted<'_>) -> Result<Vec<MemberRow>, StoreError> {
    let mut rows: Vec<MemberRow> = KNOWN_AS_SQLITE.fetch(conn, &wanted.external_ids).await?;
    // payers are wanted themselves wherever their inviters are
    let invited = |row: &MemberRow| {
        let id = row.external_id.as_deref()?;
        wanted.inviters_of.binary_search(&id).ok()?;
        Some((row.no, row.invited_by?))
    };
    let invited: Vec<(i64, i64)> = rows.iter().filter_map(invited).collect();
    let referees: Vec<i64> = invited.iter().map(|(no, _)| *no).collect();
    let referred: Vec<i64> = REFERRED_SQLITE.fetch(conn, &referees).await?;
    let referred: HashSet<i64> = referred.into_iter().collect();
    let inviters = invited.into_iter().filter(|(no, _)| !referred.contains(no)).map(|(_, inviter)| inviter);
    let awarded: Vec<i64> = AWARDED_FOR_SQLITE.fetch(conn, &wanted.awarded_for).await?;
    let others = awarded.into_iter().chain(inviters);
    let found: HashSet<i64> = rows.iter().map(|row| row.no).collect();
    let mut others: Vec<i64> = wanted.numbers.iter().copied().chain(others).filter(|no| !found.contains(no)).collect();
    others.sort_unstable();
    others.dedup();
    rows.extend(NUMBERED_SQLITE.fetch::<_, MemberRow>(conn, &others).await?);
    Ok(rows)
}

const KEPT: &str = "select member_no from member_keys where key = any($1)";
const INVITERS: &str = "select m.invited_by from members m where m.no = any($1) and m.invited_by is not null
    and not exists (select from referrals f where f.referee_no = m.no and f.taken_back is null)";
const AWARDED: &str = "select referrer_no from referrals where referee_no = any($1)
union select invited_by from members where no = any($1) and invited_by is not null";

/// The directory lies elsewhere than members do, and an inviter elsewhere than whom they invited: nothing is joined across.
async fn look_up_distributed(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<i64>, StoreError> {
    let keys = |ids: &[&str]| ids.iter().map(|id| keys::external(id)).collect::<Vec<_>>();
    let (known, invited) = (keys(&wanted.external_ids), keys(&wanted.inviters_of));
    let Either::Postgres(conn) = tx.either() else { return Ok(Vec::new()) };
    let mut numbers: Vec<i64> = sqlx::query_scalar(KEPT).bind(known).fetch_all(&mut *conn).await?;
    if !invited.is_empty() {
        let invited: Vec<i64> = sqlx::query_scalar(KEPT).bind(invited).fetch_all(&mut *conn).await?;
        numbers.extend(sqlx::query_scalar::<_, i64>(INVITERS).bind(invited).fetch_all(&mut *conn).await?);
    }
    if !wanted.awarded_for.is_empty() {
        numbers.extend(sqlx::query_scalar::<_, i64>(AWARDED).bind(&wanted.awarded_for).fetch_all(&mut *conn).await?);
    }
    numbers.extend(&wanted.numbers);
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn members_of_a_batch_are_looked_up() {
        for rows in [&KNOWN_AS_SQLITE, &NUMBERED_SQLITE, &REFERRED_SQLITE, &AWARDED_FOR_SQLITE] {
            check_scans_nothing(rows.0, &[]).await;
        }
    }
}
