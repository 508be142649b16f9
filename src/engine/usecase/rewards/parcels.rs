//! Tracking numbers by the dozen: each pasted line ships one gift, or is told why not. A line that is refused holds up no other.

use laurel_domain::ids::RedemptionId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rewards::paste::{Line, Meant, Numbers, lines};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};

use super::fulfil::{self, MOST, Marking, tracking_text};
use crate::auth::{Authority, Permission};
use crate::store::rewards::redemptions;
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

/// Ships gifts by lines `number, tracking number`. The answer to each line, in their order.
///
/// # Errors
/// `Forbidden`, `invalid` (`lines`: none, or more than 200), and whatever is no fault of a line.
pub async fn ship(ledger: &Ledger, by: Authority, pasted: &str) -> Result<Vec<Answered>, AppError> {
    require(by, Permission::ManageRedemptions)?;
    let lines = lines(pasted);
    if lines.is_empty() || lines.len() > MOST {
        return Err(Refusal::field("lines", Fault::Count { least: 1, most: MOST }).into());
    }
    let numbers = known(ledger).await?;
    let mut answers = Vec::new();
    for line in lines {
        let answer = one(ledger, by, &numbers, &line).await?;
        answers.push(Answered { line, answer });
    }
    Ok(answers)
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
    let id: RedemptionId = match (numbers.meant(&line.number), line.number.parse()) {
        (Meant::One(id), _) | (Meant::None, Ok(id)) => id,
        (Meant::Several, _) => return Ok(Answer::Several),
        (Meant::None, Err(_)) => return Ok(Answer::Unknown),
    };
    let tracking = match tracking_text(&line.text) {
        Ok(tracking) => tracking,
        Err(Fault::Missing) => return Ok(Answer::NoTracking),
        Err(_) => return Ok(Answer::TooLong),
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
