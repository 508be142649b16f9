//! Reading the audit log. Everybody on the staff may.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::text::Both;
use uuid::Uuid;

use crate::store::access::staff;
use crate::store::audit::{self, AuditRow, Filter};
use crate::store::rewards::redemptions::{self, Redemption};
use crate::store::{Db, StoreError};
use crate::usecase::ledger::Ledger;

/// Everything that is ever noted, for filters.
pub const ACTIONS: [&str; 51] = [
    "rules.draft",
    "rules.discard",
    "rules.publish",
    "rules.withdraw",
    "rules.propose",
    "rules.approve",
    "rules.reject",
    "rules.unpropose",
    "member.edit",
    "member.suspend",
    "member.note",
    "member.unnote",
    "member.invite",
    "member.link",
    "member.activate",
    "redemption.advance",
    "payout.make",
    "payout.settle",
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
    "reward.picture",
    "staff.sign_in",
    "staff.create",
    "staff.change",
    "staff.invite",
    "staff.activate",
    "staff.reset",
    "key.create",
    "key.revoke",
    "key.rotate",
    "key.end_old",
    "import.start",
    "import.end",
    "email.send_again",
];

/// The newest first.
pub async fn list(db: &Db, filter: &Filter) -> Result<Vec<AuditRow>, StoreError> {
    audit::list(&mut db.reader().await?, filter).await
}

/// What the audit log's objects are called.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// By subject, `member:0192…`, in both languages.
    names: HashMap<String, Both>,
    redemptions: HashMap<String, Redemption>,
    /// By subject and state.
    notes: HashMap<(String, RedemptionState), String>,
}

impl Objects {
    /// A member, a reward, a key, or somebody of the staff.
    pub fn name(&self, subject: &str) -> Option<&Both> {
        self.names.get(subject).filter(|name| !name.zh.is_empty())
    }

    pub fn redemption(&self, subject: &str) -> Option<&Redemption> {
        self.redemptions.get(subject)
    }

    /// What was noted when a redemption went to a state; it is not in the log, because it can be erased.
    pub fn note(&self, subject: &str, state: RedemptionState) -> Option<&str> {
        self.notes.get(&(subject.to_owned(), state)).map(String::as_str)
    }
}

/// What is needed to name the objects of these rows: one statement for each kind of object.
pub async fn objects(ledger: &Ledger, rows: &[AuditRow]) -> Result<Objects, StoreError> {
    let mut ids: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for row in rows {
        if let Some((kind, id)) = row.subject.split_once(':')
            && let Ok(id) = id.parse()
        {
            ids.entry(kind).or_default().push(id);
        }
    }
    let mut objects = Objects::default();
    let db = &mut ledger.db.reader().await?;
    for (kind, ids) in ids {
        if kind == "redemption" {
            let ids: Vec<RedemptionId> = ids.into_iter().map(RedemptionId::new).collect();
            for found in redemptions::with_ids(db, ledger.programme.currency, &ids).await? {
                objects.redemptions.insert(format!("redemption:{}", found.id), found);
            }
            for (id, state, note) in redemptions::notes(db, &ids).await? {
                objects.notes.insert((format!("redemption:{id}"), state), note);
            }
        } else {
            for (id, name) in audit::names(db, kind, &ids).await? {
                objects.names.insert(format!("{kind}:{id}"), name);
            }
        }
    }
    Ok(objects)
}

/// What everybody of the staff is called, by id.
pub async fn staff_names(db: &Db) -> Result<HashMap<String, String>, StoreError> {
    Ok(staff::list(&mut db.reader().await?).await?.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
}
