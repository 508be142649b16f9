//! What a member finds in their inbox, and what they have read of it.

use jiff::Timestamp;
use laurel_domain::text::Both;

use super::{Kind, News};
use crate::auth::MemberSession;
use crate::store::notifications::{self, NotificationRow};
use crate::store::{Db, StoreError, Tx, programme, timestamp};
use crate::usecase::error::AppError;

/// How many a page shows.
pub const MOST: i64 = 20;

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub about: String,
    pub at: Timestamp,
    pub news: News,
    /// What a version's notice says; `None` for other news, and where the version or its notice was withdrawn.
    pub text: Option<Both>,
    pub is_read: bool,
}

/// Where a page of the inbox begins: after this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    pub at: Timestamp,
    pub about: String,
}

#[derive(Clone, Debug)]
pub struct Inbox {
    /// Newest first.
    pub notices: Vec<Notice>,
    /// Where the next page begins, if there is one.
    pub next: Option<Before>,
}

/// A page of the member's notifications.
pub async fn inbox(db: &Db, session: &MemberSession, before: Option<Before>) -> Result<Inbox, AppError> {
    let before = before.unwrap_or(Before { at: Timestamp::MAX, about: String::new() });
    db.snapshot((session.no, before), |tx, (no, before)| {
        Box::pin(async move {
            let at = crate::store::micros(before.at);
            let mut rows = notifications::page(tx, *no, (at, &before.about), MOST + 1).await?;
            let is_cut = rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX);
            rows.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
            let notices = read_rows(tx, rows).await?;
            let next = notices.last().filter(|_| is_cut).map(|last| Before { at: last.at, about: last.about.clone() });
            Ok(Inbox { notices, next })
        })
    })
    .await
}

async fn read_rows(tx: &mut Tx, rows: Vec<NotificationRow>) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::with_capacity(rows.len());
    for row in rows {
        let news = News::of_body(&row.body)?;
        let is_read = row.read_at.is_some();
        notices.push(Notice { about: row.about, at: timestamp(row.at)?, news, text: None, is_read });
    }
    if notices.iter().any(|notice| notice.news.kind() == Kind::Rules) {
        let told = programme::told_since(tx, Timestamp::MIN).await?;
        for notice in &mut notices {
            let News::Rules { version } = notice.news else { continue };
            let row = told.iter().find(|row| u32::try_from(row.version) == Ok(version));
            notice.text = row.map(|row| Both::new(&row.notice_zh, &row.notice_en));
        }
    }
    Ok(notices)
}

/// Marks one as read. What it tells, so that the member gets to it. Twice is as good as once.
///
/// # Errors
/// `NotFound` if the member was told no such thing.
pub async fn read(db: &Db, session: &MemberSession, about: &str, now: Timestamp) -> Result<News, AppError> {
    db.write((session.no, about.to_owned(), now), |tx, (no, about, now)| {
        Box::pin(async move {
            let row = notifications::read(tx, *no, about, *now).await?.ok_or(AppError::NotFound)?;
            Ok(News::of_body(&row.body)?)
        })
    })
    .await
}

/// Marks all as read. How many were not.
pub async fn read_all(db: &Db, session: &MemberSession, now: Timestamp) -> Result<u64, AppError> {
    db.write((session.no, now), |tx, (no, now)| Box::pin(async move { Ok(notifications::read_all(tx, *no, *now).await?) }))
        .await
}
