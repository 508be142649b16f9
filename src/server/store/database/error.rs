//! What can go wrong with a database. Texts are for logs and hold no row's content.

use std::path::PathBuf;

use sqlx::error::ErrorKind;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Sqlx(#[from] sqlx::Error),
    #[error("migrations: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("neither sqlite:<path> nor postgres://…: {0}")]
    UnknownUrl(&'static str),
    #[error("there is no database at {0}")]
    Missing(PathBuf),
    #[error("SQLite {0} is older than 3.51.3, whose predecessors can corrupt a write-ahead log")]
    SqliteTooOld(String),
    #[error("too many are waiting to write")]
    Busy,
    #[error("the database is closing")]
    Closing,
    #[error("the database holds something that is not {0}")]
    Corrupt(&'static str),
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
    /// A row with this key is there already.
    pub fn is_unique_violation(&self) -> bool {
        self.database().is_some_and(|error| error.kind() == ErrorKind::UniqueViolation)
    }

    /// The name of the unique key that is taken contains `part`: a constraint's name on PostgreSQL,
    /// `table.column` on SQLite.
    pub fn violates(&self, part: &str) -> bool {
        let Some(error) = self.database().filter(|_| self.is_unique_violation()) else {
            return false;
        };
        error.constraint().unwrap_or_else(|| error.message()).contains(part)
    }

    /// Running the whole transaction again may succeed: PostgreSQL gave up on it for another's sake.
    pub fn is_retryable(&self) -> bool {
        matches!(self.code().as_deref(), Some("40001" | "40P01"))
    }

    /// Nothing is wrong with the request: trying again later may succeed.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy | Self::Closing => true,
            Self::Sqlx(
                sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed,
            ) => true,
            // SQLite's codes are decimal numbers with the primary code in the low byte (5 busy, 6 locked), PostgreSQL's have five characters
            _ => self.code().is_some_and(|code| match code.as_ref() {
                "40001" | "40P01" | "55P03" | "53300" | "57P01" | "57P02" | "57P03" => true,
                code if code.len() == 5 => code.starts_with("08"),
                code => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6)),
            }),
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
