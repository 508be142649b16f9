//! Entries on their way into the table.

use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::event::Scene;
use laurel_domain::numbers::points::Points;
use sqlx::PgConnection;

use crate::store::database::copied::Copied;
use crate::store::database::rows::{Row, Rows, Values, column};
use crate::store::ledger::event_keys;
use crate::store::{Either, StoreError, Tx, micros};

/// An entry with the numbers that stand for its member and its source in the tables.
pub struct NewEntry<'a> {
    pub member_no: i64,
    pub source_no: Option<i32>,
    pub entry: &'a Entry,
}

/// The row that it becomes.
#[derive(Default)]
struct Columns<'a> {
    member_no: i64,
    seq: i64,
    kind: u8,
    points: i64,
    balance: i64,
    tier: u16,
    moves: Option<String>,
    occurred_at: i64,
    delay: i64,
    rules: u32,
    cause: u8,
    source_no: Option<i32>,
    event_id: Option<&'a str>,
    amount: Option<i64>,
    scene: Option<u8>,
    applied_tier: Option<u16>,
    cap_room: Option<i64>,
    payment: Option<i64>,
    other: Option<Vec<u8>>,
    hash: [u8; 32],
}

impl Row for Columns<'_> {
    fn bind(&self, values: &mut Values<'_, '_>) {
        values.add(self.member_no).add(self.seq).add(self.kind).add(self.points).add(self.balance).add(self.tier);
        values.add(self.moves.as_deref()).add(self.occurred_at).add(self.delay).add(self.rules).add(self.cause);
        values.add(self.source_no).add(self.event_id).add(self.amount).add(self.scene).add(self.applied_tier);
        values.add(self.cap_room).add(self.payment).add(self.other.as_deref()).add(self.hash.as_slice());
    }
}

fn scene_number(scene: Scene) -> u8 {
    Scene::ALL.iter().position(|s| *s == scene).map_or(0, |at| at as u8)
}

impl<'a> Columns<'a> {
    fn of(new: &'a NewEntry) -> Columns<'a> {
        let entry = new.entry;
        let event = entry.cause.event();
        let mut row = Columns {
            member_no: new.member_no,
            seq: entry.seq,
            kind: entry.kind as u8,
            points: entry.points.hundredths(),
            balance: entry.balance.hundredths(),
            tier: entry.tier.get(),
            moves: (!entry.moves.is_plain(entry.points)).then(|| entry.moves.to_string()),
            occurred_at: micros(entry.occurred_at),
            delay: micros(entry.instant) - micros(entry.occurred_at),
            rules: entry.rules,
            source_no: new.source_no,
            event_id: event.map(|event| event.id.as_str()),
            hash: entry.hash.0,
            ..Columns::default()
        };
        row.set_cause(&entry.cause);
        row
    }

    /// What differs by the cause: `other` packs what has no column of its own.
    fn set_cause(&mut self, cause: &'a Cause) {
        match cause {
            Cause::Payment { amount, scene, tier, cap_room, .. } => {
                self.cause = 0;
                self.amount = Some(amount.minor());
                self.scene = Some(scene_number(*scene));
                self.applied_tier = Some(tier.get());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Refund { amount, payment, .. } => {
                self.cause = 1;
                self.amount = Some(amount.minor());
                self.payment = Some(*payment);
            }
            Cause::Referral { referee, completed_by, cap_room, .. } => {
                self.cause = 2;
                let payment = completed_by.as_ref().map(|hash| hash.0.as_slice()).unwrap_or_default();
                self.other = Some([referee.uuid().as_bytes().as_slice(), payment].concat());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Review { subject, cap_room, .. } => {
                self.cause = 3;
                self.other = Some(subject.0.to_vec());
                self.cap_room = cap_room.map(Points::hundredths);
            }
            Cause::Redemption { redemption } => {
                self.cause = 4;
                self.other = Some(redemption.uuid().as_bytes().to_vec());
            }
            Cause::Lapse { day } => {
                self.cause = 5;
                self.other = Some(day.to_string().into_bytes());
            }
            Cause::Activation { payment } => {
                self.cause = 6;
                self.payment = Some(*payment);
            }
            Cause::Staff { staff, reason } => {
                self.cause = 7;
                self.other = Some([staff.uuid().as_bytes().as_slice(), &reason.0].concat());
            }
            Cause::RefundOfLapsed { payment } => {
                self.cause = 8;
                self.payment = Some(*payment);
            }
            Cause::Closing => self.cause = 9,
            Cause::MergedInto { member, head } => {
                self.cause = 10;
                self.other = Some([member.uuid().as_bytes().as_slice(), &head.0].concat());
            }
            Cause::MergedFrom { member, head, brought } => {
                self.cause = 11;
                let text = format!("{}|{}", brought.moves, brought.gathered);
                self.other = Some([member.uuid().as_bytes().as_slice(), &head.0, text.as_bytes()].concat());
            }
            Cause::ReferralTakenBack { referee, award, refunded_by } => {
                self.cause = 12;
                self.payment = Some(*award);
                self.other = Some([referee.uuid().as_bytes().as_slice(), &refunded_by.0].concat());
            }
        }
    }
}

static INSERT_SQLITE: Rows = Rows(
    "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source_no, event_id, amount, scene, applied_tier, cap_room, payment, other, hash)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
);
static COPY_POSTGRES: Copied = Copied(
    "copy entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source_no, event_id, amount, scene, applied_tier, cap_room, payment, other, hash) from stdin binary",
);
const INSERT_POSTGRES: &str =
    "insert into entries (member_no, seq, kind, points, balance, tier, moves, occurred_at, delay, rules,
    cause, source_no, event_id, amount, scene, applied_tier, cap_room, payment, other, hash)
select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::smallint[], $7::text[],
    $8::bigint[], $9::bigint[], $10::integer[], $11::smallint[], $12::integer[], $13::text[], $14::bigint[], $15::smallint[],
    $16::smallint[], $17::bigint[], $18::bigint[], $19::bytea[], $20::bytea[])";

/// An array for each column: PostgreSQL takes them as they are, where it would have to make sense of a text.
async fn insert_postgres(conn: &mut PgConnection, rows: &[Columns<'_>]) -> Result<(), StoreError> {
    sqlx::query(INSERT_POSTGRES)
        .bind(column(rows, |row| row.member_no))
        .bind(column(rows, |row| row.seq))
        .bind(column(rows, |row| i16::from(row.kind)))
        .bind(column(rows, |row| row.points))
        .bind(column(rows, |row| row.balance))
        .bind(column(rows, |row| row.tier as i16))
        .bind(column(rows, |row| row.moves.as_deref()))
        .bind(column(rows, |row| row.occurred_at))
        .bind(column(rows, |row| row.delay))
        .bind(column(rows, |row| row.rules as i32))
        .bind(column(rows, |row| i16::from(row.cause)))
        .bind(column(rows, |row| row.source_no))
        .bind(column(rows, |row| row.event_id))
        .bind(column(rows, |row| row.amount))
        .bind(column(rows, |row| row.scene.map(i16::from)))
        .bind(column(rows, |row| row.applied_tier.map(|tier| tier as i16)))
        .bind(column(rows, |row| row.cap_room))
        .bind(column(rows, |row| row.payment))
        .bind(column(rows, |row| row.other.as_deref()))
        .bind(column(rows, |row| row.hash.as_slice()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds entries and the keys of their events. An event that is there already is a unique violation.
pub async fn insert(tx: &mut Tx, entries: &[NewEntry<'_>]) -> Result<(), StoreError> {
    let rows: Vec<Columns> = entries.iter().map(Columns::of).collect();
    match tx.either() {
        Either::Sqlite(conn) => INSERT_SQLITE.execute(conn, &rows).await?,
        Either::Postgres(conn) if Copied::is_for(rows.len()) => COPY_POSTGRES.execute(conn, &rows).await?,
        Either::Postgres(conn) => insert_postgres(conn, &rows).await?,
    }
    let place = |new: &NewEntry<'_>| Some((new.entry.cause.event()?.digest(), new.member_no, new.entry.seq));
    event_keys::insert(tx, entries.iter().filter_map(place).collect()).await?;
    if let Some(changes) = tx.changes() {
        entries.iter().for_each(|new| changes.posted(new.member_no, new.entry));
    }
    Ok(())
}
