//! What a member sees of their invitations: their code, who joined by it, and what that brought.

use jiff::Timestamp;
use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::Rules;

use crate::store::members::friends::{self, FriendRow};
use crate::store::members::member::{self, By};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;

/// How many friends a page shows; beyond them nothing is counted.
pub const MOST: usize = 200;

/// What somebody's joining has brought so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// Their first payment that is large enough is still to come.
    Nothing,
    Points(Points),
    /// A refund undid the payment that had completed the invitation.
    TakenBack,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Friend {
    pub name: Option<String>,
    pub joined_at: Timestamp,
    pub brought: Brought,
}

#[derive(Clone, Debug)]
pub struct Invitations {
    pub code: Option<String>,
    /// Who joined last comes first.
    pub friends: Vec<Friend>,
    /// Whether there are more than are shown.
    pub has_more: bool,
    /// By which the next invitation counts.
    pub rules: Rules,
}

impl Invitations {
    /// What those that are shown have brought.
    pub fn points(&self) -> Points {
        let points = self.friends.iter().filter_map(|friend| match friend.brought {
            Brought::Points(points) => Some(points),
            Brought::Nothing | Brought::TakenBack => None,
        });
        points.fold(Points::ZERO, |sum, points| sum.checked_add(points).unwrap_or(sum))
    }
}

/// # Errors
/// `NotFound` if the member is gone.
pub async fn invitations(ledger: &Ledger, member_no: i64) -> Result<Invitations, AppError> {
    let rulebook = ledger.rulebook().await?;
    let (code, id, mut found) = ledger
        .db
        .snapshot(member_no, |tx, member_no| {
            Box::pin(async move {
                let member = member::find(tx, By::No(*member_no)).await?.ok_or(AppError::NotFound)?;
                let most = i64::try_from(MOST).unwrap_or(i64::MAX) + 1;
                Ok::<_, AppError>((member.referral_code.clone(), member.id(), friends::list(tx, *member_no, most).await?))
            })
        })
        .await?;
    let has_more = found.len() > MOST;
    found.truncate(MOST);
    let rules = rulebook.of(id).at(ledger.clock.now()).clone();
    Ok(Invitations { code, friends: found.into_iter().map(friend).collect(), has_more, rules })
}

fn friend(row: FriendRow) -> Friend {
    let brought = match row.award {
        None => Brought::Nothing,
        Some(_) if row.is_taken_back => Brought::TakenBack,
        Some(points) => Brought::Points(points),
    };
    Friend { name: row.name, joined_at: row.joined_at, brought }
}
