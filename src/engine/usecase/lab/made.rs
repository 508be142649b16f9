//! Members' histories made again, under the rules that were and under the draft.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::lab::outcome::{Outcome, Side, Standing, Tallied, differs};
use laurel_domain::lab::replay::{Beside, Notes, Replay};
use laurel_domain::ledger::account::Account;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::merging::Brought;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::{Rulebook, Rules};
use laurel_domain::text::ExternalId;

use super::parts::{Job, Merged, Part};
use crate::store::members::member::Member;

pub(super) fn part(job: &Job, part: &Part) -> Outcome {
    let mut outcome = Outcome::new(job.movers);
    for member in &part.members {
        if job.progress.is_cancelled() {
            break;
        }
        add(job, part, member, &mut outcome);
    }
    outcome
}

/// What was due by then is due for everybody; nobody is looked at before their own last instant.
pub(super) fn until(member: &Member, as_of: Timestamp) -> Timestamp {
    member.account.last.map_or(as_of, |last| last.time().max(as_of))
}

fn add(job: &Job, part: &Part, member: &Member, outcome: &mut Outcome) {
    let until = until(member, job.as_of);
    let entries = part.entries.get(&member.no).map(Vec::as_slice).unwrap_or_default();
    let side = |rulebook: &Rulebook, is_draft: bool| side(part, member, rulebook, is_draft, until);
    let baseline = match side(&job.actual, false) {
        Ok(side) => side,
        Err(refusal) => {
            outcome.strange.add(member.id(), format!("cannot have been posted: {refusal}"));
            return;
        }
    };
    match as_it_is(member, &job.actual, until) {
        Ok(account) if !differs(&account, &baseline.account) => (),
        Ok(account) => outcome.strange.add(member.id(), told(&account, &baseline.account)),
        Err(refusal) => outcome.strange.add(member.id(), refusal.to_string()),
    }
    match side(&job.supposed.rulebook, true) {
        Ok(draft) => {
            let standing = Standing { external_id: member.external_id.as_ref().map(ExternalId::as_str), as_of: job.as_of };
            let counted = |side: Side, rulebook: &Rulebook, programme: &Rules| {
                side.counted_under(&rulebook.of(member.id()), programme, job.as_of)
            };
            let baseline = counted(baseline, &job.actual, job.actual.general().at(job.as_of));
            let draft = counted(draft, &job.supposed.rulebook, job.supposed.draft());
            outcome.add_member(&standing, &baseline, &draft, entries.len() as u64);
        }
        Err(refusal) => outcome.leave_out(member.id(), &refusal),
    }
}

/// A member's history, added up.
pub(super) fn side(
    part: &Part,
    member: &Member,
    rulebook: &Rulebook,
    is_draft: bool,
    until: Timestamp,
) -> Result<Side, Refusal> {
    let mut made = Tallied::default();
    let sink = &mut made.taking(rulebook.calendar());
    let account = history(part, member, rulebook, is_draft, |replay, step| match step {
        Some((entry, brought)) => replay.again(entry, brought, sink),
        None => replay.finish(until, sink),
    })?;
    Ok(Side::new(account, made))
}

/// The account as its row has it, with what is due done.
fn as_it_is(member: &Member, rulebook: &Rulebook, until: Timestamp) -> Result<Account, Refusal> {
    let mut account = member.account.clone();
    account.catch_up(&rulebook.of(member.id()), until)?;
    Ok(account)
}

fn told(row: &Account, made: &Account) -> String {
    let of = |a: &Account| {
        format!(
            "{} available, {} pending, {} owed, {} earned, {} lots, tier {}",
            a.available,
            a.pending,
            a.debt,
            a.earned,
            a.lots.len(),
            a.tier.get()
        )
    };
    format!("has {}; its causes make {}", of(row), of(made))
}

/// The next entry whose cause is posted again, and what a merged account would have brought; `None` at last, for what is due.
pub(super) type Step<'s> = Option<(&'s Entry, Option<&'s Brought>)>;

/// Makes a member's history again: `post` posts each step.
pub(super) fn history(
    part: &Part,
    member: &Member,
    rulebook: &Rulebook,
    is_draft: bool,
    mut post: impl FnMut(&mut Replay, Step) -> Result<(), Refusal>,
) -> Result<Account, Refusal> {
    let beside = Beside { late: part.late.get(&member.no), early: part.early.get(&member.no).copied() };
    let timeline = rulebook.of(member.id());
    let (mut account, mut notes) = (Account::unchained(member.id(), &timeline), Notes::default());
    let mut replay = Replay::new(&mut account, &mut notes, &timeline, beside);
    let mut brought: HashMap<MemberId, VecDeque<Brought>> = HashMap::new();
    for entry in part.entries.get(&member.no).into_iter().flatten() {
        let from = match entry.cause {
            Cause::MergedFrom { member, .. } if is_draft => part.merged.get(&member).map(|merged| (member, merged)),
            _ => None,
        };
        let theirs = match from {
            Some((member, merged)) => {
                let all = match brought.remove(&member) {
                    Some(all) => all,
                    None => handed_over(member, merged, rulebook)?,
                };
                let all = brought.entry(member).or_insert(all);
                all.pop_front()
            }
            None => None,
        };
        post(&mut replay, Some((entry, theirs.as_ref())))?;
    }
    post(&mut replay, None)?;
    Ok(account)
}

/// What an account that ended by a merge brings under these rules: once, and again whenever something redeemed came back to it.
fn handed_over(member: MemberId, merged: &Merged, rulebook: &Rulebook) -> Result<VecDeque<Brought>, Refusal> {
    let timeline = rulebook.of(member);
    let (mut account, mut notes) = (Account::unchained(member, &timeline), Notes::default());
    let mut replay = Replay::new(&mut account, &mut notes, &timeline, Beside { late: Some(&merged.late), early: merged.early });
    let (mut entries, mut all) = (Vec::new(), VecDeque::new());
    for entry in &merged.entries {
        for made in replay.made_again(entry, None)?.journal.entries {
            let is_handing_over = matches!(made.cause, Cause::MergedInto { .. });
            entries.push(made);
            if is_handing_over {
                all.push_back(Brought::of(&entries, &timeline).ok_or(Refusal::AccountDamaged)?);
            }
        }
    }
    Ok(all)
}
