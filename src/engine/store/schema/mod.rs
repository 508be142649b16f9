//! Which tables there are, what each belongs to, and bringing them up to date: migrations first, then what SQL alone cannot do to rows of
//! before, then partitions or other machines, where there are any.

mod distribution;
mod partitions;
mod privileges;
pub mod tables;

pub use partitions::MOST as MOST_PARTITIONS;

use std::time::{Duration, Instant};

use crate::store::ledger::event_keys;
use crate::store::{Db, StoreError};

/// How often it is told how far a conversion has come.
const TOLD_EVERY: Duration = Duration::from_secs(10);

impl Db {
    /// Brings the tables up to date. Several servers may do so at once, and one that is interrupted is gone on with. Where nothing is
    /// missing nothing is written.
    ///
    /// # Errors
    /// `SchemaTooNew` if the database has a migration that this binary does not know, and that older binaries cannot work with;
    /// `Migrate` if it has one that this binary knows otherwise, or that cannot be applied.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.apply_migrations().await?;
        self.convert().await?;
        self.keep_partitioned().await?;
        self.keep_distributed().await
    }

    /// Step by step, so that others wait for one step at most.
    async fn convert(&self) -> Result<(), StoreError> {
        if !event_keys::are_missing(&mut self.reader().await?).await? {
            return Ok(());
        }
        let mut told = Instant::now();
        let mut entries = 0;
        while self.write((), |tx, ()| Box::pin(event_keys::add_missing(tx))).await? {
            entries += event_keys::STEP;
            if told.elapsed() >= TOLD_EVERY {
                tracing::info!(entries, "events get their keys");
                told = Instant::now();
            }
        }
        Ok(())
    }
}
