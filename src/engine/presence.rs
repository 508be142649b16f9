//! This server among others on the same database: it says every few seconds that it lives, and knows from the answer which jobs
//! are its own, how many servers share a limit, and what others have changed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, watch};

use crate::random;
use crate::store::programme::Progress;
use crate::supervise::supervise;
use crate::usecase::ledger::Ledger;
use crate::usecase::servers::{self, Learnt, Presented};

/// How often within a lease: one that comes late, or not at all, costs nothing yet.
const TIMES_A_LEASE: u32 = 4;

/// Cloning is cheap; all clones are the same server.
#[derive(Clone)]
pub struct Presence {
    /// As `laurel servers` shows it.
    name: Arc<str>,
    lease: Duration,
    standing: watch::Sender<Standing>,
    /// Whether it has left; held while the database is told.
    has_left: Arc<Mutex<bool>>,
}

/// What was learnt last.
#[derive(Clone, Debug, Default)]
struct Standing {
    /// When it was asked, which is before it was answered.
    asked_at: Option<Instant>,
    servers: u32,
    jobs: Vec<&'static str>,
    rules: Progress,
    fault: Option<&'static str>,
    /// This server has stopped: no job is its own any more.
    has_left: bool,
}

impl Presence {
    /// Begins to say so, for these jobs.
    pub fn start(ledger: Ledger, jobs: &'static [&'static str], lease: Duration) -> Presence {
        let standing = watch::Sender::new(Standing::default());
        let presence = Presence { name: name().into(), lease, standing, has_left: Arc::default() };
        let (this, every) = (presence.clone(), lease / TIMES_A_LEASE);
        supervise("the presence of this server", move || {
            let (this, ledger) = (this.clone(), ledger.clone());
            async move {
                loop {
                    let has_left = this.has_left.lock().await;
                    if *has_left {
                        return;
                    }
                    this.report_in(&ledger, jobs).await;
                    drop(has_left);
                    tokio::time::sleep(every).await;
                }
            }
        });
        presence
    }

    /// How many servers there are, this one included.
    pub fn servers(&self) -> u32 {
        self.standing.borrow().servers.max(1)
    }

    /// Why this server cannot go on as it is, if it cannot.
    pub fn fault(&self) -> Option<&'static str> {
        self.standing.borrow().fault
    }

    /// Waits until a job is this server's own.
    pub async fn turn(&self, job: &'static str) {
        let mut standing = self.standing.subscribe();
        // the sender is this very value's
        let _ = standing.wait_for(|standing| self.holds(standing, job)).await;
    }

    /// Waits until a job is not this server's own any more, or may not be.
    pub async fn lost(&self, job: &'static str) {
        let mut standing = self.standing.subscribe();
        loop {
            let left = {
                let now = standing.borrow_and_update();
                if !self.holds(&now, job) {
                    return;
                }
                now.asked_at.map_or(Duration::ZERO, |asked_at| self.lease.saturating_sub(asked_at.elapsed()))
            };
            // either something new was learnt, or the lease may be over
            let _ = tokio::time::timeout(left, standing.changed()).await;
        }
    }

    /// Waits until the rules have come further than this, because somebody published or withdrew some.
    pub async fn rules_after(&self, known: Progress) -> Progress {
        let mut standing = self.standing.subscribe();
        let changed = standing.wait_for(|standing| standing.asked_at.is_some() && standing.rules != known).await;
        changed.map_or(known, |standing| standing.rules)
    }

    /// This server stops, and others may take its jobs at once.
    pub async fn leave(&self, ledger: &Ledger) {
        let mut has_left = self.has_left.lock().await;
        *has_left = true;
        // jobs end where they are, before the connections are closed under them
        self.standing.send_modify(|standing| standing.has_left = true);
        if let Err(error) = servers::leave(&ledger.db, self.name.to_string()).await {
            tracing::warn!(%error, "the jobs of this server are free only after a while");
        }
    }

    /// Whether this server has stopped.
    pub fn has_left(&self) -> bool {
        self.standing.borrow().has_left
    }

    fn holds(&self, standing: &Standing, job: &str) -> bool {
        !standing.has_left && standing.asked_at.is_some_and(|at| at.elapsed() < self.lease) && standing.jobs.contains(&job)
    }

    async fn report_in(&self, ledger: &Ledger, jobs: &'static [&'static str]) {
        let asked_at = Some(Instant::now());
        let presented = Presented { name: self.name.to_string(), jobs, lease: self.lease };
        let learnt = match servers::report_in(&ledger.db, presented).await {
            Ok(learnt) => learnt,
            Err(error) => {
                tracing::warn!(%error, "the database was not told that this server lives");
                return;
            }
        };
        let before = self.standing.borrow().clone();
        if before.jobs != learnt.jobs {
            tracing::info!(server.name = %self.name, server.jobs = %learnt.jobs.join(", "), "the jobs that this server does");
        }
        if before.servers != learnt.servers {
            tracing::info!(servers = learnt.servers, "servers that share this database");
        }
        let Learnt { servers, jobs, rules, programme, look, is_too_old } = learnt;
        ledger.learn_look(look);
        let goes_on = programme.is_none_or(|programme| ledger.learn(programme));
        let fault = match (is_too_old, goes_on) {
            (true, _) => Some("a newer version has changed the database: this one has to be replaced"),
            (false, false) => Some("the programme has another currency or time zone: restart"),
            (false, true) => None,
        };
        if let Some(fault) = fault {
            tracing::error!("{fault}");
        }
        // what it cannot do rightly it leaves to others
        let jobs = if fault.is_some() { Vec::new() } else { jobs };
        self.standing.send_replace(Standing { asked_at, servers, jobs, rules, fault, has_left: false });
    }
}

/// The machine's name, so that people know which server is meant, and something that no other process has.
fn name() -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine = Some(machine.trim()).filter(|name| !name.is_empty()).unwrap_or("server");
    format!("{machine}-{}", hex::encode(random::bytes::<4>()))
}
