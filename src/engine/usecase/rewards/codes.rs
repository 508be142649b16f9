//! The codes of a reward: which are free, and who has the others.

use laurel_domain::ids::RewardId;
use laurel_domain::rewards::reward::Reward;

use crate::auth::{Authority, Permission};
use crate::store::COUNTED;
use crate::store::keyset::{Slice, Window};
use crate::store::rewards::code_list::{self, Code, CodeState};
use crate::store::rewards::{catalogue, voucher_codes};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::search::Counted;

/// What is asked for of a reward's codes.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub state: Option<CodeState>,
    /// A whole code. Parts are not looked for: that would tell, letter by letter, the codes that nobody may read yet.
    pub code: Option<String>,
    pub page: Window<String>,
}

#[derive(Clone, Debug)]
pub struct Codes {
    pub reward: Reward,
    pub page: Slice<Code, String>,
    pub counted: Counted,
}

/// A page of a reward's codes, by code.
///
/// # Errors
/// `Forbidden`, `NotFound`.
pub async fn list(ledger: &Ledger, by: Authority, reward: RewardId, wanted: Wanted) -> Result<Codes, AppError> {
    require(by, Permission::ManageRewards)?;
    ledger
        .db
        .snapshot((reward, wanted), |tx, (reward, wanted)| {
            Box::pin(async move {
                let found = catalogue::find(tx, *reward).await?.ok_or(AppError::NotFound)?;
                if let Some(code) = &wanted.code {
                    let rows: Vec<Code> = code_list::find(tx, *reward, code).await?.into_iter().collect();
                    let rows: Vec<Code> =
                        rows.into_iter().filter(|code| wanted.state.is_none_or(|state| state == code.state)).collect();
                    let counted = Counted { number: rows.len() as i64, is_exact: true };
                    return Ok(Codes { reward: found, page: Slice { rows, next: None, previous: None }, counted });
                }
                let pool = voucher_codes::pool(tx, *reward).await?;
                let of_state = [pool.free, pool.held, pool.revealed];
                let number = wanted.state.map_or(of_state.iter().sum(), |state| of_state[state as usize]);
                // each is counted so far only
                let is_exact = of_state.iter().all(|count| *count < COUNTED);
                let counted = match wanted.state {
                    Some(_) => Counted::up_to_counted(number),
                    None => Counted { number: if is_exact { number } else { COUNTED - 1 }, is_exact },
                };
                let rows = code_list::list(tx, *reward, wanted.state, &wanted.page).await?;
                Ok(Codes { reward: found, page: wanted.page.cut(rows, |code| code.code.clone()), counted })
            })
        })
        .await
}
