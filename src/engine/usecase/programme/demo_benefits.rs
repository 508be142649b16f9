//! The demo's benefits: one that its visitor can claim, and claims that were used, given back, and wait to be used.

use laurel_domain::refusal::Refusal;

use crate::auth::{Actor, Authority};
use crate::store::members::member::By;

use crate::usecase::AppError;
use crate::usecase::benefits::claims::{Wish, claim, use_up, withdraw};
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view;
use crate::usecase::request_key::RequestKey;

/// What is done with a claim.
#[derive(Clone, Copy)]
enum Then {
    Waits,
    IsUsed,
    IsGivenBack,
}

/// Lets some members, named by `id`, claim some, and does with it what is done.
pub(in crate::usecase) async fn fill(ledger: &Ledger, id: fn(usize) -> String) -> Result<(), AppError> {
    use Then::*;
    const CLAIMS: [(&str, Then); 6] = [
        ("coffee", IsUsed),
        ("coffee", Waits),
        ("birthday-gift", Waits),
        ("free-repair", IsUsed),
        ("coffee", IsGivenBack),
        ("birthday-gift", IsUsed),
    ];
    for n in [1, 5, 8, 11, 14, 20, 23] {
        let Some(member) = view::find(ledger, By::External(&id(n))).await? else { continue };
        // the visitor has something left to claim
        for (at, (benefit, then)) in CLAIMS.into_iter().enumerate().skip(usize::from(n == 1)).take(2 + n % 5) {
            let wish =
                Wish { member_no: member.no, benefit: benefit.to_owned(), key: RequestKey::of_form(&format!("demo-{at}")) };
            let claim = match claim(ledger, wish).await {
                Err(AppError::Refused(Refusal::BenefitNotGiven | Refusal::QuotaUsedUp { .. })) => continue,
                made => made?,
            };
            match then {
                Waits => None,
                IsUsed => Some(use_up(ledger, Authority::command_line(), claim.row.code.as_str()).await?),
                IsGivenBack => {
                    let actor = Actor::Member(member.id().uuid());
                    Some(withdraw(ledger, actor, member.no, claim.row.code.as_str()).await?)
                }
            };
        }
    }
    Ok(())
}
