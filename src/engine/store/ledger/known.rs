//! Events that have been accepted already, with the entries that they made.

use std::collections::HashMap;

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::event::{Activity, Event, EventKey};
use laurel_domain::numbers::money::Currency;
use laurel_domain::text::{EventId, ExternalId, Source, Subject};
use sqlx::FromRow;

use crate::store::database::rows::column;
use crate::store::ledger::entries::{EntryRow, columns};
use crate::store::ledger::event_keys;
use crate::store::members::ids::{self, Named};
use crate::store::{Either, StoreError, Tx, json};

/// What a review was about, once that was erased.
const ERASED: &str = "erased";

/// An event that has been accepted, and the entry it made. Nothing of it ever changes, save that names and texts are erased, so it
/// may be read before its member is locked.
#[derive(Clone, Debug)]
pub struct Known {
    pub member_no: i64,
    pub event: Event,
    pub entry: Entry,
    /// Whether its member's name and texts were erased: then `event` has stand-ins for them.
    pub is_erased: bool,
    /// Likewise of a referral's referee.
    referee_is_erased: bool,
}

impl Known {
    /// Whether this is the same event again. What was erased of the first one can be anything.
    pub fn is(&self, event: &Event) -> bool {
        let mut again = event.clone();
        if self.is_erased {
            again.member.clone_from(&self.event.member);
        }
        match (&mut again.activity, &self.event.activity) {
            (Activity::Review { subject }, Activity::Review { subject: first }) if self.is_erased => subject.clone_from(first),
            (Activity::Referral { referee }, Activity::Referral { referee: first }) if self.referee_is_erased => {
                referee.clone_from(first);
            }
            _ => (),
        }
        again == self.event
    }
}

#[derive(FromRow)]
struct KnownRow {
    #[sqlx(flatten)]
    entry: EntryRow,
    #[sqlx(flatten)]
    besides: Besides,
}

/// What an event had that its entry has not.
#[derive(FromRow)]
struct Besides {
    member_no: i64,
    member: Option<String>,
    payment_source: Option<String>,
    payment_event: Option<String>,
    subject: Option<String>,
    is_erased: bool,
}

macro_rules! known {
    () => {
        concat!(
            "select e.member_no, ",
            columns!(),
            ", m.external_id as member, ps.name as payment_source, p.event_id as payment_event, v.subject,
    m.erased_at is not null as is_erased"
        )
    };
}

const KNOWN_SQLITE: &str = concat!(
    known!(),
    " from jsonb_each($1) j cross join entries e on e.member_no = j.value->>0 and e.seq = j.value->>1
join sources s on s.no = e.source_no
join members m on m.no = e.member_no
left join entries p on e.cause = 1 and p.member_no = e.member_no and p.seq = e.payment
left join sources ps on ps.no = p.source_no
left join reviews v on e.cause = 3 and v.member_no = e.member_no and v.seq = e.seq"
);
// Lateral and `offset 0` make it one look into the index for each entry, whatever PostgreSQL knows of the tables and however they are
// divided.
const KNOWN_POSTGRES: &str = concat!(
    known!(),
    " from unnest($1::bigint[], $2::bigint[]) as j(member_no, seq)
cross join lateral (select own.* from entries own where own.member_no = j.member_no and own.seq = j.seq offset 0) e
join sources s on s.no = e.source_no
cross join lateral (select own.id, own.external_id, own.erased_at from members own where own.no = e.member_no offset 0) m
left join lateral (select own.source_no, own.event_id from entries own
    where e.cause = 1 and own.member_no = e.member_no and own.seq = e.payment offset 0) p on true
left join sources ps on ps.no = p.source_no
left join lateral (select own.subject from reviews own
    where e.cause = 3 and own.member_no = e.member_no and own.seq = e.seq offset 0) v on true"
);

/// Which of these events have been accepted already, with what they were and made. Most have not: so a look for each one's key, and
/// the rest for those that are there alone.
pub async fn known(db: &mut Tx, currency: Currency, keys: &[&EventKey]) -> Result<HashMap<EventKey, Known>, StoreError> {
    let taken = event_keys::taken(db, keys).await?;
    if taken.is_empty() {
        return Ok(HashMap::new());
    }
    let text = db.text(KNOWN_POSTGRES);
    let rows: Vec<KnownRow> = match db.either() {
        Either::Sqlite(conn) => sqlx::query_as(KNOWN_SQLITE).bind(json(&taken)?).fetch_all(conn).await?,
        Either::Postgres(conn) => {
            let query = sqlx::query_as(text).bind(column(&taken, |entry| entry.0));
            query.bind(column(&taken, |entry| entry.1)).fetch_all(conn).await?
        }
    };
    if rows.len() != taken.len() {
        return Err(StoreError::Corrupt("an event's key"));
    }
    let read = rows.into_iter().map(|row| Ok((row.entry.read(currency)?, row.besides)));
    let read = read.collect::<Result<Vec<(Entry, Besides)>, StoreError>>()?;
    let referees = referees(db, &read).await?;
    read.into_iter()
        .map(|(entry, besides)| {
            let known = besides.read(entry, &referees)?;
            Ok((known.event.key.clone(), known))
        })
        .collect()
}

/// Those who were referred, by their ids. They lie elsewhere than the entry, which is another member's.
async fn referees(db: &mut Tx, read: &[(Entry, Besides)]) -> Result<HashMap<MemberId, Named>, StoreError> {
    let referee = |entry: &Entry| match entry.cause {
        Cause::Referral { referee, .. } => Some(referee),
        _ => None,
    };
    let referees: Vec<MemberId> = read.iter().filter_map(|(entry, _)| referee(entry)).collect();
    if referees.is_empty() {
        return Ok(HashMap::new());
    }
    let named = ids::of(db, &referees).await?;
    Ok(named.into_iter().map(|named| (named.id, named)).collect())
}

impl Besides {
    fn read(self, entry: Entry, referees: &HashMap<MemberId, Named>) -> Result<Known, StoreError> {
        const BROKEN: StoreError = StoreError::Corrupt("an event");
        let text = |text: Option<String>| text.ok_or(BROKEN);
        let mut referee_is_erased = false;
        let key = entry.cause.event().cloned().ok_or(BROKEN)?;
        // a member registered at the portal has no external id, and is named by no event but Laurel's own
        let member = self.member.unwrap_or_else(|| entry.member.to_string());
        let activity = match &entry.cause {
            Cause::Payment { amount, scene, .. } => Activity::Payment { amount: *amount, scene: *scene },
            Cause::Refund { amount, .. } => Activity::Refund {
                payment: EventKey {
                    source: Source::new(&text(self.payment_source)?).map_err(|_| BROKEN)?,
                    id: EventId::new(&text(self.payment_event)?).map_err(|_| BROKEN)?,
                },
                amount: *amount,
            },
            Cause::Referral { referee, .. } => {
                let named = referees.get(referee);
                referee_is_erased = named.is_some_and(|named| named.is_erased);
                let referee = named.and_then(|named| named.external_id.clone()).unwrap_or_else(|| referee.to_string());
                Activity::Referral { referee: ExternalId::new(&referee).map_err(|_| BROKEN)? }
            }
            Cause::Review { .. } => {
                let subject = self.subject.or_else(|| self.is_erased.then(|| ERASED.to_owned()));
                Activity::Review { subject: Subject::new(&text(subject)?).map_err(|_| BROKEN)? }
            }
            _ => return Err(BROKEN),
        };
        Ok(Known {
            member_no: self.member_no,
            event: Event {
                key,
                member: ExternalId::new(&member).map_err(|_| BROKEN)?,
                occurred_at: entry.occurred_at,
                activity,
            },
            is_erased: self.is_erased,
            referee_is_erased,
            entry,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN_SQLITE;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn an_event_is_looked_up() {
        check_scans_nothing(KNOWN_SQLITE, &[]).await;
    }
}
