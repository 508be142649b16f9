//! Starting an experiment from the draft of the rules.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::ExperimentId;
use laurel_domain::numbers::time::Moment;
use laurel_domain::refusal::{Fault, FieldFault, NumberError, Refusal};
use laurel_domain::rules::changes::{self, Change};
use laurel_domain::rules::experiment::{Split, percent};
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::rules::window::Window;
use laurel_domain::text::Both;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{check_none, check_said};
use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::Tx;
use crate::store::instants;
use crate::store::programme::{self, Draft};
use crate::store::rules::experiments::{self, NewExperiment};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::months::{self, Kept};
use crate::usecase::rules::publish::{check_time, extra, keep_months, kept_and_told, notice_faults, notice_of};
use crate::usecase::rules::{effect, name, note, scheduled};

/// How long an experiment can go on, in months.
const MONTHS: u16 = 12;
/// In characters.
pub const LONGEST_NAME: usize = 80;
pub const LONGEST_HYPOTHESIS: usize = 500;

/// An experiment that is to be started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Of the draft, which the variant group gets.
    pub revision: i64,
    pub name: String,
    pub hypothesis: String,
    /// In hundredths of a percent.
    pub variant: u16,
    pub control: u16,
    /// When it begins, not before now; at once if left out.
    pub at: Option<Timestamp>,
    pub until: Timestamp,
    /// Until when whoever of the variant group falls short of their tier by it keeps it, also beyond the end.
    #[serde(default)]
    pub keeps_until: Option<Timestamp>,
    /// What the variant group is told, and nobody else.
    #[serde(default)]
    pub notice: Option<Both>,
}

/// What was typed. Times are in the programme's zone, which the page has read them in.
#[derive(Clone, Debug)]
pub struct Typed<'a> {
    pub name: &'a str,
    pub hypothesis: &'a str,
    pub variant: &'a str,
    pub control: &'a str,
    /// Nothing is at once.
    pub at: Result<Option<Timestamp>, Fault>,
    pub until: Result<Option<Timestamp>, Fault>,
    /// Nothing: whoever falls short moves down when it begins.
    pub keeps_until: Result<Option<Timestamp>, Fault>,
    /// Both languages or none.
    pub notice: (&'a str, &'a str),
}

impl Typed<'_> {
    /// # Errors
    /// `invalid` with every field at fault: `name`, `hypothesis`, `variant`, `control`, `at`, `until`, `keeps_until`,
    /// `notice_zh`, `notice_en`.
    pub fn read(self, revision: i64) -> Result<Start, Refusal> {
        // one paragraph each, however it was typed
        let text = |typed: &str| typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let (name, hypothesis) = (text(self.name), text(self.hypothesis));
        let mut faults = text_faults(&name, &hypothesis);
        let variant = sound("variant", hundredths(self.variant), &mut faults);
        let control = sound("control", hundredths(self.control), &mut faults);
        if let (Some(variant), Some(control)) = (variant, control) {
            // whichever experiment it becomes
            faults.extend(Split { experiment: ExperimentId::new(Uuid::nil()), variant, control }.faults());
        }
        let at = sound("at", self.at, &mut faults);
        let until = sound("until", self.until.and_then(|until| until.ok_or(Fault::Missing)), &mut faults);
        let keeps_until = sound("keeps_until", self.keeps_until, &mut faults).flatten();
        let notice = match notice_of(self.notice.0, self.notice.1) {
            Err(Refusal::Invalid { faults: more }) => {
                faults.extend(more);
                None
            }
            notice => notice?,
        };
        match (variant, control, at, until) {
            (Some(variant), Some(control), Some(at), Some(until)) if faults.is_empty() => {
                Ok(Start { revision, name, hypothesis, variant, control, at, until, keeps_until, notice })
            }
            _ => Err(Refusal::Invalid { faults }),
        }
    }
}

/// What a field says, or its fault beside the others'.
fn sound<T>(field: &str, read: Result<T, Fault>, faults: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|fault| faults.push(FieldFault::new(field, fault))).ok()
}

fn text_faults(name: &str, hypothesis: &str) -> Vec<FieldFault> {
    let fault = |field: &str, text: &str, most: usize| {
        let fault = match text.chars().count() {
            0 => Fault::Missing,
            length if length > most => Fault::TooLong { most },
            _ => return None,
        };
        Some(FieldFault::new(field, fault))
    };
    let both = [fault("name", name, LONGEST_NAME), fault("hypothesis", hypothesis, LONGEST_HYPOTHESIS)];
    both.into_iter().flatten().collect()
}

/// A percentage in hundredths: at most two decimals.
fn hundredths(text: &str) -> Result<u16, Fault> {
    let text = text.trim().trim_end_matches(['%', '％']).trim_end();
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    let factor: laurel_domain::numbers::factor::Factor = text.parse().map_err(Fault::from)?;
    let hundredths = factor.in_units(2).ok_or(NumberError::TooManyDecimals { most: 2 })?;
    match u16::try_from(hundredths) {
        Ok(share) if share <= Split::WHOLE => Ok(share),
        _ if hundredths < 0 => Err(Fault::Negative),
        _ => Err(Fault::TooLarge { most: "100".to_owned() }),
    }
}

impl Start {
    fn split(&self, id: ExperimentId) -> Split {
        Split { experiment: id, variant: self.variant, control: self.control }
    }

    fn check(&self, id: ExperimentId) -> Result<(), Refusal> {
        let mut faults = text_faults(&self.name, &self.hypothesis);
        faults.extend(self.split(id).faults());
        faults.extend(self.notice.as_ref().map(notice_faults).unwrap_or_default());
        if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid { faults }) }
    }

    fn check_end(&self, rulebook: &Rulebook, from: Timestamp) -> Result<(), Refusal> {
        let calendar = rulebook.calendar();
        let latest = calendar.months_after(from, MONTHS);
        match self.until {
            until if until <= from => Err(Refusal::field("until", Fault::NotLater)),
            until if until > latest => Err(Refusal::field("until", Fault::TooLarge { most: calendar.day(latest).to_string() })),
            _ => Ok(()),
        }
    }
}

/// Starts an experiment: the draft is in force for the variant group from its beginning until its end, the rules in force stay so
/// for everybody else. The draft is used up.
///
/// # Errors
/// `Forbidden`; `invalid` (`name`, `hypothesis`, `variant`, `control`, `until`, `keeps_until`, `notice_…`); `stale_draft`,
/// `nothing_changed`; `in_past`,
/// `too_far_ahead`; `experiment_runs` while another is on, `already_scheduled` while a version is to come into force;
/// `needs_second_person` if it takes more from the variant group than one person may decide.
pub async fn start(ledger: &Ledger, by: Authority, wanted: Start) -> Result<ExperimentId, AppError> {
    require(by, Permission::ManageRules)?;
    let id = ExperimentId::new(random::deciding_id(ledger.clock.now(), &wanted.name));
    // measured before the lock, which it is too long for
    let effect = match programme::rule_limits(&mut ledger.db.reader().await?).await? == Default::default() {
        true => None,
        false => Some(effect_of(ledger, id, &wanted).await?),
    };
    let kept = keep_months(ledger).await?;
    let input = (ledger.clone(), by, id, wanted, effect, kept);
    ledger
        .db
        .write(input, |tx, (ledger, by, id, wanted, effect, kept)| {
            Box::pin(async move {
                let prepared = prepare(tx, ledger, *id, wanted).await?;
                let limits = programme::rule_limits(tx).await?;
                if let Some(beyond) = limits.refusal(effect.as_ref(), ledger.programme.currency) {
                    return Err(beyond.into());
                }
                start_in(tx, ledger, by.actor(), (*id, wanted), prepared, kept.clone()).await
            })
        })
        .await
}

/// Starts it, whatever one person may decide.
pub(in crate::usecase::rules) async fn start_in(
    tx: &mut Tx,
    ledger: &Ledger,
    by: Actor,
    (id, wanted): (ExperimentId, &Start),
    prepared: Prepared,
    kept: Option<Kept>,
) -> Result<ExperimentId, AppError> {
    if prepared.variant.set.ladder.window != Window::Lifetime {
        months::keep_rest(tx, ledger, kept.unwrap_or_default()).await?;
    }
    write(tx, by, id, wanted, prepared).await
}

/// What it does to the variant group when it begins.
pub(in crate::usecase::rules) async fn effect_of(
    ledger: &Ledger,
    id: ExperimentId,
    wanted: &Start,
) -> Result<effect::Effect, AppError> {
    wanted.check(id)?;
    let draft = programme::draft(&mut ledger.db.reader().await?).await?;
    let draft = draft.filter(|draft| draft.revision == wanted.revision).ok_or(Refusal::StaleDraft)?;
    effect::measure_of(ledger, draft.set, false, Some(wanted.split(id))).await
}

/// What is written of an experiment.
pub(in crate::usecase::rules) struct Prepared {
    variant: Rules,
    end: Rules,
    changes: Vec<Change>,
    now: Timestamp,
}

/// Checks everything. The rules are locked from here on.
pub(in crate::usecase::rules) async fn prepare(
    tx: &mut Tx,
    ledger: &Ledger,
    id: ExperimentId,
    wanted: &Start,
) -> Result<Prepared, AppError> {
    wanted.check(id)?;
    programme::lock_rules(tx).await?;
    let (rulebook, now) = (ledger.rulebook_in(tx).await?, ledger.clock.now());
    check_none(tx, &rulebook, now).await?;
    let latest = rulebook.latest();
    let draft = programme::draft(tx).await?.filter(|draft: &Draft| draft.revision == wanted.revision);
    let draft = draft.filter(|draft| draft.base == latest.version).ok_or(Refusal::StaleDraft)?;
    if let Some(at) = wanted.at {
        check_time(&rulebook, at, now)?;
    }
    if let Some(scheduled) = scheduled(&rulebook, now) {
        return Err(Refusal::AlreadyScheduled { version: scheduled.version }.into());
    }
    if draft.set == latest.set {
        return Err(Refusal::NothingChanged.into());
    }
    // as a publication: after the version before and after all that has been posted
    let before = instants::latest_posted(tx).await?.map_or(latest.from.time(), |posted| posted.max(latest.from.time()));
    let from = wanted.at.unwrap_or(now).max(before.checked_add(SignedDuration::from_micros(1)).unwrap_or(now));
    wanted.check_end(&rulebook, from)?;
    check_said(&rulebook, (wanted.keeps_until, wanted.notice.as_ref()), from, (&latest.set.ladder, &draft.set.ladder))?;
    let (changes, currency) = (changes::changes(&latest.set, &draft.set), ledger.programme.currency);
    let version = programme::progress(tx).await?.latest + 1;
    let variant = Rules::compile(draft.set, version, from, currency)?;
    let variant = variant.keeping(wanted.keeps_until).only_for(Some(wanted.split(id)));
    let end = Rules::compile(latest.set.clone(), version + 1, wanted.until, currency)?;
    Ok(Prepared { variant, end, changes, now })
}

async fn write(tx: &mut Tx, by: Actor, id: ExperimentId, wanted: &Start, prepared: Prepared) -> Result<ExperimentId, AppError> {
    let Prepared { variant, end, mut changes, now } = prepared;
    let made_by = match by {
        Actor::Staff(staff) => Some(staff),
        _ => None,
    };
    let new = NewExperiment {
        split: wanted.split(id),
        name: &wanted.name,
        hypothesis: &wanted.hypothesis,
        version: variant.version,
        end_version: end.version,
        made_by,
        notice: wanted.notice.as_ref(),
    };
    experiments::insert(tx, &new, now).await?;
    programme::insert_version(tx, &variant, None, now, &name(by)).await?;
    programme::insert_version(tx, &end, None, now, &name(by)).await?;
    programme::drop_draft(tx).await?;
    changes.extend([
        extra("experiment", wanted.name.clone()),
        extra("variant", format!("{}%", percent(wanted.variant))),
        extra("control", format!("{}%", percent(wanted.control))),
        extra("from", variant.from.to_string()),
        extra("until", end.from.to_string()),
    ]);
    changes.extend(kept_and_told(variant.keeps_until.map(Moment::time), wanted.notice.as_ref()));
    note(tx, by, "rules.experiment", &changes, &format!("experiment:{id}"), now).await?;
    Ok(id)
}
