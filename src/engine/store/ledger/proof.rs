//! Reading all entries and what is kept beside them, member by member, for `verify`, statements and checkpoints.

use std::collections::{BTreeMap, HashMap};

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Entry, Hash};
use laurel_domain::ledger::statement::record::SaltedText;
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::database::rows::{Columns, Found, Rows};
use crate::store::ledger::entries::{EntryRow, columns};
use crate::store::members::member::Member;
use crate::store::members::row::{self, MemberRow, complete, hash};
use crate::store::{Either, StoreError, Tx, json, on};

const MEMBERS: &str = concat!("select ", row::columns!(), " from members m where m.no >= $1 and m.no <= $2 order by m.no");

/// The members with these numbers, in order.
pub async fn members_between(db: &mut Tx, first: i64, last: i64) -> Result<Vec<Member>, StoreError> {
    let rows: Vec<MemberRow> = on!(db, conn => sqlx::query_as(MEMBERS).bind(first).bind(last).fetch_all(conn).await?);
    complete(db, rows).await
}

const NUMBERED: [&str; 2] = [
    concat!("select ", row::columns!(), " from jsonb_each($1) j cross join members m on m.no = j.value order by m.no"),
    concat!(
        "select ",
        row::columns!(),
        " from members m where m.no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value) order by m.no"
    ),
];

/// Those among these numbers who are there, in order.
pub async fn members_numbered(db: &mut Tx, numbers: &[i64]) -> Result<Vec<Member>, StoreError> {
    let (sql, numbers) = (db.pick(NUMBERED[0], NUMBERED[1]), json(numbers)?);
    let rows: Vec<MemberRow> = on!(db, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    complete(db, rows).await
}

const LAST: &str = "select coalesce(max(no), 0) from members";

/// The number that was given last.
pub async fn last_number(db: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(LAST).fetch_one(conn).await?))
}

const SIZES: &str = "select no, seq from members where no > $1 order by no limit $2";

/// The first and the last number of the next members, as many as have so many entries together; one who has more is alone.
pub async fn part_after(db: &mut Tx, after: i64, members: i64, entries: i64) -> Result<Option<(i64, i64)>, StoreError> {
    let sizes: Vec<(i64, i64)> = on!(db, conn => sqlx::query_as(SIZES).bind(after).bind(members).fetch_all(conn).await?);
    let Some((first, _)) = sizes.first().copied() else { return Ok(None) };
    let mut sum = 0_i64;
    let fits = |(_, seq): &&(i64, i64)| {
        sum = sum.saturating_add(*seq);
        sum <= entries
    };
    let last = sizes.iter().take_while(fits).last().map_or(first, |(no, _)| *no);
    Ok(Some((first, last)))
}

#[derive(FromRow)]
pub(super) struct OwnedEntry {
    member_no: i64,
    #[sqlx(flatten)]
    entry: EntryRow,
}

impl Found for OwnedEntry {
    fn read(columns: &mut Columns<'_>) -> Result<OwnedEntry, StoreError> {
        Ok(OwnedEntry { member_no: columns.next()?, entry: Found::read(columns)? })
    }
}

macro_rules! between {
    ($first:literal, $last:literal) => {
        concat!(
            "select e.member_no, ",
            columns!(),
            " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no >= ",
            $first,
            " and e.member_no <= ",
            $last,
            " order by e.member_no, e.seq"
        )
    };
}

static ENTRIES_SQLITE: Rows = Rows(between!("?1", "?2"));
const ENTRIES_POSTGRES: &str = between!("$1", "$2");

/// Entries by their members, each member's in order.
pub type ByMember = HashMap<i64, Vec<Entry>>;

/// An entry that cannot be read: whose and which it is, and why.
pub type Unreadable = (i64, i64, &'static str);

/// All entries of the members with these numbers, and those that cannot be read.
pub async fn entries(
    db: &mut Tx,
    currency: Currency,
    first: i64,
    last: i64,
) -> Result<(ByMember, Vec<Unreadable>), StoreError> {
    let rows: Vec<OwnedEntry> = match db.either() {
        Either::Sqlite(conn) => ENTRIES_SQLITE.fetch(conn, &[(first, last)]).await?,
        Either::Postgres(conn) => sqlx::query_as(ENTRIES_POSTGRES).bind(first).bind(last).fetch_all(conn).await?,
    };
    Ok(read_all(rows, currency))
}

const FROM: &str = concat!(
    "select e.member_no, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no = $1 and e.seq > $2 order by e.seq limit $3"
);

/// The next entries of a member after this one, and those that cannot be read.
pub async fn entries_from(
    db: &mut Tx,
    currency: Currency,
    member_no: i64,
    after: i64,
    most: i64,
) -> Result<(Vec<Entry>, Vec<Unreadable>), StoreError> {
    let rows: Vec<OwnedEntry> =
        on!(db, conn => sqlx::query_as(FROM).bind(member_no).bind(after).bind(most).fetch_all(conn).await?);
    let (mut entries, unreadable) = read_all(rows, currency);
    Ok((entries.remove(&member_no).unwrap_or_default(), unreadable))
}

fn read_all(rows: Vec<OwnedEntry>, currency: Currency) -> (ByMember, Vec<Unreadable>) {
    let (mut entries, mut unreadable) = (ByMember::new(), Vec::new());
    for OwnedEntry { member_no, entry } in rows {
        let (seq, has_source) = (entry.seq, entry.has_source());
        match entry.read(currency) {
            Ok(entry) => entries.entry(member_no).or_default().push(entry),
            Err(_) if !has_source => unreadable.push((member_no, seq, "is of a source that is not there")),
            Err(_) => unreadable.push((member_no, seq, "cannot be read")),
        }
    }
    (entries, unreadable)
}

static OF_SQLITE: Rows = Rows(concat!(
    "select e.member_no, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no = ?1 order by e.seq"
));
const OF_POSTGRES: &str = concat!(
    "select e.member_no, ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no = any ($1) order by e.member_no, e.seq"
);

/// All entries of these members, each member's in order.
pub async fn entries_of(db: &mut Tx, currency: Currency, members: &[i64]) -> Result<ByMember, StoreError> {
    let rows: Vec<OwnedEntry> = match db.either() {
        Either::Sqlite(conn) => OF_SQLITE.fetch(conn, members).await?,
        Either::Postgres(conn) => sqlx::query_as(OF_POSTGRES).bind(members).fetch_all(conn).await?,
    };
    by_member(rows, currency)
}

pub(super) fn by_member(rows: Vec<OwnedEntry>, currency: Currency) -> Result<ByMember, StoreError> {
    let mut entries = ByMember::new();
    for row in rows {
        entries.entry(row.member_no).or_default().push(row.entry.read(currency)?);
    }
    Ok(entries)
}

const ENTRIES_AFTER: &str = concat!(
    "select ",
    columns!(),
    " from entries e join members m on m.no = e.member_no left join sources s on s.no = e.source_no
where e.member_no = $1 and e.seq > $2 order by e.seq limit $3"
);

/// The next entries of a member, oldest first.
pub async fn entries_after(
    db: &mut Tx,
    currency: Currency,
    member_no: i64,
    after_seq: i64,
    most: i64,
) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<EntryRow> = on!(db, conn => sqlx::query_as(ENTRIES_AFTER).bind(member_no).bind(after_seq).bind(most)
        .fetch_all(conn).await?);
    rows.into_iter().map(|row| row.read(currency)).collect()
}

const TEXTS: &str = "select seq, salt, subject from reviews where member_no = $1
union all select seq, salt, reason from adjustments where member_no = $1 and seq is not null and reason is not null";

/// The texts that a member's entries hold as digests only, by the number of the entry.
pub async fn texts(db: &mut Tx, member_no: i64) -> Result<BTreeMap<i64, SaltedText>, StoreError> {
    let rows: Vec<(i64, Vec<u8>, String)> = on!(db, conn => sqlx::query_as(TEXTS).bind(member_no).fetch_all(conn).await?);
    let text = |(seq, salt, text): (i64, Vec<u8>, String)| {
        Ok((seq, SaltedText { salt: salt.try_into().map_err(|_| StoreError::Corrupt("a salt"))?, text }))
    };
    rows.into_iter().map(text).collect()
}

/// Where a member's chain ends: how many entries it has, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub member: MemberId,
    pub seq: i64,
    pub hash: Hash,
    pub balance: Points,
    pub external_id: Option<String>,
}

type HeadRow = (Uuid, i64, Vec<u8>, i64, Option<String>);

const HEADS: &str =
    "select id, seq, head, available + pending - debt, external_id from members where id > $1 order by id limit $2";

/// The next members by id. Ids are UUIDs of version 7, so all of them are above nil.
pub async fn heads_after(db: &mut Tx, after: MemberId, most: i64) -> Result<Vec<Head>, StoreError> {
    let rows: Vec<HeadRow> = on!(db, conn => sqlx::query_as(HEADS).bind(after.uuid()).bind(most).fetch_all(conn).await?);
    let head = |(id, seq, head, balance, external_id): HeadRow| {
        Ok(Head { member: MemberId::new(id), seq, hash: hash(head)?, balance: Points::from_hundredths(balance), external_id })
    };
    rows.into_iter().map(head).collect()
}

/// What a member's chain has at a certain place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the entry there, if there is one.
    pub hash: Option<Hash>,
    /// The payment system's id for the member, now.
    pub external_id: Option<String>,
    pub is_erased: bool,
}

type LinkRow = (Uuid, i64, Option<Vec<u8>>, Option<String>, Option<i64>);

const LINKS_SQLITE: &str = "select m.id, m.seq, e.hash, m.external_id, m.erased_at from jsonb_each($1) j
cross join members m on m.id = unhex(j.value->>0)
left join entries e on e.member_no = m.no and e.seq = j.value->>1";
const LINKS_POSTGRES: &str =
    "with k as materialized (select own.member_no, (j.value->>1)::bigint as seq from jsonb_array_elements($1::jsonb) as j(value)
    join member_keys own on own.key = (j.value->>0)::uuid)
select m.id, m.seq, e.hash, m.external_id, m.erased_at from k
cross join lateral (select own.* from members own where own.no = k.member_no offset 0) m
left join entries e on e.member_no = m.no and e.seq = k.seq";

/// What the chains of these members have at these places; members who are not there are left out.
pub async fn links(db: &mut Tx, places: &[(MemberId, i64)]) -> Result<HashMap<MemberId, Link>, StoreError> {
    let places: Vec<(String, i64)> = places.iter().map(|(id, seq)| (id.uuid().simple().to_string(), *seq)).collect();
    let (sql, places) = (db.pick(LINKS_SQLITE, LINKS_POSTGRES), json(&places)?);
    let rows: Vec<LinkRow> = on!(db, conn => sqlx::query_as(sql).bind(places).fetch_all(conn).await?);
    let link = |(id, entries, bytes, external_id, erased_at): LinkRow| {
        let hash = bytes.map(hash).transpose()?;
        Ok((MemberId::new(id), Link { entries, hash, external_id, is_erased: erased_at.is_some() }))
    };
    rows.into_iter().map(link).collect()
}

const IDENTITY_SALT: &str = "select salt from identity_salt where id = 1";

/// What the digests of external ids in checkpoints are salted with.
pub async fn identity_salt(db: &mut Tx) -> Result<[u8; 16], StoreError> {
    let salt: Vec<u8> = on!(db, conn => sqlx::query_scalar(IDENTITY_SALT).fetch_one(conn).await?);
    salt.try_into().map_err(|_| StoreError::Corrupt("a salt"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn entries_of_members_are_looked_up() {
        for rows in [&ENTRIES_SQLITE, &OF_SQLITE] {
            check_scans_nothing(rows.0, &[]).await;
        }
    }
}
