//! What members are told of a publication, until they put it aside or thirty days after it.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::text::Both;

use crate::store::notifications;
use crate::store::rules::notices;
use crate::store::{StoreError, programme, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications::News;

/// For how long members are told, in days.
const DAYS: i64 = 30;

/// What a member is told, and of which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub version: u32,
    /// When it is in force.
    pub from: Timestamp,
    pub text: Both,
}

/// What a member, by number and id, has to be told now, the newest first.
pub async fn told(ledger: &Ledger, (member_no, member): (i64, MemberId)) -> Result<Vec<Told>, AppError> {
    let now = ledger.clock.now();
    let reader = &mut ledger.db.reader().await?;
    let since = now.saturating_sub(SignedDuration::from_hours(24 * DAYS)).unwrap_or(Timestamp::MIN);
    let mut rows = Vec::new();
    for row in programme::told_since(reader, since).await? {
        if row.is_for(member, now)? {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let aside = notices::of(reader, member_no).await?;
    let rows = rows.into_iter().filter(|row| !aside.contains(&row.version));
    let told = |row: programme::ToldRow| {
        Ok(Told {
            version: u32::try_from(row.version).map_err(|_| StoreError::Corrupt("a version"))?,
            from: timestamp(row.in_force_from)?,
            text: Both::new(&row.notice_zh, &row.notice_en),
        })
    };
    rows.map(told).collect::<Result<_, StoreError>>().map_err(AppError::from)
}

/// A member does not want to see it any more. Twice is as good as once.
///
/// # Errors
/// `NotFound` if the member was told nothing of that version.
pub async fn put_aside(ledger: &Ledger, (member_no, member): (i64, MemberId), version: u32) -> Result<(), AppError> {
    let number = i32::try_from(version).map_err(|_| AppError::NotFound)?;
    ledger
        .db
        .write((ledger.clone(), (member_no, member), version, number), |tx, (ledger, (member_no, member), version, number)| {
            Box::pin(async move {
                let now = ledger.clock.now();
                let row = programme::told_since(tx, Timestamp::MIN).await?.into_iter().find(|row| row.version == *number);
                if !row.ok_or(AppError::NotFound)?.is_for(*member, now)? {
                    return Err(AppError::NotFound);
                }
                notifications::read(tx, *member_no, &News::Rules { version: *version }.about(), now).await?;
                Ok(notices::put_aside(tx, *member_no, *number, now).await?)
            })
        })
        .await
}
