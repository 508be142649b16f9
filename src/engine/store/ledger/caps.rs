//! What counts against caps. Kept for days and months that have a cap throughout; where a cap begins or ends in the middle, what
//! was earned without it is read out of the entries.

use std::collections::HashMap;

use laurel_domain::numbers::points::Points;
use laurel_domain::rules::rule_set::Rulebook;
use laurel_domain::rules::terms::{CapKey, EarnKind};

use super::accounts;
use crate::store::{StoreError, Tx, json, micros, on};

/// What a member has earned gross through the day or month of a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    pub member_no: i64,
    pub key: CapKey,
    /// Under rules that have the cap.
    pub capped: Points,
    /// Under rules that have it not, where it begins or ends in the middle.
    pub uncapped: Points,
}

const WITHIN: [&str; 2] = [
    "select j.key, cast(coalesce(sum(e.points), 0) as bigint) from jsonb_each($1) j
cross join entries e on e.member_no = j.value->>0 and e.kind = 0 and e.cause = j.value->>1
    and e.occurred_at >= j.value->>2 and e.occurred_at < j.value->>3 group by j.key",
    "select j.no - 1, cast(coalesce(sum(e.points), 0) as bigint) from jsonb_array_elements($1::jsonb) with ordinality as j(value, no)
join entries e on e.member_no = (j.value->>0)::bigint and e.kind = 0 and e.cause = (j.value->>1)::smallint
    and e.occurred_at >= (j.value->>2)::bigint and e.occurred_at < (j.value->>3)::bigint group by j.no",
];

/// What has been used of these caps, each of a member; those of which nothing was are left out.
pub async fn used(db: &mut Tx, rulebook: &Rulebook, caps: &[(i64, CapKey)]) -> Result<Vec<Used>, StoreError> {
    let mut used: HashMap<(i64, CapKey), Used> = HashMap::new();
    for (member_no, key, capped) in accounts::capped(db, caps).await? {
        used.insert((member_no, key), Used { member_no, key, capped, uncapped: Points::ZERO });
    }
    let partly: Vec<(i64, CapKey)> = caps.iter().copied().filter(|(_, key)| rulebook.may_be_partly_capped(*key)).collect();
    if !partly.is_empty() {
        for (index, all) in within(db, rulebook, &partly).await? {
            let (member_no, key) = *partly.get(index).ok_or(StoreError::Corrupt("a cap"))?;
            let nothing = Used { member_no, key, capped: Points::ZERO, uncapped: Points::ZERO };
            let one = used.entry((member_no, key)).or_insert(nothing);
            one.uncapped = all.checked_sub(one.capped).ok_or(StoreError::Corrupt("a cap"))?;
        }
    }
    Ok(used.into_values().collect())
}

/// What was earned gross in all, by the place of the member and day or month in the list.
async fn within(db: &mut Tx, rulebook: &Rulebook, caps: &[(i64, CapKey)]) -> Result<Vec<(usize, Points)>, StoreError> {
    let row = |(member_no, key): &(i64, CapKey)| {
        let (start, end) = key.through.bounds(rulebook.calendar());
        (*member_no, cause(key.kind), micros(start), micros(end))
    };
    let rows: Vec<(i64, i16, i64, i64)> = caps.iter().map(row).collect();
    let (sql, rows) = (db.pick(WITHIN[0], WITHIN[1]), json(&rows)?);
    let sums: Vec<(i64, i64)> = on!(db, conn => sqlx::query_as(sql).bind(rows).fetch_all(conn).await?);
    let sum = |(index, points): (i64, i64)| Some((usize::try_from(index).ok()?, Points::from_hundredths(points)));
    sums.into_iter().map(|row| sum(row).ok_or(StoreError::Corrupt("a cap"))).collect()
}

/// What entries have as their cause.
fn cause(kind: EarnKind) -> i16 {
    match kind {
        EarnKind::Payment => 0,
        EarnKind::Referral => 2,
        EarnKind::Review => 3,
    }
}
