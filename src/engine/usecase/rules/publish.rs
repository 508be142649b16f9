//! Publishing a draft, and taking a version back before it is in force.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::numbers::time::Moment;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rules::changes::{self, Change};
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::rules::window::Window;
use laurel_domain::text::{Both, Reason};
use serde::{Deserialize, Serialize};

use super::limits::Limits;
use super::{Effect, experiments, measure, name, note, scheduled};
use crate::auth::{Actor, Authority, Permission};
use crate::store::programme::{self, Draft};
use crate::store::{Tx, idempotency, instants, micros};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::months::{self, Kept};

/// How far ahead a version can be scheduled.
const MONTHS_AHEAD: u16 = 12;

/// For how long tiers can be kept under stricter rules.
const MONTHS_KEPT: u16 = 24;

/// The longest text that members are told, in characters.
pub const LONGEST_NOTICE: usize = 500;

/// How a draft is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// In force from here, not before now; at once if left out.
    pub at: Option<Timestamp>,
    /// Whether a stricter ladder demotes inside validity periods.
    pub demotes: bool,
    /// Until when whoever falls short of their tier by it keeps it.
    pub keeps_until: Option<Timestamp>,
    /// The scheduled version that this one takes the place of; it is withdrawn.
    pub instead_of: Option<u32>,
    /// What members are told, from the publication on.
    pub notice: Option<Both>,
    /// Why, for the audit log.
    #[serde(default)]
    pub note: Option<String>,
    /// Of the form that this was asked by: sent twice, it publishes once and is answered twice.
    #[serde(skip)]
    pub once: Option<String>,
}

/// Checks a time to publish at: not before now, and no more than a year ahead.
///
/// # Errors
/// `in_past`; `too_far_ahead`.
pub fn check_time(rulebook: &Rulebook, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let calendar = rulebook.calendar();
    let latest = calendar.months_after(now, MONTHS_AHEAD);
    match at {
        at if at < now => Err(Refusal::InPast),
        at if at > latest => Err(Refusal::TooFarAhead { latest: calendar.day(latest).date() }),
        _ => Ok(()),
    }
}

/// Checks until when tiers are to be kept: after the version comes into force, and for no more than two years.
///
/// # Errors
/// `invalid` (`keeps_until`).
pub fn check_kept(rulebook: &Rulebook, until: Timestamp, from: Timestamp) -> Result<(), Refusal> {
    let calendar = rulebook.calendar();
    let latest = calendar.months_after(from, MONTHS_KEPT);
    match until {
        until if until <= from => Err(Refusal::field("keeps_until", Fault::NotLater)),
        until if until > latest => {
            Err(Refusal::field("keeps_until", Fault::TooLarge { most: calendar.day(latest).to_string() }))
        }
        _ => Ok(()),
    }
}

/// What was typed for members, if anything was.
///
/// # Errors
/// `invalid` (`notice_zh`, `notice_en`): both languages or none, each of a length.
pub fn notice_of(zh: &str, en: &str) -> Result<Option<Both>, Refusal> {
    // one paragraph, however it was typed
    let text = |typed: &str| typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let notice = Both::new(&text(zh), &text(en));
    if notice.zh.is_empty() && notice.en.is_empty() {
        return Ok(None);
    }
    match notice_faults(&notice) {
        faults if faults.is_empty() => Ok(Some(notice)),
        faults => Err(Refusal::Invalid { faults }),
    }
}

/// What is wrong with what members are to be told. Each language is a field of its own: `notice_zh`, `notice_en`.
pub(super) fn notice_faults(notice: &Both) -> Vec<FieldFault> {
    let named = |fault: FieldFault| FieldFault { field: fault.field.replace('.', "_"), ..fault };
    notice.faults("notice", LONGEST_NOTICE).into_iter().map(named).collect()
}

/// Publishes the draft: in force for events that occur from then on.
///
/// Re-rating of members follows by [`crate::usecase::ledger::due::re_rate`]; whoever is touched before their turn is re-rated first.
///
/// # Errors
/// `Forbidden`; `stale_draft`; `nothing_changed`; `invalid` (`keeps_until`, `notice_…`, `note`); `in_past` for a time before now,
/// `too_far_ahead` for one after a year; `experiment_runs` while an experiment is on,
/// `already_scheduled` while another version is to come into force, unless this one takes its
/// place; `already_in_force` if that has come into force meanwhile; `needs_second_person` if it takes more than one person may decide.
pub async fn publish(ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<u32, AppError> {
    require(by, Permission::ManageRules)?;
    let once = how.once.as_deref().map(|once| Once { owner: name(by.actor()), key: format!("publish:{once}") });
    match try_to(ledger, by, revision, how).await {
        // the same form, sent twice: the first has taken the draft with it
        Err(AppError::Refused(Refusal::StaleDraft)) => {
            let version = match &once {
                Some(once) => idempotency::answer(&mut ledger.db.reader().await?, &once.owner, &once.key).await?,
                None => None,
            };
            version.and_then(|version| version.parse().ok()).ok_or_else(|| Refusal::StaleDraft.into())
        }
        published => published,
    }
}

/// Whose form, and which.
struct Once {
    owner: String,
    key: String,
}

async fn try_to(ledger: &Ledger, by: Authority, revision: i64, how: Publication) -> Result<u32, AppError> {
    let effect = needed_effect(ledger, revision, &how).await?;
    let kept = keep_months(ledger).await?;
    ledger
        .db
        .write((ledger.clone(), by, revision, how, kept, effect), |tx, (ledger, by, revision, how, kept, effect)| {
            Box::pin(async move {
                let prepared = prepare(tx, ledger, *revision, how).await?;
                let limits = programme::rule_limits(tx).await?;
                if let Some(beyond) = limits.refusal(effect.as_ref(), ledger.programme.currency) {
                    return Err(beyond.into());
                }
                let now = prepared.now;
                let version = publish_in(tx, ledger, by.actor(), prepared, how, kept.clone()).await?;
                if let Some(once) = &how.once {
                    let (owner, key) = (name(by.actor()), format!("publish:{once}"));
                    idempotency::claim(tx, &owner, &key, [0; 32], micros(now)).await?;
                    idempotency::complete(tx, &owner, &key, 201, &version.to_string()).await?;
                }
                Ok(version)
            })
        })
        .await
}

/// What the draft with that revision would do, if anything depends on it. Measured before the lock, which it is too long for; members
/// who come or go meanwhile can change it by as many.
pub(super) async fn needed_effect(ledger: &Ledger, revision: i64, how: &Publication) -> Result<Option<Effect>, AppError> {
    if programme::rule_limits(&mut ledger.db.reader().await?).await? == Limits::default() {
        return Ok(None);
    }
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let draft = draft.filter(|draft| draft.revision == revision).ok_or(Refusal::StaleDraft)?;
    measure(ledger, draft.set, how.demotes).await.map(Some)
}

/// Sees to it that everybody's months are kept, if the draft needs them.
pub(super) async fn keep_months(ledger: &Ledger) -> Result<Option<Kept>, AppError> {
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    match draft.is_some_and(|draft| draft.set.ladder.window != Window::Lifetime) {
        true => Ok(Some(months::keep(ledger).await?)),
        false => Ok(None),
    }
}

/// A draft that can be published, as a version; nothing is written yet.
pub(super) struct Prepared {
    pub rules: Rules,
    pub changes: Vec<Change>,
    rulebook: Rulebook,
    now: Timestamp,
}

/// Checks everything and compiles the draft. The rules are locked from here on.
pub(super) async fn prepare(tx: &mut Tx, ledger: &Ledger, revision: i64, how: &Publication) -> Result<Prepared, AppError> {
    programme::lock_rules(tx).await?;
    let rulebook = (*ledger.rulebook_in(tx).await?).clone();
    let latest = rulebook.latest();
    let draft = programme::draft(tx).await?.filter(|draft| draft.revision == revision);
    let draft = draft.filter(|draft| draft.base == latest.version).ok_or(Refusal::StaleDraft)?;
    let now = ledger.clock.now();
    experiments::check_none(tx, &rulebook, now).await?;
    if let Some(at) = how.at {
        check_time(&rulebook, at, now)?;
    }
    let latest = match (scheduled(&rulebook, now), how.instead_of) {
        (None, None) => latest,
        (Some(scheduled), Some(version)) if scheduled.version == version => {
            before_scheduled(tx, &rulebook, version, now).await?
        }
        (Some(scheduled), _) => return Err(Refusal::AlreadyScheduled { version: scheduled.version }.into()),
        (None, Some(version)) => return Err(Refusal::AlreadyInForce { version }.into()),
    };
    let changes = changes::changes(&latest.set, &draft.set);
    if draft.set == latest.set {
        return Err(Refusal::NothingChanged.into());
    }
    check_extras(how, latest, &draft)?;
    // a version starts after the one before and after all that has been posted, whatever the clock says: an entry is made by
    // the version in force at its time, and that must not become another
    let before = instants::latest_posted(tx).await?.map_or(latest.from.time(), |posted| posted.max(latest.from.time()));
    let after = before.checked_add(SignedDuration::from_micros(1)).unwrap_or(now);
    let from = how.at.unwrap_or(now).max(after);
    if let Some(until) = how.keeps_until {
        check_kept(&rulebook, until, from)?;
    }
    let version = programme::progress(tx).await?.latest + 1;
    let rules = Rules::compile(draft.set, version, from, ledger.programme.currency)?;
    let rules = rules.demoting(how.demotes).keeping(how.keeps_until);
    Ok(Prepared { rules, changes, rulebook, now })
}

/// Tiers are kept or taken at once, and only where another ladder can take any; what members are told is in both languages.
fn check_extras(how: &Publication, latest: &Rules, draft: &Draft) -> Result<(), Refusal> {
    let mut faults = how.notice.as_ref().map(notice_faults).unwrap_or_default();
    if let Some(Err(fault)) = how.note.as_deref().map(Reason::new) {
        faults.push(FieldFault::new("note", fault));
    }
    let can_take = draft.set.ladder.rates_otherwise_than(&latest.set.ladder);
    if how.keeps_until.is_some() && (how.demotes || !can_take) {
        faults.push(FieldFault::new("keeps_until", Fault::NotExpected));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid { faults }) }
}

/// Writes what was prepared in the same transaction.
pub(super) async fn publish_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Actor,
    prepared: Prepared,
    how: &Publication,
    kept: Option<Kept>,
) -> Result<u32, AppError> {
    let Prepared { rules, mut changes, rulebook, now } = prepared;
    if let Some(version) = how.instead_of {
        withdraw_in(tx, &rulebook, by, version, now).await?;
    }
    if rules.set.ladder.window != Window::Lifetime {
        // another draft may have been saved since; then everybody's are kept here
        months::keep_rest(tx, ledger, kept.unwrap_or_default()).await?;
    }
    programme::insert_version(tx, &rules, how.notice.as_ref(), now, &name(by)).await?;
    programme::drop_draft(tx).await?;
    changes.extend(extras(&rules, how));
    note(tx, by, "rules.publish", &changes, &format!("version:{}", rules.version), now).await?;
    Ok(rules.version)
}

/// What the audit log has of a publication beside what the rules say.
fn extras(rules: &Rules, how: &Publication) -> Vec<Change> {
    let demotes = rules.demotes.then(|| extra("demotes", "yes".to_owned()));
    let note = how.note.clone().map(|note| extra("note", note));
    kept_and_told(rules.keeps_until.map(Moment::time), how.notice.as_ref()).into_iter().chain(demotes).chain(note).collect()
}

pub(super) fn kept_and_told(keeps_until: Option<Timestamp>, notice: Option<&Both>) -> Vec<Change> {
    let kept = keeps_until.map(|until| extra("keeps_until", until.to_string()));
    kept.into_iter().chain(notice.into_iter().flat_map(told_of)).collect()
}

/// What members are told, in both languages.
pub(super) fn told_of(notice: &Both) -> [Change; 2] {
    [extra("notice.zh", notice.zh.clone()), extra("notice.en", notice.en.clone())]
}

/// What the audit log has of an action beside what changed.
pub(super) fn extra(field: &str, after: String) -> Change {
    Change { field: field.to_owned(), before: None, after: Some(after) }
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
                let (rulebook, now) = (ledger.rulebook_in(tx).await?, ledger.clock.now());
                experiments::check_none(tx, &rulebook, now).await?;
                let before = withdraw_in(tx, &rulebook, by.actor(), *version, now).await?;
                let withdrawn = rulebook.latest().set.clone();
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
    rulebook: &'a Rulebook,
    by: Actor,
    version: u32,
    now: Timestamp,
) -> Result<&'a Rules, AppError> {
    let known = rulebook.version(version).ok_or(AppError::NotFound)?;
    let before = before_scheduled(tx, rulebook, version, now).await?;
    programme::withdraw_version(tx, version, now, &name(by)).await?;
    let back = changes::changes(&known.set, &before.set);
    note(tx, by, "rules.withdraw", &back, &format!("version:{version}"), now).await?;
    Ok(before)
}

/// The version before a scheduled one, which can still be withdrawn.
async fn before_scheduled<'a>(
    tx: &mut Tx,
    rulebook: &'a Rulebook,
    version: u32,
    now: Timestamp,
) -> Result<&'a Rules, AppError> {
    rulebook.version(version).ok_or(AppError::NotFound)?;
    let in_force = || Refusal::AlreadyInForce { version };
    let scheduled = scheduled(rulebook, now).filter(|scheduled| scheduled.version == version).ok_or_else(in_force)?;
    // an event may be dated some minutes ahead, and its entry then names the version already
    if instants::latest_posted(tx).await?.is_some_and(|posted| posted >= scheduled.from) {
        return Err(in_force().into());
    }
    Ok(&rulebook.all()[rulebook.all().len() - 2])
}
