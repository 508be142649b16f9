//! Creating a programme: its name, currency and time zone, and version 1 of its rules.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use laurel_domain::program::Programme;
use laurel_domain::rules::rule_set::{RuleSet, Rules};

use crate::clock::Clock;
use crate::store::{Db, StoreError, programme};

/// Since ever: the first version is in force for all history.
const SINCE_EVER: Timestamp = Timestamp::MIN;

/// Makes the programme with the default rules, unless there is one. Whether it was made now.
pub async fn create_programme(db: &Db, clock: &Clock, new: Programme, rules: RuleSet) -> Result<bool, StoreError> {
    let now = clock.now();
    db.write((new, rules), move |tx, (new, rules)| {
        Box::pin(async move {
            if !programme::insert(tx, new, now).await? {
                return Ok(false);
            }
            let rules =
                Rules::compile(rules.clone(), 1, SINCE_EVER, new.currency).map_err(|_| StoreError::Corrupt("a rule set"))?;
            programme::insert_version(tx, &rules, None, now, "laurel").await?;
            Ok(true)
        })
    })
    .await
}

/// Whether the time zone database knows this name.
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}
