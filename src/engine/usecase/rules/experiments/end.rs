//! Ending an experiment before its time: by going back to the rules of all others, or by giving everybody the variant's.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::ExperimentId;
use laurel_domain::numbers::time::Moment;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes;
use laurel_domain::rules::rule_set::{RuleSet, Rules};
use laurel_domain::text::Both;
use serde::{Deserialize, Serialize};

use super::{EndedEarly, On, check_said, on};
use crate::auth::{Actor, Authority, Permission};
use crate::store::Tx;
use crate::store::instants;
use crate::store::programme;
use crate::store::rules::experiments;
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::rules::publish::{extra, kept_and_told};
use crate::usecase::rules::{effect, name, note};

/// Which rules everybody has from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Those in force beside the variant's. An experiment that has not begun yet never does.
    Stop,
    /// The variant's.
    Adopt,
}

/// What is said beside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Until when whoever falls short of their tier by it keeps it.
    pub keeps_until: Option<Timestamp>,
    /// What members are told, where everybody gets the variant's rules.
    pub notice: Option<Both>,
}

/// Ends an experiment now. The number of the version that everybody has from then on; nothing of one that was withdrawn before it
/// began.
///
/// # Errors
/// `Forbidden`, `NotFound`; `experiment_over` if it has ended, `experiment_ahead` to adopt what has not begun; `invalid`
/// (`keeps_until`, `notice_…`); `needs_second_person` if adopting takes more than one person may decide.
pub async fn end(ledger: &Ledger, by: Authority, id: ExperimentId, how: Ending, said: Ended) -> Result<Option<u32>, AppError> {
    require(by, Permission::ManageRules)?;
    // measured before the lock, which it is too long for
    let has_limits = programme::rule_limits(&mut ledger.db.reader().await?).await? != Default::default();
    let effect = match how {
        Ending::Adopt if has_limits => Some(effect_of_adopting(ledger, id).await?),
        _ => None,
    };
    ledger
        .db
        .write((ledger.clone(), by, id, how, said, effect), |tx, (ledger, by, id, how, said, effect)| {
            Box::pin(async move {
                if *how == Ending::Adopt {
                    let limits = programme::rule_limits(tx).await?;
                    if let Some(beyond) = limits.refusal(effect.as_ref(), ledger.programme.currency) {
                        return Err(beyond.into());
                    }
                }
                end_in(tx, ledger, by.actor(), *id, *how, said).await
            })
        })
        .await
}

/// What giving everybody the variant's rules does.
pub(in crate::usecase::rules) async fn effect_of_adopting(
    ledger: &Ledger,
    id: ExperimentId,
) -> Result<effect::Effect, AppError> {
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let on = on(&rulebook, now).filter(|on| on.split.experiment == id);
    let set: RuleSet = on.ok_or(Refusal::ExperimentOver)?.variant.set.clone();
    effect::measure(ledger, set, false).await
}

/// Checks everything about giving everybody the variant's rules. The rules are locked from here on.
pub(in crate::usecase::rules) async fn check_adoption(
    tx: &mut Tx,
    ledger: &Ledger,
    id: ExperimentId,
    said: &Ended,
) -> Result<(), AppError> {
    programme::lock_rules(tx).await?;
    let (rulebook, now) = (ledger.rulebook_in(tx).await?, ledger.clock.now());
    let on = on(&rulebook, now).filter(|on| on.split.experiment == id).ok_or(Refusal::ExperimentOver)?;
    if on.variant.from > now {
        return Err(Refusal::ExperimentAhead.into());
    }
    let posted = instants::latest_posted(tx).await?;
    last_version(tx, ledger, &on, posted, Ending::Adopt, said).await.map(drop)
}

/// Gives everybody the variant's rules, whatever one person may decide.
pub(in crate::usecase::rules) async fn adopt_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Actor,
    id: ExperimentId,
    said: &Ended,
) -> Result<Option<u32>, AppError> {
    end_in(tx, ledger, by, id, Ending::Adopt, said).await
}

async fn end_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Actor,
    id: ExperimentId,
    how: Ending,
    said: &Ended,
) -> Result<Option<u32>, AppError> {
    programme::lock_rules(tx).await?;
    let row = experiments::find(tx, id.uuid()).await?.ok_or(AppError::NotFound)?;
    // where something was dated ahead it goes on for some minutes, and ends all the same
    if row.ended_early()?.is_some() {
        return Err(Refusal::ExperimentOver.into());
    }
    let (rulebook, now) = (ledger.rulebook_in(tx).await?, ledger.clock.now());
    let on = on(&rulebook, now).filter(|on| on.split.experiment == id).ok_or(Refusal::ExperimentOver)?;
    let posted = instants::latest_posted(tx).await?;
    // an event may be dated some minutes ahead, and its entry then names the version already
    let has_posted = |rules: &Rules| posted.is_some_and(|posted| posted >= rules.from);
    if has_posted(on.end) {
        return Err(Refusal::ExperimentOver.into());
    }
    let staff = match by {
        Actor::Staff(staff) => Some(staff),
        _ => None,
    };
    if on.variant.from > now && !has_posted(on.variant) {
        if how == Ending::Adopt {
            return Err(Refusal::ExperimentAhead.into());
        }
        for version in [on.variant.version, on.end.version] {
            programme::withdraw_version(tx, version, now, &name(by)).await?;
        }
        experiments::end(tx, id, EndedEarly::Withdrawn, staff, now, on.end.version).await?;
        note(tx, by, "rules.experiment_withdraw", &[], &format!("experiment:{id}"), now).await?;
        return Ok(None);
    }
    let rules = last_version(tx, ledger, &on, posted, how, said).await?;
    programme::withdraw_version(tx, on.end.version, now, &name(by)).await?;
    programme::insert_version(tx, &rules, said.notice.as_ref(), now, &name(by)).await?;
    let (early, action) = match how {
        Ending::Stop => (EndedEarly::Stopped, "rules.experiment_stop"),
        Ending::Adopt => (EndedEarly::Adopted, "rules.experiment_adopt"),
    };
    experiments::end(tx, id, early, staff, now, rules.version).await?;
    let mut changed = changes::changes(&on.end.set, &rules.set);
    changed.push(extra("version", rules.version.to_string()));
    changed.extend(kept_and_told(rules.keeps_until.map(Moment::time), said.notice.as_ref()));
    note(tx, by, action, &changed, &format!("experiment:{id}"), now).await?;
    Ok(Some(rules.version))
}

/// The version that ends it, from now on: after all that has been posted, whatever the clock says.
async fn last_version(
    tx: &mut Tx,
    ledger: &Ledger,
    on: &On<'_>,
    posted: Option<Timestamp>,
    how: Ending,
    said: &Ended,
) -> Result<Rules, AppError> {
    let (rulebook, now) = (ledger.rulebook_in(tx).await?, ledger.clock.now());
    let (set, before) = match how {
        Ending::Stop => (&on.end.set, &on.variant.set),
        Ending::Adopt => (&on.variant.set, &on.end.set),
    };
    let begun = on.variant.from.time();
    let last = posted.map_or(begun, |posted| posted.max(begun));
    let from = now.max(last.checked_add(SignedDuration::from_micros(1)).unwrap_or(now));
    check_said(&rulebook, (said.keeps_until, said.notice.as_ref()), from, (&before.ladder, &set.ladder))?;
    let version = programme::progress(tx).await?.latest + 1;
    Ok(Rules::compile(set.clone(), version, from, ledger.programme.currency)?.keeping(said.keeps_until))
}
