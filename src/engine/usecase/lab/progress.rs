//! How far a simulation has come. Shared by who runs it and who waits for it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::memory::Reckoned;

/// Counts members, and carries the wish to stop.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    of: AtomicU64,
    is_cancelled: AtomicBool,
    is_reading: AtomicBool,
    reckoned: OnceLock<Reckoned>,
    within: Option<Arc<Progress>>,
}

impl Progress {
    /// Of a part of something, which stops with it.
    pub(super) fn within(whole: Arc<Progress>) -> Progress {
        Progress { within: Some(whole), ..Progress::default() }
    }

    /// Members that have been done, and how many there were when it began.
    pub fn members(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Lets it stop after the parts that are being done.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }

    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed) || self.within.as_ref().is_some_and(|whole| whole.is_cancelled())
    }

    /// What it takes, known before it begins.
    pub fn reckoned(&self) -> Option<Reckoned> {
        self.reckoned.get().copied()
    }

    /// Whether what is counted is read into memory, to be made again once all is there.
    pub fn is_reading(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    pub(super) fn reckon(&self, reckoned: Reckoned) {
        // the first stands: what is tried again is the same
        let _ = self.reckoned.set(reckoned);
    }

    /// Reading into memory begins.
    pub(super) fn read(&self, members: u64) {
        self.start(members);
        self.is_reading.store(true, Ordering::Relaxed);
    }

    pub(super) fn start(&self, members: u64) {
        self.is_reading.store(false, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.of.store(members, Ordering::Relaxed);
    }

    pub(super) fn add(&self, members: u64) {
        self.done.fetch_add(members, Ordering::Relaxed);
    }
}
