//! Opening a database by its URL, with the settings that Laurel relies on.

use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::distributed::{self, Distribution};
use super::lender::Source;
use super::{Lender, SqliteConn, SqliteWriter, checkpoints, memory};
use crate::store::{Db, KeyCache, LastUses, PostgresDb, SqliteDb, StoreError, on};

/// How long to wait for a connection before answering that the database is busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
const READERS: u32 = 6;
/// For what is looked up by a key, on the thread that asks: as many as there are such threads on a small machine.
const LOOK_UPS: u32 = 2;
/// Texts whose plans a PostgreSQL connection keeps: more than there are.
const POSTGRES_STATEMENTS: usize = 512;
/// Rows on their way from SQLite's thread before it waits for whoever reads them.
const SQLITE_ROWS: usize = 2_048;
/// For what takes long, on a file.
const REPORTERS: u32 = 2;
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
const SQLITE_VERSION: &str = "select sqlite_version()";
const PING: &str = "select 1";
const LOCK_TIMEOUT: &str = "10s";
const SHOW_TIMEOUT: &str = "select current_setting('lock_timeout')";

impl Db {
    /// Opens the database at `sqlite:<path>` or `postgres://…`.
    ///
    /// # Errors
    /// `Missing` if there is no such file, `UnknownUrl`, `SqliteTooOld`, `PostgresTooOld`, `Unsuitable`, or what the database said.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::open(url, false, Connections::default()).await
    }

    /// As `connect`, and makes an empty file if there is none. (A PostgreSQL database must be there.)
    pub async fn create(url: &str) -> Result<Self, StoreError> {
        Self::open(url, true, Connections::default()).await
    }

    /// As `connect` or `create`, with so many connections to PostgreSQL.
    pub async fn open(url: &str, create: bool, connections: Connections) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let db = open_postgres(url, connections).await?;
            db.check_suitable().await?;
            Ok(db)
        } else if url.starts_with("sqlite:") {
            open_sqlite(url, create).await.map(Self::Sqlite)
        } else {
            Err(StoreError::UnknownUrl("unknown scheme"))
        }
    }

    /// The same database by connections of their own for what takes long (reports, statements, proofs), so that pages and
    /// requests do not wait for it.
    pub fn for_reports(&self) -> Self {
        match self {
            Self::Sqlite(db) => Self::Sqlite(SqliteDb { read: db.reports.clone(), ..db.clone() }),
            Self::Postgres(db) => Self::Postgres(PostgresDb { pages: db.reports.clone(), ..db.clone() }),
        }
    }

    /// The same database, written through a connection of its own to PostgreSQL: that belongs to the runtime that uses it, and is there
    /// without waiting. It is to be asked for on that runtime. (SQLite has one connection that writes.)
    pub(crate) fn written_apart(&self) -> Self {
        match self {
            Self::Sqlite(db) => Self::Sqlite(db.clone()),
            Self::Postgres(db) => Self::Postgres(PostgresDb { ledger: db.ledger.apart(1), ..db.clone() }),
        }
    }

    /// Closes what `written_apart` has opened.
    pub(crate) async fn close_apart(&self) {
        if let Self::Postgres(db) = self {
            db.ledger.close().await;
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What it said, or that no connection came free in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut reader = self.reader().await?;
        on!(reader, conn => sqlx::query(PING).execute(conn).await.map(drop))?;
        Ok(())
    }
}

/// How many connections a server opens to PostgreSQL at most, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// For what writes, besides the writers' own.
    ledger: u32,
    /// For what is looked up by a key; none of their own where there are few.
    look_ups: u32,
    /// For what pages and requests read otherwise.
    pages: u32,
    /// For what takes long.
    reports: u32,
}

impl Connections {
    /// One for each transaction that posts events, opened by whoever runs it.
    pub(crate) const WRITERS: u32 = 2;
    /// Those, one for what else writes, one for what is read, and two for reports, as `verify` checks two parts at once.
    pub const LEAST: u32 = Self::WRITERS + 4;
    /// Seven servers leave some of PostgreSQL's own default of 100 to others.
    pub const DEFAULT: u32 = 13;

    /// So many together, `LEAST` at least.
    pub fn of(all: u32) -> Connections {
        let all = all.max(Self::LEAST);
        let reports = (all / 5).max(2);
        let others = all - reports - Self::WRITERS;
        let look_ups = others / 3;
        let ledger = (others - look_ups) / 2;
        Connections { ledger, look_ups, pages: others - look_ups - ledger, reports }
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self::of(Self::DEFAULT)
    }
}

/// The moment before which connections were made that are not to be used again.
#[derive(Clone, Debug, Default)]
pub struct Distrusted(Arc<Mutex<Option<Instant>>>);

impl Distrusted {
    /// Every connection that there is leads to a server that is not the right one any more.
    pub(super) fn all_so_far(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    pub(super) fn is_good(&self, age: Duration) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_none_or(|since| age < since.elapsed())
    }
}

/// How connections to PostgreSQL are opened that are lent.
#[derive(Clone, Debug)]
pub struct PostgresSource {
    options: PgConnectOptions,
    /// What a session is told first.
    first: Option<&'static str>,
    distrusted: Distrusted,
}

impl Source for PostgresSource {
    type Connection = PgConnection;

    fn open(&self) -> BoxFuture<'_, Result<PgConnection, StoreError>> {
        Box::pin(async {
            let mut connection = self.options.connect().await?;
            if let Some(first) = self.first {
                sqlx::raw_sql(first).execute(&mut connection).await?;
            }
            Ok(connection)
        })
    }

    fn is_good(&self, age: Duration) -> bool {
        self.distrusted.is_good(age)
    }

    fn close(connection: PgConnection) -> BoxFuture<'static, ()> {
        // the server notices also where it is not told
        Box::pin(async { drop(connection.close().await) })
    }
}

/// How connections to SQLite are opened that are lent.
#[derive(Clone, Debug)]
pub struct SqliteSource(SqliteConnectOptions);

impl Source for SqliteSource {
    type Connection = SqliteConn;

    fn open(&self) -> BoxFuture<'_, Result<SqliteConn, StoreError>> {
        Box::pin(async { Ok(SqliteConn::for_look_ups(self.0.connect().await?)) })
    }

    fn close(connection: SqliteConn) -> BoxFuture<'static, ()> {
        Box::pin(connection.close())
    }
}

/// How statements are planned on connections that write or look something up, by how plans are kept. They find rows by keys in sets whose size the planner
/// does not know, so one plan serves all, and it has to be the one by index: a plan made while a table was small would be kept after it
/// has grown. Left to choose, PostgreSQL plans some of them anew each time, for longer than they take.
const BY_KEYS: [(&str, &str); 3] = [("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off")];
const ONCE: [(&str, &str); 1] = [("plan_cache_mode", "force_generic_plan")];
/// How they are planned on connections that only read, for pages and reports: as what is asked for decides the plan. So does where it
/// lies, if members lie on several machines.
const ANEW: [(&str, &str); 1] = [("plan_cache_mode", "force_custom_plan")];

async fn open_postgres(url: &str, connections: Connections) -> Result<Db, StoreError> {
    // without `extra_float_digits`, which a pooler refuses and no column needs
    let plain = PgConnectOptions::from_str(url)?
        .application_name("laurel")
        .statement_cache_capacity(POSTGRES_STATEMENTS)
        .extra_float_digits(None);
    let settings = [("lock_timeout", LOCK_TIMEOUT), ("idle_in_transaction_session_timeout", "60s"), ("jit", "off")];
    let with_settings = plain.clone().options(settings);
    let is_pooled = !keeps_settings(&with_settings).await?;
    let distribution = distribution(&plain).await?;
    let for_writes = if distribution.is_there() { ANEW } else { ONCE };
    let (for_writes, for_reads) = match is_pooled {
        true => (plain.clone(), plain),
        false => (with_settings.clone().options(BY_KEYS).options(for_writes), with_settings.options(ANEW)),
    };
    let distrusted = Distrusted::default();
    // behind a pooler each transaction may be another session's, and says so itself
    let first = if is_pooled { None } else { Some(DURABLE) };
    let ledger = PostgresSource { options: for_writes.clone(), first, distrusted: distrusted.clone() };
    let look_ups = PostgresSource { options: for_writes, first: None, distrusted: distrusted.clone() };
    let pages = postgres_pool(connections.pages, &distrusted).connect_lazy_with(for_reads.clone());
    let reports = postgres_pool(connections.reports, &distrusted).connect_lazy_with(for_reads);
    Ok(Db::Postgres(PostgresDb {
        ledger: Lender::new(connections.ledger, ledger),
        look_ups: (connections.look_ups > 0).then(|| Lender::new(connections.look_ups, look_ups)),
        pages,
        reports,
        is_pooled,
        distribution,
        distrusted,
        last_uses: LastUses::default(),
        key_cache: KeyCache::default(),
    }))
}

async fn distribution(options: &PgConnectOptions) -> Result<Distribution, StoreError> {
    let mut connection = options.connect().await?;
    let distribution = distributed::found(&mut connection).await?;
    connection.close().await?;
    Ok(distribution)
}

/// Whether a session has the settings that it was begun with. A pooler that gives each transaction another session refuses them,
/// or ignores them; then each transaction states what it needs.
async fn keeps_settings(options: &PgConnectOptions) -> Result<bool, StoreError> {
    let mut connection = match options.connect().await {
        Ok(connection) => connection,
        Err(sqlx::Error::Database(error)) if error.message().contains("unsupported startup parameter") => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let timeout: String = sqlx::query_scalar(SHOW_TIMEOUT).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(timeout == LOCK_TIMEOUT)
}

fn postgres_pool(connections: u32, distrusted: &Distrusted) -> PgPoolOptions {
    let judge = distrusted.clone();
    PgPoolOptions::new().max_connections(connections).acquire_timeout(PATIENCE).before_acquire(move |_, connection| {
        let is_good = judge.is_good(connection.age);
        Box::pin(async move { Ok(is_good) })
    })
}

/// What the ledger is right under, whatever the server's or the role's defaults are: a commit that is acknowledged is on disk. (They may
/// promise more.)
const DURABLE: &str =
    "select set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
    else current_setting('synchronous_commit') end, false)";

async fn open_sqlite(url: &str, create: bool) -> Result<SqliteDb, StoreError> {
    let files = laurel_sqlite::prepare();
    if url.contains(":memory:") {
        return Err(StoreError::UnknownUrl("SQLite needs a file"));
    }
    let mut options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(create)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full)
        .row_buffer_size(SQLITE_ROWS)
        .pragma("temp_store", "memory")
        .pragma("trusted_schema", "off");
    if !options.get_filename().exists() {
        if !create {
            return Err(StoreError::Missing(options.get_filename().to_owned()));
        }
        // rows are small and lie anywhere: the less of their surroundings is written with each, the better
        options = options.page_size(2048);
    }
    let cache = memory::cache_kib();
    let writes = match files {
        Some(name) => options.clone().vfs(name),
        None => options.clone(),
    };
    let writer = writes
        .clone()
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("cache_size", format!("-{cache}"))
        .pragma("journal_size_limit", "67108864")
        .pragma("wal_autocheckpoint", checkpoints::MOST_PAGES)
        .statement_cache_capacity(200);
    let mut write = writer.connect().await?;
    let (version,): (String,) = sqlx::query_as(SQLITE_VERSION).fetch_one(&mut write).await?;
    if !is_new_enough(&version) {
        return Err(StoreError::SqliteTooOld(version));
    }
    let options = options.create_if_missing(false);
    let reader = options.clone().pragma("cache_size", format!("-{}", cache / 4)).pragma("query_only", "on");
    let reports = sqlite_pool(REPORTERS).connect_lazy_with(reader.clone());
    let look_ups = Lender::new(LOOK_UPS, SqliteSource(reader.clone()));
    let read = sqlite_pool(READERS).connect_with(reader).await?;
    // gives up soon: whoever writes or reads meanwhile comes first; a checkpoint that takes a second is nothing to warn of
    let keeper = writes
        .create_if_missing(false)
        .busy_timeout(Duration::from_millis(20))
        .pragma("wal_autocheckpoint", "0")
        .disable_statement_logging();
    let keeper = sqlite_pool(1).connect_with(keeper).await?;
    let write = SqliteWriter::new(write);
    checkpoints::start(keeper.clone(), &write);
    Ok(SqliteDb { write, look_ups, read, reports, keeper, last_uses: LastUses::default(), key_cache: KeyCache::default() })
}

/// Connections to a file neither age nor go stale, so none is closed or tested for it.
fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

fn is_new_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    numbers.as_slice() >= OLDEST_SQLITE.as_slice()
}

#[cfg(test)]
mod tests {
    use super::{Connections, is_new_enough};

    #[test]
    fn connections_are_divided_and_none_goes_without() {
        for all in [0, 1, 3, 4, 5, 10, 13, 60] {
            let Connections { ledger, look_ups, pages, reports } = Connections::of(all);
            assert!(ledger > 0 && pages > 0 && reports > 1, "{all}");
            assert_eq!(ledger + look_ups + pages + reports + Connections::WRITERS, all.max(Connections::LEAST));
        }
        assert_eq!(Connections::default(), Connections { ledger: 3, look_ups: 3, pages: 3, reports: 2 });
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(is_new_enough("3.51.3") && is_new_enough("3.100.0") && is_new_enough("4.0.0"));
        assert!(!is_new_enough("3.51.2") && !is_new_enough("3.9.99") && !is_new_enough("nonsense"));
    }
}
