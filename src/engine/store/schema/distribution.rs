//! Members on several machines: PostgreSQL with Citus. What is a member's lies in shards by the member's number, each shard of one table
//! beside those of all others; directories lie by their own keys; what belongs to the programme is everywhere; the rest stays on the
//! coordinator, which every server connects to. The statements are made of the list of tables.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, PgConnection};

use super::partitions::partitions;
use super::tables::{Belongs, TABLES};
use crate::store::database::LOCK;
use crate::store::{Db, Either, StoreError, Tx};

const IS_THERE: &str = "select exists (select from pg_proc where proname = 'create_distributed_table')";
const DISTRIBUTED: &str = "select c.relname::text from pg_dist_partition d join pg_class c on c.oid = d.logicalrelid
    where c.relnamespace = current_schema()::regnamespace";
/// Which table points to which, and how a pointer is taken away.
const POINTERS: &str =
    "select f.relname::text, t.relname::text, format('alter table %I drop constraint %I', f.relname, k.conname)
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = current_schema()::regnamespace";
const TRIGGERS: &str = "select c.relname::text, format('drop trigger %I on %I', t.tgname, c.relname) from pg_trigger t
    join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace";
/// What statements over members call is called where they lie.
const FUNCTIONS: &str = "select format('select create_distributed_function(%L)', p.oid::regprocedure) from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and p.prorettype <> 'trigger'::regtype
    and p.proname in ('member_groups', 'member_key')";
/// An identity column there has to be a bigint; any column may have a default.
const NUMBER_SOURCES: [&str; 4] = [
    "alter table sources alter column no drop identity if exists",
    "create sequence if not exists sources_number",
    "select setval('sources_number', greatest(max(no), 1), max(no) is not null) from sources",
    "alter table sources alter column no set default nextval('sources_number')",
];
/// Reference tables and others are made in one transaction.
const ONE_BY_ONE: &str = "set local citus.multi_shard_modify_mode to 'sequential'";

impl Db {
    /// Puts what belongs to members on the machines that the database's Citus knows of. All or nothing; no server runs meanwhile.
    ///
    /// # Errors
    /// `Unsuitable` where there is no Citus, and where there are partitions or other machines already.
    pub async fn distribute(&self) -> Result<(), StoreError> {
        self.check_distributable().await?;
        self.write((), |tx, ()| Box::pin(distribute(tx))).await?;
        if let Db::Postgres(db) = self {
            db.distribution.begins();
        }
        Ok(())
    }

    /// Before anything is made.
    ///
    /// # Errors
    /// `Unsuitable`.
    pub async fn check_distributable(&self) -> Result<(), StoreError> {
        let Db::Postgres(db) = self else {
            return Err(StoreError::Unsuitable("SQLite is one file on one machine; PostgreSQL with Citus has several"));
        };
        if db.is_distributed() {
            return Err(StoreError::Unsuitable("its tables lie on several machines already"));
        }
        let mut reader = self.reader().await?;
        let Either::Postgres(conn) = reader.either() else { return Ok(()) };
        if !sqlx::query_scalar::<_, bool>(IS_THERE).fetch_one(conn).await? {
            return Err(StoreError::Unsuitable(
                "it has no Citus: `create extension citus` on each machine, then tell this one of the others",
            ));
        }
        match partitions(&mut reader).await? {
            0 => Ok(()),
            _ => Err(StoreError::Unsuitable("its tables have partitions, and lie on one machine")),
        }
    }

    /// A migration that adds a table adds it plain: it goes where it belongs as the others did.
    pub(super) async fn keep_distributed(&self) -> Result<(), StoreError> {
        match self {
            Db::Postgres(db) if db.is_distributed() => self.write((), |tx, ()| Box::pin(distribute(tx))).await,
            _ => Ok(()),
        }
    }
}

async fn distribute(tx: &mut Tx) -> Result<(), StoreError> {
    let Either::Postgres(conn) = tx.either() else { return Ok(()) };
    sqlx::query(LOCK).execute(&mut *conn).await?;
    let done: Vec<String> = sqlx::query_scalar(DISTRIBUTED).fetch_all(&mut *conn).await?;
    let pointers: Vec<(String, String, String)> = sqlx::query_as(POINTERS).fetch_all(&mut *conn).await?;
    let triggers: Vec<(String, String)> = sqlx::query_as(TRIGGERS).fetch_all(&mut *conn).await?;
    let done: BTreeSet<&str> = done.iter().map(String::as_str).collect();
    let statements = statements(&done, &pointers, &triggers);
    if statements.is_empty() {
        return Ok(());
    }
    run(conn, ONE_BY_ONE.to_owned()).await?;
    if !done.contains("sources") {
        for sql in NUMBER_SOURCES {
            run(conn, sql.to_owned()).await?;
        }
        let functions: Vec<String> = sqlx::query_scalar(FUNCTIONS).fetch_all(&mut *conn).await?;
        for sql in functions {
            run(conn, sql).await?;
        }
    }
    for sql in statements {
        run(conn, sql).await?;
    }
    Ok(())
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), StoreError> {
    Ok(sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(drop)?)
}

fn belongs(table: &str) -> Belongs {
    TABLES.iter().find(|(name, _)| *name == table).map_or(Belongs::Desk, |(_, belongs)| *belongs)
}

/// Whether a row can point from one to the other: to what is everywhere, or from what stays to what stays.
fn may_point(from: Belongs, to: Belongs) -> bool {
    match to {
        Belongs::Programme => !matches!(from, Belongs::Key(_)),
        Belongs::Desk => from == Belongs::Desk,
        Belongs::Member(_) | Belongs::Key(_) => false,
    }
}

/// What it takes for the tables that are not where they belong yet: what stands in the way goes first, then tables, those that are pointed
/// to before those that point.
fn statements(done: &BTreeSet<&str>, pointers: &[(String, String, String)], triggers: &[(String, String)]) -> Vec<String> {
    let is_wanted = |table: &str| belongs(table) != Belongs::Desk && !done.contains(table);
    let mut statements = Vec::new();
    let mut points: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to, drop) in pointers {
        if may_point(belongs(from), belongs(to)) {
            points.entry(from).or_default().insert(to);
        } else if is_wanted(from) || is_wanted(to) {
            statements.push(drop.clone());
        }
    }
    statements.extend(triggers.iter().filter(|(table, _)| is_wanted(table)).map(|(_, drop)| drop.clone()));
    let mut left: Vec<(&str, Belongs)> = TABLES.into_iter().filter(|(table, _)| is_wanted(table)).collect();
    // everywhere, then members, then what lies beside them
    left.sort_by_key(|(table, belongs)| match belongs {
        Belongs::Programme => 0,
        Belongs::Member(_) if *table == "members" => 1,
        _ => 2,
    });
    while !left.is_empty() {
        let waits = |table: &str| {
            points.get(table).is_some_and(|to| left.iter().any(|(other, _)| *other != table && to.contains(other)))
        };
        // a circle of tables would be told by the database
        let next = left.iter().position(|(table, _)| !waits(table)).unwrap_or(0);
        let (table, belongs) = left.remove(next);
        statements.extend(statement(table, belongs));
    }
    statements
}

fn statement(table: &str, belongs: Belongs) -> Option<String> {
    match belongs {
        Belongs::Desk => None,
        Belongs::Programme => Some(format!("select create_reference_table('{table}')")),
        Belongs::Member(column) => {
            let beside = if table == "members" { "none" } else { "members" };
            Some(format!("select create_distributed_table('{table}', '{column}', colocate_with => '{beside}')"))
        }
        Belongs::Key(column) => {
            Some(format!("select create_distributed_table('{table}', '{column}', colocate_with => 'none')"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(statements: &[String], part: &str) -> usize {
        statements.iter().position(|sql| sql.contains(part)).unwrap_or_else(|| panic!("{part}: {statements:#?}"))
    }

    #[test]
    fn each_table_goes_where_it_belongs_and_what_is_pointed_to_first() {
        let pointer = |from: &str, to: &str| (from.to_owned(), to.to_owned(), format!("drop {from} to {to}"));
        let pointers = [
            pointer("programme", "pictures"),
            pointer("redemptions", "rewards"),
            pointer("lapsed_lots", "members"),
            pointer("sessions", "members"),
            pointer("sessions", "staff"),
            pointer("export_pieces", "exports"),
        ];
        let triggers = [("entries".to_owned(), "drop stay".to_owned()), ("audit".to_owned(), "drop never".to_owned())];
        let made = statements(&BTreeSet::new(), &pointers, &triggers);
        let tables = made.iter().filter(|sql| sql.starts_with("select create_")).count();
        assert_eq!(tables, TABLES.iter().filter(|(_, belongs)| *belongs != Belongs::Desk).count());
        assert!(at(&made, "('pictures')") < at(&made, "('programme')"));
        assert!(at(&made, "('rewards')") < at(&made, "('redemptions', 'member_no', colocate_with => 'members')"));
        assert!(at(&made, "('members', 'no', colocate_with => 'none')") < at(&made, "('lots', 'member_no'"));
        assert!(made.contains(&"select create_distributed_table('event_keys', 'key', colocate_with => 'none')".to_owned()));
        let dropped: Vec<&str> = made.iter().filter(|sql| sql.starts_with("drop")).map(String::as_str).collect();
        assert_eq!(dropped, ["drop lapsed_lots to members", "drop sessions to members", "drop stay"]);
        assert!(!made.iter().any(|sql| sql.contains("'audit'") || sql.contains("'exports'")));
    }

    #[test]
    fn a_table_that_came_later_follows_alone() {
        let done: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).filter(|table| *table != "kept_tiers").collect();
        assert_eq!(
            statements(&done, &[], &[]),
            ["select create_distributed_table('kept_tiers', 'member_no', colocate_with => 'members')"]
        );
        assert!(statements(&TABLES.iter().map(|(table, _)| *table).collect(), &[], &[]).is_empty());
    }
}
