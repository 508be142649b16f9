//! One member event by event: what each cause made under the rules that were, and what it would have made under the draft.

use jiff::Timestamp;
use laurel_domain::lab::flows::Pair;
use laurel_domain::lab::replay::{Made, Replay};
use laurel_domain::lab::scope::Supposed;
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::Entry;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::Rulebook;
use std::sync::Arc;

use super::made::Step;
use super::{Wish, made, parts};
use crate::store::members::member::{self, By};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// A cause and what it made, with what was due before it.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The member's entry of it as it is; `None` for what was due after everything.
    pub cause: Option<Entry>,
    pub made: Pair<Made>,
    /// What was not there to be taken under the draft.
    pub short: Points,
}

impl Moment {
    /// Whether the draft makes other points of it.
    pub fn differs(&self) -> bool {
        let moves = |made: &Made| -> Vec<_> {
            made.journal.entries.iter().map(|entry| (entry.kind, entry.points, entry.moves.clone(), entry.tier)).collect()
        };
        moves(&self.made.baseline) != moves(&self.made.draft)
    }
}

/// A member's history under both rule sets.
#[derive(Clone, Debug)]
pub struct Explained {
    pub moments: Vec<Moment>,
    pub account: Pair<Account>,
    pub actual: Arc<Rulebook>,
    pub supposed: Supposed,
}

/// Tells one member's history event by event; `None` if there is no such member.
///
/// # Errors
/// `invalid` with every fault of the draft; what the draft's rules refuse of this history (`points_out_of_range`).
pub async fn explain(ledger: &Ledger, wish: &Wish, who: By<'_>) -> Result<Option<Explained>, AppError> {
    let ledger = &ledger.for_reports();
    let (actual, as_of) = (ledger.rulebook().await?, ledger.clock.now());
    wish.check(as_of)?;
    let supposed = Supposed::of(&actual, wish.set.clone(), wish.span, wish.demotes, as_of)?;
    let Some(found) = member::find(&mut ledger.db.reader().await?, who).await? else { return Ok(None) };
    let part = ledger.db.snapshot((ledger.clone(), found), |tx, (ledger, found)| {
        Box::pin(parts::read_members(tx, ledger, vec![found.clone()]))
    });
    let part = part.await?;
    let Some(member) = part.members.first() else { return Ok(None) };
    let until = made::until(member, as_of);
    let mut baseline: Vec<(Option<Entry>, Made)> = Vec::new();
    let was = made::history(&part, member, &actual, false, |replay, step| {
        baseline.push((step.map(|(entry, _)| entry.clone()), made_by(replay, step, until)?));
        Ok(())
    })?;
    let mut draft: Vec<Made> = Vec::new();
    let is = made::history(&part, member, &supposed.rulebook, true, |replay, step| {
        draft.push(made_by(replay, step, until)?);
        Ok(())
    })?;
    let moments = baseline.into_iter().zip(draft).map(|((cause, baseline), draft)| Moment {
        cause,
        short: draft.short(),
        made: Pair { baseline, draft },
    });
    // what comes of other causes has been made with them; and after everything there may be nothing due
    let tells = |moment: &Moment| match &moment.cause {
        Some(_) => moment.made.baseline.main.is_some(),
        None => [&moment.made.baseline, &moment.made.draft].iter().any(|made| !made.journal.entries.is_empty()),
    };
    let moments = moments.filter(tells).collect();
    Ok(Some(Explained { moments, account: Pair { baseline: was, draft: is }, actual, supposed }))
}

fn made_by(replay: &mut Replay, step: Step, until: Timestamp) -> Result<Made, Refusal> {
    match step {
        Some((entry, brought)) => replay.made_again(entry, brought),
        None => replay.made_at_last(until),
    }
}
