//! What runs beside the requests: what is due for members whom nobody touches, re-rating after new rules, vouchers whose time
//! is over, telling members what time brings, and clearing out what has expired. Of several servers on one database one does each.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::SignedDuration;
use tokio::sync::Notify;

use crate::presence::Presence;
use crate::store::Db;
use crate::store::programme::Progress;
use crate::supervise::supervise;
use crate::usecase::lab::find::searches;
use crate::usecase::lab::runs;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::due;
use crate::usecase::mail::send;
use crate::usecase::notifications::{expiring, rules};
use crate::usecase::programme::{figures, totals};
use crate::usecase::rewards::redeem;
use crate::usecase::rules::experiments;
use crate::usecase::{exports, housekeeping, imports, refused, servers};

/// How often the jobs look by themselves.
const EVERY: Duration = Duration::from_secs(60);
/// How often what was posted is added to the totals: pages that show them read all that is not in them yet.
const TOTALS_EVERY: Duration = Duration::from_secs(5);
/// How often the outbox is looked into: somebody may be waiting for a link.
const MAIL_EVERY: Duration = Duration::from_secs(3);
/// How soon a server goes on with a file that another one has left.
const IMPORTS_EVERY: Duration = Duration::from_secs(10);
/// How long at most other servers keep to themselves when a session was used last.
const UNWRITTEN: SignedDuration = SignedDuration::from_mins(2);

/// The names of the jobs, as leases have them.
pub const NAMES: [&str; 13] =
    [DUE, RE_RATING, VOUCHERS, HOUSEKEEPING, TOTALS, FIGURES, REFUSED, LAB, FINDING, EXPERIMENTS, NOTICES, MAIL, IMPORTS];
const DUE: &str = "due";
const RE_RATING: &str = "re-rating";
const VOUCHERS: &str = "vouchers";
const HOUSEKEEPING: &str = "housekeeping";
const TOTALS: &str = "totals";
const FIGURES: &str = "figures";
const REFUSED: &str = "refused events";
const LAB: &str = "lab";
const FINDING: &str = "finding rules";
const EXPERIMENTS: &str = "experiments";
const NOTICES: &str = "notices";
const MAIL: &str = "mail";
const IMPORTS: &str = "imports";

type Work = for<'l> fn(&'l Ledger) -> BoxFuture<'l, ()>;

const ALL: [(&str, Duration, Work); NAMES.len()] = [
    (DUE, EVERY, |ledger| Box::pin(post_due(ledger))),
    (RE_RATING, EVERY, |ledger| Box::pin(re_rate(ledger))),
    (VOUCHERS, EVERY, |ledger| Box::pin(expire_vouchers(ledger))),
    (HOUSEKEEPING, EVERY, |ledger| Box::pin(clear_out(ledger))),
    (TOTALS, TOTALS_EVERY, |ledger| Box::pin(add_up(ledger))),
    (FIGURES, EVERY, |ledger| Box::pin(follow(ledger))),
    (REFUSED, EVERY, |ledger| Box::pin(settle_refused(ledger))),
    (LAB, EVERY, |ledger| Box::pin(simulate(ledger))),
    (FINDING, EVERY, |ledger| Box::pin(find_rules(ledger))),
    (EXPERIMENTS, EVERY, |ledger| Box::pin(add_up_experiments(ledger))),
    (NOTICES, EVERY, |ledger| Box::pin(tell(ledger))),
    (MAIL, MAIL_EVERY, |ledger| Box::pin(send_mail(ledger))),
    (IMPORTS, IMPORTS_EVERY, |ledger| Box::pin(import(ledger))),
];

/// A hand on the jobs of this server. Cloning is cheap.
#[derive(Clone)]
pub struct Jobs {
    wakes: Arc<[Notify; NAMES.len()]>,
}

impl Jobs {
    /// Starts them; each looks as soon as it is this server's own, and goes on where an earlier process stopped.
    pub fn start(ledger: Ledger, presence: Presence) -> Jobs {
        let jobs = Jobs { wakes: Arc::new([const { Notify::const_new() }; NAMES.len()]) };
        for (at, (name, every, work)) in ALL.into_iter().enumerate() {
            let (wakes, ledger, presence) = (jobs.wakes.clone(), ledger.clone(), presence.clone());
            supervise(name, move || {
                let (wakes, ledger, presence) = (wakes.clone(), ledger.clone(), presence.clone());
                async move { go_on(name, every, work, &ledger, &presence, &wakes[at]).await }
            });
        }
        let (others, db) = (jobs.clone(), ledger.db.clone());
        supervise("rules of other servers", move || {
            let (jobs, presence) = (others.clone(), presence.clone());
            async move {
                let mut known = Progress::default();
                loop {
                    known = presence.rules_after(known).await;
                    jobs.wake();
                }
            }
        });
        supervise("last uses", move || write_last_uses(db.clone()));
        jobs
    }

    /// There is something to do now.
    pub fn wake(&self) {
        self.wakes.iter().for_each(Notify::notify_one);
    }
}

async fn go_on(name: &'static str, every: Duration, work: Work, ledger: &Ledger, presence: &Presence, wake: &Notify) {
    loop {
        presence.turn(name).await;
        // what is being written is written to its end; then the next server goes on there
        tokio::select! {
            () = work(ledger) => {}
            () = presence.lost(name) => {
                if presence.has_left() {
                    return;
                }
                tracing::warn!(job = name, "this server may not go on with a job");
                continue;
            }
        }
        // either a nudge or the time: both mean to look again
        let _ = tokio::time::timeout(every, wake.notified()).await;
    }
}

/// What this process has gathered; every server does it for itself.
async fn write_last_uses(db: Db) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = db.write_last_uses().await {
            tracing::warn!(%error, "when sessions and keys were used last is written later");
        }
    }
}

async fn post_due(ledger: &Ledger) {
    match due::settle(ledger).await {
        Ok(0) => (),
        Ok(members) => tracing::info!(members, "what was due has been posted"),
        Err(error) => tracing::error!(%error, "posting what is due stopped, and goes on later"),
    }
}

async fn re_rate(ledger: &Ledger) {
    match due::re_rate(ledger).await {
        Ok(0) => (),
        Ok(members) => tracing::info!(members, "members were re-rated"),
        Err(error) => tracing::error!(%error, "re-rating stopped, and goes on later"),
    }
}

async fn expire_vouchers(ledger: &Ledger) {
    match redeem::expire_vouchers(ledger).await {
        Ok(0) => (),
        Ok(vouchers) => tracing::info!(vouchers, "vouchers expired"),
        Err(error) => tracing::error!(%error, "vouchers could not be expired, and will be later"),
    }
}

async fn clear_out(ledger: &Ledger) {
    // a session that was just used on another server is not deleted here
    let now = ledger.clock.now();
    if let Err(error) = housekeeping::forget(&ledger.db, now.saturating_sub(UNWRITTEN).unwrap_or(now)).await {
        tracing::error!(%error, "what has expired could not be cleared out");
    }
    if let Err(error) = servers::forget_gone(&ledger.db).await {
        tracing::error!(%error, "servers that are gone could not be forgotten");
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

async fn follow(ledger: &Ledger) {
    if let Err(error) = figures::follow(ledger).await {
        tracing::error!(%error, "what was posted could not be added to the figures by day, and will be later");
    }
}

async fn settle_refused(ledger: &Ledger) {
    if let Err(error) = refused::settle(ledger).await {
        tracing::error!(%error, "which refused events were accepted since is told later");
    }
}

async fn simulate(ledger: &Ledger) {
    if let Err(error) = runs::work(ledger).await {
        tracing::error!(%error, "simulations stopped, and go on later");
    }
}

async fn tell(ledger: &Ledger) {
    match expiring::tell_of_expiring(ledger).await {
        Ok(0) => (),
        Ok(lots) => tracing::info!(lots, "members were told of points that are about to expire"),
        Err(error) => tracing::error!(%error, "telling members of points that are about to expire stopped, and goes on later"),
    }
    match rules::tell_of_rules(ledger).await {
        Ok(0) => (),
        Ok(members) => tracing::info!(members, "members were told of new rules"),
        Err(error) => tracing::error!(%error, "telling members of new rules stopped, and goes on later"),
    }
}

async fn send_mail(ledger: &Ledger) {
    match send::send_waiting(ledger).await {
        Ok(tried) if tried == send::Tried::default() => (),
        Ok(tried) => tracing::info!(
            mail.sent = tried.sent,
            mail.put_off = tried.put_off,
            mail.given_up = tried.given_up,
            "e-mails were taken from the outbox"
        ),
        Err(error) => tracing::error!(%error, "sending e-mails stopped, and goes on later"),
    }
}

async fn add_up_experiments(ledger: &Ledger) {
    if let Err(error) = experiments::work(ledger).await {
        tracing::error!(%error, "adding up the results of experiments stopped, and goes on later");
    }
}

async fn find_rules(ledger: &Ledger) {
    if let Err(error) = searches::work(ledger).await {
        tracing::error!(%error, "searches for rules stopped, and go on later");
    }
}

async fn import(ledger: &Ledger) {
    match imports::work(ledger).await {
        Ok(0) => (),
        Ok(files) => tracing::info!(files, "files were imported"),
        Err(error) => tracing::error!(%error, "an import stopped, and goes on later"),
    }
    if let Err(error) = imports::tidy(ledger).await {
        tracing::error!(%error, "files that were imported could not be deleted, and will be later");
    }
    if let Err(error) = exports::kept::tidy(ledger).await {
        tracing::error!(%error, "files that were exported could not be deleted, and will be later");
    }
}
