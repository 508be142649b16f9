//! Members by their ids: their numbers, and the payment system's own ids.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, on};

const OF_IDS: [&str; 2] = [
    "select no, id, external_id, erased_at is not null from members where id in (select unhex(value) from json_each($1))",
    "with k as materialized (select own.member_no from member_keys own
    where own.key in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value))
select m.no, m.id, m.external_id, m.erased_at is not null from k
cross join lateral (select own.no, own.id, own.external_id, own.erased_at from members own where own.no = k.member_no offset 0) m",
];

/// How a member is named.
#[derive(Clone, Debug)]
pub struct Named {
    pub no: i64,
    pub id: MemberId,
    pub external_id: Option<String>,
    pub is_erased: bool,
}

/// Those of these ids who are there, in no order.
pub async fn of(db: &mut Tx, ids: &[MemberId]) -> Result<Vec<Named>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(OF_IDS[0], OF_IDS[1]), json(&ids)?);
    let rows: Vec<(i64, Uuid, Option<String>, bool)> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    let named = |(no, id, external_id, is_erased)| Named { no, id: MemberId::new(id), external_id, is_erased };
    Ok(rows.into_iter().map(named).collect())
}

const PHONES: [&str; 2] = [
    "select no, phone from members where phone is not null and no in (select value from json_each($1))",
    "select no, phone from members where phone is not null
and no in (select value::bigint from jsonb_array_elements_text($1::jsonb) as value)",
];

/// The phone numbers of those of these members who have one.
pub async fn phones(db: &mut Tx, numbers: &[i64]) -> Result<HashMap<i64, String>, StoreError> {
    let (sql, numbers) = (db.pick(PHONES[0], PHONES[1]), json(numbers)?);
    let rows: Vec<(i64, String)> = on!(db, conn => sqlx::query_as(sql).bind(numbers).fetch_all(conn).await?);
    Ok(rows.into_iter().collect())
}

const LARGEST: &str = "select no, seq from members order by earned + pending desc, no limit $1";

/// Those who have earned the most points, and how many entries each has. It reads every member.
pub async fn largest(db: &mut Tx, most: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(LARGEST).bind(most).fetch_all(conn).await?))
}

// numbers and sums of numbers alone, so that a million members cost no million rows
const SUMS: [&str; 2] = [
    "select j.key, count(m.no), coalesce(sum(m.seq), 0) from jsonb_each($1) j
left join members m on m.no >= j.value->>0 and m.no <= j.value->>1 group by j.key",
    "select j.part - 1, own.members, own.entries from jsonb_array_elements($1::jsonb) with ordinality as j(value, part)
cross join lateral (select count(*) as members, cast(coalesce(sum(m.seq), 0) as bigint) as entries from members m
    where m.no >= (j.value->>0)::bigint and m.no <= (j.value->>1)::bigint) own",
];

/// How many members have numbers from one to another, and how many entries they have together: by the places of these parts.
pub async fn sums_between(db: &mut Tx, parts: &[(i64, i64)]) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let (sql, parts) = (db.pick(SUMS[0], SUMS[1]), json(parts)?);
    Ok(on!(db, conn => sqlx::query_as(sql).bind(parts).fetch_all(conn).await?))
}

const SIZES: &str = "select no, seq from members where no >= $1 and no <= $2 order by no";

/// How many entries each of the members with these numbers has.
pub async fn entries_between(db: &mut Tx, first: i64, last: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(SIZES).bind(first).bind(last).fetch_all(conn).await?))
}
