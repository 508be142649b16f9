//! What runs beside the requests: what is due for members whom nobody touches, re-rating after new rules, vouchers whose time
//! is over, and clearing out what has expired.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::supervise::supervise;
use super::usecase::housekeeping;
use super::usecase::ledger::Ledger;
use super::usecase::ledger::due;
use super::usecase::programme::totals;
use super::usecase::rewards::redeem;

/// How often the jobs look by themselves.
const EVERY: Duration = Duration::from_secs(60);
/// How often what was posted is added to the totals: pages that show them read all that is not in them yet.
const TOTALS_EVERY: Duration = Duration::from_secs(5);

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
        let of_totals = ledger.clone();
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
        supervise("the totals", move || {
            let ledger = of_totals.clone();
            async move {
                loop {
                    add_up(&ledger).await;
                    tokio::time::sleep(TOTALS_EVERY).await;
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

async fn add_up(ledger: &Ledger) {
    let folded = match totals::has_unfolded(ledger).await {
        Ok(true) => totals::fold(ledger).await,
        other => other.map(|_| 0),
    };
    if let Err(error) = folded {
        tracing::error!(%error, "what was posted could not be added to the totals, and will be later");
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
