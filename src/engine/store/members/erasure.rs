//! Erasing a closed member's personal data. Entries, redemptions and claims stay, without names and texts.

use jiff::Timestamp;

use super::{keys, search};
use crate::store::{StoreError, Tx, micros, on, refused};

const DETAILS: &str = "update members set erased_at = $2, external_id = null, name = null, email = null, phone = null,
    locale = null, referral_code = null, last_sign_in_at = null, merge_reason = null
where no = $1";
const CONTACTS: &str = "delete from redemption_contacts where member_no = $1";
const TRACKING: &str = "update redemptions set tracking = null, return_reason = null
where member_no = $1 and (tracking is not null or return_reason is not null)";
const NOTES: &str = "update redemption_states set note = null where member_no = $1 and note is not null";
// of both the chain keeps digests, which say nothing without their salts
const SUBJECTS: &str = "delete from reviews where member_no = $1";
const REASONS: &str = "update adjustments set reason = null, salt = null, objection = null where member_no = $1";
const ABOUT: &str = "delete from member_notes where member_no = $1";
const CODES: &str = "delete from one_time_codes where member = $1";
const ADDRESS: &str = "delete from unconfirmed_emails where member_no = $1";

/// Names, contacts, ids, addresses, texts and their salts. The caller holds the member, who is closed.
pub async fn erase(tx: &mut Tx, member_no: i64, now: Timestamp) -> Result<(), StoreError> {
    // found by the id that goes next
    for sql in refused::ERASE {
        on!(tx, conn => sqlx::query(sql).bind(member_no).execute(conn).await.map(drop)?);
    }
    let before = keys::named(tx, member_no).await?;
    on!(tx, conn => sqlx::query(DETAILS).bind(member_no).bind(micros(now)).execute(conn).await.map(drop)?);
    keys::renamed(tx, member_no, before).await?;
    search::index(tx, &[member_no]).await?;
    for sql in [CONTACTS, TRACKING, NOTES, SUBJECTS, REASONS, ABOUT, CODES, ADDRESS] {
        on!(tx, conn => sqlx::query(sql).bind(member_no).execute(conn).await.map(drop)?);
    }
    Ok(())
}
