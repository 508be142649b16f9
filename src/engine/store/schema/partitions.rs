//! Partitions of PostgreSQL for what belongs to members: as many tables in the place of one, each with the members whose numbers hash to it.
//! Each has its own indexes, is vacuumed by itself, and may lie on a disk of its own.

use sqlx::{AssertSqlSafe, PgConnection};

use super::tables::{Belongs, TABLES};
use crate::store::database::LOCK;
use crate::store::{Db, Either, StoreError, Tx};

/// More would cost more than they bring.
pub const MOST: u16 = 1_024;

const HOW_MANY: &str = "select count(*) from pg_inherits where inhparent = to_regclass('entries')";
const IS_PLAIN: &str = "select relkind = 'r' from pg_class where oid = to_regclass($1)";
/// What a table has beside its columns, as statements that make it again: keys first, as others refer to them.
const PARTS: &str = "select statement from (
    select 1 as turn, format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as statement
    from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u')
    union all
    select 2, pg_get_indexdef(indexrelid) from pg_index where indrelid = $1::regclass
        and not exists (select from pg_constraint where conindid = indexrelid)
    union all
    select 3, format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint where conrelid = $1::regclass and contype = 'f' and confrelid <> 'members'::regclass
    union all
    select 4, pg_get_triggerdef(oid) from pg_trigger where tgrelid = $1::regclass and not tgisinternal
) parts order by turn, statement";
/// Keys that point to members. Each would be as many constraints as its table and members have partitions, multiplied; `verify` looks
/// for rows of members who are not there.
const POINTERS: &str = "select format('alter table %s drop constraint %I', conrelid::regclass, conname) from pg_constraint
    where contype = 'f' and confrelid = 'members'::regclass and conparentid = 0";
/// Numbers go on where they were.
const GO_ON: &str =
    "select setval(pg_get_serial_sequence('members', 'no'), greatest(max(no), 1), max(no) is not null) from members";
const OPTIONS: &str = "select array_to_string(reloptions, ', ') from pg_class where oid = $1::regclass";

impl Db {
    /// Divides what belongs to members into so many partitions, by the hashes of members' numbers. What is there is moved; nobody uses these
    /// tables meanwhile.
    ///
    /// # Errors
    /// `Unsuitable` on SQLite, which has none, with a number that is not from 2 to `MOST`, and where there are partitions already.
    pub async fn partition(&self, number: u16) -> Result<(), StoreError> {
        if !self.is_postgres() {
            return Err(StoreError::Unsuitable("SQLite has no partitions; PostgreSQL has"));
        }
        if !(2..=MOST).contains(&number) {
            return Err(StoreError::Unsuitable("there can be 2 to 1,024 partitions"));
        }
        self.write(number, |tx, number| {
            Box::pin(async move {
                match partitions(tx).await? {
                    0 => divide(tx, *number).await,
                    _ => Err(StoreError::Unsuitable("its tables have partitions already")),
                }
            })
        })
        .await
    }

    /// A migration that adds a table adds it plain: it is divided as the others are.
    pub(super) async fn keep_partitioned(&self) -> Result<(), StoreError> {
        let number = {
            let mut reader = self.reader().await?;
            let number = partitions(&mut reader).await?;
            if number == 0 || plain(&mut reader).await?.is_empty() {
                return Ok(());
            }
            number
        };
        self.write(number, |tx, number| Box::pin(divide(tx, *number))).await
    }
}

/// How many partitions the entries have: 0 if they are one table.
pub(super) async fn partitions(db: &mut Tx) -> Result<u16, StoreError> {
    let Either::Postgres(conn) = db.either() else { return Ok(0) };
    let number: i64 = sqlx::query_scalar(HOW_MANY).fetch_one(conn).await?;
    u16::try_from(number).map_err(|_| StoreError::Corrupt("a number of partitions"))
}

/// Members' tables that are not divided, each with its column.
async fn plain(db: &mut Tx) -> Result<Vec<(&'static str, &'static str)>, StoreError> {
    let Either::Postgres(conn) = db.either() else { return Ok(Vec::new()) };
    let mut plain = Vec::new();
    for (table, belongs) in TABLES {
        let Belongs::Member(column) = belongs else { continue };
        let is_plain: Option<bool> = sqlx::query_scalar(IS_PLAIN).bind(table).fetch_optional(&mut *conn).await?;
        if is_plain == Some(true) {
            plain.push((table, column));
        }
    }
    Ok(plain)
}

async fn divide(tx: &mut Tx, number: u16) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(LOCK).execute(conn).await?;
    }
    let plain = plain(tx).await?;
    let Either::Postgres(conn) = tx.either() else { return Ok(()) };
    let has_members = plain.iter().any(|(table, _)| *table == "members");
    if has_members {
        let pointers: Vec<String> = sqlx::query_scalar(POINTERS).fetch_all(&mut *conn).await?;
        for pointer in pointers {
            sqlx::raw_sql(AssertSqlSafe(pointer)).execute(&mut *conn).await?;
        }
    }
    for (table, column) in plain {
        divide_table(conn, table, column, number).await?;
    }
    if has_members {
        sqlx::query(GO_ON).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Makes a table of partitions in the place of a plain one: its rows, keys, indexes, triggers and settings are what they were.
async fn divide_table(conn: &mut PgConnection, table: &str, column: &str, number: u16) -> Result<(), StoreError> {
    let parts: Vec<String> = sqlx::query_scalar(PARTS).bind(table).fetch_all(&mut *conn).await?;
    let options: Option<String> = sqlx::query_scalar(OPTIONS).bind(table).fetch_one(&mut *conn).await?;
    let options = options.map(|options| format!(" with ({options})")).unwrap_or_default();
    let mut statements = vec![
        format!("alter table {table} rename to {table}_plain"),
        format!(
            "create table {table} (like {table}_plain including defaults including constraints including generated
    including identity including storage including comments) partition by hash ({column})"
        ),
    ];
    statements.extend((0..number).map(|rest| {
        format!(
            "create table {table}_{rest} partition of {table} for values with (modulus {number}, remainder {rest}){options}"
        )
    }));
    statements.push(format!("insert into {table} select * from {table}_plain"));
    statements.push(format!("drop table {table}_plain"));
    statements.extend(parts);
    for statement in statements {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
    }
    Ok(())
}
