//! What was typed into a form that could not be taken (something was wrong with it, it was not finished, the session had ended)
//! is kept for some hours, so that its page can show it again: after signing in, after a reload, after going back.
//!
//! A kept form is found by its id, which stands in the address of the page, and the secret of the browser that sent it, which
//! is in a cookie. What is still being typed where it is tried out (the lab) is kept in one place, which the next replaces. What
//! somebody signed in had typed is shown to nobody else.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::store::access::kept_forms::{self, NewForm};
use crate::store::{Db, StoreError, micros};
use crate::usecase::AppError;

/// As long as a working day: the longest that a staff session lasts.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(12);

/// How many forms of one person are kept, and how many in all of people who are not signed in.
const MOST_OF_ONE: i64 = 50;
const MOST_OF_STRANGERS: i64 = 200;

/// Where a kept form is found.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The browser's secret.
    pub secret: &'a str,
    pub id: &'a str,
}

impl Place<'_> {
    fn key(self) -> [u8; 32] {
        Sha256::digest(format!("{}.{}", self.secret, self.id).as_bytes()).into()
    }
}

/// Keeps what was typed, in place of what was kept there before. `owner`: whose it is, if anybody is known.
pub async fn keep(db: &Db, place: Place<'_>, owner: Option<String>, body: String, now: Timestamp) -> Result<(), AppError> {
    let most = if owner.is_some() { MOST_OF_ONE } else { MOST_OF_STRANGERS };
    let form = NewForm { key: place.key(), owner, body, kept_at: micros(now) };
    db.write((form, most), |tx, (form, most)| {
        Box::pin(async move { Ok::<_, AppError>(kept_forms::put(tx, form, *most).await?) })
    })
    .await
}

/// Drops what was kept there: it has been saved, or is no longer wanted.
pub async fn drop_kept(db: &Db, place: Place<'_>) -> Result<(), AppError> {
    let key = place.key();
    db.write(key, |tx, key| Box::pin(async move { Ok::<_, AppError>(kept_forms::forget(tx, *key).await?) })).await
}

/// What was kept there, unless it was somebody else's. `owner`: who is signed in now.
pub async fn find(db: &Db, place: Place<'_>, owner: Option<&str>, now: Timestamp) -> Result<Option<String>, StoreError> {
    let since = micros(kept_since(now));
    let found = kept_forms::find(&mut db.reader().await?, place.key(), since).await?;
    Ok(found.filter(|form| form.owner.is_none() || form.owner.as_deref() == owner).map(|form| form.body))
}

/// What was kept before is forgotten.
pub fn kept_since(now: Timestamp) -> Timestamp {
    now.saturating_sub(KEPT_FOR).unwrap_or(now)
}
