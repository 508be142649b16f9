//! A ledger of double entry in plain SQL: a transfer, its two postings, the balance of the member's account. On PostgreSQL an
//! event is one statement, on SQLite four prepared ones in this very process; the balance of the account that points are issued
//! from is summed when it is wanted, so that it is no bottleneck.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::bail;
use futures::future::try_join_all;
use rusqlite::{Connection, TransactionBehavior, params};

use super::Written;
use crate::database::{Database, Kind};
use crate::events::Events;
use crate::settings::Settings;

const TABLES: &str = "
    create table accounts (no bigint primary key, external_id text not null unique, balance bigint not null default 0);
    create table transfers (id text primary key, kind text not null, amount bigint not null, occurred_at text not null);
    create table postings (transfer text not null references transfers (id), account bigint not null references accounts (no),
        points bigint not null, primary key (transfer, account));
    create index postings_account on postings (account);
    insert into accounts (no, external_id) values (0, 'issued');";
const POST: &str = "with transfer as (insert into transfers values ($1, 'payment', $3, now()::text) on conflict do nothing returning id),
    account as (update accounts set balance = balance + $3 where external_id = $2 and exists (select from transfer) returning no)
    insert into postings select id, no, $3 from transfer, account union all select id, 0, -$3 from transfer";

pub struct Ledger {
    pub database: Database,
}

impl Ledger {
    pub async fn make(settings: &Settings, kind: Kind, members: u64) -> anyhow::Result<Ledger> {
        let database = Database::empty(settings, kind, "ledger").await?;
        let people = match kind {
            Kind::Sqlite => format!(
                "with recursive n(no) as (select 1 union all select no + 1 from n where no < {members})
                 insert into accounts (no, external_id) select no, 'demo-' || no from n"
            ),
            Kind::Postgres => {
                format!("insert into accounts (no, external_id) select no, 'demo-' || no from generate_series(1, {members}) no")
            }
        };
        match kind {
            Kind::Sqlite => open(&database.file())?.execute_batch(&format!("begin; {TABLES} {people}; commit"))?,
            Kind::Postgres => database.postgres().await?.batch_execute(&format!("{TABLES} {people}")).await?,
        }
        database.settle().await?;
        Ok(Ledger { database })
    }

    /// One event a transaction, as many at once as help: on SQLite one, on PostgreSQL 64.
    pub async fn singles(&self, events: &Events, time: Duration) -> anyhow::Result<Written> {
        match self.database.kind {
            Kind::Sqlite => write_sqlite(&self.database.file(), events, 1, time),
            Kind::Postgres => self.write_postgres(events, 64, 1, time).await,
        }
    }

    /// 1,000 events a transaction.
    pub async fn batches(&self, events: &Events, time: Duration) -> anyhow::Result<Written> {
        match self.database.kind {
            Kind::Sqlite => write_sqlite(&self.database.file(), events, 1_000, time),
            Kind::Postgres => self.write_postgres(events, 1, 1_000, time).await,
        }
    }

    async fn write_postgres(&self, events: &Events, connections: usize, size: u64, time: Duration) -> anyhow::Result<Written> {
        let mut clients = Vec::new();
        for _ in 0..connections {
            let client = self.database.postgres().await?;
            let post = client.prepare(POST).await?;
            clients.push((client, post));
        }
        let (next, done) = (Cell::new(0), Cell::new(0));
        let began = Instant::now();
        let workers = clients.into_iter().map(|(mut client, post)| {
            let (next, done) = (&next, &done);
            async move {
                while began.elapsed() < time {
                    let from = next.replace(next.get() + size);
                    let texts: Vec<(String, String, i64)> =
                        (from..from + size).map(|n| (events.id(n), events.member(n), Events::minor(n))).collect();
                    if let [(id, member, minor)] = texts.as_slice() {
                        client.execute(&post, &[id, member, minor]).await?;
                    } else {
                        let transaction = client.transaction().await?;
                        // sent one behind the other without waiting for each
                        try_join_all(texts.iter().map(|(id, member, minor)| {
                            let (transaction, post) = (&transaction, &post);
                            async move { transaction.execute(post, &[id, member, minor]).await }
                        }))
                        .await?;
                        transaction.commit().await?;
                    }
                    done.set(done.get() + size);
                }
                anyhow::Ok(())
            }
        });
        try_join_all(workers).await?;
        Ok(Written { events: done.get(), seconds: began.elapsed().as_secs_f64() })
    }

    /// Both sides of every transfer are there, and balances are the sums of their postings.
    pub async fn check(&self) -> anyhow::Result<()> {
        let (sum, lone) = (
            "select cast(coalesce(sum(points), 0) as bigint) from postings",
            "
            select count(*) from (select transfer from postings group by transfer having count(*) <> 2) as lone",
        );
        let balances = "select cast(coalesce(sum(balance), 0) as bigint) from accounts";
        let issued = "select cast(coalesce(-sum(points), 0) as bigint) from postings where account = 0";
        let (db, found) = (&self.database, |one: f64, other: f64| one == other);
        if !found(db.number(sum).await?, 0.0)
            || !found(db.number(lone).await?, 0.0)
            || !found(db.number(balances).await?, db.number(issued).await?)
        {
            bail!("the ledger in plain SQL does not add up");
        }
        Ok(())
    }
}

fn open(file: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(file)?;
    for pragma in ["journal_mode = wal", "synchronous = full", "foreign_keys = on", "cache_size = -65536"] {
        set(&connection, pragma)?;
    }
    Ok(connection)
}

fn set(connection: &Connection, pragma: &str) -> rusqlite::Result<()> {
    connection.prepare(&format!("pragma {pragma}"))?.query([])?.next().map(drop)
}

fn write_sqlite(file: &Path, events: &Events, size: u64, time: Duration) -> anyhow::Result<Written> {
    let mut connection = open(file)?;
    // a log that is short enough to be written over soon is faster than one that grows, unless a transaction fills it
    set(&connection, if size == 1 { "wal_autocheckpoint = 1000" } else { "wal_autocheckpoint = 16000" })?;
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < time {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let transfer = "insert into transfers values (?1, 'payment', ?2, '2026-11-22T10:00:00Z')";
            let mut transfer = transaction.prepare_cached(transfer)?;
            let account = "update accounts set balance = balance + ?2 where external_id = ?1 returning no";
            let mut account = transaction.prepare_cached(account)?;
            let mut posting = transaction.prepare_cached("insert into postings values (?1, ?2, ?3)")?;
            for n in done..done + size {
                let (id, minor) = (events.id(n), Events::minor(n));
                transfer.execute(params![id, minor])?;
                let no: i64 = account.query_row(params![events.member(n), minor], |row| row.get(0))?;
                posting.execute(params![id, no, minor])?;
                posting.execute(params![id, 0, -minor])?;
            }
        }
        transaction.commit()?;
        done += size;
    }
    Ok(Written { events: done, seconds: began.elapsed().as_secs_f64() })
}
