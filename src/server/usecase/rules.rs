//! Changing the rules: a draft, what it changes, and its publication. A published version never changes.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Change};
use laurel_domain::rules::rule_set::{RuleSet, Rules};
use laurel_domain::rules::window::Window;
use serde_json::{Value, json};

use crate::server::auth::{Actor, Authority, Permission};
use crate::server::store::audit::{self, Action};
use crate::server::store::programme::{self, Draft};
use crate::server::store::{StoreError, Tx, timestamp};

use crate::server::usecase::error::{AppError, require};
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::ledger::months;

/// The draft of the next version; without one, what it would start from.
#[derive(Clone, Debug)]
pub struct Desk {
    pub in_force: Rules,
    /// The version that is still to come into force, if one is.
    pub scheduled: Option<Rules>,
    pub draft: Option<Draft>,
    /// What the draft changes.
    pub changes: Vec<Change>,
}

impl Desk {
    /// What the draft is to follow, and is compared with.
    pub fn before(&self) -> &Rules {
        self.scheduled.as_ref().unwrap_or(&self.in_force)
    }
}

pub async fn desk(ledger: &Ledger) -> Result<Desk, AppError> {
    let (timeline, now) = (ledger.timeline().await?, ledger.clock.now());
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let scheduled = Some(timeline.latest()).filter(|latest| latest.from > now && latest.version > 1).cloned();
    let mut desk = Desk { in_force: timeline.at(now).clone(), scheduled, draft, changes: Vec::new() };
    if let Some(draft) = &desk.draft {
        desk.changes = form::changes(&desk.before().set, &draft.set);
    }
    Ok(desk)
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
                note(tx, by.actor(), "rules.draft", &form::changes(&was, set), "draft", now).await?;
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
                let back = form::changes(&draft.set, &timeline.latest().set);
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
}

/// Publishes the draft: in force for events that occur from then on.
///
/// Re-rating of members follows by [`crate::server::usecase::ledger::due::re_rate`]; whoever is touched before their turn is re-rated first.
///
/// # Errors
/// `Forbidden`; `stale_draft`; `nothing_changed`; `invalid`; `in_past` for a time before now; `already_scheduled` while another
/// version is to come into force.
pub async fn publish(ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<u32, AppError> {
    require(by, Permission::ManageRules)?;
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    if draft.is_some_and(|draft| draft.set.ladder.window != Window::Lifetime) {
        months::keep(ledger).await?;
    }
    ledger
        .db
        .write((ledger.clone(), by, revision, how), |tx, (ledger, by, revision, how)| {
            Box::pin(publish_in(tx, ledger, *by, *revision, *how))
        })
        .await
}

async fn publish_in(tx: &mut Tx, ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<u32, AppError> {
    programme::lock_rules(tx).await?;
    let timeline = ledger.timeline_in(tx).await?;
    let latest = timeline.latest();
    let draft = programme::draft(tx).await?.filter(|draft| draft.revision == revision);
    let draft = draft.filter(|draft| draft.base == latest.version).ok_or(Refusal::StaleDraft)?;
    let changes = form::changes(&latest.set, &draft.set);
    if draft.set == latest.set {
        return Err(Refusal::NothingChanged.into());
    }
    let now = ledger.clock.now();
    if latest.from > now {
        return Err(Refusal::AlreadyScheduled { version: latest.version }.into());
    }
    if how.at.is_some_and(|at| at < now) {
        return Err(Refusal::InPast.into());
    }
    // a version starts after the one before and after all that has been posted, whatever the clock says: an entry is made by
    // the version in force at its time, and that must not become another
    let before = programme::latest_posted(tx).await?.map_or(latest.from, |posted| posted.max(latest.from));
    let after = before.checked_add(SignedDuration::from_micros(1)).unwrap_or(now);
    let from = how.at.unwrap_or(now).max(after);
    let version = latest.version + 1;
    let rules = Rules::compile(draft.set, version, from, ledger.programme.currency)?.demoting(how.demotes);
    if rules.set.ladder.window != Window::Lifetime {
        // those who came since; nobody posts meanwhile
        while months::keep_in(tx, ledger).await? > 0 {}
    }
    programme::insert_version(tx, &rules, now, &name(by.actor())).await?;
    programme::drop_draft(tx).await?;
    note(tx, by.actor(), "rules.publish", &changes, &format!("version:{version}"), now).await?;
    Ok(version)
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
    /// What it changed against the one before; nothing for the first.
    pub changes: Vec<Change>,
}

/// All versions, newest first.
pub async fn history(ledger: &Ledger) -> Result<Vec<Version>, AppError> {
    let timeline = ledger.timeline().await?;
    let rows = programme::versions(&mut ledger.db.reader().await?).await?;
    let mut history: Vec<Version> = Vec::with_capacity(rows.len());
    for row in rows {
        let version = u32::try_from(row.version).map_err(|_| StoreError::Corrupt("a version"))?;
        let sets = timeline.version(version).zip(timeline.version(version.saturating_sub(1)));
        history.push(Version {
            version,
            from: timestamp(row.in_force_from)?,
            published_at: timestamp(row.published_at)?,
            published_by: row.published_by,
            changes: sets.map(|(new, old)| form::changes(&old.set, &new.set)).unwrap_or_default(),
        });
    }
    history.reverse();
    Ok(history)
}
