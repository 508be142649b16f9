//! What can go wrong with a database. Texts are for logs and hold no row's content.

use std::path::PathBuf;

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Sqlx(#[from] sqlx::Error),
    /// From a statement that runs on the connection itself.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("neither sqlite:<path> nor postgres://…: {0}")]
    UnknownUrl(&'static str),
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("SQLite {0} is older than 3.51.3, whose predecessors can corrupt a write-ahead log")]
    SqliteTooOld(String),
    #[error("PostgreSQL {0} is older than 15, the oldest that Laurel runs on")]
    PostgresTooOld(String),
    #[error("Laurel cannot work with this database: {0}")]
    Unsuitable(&'static str),
    /// A newer version of Laurel has taken away what this one needs.
    #[error(
        "the database was changed by a newer version of Laurel: it needs one that knows migration {needs}, this one ends at {knows}"
    )]
    SchemaTooNew { needs: i64, knows: i64 },
    /// A newer version of Laurel has written it, and says more by it than this one knows.
    #[error("the database holds {0} that this version of Laurel cannot read, as a newer one writes it")]
    TooNew(&'static str),
    #[error("too many are waiting to write")]
    Busy,
    #[error("the database is closing")]
    Closing,
    #[error("the database holds something that is not {0}")]
    Corrupt(&'static str),
    /// A defect: holding one connection and waiting for another can stop every reader for good.
    #[error("a second connection was asked for inside a transaction")]
    Nested,
    /// A defect: a batch came to decide on what its plan had left out.
    #[error("a batch needs {0} that was not loaded")]
    NotLoaded(&'static str),
}

pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Errors that a transaction can end with: they can be made from a store error, and tell whether they are one.
pub trait FromStore: From<StoreError> + Send + 'static {
    fn store_error(&self) -> Option<&StoreError>;
}

impl FromStore for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

impl FromStore for anyhow::Error {
    fn store_error(&self) -> Option<&StoreError> {
        self.downcast_ref()
    }
}

impl StoreError {
    /// JSON that was kept and could not be read: of a newer version if it is JSON, broken if it is none.
    pub(crate) fn unread(text: &str, what: &'static str) -> StoreError {
        if is_json(text) { Self::TooNew(what) } else { Self::Corrupt(what) }
    }

    /// A row with this key is there already.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Sqlite(error) => error
                .sqlite_error()
                .is_some_and(|error| matches!(error.extended_code, SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY)),
            _ => self.database().is_some_and(|error| error.kind() == ErrorKind::UniqueViolation),
        }
    }

    /// The name of the unique key that is taken contains `part`: a constraint's name on PostgreSQL,
    /// `table.column` on SQLite.
    pub fn violates(&self, part: &str) -> bool {
        if !self.is_unique_violation() {
            return false;
        }
        match self {
            Self::Sqlite(error) => error.to_string().contains(part),
            _ => self.database().is_some_and(|error| error.constraint().unwrap_or_else(|| error.message()).contains(part)),
        }
    }

    /// Running the whole transaction again may succeed: PostgreSQL gave up on it for another's sake.
    pub fn is_retryable(&self) -> bool {
        matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Others have changed what the transaction went by before it had its locks: run anew, it finds what is there now.
    pub fn may_be_other_now(&self) -> bool {
        self.is_unique_violation() || matches!(self, Self::NotLoaded(_))
    }

    /// What was read cannot be made sense of, or a batch was planned wrongly: it is the same however often it is tried.
    pub fn is_corrupt(&self) -> bool {
        matches!(self, Self::Corrupt(_) | Self::NotLoaded(_))
    }

    /// The server takes no writes, as one that was demoted after a failover: other connections may lead to the new one.
    pub fn is_read_only(&self) -> bool {
        self.code().as_deref() == Some("25006")
    }

    /// The role that Laurel works as has no right to do this.
    pub fn is_denied(&self) -> bool {
        let error = match self {
            Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => error.as_database_error(),
            _ => self.database(),
        };
        error.and_then(|error| error.code()).is_some_and(|code| code == "42501")
    }

    /// The connection is gone, or the server ended it; another one may do.
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Io(_)))
            || self.code().is_some_and(|code| matches!(&*code, "57P01" | "57P02") || code.starts_with("08"))
    }

    /// Nothing is wrong with the request: trying again later may succeed.
    pub fn is_unavailable(&self) -> bool {
        match self {
            // the servers that run the newer version answer
            Self::Busy | Self::Closing | Self::TooNew(_) => true,
            Self::Migrate(MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)) => is_passing_error(error),
            Self::Sqlx(error) => is_passing_error(error),
            Self::Sqlite(error) => error.sqlite_error().is_some_and(|error| is_passing(&error.extended_code.to_string())),
            _ => false,
        }
    }

    fn database(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Sqlx(error) => error.as_database_error(),
            _ => None,
        }
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        self.database().and_then(|error| error.code())
    }
}

fn is_passing_error(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, WorkerCrashed};
    let code = error.as_database_error().and_then(|error| error.code());
    matches!(error, PoolTimedOut | PoolClosed | Io(_) | WorkerCrashed) || code.is_some_and(|code| is_passing(&code))
}

/// Whether an error with this code passes: others are in the way, the machine has run out of something, or the server is another
/// one by now. PostgreSQL's codes have five characters; SQLite's are decimal numbers with the primary code in the low byte.
fn is_passing(code: &str) -> bool {
    match code {
        // given up for another's sake, or not got in time
        "40001" | "40P01" | "55P03" => true,
        // a server that only reads: demoted, or recovering
        "25006" => true,
        // no disk, no memory, too many connections; the disk does not answer
        "53100" | "53200" | "53300" | "58030" => true,
        // cancelled; shutting down, crashed, starting
        "57014" | "57P01" | "57P02" | "57P03" => true,
        code if code.len() == 5 => code.starts_with("08"),
        // busy, locked, an I/O error, full
        code => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in [
            "25006", "40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P01", "58030", "08006", "5", "13", "266",
        ] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["23505", "23514", "42601", "22003", "19", "1555", "1"] {
            assert!(!is_passing(code), "{code}");
        }
    }
}
