//! The roll of members, as the staff looks through it.

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::posting::TierChange;

use crate::server::store::access::credentials;
use crate::server::store::ledger::events;
use crate::server::store::members::member::{self, By, Member};
use crate::server::store::members::search::{self, Filter};
use crate::server::store::rewards::redemptions::{self, Redemption};
use crate::server::usecase::error::AppError;
use crate::server::usecase::ledger::Ledger;
use crate::server::usecase::ledger::due;
use crate::server::usecase::members::view::{MemberView, view_at};

/// How many redemptions of a member are shown at once.
const MOST_REDEMPTIONS: i64 = 20;

/// A page of the roll; whether there are more is for whoever asks for one more than they show.
pub async fn list(ledger: &Ledger, filter: &Filter) -> Result<Vec<MemberView>, AppError> {
    let found = search::list(&mut ledger.db.reader().await?, filter).await?;
    let (timeline, now) = (ledger.timeline().await?, ledger.clock.now());
    Ok(found.iter().map(|member| view_at(&timeline, now, member)).collect())
}

/// Everything that the staff sees of one member.
#[derive(Clone, Debug)]
pub struct File {
    pub member: Member,
    pub view: MemberView,
    /// They come into the portal by this; none if they have never been in.
    pub sign_in_name: Option<String>,
    /// Oldest first.
    pub tiers: Vec<TierChange>,
    pub redemptions: Vec<Redemption>,
}

/// A member's file, all of one moment, after what is due has been posted. Their entries are `activity`'s.
///
/// # Errors
/// `NotFound`.
pub async fn file(ledger: &Ledger, id: MemberId) -> Result<File, AppError> {
    due::settled(ledger, By::Id(id)).await?;
    ledger
        .db
        .snapshot((ledger.clone(), id), |tx, (ledger, id)| {
            Box::pin(async move {
                let member = member::find(tx, By::Id(*id)).await?.ok_or(AppError::NotFound)?;
                let currency = ledger.programme.currency;
                let timeline = ledger.timeline().await?;
                let of_member = redemptions::Filter {
                    member_no: Some(member.no),
                    kind: None,
                    state: None,
                    after: None,
                    most: MOST_REDEMPTIONS,
                };
                Ok(File {
                    view: view_at(&timeline, ledger.clock.now(), &member),
                    sign_in_name: credentials::find_of(tx, member.no).await?.map(|found| found.sign_in_name),
                    tiers: events::tier_changes(tx, &[member.no]).await?.remove(&member.no).unwrap_or_default(),
                    redemptions: redemptions::list(tx, currency, of_member, ledger.clock.now()).await?,
                    member,
                })
            })
        })
        .await
}
