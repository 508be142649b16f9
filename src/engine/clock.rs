//! The only place that asks what time it is. Everything else is given a time, or a `Clock` by its caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time in whole microseconds, which is what tables hold.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands still until it is moved, for tests and simulations. Clones move together.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    pub fn fixed(start: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(start.as_microsecond())))
    }

    pub fn now(&self) -> Timestamp {
        let micros = match self {
            Self::System => system_micros(),
            Self::Fixed(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// Moves a fixed clock; the machine's own is left alone.
    pub fn advance(&self, by: SignedDuration) {
        if let Self::Fixed(micros) = self {
            let step = i64::try_from(by.as_micros()).unwrap_or(0);
            micros.fetch_add(step, Ordering::SeqCst);
        }
    }

    /// Sets a fixed clock; the machine's own is left alone.
    pub fn set(&self, to: Timestamp) {
        if let Self::Fixed(micros) = self {
            micros.store(to.as_microsecond(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the place")]
fn system_micros() -> i64 {
    Timestamp::now().as_microsecond()
}
