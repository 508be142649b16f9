//! Giving and taking points, and deciding what needs a second person.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `points` with a sign. The same `key` again is the same adjustment. `reverses`: the number of the entry that it takes back;
/// `again`: `yes` if that was taken back before.
#[server(prefix = "/api/admin", endpoint = "adjustments/make")]
pub async fn adjust_points(
    #[server(default)] id: String,
    #[server(default)] points: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
    #[server(default)] reverses: String,
    #[server(default)] again: String,
) -> Result<(), ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::ledger::adjustment::AdjustmentState;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::ledger::adjustments::{self, Wish};
    use laurel_engine::usecase::ledger::reversals::Reversal;
    let (context, staff) = RequestContext::staff(Permission::AdjustPoints)?;
    let t = context.lang.adjust();
    let reverses = match reverses.as_str() {
        "" => None,
        seq => Some(Reversal { seq: seq.parse().map_err(|_| errors::not_found(context.lang))?, again: again == "yes" }),
    };
    let member = id.parse().map_err(|_| errors::not_found(context.lang))?;
    let wish = Wish { reverses, ..adjustments::wish(member, &points, &reason, &key)? };
    let made =
        adjustments::adjust(&context.state.ledger, Authority::from(&staff), wish).await.map_err(|error| match error {
            AppError::Conflict { code: code @ "already_reversed" } => ApiError::new(409, code, t.already_reversed),
            AppError::Conflict { code } => ApiError::new(409, code, t.form_used),
            error => error.into(),
        })?;
    match made.approval.state {
        AdjustmentState::Posted => flash_message(&(t.posted)(&format::points_change(made.points))),
        AdjustmentState::Proposed => flash_message(t.proposed),
        AdjustmentState::Rejected => flash_message(t.rejected),
        AdjustmentState::Withdrawn => flash_message(t.withdrawn),
    }
    redirect_to(&format!("/admin/members/{member}"));
    Ok(())
}

/// `decision`: `approve`, `reject` (with an `objection`) or `withdraw`.
#[server(prefix = "/api/admin", endpoint = "adjustments/decide")]
pub async fn decide_adjustment(
    #[server(default)] proposal: String,
    #[server(default)] decision: String,
    #[server(default)] objection: String,
) -> Result<(), ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_domain::refusal::Refusal;
    use laurel_domain::text::Reason;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::approval::Decision;
    use laurel_engine::usecase::ledger::adjustments;
    // who may approve is the use case's to say: withdrawing asks for less
    let (context, staff) = RequestContext::staff(Permission::AdjustPoints)?;
    let t = context.lang.adjust();
    let id = proposal.parse().map_err(|_| errors::not_found(context.lang))?;
    let decision = match decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject(Reason::new(objection.trim()).map_err(|fault| Refusal::field("objection", fault))?),
        "withdraw" => Decision::Withdraw,
        _ => return Err(ApiError::field("decision", t.pick_a_decision)),
    };
    let decided = adjustments::decide(&context.state.ledger, Authority::from(&staff), id, decision.clone()).await?;
    match decision {
        Decision::Approve => flash_message(&(t.approved)(&format::points_change(decided.points))),
        Decision::Reject(_) => flash_message(t.rejected),
        Decision::Withdraw => flash_message(t.withdrawn),
    }
    redirect_to("/admin/adjustments");
    Ok(())
}

/// A stricter limit is set, a looser one proposed.
#[server(prefix = "/api/admin", endpoint = "adjustments/limit")]
pub async fn set_adjust_limit(
    #[server(default)] limit: String,
    #[server(default)] hours: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::ledger::adjust_limit::{self, Outcome};
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let wish = adjust_limit::wish(&limit, &hours, &reason)?;
    match adjust_limit::set(&context.state.ledger, Authority::from(&staff), wish).await? {
        Outcome::Set => flash_message(context.lang.adjust().limit_saved),
        Outcome::Proposed => flash_message(context.lang.adjust().limit_proposed),
    }
    Ok(())
}

/// `decision`: `approve`, `reject` (with an `objection`) or `withdraw`.
#[server(prefix = "/api/admin", endpoint = "adjustments/limit-decide")]
pub async fn decide_limit_change(
    #[server(default)] change: String,
    #[server(default)] decision: String,
    #[server(default)] objection: String,
) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_domain::refusal::Refusal;
    use laurel_domain::text::Reason;
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::approval::Decision;
    use laurel_engine::usecase::ledger::adjust_limit;
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let t = context.lang.adjust();
    let id = change.parse().map_err(|_| errors::not_found(context.lang))?;
    let decision = match decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject(Reason::new(objection.trim()).map_err(|fault| Refusal::field("objection", fault))?),
        "withdraw" => Decision::Withdraw,
        _ => return Err(ApiError::field("decision", t.pick_a_decision)),
    };
    adjust_limit::decide(&context.state.ledger, Authority::from(&staff), id, decision.clone()).await?;
    match decision {
        Decision::Approve => flash_message(t.limit_approved),
        Decision::Reject(_) => flash_message(t.rejected),
        Decision::Withdraw => flash_message(t.withdrawn),
    }
    Ok(())
}
