//! Reading the audit log. Everybody on the staff may.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::text::Both;
use uuid::Uuid;

use crate::store::access::staff;
use crate::store::audit::{self, AuditRow, Filter};
use crate::store::keyset::Slice;
use crate::store::rewards::redemptions::{self, Redemption};
use crate::store::{Db, StoreError};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::search::Counted;

/// Everything that is ever noted, for filters.
pub const ACTIONS: [&str; 65] = [
    "rules.draft",
    "rules.discard",
    "rules.put_back",
    "rules.publish",
    "rules.withdraw",
    "rules.withdraw_notice",
    "rules.propose",
    "rules.approve",
    "rules.reject",
    "rules.unpropose",
    "rules.experiment",
    "rules.experiment_stop",
    "rules.experiment_adopt",
    "rules.experiment_withdraw",
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
    "import.stop",
    "import.discard",
    "export.start",
    "export.end",
    "export.go_on",
    "export.fetch",
    "export.discard",
    "email.send_again",
    "refused_events.dismiss",
];

/// A page of the log, in its order.
pub type Page = Slice<AuditRow, Uuid>;

/// The newest first, unless it is asked for otherwise; as many as the filter's limit.
pub async fn list(db: &Db, filter: &Filter) -> Result<Vec<AuditRow>, StoreError> {
    Ok(page(db, filter).await?.rows)
}

/// The same, with the pages beside it.
pub async fn page(db: &Db, filter: &Filter) -> Result<Page, StoreError> {
    let window = filter.window();
    let one_more = Filter { limit: window.limit(), ..filter.clone() };
    Ok(window.cut(audit::list(&mut db.reader().await?, &one_more).await?, |row| row.id))
}

/// How many entries a filter leaves.
pub async fn count(db: &Db, filter: &Filter) -> Result<Counted, StoreError> {
    Ok(Counted::up_to_counted(audit::count(&mut db.reader().await?, filter).await?))
}

/// What something was done to, as a kind and an id. Experiments are noted as a part of the rules.
pub fn object_of(subject: &str) -> (&str, &str) {
    let of_rules = subject.strip_prefix("rules:").unwrap_or(subject);
    let is_experiment = of_rules.starts_with("experiment:");
    (if is_experiment { of_rules } else { subject }).split_once(':').unwrap_or((subject, ""))
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
    /// A member, a reward, a key, an experiment, or somebody of the staff.
    pub fn name(&self, subject: &str) -> Option<&Both> {
        let (kind, id) = object_of(subject);
        self.names.get(&format!("{kind}:{id}")).filter(|name| !name.zh.is_empty())
    }

    pub fn redemption(&self, subject: &str) -> Option<&Redemption> {
        self.redemptions.get(subject)
    }

    /// What was noted when a redemption went to a state; it is not in the log, because it can be erased.
    pub fn note(&self, subject: &str, state: RedemptionState) -> Option<&str> {
        self.notes.get(&(subject.to_owned(), state)).map(String::as_str)
    }
}

/// What is needed to name these objects: one statement for each kind of them.
pub async fn objects(ledger: &Ledger, subjects: impl IntoIterator<Item = &str>) -> Result<Objects, StoreError> {
    let mut ids: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for subject in subjects {
        let (kind, id) = object_of(subject);
        if let Ok(id) = id.parse() {
            ids.entry(kind).or_default().push(id);
        }
    }
    let mut objects = Objects::default();
    let db = &mut ledger.db.reader().await?;
    for (kind, ids) in ids {
        if kind == "redemption" {
            let ids: Vec<RedemptionId> = ids.into_iter().map(RedemptionId::new).collect();
            let found = redemptions::with_ids(db, ledger.programme.currency, &ids).await?;
            let keys: Vec<_> = found.iter().map(Redemption::key).collect();
            objects.redemptions.extend(found.into_iter().map(|found| (format!("redemption:{}", found.id), found)));
            for (id, state, note) in redemptions::notes(db, &keys).await? {
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
