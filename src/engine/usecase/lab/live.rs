//! The estimate while somebody tries rules: some members' histories, made again under whatever is typed, in a few hundredths of a
//! second. Nothing is kept of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use laurel_domain::lab::report::{Report, Sample, Scope};
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::Progress;
use super::sample::{self, Sampled};
use crate::auth::{Authority, Permission};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// What has happened since is not worth reading all of them again while somebody moves a slider.
const KEPT: Duration = Duration::from_secs(120);

/// The members that estimates go by, as read last. Shared by all who estimate on one server, one after the other, so that
/// estimates never take more than the cores that are there.
#[derive(Default)]
pub struct Live(Mutex<Option<(Instant, Arc<Sampled>)>>);

/// What a draft would do to all, as some members say it.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub report: Report,
    /// Of how many members one was looked at; 1 is everybody.
    pub one_in: u32,
}

/// Estimates a draft.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault of the draft.
pub async fn estimate(ledger: &Ledger, by: Authority, set: RuleSet, span: Span) -> Result<Estimate, AppError> {
    require(by, Permission::ManageRules)?;
    let ledger = ledger.for_reports();
    let actual = ledger.rulebook().await?;
    let mut kept = ledger.live.0.lock().await;
    let sampled = match kept.take().filter(|(read, sampled)| read.elapsed() < KEPT && is_of(sampled, &actual)) {
        Some(known) => known,
        None => {
            let as_of = ledger.clock.now();
            let sampled = sample::read(&ledger, &actual, as_of, &Progress::default()).await?;
            let sampled = sampled.ok_or_else(|| AppError::internal(std::io::Error::other("nobody can cancel it")))?;
            (Instant::now(), Arc::new(sampled))
        }
    };
    *kept = Some(sampled.clone());
    let currency = ledger.programme.currency;
    let estimate = spawn_blocking(move || {
        let (actual, sampled) = (&sampled.1.actual, &sampled.1);
        let supposed = Supposed::of(actual, set, span, false, sampled.as_of)?;
        let outcome = sampled.outcome(&supposed)?;
        let scope = Scope {
            span,
            as_of: sampled.as_of,
            in_force: actual.general().at(sampled.as_of).version,
            currency,
            sample: (sampled.one_in > 1).then_some(Sample { first: 0, buckets: 1, of: sampled.one_in }),
            keeps_awards: supposed.decides_awards_otherwise(actual),
        };
        Ok(Estimate { report: Report::of(&outcome, scope, actual, &supposed), one_in: sampled.one_in })
    });
    estimate.await.map_err(AppError::internal)?
}

/// Whether it was read under these rules.
fn is_of(sampled: &Sampled, rules: &Arc<Rulebook>) -> bool {
    Arc::ptr_eq(&sampled.actual, rules)
}
