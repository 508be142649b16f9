//! What a role of PostgreSQL may do that servers work as, so that nothing that is in the ledger can be changed by it: what is only ever
//! added to can be added to and read. Tables and their triggers belong to another role, which brings them up to date.

use sqlx::AssertSqlSafe;

use super::tables::TABLES;
use crate::store::database::LOCK;
use crate::store::{Db, Either, StoreError};

/// Whose rows are never changed or taken away.
const ONLY_ADDED_TO: [&str; 3] = ["audit", "entries", "event_keys"];
const ALL: &str = "select, insert, update, delete";

const IS_THERE: &str = "select exists (select from pg_roles where rolname = $1)";
/// Superusers, and members of the tables' owner, are refused nothing.
const CAN_DO_ANYTHING: &str =
    "select rolsuper or pg_has_role(rolname, (select relowner from pg_class where oid = to_regclass('entries')), 'member')
    from pg_roles where rolname = $1";
const ON_SCHEMA: &str = "select format('grant usage on schema %I to %I', current_schema(), $1::text)";
const ON_SEQUENCES: &str =
    "select format('grant usage, select on all sequences in schema %I to %I', current_schema(), $1::text)";
const ON_MIGRATIONS: &str = "select format('grant select on _sqlx_migrations to %I', $1::text)";
const NOTHING_ON: &str = "select format('revoke all on %I from %I', $2::text, $1::text)";
const ON_TABLE: &str = "select format('grant ' || $3::text || ' on %I to %I', $2::text, $1::text)";

impl Db {
    /// Lets a role do what servers and commands do, on the tables as they are now, and no more: it can neither change entries, the audit
    /// log and events' keys nor the tables themselves.
    ///
    /// # Errors
    /// `Unsuitable` on SQLite, for a role that is not there, and for one that may do anything already: a superuser or the tables' owner.
    pub async fn grant_to(&self, role: &str) -> Result<(), StoreError> {
        if !self.is_postgres() {
            return Err(StoreError::Unsuitable("SQLite has no roles; PostgreSQL has"));
        }
        self.write(role.to_owned(), |tx, role| {
            Box::pin(async move {
                let Either::Postgres(conn) = tx.either() else { return Ok(()) };
                sqlx::query(LOCK).execute(&mut *conn).await?;
                if !sqlx::query_scalar::<_, bool>(IS_THERE).bind(&*role).fetch_one(&mut *conn).await? {
                    return Err(StoreError::Unsuitable("there is no such role; make it with `create role … login`"));
                }
                if sqlx::query_scalar(CAN_DO_ANYTHING).bind(&*role).fetch_one(&mut *conn).await? {
                    return Err(StoreError::Unsuitable("this role is a superuser or owns the tables, and is refused nothing"));
                }
                let mut statements: Vec<String> = Vec::with_capacity(TABLES.len() * 2 + 3);
                for sql in [ON_SCHEMA, ON_SEQUENCES, ON_MIGRATIONS] {
                    statements.push(sqlx::query_scalar(sql).bind(&*role).fetch_one(&mut *conn).await?);
                }
                for (table, _) in TABLES {
                    let what = if ONLY_ADDED_TO.contains(&table) { "select, insert" } else { ALL };
                    statements.push(sqlx::query_scalar(NOTHING_ON).bind(&*role).bind(table).fetch_one(&mut *conn).await?);
                    statements
                        .push(sqlx::query_scalar(ON_TABLE).bind(&*role).bind(table).bind(what).fetch_one(&mut *conn).await?);
                }
                for statement in statements {
                    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *conn).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
