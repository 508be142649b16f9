//! Members who come in.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use serde::Serialize;
use uuid::Uuid;

use super::{keys, search};
use crate::store::{StoreError, Tx, json, micros, on};

/// What a new member is made of.
#[derive(Clone, Debug)]
pub struct NewMember {
    pub id: MemberId,
    pub external_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub locale: Option<String>,
    pub registered_at: Timestamp,
    pub referral_code: Option<String>,
    pub invited_by: Option<i64>,
}

#[derive(Serialize)]
struct NewRow<'a>(
    String,
    &'a Option<String>,
    &'a Option<String>,
    &'a Option<String>,
    &'a Option<String>,
    &'a Option<String>,
    i64,
    &'a Option<String>,
    Option<i64>,
);

const INSERT_SQLITE: &str =
    "insert into members (id, external_id, name, email, phone, locale, registered_at, referral_code, invited_by)
select unhex(value->>0), value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8 from jsonb_each($1)
returning no, id";
const INSERT_POSTGRES: &str =
    "insert into members (id, external_id, name, email, phone, locale, registered_at, referral_code, invited_by)
select (value->>0)::uuid, value->>1, value->>2, value->>3, value->>4, value->>5, (value->>6)::bigint, value->>7, (value->>8)::bigint
from jsonb_array_elements($1::jsonb) as j(value)
returning no, id";

/// Inserts members and tells the number that each got. A taken external id or referral code is a unique violation.
pub async fn insert(tx: &mut Tx, members: &[NewMember]) -> Result<Vec<(i64, MemberId)>, StoreError> {
    let rows: Vec<NewRow> = members
        .iter()
        .map(|m| {
            let id = m.id.uuid().simple().to_string();
            let at = micros(m.registered_at);
            NewRow(id, &m.external_id, &m.name, &m.email, &m.phone, &m.locale, at, &m.referral_code, m.invited_by)
        })
        .collect();
    let (sql, rows) = (tx.pick(INSERT_SQLITE, INSERT_POSTGRES), json(&rows)?);
    let inserted: Vec<(i64, Uuid)> = on!(tx, conn => sqlx::query_as(sql).bind(rows).fetch_all(conn).await?);
    if let Some(changes) = tx.changes() {
        changes.enrolled(inserted.iter().map(|(no, _)| *no));
    }
    let inserted: Vec<(i64, MemberId)> = inserted.into_iter().map(|(no, id)| (no, MemberId::new(id))).collect();
    let by_id: HashMap<MemberId, &NewMember> = members.iter().map(|member| (member.id, member)).collect();
    keys::begin(tx, inserted.iter().filter_map(|(no, id)| Some((*no, *by_id.get(id)?)))).await?;
    let numbers: Vec<i64> = inserted.iter().map(|(no, _)| *no).collect();
    search::index(tx, &numbers).await?;
    Ok(inserted)
}
