//! Whose API key somebody presents.

use std::ops::RangeInclusive;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Scope, Scopes, Token};
use crate::store::access::keys::{self, KeyRow, ListedKeyRow};
use crate::store::{Db, StoreError, micros};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// An API key that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: Uuid,
    pub name: String,
    pub scopes: Scopes,
    /// Where its events come from, unless they say the same themselves.
    pub source: String,
    /// How many events, and requests of other kinds, it may send a second.
    pub rate: u32,
}

impl ApiKey {
    /// The least and the most that a key can be given.
    pub const RATES: RangeInclusive<u32> = 1..=1_000_000;

    pub const PREFIX: &str = "lrl_live_";

    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }
}

/// The key that somebody presents, if there is one and it is not revoked (by another process: not for some seconds). Its last use is noted, to be written
/// with others once a minute.
pub async fn key(db: &Db, presented: &str, now: Timestamp) -> Result<Option<ApiKey>, StoreError> {
    if !presented.starts_with(ApiKey::PREFIX) {
        return Ok(None);
    }
    let Some(hash) = Token::hash_of(presented) else { return Ok(None) };
    let Some(row) = look_up(db, hash).await? else { return Ok(None) };
    // a secret that was replaced is good for a while
    if row.good_until.is_some_and(|until| until <= micros(now)) {
        return Ok(None);
    }
    let minute_ago = micros(now.saturating_sub(MINUTE).unwrap_or(now));
    if row.last_used_at.is_none_or(|last| last <= minute_ago) {
        db.last_uses().note_key(row.id, micros(now));
    }
    let scopes = scopes(&row.scopes)?;
    let rate = rate(row.rate, &scopes)?;
    Ok(Some(ApiKey { id: row.id, name: row.name, scopes, source: row.source, rate }))
}

/// The hour since 1970 that calls are counted in.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// Notes a call with a key, to be written with others once a minute.
pub fn note_call(db: &Db, key: Uuid, is_error: bool, now: Timestamp) {
    db.last_uses().note_call(key, hour_of(now), is_error);
}

async fn look_up(db: &Db, hash: [u8; 32]) -> Result<Option<KeyRow>, StoreError> {
    if let Some(row) = db.key_cache().get(&hash) {
        return Ok(Some(row));
    }
    let since = Instant::now();
    let found = keys::find(&mut db.reader().await?, hash).await?;
    if let Some(row) = &found {
        db.key_cache().put(hash, since, row.clone());
    }
    Ok(found)
}

fn scopes(text: &str) -> Result<Scopes, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt("a set of scopes"))
}

fn rate(stored: Option<i32>, scopes: &Scopes) -> Result<u32, StoreError> {
    let chosen = stored.map(|rate| u32::try_from(rate).map_err(|_| StoreError::Corrupt("a rate"))).transpose()?;
    Ok(chosen.unwrap_or_else(|| scopes.default_rate()))
}

/// What a key of the list may send a second, and whether that was chosen for it.
pub fn rate_of(row: &ListedKeyRow) -> Result<(u32, bool), StoreError> {
    Ok((rate(row.rate, &scopes(&row.scopes)?)?, row.rate.is_some()))
}
