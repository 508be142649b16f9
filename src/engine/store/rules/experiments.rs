//! Experiments: how each divides the members, which versions are its own, and what came of it.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::ExperimentId;
use laurel_domain::rules::experiment::Split;
use laurel_domain::text::Both;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, on};

/// How an experiment came to its end before the time it was made for; tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedEarly {
    Stopped = 0,
    Adopted = 1,
    /// Before it began.
    Withdrawn = 2,
}

impl EndedEarly {
    fn of_number(number: i16) -> Result<EndedEarly, StoreError> {
        match number {
            0 => Ok(EndedEarly::Stopped),
            1 => Ok(EndedEarly::Adopted),
            2 => Ok(EndedEarly::Withdrawn),
            _ => Err(StoreError::Corrupt("an experiment")),
        }
    }
}

/// An experiment as its row has it, with when its versions start.
#[derive(Clone, Debug, FromRow)]
pub struct ExperimentRow {
    pub id: Uuid,
    pub name: String,
    pub hypothesis: String,
    pub variant: i16,
    pub control: i16,
    pub version: i32,
    pub end_version: i32,
    pub made_by: Option<Uuid>,
    pub made_at: i64,
    pub ended_early: Option<i16>,
    pub ended_by: Option<Uuid>,
    pub ended_at: Option<i64>,
    pub asked_at: Option<i64>,
    pub result: Option<String>,
    pub result_at: Option<i64>,
    pub fault: Option<String>,
    pub starts_at: i64,
    pub ends_at: i64,
}

impl ExperimentRow {
    pub fn split(&self) -> Result<Split, StoreError> {
        split(self.id, self.variant, self.control)
    }

    pub fn ended_early(&self) -> Result<Option<EndedEarly>, StoreError> {
        self.ended_early.map(EndedEarly::of_number).transpose()
    }
}

pub(in crate::store) fn split(id: Uuid, variant: i16, control: i16) -> Result<Split, StoreError> {
    let share = |share: i16| u16::try_from(share).map_err(|_| StoreError::Corrupt("an experiment"));
    Ok(Split { experiment: ExperimentId::new(id), variant: share(variant)?, control: share(control)? })
}

const SPLITS: &str = "select id, variant, control from experiments";

/// How each experiment divides the members.
pub async fn splits(db: &mut Tx) -> Result<HashMap<Uuid, Split>, StoreError> {
    let rows: Vec<(Uuid, i16, i16)> = on!(db, conn => sqlx::query_as(SPLITS).fetch_all(conn).await?);
    rows.into_iter().map(|(id, variant, control)| Ok((id, split(id, variant, control)?))).collect()
}

macro_rules! select {
    () => {
        "select x.id, x.name, x.hypothesis, x.variant, x.control, x.version, x.end_version, x.made_by, x.made_at, x.ended_early,
    x.ended_by, x.ended_at, x.asked_at, x.result, x.result_at, x.fault, v.in_force_from as starts_at, e.in_force_from as ends_at
    from experiments x join rule_sets v on v.version = x.version join rule_sets e on e.version = x.end_version "
    };
}

const BY_ID: &str = concat!(select!(), "where x.id = $1");
const ALL: &str = concat!(select!(), "order by x.made_at desc, x.id desc");

pub async fn find(db: &mut Tx, id: Uuid) -> Result<Option<ExperimentRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(BY_ID).bind(id).fetch_optional(conn).await?))
}

/// The newest first. There are a few.
pub async fn all(db: &mut Tx) -> Result<Vec<ExperimentRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(ALL).fetch_all(conn).await?))
}

/// An experiment that is new.
#[derive(Clone, Debug)]
pub struct NewExperiment<'a> {
    pub split: Split,
    pub name: &'a str,
    pub hypothesis: &'a str,
    pub version: u32,
    pub end_version: u32,
    pub made_by: Option<Uuid>,
    /// What the variant group is told.
    pub notice: Option<&'a Both>,
}

const INSERT: &str = "insert into experiments (id, name, hypothesis, variant, control, version, end_version, made_by, made_at,
    notice_zh, notice_en) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// The caller holds the rules, and publishes both versions in the same transaction.
pub async fn insert(tx: &mut Tx, new: &NewExperiment<'_>, now: Timestamp) -> Result<(), StoreError> {
    let share = |share: u16| i16::try_from(share).map_err(|_| StoreError::Corrupt("an experiment"));
    on!(tx, conn => sqlx::query(INSERT)
        .bind(new.split.experiment.uuid()).bind(new.name).bind(new.hypothesis)
        .bind(share(new.split.variant)?).bind(share(new.split.control)?)
        .bind(number(new.version)?).bind(number(new.end_version)?).bind(new.made_by).bind(micros(now))
        .bind(new.notice.map(|text| text.zh.as_str())).bind(new.notice.map(|text| text.en.as_str()))
        .execute(conn).await.map(drop)?);
    Ok(())
}

fn number(version: u32) -> Result<i32, StoreError> {
    i32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))
}

const END: &str = "update experiments set ended_early = $2, ended_by = $3, ended_at = $4, end_version = $5
where id = $1 and ended_early is null";

/// Ends it before its time, by another version than was planned. The caller holds the rules.
pub async fn end(
    tx: &mut Tx,
    id: ExperimentId,
    how: EndedEarly,
    by: Option<Uuid>,
    now: Timestamp,
    end_version: u32,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(END)
        .bind(id.uuid()).bind(how as i16).bind(by).bind(micros(now)).bind(number(end_version)?)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const ASK: &str = "update experiments set asked_at = $2 where id = $1";

/// Asks for its results as of now. Whether there is such an experiment.
pub async fn ask(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    on!(tx, conn => {
        let done = sqlx::query(ASK).bind(id).bind(micros(now)).execute(conn).await?;
        Ok(done.rows_affected() > 0)
    })
}

const ASKED: &str = concat!(select!(), "where x.asked_at is not null order by x.asked_at, x.id limit 1");

/// The one whose results somebody has waited for longest.
pub async fn asked(db: &mut Tx) -> Result<Option<ExperimentRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(ASKED).fetch_optional(conn).await?))
}

const ANSWER: &str = "update experiments set result = coalesce($3, result), fault = $4, result_at = $5,
    asked_at = case when asked_at = $2 then null else asked_at end where id = $1";

/// Keeps its results, or what adding them up failed with. Who has asked again meanwhile gets another answer.
pub async fn answer(
    tx: &mut Tx,
    id: Uuid,
    asked_at: i64,
    (result, fault): (Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(ANSWER)
        .bind(id).bind(asked_at).bind(result).bind(fault).bind(micros(now))
        .execute(conn).await.map(drop)?);
    Ok(())
}
