//! The staff creates, changes, stocks and retires rewards.

use jiff::Timestamp;
use laurel_domain::ids::RewardId;
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rewards::form::ReadTerms;
use laurel_domain::rewards::reward::{Reward, RewardTerms, Supply};
use laurel_domain::text::{Key, checked};
use serde_json::{Value, json};

use crate::auth::{Actor, Authority, Permission};
use crate::random;
use crate::store::audit::{self, Action};
use crate::store::rewards::catalogue::{self, StockChange};
use crate::store::rewards::voucher_codes::{self, Pool};
use crate::store::{StoreError, Tx};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// How many rewards there can be.
pub const MOST: i64 = 500;
/// How many codes at once.
pub const MOST_CODES: usize = 20_000;
const LONGEST_CODE: usize = 64;
const LONGEST_REASON: usize = 120;
const MOST_STOCK_CHANGE: i64 = 1_000_000;
const LATEST_CHANGES: i64 = 20;

/// All there ever were, those in use first.
pub async fn list(ledger: &Ledger) -> Result<Vec<Reward>, StoreError> {
    catalogue::all(&mut ledger.db.reader().await?, MOST).await
}

/// Everything that the staff sees of a reward.
#[derive(Clone, Debug)]
pub struct File {
    pub reward: Reward,
    /// Of gifts, the newest first.
    pub stock: Vec<StockChange>,
    pub codes: Pool,
}

/// # Errors
/// `NotFound`.
pub async fn file(ledger: &Ledger, id: RewardId) -> Result<File, AppError> {
    ledger
        .db
        .snapshot(id, |tx, id| {
            Box::pin(async move {
                Ok(File {
                    reward: catalogue::find(tx, *id).await?.ok_or(AppError::NotFound)?,
                    stock: catalogue::stock_changes(tx, *id, LATEST_CHANGES).await?,
                    codes: voucher_codes::pool(tx, *id).await?,
                })
            })
        })
        .await
}

/// Makes a reward, with nothing in stock and no codes.
///
/// # Errors
/// `Forbidden`, `invalid` with every field at fault.
pub async fn create(ledger: &Ledger, by: Authority, supply: Supply, terms: impl Into<ReadTerms>) -> Result<RewardId, AppError> {
    require(by, Permission::ManageRewards)?;
    let now = ledger.clock.now();
    let id = RewardId::new(random::id(now));
    let input = (ledger.clone(), by.actor(), id, supply, terms.into(), now);
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, supply, terms, now)| {
            Box::pin(async move {
                let terms = checked_terms(tx, ledger, *supply, terms).await?;
                if catalogue::number(tx).await? >= MOST {
                    return Err(Refusal::field("name.zh", Fault::Count { least: 0, most: MOST as usize }).into());
                }
                catalogue::insert(tx, *id, *supply, terms, *now).await?;
                let mut after = told(terms);
                after["supply"] = json!(supply.name());
                note(tx, *actor, "reward.create", *id, (None, Some(after)), *now).await?;
                Ok(*id)
            })
        })
        .await
}

/// Changes what can be changed. What was redeemed before keeps its price and terms.
///
/// # Errors
/// `Forbidden`, `NotFound`, `invalid`, `stale_reward` if it was changed since `revision`.
pub async fn edit(
    ledger: &Ledger,
    by: Authority,
    id: RewardId,
    revision: i64,
    terms: impl Into<ReadTerms>,
) -> Result<(), AppError> {
    require(by, Permission::ManageRewards)?;
    let input = (ledger.clone(), by.actor(), id, revision, terms.into());
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, revision, terms)| {
            Box::pin(async move {
                // everybody locks rules before rewards
                ledger.rulebook_in(tx).await?;
                let reward = catalogue::lock(tx, *id).await?.ok_or(AppError::NotFound)?;
                let terms = checked_terms(tx, ledger, reward.supply, terms).await?;
                let now = ledger.clock.now();
                if !catalogue::update(tx, *id, *revision, terms, now).await? {
                    return Err(Refusal::StaleReward.into());
                }
                let (before, after) = difference(told(&reward.terms), told(terms));
                note(tx, *actor, "reward.edit", *id, (Some(before), Some(after)), now).await
            })
        })
        .await
}

/// Takes a reward out of use, or back into it. Redemptions that were made go on. Its revision then.
///
/// # Errors
/// `Forbidden`, `NotFound`, `stale_reward`.
pub async fn retire(ledger: &Ledger, by: Authority, id: RewardId, revision: i64, retired: bool) -> Result<i64, AppError> {
    require(by, Permission::ManageRewards)?;
    let input = (ledger.clone(), by.actor(), id, revision, retired);
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, revision, retired)| {
            Box::pin(async move {
                let reward = catalogue::lock(tx, *id).await?.ok_or(AppError::NotFound)?;
                let now = ledger.clock.now();
                if !catalogue::set_retired(tx, *id, *revision, *retired, now).await? {
                    return Err(Refusal::StaleReward.into());
                }
                let (before, after) = (json!({"retired": reward.is_retired}), json!({"retired": retired}));
                note(tx, *actor, "reward.retire", *id, (Some(before), Some(after)), now).await?;
                Ok(revision + 1)
            })
        })
        .await
}

/// Puts gifts into stock, or writes some off, for a reason that the history keeps.
///
/// # Errors
/// `Forbidden`, `NotFound` (also for vouchers), `invalid` (`change`, `reason`), `out_of_stock` if less would be there than none.
pub async fn change_stock(ledger: &Ledger, by: Authority, id: RewardId, change: i64, reason: &str) -> Result<(), AppError> {
    require(by, Permission::ManageRewards)?;
    let mut faults = Vec::new();
    if change == 0 || change.abs() > MOST_STOCK_CHANGE {
        faults.push(FieldFault::new("change", Fault::TooLarge { most: MOST_STOCK_CHANGE.to_string() }));
    }
    let reason = checked(reason.trim(), LONGEST_REASON).unwrap_or_else(|fault| {
        faults.push(FieldFault::new("reason", fault));
        String::new()
    });
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults }.into());
    }
    let input = (ledger.clone(), by.actor(), id, change, reason);
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, change, reason)| {
            Box::pin(async move {
                let reward = catalogue::lock(tx, *id).await?.ok_or(AppError::NotFound)?;
                let (Supply::Stock, Some(left)) = (reward.supply, reward.left) else { return Err(AppError::NotFound) };
                let now = ledger.clock.now();
                if !catalogue::change_stock(tx, *id, *change, reason, now).await? {
                    let wanted = u32::try_from(change.unsigned_abs()).unwrap_or(u32::MAX);
                    return Err(Refusal::OutOfStock { left, wanted }.into());
                }
                let after = json!({"stock": left + change, "reason": reason});
                note(tx, *actor, "reward.stock", *id, (Some(json!({"stock": left})), Some(after)), now).await
            })
        })
        .await
}

/// What became of codes that were put into a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    pub new: u64,
    /// The reward had them before, or they stand there twice.
    pub known: u64,
}

/// Puts codes into a pool, one a line; the first column where it is CSV. What the pool has already is left alone.
///
/// # Errors
/// `Forbidden`, `NotFound` (also for what has no pool), `invalid` (`codes`: none, more than 20,000, longer than 64 characters).
pub async fn add_codes(ledger: &Ledger, by: Authority, id: RewardId, text: &str) -> Result<Added, AppError> {
    require(by, Permission::ManageRewards)?;
    let codes = codes_of(text).map_err(|fault| Refusal::field("codes", fault))?;
    let input = (ledger.clone(), by.actor(), id, codes);
    ledger
        .db
        .write(input, |tx, (ledger, actor, id, codes)| {
            Box::pin(async move {
                let reward = catalogue::share(tx, *id).await?.filter(|reward| reward.supply == Supply::Pool);
                reward.ok_or(AppError::NotFound)?;
                let now = ledger.clock.now();
                let new = voucher_codes::add(tx, *id, codes, now).await?;
                // the log holds how many: a code is worth something to whoever reads it
                note(tx, *actor, "reward.codes", *id, (None, Some(json!({"codes": new}))), now).await?;
                Ok(Added { new, known: (codes.len() as u64).saturating_sub(new) })
            })
        })
        .await
}

/// A code as a pool can hold it.
pub fn checked_code(code: &str) -> Result<String, Fault> {
    checked(code, LONGEST_CODE)
}

/// The codes of a paste or a CSV file, without a heading `code`.
fn codes_of(text: &str) -> Result<Vec<String>, Fault> {
    let mut codes = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let first = line.split([',', ';', '\t']).next().unwrap_or_default().trim().trim_matches('"').trim();
        if first.is_empty() || (codes.is_empty() && first.eq_ignore_ascii_case("code")) {
            continue;
        }
        if codes.len() == MOST_CODES {
            return Err(Fault::Count { least: 1, most: MOST_CODES });
        }
        codes.push(checked_code(first)?);
    }
    if codes.is_empty() { Err(Fault::Missing) } else { Ok(codes) }
}

/// The terms if nothing is wrong with them, and the tier that they ask for is one of those in force.
async fn checked_terms<'a>(
    tx: &mut Tx,
    ledger: &Ledger,
    supply: Supply,
    read: &'a ReadTerms,
) -> Result<&'a RewardTerms, AppError> {
    let mut faults = read.faults(supply);
    if let Some(key) = &read.terms.least_tier {
        let rulebook = ledger.rulebook_in(tx).await?;
        let tiers = &rulebook.general().at(ledger.clock.now()).set.ladder.tiers;
        if tiers.iter().all(|tier| tier.key != *key) {
            let keys: Vec<&str> = tiers.iter().map(|tier| tier.key.as_str()).collect();
            faults.push(FieldFault::new("least_tier", Fault::NotOneOf { choices: keys.join(", ") }));
        }
    }
    if faults.is_empty() { Ok(&read.terms) } else { Err(Refusal::Invalid { faults }.into()) }
}

/// The terms as the audit log tells them.
fn told(terms: &RewardTerms) -> Value {
    json!({
        "name_zh": terms.name.zh,
        "name_en": terms.name.en,
        "about_zh": terms.about.zh,
        "about_en": terms.about.en,
        "price": terms.price.to_string(),
        "least_tier": terms.least_tier.as_ref().map(Key::as_str),
        "limit": terms.limit.map(|limit| format!("{}/{}", limit.most, limit.period.name())),
        "starts": terms.starts.map(|day| day.to_string()),
        "ends": terms.ends.map(|day| day.to_string()),
        "valid_days": terms.valid_days,
    })
}

/// Only what differs.
fn difference(mut before: Value, mut after: Value) -> (Value, Value) {
    if let (Value::Object(before), Value::Object(after)) = (&mut before, &mut after) {
        let same: Vec<String> =
            before.iter().filter(|(name, value)| after.get(*name) == Some(*value)).map(|(name, _)| name.clone()).collect();
        for name in same {
            before.remove(&name);
            after.remove(&name);
        }
    }
    (before, after)
}

async fn note(
    tx: &mut Tx,
    actor: Actor,
    name: &'static str,
    id: RewardId,
    (before, after): (Option<Value>, Option<Value>),
    now: Timestamp,
) -> Result<(), AppError> {
    let subject = format!("reward:{id}");
    Ok(audit::append(tx, &Action { actor, name, subject: &subject, before, after }, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_from_a_paste_as_from_a_file() {
        assert_eq!(
            codes_of("\u{feff}code,worth\r\nA-1,50\r\n\r\n\"B 2\";50\n c-3 \n"),
            Ok(vec!["A-1".into(), "B 2".into(), "c-3".into()])
        );
        assert_eq!(codes_of(" \n\n"), Err(Fault::Missing));
        assert_eq!(codes_of(&"x".repeat(65)), Err(Fault::TooLong { most: 64 }));
        let many = "x\n".repeat(MOST_CODES + 1);
        assert_eq!(codes_of(&many), Err(Fault::Count { least: 1, most: MOST_CODES }));
    }

    #[test]
    fn the_trail_holds_what_differs() {
        let (before, after) = difference(json!({"a": 1, "b": 2}), json!({"a": 1, "b": 3}));
        assert_eq!((before, after), (json!({"b": 2}), json!({"b": 3})));
    }
}
