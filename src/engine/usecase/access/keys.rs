//! API keys: made, listed, given another secret, revoked. A secret is shown once.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::{Fault, NumberError, Refusal};
use laurel_domain::text::{Source, checked_identity};
use serde_json::json;
use uuid::Uuid;

use crate::auth::{Actor, ApiKey, Authority, Permission, Scopes, Token, hour_of};
use crate::random;
use crate::store::access::keys::{self, ListedKeyRow, NewKey};
use crate::store::audit::{self, Action};
use crate::store::{Db, StoreError, Tx, micros};
use crate::usecase::ledger::ingest::OWN_SOURCE;
use crate::usecase::{AppError, Faults, input, require};

const DEFAULT_SOURCE: &str = "default";
const HINT: usize = ApiKey::PREFIX.len() + 4;

/// What is asked for, as typed.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub name: String,
    /// `events:write,members:read`
    pub scopes: String,
    /// Where the events of this key come from; `default` if left out.
    pub source: Option<String>,
    /// How many events or requests a second; the default of its scopes if left out.
    pub rate: Option<String>,
}

/// A key that was made. The token is stored nowhere.
#[derive(Clone, Debug)]
pub struct Created {
    pub id: Uuid,
    pub token: Token,
}

/// Makes an API key.
///
/// # Errors
/// `Forbidden`, `Invalid` (name, source, rate), `Scope`.
pub async fn create(db: &Db, authority: Authority, wanted: &Wanted, now: Timestamp) -> Result<Created, AppError> {
    require(authority, Permission::ManageKeys)?;
    let mut faults = Faults::default();
    let name = faults.note(input::name(&wanted.name));
    let scopes = faults.note(wanted.scopes.parse::<Scopes>());
    let source = input::given(wanted.source.as_deref()).unwrap_or(DEFAULT_SOURCE);
    let source = checked_identity(source).and_then(|()| Source::new(source));
    let source = source.and_then(|source| if source.as_str() == OWN_SOURCE { Err(Fault::Reserved) } else { Ok(source) });
    let source = faults.note(source.map_err(|fault| Refusal::field("source", fault)));
    let rate = input::given(wanted.rate.as_deref()).map(rate).transpose();
    let rate = faults.note(rate.map_err(|fault| Refusal::field("rate", fault)));
    let (Some(name), Some(scopes), Some(source), Some(rate)) = (name, scopes, source, rate) else {
        return Err(faults.into_error());
    };
    let key = Key { id: random::id(now), token: Token::random_with_prefix(ApiKey::PREFIX), name, scopes, source, rate, now };
    let created = Created { id: key.id, token: key.token.clone() };
    db.write((authority.actor(), key), |tx, (actor, key)| Box::pin(key.insert(tx, *actor))).await?;
    Ok(created)
}

fn rate(typed: &str) -> Result<u32, Fault> {
    let rate = typed.parse().map_err(|_| NumberError::NotANumber)?;
    if ApiKey::RATES.contains(&rate) { Ok(rate) } else { Err(NumberError::OutOfRange.into()) }
}

/// A key about to be made.
struct Key {
    id: Uuid,
    token: Token,
    name: String,
    scopes: Scopes,
    source: Source,
    rate: Option<u32>,
    now: Timestamp,
}

impl Key {
    async fn insert(&self, tx: &mut Tx, actor: Actor) -> Result<(), AppError> {
        let (scopes, source) = (self.scopes.to_text(), self.source.as_str());
        let row = NewKey {
            id: self.id,
            hash: self.token.hash(),
            hint: self.token.as_str().get(..HINT).unwrap_or_default(),
            name: &self.name,
            scopes: &scopes,
            source,
            rate: self.rate.map(|rate| i32::try_from(rate).map_err(|_| StoreError::Corrupt("a rate"))).transpose()?,
            created_at: micros(self.now),
        };
        keys::insert(tx, &row).await?;
        let (name, subject) = ("key.create", format!("key:{}", self.id));
        let after = Some(json!({ "name": self.name, "scopes": scopes, "source": source, "rate": self.rate }));
        Ok(audit::append(tx, &Action { actor, name, subject: &subject, before: None, after }, self.now).await?)
    }
}

/// Ends a key for good.
///
/// # Errors
/// `Forbidden`; `NotFound` if there is no such key in force.
pub async fn revoke(db: &Db, authority: Authority, id: Uuid, now: Timestamp) -> Result<(), AppError> {
    require(authority, Permission::ManageKeys)?;
    let work = db.write((authority.actor(), id, now), |tx, (actor, id, now)| {
        Box::pin(async move {
            if !keys::revoke(tx, *id, micros(*now)).await? {
                return Err(AppError::NotFound);
            }
            let subject = format!("key:{id}");
            let action = Action { actor: *actor, name: "key.revoke", subject: &subject, before: None, after: None };
            Ok(audit::append(tx, &action, *now).await?)
        })
    });
    let revoked = work.await;
    // also when it is not known whether it was
    db.key_cache().forget();
    revoked
}

/// How long the secret so far may stay good when a key gets another one, in hours.
pub const KEEP_HOURS: [u16; 3] = [1, 24, 7 * 24];

/// Another secret for a key. The one so far is good for so many hours more; one from before that ends at once.
///
/// # Errors
/// `Forbidden`, `Invalid` (hours); `NotFound` if there is no such key in force.
pub async fn rotate(db: &Db, authority: Authority, id: Uuid, hours: &str, now: Timestamp) -> Result<Rotated, AppError> {
    require(authority, Permission::ManageKeys)?;
    let hours = KEEP_HOURS.into_iter().find(|known| known.to_string() == hours.trim());
    let choices = KEEP_HOURS.map(|hours| hours.to_string()).join(", ");
    let hours = hours.ok_or_else(|| Refusal::field("hours", Fault::NotOneOf { choices }))?;
    let old_until = now.saturating_add(SignedDuration::from_hours(hours.into())).unwrap_or(now);
    let token = Token::random_with_prefix(ApiKey::PREFIX);
    let rotated = Rotated { token, old_until };
    let work = db.write((authority.actor(), id, hours, rotated, now), |tx, (actor, id, hours, rotated, now)| {
        Box::pin(async move {
            let hint = rotated.token.as_str().get(..HINT).unwrap_or_default();
            if !keys::rotate(tx, *id, micros(rotated.old_until), rotated.token.hash(), hint).await? {
                return Err(AppError::NotFound);
            }
            let subject = format!("key:{id}");
            let after = Some(json!({ "hours": hours.to_string() }));
            let action = Action { actor: *actor, name: "key.rotate", subject: &subject, before: None, after };
            audit::append(tx, &action, *now).await?;
            Ok(rotated.clone())
        })
    });
    let rotated = work.await;
    db.key_cache().forget();
    rotated
}

/// The new secret of a key, shown once, and until when the one before is good.
#[derive(Clone, Debug)]
pub struct Rotated {
    pub token: Token,
    pub old_until: Timestamp,
}

/// Ends the secret that was replaced, before its time.
///
/// # Errors
/// `Forbidden`; `NotFound` if none is good any more.
pub async fn end_old(db: &Db, authority: Authority, id: Uuid, now: Timestamp) -> Result<(), AppError> {
    require(authority, Permission::ManageKeys)?;
    let work = db.write((authority.actor(), id, now), |tx, (actor, id, now)| {
        Box::pin(async move {
            if !keys::end_old(tx, *id, micros(*now)).await? {
                return Err(AppError::NotFound);
            }
            let subject = format!("key:{id}");
            let action = Action { actor: *actor, name: "key.end_old", subject: &subject, before: None, after: None };
            Ok(audit::append(tx, &action, *now).await?)
        })
    });
    let ended = work.await;
    db.key_cache().forget();
    ended
}

/// The keys, with what each was used in the last day: about, as the last minute is not written yet.
///
/// # Errors
/// `Forbidden`.
pub async fn list(db: &Db, authority: Authority, now: Timestamp) -> Result<Vec<ListedKeyRow>, AppError> {
    require(authority, Permission::ManageKeys)?;
    Ok(keys::list(&mut db.reader().await?, hour_of(now) - 24).await?)
}
