//! E-mail addresses that members gave and have not confirmed yet: one a member. Nothing but a link to confirm it goes there.

use jiff::Timestamp;

use crate::store::{StoreError, Tx, micros, on};

const FIND: &str = "select email from unconfirmed_emails where member_no = $1";

pub async fn find(db: &mut Tx, member_no: i64) -> Result<Option<String>, StoreError> {
    Ok(on!(db, conn => sqlx::query_scalar(FIND).bind(member_no).fetch_optional(conn).await?))
}

const SET: &str = "insert into unconfirmed_emails (member_no, email, asked_at) values ($1, $2, $3)
on conflict (member_no) do update set email = excluded.email, asked_at = excluded.asked_at";

/// Takes the place of an earlier one. The caller holds the member.
pub async fn set(tx: &mut Tx, member_no: i64, email: &str, now: Timestamp) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SET).bind(member_no).bind(email).bind(micros(now)).execute(conn).await.map(drop)?);
    Ok(())
}

const FORGET: &str = "delete from unconfirmed_emails where member_no = $1";

/// Whether there was one. The caller holds the member.
pub async fn forget(tx: &mut Tx, member_no: i64) -> Result<bool, StoreError> {
    Ok(on!(tx, conn => sqlx::query(FORGET).bind(member_no).execute(conn).await?.rows_affected()) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn an_address_is_found_by_its_member() {
        for sql in [FIND, FORGET] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
