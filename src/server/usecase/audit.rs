//! Reading the audit trail. Everybody on the staff may.

use std::collections::HashMap;

use crate::server::store::access::staff;
use crate::server::store::audit::{self, AuditRow, Filter};
use crate::server::store::{Db, StoreError};

/// Everything that is ever noted, for filters.
pub const ACTIONS: [&str; 35] = [
    "rules.draft",
    "rules.discard",
    "rules.publish",
    "member.edit",
    "member.suspend",
    "member.invite",
    "member.link",
    "member.activate",
    "redemption.advance",
    "benefit.use",
    "adjustment.post",
    "adjustment.propose",
    "adjustment.approve",
    "adjustment.reject",
    "adjustment.withdraw",
    "member.merge",
    "member.close",
    "member.erase",
    "settings.change",
    "settings.propose",
    "settings.approve",
    "settings.reject",
    "settings.withdraw",
    "reward.create",
    "reward.edit",
    "reward.retire",
    "reward.stock",
    "reward.codes",
    "staff.sign_in",
    "staff.create",
    "staff.change",
    "staff.invite",
    "staff.activate",
    "key.create",
    "key.revoke",
];

/// The newest first.
pub async fn list(db: &Db, filter: &Filter) -> Result<Vec<AuditRow>, StoreError> {
    audit::list(db, filter).await
}

/// What everybody of the staff is called, by id.
pub async fn staff_names(db: &Db) -> Result<HashMap<String, String>, StoreError> {
    Ok(staff::list(db).await?.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}
