//! The raw engine on SQLite: prepared statements with bound values, 4,000 events a transaction, pages of 2 KiB, and checkpoints
//! at 128 MB by a connection of their own; `synchronous = full`, the page cache and the way to files as Laurel has them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Statement, TransactionBehavior, params, params_from_iter};

use super::Written;
use super::raw::{BATCH, Columns};

const CHECKPOINT_BYTES: u64 = 128 * 1024 * 1024;
const FIND: &str = "select no, available, pending, debt, earned, spent, tier, seq, head, last_instant, status from members where external_id = ?1";
const SAVE: &str =
    "update members set available = available + ?2, earned = earned + ?2, spent = spent + ?3, tier = ?4, seq = ?5,
    head = ?6, last_instant = ?7 where no = ?1";

pub fn prepare(file: &Path) -> anyhow::Result<()> {
    let connection = Connection::open(file)?;
    connection.query_row("pragma journal_mode = delete", [], |_| Ok(()))?;
    connection.execute_batch("pragma page_size = 2048; vacuum")?;
    connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
    Ok(())
}

pub fn write(laurel: &Path, raw: &Path, set: &str) -> anyhow::Result<Written> {
    let (names, rows) = entries(laurel, set)?;
    let columns = Columns::find(&names)?;
    let keys = keys(laurel)?;
    let externals = externals(laurel, &rows, columns)?;
    let steps = tier_changes(laurel, set)?;
    let mut connection = open(raw)?;
    let (full, checkpoints) = mpsc::channel::<()>();
    let checkpointer = open(raw)?;
    let worker = std::thread::spawn(move || -> rusqlite::Result<()> {
        while checkpoints.recv().is_ok() {
            checkpointer.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))?;
        }
        Ok(())
    });
    let log = raw.with_extension("db-wal");
    let insert = format!("insert into entries values ({})", vec!["?"; names.len()].join(", "));

    let began = Instant::now();
    for batch in rows.chunks(BATCH) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut find = transaction.prepare_cached(FIND)?;
            let mut insert = transaction.prepare_cached(&insert)?;
            let mut take = transaction.prepare_cached("insert into event_keys (key, member_no, seq) values (?1, ?2, ?3)")?;
            let mut step = transaction.prepare_cached("insert into tier_changes values (?, ?, ?, ?, ?, ?, ?)")?;
            let mut save = transaction.prepare_cached(SAVE)?;
            let mut changes: HashMap<i64, Change> = HashMap::with_capacity(BATCH);
            for row in batch {
                let no = integer(&row[columns.member_no]);
                look(&mut find, &externals[&no])?;
                insert.execute(params_from_iter(row))?;
                for change in steps.get(&(no, integer(&row[columns.seq]))).into_iter().flatten() {
                    step.execute(params_from_iter(change))?;
                }
                changes.entry(no).or_default().add(row, columns);
            }
            let places = batch.iter().map(|row| (integer(&row[columns.member_no]), integer(&row[columns.seq])));
            let mut taken: Vec<(&Vec<u8>, (i64, i64))> = places.map(|place| (&keys[&place], place)).collect();
            taken.sort_unstable();
            for (key, (no, seq)) in taken {
                take.execute(params![key, no, seq])?;
            }
            for (no, change) in changes {
                let Change { points, spent, tier, seq, head, instant } = change;
                save.execute(params![no, points, spent, tier, seq, head, instant])?;
            }
        }
        transaction.commit()?;
        if std::fs::metadata(&log).is_ok_and(|log| log.len() > CHECKPOINT_BYTES) {
            let _ = full.send(());
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    drop(full);
    worker.join().map_err(|_| anyhow::anyhow!("the checkpoints failed"))??;
    Ok(Written { events: rows.len() as u64, seconds })
}

fn open(file: &Path) -> anyhow::Result<Connection> {
    let connection = match laurel_sqlite::prepare() {
        Some(files) => Connection::open_with_flags_and_vfs(file, OpenFlags::default(), files)?,
        None => Connection::open(file)?,
    };
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "pragma synchronous = full; pragma foreign_keys = off; pragma cache_size = -65536; pragma temp_store = memory;
         pragma wal_autocheckpoint = 0",
    )?;
    Ok(connection)
}

/// Rows as they stand, in the order of posting.
fn entries(laurel: &Path, set: &str) -> anyhow::Result<(Vec<String>, Vec<Vec<Value>>)> {
    let connection = Connection::open(laurel)?;
    let mut select = connection.prepare("select * from entries where event_id like ?1 || '%' order by rowid")?;
    let names: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
    let width = names.len();
    let rows = select.query_map([set], |row| (0..width).map(|at| row.get(at)).collect())?.collect::<Result<_, _>>()?;
    Ok((names, rows))
}

type Row = Vec<Value>;

/// Changes of tiers, by the entries that brought them: member's number and their own.
fn tier_changes(laurel: &Path, set: &str) -> anyhow::Result<HashMap<(i64, i64), Vec<Row>>> {
    let connection = Connection::open(laurel)?;
    let mut select = connection.prepare(
        "select t.* from entries e join tier_changes t on t.member_no = e.member_no and t.seq = e.seq where e.event_id like ?1 || '%'",
    )?;
    let rows = select.query_map([set], |row| (0..7).map(|at| row.get(at)).collect::<Result<Row, _>>())?;
    let mut changes: HashMap<(i64, i64), Vec<Row>> = HashMap::new();
    for row in rows {
        let row = row?;
        changes.entry((integer(&row[0]), integer(&row[1]))).or_default().push(row);
    }
    Ok(changes)
}

/// Events' keys, by the entries that they made: member's number and their own.
fn keys(laurel: &Path) -> anyhow::Result<HashMap<(i64, i64), Vec<u8>>> {
    let connection = Connection::open(laurel)?;
    let mut select = connection.prepare("select member_no, seq, key from event_keys")?;
    let keys = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// What each member's events name them by.
fn externals(laurel: &Path, rows: &[Vec<Value>], columns: Columns) -> anyhow::Result<HashMap<i64, String>> {
    let connection = Connection::open(laurel)?;
    let mut select = connection.prepare("select external_id from members where no = ?1")?;
    let mut found = HashMap::new();
    for row in rows {
        let no = integer(&row[columns.member_no]);
        if let Entry::Vacant(place) = found.entry(no) {
            place.insert(select.query_row([no], |row| row.get(0))?);
        }
    }
    Ok(found)
}

/// Reads what a decision would need.
fn look(find: &mut Statement<'_>, external: &str) -> rusqlite::Result<i64> {
    find.query_row([external], |row| {
        let head: Vec<u8> = row.get(8)?;
        let sums: i64 = [1, 2, 3, 4, 5, 7].into_iter().map(|at| row.get::<_, i64>(at)).sum::<rusqlite::Result<i64>>()?;
        Ok(sums + head.len() as i64)
    })
}

#[derive(Default)]
struct Change {
    points: i64,
    spent: i64,
    tier: i64,
    seq: i64,
    head: Vec<u8>,
    instant: i64,
}

impl Change {
    fn add(&mut self, row: &[Value], columns: Columns) {
        self.points += integer(&row[columns.points]);
        self.spent += integer(&row[columns.amount]);
        self.tier = integer(&row[columns.tier]);
        self.seq = integer(&row[columns.seq]);
        self.instant = integer(&row[columns.occurred_at]) + integer(&row[columns.delay]);
        if let Value::Blob(hash) = &row[columns.hash] {
            self.head.clone_from(hash);
        }
    }
}

fn integer(value: &Value) -> i64 {
    if let Value::Integer(number) = value { *number } else { 0 }
}
