//! Tracking numbers by the dozen: each pasted line ships one gift, or is told why not. A line that is refused holds up no other.
//! Before that they are reviewed: what each line means, and what is wrong with it.

use std::collections::{HashMap, HashSet};

use laurel_domain::ids::RedemptionId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::paste::{Line, Meant, Numbers, lines};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::Contact;

use super::fulfil::{self, MOST, Marking, tracking_text};
use super::redeem;
use crate::auth::{Authority, Permission};
use crate::store::rewards::redemptions::{self, Redemption};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// Gifts that a line can mean by the end of its number.
const MOST_KNOWN: i64 = 10_000;

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Shipped,
    /// It had been, under this very number.
    WasShipped,
    /// A line before it is about the same gift.
    Twice,
    /// No gift that is to be sent has this number.
    Unknown,
    Several,
    NoTracking,
    TooLong,
    /// It is in a state from which nothing is sent.
    Refused(RedemptionState),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub line: Line,
    pub answer: Answer,
}

impl Answered {
    pub fn is_done(&self) -> bool {
        matches!(self.answer, Answer::Shipped | Answer::WasShipped)
    }
}

/// What a line means, and what would come of it now: `Shipped` for what can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Reviewed {
    pub line: Line,
    pub answer: Answer,
    pub gift: Option<Redemption>,
    /// Where the gift goes.
    pub contact: Option<Contact>,
}

/// What lines `number, tracking number` mean, in their order. Does nothing.
///
/// # Errors
/// `Forbidden`, `invalid` (`lines`: none, or more than 200).
pub async fn review(ledger: &Ledger, by: Authority, pasted: &str) -> Result<Vec<Reviewed>, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let lines = read(pasted)?;
    let numbers = known(ledger).await?;
    let ids: Vec<RedemptionId> = lines.iter().filter_map(|line| meant(&numbers, line).ok()).collect();
    let found = fulfil::selected(ledger, by, &ids).await?.into_iter().filter(|one| one.kind() == RedemptionKind::Gift);
    let found: Vec<Redemption> = found.collect();
    let contacts = redeem::contacts_of(ledger, &found).await?;
    let gifts: HashMap<RedemptionId, Redemption> = found.into_iter().map(|gift| (gift.id, gift)).collect();
    let mut seen = HashSet::new();
    let reviewed = lines.into_iter().map(|line| {
        let id = meant(&numbers, &line);
        let gift = id.as_ref().ok().and_then(|id| gifts.get(id)).cloned();
        let contact = gift.as_ref().and_then(|gift| contacts.get(&gift.id)).cloned();
        let answer = match (&id, &gift) {
            (Err(answer), _) => answer.clone(),
            (Ok(_), None) => Answer::Unknown,
            (Ok(id), Some(_)) if !seen.insert(*id) => Answer::Twice,
            (Ok(_), Some(gift)) => would(gift, &line),
        };
        Reviewed { line, answer, gift, contact }
    });
    Ok(reviewed.collect())
}

/// What would come of a line about this gift.
fn would(gift: &Redemption, line: &Line) -> Answer {
    match (tracking_of(line), gift.state) {
        (Err(answer), _) => answer,
        (Ok(_), RedemptionState::Ordered) => Answer::Shipped,
        (Ok(tracking), _) if gift.tracking.as_ref() == Some(&tracking) => Answer::WasShipped,
        (Ok(_), state) => Answer::Refused(state),
    }
}

/// Ships gifts by lines `number, tracking number`. The answer to each line, in their order.
///
/// # Errors
/// `Forbidden`, `invalid` (`lines`: none, or more than 200), and whatever is no fault of a line.
pub async fn ship(ledger: &Ledger, by: Authority, pasted: &str) -> Result<Vec<Answered>, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let lines = read(pasted)?;
    let numbers = known(ledger).await?;
    let mut answers = Vec::new();
    for line in lines {
        let answer = one(ledger, by, &numbers, &line).await?;
        answers.push(Answered { line, answer });
    }
    Ok(answers)
}

fn read(pasted: &str) -> Result<Vec<Line>, Refusal> {
    let lines = lines(pasted);
    match lines.len() {
        1..=MOST => Ok(lines),
        _ => Err(Refusal::field("lines", Fault::Count { least: 1, most: MOST })),
    }
}

/// The gift that a line is about, if there is one.
fn meant(numbers: &Numbers, line: &Line) -> Result<RedemptionId, Answer> {
    match (numbers.meant(&line.number), line.number.parse()) {
        (Meant::One(id), _) | (Meant::None, Ok(id)) => Ok(id),
        (Meant::Several, _) => Err(Answer::Several),
        (Meant::None, Err(_)) => Err(Answer::Unknown),
    }
}

fn tracking_of(line: &Line) -> Result<String, Answer> {
    tracking_text(&line.text).map_err(|fault| if fault == Fault::Missing { Answer::NoTracking } else { Answer::TooLong })
}

/// Gifts that are to be sent or on their way.
async fn known(ledger: &Ledger) -> Result<Numbers, AppError> {
    let mut reader = ledger.db.reader().await?;
    let mut ids = Vec::new();
    for state in [RedemptionState::Ordered, RedemptionState::Shipped] {
        ids.extend(redemptions::ids_in_state(&mut reader, RedemptionKind::Gift, state, MOST_KNOWN).await?);
    }
    Ok(Numbers::of(ids))
}

async fn one(ledger: &Ledger, by: Authority, numbers: &Numbers, line: &Line) -> Result<Answer, AppError> {
    let (id, tracking) = match (meant(numbers, line), tracking_of(line)) {
        (Ok(id), Ok(tracking)) => (id, tracking),
        (Err(answer), _) | (_, Err(answer)) => return Ok(answer),
    };
    let marking = Marking { to: RedemptionState::Shipped, tracking: Some(tracking.clone()), note: None };
    match fulfil::advance(ledger, by, &[id], marking).await {
        Ok(_) => Ok(Answer::Shipped),
        Err(AppError::NotFound) => Ok(Answer::Unknown),
        Err(AppError::Refused(Refusal::NoSuchTransition { .. })) => {
            let now = redemptions::find(&mut ledger.db.reader().await?, ledger.programme.currency, id).await?;
            let now = now.filter(|now| now.kind() == RedemptionKind::Gift);
            Ok(match now {
                None => Answer::Unknown,
                Some(now) if now.tracking.as_ref() == Some(&tracking) => Answer::WasShipped,
                Some(now) => Answer::Refused(now.state),
            })
        }
        Err(error) => Err(error),
    }
}
