//! Transactions and lone connections on PostgreSQL: how they begin, and which connections are given back.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres};

use crate::store::database::connect::PostgresSource;
use crate::store::database::lender::Lent;
use crate::store::totals::Changes;
use crate::store::{PostgresDb, StoreError};

/// What the ledger is right under, whatever the server's defaults are: each statement sees what was committed before it, so what is
/// read behind a lock is what the lock protects. That a commit is on disk the session has been told.
const WRITE_POSTGRES: &str = "begin isolation level read committed";
const READ_POSTGRES: &str = "begin isolation level repeatable read, read only";
/// The same behind a pooler, with what `connect` gives a session otherwise.
macro_rules! write_pooled {
    ($plans:literal) => {
        concat!(
            "begin isolation level read committed;
select set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '60s', true),
    set_config('jit', 'off', true), set_config('plan_cache_mode', '",
            $plans,
            "', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
        else current_setting('synchronous_commit') end, true)"
        )
    };
}
const WRITE_POOLED: &str = write_pooled!("force_generic_plan");
const WRITE_POOLED_DISTRIBUTED: &str = write_pooled!("force_custom_plan");
const READ_POOLED: &str = "begin isolation level repeatable read, read only;
select set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '60s', true),
    set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)";
pub(super) const COMMIT: &str = "commit";
pub(super) const ROLLBACK: &str = "rollback";

/// A transaction.
#[derive(Debug)]
pub struct PostgresTx {
    pub(super) connection: PostgresConn,
    pub(super) is_distributed: bool,
    pub(super) changes: Changes,
}

/// A lone connection.
#[derive(Debug)]
pub struct PostgresReader {
    pub(super) connection: PostgresConn,
    pub(super) is_distributed: bool,
}

/// A connection to PostgreSQL. One that was lent, or has a snapshot, is closed unless it is given back.
#[derive(Debug)]
pub(super) enum PostgresConn {
    Lent(Box<Lent<PostgresSource>>),
    Snapshot(Snapshot),
    Pool(PoolConnection<Postgres>),
}

#[derive(Debug)]
pub(super) struct Snapshot {
    connection: PoolConnection<Postgres>,
    is_open: bool,
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if self.is_open {
            self.connection.close_on_drop();
        }
    }
}

impl PostgresConn {
    pub(super) fn get(&mut self) -> &mut PgConnection {
        match self {
            Self::Lent(lent) => lent,
            Self::Snapshot(snapshot) => &mut snapshot.connection,
            Self::Pool(connection) => connection,
        }
    }

    /// All is in order.
    pub(super) fn give_back(self) {
        match self {
            Self::Lent(lent) => lent.give_back(),
            Self::Snapshot(mut snapshot) => snapshot.is_open = false,
            Self::Pool(_) => {}
        }
    }
}

impl PostgresTx {
    /// Connections that turn out to be lost are closed, and others taken: nothing has been done on them.
    pub(super) async fn begin(db: &PostgresDb, to: To) -> Result<PostgresTx, StoreError> {
        let (mut others, statement) = match to {
            To::Write => (db.ledger.most(), db.begin_to_write()),
            To::Read => (db.pages.options().get_max_connections(), if db.is_pooled { READ_POOLED } else { READ_POSTGRES }),
        };
        loop {
            let connection = match to {
                To::Write => PostgresConn::Lent(Box::new(db.ledger.lend().await?)),
                To::Read => PostgresConn::Snapshot(Snapshot { connection: db.pages.acquire().await?, is_open: true }),
            };
            let mut tx = PostgresTx { connection, is_distributed: db.is_distributed(), changes: Changes::default() };
            match tx.run(statement).await {
                Err(error) if error.is_lost_connection() && others > 0 => others -= 1,
                begun => return begun.map(|()| tx),
            }
        }
    }

    pub(super) async fn end(mut self, statement: &'static str) -> Result<(), StoreError> {
        self.run(statement).await?;
        self.connection.give_back();
        Ok(())
    }

    /// By the simple protocol: several statements at once, and nothing prepared.
    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        Ok(sqlx::raw_sql(statement).execute(self.connection.get()).await.map(drop)?)
    }
}

#[derive(Clone, Copy)]
pub(super) enum To {
    Write,
    Read,
}

impl PostgresDb {
    fn begin_to_write(&self) -> &'static str {
        match (self.is_pooled, self.is_distributed()) {
            (false, _) => WRITE_POSTGRES,
            (true, false) => WRITE_POOLED,
            (true, true) => WRITE_POOLED_DISTRIBUTED,
        }
    }
}
