//! The roll of members: filtered, in an order, a page at a time by keyset in both directions.
//!
//! Newest first, by tier, by status and in debt go by an index. An order by points has none of its own: each posting would write it, and
//! on PostgreSQL every index of the row with it. It looks at everybody, or goes by the order that a job keeps (`ordered`). There is no
//! order by the last activity: that stands in no row, and is looked up among the entries.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_domain::rules::tier::TierRank;
use serde::{Deserialize, Serialize};

use crate::store::members::last_activity::last_activity;
use crate::store::members::member::{ATTEMPTS, Member, is_steady};
use crate::store::members::ordered::{self, Placed};
use crate::store::members::row::{MemberRow, columns, complete};
use crate::store::{StoreError, Tx, json, micros, on};

/// What the roll can be in the order of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// When they came.
    #[default]
    Since,
    Available,
    /// All that they ever earned.
    Earned,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    /// Otherwise the newest, or the most, first.
    pub ascending: bool,
}

/// Where a page begins: after a member, or before them when one goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What the order goes by, as it was for that member.
    pub value: i64,
    pub member: MemberId,
    pub backwards: bool,
}

/// Which members to list; what is none restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A name, e-mail address, phone number, external id or member id, or a part of one, however it is written.
    pub text: Option<String>,
    pub tier: Option<TierRank>,
    pub status: Option<Status>,
    pub in_debt: bool,
    /// Only those to whom nothing has happened since then, and who have not come since.
    pub idle_since: Option<Timestamp>,
    pub sort: Sort,
    pub from: Option<Cursor>,
    pub most: i64,
}

impl Filter {
    /// Whether it leaves anybody out.
    pub fn restricts(&self) -> bool {
        self.text.is_some() || self.tier.is_some() || self.status.is_some() || self.in_debt || self.idle_since.is_some()
    }

    /// Whether the order of points that is kept says whom to list: those in debt and those who are not active have an index of their
    /// own, and are few.
    pub fn goes_by_order(&self) -> bool {
        let are_many = !self.in_debt && matches!(self.status, None | Some(Status::Active));
        self.sort.by != SortBy::Since && are_many && self.text.is_none()
    }
}

/// What a member's place in an order is, going by their own row.
fn value_of(by: SortBy, member: &Member) -> i64 {
    match by {
        SortBy::Since => 0,
        SortBy::Available => member.account.available.hundredths(),
        SortBy::Earned => member.account.earned.hundredths(),
    }
}

/// A member of a page, and what their place in its order is.
#[derive(Clone, Debug)]
pub struct Listed {
    pub member: Member,
    pub value: i64,
}

/// Whom a page is taken from.
#[derive(Clone, Copy, Debug)]
pub enum Among<'a> {
    Everybody,
    /// Only members with these numbers.
    Numbers(&'a [i64]),
    /// Everybody, in the order of points that is kept, which has members of these tiers.
    Ordered(&'a [i64]),
}

/// Whom nothing was posted to since then is idle; whoever else is not new may be, if what was posted only became due.
macro_rules! idle {
    ($since:literal) => {
        concat!(
            "(coalesce(m.last_instant, m.registered_at) < ",
            $since,
            " or m.registered_at < ",
            $since,
            " and coalesce(",
            last_activity!("m.no"),
            ", 0) < ",
            $since,
            ")"
        )
    };
}

macro_rules! filters {
    () => {
        concat!(
            "($3 < 0 or m.tier = $3) and ($4 < 0 or m.status = $4) and ($5 = 0 or m.debt > 0) and ($6 = 0 or ",
            idle!("$6"),
            ")"
        )
    };
}
pub(super) use {filters, idle};

/// By number, downwards and upwards.
macro_rules! by_number {
    ($($condition:expr),*) => {
        [
            concat!("select ", columns!(), " from members m where m.no < $1", $($condition,)* " order by m.no desc limit $2"),
            concat!("select ", columns!(), " from members m where m.no > $1", $($condition,)* " order by m.no limit $2"),
        ]
    };
}

/// By a value and then by number, downwards and upwards.
macro_rules! by_value {
    ($value:literal, $among:literal) => {
        [
            concat!(
                "select ",
                columns!(),
                " from members m where (",
                $value,
                ", m.no) < ($1, $7) and ",
                filters!(),
                $among,
                " order by ",
                $value,
                " desc, m.no desc limit $2"
            ),
            concat!(
                "select ",
                columns!(),
                " from members m where (",
                $value,
                ", m.no) > ($1, $7) and ",
                filters!(),
                $among,
                " order by ",
                $value,
                ", m.no limit $2"
            ),
        ]
    };
}

const EVERYBODY: [&str; 2] = by_number!();
const OF_TIER: [&str; 2] = by_number!(" and m.tier = $3");
const OF_STATUS: [&str; 2] = by_number!(" and m.status = $3");
// most are active; of those who are not there are few
const OF_TIER_ACTIVE: [&str; 2] = by_number!(" and m.tier = $3 and +m.status = 0");
const OF_TIER_AND_STATUS: [&str; 2] = by_number!(" and +m.tier = $3 and m.status = $4");
const IN_DEBT: [&str; 2] = by_number!(" and m.debt > 0 and ", filters!());
const ANYBODY: [&str; 2] = by_number!(" and ", filters!());

const FOUND_SQLITE: [&str; 2] = by_number!(" and ", filters!(), " and m.no in (select value from json_each($7))");
const FOUND_POSTGRES: [&str; 2] =
    by_number!(" and ", filters!(), " and m.no in (select value::bigint from jsonb_array_elements_text($7::jsonb) as value)");

/// In the order of `SortBy`, the first of them aside.
const SORTED: [[&str; 2]; 2] = [by_value!("m.available", ""), by_value!("m.earned", "")];
const SORTED_FOUND_SQLITE: [[&str; 2]; 2] = [
    by_value!("m.available", " and m.no in (select value from json_each($8))"),
    by_value!("m.earned", " and m.no in (select value from json_each($8))"),
];
const SORTED_FOUND_POSTGRES: [[&str; 2]; 2] = [
    by_value!("m.available", " and m.no in (select value::bigint from jsonb_array_elements_text($8::jsonb) as value)"),
    by_value!("m.earned", " and m.no in (select value::bigint from jsonb_array_elements_text($8::jsonb) as value)"),
];

/// Of those few who are in debt or not active: found by their index, then put in order.
const SORTED_IN_DEBT: [[&str; 2]; 2] = [by_value!("m.available", " and m.debt > 0"), by_value!("m.earned", " and m.debt > 0")];
const SORTED_OF_STATUS: [[&str; 2]; 2] =
    [by_value!("m.available", " and m.status = $4"), by_value!("m.earned", " and m.status = $4")];

/// A page in its order, also where one goes back.
pub async fn page(db: &mut Tx, filter: &Filter, among: Among<'_>) -> Result<Vec<Listed>, StoreError> {
    let mut attempt = 1;
    loop {
        let (values, rows) = match among {
            Among::Ordered(tiers) => {
                let placed = ordered(db, filter, tiers).await?;
                let (values, rows): (Vec<i64>, Vec<MemberRow>) = placed.into_iter().map(|p| (p.place, p.member)).unzip();
                (Some(values), rows)
            }
            Among::Everybody => (None, rows(db, filter, None).await?),
            Among::Numbers(numbers) => (None, rows(db, filter, Some(numbers)).await?),
        };
        let found = complete(db, rows).await?;
        if is_steady(db, &found).await? || attempt == ATTEMPTS {
            let values = values.unwrap_or_else(|| found.iter().map(|member| value_of(filter.sort.by, member)).collect());
            let mut listed: Vec<Listed> =
                found.into_iter().zip(values).map(|(member, value)| Listed { member, value }).collect();
            if filter.from.is_some_and(|from| from.backwards) {
                listed.reverse();
            }
            return Ok(listed);
        }
        attempt += 1;
    }
}

const NUMBER: [&str; 2] = ["select no from members where id = $1", "select member_no from member_keys where key = $1"];

/// What a statement is told, whatever it looks for.
pub(super) struct Asked {
    pub(super) tier: i32,
    pub(super) status: i32,
    pub(super) in_debt: i32,
    pub(super) idle_since: i64,
}

impl Asked {
    fn of(filter: &Filter) -> Asked {
        Asked {
            tier: filter.tier.map_or(-1, |tier| i32::from(tier.get())),
            status: filter.status.map_or(-1, |status| status as i32),
            in_debt: i32::from(filter.in_debt),
            idle_since: filter.idle_since.map_or(0, micros),
        }
    }
}

/// Where a page begins: whether it is read upwards, after which number, and after what value.
async fn begin(db: &mut Tx, filter: &Filter) -> Result<(bool, i64, i64), StoreError> {
    // going back reads the other way round
    let up = filter.sort.ascending != filter.from.is_some_and(|from| from.backwards);
    let end = if up { i64::MIN } else { i64::MAX };
    let Some(from) = filter.from else { return Ok((up, end, end)) };
    let number = db.pick(NUMBER[0], NUMBER[1]);
    let no: Option<i64> = on!(db, conn => sqlx::query_scalar(number).bind(from.member.uuid()).fetch_optional(conn).await?);
    // a member that there is not: no page
    Ok((up, no.unwrap_or(if up { i64::MAX } else { i64::MIN }), from.value))
}

fn most_of(filter: &Filter) -> i64 {
    filter.most.clamp(1, 5_000)
}

async fn ordered(db: &mut Tx, filter: &Filter, tiers: &[i64]) -> Result<Vec<Placed>, StoreError> {
    let (up, no, value) = begin(db, filter).await?;
    let from = ordered::Begin { by: filter.sort.by, up, value, no, most: most_of(filter) };
    let of_tier = filter.tier.map(|tier| [i64::from(tier.get())]);
    ordered::next(db, &Asked::of(filter), from, of_tier.as_ref().map_or(tiers, |tier| tier)).await
}

async fn rows(db: &mut Tx, filter: &Filter, among: Option<&[i64]>) -> Result<Vec<MemberRow>, StoreError> {
    let (up, no, value) = begin(db, filter).await?;
    let (way, most) = (usize::from(up), most_of(filter));
    let among = among.map(json).transpose()?;
    let Asked { tier, status, in_debt, idle_since } = Asked::of(filter);
    let sorted = match filter.sort.by {
        SortBy::Since => None,
        by => Some(by as usize - 1),
    };
    let sql = match (sorted, among.is_some()) {
        (Some(at), false) if filter.in_debt => SORTED_IN_DEBT[at][way],
        (Some(at), false) if filter.status.is_some_and(|status| status != Status::Active) => SORTED_OF_STATUS[at][way],
        (Some(at), false) => SORTED[at][way],
        (Some(at), true) => db.pick(SORTED_FOUND_SQLITE[at][way], SORTED_FOUND_POSTGRES[at][way]),
        (None, true) => db.pick(FOUND_SQLITE[way], FOUND_POSTGRES[way]),
        (None, false) if filter.in_debt => IN_DEBT[way],
        (None, false) if filter.idle_since.is_some() => ANYBODY[way],
        (None, false) => return newest(db, filter, way, no, most).await,
    };
    Ok(on!(db, conn => {
        let first = if sorted.is_some() { value } else { no };
        let mut query = sqlx::query_as(sql).bind(first).bind(most).bind(tier).bind(status).bind(in_debt).bind(idle_since);
        if sorted.is_some() {
            query = query.bind(no);
        }
        if let Some(among) = among {
            query = query.bind(among);
        }
        query.fetch_all(conn).await?
    }))
}

/// By tier and status alone, each by the index that leaves least.
async fn newest(db: &mut Tx, filter: &Filter, way: usize, no: i64, most: i64) -> Result<Vec<MemberRow>, StoreError> {
    let tier = filter.tier.map(|tier| i32::from(tier.get()));
    Ok(on!(db, conn => {
        let of = |sql: [&'static str; 2]| sqlx::query_as(sql[way]).bind(no).bind(most);
        match (tier, filter.status) {
            (None, None) => of(EVERYBODY).fetch_all(conn).await?,
            (None, Some(status)) => of(OF_STATUS).bind(status as i32).fetch_all(conn).await?,
            (Some(tier), None) => of(OF_TIER).bind(tier).fetch_all(conn).await?,
            (Some(tier), Some(Status::Active)) => of(OF_TIER_ACTIVE).bind(tier).fetch_all(conn).await?,
            (Some(tier), Some(status)) => of(OF_TIER_AND_STATUS).bind(tier).bind(status as i32).fetch_all(conn).await?,
        }
    }))
}

macro_rules! count {
    ($condition:expr) => {
        concat!("select count(*) from (select 1 from members m where ", $condition, " limit $1) counted")
    };
}

const COUNT_TIER: &str = count!("m.tier = $2");
const COUNT_STATUS: &str = count!("m.status = $2");
const COUNT_DEBT: &str = count!("m.debt > 0 and ($2 < 0 or m.tier = $2) and ($3 < 0 or m.status = $3)");
macro_rules! count_filtered {
    ($among:literal) => {
        count!(concat!(
            "($2 < 0 or m.tier = $2) and ($3 < 0 or m.status = $3) and ($4 = 0 or m.debt > 0) and ($5 = 0 or ",
            idle!("$5"),
            ")",
            $among
        ))
    };
}

const COUNT_ANYBODY: &str = count_filtered!("");
const COUNT_FOUND_SQLITE: &str = count_filtered!(" and m.no in (select value from json_each($6))");
const COUNT_FOUND_POSTGRES: &str =
    count_filtered!(" and m.no in (select value::bigint from jsonb_array_elements_text($6::jsonb) as value)");

/// How many there are, up to `most`.
pub async fn count(db: &mut Tx, filter: &Filter, among: Option<&[i64]>, most: i64) -> Result<i64, StoreError> {
    let among = among.map(json).transpose()?;
    let Asked { tier, status, in_debt, idle_since } = Asked::of(filter);
    let found = db.pick(COUNT_FOUND_SQLITE, COUNT_FOUND_POSTGRES);
    let is_plain = !filter.in_debt && filter.idle_since.is_none();
    Ok(on!(db, conn => match among {
        Some(among) => {
            let query = sqlx::query_scalar(found).bind(most).bind(tier).bind(status).bind(in_debt).bind(idle_since);
            query.bind(among).fetch_one(conn).await?
        }
        None if is_plain && status < 0 && tier >= 0 => sqlx::query_scalar(COUNT_TIER).bind(most).bind(tier).fetch_one(conn).await?,
        None if is_plain && tier < 0 && status >= 0 => sqlx::query_scalar(COUNT_STATUS).bind(most).bind(status).fetch_one(conn).await?,
        None if filter.in_debt && filter.idle_since.is_none() => {
            sqlx::query_scalar(COUNT_DEBT).bind(most).bind(tier).bind(status).fetch_one(conn).await?
        }
        None => {
            let query = sqlx::query_scalar(COUNT_ANYBODY).bind(most).bind(tier).bind(status).bind(in_debt).bind(idle_since);
            query.fetch_one(conn).await?
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{check_scans_nothing, check_uses};

    #[tokio::test]
    async fn the_newest_are_listed_without_looking_at_everybody() {
        for [down, up] in [OF_TIER, OF_TIER_ACTIVE, OF_STATUS, OF_TIER_AND_STATUS] {
            check_scans_nothing(down, &[]).await;
            check_scans_nothing(up, &[]).await;
        }
        for sql in [NUMBER[0], COUNT_TIER, COUNT_STATUS] {
            check_scans_nothing(sql, &["counted"]).await;
        }
        for sql in SORTED_OF_STATUS.into_iter().flatten() {
            check_uses(sql, "members_status").await;
        }
        for sql in IN_DEBT.into_iter().chain(SORTED_IN_DEBT.into_iter().flatten()).chain([COUNT_DEBT]) {
            check_uses(sql, "members_in_debt").await;
        }
    }
}
