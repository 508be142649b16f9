//! Searches asked for on a page: carried out beside the requests by one of the servers, and kept, so that whoever asked can leave and
//! come back. Each is its own: two who search both get theirs.

use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::Timestamp;
use laurel_domain::ids::{LabRunId, LabSearchId, StaffId};
use laurel_domain::lab::find::asked::Asked;
use laurel_domain::lab::find::goal::Reading;
use laurel_domain::lab::report::{Report, Scope};
use laurel_domain::lab::scope::{Span, Supposed};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::Fields;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook};

use super::{Found, MOST_SIMULATIONS, Simulated, run};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::lab::runs::State;
use crate::store::lab::searches::{self, End, SearchRow};
use crate::store::{StoreError, micros, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::lab::job::{self, Ended, SILENCE};
use crate::usecase::lab::{Progress, Wish, runs};
use crate::usecase::ledger::Ledger;

/// How many searches are kept.
const KEPT: i64 = 50;
const BROKEN: StoreError = StoreError::Corrupt("a search of the lab");

/// What is to be found: goals and what may move, from which rules on, and from when on these hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub start: Box<RuleSet>,
    pub fields: Fields,
    pub span: Span,
}

/// A search, and what it has found.
#[derive(Clone, Debug)]
pub struct Search {
    pub id: LabSearchId,
    pub start: RuleSet,
    pub fields: Fields,
    pub asked: Asked,
    pub span: Span,
    pub state: State,
    pub made_by: Option<StaffId>,
    pub made_at: Timestamp,
    /// Simulations done, and how many there are at most.
    pub done: i64,
    pub total: i64,
    pub ended_at: Option<Timestamp>,
    /// Only of a search that was looked for by its id, once it is done.
    pub result: Option<Findings>,
    /// The code of what it failed with.
    pub fault: Option<String>,
}

/// What was found, as people read it.
#[derive(Clone, Debug)]
pub struct Findings {
    pub start: Told,
    pub proposals: Vec<Told>,
    pub nearest: Option<Told>,
    pub sampled: u64,
    pub runs: u64,
}

/// Rules with what the goals ask about, and the report of their exact simulation.
#[derive(Clone, Debug)]
pub struct Told {
    pub set: RuleSet,
    pub readings: Vec<Reading>,
    pub report: Report,
}

impl Search {
    fn of(row: &SearchRow, ledger: &Ledger) -> Result<Search, StoreError> {
        let start: RuleSet =
            serde_json::from_str(&row.start).map_err(|_| StoreError::unread(&row.start, "a search of the lab"))?;
        let fields: Fields = serde_json::from_str(&row.asked).map_err(|_| BROKEN)?;
        let asked = Asked::read(&fields, &start, ledger.programme.currency).map_err(|_| BROKEN)?;
        Ok(Search {
            id: LabSearchId::new(row.id),
            start,
            fields,
            asked,
            span: runs::read_span(&row.span)?,
            state: State::of_number(row.state)?,
            made_by: row.made_by.map(StaffId::new),
            made_at: timestamp(row.made_at)?,
            done: row.done,
            total: row.total,
            ended_at: row.ended_at.map(timestamp).transpose()?,
            result: None,
            fault: row.fault.clone(),
        })
    }
}

/// Asks for a search. It begins as soon as a server comes to it: wake the jobs.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault of what is asked or of the rules it starts from, and nothing is run.
pub async fn start(ledger: &Ledger, by: Authority, wanted: Wanted) -> Result<LabSearchId, AppError> {
    require(by, Permission::ManageRules)?;
    let now = ledger.clock.now();
    let Wanted { start, fields, span } = wanted;
    let mut faults = start.faults(ledger.programme.currency);
    if faults.is_empty()
        && let Err(found) = Asked::read(&fields, &start, ledger.programme.currency)
    {
        faults = found;
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    Wish { span, ..Wish::whole((*start).clone()) }.check(now)?;
    let id = LabSearchId::new(random::id(now));
    let made_by = match by.actor() {
        Actor::Staff(staff) => Some(staff),
        _ => None,
    };
    let row = SearchRow {
        id: id.uuid(),
        start: serde_json::to_string(&start).map_err(AppError::internal)?,
        asked: serde_json::to_string(&fields).map_err(AppError::internal)?,
        span: runs::write_span(span),
        state: 0,
        made_by,
        made_at: micros(now),
        done: 0,
        total: i64::from(MOST_SIMULATIONS),
        ended_at: None,
        found: None,
        fault: None,
    };
    ledger
        .db
        .write(row, |tx, row| {
            Box::pin(async move {
                searches::insert(tx, row).await?;
                searches::prune(tx, KEPT).await
            })
        })
        .await?;
    Ok(id)
}

/// Stops a search, whoever asked for it. One that has ended stays as it is.
///
/// # Errors
/// `Forbidden`.
pub async fn cancel(ledger: &Ledger, by: Authority, id: LabSearchId) -> Result<bool, AppError> {
    require(by, Permission::ManageRules)?;
    let input = (id.uuid(), ledger.clock.now());
    Ok(ledger.db.write(input, |tx, (id, now)| Box::pin(searches::cancel(tx, *id, *now))).await?)
}

/// The newest searches, without what was found.
pub async fn latest(ledger: &Ledger, most: i64) -> Result<Vec<Search>, AppError> {
    let rows = searches::latest(&mut ledger.db.reader().await?, most).await?;
    Ok(rows.iter().map(|row| Search::of(row, ledger)).collect::<Result<_, _>>()?)
}

/// A search with what it has found.
pub async fn find(ledger: &Ledger, id: LabSearchId) -> Result<Option<Search>, AppError> {
    let row = searches::find(&mut ledger.db.reader().await?, id.uuid()).await?;
    let Some(row) = row else { return Ok(None) };
    let mut search = Search::of(&row, ledger)?;
    if let Some(found) = &row.found {
        let found: Found = serde_json::from_str(found).map_err(|_| BROKEN)?;
        search.result = Some(read(ledger, found, search.span).await?);
    }
    Ok(Some(search))
}

/// What was found, for people.
pub async fn read(ledger: &Ledger, found: Found, span: Span) -> Result<Findings, AppError> {
    let actual = ledger.rulebook().await?;
    let tell = |simulated: Simulated| told(ledger, &actual, simulated, span);
    Ok(Findings {
        start: tell(found.start)?,
        proposals: found.proposals.into_iter().map(tell).collect::<Result<_, _>>()?,
        nearest: found.nearest.map(tell).transpose()?,
        sampled: found.sampled,
        runs: found.runs,
    })
}

fn told(ledger: &Ledger, actual: &Rulebook, simulated: Simulated, span: Span) -> Result<Told, AppError> {
    let Simulated { set, readings, as_of, outcome } = simulated;
    let supposed = Supposed::of(actual, set.clone(), span, false, as_of)?;
    let scope = Scope {
        span,
        as_of,
        in_force: actual.general().at(as_of).version,
        currency: ledger.programme.currency,
        sample: None,
        keeps_awards: supposed.decides_awards_otherwise(actual),
    };
    let report = Report::of(&outcome, scope, actual, &supposed);
    Ok(Told { set, readings, report })
}

/// Puts the exact simulation of a proposal among the runs of the lab, where it can be looked at closely. `place`: which of the
/// proposals; what comes nearest is after them all.
///
/// # Errors
/// `Forbidden`; `NotFound` if there is no such proposal.
pub async fn open(ledger: &Ledger, by: Authority, id: LabSearchId, place: usize) -> Result<LabRunId, AppError> {
    let (simulated, span) = proposal(ledger, id, place).await?;
    runs::put(ledger, by, simulated, span).await
}

/// One of the proposals of a search.
///
/// # Errors
/// `NotFound` if there is no such proposal.
pub async fn proposal(ledger: &Ledger, id: LabSearchId, place: usize) -> Result<(Simulated, Span), AppError> {
    let row = searches::find(&mut ledger.db.reader().await?, id.uuid()).await?.ok_or(AppError::NotFound)?;
    let found: Found = serde_json::from_str(row.found.as_deref().ok_or(AppError::NotFound)?).map_err(|_| BROKEN)?;
    let all = found.proposals.into_iter().chain(found.nearest);
    Ok((all.into_iter().nth(place).ok_or(AppError::NotFound)?, runs::read_span(&row.span)?))
}

/// Carries out what waits, one after the other, until nothing does. How many there were.
pub async fn work(ledger: &Ledger) -> Result<u64, AppError> {
    let mut done = 0;
    loop {
        let now = ledger.clock.now();
        let claimed = ledger.db.write(now, |tx, now| Box::pin(searches::claim(tx, *now, SILENCE))).await?;
        let Some(row) = claimed else { return Ok(done) };
        carry_out(ledger, &Search::of(&row, ledger)?).await?;
        done += 1;
    }
}

async fn carry_out(ledger: &Ledger, search: &Search) -> Result<(), AppError> {
    let progress = Arc::new(Progress::default());
    let searched = run(ledger, search.start.clone(), search.asked.clone(), search.span, progress.clone());
    let (told, id) = (ledger.clone(), search.id.uuid());
    let tell = move |done, _| -> BoxFuture<'static, Result<bool, AppError>> {
        let ledger = told.clone();
        Box::pin(async move {
            let input = (id, done, ledger.clock.now());
            Ok(ledger.db.write(input, |tx, (id, done, now)| Box::pin(searches::beat(tx, *id, *done, *now))).await?)
        })
    };
    let Ended { state, made, fault } = job::carry_out("a search for rules", searched, &progress, tell).await?;
    let found = made.map(|found| serde_json::to_string(&found).map_err(AppError::internal)).transpose()?;
    let input = (search.id.uuid(), state, End { found, fault }, ledger.clock.now());
    Ok(ledger.db.write(input, |tx, (id, state, end, now)| Box::pin(searches::end(tx, *id, *state, end, *now))).await?)
}
