//! What a member's tier gives them as of now, how much of each quota is left, and what they have claimed.

use jiff::Timestamp;
use laurel_domain::benefits::benefit::{Benefit, Quota};
use laurel_domain::member::Status;
use laurel_domain::view::TierView;

use crate::store::benefits::claims;
use crate::store::members::member::{self, By};
use crate::usecase::benefits::claims::{Claim, span};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view::view_at;

/// How many claims are shown at once: those that can be used, and those that ended.
const MOST_OPEN: i64 = 200;
const MOST_ENDED: i64 = 20;

/// How much of a quota is left, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub quota: Quota,
    pub left: u32,
    /// The end of the period, excluded.
    pub until: Timestamp,
}

/// A benefit that a member has, with its room if it has to be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub benefit: Benefit,
    pub room: Option<Room>,
}

#[derive(Clone, Debug)]
pub struct Benefits {
    pub tier: TierView,
    /// Only who is active can claim.
    pub status: Status,
    pub held: Vec<Held>,
    /// Can still be used, those that expire first on top; also of benefits that the tier no longer gives.
    pub open: Vec<Claim>,
    /// Used, withdrawn or expired, newest first.
    pub ended: Vec<Claim>,
}

/// All of one moment.
///
/// # Errors
/// `NotFound` if the member is gone.
pub async fn of_member(ledger: &Ledger, member_no: i64) -> Result<Benefits, AppError> {
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, member_no), |tx, (ledger, rulebook, member_no)| {
            Box::pin(async move {
                let member = member::find(tx, By::No(*member_no)).await?.ok_or(AppError::NotFound)?;
                let now = ledger.clock.now();
                let (view, timeline) = (view_at(rulebook, now, &member), rulebook.of(member.id()));
                let benefits = &timeline.at(now).tier(view.tier.rank).benefits;
                let spans = benefits.iter().map(|benefit| span(ledger, benefit)).collect::<Result<Vec<_>, _>>()?;
                let since: Vec<_> = benefits
                    .iter()
                    .zip(&spans)
                    .filter_map(|(benefit, span)| Some((&benefit.key, span.as_ref()?.from)))
                    .collect();
                let claimed = claims::count_since(tx, member.no, &since).await?;
                let held = benefits.iter().zip(&spans).map(|(benefit, span)| {
                    let claimed = claimed.get(benefit.key.as_str()).copied().unwrap_or(0);
                    let room = benefit.quota.zip(*span);
                    let room = room.map(|(quota, span)| Room { quota, left: quota.left(claimed), until: span.until });
                    Held { benefit: benefit.clone(), room }
                });
                let with_texts = |rows: Vec<claims::Claim>| {
                    rows.into_iter().map(|row| Claim::of(row, ledger, rulebook)).collect::<Result<Vec<_>, _>>()
                };
                Ok(Benefits {
                    held: held.collect(),
                    open: with_texts(claims::open(tx, member.no, now, MOST_OPEN).await?)?,
                    ended: with_texts(claims::ended(tx, member.no, now, MOST_ENDED).await?)?,
                    status: view.status,
                    tier: TierView { rank: view.tier.rank, name: view.tier.name },
                })
            })
        })
        .await
}
