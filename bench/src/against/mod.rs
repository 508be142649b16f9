//! What Laurel is held against: the best way known of writing the very same rows, a ledger in plain SQL, and an application in
//! Django.

pub mod django;
pub mod ledger;
pub mod raw;
mod raw_postgres;
mod raw_sqlite;

/// How many events were written in how many seconds.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub events: u64,
    pub seconds: f64,
}

impl Written {
    pub fn rate(self) -> f64 {
        self.events as f64 / self.seconds
    }
}
