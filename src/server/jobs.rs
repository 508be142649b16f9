//! What runs beside the requests: what is due for members whom nobody touches, re-rating after new rules, vouchers whose time
//! is over, and clearing out what has expired.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::supervise::supervise;
use super::usecase::housekeeping;
use super::usecase::ledger::Ledger;
use super::usecase::ledger::due;
use super::usecase::rewards::redeem;

/// How often the jobs look by themselves.
const EVERY: Duration = Duration::from_secs(60);

/// A hand on the jobs of this server. Cloning is cheap.
#[derive(Clone)]
pub struct Jobs {
    wake: Arc<Notify>,
}

impl Jobs {
    /// Starts them; they look at once, and go on where an earlier process stopped.
    pub fn start(ledger: Ledger) -> Jobs {
        let jobs = Jobs { wake: Arc::new(Notify::new()) };
        let wake = jobs.wake.clone();
        supervise("the jobs", move || {
            let (ledger, wake) = (ledger.clone(), wake.clone());
            async move {
                loop {
                    work(&ledger).await;
                    // either a nudge or the time: both mean to look again
                    let _ = tokio::time::timeout(EVERY, wake.notified()).await;
                }
            }
        });
        jobs
    }

    /// There is something to do now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

async fn work(ledger: &Ledger) {
    match due::settle(ledger).await {
        Ok(0) => (),
        Ok(members) => tracing::info!(members, "what was due has been posted"),
        Err(error) => tracing::error!(%error, "posting what is due stopped, and goes on later"),
    }
    match due::re_rate(ledger).await {
        Ok(0) => (),
        Ok(members) => tracing::info!(members, "members were re-rated"),
        Err(error) => tracing::error!(%error, "re-rating stopped, and goes on later"),
    }
    match redeem::expire_vouchers(ledger).await {
        Ok(0) => (),
        Ok(vouchers) => tracing::info!(vouchers, "vouchers expired"),
        Err(error) => tracing::error!(%error, "vouchers could not be expired, and will be later"),
    }
    if let Err(error) = housekeeping::forget(&ledger.db, ledger.clock.now()).await {
        tracing::error!(%error, "what has expired could not be cleared out");
    }
}
