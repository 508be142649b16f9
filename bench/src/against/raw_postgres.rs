//! The raw engine on PostgreSQL: COPY in binary by two connections, each with half of the members; 4,000 events a transaction; no
//! foreign keys on entries, room for new versions in the pages of members; `fsync` and `synchronous_commit` on.

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context, bail};
use bytes::{Bytes, BytesMut};
use futures::{SinkExt, StreamExt, TryStreamExt, future::try_join_all};
use tokio_postgres::{Client, Transaction};

use super::Written;
use super::raw::{BATCH, Columns};
use crate::database::Database;

const CONNECTIONS: usize = 2;
const SETTINGS: &str = "set synchronous_commit = on; set jit = off; set enable_seqscan = off; set enable_hashjoin = off;
    set enable_mergejoin = off; set plan_cache_mode = force_generic_plan";
const FIND: &str = "select no, available, pending, debt, earned, spent, tier, seq, head, last_instant, status from members
    where external_id = any($1) order by no for no key update";
const SAVE: &str =
    "update members m set available = m.available + c.points, earned = m.earned + c.points, spent = m.spent + c.spent,
    tier = c.tier, seq = c.seq, head = c.head, last_instant = c.instant
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::bigint[], $6::bytea[], $7::bigint[])
    as c(no, points, spent, tier, seq, head, instant) where m.no = c.no";
const FOREIGN_KEYS: &str = "do $$ declare name text; begin
    for name in select conname from pg_constraint where contype = 'f' and conrelid = 'entries'::regclass loop
        execute format('alter table entries drop constraint %I', name);
    end loop;
    end $$";
/// What begins and ends a COPY in binary.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8] = &[0xff, 0xff];

pub async fn prepare(database: &Database) -> anyhow::Result<()> {
    let client = database.postgres().await?;
    client.batch_execute(FOREIGN_KEYS).await?;
    client.batch_execute("alter table members set (fillfactor = 70)").await?;
    client.batch_execute("vacuum full members").await?;
    Ok(client.batch_execute("analyze").await?)
}

pub async fn write(laurel: &Database, raw: &Database, set: &str) -> anyhow::Result<Written> {
    let source = laurel.postgres().await?;
    let columns = columns(&source).await?;
    let rows = entries(&source, set).await?;
    let keys = keys(&source, set).await?;
    let externals = externals(&source, set).await?;
    let steps = tier_changes(&source, set).await?;
    let events = rows.len() as u64;
    let mut parts = vec![Vec::new(); CONNECTIONS];
    for row in rows {
        let no = Fields::of(&row)?.number(columns.member_no)?;
        parts[usize::try_from(no)? % CONNECTIONS].push(row);
    }
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = raw.postgres().await?;
        client.batch_execute(SETTINGS).await?;
        clients.push(client);
    }
    let began = Instant::now();
    try_join_all(
        clients.into_iter().zip(parts).map(|(client, rows)| write_part(client, rows, columns, &keys, &externals, &steps)),
    )
    .await?;
    Ok(Written { events, seconds: began.elapsed().as_secs_f64() })
}

async fn write_part(
    mut client: Client,
    rows: Vec<Bytes>,
    columns: Columns,
    keys: &HashMap<(i64, i64), Bytes>,
    externals: &HashMap<i64, String>,
    steps: &HashMap<(i64, i64), Vec<Bytes>>,
) -> anyhow::Result<()> {
    let (find, save) = (client.prepare(FIND).await?, client.prepare(SAVE).await?);
    for batch in rows.chunks(BATCH) {
        let mut changes: HashMap<i64, Change> = HashMap::with_capacity(batch.len());
        let (mut taken, mut stepped) = (Vec::with_capacity(batch.len()), Vec::new());
        for row in batch {
            let fields = Fields::of(row)?;
            let no = fields.number(columns.member_no)?;
            let place = (no, fields.number(columns.seq)?);
            taken.push(&keys[&place]);
            stepped.extend(steps.get(&place).into_iter().flatten());
            changes.entry(no).or_default().add(&fields, columns)?;
        }
        // a row of keys begins with what it is sorted by
        taken.sort_unstable();
        let names: Vec<&str> = changes.keys().map(|no| externals[no].as_str()).collect();
        let transaction = client.transaction().await?;
        transaction.query(&find, &[&names]).await?;
        copy_in(&transaction, "copy entries from stdin binary", batch.iter()).await?;
        copy_in(&transaction, "copy event_keys from stdin binary", taken.into_iter()).await?;
        copy_in(&transaction, "copy tier_changes from stdin binary", stepped.into_iter()).await?;
        let mut changes: Vec<(i64, Change)> = changes.into_iter().collect();
        changes.sort_unstable_by_key(|(no, _)| *no);
        let nos: Vec<i64> = changes.iter().map(|(no, _)| *no).collect();
        let column = |value: fn(&Change) -> i64| changes.iter().map(|(_, change)| value(change)).collect::<Vec<i64>>();
        let (points, spent, seq, instant) =
            (column(|c| c.points), column(|c| c.spent), column(|c| c.seq), column(|c| c.instant));
        let tiers: Vec<i16> = changes.iter().map(|(_, change)| change.tier).collect();
        let heads: Vec<&[u8]> = changes.iter().map(|(_, change)| change.head.as_slice()).collect();
        transaction.execute(&save, &[&nos, &points, &spent, &tiers, &seq, &heads, &instant]).await?;
        transaction.commit().await?;
    }
    Ok(())
}

async fn copy_in(transaction: &Transaction<'_>, copy: &str, rows: impl Iterator<Item = &Bytes>) -> anyhow::Result<()> {
    let mut data = BytesMut::from(HEADER);
    rows.for_each(|row| data.extend_from_slice(row));
    data.extend_from_slice(TRAILER);
    let mut copy = std::pin::pin!(transaction.copy_in::<_, Bytes>(copy).await?);
    copy.send(data.freeze()).await?;
    copy.as_mut().finish().await?;
    Ok(())
}

async fn columns(source: &Client) -> anyhow::Result<Columns> {
    let names =
        "select attname::text from pg_attribute where attrelid = 'entries'::regclass and attnum > 0 and not attisdropped
        order by attnum";
    let names: Vec<String> = source.query(names, &[]).await?.iter().map(|row| row.get(0)).collect();
    Columns::find(&names)
}

async fn externals(source: &Client, set: &str) -> anyhow::Result<HashMap<i64, String>> {
    let query = "select no, external_id from members where no in (select member_no from entries where event_id like $1 || '%')";
    Ok(source.query(query, &[&set]).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Rows as COPY tells them, in the order of posting.
async fn entries(source: &Client, set: &str) -> anyhow::Result<Vec<Bytes>> {
    copy_out(source, &format!("select * from entries where event_id like '{set}%' order by ctid")).await
}

/// Rows of events' keys, by the entries that they made: member's number and their own.
async fn keys(source: &Client, set: &str) -> anyhow::Result<HashMap<(i64, i64), Bytes>> {
    let select = format!(
        "select k.key, k.member_no, k.seq from entries e join event_keys k on k.member_no = e.member_no and k.seq = e.seq
        where e.event_id like '{set}%'"
    );
    let rows = copy_out(source, &select).await?.into_iter().map(|row| {
        let fields = Fields::of(&row)?;
        let place = (fields.number(1)?, fields.number(2)?);
        Ok((place, row))
    });
    rows.collect()
}

/// Rows of tiers' changes, by the entries that brought them: member's number and their own.
async fn tier_changes(source: &Client, set: &str) -> anyhow::Result<HashMap<(i64, i64), Vec<Bytes>>> {
    let select = format!(
        "select t.* from entries e join tier_changes t on t.member_no = e.member_no and t.seq = e.seq where e.event_id like '{set}%'"
    );
    let mut changes: HashMap<(i64, i64), Vec<Bytes>> = HashMap::new();
    for row in copy_out(source, &select).await? {
        let fields = Fields::of(&row)?;
        let place = (fields.number(0)?, fields.number(1)?);
        changes.entry(place).or_default().push(row);
    }
    Ok(changes)
}

async fn copy_out(source: &Client, select: &str) -> anyhow::Result<Vec<Bytes>> {
    let copy = format!("copy ({select}) to stdout binary");
    let pieces: Vec<Bytes> = source.copy_out(copy.as_str()).await?.boxed().try_collect().await?;
    let mut data = Bytes::from(pieces.concat()).split_off(HEADER.len());
    let mut rows = Vec::new();
    while !data.starts_with(TRAILER) {
        let length = Fields::of(&data)?.length;
        rows.push(data.split_to(length));
    }
    Ok(rows)
}

/// The fields of one row: how many, then each one's length and bytes.
struct Fields<'a> {
    fields: Vec<Option<&'a [u8]>>,
    length: usize,
}

impl<'a> Fields<'a> {
    fn of(row: &'a [u8]) -> anyhow::Result<Fields<'a>> {
        let cut = |from: usize, to: usize| row.get(from..to).context("a row ends early");
        let count = i16::from_be_bytes(cut(0, 2)?.try_into()?);
        let (mut fields, mut at) = (Vec::new(), 2);
        for _ in 0..count {
            let length = i32::from_be_bytes(cut(at, at + 4)?.try_into()?);
            at += 4;
            match usize::try_from(length) {
                Ok(length) => {
                    fields.push(Some(cut(at, at + length)?));
                    at += length;
                }
                Err(_) => fields.push(None),
            }
        }
        Ok(Fields { fields, length: at })
    }

    fn number(&self, at: usize) -> anyhow::Result<i64> {
        Ok(match self.fields[at] {
            None => 0,
            Some(bytes) => match bytes.len() {
                2 => i64::from(i16::from_be_bytes(bytes.try_into()?)),
                4 => i64::from(i32::from_be_bytes(bytes.try_into()?)),
                8 => i64::from_be_bytes(bytes.try_into()?),
                other => bail!("a number of {other} bytes"),
            },
        })
    }
}

#[derive(Default)]
struct Change {
    points: i64,
    spent: i64,
    tier: i16,
    seq: i64,
    head: Vec<u8>,
    instant: i64,
}

impl Change {
    fn add(&mut self, row: &Fields<'_>, columns: Columns) -> anyhow::Result<()> {
        self.points += row.number(columns.points)?;
        self.spent += row.number(columns.amount)?;
        self.tier = i16::try_from(row.number(columns.tier)?)?;
        self.seq = row.number(columns.seq)?;
        self.instant = row.number(columns.occurred_at)? + row.number(columns.delay)?;
        self.head = row.fields[columns.hash].unwrap_or_default().to_vec();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_copy_is_taken_apart() {
        let row = [&[0, 3][..], &[0, 0, 0, 2, 1, 0], &[0xff; 4], &[0, 0, 0, 1, b'x'], b"the next row"].concat();
        let fields = Fields::of(&row).unwrap();
        assert_eq!((fields.number(0).unwrap(), fields.number(1).unwrap()), (256, 0));
        assert_eq!((fields.fields[2], fields.length), (Some(b"x".as_slice()), 17));
        assert!(Fields::of(&row[..5]).is_err());
    }
}
