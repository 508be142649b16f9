//! Where gifts are sent. Personal data, apart from everything else so that it can be erased.

use laurel_domain::ids::RedemptionId;
use laurel_domain::reward::Contact;

use super::{StoreError, Tx, on};

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
