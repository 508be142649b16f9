//! The programme, the published versions of its rules, and the draft of the next.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use laurel_domain::ids::{MemberId, PictureId};
use laurel_domain::look::{Accent, Look};
use laurel_domain::numbers::calendar::Calendar;
use laurel_domain::program::{Basis, Programme};
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::rule_set::{RuleSet, Rulebook, Rules};
use laurel_domain::rules::safety::Limits;
use laurel_domain::text::Both;
use laurel_domain::unit::UnitName;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::database::rows::Rows;
use crate::store::rules::experiments;
use crate::store::{Either, StoreError, Tx, micros, on, pictures, timestamp};

#[derive(FromRow)]
struct ProgrammeRow {
    name: String,
    currency: String,
    time_zone: String,
    enrol_on_event: bool,
    unit_zh: Option<String>,
    unit_one: Option<String>,
    unit_many: Option<String>,
}

impl ProgrammeRow {
    /// A programme that an older binary has made does not say.
    fn unit(&self) -> Result<UnitName, StoreError> {
        match (&self.unit_zh, &self.unit_one, &self.unit_many) {
            (Some(zh), Some(one), Some(many)) => UnitName::new(zh, one, many).map_err(|_| StoreError::Corrupt("a unit")),
            _ => Ok(UnitName::default()),
        }
    }
}

const PROGRAMME: &str =
    "select name, currency, time_zone, enrol_on_event, unit_zh, unit_one, unit_many from programme where id = 1";

/// The programme, if it has been made.
pub async fn find(db: &mut Tx) -> Result<Option<Programme>, StoreError> {
    let row: Option<ProgrammeRow> = on!(db, conn => sqlx::query_as(PROGRAMME).fetch_optional(conn).await?);
    row.map(|row| {
        Ok(Programme {
            unit: row.unit()?,
            name: row.name,
            currency: row.currency.parse().map_err(|_| StoreError::Corrupt("a currency"))?,
            time_zone: row.time_zone,
            enrol_on_event: row.enrol_on_event,
        })
    })
    .transpose()
}

const INSERT: &str =
    "insert into programme (id, name, currency, time_zone, enrol_on_event, created_at, unit_zh, unit_one, unit_many)
values (1, $1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing";

/// Makes the programme unless there is one, after waiting for whoever else is making it. Whether it was made now.
pub async fn insert(tx: &mut Tx, programme: &Programme, now: Timestamp) -> Result<bool, StoreError> {
    let made = on!(tx, conn => sqlx::query(INSERT)
        .bind(&programme.name)
        .bind(programme.currency.code())
        .bind(&programme.time_zone)
        .bind(programme.enrol_on_event)
        .bind(micros(now))
        .bind(programme.unit.zh()).bind(programme.unit.en_one()).bind(programme.unit.en_many())
        .execute(conn).await?.rows_affected());
    Ok(made == 1)
}

// changes nothing, and keeps everybody else from it
const LOCK: &str = "update programme set id = id where id = 1";
const SET: &str =
    "update programme set name = $1, enrol_on_event = $2, unit_zh = $3, unit_one = $4, unit_many = $5 where id = 1";

/// The programme, which nobody else changes until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<Option<Programme>, StoreError> {
    on!(tx, conn => sqlx::query(LOCK).execute(conn).await.map(drop)?);
    find(tx).await
}

/// Its settings; currency and time zone stay.
pub async fn set(tx: &mut Tx, programme: &Programme) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET)
        .bind(&programme.name).bind(programme.enrol_on_event)
        .bind(programme.unit.zh()).bind(programme.unit.en_one()).bind(programme.unit.en_many())
        .execute(conn).await.map(drop)?);
    Ok(())
}

const LOOK: &str = "select accent, logo from programme where id = 1";
const SET_LOOK: &str = "update programme set accent = $1, logo = $2 where id = 1";

/// How it looks.
pub async fn look(db: &mut Tx) -> Result<Look, StoreError> {
    let row: Option<(Option<String>, Option<Uuid>)> = on!(db, conn => sqlx::query_as(LOOK).fetch_optional(conn).await?);
    let (accent, logo) = row.unwrap_or_default();
    let accent = accent.map(|text| Accent::parse(&text)).transpose().map_err(|_| StoreError::Corrupt("a colour"))?;
    Ok(Look { accent, logo: pictures::of_row(logo) })
}

/// The caller holds the programme.
pub async fn set_look(tx: &mut Tx, look: Look) -> Result<(), StoreError> {
    let (accent, logo) = (look.accent.map(|accent| accent.colour().to_string()), look.logo.map(PictureId::uuid));
    on!(tx, conn => sqlx::query(SET_LOOK).bind(accent).bind(logo).execute(conn).await.map(drop)?);
    Ok(())
}

/// A published version as its row has it.
#[derive(Clone, Debug, FromRow)]
pub struct VersionRow {
    pub version: i32,
    pub in_force_from: i64,
    pub body: String,
    pub published_at: i64,
    pub published_by: String,
    pub demotes: bool,
    /// Until when whoever falls short of their tier by it keeps it.
    pub keeps_until: Option<i64>,
    /// What members are told of it.
    pub notice_zh: Option<String>,
    pub notice_en: Option<String>,
    /// When they were told of it no more.
    pub notice_withdrawn_at: Option<i64>,
    /// Of a version that was withdrawn before it came into force, which never counts.
    pub withdrawn_at: Option<i64>,
    pub withdrawn_by: Option<String>,
    /// Of a version that is in force for the variant group of an experiment alone.
    pub experiment: Option<Uuid>,
}

const VERSIONS: &str = "select v.version, v.in_force_from, v.body, v.published_at, v.published_by, v.demotes, v.keeps_until,
    coalesce(x.notice_zh, v.notice_zh) as notice_zh, coalesce(x.notice_en, v.notice_en) as notice_en,
    v.notice_withdrawn_at, v.withdrawn_at, v.withdrawn_by, v.experiment
from rule_sets v left join experiments x on x.id = v.experiment order by v.version";

pub async fn versions(db: &mut Tx) -> Result<Vec<VersionRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(VERSIONS).fetch_all(conn).await?))
}

/// What members are told of a version.
#[derive(Clone, Debug, FromRow)]
pub struct ToldRow {
    pub version: i32,
    pub in_force_from: i64,
    pub notice_zh: String,
    pub notice_en: String,
    #[sqlx(flatten)]
    tried: TriedRow,
}

/// The experiment for whose variant group alone a version is in force, and when that ends; all or nothing.
#[derive(Clone, Debug, FromRow)]
struct TriedRow {
    experiment: Option<Uuid>,
    variant: Option<i16>,
    control: Option<i16>,
    ends_at: Option<i64>,
}

impl ToldRow {
    /// Whether a member is told of it at a time: of an experiment only the variant group is, until its end.
    ///
    /// # Errors
    /// `Corrupt` if an experiment is not whole.
    pub fn is_for(&self, member: MemberId, now: Timestamp) -> Result<bool, StoreError> {
        let TriedRow { experiment: Some(id), variant, control, ends_at } = self.tried else { return Ok(true) };
        let (Some(variant), Some(control), Some(ends_at)) = (variant, control, ends_at) else {
            return Err(StoreError::Corrupt("an experiment"));
        };
        let split = experiments::split(id, variant, control)?;
        Ok(micros(now) < ends_at && split.group_of(member) == Group::Variant)
    }
}

const TOLD: &str = "select v.version, v.in_force_from, coalesce(x.notice_zh, v.notice_zh) as notice_zh,
    coalesce(x.notice_en, v.notice_en) as notice_en, v.experiment, x.variant, x.control, e.in_force_from as ends_at
from rule_sets v left join experiments x on x.id = v.experiment left join rule_sets e on e.version = x.end_version
where coalesce(x.notice_zh, v.notice_zh) is not null and coalesce(x.notice_en, v.notice_en) is not null
    and v.withdrawn_at is null and v.notice_withdrawn_at is null and v.published_at > $1
order by v.version desc";

const WITHDRAW_NOTICE: &str = "update rule_sets set notice_withdrawn_at = $2 where version = $1";

/// Nobody is told of a version any more. The caller holds the rules.
pub async fn withdraw_notice(tx: &mut Tx, version: i32, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(WITHDRAW_NOTICE).bind(version).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

/// Of the versions published since then that stand, and whose notice does, the newest first.
pub async fn told_since(db: &mut Tx, since: Timestamp) -> Result<Vec<ToldRow>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(TOLD).bind(micros(since)).fetch_all(conn).await?))
}

impl VersionRow {
    pub fn set(&self) -> Result<RuleSet, StoreError> {
        read_rules(&self.body)
    }

    pub fn notice(&self) -> Option<Both> {
        self.notice_zh.as_ref().zip(self.notice_en.as_ref()).map(|(zh, en)| Both::new(zh, en))
    }
}

/// Every version compiled, in order, but those that were withdrawn.
pub async fn rulebook(db: &mut Tx, programme: &Basis) -> Result<Rulebook, StoreError> {
    let versions: Vec<VersionRow> = versions(db).await?.into_iter().filter(|row| row.withdrawn_at.is_none()).collect();
    let splits = match versions.iter().any(|row| row.experiment.is_some()) {
        true => experiments::splits(db).await?,
        false => HashMap::new(),
    };
    let compiled = versions.into_iter().map(|row| {
        let from = timestamp(row.in_force_from)?;
        let set = row.set()?;
        let version = u32::try_from(row.version).map_err(|_| StoreError::Corrupt("a version"))?;
        let rules = Rules::compile(set, version, from, programme.currency).map_err(|_| StoreError::Corrupt("a rule set"))?;
        let keeps_until = row.keeps_until.map(timestamp).transpose()?;
        let only_for =
            row.experiment.map(|id| splits.get(&id).copied().ok_or(StoreError::Corrupt("an experiment"))).transpose()?;
        Ok(rules.demoting(row.demotes).keeping(keeps_until).only_for(only_for))
    });
    let compiled: Vec<Rules> = compiled.collect::<Result<_, StoreError>>()?;
    let zone = TimeZone::get(&programme.time_zone).map_err(|_| StoreError::Corrupt("a time zone"))?;
    Rulebook::new(compiled, Calendar::new(zone)).ok_or(StoreError::Corrupt("a programme's rules"))
}

/// How far the versions have come: the latest number ever given, 0 when there is none, and how many were withdrawn.
/// Nothing else about them ever changes, so that servers know by it whether what they have read still holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub latest: u32,
    pub withdrawn: i64,
}

static PROGRESS: Rows = Rows("select coalesce(max(version), 0), count(withdrawn_at) from rule_sets");

pub async fn progress(db: &mut Tx) -> Result<Progress, StoreError> {
    let (latest, withdrawn): (i32, i64) = match db.either() {
        Either::Sqlite(conn) => PROGRESS.fetch_one(conn).await?,
        Either::Postgres(conn) => sqlx::query_as(PROGRESS.0).fetch_one(conn).await?,
    };
    Progress::read(latest, withdrawn)
}

impl Progress {
    pub(in crate::store) fn read(latest: i32, withdrawn: i64) -> Result<Progress, StoreError> {
        Ok(Progress { latest: u32::try_from(latest).map_err(|_| StoreError::Corrupt("a version"))?, withdrawn })
    }
}

const WITHDRAW: &str = "update rule_sets set withdrawn_at = $2, withdrawn_by = $3 where version = $1 and withdrawn_at is null";

/// Its row stays, so that its number is never given again.
pub async fn withdraw_version(tx: &mut Tx, version: u32, now: Timestamp, by: &str) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(WITHDRAW)
        .bind(i32::try_from(version).map_err(|_| StoreError::Corrupt("a version"))?).bind(micros(now)).bind(by)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const PUBLISH: &str = "insert into rule_sets (version, in_force_from, body, published_at, published_by, demotes,
    keeps_until, notice_zh, notice_en, experiment) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
// an older binary would take the rules of a variant group to hold for everybody, and the tiers that are kept
const DIVIDES: &str = "update compatibility set least_migration = 34 where least_migration < 34";
const KEEPS: &str = "update compatibility set least_migration = 26 where least_migration < 26";
const PROPOSES: &str = "update compatibility set least_migration = 67 where least_migration < 67";

/// `notice`: what members are told; what the variant group of an experiment alone is told is kept with the experiment.
pub async fn insert_version(
    tx: &mut Tx,
    rules: &Rules,
    notice: Option<&Both>,
    now: Timestamp,
    by: &str,
) -> Result<(), StoreError> {
    let body = write_rules(&rules.set)?;
    on!(tx, conn => sqlx::query(PUBLISH)
        .bind(i32::try_from(rules.version).map_err(|_| StoreError::Corrupt("a version"))?)
        .bind(micros(rules.from)).bind(body).bind(micros(now)).bind(by).bind(rules.demotes)
        .bind(rules.keeps_until.map(micros)).bind(notice.map(|text| text.zh.as_str())).bind(notice.map(|text| text.en.as_str()))
        .bind(rules.only_for.map(|split| split.experiment.uuid()))
        .execute(conn).await.map(drop)?);
    if rules.only_for.is_some() {
        on!(tx, conn => sqlx::query(DIVIDES).execute(conn).await.map(drop)?);
    }
    if rules.keeps_until.is_some() {
        on!(tx, conn => sqlx::query(KEEPS).execute(conn).await.map(drop)?);
    }
    Ok(())
}

/// Keeps binaries away from a proposal that would carry it out without the tiers that it keeps and what it tells members.
pub async fn refuse_before_experiment_notices(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PROPOSES).execute(conn).await.map(drop)?);
    Ok(())
}

const RULE_LIMITS: &str = "select rules_limit_members, rules_limit_worth from programme where id = 1";
const SET_RULE_LIMITS: &str = "update programme set rules_limit_members = $1, rules_limit_worth = $2 where id = 1";

/// What one person may publish alone.
pub async fn rule_limits(db: &mut Tx) -> Result<Limits, StoreError> {
    let (members, worth): (Option<i64>, Option<i64>) = on!(db, conn => sqlx::query_as(RULE_LIMITS).fetch_one(conn).await?);
    Ok(Limits { members, worth })
}

/// The caller holds the rules.
pub async fn set_rule_limits(tx: &mut Tx, to: Limits) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET_RULE_LIMITS).bind(to.members).bind(to.worth).execute(conn).await.map(drop)?);
    Ok(())
}

/// The draft of the next version.
#[derive(Clone, Debug)]
pub struct Draft {
    pub base: u32,
    pub revision: i64,
    pub set: RuleSet,
    pub changed_at: Timestamp,
    pub changed_by: String,
}

#[derive(FromRow)]
struct DraftRow {
    base: i32,
    revision: i64,
    body: String,
    changed_at: i64,
    changed_by: String,
}

const DRAFT: &str = "select base, revision, body, changed_at, changed_by from rule_draft where id = 1";

pub async fn draft(db: &mut Tx) -> Result<Option<Draft>, StoreError> {
    let row: Option<DraftRow> = on!(db, conn => sqlx::query_as(DRAFT).fetch_optional(conn).await?);
    row.map(|row| {
        Ok(Draft {
            base: u32::try_from(row.base).map_err(|_| StoreError::Corrupt("a version"))?,
            revision: row.revision,
            set: read_rules(&row.body)?,
            changed_at: timestamp(row.changed_at)?,
            changed_by: row.changed_by,
        })
    })
    .transpose()
}

const SAVE_DRAFT: &str =
    "insert into rule_draft (id, base, revision, body, changed_at, changed_by) values (1, $1, $2, $3, $4, $5)
on conflict (id) do update set base = excluded.base, revision = excluded.revision, body = excluded.body,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by";

pub async fn save_draft(tx: &mut Tx, draft: &Draft) -> Result<(), StoreError> {
    let body = write_rules(&draft.set)?;
    on!(tx, conn => sqlx::query(SAVE_DRAFT)
        .bind(i32::try_from(draft.base).map_err(|_| StoreError::Corrupt("a version"))?)
        .bind(draft.revision).bind(body).bind(micros(draft.changed_at)).bind(&draft.changed_by)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const DROP_DRAFT: &str = "delete from rule_draft where id = 1";

pub async fn drop_draft(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(DROP_DRAFT).execute(conn).await.map(drop)?);
    Ok(())
}

const LOCK_RULES: &str = "select pg_advisory_xact_lock(5462)";
const SHARE_RULES: &str = "select pg_advisory_xact_lock_shared(5462)";

/// Publishing waits until nobody is posting under the rules as they were. On SQLite writers are one after another anyway.
pub async fn lock_rules(tx: &mut Tx) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(LOCK_RULES).execute(conn).await?;
    }
    Ok(())
}

/// Whoever posts keeps the rules from changing until it is done.
pub async fn share_rules(tx: &mut Tx) -> Result<(), StoreError> {
    if let Either::Postgres(conn) = tx.either() {
        sqlx::query(SHARE_RULES).execute(conn).await?;
    }
    Ok(())
}

/// Whether any event or entry has been posted: from then on currency and time zone are fixed.
pub async fn has_entries(db: &mut Tx) -> Result<bool, StoreError> {
    const ANY: &str = "select count(*) from (select 1 from entries limit 1) as first";
    let count: i64 = on!(db, conn => sqlx::query_scalar(ANY).fetch_one(conn).await?);
    Ok(count > 0)
}

pub(in crate::store) fn read_rules(body: &str) -> Result<RuleSet, StoreError> {
    serde_json::from_str(body).map_err(|_| StoreError::unread(body, "a rule set"))
}

pub(in crate::store) fn write_rules(set: &RuleSet) -> Result<String, StoreError> {
    serde_json::to_string(set).map_err(|_| StoreError::Corrupt("a rule set"))
}
