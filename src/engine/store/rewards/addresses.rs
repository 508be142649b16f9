//! Where gifts are sent. Personal data, apart from everything else so that it can be erased.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::reward::Contact;
use sqlx::FromRow;
use uuid::Uuid;

use super::redemptions::{RedemptionKey, as_rows};
use crate::store::{StoreError, Tx, on};

const INSERT: &str =
    "insert into redemption_contacts (member_no, redemption_id, recipient, phone, address) values ($1, $2, $3, $4, $5)";

pub async fn insert(tx: &mut Tx, of: RedemptionKey, contact: &Contact) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(of.member_no).bind(of.id.uuid()).bind(&contact.recipient).bind(&contact.phone).bind(&contact.address)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select recipient, phone, address from redemption_contacts where member_no = $1 and redemption_id = $2";

/// `None` for what is not sent, and once it was erased.
pub async fn find(db: &mut Tx, of: RedemptionKey) -> Result<Option<Contact>, StoreError> {
    let row: Option<(String, String, String)> =
        on!(db, conn => sqlx::query_as(FIND).bind(of.member_no).bind(of.id.uuid()).fetch_optional(conn).await?);
    Ok(row.map(|(recipient, phone, address)| Contact { recipient, phone, address }))
}

#[derive(FromRow)]
struct Owned {
    redemption_id: Uuid,
    recipient: String,
    phone: String,
    address: String,
}

const SET_SQLITE: &str =
    "select c.redemption_id, c.recipient, c.phone, c.address from json_each($1) j cross join redemption_contacts c
    on c.member_no = j.value->>0 and c.redemption_id = unhex(j.value->>1)";
const SET_POSTGRES: &str =
    "select c.redemption_id, c.recipient, c.phone, c.address from jsonb_array_elements($1::jsonb) as j(value)
cross join lateral (select own.* from redemption_contacts own where own.member_no = (j.value->>0)::bigint
    and own.redemption_id = (j.value->>1)::uuid offset 0) c";

/// Where these redemptions go, as far as they are sent.
pub async fn of(db: &mut Tx, keys: &[RedemptionKey]) -> Result<HashMap<RedemptionId, Contact>, StoreError> {
    let (sql, keys) = (db.pick(SET_SQLITE, SET_POSTGRES), as_rows(keys)?);
    let rows: Vec<Owned> = on!(db, conn => sqlx::query_as(sql).bind(keys).fetch_all(conn).await?);
    let contact = |row: Owned| {
        let contact = Contact { recipient: row.recipient, phone: row.phone, address: row.address };
        (RedemptionId::new(row.redemption_id), contact)
    };
    Ok(rows.into_iter().map(contact).collect())
}
