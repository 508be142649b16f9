//! What members are told of a publication, until they put it aside, somebody takes it back, or thirty days after it.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::changes::Change;
use laurel_domain::text::Both;

use super::note;
use super::publish::told_of;
use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::mail::outbox;
use crate::store::notifications;
use crate::store::rules::notices;
use crate::store::{StoreError, Tx, programme, timestamp};
use crate::usecase::error::{AppError, require};
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
                if !is_told(tx, *member, *number, now).await? {
                    return Err(AppError::NotFound);
                }
                notifications::read(tx, *member_no, &News::Rules { version: *version }.about(), now).await?;
                Ok(notices::put_aside(tx, *member_no, *number, now).await?)
            })
        })
        .await
}

/// Whether a member is told of a version.
async fn is_told(tx: &mut Tx, member: MemberId, version: i32, now: Timestamp) -> Result<bool, StoreError> {
    let row = programme::told_since(tx, Timestamp::MIN).await?.into_iter().find(|row| row.version == version);
    row.map_or(Ok(false), |row| row.is_for(member, now))
}

/// Shows a member again what they have put aside, as if they had not.
///
/// # Errors
/// `changed_meanwhile` if they have not, or nobody is told of it any more.
pub async fn show_again(ledger: &Ledger, (member_no, member): (i64, MemberId), version: u32) -> Result<(), AppError> {
    let number = i32::try_from(version).map_err(|_| AppError::NotFound)?;
    let input = ((member_no, member), version, number, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, ((member_no, member), version, number, now)| {
            Box::pin(async move {
                let put_aside_at = notices::take_up(tx, *member_no, *number).await?;
                let (Some(at), true) = (put_aside_at, is_told(tx, *member, *number, *now).await?) else {
                    return Err(Refusal::ChangedMeanwhile.into());
                };
                let about = News::Rules { version: *version }.about();
                Ok(notifications::unread(tx, *member_no, &about, at).await?)
            })
        })
        .await
}

/// Takes back what members are told of a version, which itself stands: those who have not been told are not any more, and nothing of
/// it is shown or sent from here on. How many e-mails had left by then, which nobody can call back.
///
/// # Errors
/// `Forbidden`; `NotFound`; `changed_meanwhile` if nobody is told of it any more.
pub async fn withdraw_notice(ledger: &Ledger, by: Authority, version: u32) -> Result<i64, AppError> {
    require(by, Permission::ManageRules)?;
    let number = i32::try_from(version).map_err(|_| AppError::NotFound)?;
    let input = (by.actor(), version, number, ledger.clock.now());
    ledger
        .db
        .write(input, |tx, (by, version, number, now)| {
            Box::pin(async move {
                // whoever tells members shares the rules meanwhile
                programme::lock_rules(tx).await?;
                let rows = programme::versions(tx).await?;
                let row = rows.into_iter().find(|row| row.version == *number).ok_or(AppError::NotFound)?;
                let stands = row.withdrawn_at.is_none() && row.notice_withdrawn_at.is_none();
                let notice = row.notice().filter(|_| stands).ok_or(Refusal::ChangedMeanwhile)?;
                programme::withdraw_notice(tx, *number, *now).await?;
                let subject = format!("version:{version}");
                let news = News::Rules { version: *version };
                let published = random::first_id_of(timestamp(row.published_at)?);
                let sent = outbox::sent_of(tx, published, news.kind() as i16, &news.to_body()?).await?;
                note(tx, *by, "rules.withdraw_notice", &told_of(&notice).map(taken_back), &subject, *now).await?;
                Ok(sent)
            })
        })
        .await
}

/// What was told is what was there before.
fn taken_back(told: Change) -> Change {
    Change { before: told.after, after: None, ..told }
}
