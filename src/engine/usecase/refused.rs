//! Refused events: keeping them, telling which were accepted since, and what people do about them.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::event::{Event, EventKey};
use laurel_domain::text::{EventId, Source};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::auth::{Authority, Permission};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::keyset::{Place, Slice, Window};
use crate::store::ledger::known;
use crate::store::members::wanted::{Wanted, lock_wanted};
pub use crate::store::refused::Filter;
use crate::store::refused::{self, ListedRow, New};
use crate::store::{Db, StoreError, Tx, micros, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::erase::ERASE;

/// How long they are kept after they were refused last.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many new ones are kept of each key and day: who sends nothing but nonsense fills no database.
pub const MOST_A_DAY: i64 = 1_000;
/// How many a page shows.
pub const MOST: usize = 50;
/// How many are told apart at a time from those that were accepted since.
const AT_ONCE: i64 = 500;
/// The code of an event whose id another one has.
const CONFLICT: &str = "event_conflict";
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// A refused event, as it was sent.
#[derive(Clone, Debug)]
pub struct Refused {
    pub api_key: Uuid,
    pub source: String,
    pub event_id: Option<String>,
    pub kind: Option<String>,
    pub member: Option<String>,
    pub referee: Option<String>,
    pub body: Option<String>,
    pub reason: String,
    pub times: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

impl Refused {
    /// What makes two of them the same.
    pub fn digest(&self) -> Uuid {
        let mut whole = Sha256::new().chain_update(self.api_key.as_bytes());
        let event = self.event_id.as_ref().or(self.body.as_ref()).map_or("", String::as_str);
        for text in [&self.reason, &self.source, event] {
            // no text of that length gets in
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            whole = whole.chain_update(length.to_le_bytes()).chain_update(text);
        }
        let whole = whole.finalize();
        let mut first = [0; 16];
        first.copy_from_slice(&whole[..16]);
        Uuid::from_bytes(first)
    }

    fn event_key(&self) -> Option<Uuid> {
        let key = EventKey { source: Source::new(&self.source).ok()?, id: EventId::new(self.event_id.as_deref()?).ok()? };
        Some(Uuid::from_bytes(key.digest()))
    }

    fn day(&self) -> i64 {
        micros(self.first_at).div_euclid(DAY)
    }

    fn row(&self, digest: Uuid, told: [String; 2]) -> New {
        let [told_zh, told_en] = told;
        New {
            id: random::id(self.first_at),
            digest,
            api_key: self.api_key,
            day: self.day(),
            source: self.source.clone(),
            event_id: self.event_id.clone(),
            event_key: self.event_key(),
            kind: self.kind.clone(),
            member: self.member.clone(),
            referee: self.referee.clone(),
            reason: self.reason.clone(),
            told_zh,
            told_en,
            body: self.body.clone(),
            times: self.times,
            first_at: micros(self.first_at),
            last_at: micros(self.last_at),
        }
    }
}

/// Keeps those for which there is room; `tell` puts the answer into Chinese and English, and is asked for new ones only. `all` has each but once.
/// What is known is read before anything is written: where nothing is to be kept, nobody's writing waits for it.
///
/// Whoever was erased since is named by none of them: members are held while it is written, and where somebody was erased meanwhile, an
/// id that nobody has may have been theirs.
///
/// # Errors
/// What the database said.
pub async fn keep<T>(db: &Db, all: Vec<(Refused, T)>, tell: impl Fn(T) -> [String; 2]) -> Result<(), StoreError> {
    let digests: Vec<Uuid> = all.iter().map(|(refused, _)| refused.digest()).collect();
    let known: HashSet<Uuid> = refused::known(&mut db.reader().await?, &digests).await?.into_iter().collect();
    let mut held: BTreeMap<i64, std::collections::HashMap<Uuid, i64>> = BTreeMap::new();
    for day in all.iter().map(|(refused, _)| refused.day()).collect::<HashSet<_>>() {
        held.insert(day, refused::of_day(&mut db.reader().await?, day).await?);
    }
    let (mut again, mut new) = (Vec::new(), Vec::new());
    for ((one, stop), digest) in all.into_iter().zip(digests) {
        if known.contains(&digest) {
            again.push((digest, one.times, micros(one.last_at)));
            continue;
        }
        let count = held.entry(one.day()).or_default().entry(one.api_key).or_default();
        if *count < MOST_A_DAY {
            *count += 1;
            new.push(one.row(digest, tell(stop)));
        }
    }
    if again.is_empty() && new.is_empty() {
        return Ok(());
    }
    again.sort_unstable();
    db.write((again, new), |tx, (again, new)| {
        Box::pin(async move {
            let new = &mut new.clone()[..];
            if !again.is_empty() {
                refused::again(tx, again).await?;
            }
            if !new.is_empty() {
                unname(tx, new).await?;
                refused::insert(tx, new).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Takes the names of members out of those that name somebody who is not there, if somebody was erased since they were refused. Holds
/// those who are there: whoever is erased next finds what was written of them.
async fn unname(tx: &mut Tx, new: &mut [New]) -> Result<(), StoreError> {
    let mut wanted = Wanted { external_ids: new.iter().flat_map(New::names).collect(), ..Wanted::default() };
    wanted.sort();
    let Some(since) = new.iter().map(|one| one.first_at).min().filter(|_| !wanted.is_empty()) else { return Ok(()) };
    let there = lock_wanted(tx, &wanted).await?;
    let there: HashSet<String> = there.into_iter().filter_map(|member| Some(member.external_id?.to_string())).collect();
    let is_gone = |one: &New| one.names().any(|name| !there.contains(name));
    let mut gone: Vec<&mut New> = new.iter_mut().filter(|one| is_gone(one)).collect();
    if gone.is_empty() {
        return Ok(());
    }
    // clocks of servers may differ a little
    let since = timestamp(since)?.saturating_sub(SignedDuration::from_mins(5)).ok();
    let erased = audit::Filter { action: Some(ERASE.to_owned()), since, limit: 1, ..audit::Filter::default() };
    if !audit::list(tx, &erased).await?.is_empty() {
        for one in &mut gone {
            (one.member, one.referee, one.body) = (None, None, None);
        }
    }
    Ok(())
}

/// Settles those whose event was accepted since. How many.
///
/// # Errors
/// What the database said.
pub async fn settle(ledger: &Ledger) -> Result<u64, StoreError> {
    let (mut after, mut settled) = (Uuid::nil(), 0);
    loop {
        let ids = refused::accepted(&mut ledger.db.reader().await?, after, AT_ONCE).await?;
        let Some(last) = ids.last() else { return Ok(settled) };
        after = *last;
        settled += ids.len() as u64;
        let now = ledger.clock.now();
        ledger.db.write((ids, now), |tx, (ids, now)| Box::pin(refused::settle(tx, ids, *now))).await?;
    }
}

/// What has become of one. Tables hold these by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefusedState {
    #[default]
    Open,
    /// The event was accepted since.
    Settled,
    Dismissed,
}

impl RefusedState {
    pub const ALL: [RefusedState; 3] = [RefusedState::Open, RefusedState::Settled, RefusedState::Dismissed];

    pub const fn name(self) -> &'static str {
        match self {
            RefusedState::Open => "open",
            RefusedState::Settled => "accepted",
            RefusedState::Dismissed => "dismissed",
        }
    }

    pub fn named(name: &str) -> Option<RefusedState> {
        RefusedState::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct Listed {
    pub id: Uuid,
    pub key_name: Option<String>,
    pub source: String,
    pub event_id: Option<String>,
    pub kind: Option<String>,
    pub member: Option<String>,
    pub reason: String,
    /// In Chinese and in English.
    pub told: [String; 2],
    pub body: Option<String>,
    pub times: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    pub state: RefusedState,
    /// The accepted event that has its id, where that is why.
    pub holder: Option<Holder>,
}

/// An accepted event, and where its entry is.
#[derive(Clone, Debug)]
pub struct Holder {
    pub event: Event,
    pub member: MemberId,
    pub seq: i64,
}

impl Listed {
    fn read(row: ListedRow) -> Result<Listed, StoreError> {
        let state = usize::try_from(row.state).ok().and_then(|state| RefusedState::ALL.get(state).copied());
        Ok(Listed {
            id: row.id,
            key_name: row.key_name,
            source: row.source,
            event_id: row.event_id,
            kind: row.kind,
            member: row.member,
            reason: row.reason,
            told: [row.told_zh, row.told_en],
            body: row.body,
            times: row.times,
            first_at: timestamp(row.first_at)?,
            last_at: timestamp(row.last_at)?,
            state: state.ok_or(StoreError::Corrupt("a refused event"))?,
            holder: None,
        })
    }

    /// Whose id is taken: the key of both.
    fn taken(&self) -> Option<EventKey> {
        let id = self.event_id.as_deref().filter(|_| self.reason == CONFLICT)?;
        Some(EventKey { source: Source::new(&self.source).ok()?, id: EventId::new(id).ok()? })
    }
}

/// A page of them, and what they can be told apart by.
#[derive(Clone, Debug)]
pub struct Desk {
    pub page: Slice<Listed, Uuid>,
    /// In the order of [`RefusedState::ALL`], whatever else the list is restricted to; each up to `COUNTED`.
    pub counts: [i64; 3],
    /// Of just this list.
    pub counted: i64,
    pub reasons: Vec<String>,
    pub sources: Vec<String>,
    pub keys: Vec<(Uuid, String)>,
}

/// The newest first. `from`: where the page begins, by an id.
///
/// # Errors
/// `Forbidden`.
pub async fn desk(ledger: &Ledger, by: Authority, wanted: Filter, from: Option<Place<Uuid>>) -> Result<Desk, AppError> {
    require(by, Permission::Read)?;
    let window = Window { from, ascending: false, most: MOST };
    ledger
        .db
        .snapshot((wanted, window, ledger.programme.currency), |tx, (wanted, window, currency)| {
            Box::pin(async move {
                let rows = refused::listed(tx, wanted, window).await?;
                let mut page = window.cut(rows, |row| row.id).try_map(Listed::read)?;
                let keys: HashSet<EventKey> = page.rows.iter().filter_map(Listed::taken).collect();
                let holders = known::known(tx, *currency, &keys.iter().collect::<Vec<_>>()).await?;
                for one in &mut page.rows {
                    let holder = one.taken().and_then(|key| holders.get(&key));
                    one.holder = holder.map(|known| Holder {
                        event: known.event.clone(),
                        member: known.entry.member,
                        seq: known.entry.seq,
                    });
                }
                let mut counts = [0; 3];
                for (count, state) in counts.iter_mut().zip(RefusedState::ALL) {
                    *count = refused::count(tx, &Filter { state: state as i16, ..Filter::default() }).await?;
                }
                let options = refused::options(tx, wanted.state).await?;
                let reasons: std::collections::BTreeSet<String> = options.iter().map(|(reason, ..)| reason.clone()).collect();
                let sources: std::collections::BTreeSet<String> =
                    options.iter().map(|(_, source, ..)| source.clone()).collect();
                let keys: BTreeMap<Uuid, String> =
                    options.into_iter().map(|(_, _, key, name)| (key, name.unwrap_or_else(|| key.to_string()))).collect();
                Ok(Desk {
                    page,
                    counts,
                    counted: refused::count(tx, wanted).await?,
                    reasons: reasons.into_iter().collect(),
                    sources: sources.into_iter().collect(),
                    keys: keys.into_iter().collect(),
                })
            })
        })
        .await
}

/// A page of them, for a file.
///
/// # Errors
/// `Forbidden`.
pub async fn listed(
    ledger: &Ledger,
    by: Authority,
    wanted: &Filter,
    page: Window<Uuid>,
) -> Result<Slice<Listed, Uuid>, AppError> {
    require(by, Permission::Read)?;
    let rows = refused::listed(&mut ledger.db.reader().await?, wanted, &page).await?;
    Ok(page.cut(rows, |row| row.id).try_map(Listed::read)?)
}

/// What is to be dismissed.
#[derive(Clone, Debug)]
pub enum Picked {
    These(Vec<Uuid>),
    /// All that wait and that a list is restricted to.
    All(Filter),
}

/// Nobody has to see to these any more. How many they were.
///
/// # Errors
/// `Forbidden`.
pub async fn dismiss(ledger: &Ledger, by: Authority, picked: Picked) -> Result<u64, AppError> {
    require(by, Permission::DismissRefused)?;
    ledger
        .db
        .write((by.actor(), picked, ledger.clock.now()), |tx, (actor, picked, now)| {
            Box::pin(async move {
                let dismissed = match picked {
                    Picked::These(ids) => refused::dismiss(tx, ids, *now).await?,
                    Picked::All(of) => refused::dismiss_all(tx, of, *now).await?,
                };
                if dismissed > 0 {
                    let after = Some(serde_json::json!({ "number": dismissed }));
                    let name = "refused_events.dismiss";
                    audit::append(tx, &Action { actor: *actor, name, subject: "refused_events", before: None, after }, *now)
                        .await?;
                }
                Ok(dismissed)
            })
        })
        .await
}
