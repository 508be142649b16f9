//! The codes of a reward, as the console lists them.

use jiff::Timestamp;
use laurel_domain::ids::{RedemptionId, RewardId};

use crate::store::exports::{CodeOf, CodeRow};
use crate::store::keyset::Window;
use crate::store::{StoreError, Tx, on, timestamp};

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    Free,
    Held,
    Given,
}

impl CodeState {
    pub const ALL: [CodeState; 3] = [CodeState::Free, CodeState::Held, CodeState::Given];

    pub const fn name(self) -> &'static str {
        match self {
            CodeState::Free => "free",
            CodeState::Held => "held",
            CodeState::Given => "given",
        }
    }

    pub fn named(name: &str) -> Option<CodeState> {
        CodeState::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A code as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub code: String,
    pub state: CodeState,
    pub added_at: Timestamp,
    pub redemption: Option<RedemptionId>,
    pub given_at: Option<Timestamp>,
}

impl Code {
    pub fn of(code: CodeOf) -> Result<Code, StoreError> {
        let state = match (code.redemption, code.revealed_at) {
            (_, Some(_)) => CodeState::Given,
            (Some(_), None) => CodeState::Held,
            (None, None) => CodeState::Free,
        };
        let given_at = code.revealed_at.map(timestamp).transpose()?;
        Ok(Code { code: code.code, state, added_at: timestamp(code.added_at)?, redemption: code.redemption, given_at })
    }
}

macro_rules! select {
    ($index:literal, $condition:literal) => {
        concat!(
            "select reward_id, code, added_at, redemption_id, revealed_at from reward_codes ",
            $index,
            " where reward_id = $1",
            $condition
        )
    };
}

macro_rules! list {
    ($index:literal, $condition:literal) => {
        [
            [
                concat!(select!($index, $condition), " order by code desc limit $2"),
                concat!(select!($index, $condition), " and code < $3 order by code desc limit $2"),
            ],
            [
                concat!(select!($index, $condition), " order by code limit $2"),
                concat!(select!($index, $condition), " and code > $3 order by code limit $2"),
            ],
        ]
    };
}

macro_rules! lists {
    ($free:literal, $held:literal, $given:literal) => {
        [
            list!("", ""),
            list!($free, " and redemption_id is null"),
            list!($held, " and redemption_id is not null and revealed_at is null"),
            list!($given, " and revealed_at is not null"),
        ]
    };
}

/// All of them, and those of a state; downwards and upwards; from the first on, and beyond a code.
type Lists = [[[&'static str; 2]; 2]; 4];

// left to itself SQLite goes through all codes of the reward
const LISTS_SQLITE: Lists =
    lists!("indexed by reward_codes_free", "indexed by reward_codes_held", "indexed by reward_codes_given");
const LISTS_POSTGRES: Lists = lists!("", "", "");

/// As the page reads them: one more than it shows, if there is.
pub async fn list(
    db: &mut Tx,
    reward: RewardId,
    state: Option<CodeState>,
    page: &Window<String>,
) -> Result<Vec<Code>, StoreError> {
    let (state, way) = (state.map_or(0, |state| state as usize + 1), usize::from(page.is_up()));
    let [first, beyond] = [0, 1].map(|at| db.pick(LISTS_SQLITE[state][way][at], LISTS_POSTGRES[state][way][at]));
    let rows: Vec<CodeRow> = on!(db, conn => match &page.from {
        None => sqlx::query_as(first).bind(reward.uuid()).bind(page.limit()).fetch_all(conn).await?,
        Some(from) => {
            sqlx::query_as(beyond).bind(reward.uuid()).bind(page.limit()).bind(&from.key).fetch_all(conn).await?
        }
    });
    rows.into_iter().map(|row| Code::of(CodeOf::from(row))).collect()
}

const FIND: &str = select!("", " and code = $2");

/// The code that is spelled just so.
pub async fn find(db: &mut Tx, reward: RewardId, code: &str) -> Result<Option<Code>, StoreError> {
    let row: Option<CodeRow> = on!(db, conn => sqlx::query_as(FIND).bind(reward.uuid()).bind(code).fetch_optional(conn).await?);
    row.map(|row| Code::of(CodeOf::from(row))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{check_scans_nothing, check_uses};

    #[tokio::test]
    async fn codes_are_listed_by_an_index_for_each_state() {
        let indexes = ["PRIMARY KEY", "reward_codes_free", "reward_codes_held", "reward_codes_given"];
        for (lists, index) in LISTS_SQLITE.into_iter().zip(indexes) {
            for sql in lists.into_iter().flatten() {
                check_scans_nothing(sql, &[]).await;
                check_uses(sql, index).await;
            }
        }
        check_scans_nothing(FIND, &[]).await;
    }
}
