//! Everything that there is of a kind, for a file: some rows at a time, each time as things are then, so that no state of the
//! database is held for long and nobody keeps it all in memory. The audit log tells when one began, and what came of it.
//! What is large becomes a file first, which is `kept`.

pub mod kept;

use jiff::Timestamp;
use laurel_domain::ids::RewardId;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::{Reward, Supply};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::audit::{self, Action, AuditRow};
use crate::store::exports::{self, CodeOf, EntryOf};
use crate::store::keyset;
use crate::store::members::roll;
use crate::store::rewards::redemptions::Redemption;
use crate::store::{StoreError, Tx, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::search;
use crate::usecase::members::view::MemberView;
use crate::usecase::rewards::{edit, queue};

/// Rows read at a time.
const MEMBERS: i64 = 2_000;
const ENTRIES: i64 = 5_000;
const REDEMPTIONS: usize = 1_000;
const CODES: i64 = 5_000;
const AUDIT: i64 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Members,
    Entries,
    Redemptions,
    Codes,
    Audit,
}

impl What {
    pub const ALL: [What; 5] = [What::Members, What::Entries, What::Redemptions, What::Codes, What::Audit];

    pub fn name(self) -> &'static str {
        ["members", "entries", "redemptions", "codes", "audit"][self as usize]
    }

    pub fn named(name: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.name() == name)
    }

    pub fn permission(self) -> Permission {
        if self == What::Codes { Permission::ManageRewards } else { Permission::Export }
    }
}

/// What is exported, from (inclusive) and to (exclusive) when.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub what: What,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Wanted {
    fn has(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    fn has_micros(&self, at: i64) -> Result<bool, StoreError> {
        Ok(self.has(timestamp(at)?))
    }
}

/// Some rows.
#[derive(Debug)]
pub enum Chunk {
    Members(Vec<MemberView>),
    Entries(Vec<EntryOf>),
    Redemptions(Vec<Redemption>),
    /// With what their rewards are called.
    Codes(Vec<(Reward, CodeOf)>),
    Audit(Vec<AuditRow>),
}

impl Chunk {
    fn len(&self) -> usize {
        match self {
            Chunk::Members(rows) => rows.len(),
            Chunk::Entries(rows) => rows.len(),
            Chunk::Redemptions(rows) => rows.len(),
            Chunk::Codes(rows) => rows.len(),
            Chunk::Audit(rows) => rows.len(),
        }
    }
}

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Completed,
    /// Whoever wanted it has gone.
    BrokenOff,
    Failed,
}

/// Where the next rows are.
#[derive(Serialize, Deserialize)]
enum Place {
    Members(Option<roll::Cursor>),
    Entries(i64, i64),
    Redemptions(RedemptionKind, Option<queue::Cursor>),
    Codes(RewardId, String),
    Audit(Option<Uuid>),
    End,
}

/// The kinds of redemptions, one after the other.
const KINDS: [RedemptionKind; 3] = [RedemptionKind::Cash, RedemptionKind::Voucher, RedemptionKind::Gift];

pub struct Export {
    ledger: Ledger,
    wanted: Wanted,
    actor: Actor,
    id: Uuid,
    place: Place,
    /// Whose codes are uploaded.
    pools: Vec<Reward>,
    /// Rows until now that were looked at, and those of them that are wanted.
    seen: i64,
    rows: usize,
}

/// What the audit log is to tell of an export.
#[derive(Clone)]
struct Noted {
    actor: Actor,
    name: &'static str,
    export: Uuid,
    told: Value,
}

impl Noted {
    async fn note(&self, tx: &mut Tx, now: Timestamp) -> Result<(), AppError> {
        note(tx, self.actor, self.name, self.export, self.told.clone(), now).await
    }
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    export: Uuid,
    told: Value,
    now: Timestamp,
) -> Result<(), AppError> {
    let subject = format!("export:{export}");
    let action = Action { actor, name, subject: &subject, before: None, after: Some(told) };
    Ok(audit::append(tx, &action, now).await?)
}

impl Export {
    /// Begins one, which the audit log tells.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn begin(ledger: &Ledger, by: Authority, wanted: Wanted) -> Result<Export, AppError> {
        require(by, Permission::Export)?;
        require(by, wanted.what.permission())?;
        let export = Export::new(ledger, by.actor(), wanted, random::id(ledger.clock.now())).await?;
        export.note(export.action("export.start", export.told())).await?;
        Ok(export)
    }

    async fn new(ledger: &Ledger, actor: Actor, wanted: Wanted, id: Uuid) -> Result<Export, AppError> {
        let pools = match wanted.what {
            What::Codes => edit::list(ledger).await?.into_iter().filter(|one| one.supply == Supply::Pool).collect(),
            _ => Vec::new(),
        };
        let place = match wanted.what {
            What::Members => Place::Members(None),
            What::Entries => Place::Entries(0, 0),
            What::Redemptions => Place::Redemptions(KINDS[0], None),
            What::Codes => Place::Codes(RewardId::new(Uuid::nil()), String::new()),
            What::Audit => Place::Audit(wanted.to.map(random::first_id_of)),
        };
        Ok(Export { ledger: ledger.for_reports(), wanted, actor, id, place, pools, seen: 0, rows: 0 })
    }

    fn place_as_text(&self) -> Result<String, AppError> {
        serde_json::to_string(&self.place).map_err(|error| AppError::Internal(error.into()))
    }

    /// Goes on from there.
    fn resume(&mut self, place: &str, seen: i64, rows: i64) -> Result<(), AppError> {
        self.place = serde_json::from_str(place).map_err(|_| StoreError::Corrupt("an export"))?;
        (self.seen, self.rows) = (seen, usize::try_from(rows).map_err(|_| StoreError::Corrupt("an export"))?);
        Ok(())
    }

    fn told(&self) -> Value {
        let mut told = json!({ "kind": self.wanted.what.name() });
        for (name, at) in [("from", self.wanted.from), ("to", self.wanted.to)] {
            if let Some(at) = at {
                told[name] = json!(at.to_string());
            }
        }
        told
    }

    /// The next rows, of which there may be none that are wanted; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        let (chunk, next) = match std::mem::replace(&mut self.place, Place::End) {
            Place::Members(from) => self.members(from).await?,
            Place::Entries(member_no, seq) => self.entries((member_no, seq)).await?,
            Place::Redemptions(kind, from) => self.redemptions(kind, from).await?,
            Place::Codes(reward, code) => self.codes(reward, &code).await?,
            Place::Audit(before) => self.audit(before).await?,
            Place::End => return Ok(None),
        };
        self.place = next;
        self.rows += chunk.len();
        Ok(Some(chunk))
    }

    /// What came of it, for the audit log.
    pub async fn end(self, how: Ended) -> Result<(), AppError> {
        self.note(self.action("export.end", self.outcome(how))).await
    }

    fn outcome(&self, how: Ended) -> Value {
        let how = match how {
            Ended::Completed => "completed",
            Ended::BrokenOff => "stopped",
            Ended::Failed => "failed",
        };
        json!({ "kind": self.wanted.what.name(), "outcome": how, "rows": self.rows })
    }

    fn action(&self, name: &'static str, told: Value) -> Noted {
        Noted { actor: self.actor, name, export: self.id, told }
    }

    async fn note(&self, noted: Noted) -> Result<(), AppError> {
        let input = (noted, self.ledger.clock.now());
        self.ledger.db.write(input, |tx, (noted, now)| Box::pin(noted.note(tx, *now))).await
    }

    async fn members(&mut self, from: Option<roll::Cursor>) -> Result<(Chunk, Place), AppError> {
        let filter = roll::Filter { most: MEMBERS, from, ..roll::Filter::default() };
        let found = search::page_for_file(&self.ledger, &filter).await?;
        let next = found.next.map_or(Place::End, |next| Place::Members(Some(next)));
        let mut members = found.members;
        self.seen += members.len() as i64;
        members.retain(|member| self.wanted.has(member.registered_at));
        Ok((Chunk::Members(members), next))
    }

    async fn entries(&mut self, after: (i64, i64)) -> Result<(Chunk, Place), AppError> {
        let currency = self.ledger.programme.currency;
        let mut found = exports::entries(&mut self.ledger.db.reader().await?, currency, after, ENTRIES).await?;
        let next = match found.last() {
            Some(last) if found.len() as i64 == ENTRIES => Place::Entries(last.member_no, last.entry.seq),
            _ => Place::End,
        };
        self.seen += found.len() as i64;
        found.retain(|one| self.wanted.has(one.entry.occurred_at));
        Ok((Chunk::Entries(found), next))
    }

    async fn redemptions(&mut self, kind: RedemptionKind, from: Option<queue::Cursor>) -> Result<(Chunk, Place), AppError> {
        let wanted = queue::Wanted { kind, state: None, oldest_first: false, from, most: REDEMPTIONS };
        let found = queue::page(&self.ledger, wanted).await?;
        let after = KINDS.iter().skip_while(|one| **one != kind).nth(1);
        let next = match (found.next, after) {
            (Some(next), _) => Place::Redemptions(kind, Some(next)),
            (None, Some(kind)) => Place::Redemptions(*kind, None),
            (None, None) => Place::End,
        };
        let mut redemptions = found.redemptions;
        self.seen += redemptions.len() as i64;
        redemptions.retain(|one| self.wanted.has(one.created_at));
        Ok((Chunk::Redemptions(redemptions), next))
    }

    async fn codes(&mut self, reward: RewardId, code: &str) -> Result<(Chunk, Place), AppError> {
        let found = exports::codes(&mut self.ledger.db.reader().await?, (reward, code), CODES).await?;
        let next = match found.last() {
            Some(last) if found.len() as i64 == CODES => Place::Codes(last.reward, last.code.clone()),
            _ => Place::End,
        };
        self.seen += found.len() as i64;
        let mut codes = Vec::new();
        for code in found {
            let pool = self.pools.iter().find(|reward| reward.id == code.reward);
            if let Some(reward) = pool
                && self.wanted.has_micros(code.added_at)?
            {
                codes.push((reward.clone(), code));
            }
        }
        Ok((Chunk::Codes(codes), next))
    }

    async fn audit(&mut self, before: Option<Uuid>) -> Result<(Chunk, Place), AppError> {
        let from = before.map(|key| keyset::Place { key, backwards: false });
        let filter = audit::Filter { from, limit: AUDIT, ..audit::Filter::default() };
        let found = audit::list(&mut self.ledger.db.reader().await?, &filter).await?;
        let is_full = found.len() as i64 == AUDIT;
        // the newest come first
        let next = match (found.last(), self.wanted.from) {
            (Some(last), from) if is_full && from.is_none_or(|from| last.id >= random::first_id_of(from)) => {
                Place::Audit(Some(last.id))
            }
            _ => Place::End,
        };
        self.seen += found.len() as i64;
        let mut kept = Vec::with_capacity(found.len());
        for row in found {
            if self.wanted.has_micros(row.at)? {
                kept.push(row);
            }
        }
        Ok((Chunk::Audit(kept), next))
    }
}
