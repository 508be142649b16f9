//! Tasks that have to go on as long as the process: one that panics is started anew.

use std::time::Duration;

use tokio::task::JoinHandle;

/// So that one that panics at once, every time, leaves the machine to others.
const PAUSE: Duration = Duration::from_millis(100);

/// Runs what `start` makes until it ends by itself; when it panics, runs another. The task that comes back ends with it.
pub fn supervise<F, T>(name: &'static str, start: F) -> JoinHandle<()>
where
    F: Fn() -> T + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        loop {
            let mut task = Guard(tokio::spawn(start()));
            match (&mut task.0).await {
                Ok(()) => return,
                Err(ended) if ended.is_panic() => {
                    tracing::error!(task = name, "a task panicked and is started anew");
                    tokio::time::sleep(PAUSE).await;
                }
                // the runtime shuts down
                Err(_) => return,
            }
        }
    })
}

/// As `supervise`, on a thread with a runtime of its own: so that it need not wait for its turn among the tasks of this one. Where there
/// is no thread to be had it shares this one.
pub fn supervise_apart<F, T>(name: &'static str, start: F)
where
    F: Fn() -> T + Clone + Send + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let apart = tokio::runtime::Builder::new_current_thread().enable_all().build().and_then(|runtime| {
        let start = start.clone();
        let work = move || drop(runtime.block_on(async move { supervise(name, start).await }));
        std::thread::Builder::new().name(name.to_owned()).spawn(work)
    });
    if let Err(error) = apart {
        tracing::warn!(%error, task = name, "there is no thread for it; it goes on among the others");
        supervise(name, start);
    }
}

/// Ends the task with whoever watches over it.
struct Guard(JoinHandle<()>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::supervise;

    #[tokio::test]
    async fn what_panics_is_started_anew_until_it_ends_by_itself() {
        let starts = Arc::new(AtomicU32::new(0));
        let counted = starts.clone();
        let task = supervise("a test", move || {
            let nth = counted.fetch_add(1, Ordering::SeqCst);
            async move { assert!(nth >= 2, "not yet") }
        });
        task.await.expect("it ends");
        assert_eq!(starts.load(Ordering::SeqCst), 3);
    }
}
