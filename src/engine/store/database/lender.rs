//! Connections that are lent and given back without a question.
//!
//! sqlx's pool asks each connection that comes back whether it is there still, which takes as long as looking something up. Here one comes
//! back when whoever has it says that all is in order; one that does not is closed. Whether it is there shows when it is used next.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::StoreError;
use crate::store::database::connect::PATIENCE;

/// How old a connection becomes: what its process of PostgreSQL has gathered is given back in time.
const OLDEST: Duration = Duration::from_secs(30 * 60);

/// How connections are opened, and for how long they are good.
pub trait Source: Clone + std::fmt::Debug + Send + Sync + 'static {
    type Connection: Send + std::fmt::Debug;

    fn open(&self) -> BoxFuture<'_, Result<Self::Connection, StoreError>>;

    fn is_good(&self, age: Duration) -> bool {
        let _ = age;
        true
    }

    fn close(connection: Self::Connection) -> BoxFuture<'static, ()>;
}

/// So many connections at most. Cloning it is cheap and shares them.
#[derive(Debug)]
pub struct Lender<S: Source>(Arc<Shared<S>>);

#[derive(Debug)]
struct Shared<S: Source> {
    source: S,
    most: u32,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Kept<S::Connection>>>,
}

#[derive(Debug)]
struct Kept<C> {
    connection: C,
    since: Instant,
}

/// A connection that was lent. It is closed where it is not given back.
#[derive(Debug)]
pub struct Lent<S: Source> {
    kept: Kept<S::Connection>,
    lender: Lender<S>,
    _turn: OwnedSemaphorePermit,
}

impl<S: Source> Lender<S> {
    pub(super) fn new(most: u32, source: S) -> Lender<S> {
        let turns = Arc::new(Semaphore::new(most as usize));
        Lender(Arc::new(Shared { source, most, turns, idle: Mutex::default() }))
    }

    /// The same with connections of their own.
    pub(super) fn apart(&self, most: u32) -> Lender<S> {
        Lender::new(most, self.0.source.clone())
    }

    pub(super) fn most(&self) -> u32 {
        self.0.most
    }

    /// The one that came back last, or a new one.
    ///
    /// # Errors
    /// `Busy` if none comes free in time, `Closing` once it is closed, or why there is no new one.
    pub(super) async fn lend(&self) -> Result<Lent<S>, StoreError> {
        let lent = async {
            let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| StoreError::Closing)?;
            let kept = match self.idle() {
                Some(kept) => kept,
                None => Kept { connection: self.0.source.open().await?, since: Instant::now() },
            };
            Ok(Lent { kept, lender: self.clone(), _turn: turn })
        };
        tokio::time::timeout(PATIENCE, lent).await.map_err(|_| StoreError::Busy)?
    }

    fn idle(&self) -> Option<Kept<S::Connection>> {
        let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(|kept| {
            let age = kept.since.elapsed();
            age < OLDEST && self.0.source.is_good(age)
        })
    }

    /// Waits for those that are lent.
    pub(in crate::store) async fn close(&self) {
        let all = self.0.turns.acquire_many(self.0.most).await;
        self.0.turns.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for kept in idle {
            S::close(kept.connection).await;
        }
    }
}

impl<S: Source> Clone for Lender<S> {
    fn clone(&self) -> Lender<S> {
        Lender(self.0.clone())
    }
}

impl<S: Source> Lent<S> {
    /// All is in order: nothing was begun that has not ended.
    pub(super) fn give_back(self) {
        let Lent { kept, lender, _turn } = self;
        lender.0.idle.lock().unwrap_or_else(PoisonError::into_inner).push(kept);
    }
}

impl<S: Source> Deref for Lent<S> {
    type Target = S::Connection;

    fn deref(&self) -> &S::Connection {
        &self.kept.connection
    }
}

impl<S: Source> DerefMut for Lent<S> {
    fn deref_mut(&mut self) -> &mut S::Connection {
        &mut self.kept.connection
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Counts what it opens.
    #[derive(Clone, Debug, Default)]
    struct Counter(Arc<AtomicU32>);

    impl Source for Counter {
        type Connection = u32;

        fn open(&self) -> BoxFuture<'_, Result<u32, StoreError>> {
            Box::pin(async { Ok(self.0.fetch_add(1, Ordering::Relaxed)) })
        }

        fn close(_: u32) -> BoxFuture<'static, ()> {
            Box::pin(async {})
        }
    }

    #[tokio::test]
    async fn a_connection_is_lent_again_if_it_was_given_back_and_never_to_two() {
        let lender = Lender::new(2, Counter::default());
        let first = lender.lend().await.expect("a connection");
        let second = lender.lend().await.expect("another");
        assert_eq!((*first, *second), (0, 1));
        let third = tokio::time::timeout(Duration::from_millis(20), lender.lend()).await;
        assert!(third.is_err(), "there are two");
        first.give_back();
        let again = lender.lend().await.expect("the first");
        assert_eq!(*again, 0);
        // whoever leaves half-way takes the connection along
        drop(again);
        assert_eq!(*lender.lend().await.expect("a new one"), 2);
        second.give_back();
        lender.close().await;
        assert!(matches!(lender.lend().await, Err(StoreError::Closing)));
    }
}
