//! Writing what one posting did to one member.

use laurel_domain::account::{Account, Posted};

use crate::server::store::events::NewTierChange;
use crate::server::store::{StoreError, Tx, entries, events, members};

/// The entry, the account as it is now, and the changes of tier. Entries with an event go in batches, not here.
pub(super) async fn write(tx: &mut Tx, member_no: i64, account: &Account, posted: &Posted) -> Result<(), StoreError> {
    entries::insert(tx, &[entries::NewEntry { member_no, source_no: None, entry: &posted.entry }]).await?;
    members::update_accounts(tx, &[(member_no, account)]).await?;
    let changes: Vec<NewTierChange> =
        posted.tier_changes.iter().map(|change| NewTierChange::new(member_no, posted.entry.seq - 1, change)).collect();
    if !changes.is_empty() {
        events::insert_tier_changes(tx, &changes).await?;
    }
    Ok(())
}
