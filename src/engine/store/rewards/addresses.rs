//! Where gifts are sent. Personal data, apart from everything else so that it can be erased.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::reward::Contact;
use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, json, on};

const INSERT: &str = "insert into redemption_contacts (redemption_id, recipient, phone, address) values ($1, $2, $3, $4)";

pub async fn insert(tx: &mut Tx, redemption: RedemptionId, contact: &Contact) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(INSERT)
        .bind(redemption.uuid()).bind(&contact.recipient).bind(&contact.phone).bind(&contact.address)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const FIND: &str = "select recipient, phone, address from redemption_contacts where redemption_id = $1";

/// `None` for what is not sent, and once it was erased.
pub async fn find(db: &mut Tx, redemption: RedemptionId) -> Result<Option<Contact>, StoreError> {
    let row: Option<(String, String, String)> =
        on!(db, conn => sqlx::query_as(FIND).bind(redemption.uuid()).fetch_optional(conn).await?);
    Ok(row.map(|(recipient, phone, address)| Contact { recipient, phone, address }))
}

#[derive(FromRow)]
struct Owned {
    redemption_id: Uuid,
    recipient: String,
    phone: String,
    address: String,
}

const SET_SQLITE: &str = "select redemption_id, recipient, phone, address from redemption_contacts
where redemption_id in (select unhex(value) from json_each($1))";
const SET_POSTGRES: &str = "select redemption_id, recipient, phone, address from redemption_contacts
where redemption_id in (select value::uuid from jsonb_array_elements_text($1::jsonb) as value)";

/// Where these redemptions go, as far as they are sent.
pub async fn of(db: &mut Tx, ids: &[RedemptionId]) -> Result<HashMap<RedemptionId, Contact>, StoreError> {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().simple().to_string()).collect();
    let (sql, ids) = (db.pick(SET_SQLITE, SET_POSTGRES), json(&ids)?);
    let rows: Vec<Owned> = on!(db, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await?);
    let contact = |row: Owned| {
        let contact = Contact { recipient: row.recipient, phone: row.phone, address: row.address };
        (RedemptionId::new(row.redemption_id), contact)
    };
    Ok(rows.into_iter().map(contact).collect())
}
