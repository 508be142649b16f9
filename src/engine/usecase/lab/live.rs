//! The estimate while somebody tries rules: some members' histories, made again under whatever is typed, in a few hundredths of a
//! second. Nothing is kept of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use laurel_domain::lab::report::{Report, Sample, Scope};
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::numbers::money::Currency;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use super::sample::{self, Sampled};
use super::{Progress, Simulation, Wish};
use crate::auth::{Authority, Permission};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// What has happened since is not worth reading all of them again while somebody moves a slider.
const KEPT: Duration = Duration::from_secs(120);

/// The members that estimates go by, as read last. Shared by all who estimate on one server, one after the other, so that
/// estimates never take more than the cores that are there.
#[derive(Default)]
pub struct Live(Mutex<Option<(Instant, Arc<Sampled>)>>);

/// Estimates what a draft would do to all, as some members say it; exactly where there are few enough.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault of the draft.
pub async fn estimate(ledger: &Ledger, by: Authority, set: RuleSet, span: Span) -> Result<Report, AppError> {
    require(by, Permission::ManageRules)?;
    let ledger = ledger.for_reports();
    let actual = ledger.rulebook().await?;
    let mut kept = ledger.live.0.lock().await;
    let sampled = match kept.take().filter(|(read, sampled)| read.elapsed() < KEPT && is_of(sampled, &actual)) {
        Some(known) => known,
        None => {
            let as_of = ledger.clock.now();
            let sampled = sample::read(&ledger, &actual, as_of, None, &Progress::default()).await?;
            (Instant::now(), Arc::new(sampled.ok_or_else(never_cancelled)?))
        }
    };
    *kept = Some(sampled.clone());
    let currency = ledger.programme.currency;
    let estimate = spawn_blocking(move || {
        let (actual, sampled) = (&sampled.1.actual, &sampled.1);
        let supposed = Supposed::of(actual, set, span, false, sampled.as_of)?;
        let outcome = sampled.outcome(&supposed, &Progress::default())?.ok_or_else(never_cancelled)?;
        Ok(Report::of(&outcome, scope(sampled, &supposed, span, currency), actual, &supposed))
    });
    estimate.await.map_err(AppError::internal)?
}

fn never_cancelled() -> AppError {
    AppError::internal(std::io::Error::other("nobody can cancel it"))
}

/// The same of one in so many members, read anew. Nothing if it was cancelled.
///
/// # Errors
/// `invalid` with every fault of the draft, before anything is run.
pub async fn of_one_in(
    ledger: &Ledger,
    wish: Wish,
    one_in: u32,
    progress: Arc<Progress>,
) -> Result<Option<Simulation>, AppError> {
    let ledger = ledger.for_reports();
    let (actual, as_of) = (ledger.rulebook().await?, ledger.clock.now());
    Wish { sample: Some(Sample { first: 0, buckets: 1, of: one_in }), ..wish.clone() }.check(as_of)?;
    let supposed = Arc::new(Supposed::of(&actual, wish.set, wish.span, wish.demotes, as_of)?);
    let Some(sampled) = sample::read(&ledger, &actual, as_of, Some(one_in), &progress).await? else { return Ok(None) };
    let (currency, span) = (ledger.programme.currency, wish.span);
    let simulation = spawn_blocking(move || {
        let Some(outcome) = sampled.outcome(&supposed, &progress)? else { return Ok(None) };
        let report = Report::of(&outcome, scope(&sampled, &supposed, span, currency), &actual, &supposed);
        Ok(Some(Simulation { report, outcome, actual, supposed }))
    });
    simulation.await.map_err(AppError::internal)?
}

fn scope(sampled: &Sampled, supposed: &Supposed, span: Span, currency: Currency) -> Scope {
    Scope {
        span,
        as_of: sampled.as_of,
        in_force: sampled.actual.general().at(sampled.as_of).version,
        currency,
        sample: None,
        keeps_awards: supposed.decides_awards_otherwise(&sampled.actual),
    }
}

/// Whether it was read under these rules.
fn is_of(sampled: &Sampled, rules: &Arc<Rulebook>) -> bool {
    Arc::ptr_eq(&sampled.actual, rules)
}
