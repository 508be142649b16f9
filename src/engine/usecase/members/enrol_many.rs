//! Thousands of people at once, some of them known: in one transaction, and whoever cannot be enrolled stops no other.

use std::collections::HashMap;

use laurel_domain::member::Status;
use laurel_domain::refusal::Refusal;
use serde_json::{Value, json};

use crate::auth::Actor;
use crate::store::members::details;
use crate::store::members::member::{self, Member, NewMember};
use crate::store::members::wanted::{self, Wanted as Locked};
use crate::store::{FromStore, StoreError, Tx, audit};
use crate::usecase::AppError;
use crate::usecase::input;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::address;
use crate::usecase::members::enrol::{ATTEMPTS, Enrolment, Wanted};
use crate::usecase::members::profile::changed;

/// What became of one of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Many {
    New,
    Changed,
    /// Nothing was said that was not known.
    Same,
}

/// Enrols who is new and updates who is not, in order, in one transaction; each outcome stands where its person stood. The audit log
/// tells of each member who was known which fields have changed.
///
/// Where somebody of the staff does so, members who are known keep their e-mail address: another one waits for its owner to confirm
/// it, which is for one at a time.
///
/// Per person it refuses what [`super::enrol::enrol`] does. Link codes are for one at a time.
pub async fn enrol_many(ledger: &Ledger, actor: Actor, people: Vec<Enrolment>) -> Result<Vec<Result<Many, Refusal>>, AppError> {
    let now = ledger.clock.now();
    let mut read = Vec::with_capacity(people.len());
    for person in &people {
        read.push(match Wanted::parse(person, actor, now) {
            Ok(wanted) => Ok(wanted),
            Err(AppError::Refused(refusal)) => Err(refusal),
            Err(other) => return Err(other),
        });
    }
    let input = std::sync::Arc::new(read);
    let mut attempt = 1;
    loop {
        let input = (input.clone(), actor, now);
        let done = ledger.db.write(input, |tx, (people, actor, now)| Box::pin(write(tx, people, *actor, *now))).await;
        match done {
            // somebody enrolled one of them meanwhile, or two drew the same referral code
            Err(error) if attempt < ATTEMPTS && FromStore::store_error(&error).is_some_and(StoreError::is_unique_violation) => {
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Somebody as the rows so far have made them.
struct Person {
    who: Who,
    before: Option<Member>,
}

enum Who {
    New(NewMember),
    Known(Box<Member>),
}

async fn write(
    tx: &mut Tx,
    people: &[Result<Wanted, Refusal>],
    actor: Actor,
    now: jiff::Timestamp,
) -> Result<Vec<Result<Many, Refusal>>, AppError> {
    let mut ids: Vec<&str> = people.iter().flatten().map(|wanted| wanted.external_id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let locked = wanted::lock_wanted(tx, &Locked { external_ids: ids, ..Locked::default() }).await?;
    let known = |member: Member| {
        let id = member.external_id.as_ref()?.as_str().to_owned();
        Some((id, Person { before: Some(member.clone()), who: Who::Known(Box::new(member)) }))
    };
    let mut found: HashMap<String, Person> = locked.into_iter().filter_map(known).collect();
    let is_trusted = !matches!(actor, Actor::Staff(_));
    let outcomes = people
        .iter()
        .map(|wanted| match wanted {
            Ok(wanted) => one(&mut found, wanted, is_trusted),
            Err(refusal) => Err(refusal.clone()),
        })
        .collect();
    let (mut new, mut updated, mut noted, mut with_other_email) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for Person { who, before } in found.into_values() {
        match (who, before) {
            (Who::New(newcomer), _) => new.push(newcomer),
            (Who::Known(member), Some(before)) => {
                let has_other_email = before.email != member.email;
                let fields = changed(&before, &member, has_other_email);
                if has_other_email {
                    with_other_email.push(member.no);
                }
                if !fields.is_empty() {
                    let after: Option<Value> = Some(json!({ "changed": fields }));
                    noted.push((format!("member:{}", member.id()), None, after));
                    updated.push(*member);
                }
            }
            (Who::Known(_), None) => {}
        }
    }
    if !new.is_empty() {
        member::insert(tx, &new).await?;
    }
    if !updated.is_empty() {
        details::update_all_details(tx, &updated).await?;
        audit::append_all(tx, actor, "member.edit", &noted, now).await?;
        // few have another one, and fewer still had said so themselves
        for member in updated.iter().filter(|member| with_other_email.contains(&member.no)) {
            address::trusted(tx, member).await?;
        }
    }
    Ok(outcomes)
}

fn one(found: &mut HashMap<String, Person>, wanted: &Wanted, is_trusted: bool) -> Result<Many, Refusal> {
    let id = wanted.external_id.as_str();
    let Some(person) = found.get_mut(id) else {
        wanted.check_new()?;
        found.insert(id.to_owned(), Person { who: Who::New(wanted.newcomer()), before: None });
        return Ok(Many::New);
    };
    match &mut person.who {
        Who::Known(member) if member.status == Status::Closed => Err(Refusal::MemberClosed),
        Who::Known(member) => {
            let before = member.clone();
            let email = wanted.details.email.clone().filter(|_| is_trusted);
            input::Details { email, ..wanted.details.clone() }.apply(member);
            let is_same = changed(&before, member, before.email != member.email).is_empty();
            Ok(if is_same { Many::Same } else { Many::Changed })
        }
        // the file has them twice: the later row says what holds
        Who::New(newcomer) => {
            let before = [&newcomer.name, &newcomer.email, &newcomer.phone, &newcomer.locale].map(Clone::clone);
            let later = wanted.newcomer();
            let told = |later: Option<String>, kept: &mut Option<String>| {
                if later.is_some() {
                    *kept = later.filter(|text| !text.is_empty());
                }
            };
            told(later.name, &mut newcomer.name);
            told(later.email, &mut newcomer.email);
            told(later.phone, &mut newcomer.phone);
            told(later.locale, &mut newcomer.locale);
            let after = [&newcomer.name, &newcomer.email, &newcomer.phone, &newcomer.locale];
            Ok(if before.each_ref() == after { Many::Same } else { Many::Changed })
        }
    }
}
