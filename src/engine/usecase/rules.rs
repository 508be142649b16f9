//! Changing the rules: a draft, what it changes, its publication, and its withdrawal as long as it is not in force.
//! A published version never changes.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes::{Change, changes};
use laurel_domain::rules::rule_set::{RuleSet, Rules, Timeline};
use laurel_domain::rules::window::Window;
use serde_json::{Value, json};

use crate::auth::{Actor, Authority, Permission};
use crate::store::audit::{self, Action};
use crate::store::programme::{self, Draft};
use crate::store::{StoreError, Tx, timestamp};

use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::months::{self, Kept};

/// How far ahead a version can be scheduled.
const MONTHS_AHEAD: u16 = 12;

/// The draft of the next version, and what there is without it.
#[derive(Clone, Debug)]
pub struct Overview {
    pub in_force: Rules,
    /// The version that is still to come into force, if one is.
    pub scheduled: Option<Rules>,
    pub draft: Option<Draft>,
    /// What the draft, or else the scheduled version, changes in what is in force.
    pub changes: Vec<Change>,
    /// The latest of the versions that count, which a new draft starts from.
    pub base: u32,
    /// The number that is given next.
    pub next_version: u32,
}

impl Overview {
    /// What an editor starts with: the draft, else what is scheduled, else what is in force.
    pub fn set(&self) -> &RuleSet {
        let scheduled = self.scheduled.as_ref().map(|rules| &rules.set);
        self.draft.as_ref().map(|draft| &draft.set).or(scheduled).unwrap_or(&self.in_force.set)
    }
}

pub async fn overview(ledger: &Ledger) -> Result<Overview, AppError> {
    let (timeline, now) = (ledger.timeline().await?, ledger.clock.now());
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let next_version = programme::progress(&mut ledger.db.reader().await?).await?.latest + 1;
    let scheduled = scheduled(&timeline, now).cloned();
    let (in_force, base) = (timeline.at(now).clone(), timeline.latest().version);
    let mut overview = Overview { in_force, scheduled, draft, changes: Vec::new(), base, next_version };
    overview.changes = changes(&overview.in_force.set, overview.set());
    Ok(overview)
}

/// The version that is still to come into force. The first holds since ever, whatever time it says.
fn scheduled(timeline: &Timeline, now: Timestamp) -> Option<&Rules> {
    Some(timeline.latest()).filter(|latest| latest.from > now && timeline.all().len() > 1)
}

/// Keeps a draft. `revision` is the one that was edited, 0 when there was none; the new one is returned.
///
/// # Errors
/// `Forbidden`; `invalid` with every fault; `stale_draft` if somebody has changed or published it meanwhile.
pub async fn save_draft(ledger: &Ledger, by: Authority, set: RuleSet, base: u32, revision: i64) -> Result<i64, AppError> {
    require(by, Permission::ManageRules)?;
    let faults = set.faults(ledger.programme.currency);
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    let input = (ledger.clone(), by, set, base, revision);
    ledger
        .db
        .write(input, |tx, (ledger, by, set, base, revision)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let timeline = ledger.timeline_in(tx).await?;
                let before = programme::draft(tx).await?;
                if before.as_ref().map_or(0, |draft| draft.revision) != *revision || timeline.latest().version != *base {
                    return Err(Refusal::StaleDraft.into());
                }
                let now = ledger.clock.now();
                // the microsecond keeps revisions of drafts that were dropped from coming again
                let next = now.as_microsecond().max(*revision + 1);
                let changed_by = name(by.actor());
                let draft = Draft { base: *base, revision: next, set: set.clone(), changed_at: now, changed_by };
                programme::save_draft(tx, &draft).await?;
                let was = before.map_or_else(|| timeline.latest().set.clone(), |draft| draft.set);
                note(tx, by.actor(), "rules.draft", &changes(&was, set), "draft", now).await?;
                Ok(next)
            })
        })
        .await
}

/// Throws the draft away.
///
/// # Errors
/// `Forbidden`; `stale_draft` as for saving.
pub async fn discard_draft(ledger: &Ledger, by: Authority, revision: i64) -> Result<(), AppError> {
    require(by, Permission::ManageRules)?;
    ledger
        .db
        .write((ledger.clone(), by, revision), |tx, (ledger, by, revision)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let draft = programme::draft(tx).await?.filter(|draft| draft.revision == *revision);
                let draft = draft.ok_or(Refusal::StaleDraft)?;
                programme::drop_draft(tx).await?;
                let timeline = ledger.timeline_in(tx).await?;
                let back = changes(&draft.set, &timeline.latest().set);
                note(tx, by.actor(), "rules.discard", &back, "draft", ledger.clock.now()).await
            })
        })
        .await
}

/// How a draft is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// In force from here, not before now; at once if left out.
    pub at: Option<Timestamp>,
    /// Whether a stricter ladder demotes inside validity periods.
    pub demotes: bool,
    /// The scheduled version that this one takes the place of; it is withdrawn.
    pub instead_of: Option<u32>,
}

/// Checks a time to publish at: not before now, and no more than a year ahead.
///
/// # Errors
/// `in_past`; `too_far_ahead`.
pub fn check_time(timeline: &Timeline, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let calendar = timeline.calendar();
    let latest = calendar.months_after(now, MONTHS_AHEAD);
    match at {
        at if at < now => Err(Refusal::InPast),
        at if at > latest => Err(Refusal::TooFarAhead { latest: calendar.day(latest) }),
        _ => Ok(()),
    }
}

/// Publishes the draft: in force for events that occur from then on.
///
/// Re-rating of members follows by [`crate::usecase::ledger::due::re_rate`]; whoever is touched before their turn is re-rated first.
///
/// # Errors
/// `Forbidden`; `stale_draft`; `nothing_changed`; `invalid`; `in_past` for a time before now, `too_far_ahead` for one after a year;
/// `already_scheduled` while another version is to come into force, unless this one takes its place; `already_in_force` if that
/// has come into force meanwhile.
pub async fn publish(ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<u32, AppError> {
    require(by, Permission::ManageRules)?;
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let kept = match draft.is_some_and(|draft| draft.set.ladder.window != Window::Lifetime) {
        true => Some(months::keep(ledger).await?),
        false => None,
    };
    ledger
        .db
        .write((ledger.clone(), by, revision, how, kept), |tx, (ledger, by, revision, how, kept)| {
            Box::pin(publish_in(tx, ledger, *by, *revision, *how, kept.clone()))
        })
        .await
}

async fn publish_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Authority,
    revision: i64,
    how: Publication,
    kept: Option<Kept>,
) -> Result<u32, AppError> {
    programme::lock_rules(tx).await?;
    let timeline = ledger.timeline_in(tx).await?;
    let latest = timeline.latest();
    let draft = programme::draft(tx).await?.filter(|draft| draft.revision == revision);
    let draft = draft.filter(|draft| draft.base == latest.version).ok_or(Refusal::StaleDraft)?;
    let now = ledger.clock.now();
    if let Some(at) = how.at {
        check_time(&timeline, at, now)?;
    }
    let latest = match (scheduled(&timeline, now), how.instead_of) {
        (None, None) => latest,
        (Some(scheduled), Some(version)) if scheduled.version == version => {
            withdraw_in(tx, &timeline, by, version, now).await?
        }
        (Some(scheduled), _) => return Err(Refusal::AlreadyScheduled { version: scheduled.version }.into()),
        (None, Some(version)) => return Err(Refusal::AlreadyInForce { version }.into()),
    };
    let changes = changes(&latest.set, &draft.set);
    if draft.set == latest.set {
        return Err(Refusal::NothingChanged.into());
    }
    // a version starts after the one before and after all that has been posted, whatever the clock says: an entry is made by
    // the version in force at its time, and that must not become another
    let before = programme::latest_posted(tx).await?.map_or(latest.from, |posted| posted.max(latest.from));
    let after = before.checked_add(SignedDuration::from_micros(1)).unwrap_or(now);
    let from = how.at.unwrap_or(now).max(after);
    let version = programme::progress(tx).await?.latest + 1;
    let rules = Rules::compile(draft.set, version, from, ledger.programme.currency)?.demoting(how.demotes);
    if rules.set.ladder.window != Window::Lifetime {
        // another draft may have been saved since; then everybody's are kept here
        months::keep_rest(tx, ledger, kept.unwrap_or_default()).await?;
    }
    programme::insert_version(tx, &rules, now, &name(by.actor())).await?;
    programme::drop_draft(tx).await?;
    note(tx, by.actor(), "rules.publish", &changes, &format!("version:{version}"), now).await?;
    Ok(version)
}

/// Withdraws a version that is still to come into force. What it says comes back as the draft, unless there is a draft, which
/// started from it. Its number is not given again.
///
/// # Errors
/// `Forbidden`; `not_found`; `already_in_force` once it is, or once something dated ahead was posted by it.
pub async fn withdraw(ledger: &Ledger, by: Authority, version: u32) -> Result<(), AppError> {
    require(by, Permission::ManageRules)?;
    ledger
        .db
        .write((ledger.clone(), by, version), |tx, (ledger, by, version)| {
            Box::pin(async move {
                programme::lock_rules(tx).await?;
                let (timeline, now) = (ledger.timeline_in(tx).await?, ledger.clock.now());
                let before = withdraw_in(tx, &timeline, *by, *version, now).await?;
                let withdrawn = timeline.latest().set.clone();
                let draft = programme::draft(tx).await?;
                let revision = draft.as_ref().map_or(0, |draft| draft.revision);
                let draft = Draft {
                    base: before.version,
                    revision: now.as_microsecond().max(revision + 1),
                    set: draft.map_or(withdrawn, |draft| draft.set),
                    changed_at: now,
                    changed_by: name(by.actor()),
                };
                Ok(programme::save_draft(tx, &draft).await?)
            })
        })
        .await
}

/// The version that is the latest then.
async fn withdraw_in<'a>(
    tx: &mut Tx,
    timeline: &'a Timeline,
    by: Authority,
    version: u32,
    now: Timestamp,
) -> Result<&'a Rules, AppError> {
    let known = timeline.version(version).ok_or(AppError::NotFound)?;
    let in_force = || Refusal::AlreadyInForce { version };
    let scheduled = scheduled(timeline, now).filter(|scheduled| scheduled.version == version).ok_or_else(in_force)?;
    // an event may be dated some minutes ahead, and its entry then names the version already
    if programme::latest_posted(tx).await?.is_some_and(|posted| posted >= scheduled.from) {
        return Err(in_force().into());
    }
    let before = &timeline.all()[timeline.all().len() - 2];
    programme::withdraw_version(tx, version, now, &name(by.actor())).await?;
    let back = changes(&known.set, &before.set);
    note(tx, by.actor(), "rules.withdraw", &back, &format!("version:{version}"), now).await?;
    Ok(before)
}

fn name(actor: Actor) -> String {
    match actor {
        Actor::Staff(id) => format!("staff:{id}"),
        _ => "laurel".to_owned(),
    }
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    what: &'static str,
    changes: &[Change],
    subject: &str,
    now: Timestamp,
) -> Result<(), AppError> {
    let side = |pick: fn(&Change) -> &Option<String>| -> Option<Value> {
        Some(changes.iter().map(|change| (change.field.clone(), json!(pick(change)))).collect::<serde_json::Map<_, _>>().into())
    };
    let (before, after) = (side(|change| &change.before), side(|change| &change.after));
    let subject = format!("rules:{subject}");
    Ok(audit::append(tx, &Action { actor, name: what, subject: &subject, before, after }, now).await?)
}

/// A published version, for the history.
#[derive(Clone, Debug)]
pub struct Version {
    pub version: u32,
    pub from: Timestamp,
    pub published_at: Timestamp,
    /// `staff:<id>`, or `laurel` for the first.
    pub published_by: String,
    /// When it was withdrawn, and by whom, if it never came into force.
    pub withdrawn: Option<(Timestamp, String)>,
    pub set: RuleSet,
    /// What it is compared with: the one before that was not withdrawn; none for the first.
    pub before: Option<RuleSet>,
}

impl Version {
    /// What it changed; nothing for the first.
    pub fn changes(&self) -> Vec<Change> {
        self.before.as_ref().map(|before| changes(before, &self.set)).unwrap_or_default()
    }
}

/// All versions, newest first, also those that were withdrawn.
pub async fn history(ledger: &Ledger) -> Result<Vec<Version>, AppError> {
    let rows = programme::versions(&mut ledger.db.reader().await?).await?;
    let mut history: Vec<Version> = Vec::with_capacity(rows.len());
    let mut before: Option<RuleSet> = None;
    for row in rows {
        let set = row.set()?;
        let withdrawn = row.withdrawn_at.map(timestamp).transpose()?.zip(row.withdrawn_by);
        let is_counted = withdrawn.is_none();
        history.push(Version {
            version: u32::try_from(row.version).map_err(|_| StoreError::Corrupt("a version"))?,
            from: timestamp(row.in_force_from)?,
            published_at: timestamp(row.published_at)?,
            published_by: row.published_by,
            withdrawn,
            set: set.clone(),
            before: before.clone(),
        });
        if is_counted {
            before = Some(set);
        }
    }
    history.reverse();
    Ok(history)
}
