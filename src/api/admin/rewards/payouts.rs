//! Payout batches, and tracking numbers by the dozen.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Makes a payout batch of these redemptions.
#[server(prefix = "/api/admin", endpoint = "payouts/make")]
pub async fn make_payout_batch(#[server(default)] ids: Vec<String>) -> Result<String, ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rewards::{fulfil, payouts};
    let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
    let (ledger, by, t) = (&context.state.ledger, Authority::from(&staff), context.lang.payouts());
    let ids = ids.iter().map(|id| id.parse()).collect::<Result<Vec<_>, _>>().map_err(|_| errors::not_found(context.lang))?;
    if ids.is_empty() {
        return Err(ApiError::field("ids", context.lang.fulfil().nothing_selected));
    }
    let id = payouts::make(ledger, by, &ids).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.already_batched),
        error => error.into(),
    })?;
    let (_, items) = payouts::find(ledger, by, id).await?;
    let sum = fulfil::sum(ledger, &items)?;
    flash_message(&(t.made)(sum.count, &format::money(sum.cash)));
    redirect_to(&format!("/admin/redemptions/batches/{id}"));
    Ok(id.to_string())
}

/// Settles a batch: `failures` are lines `number, reason`, all other payouts are paid under `reference`.
#[server(prefix = "/api/admin", endpoint = "payouts/settle")]
pub async fn settle_payout_batch(
    #[server(default)] batch: String,
    #[server(default)] reference: String,
    #[server(default)] failures: String,
) -> Result<(), ApiError> {
    use crate::i18n::format;
    use crate::server::web::{RequestContext, errors, flash_message, redirect_to};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::AppError;
    use laurel_engine::usecase::rewards::payouts;
    let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
    let (ledger, by, t) = (&context.state.ledger, Authority::from(&staff), context.lang.payouts());
    let id = batch.parse().map_err(|_| errors::not_found(context.lang))?;
    let (_, items) = payouts::find(ledger, by, id).await?;
    let failures = payouts::read_failures(&items, &failures).map_err(|faults| {
        let mut error = ApiError::new(422, "invalid", context.lang.common().check_form);
        for fault in faults {
            error = error.with_field("failures", (t.line_fault)(fault.line, fault.fault));
        }
        error
    })?;
    let outcome = payouts::settle(ledger, by, id, &reference, failures).await.map_err(|error| match error {
        AppError::Conflict { code } => ApiError::new(409, code, t.already_settled),
        error => error.into(),
    })?;
    flash_message(&(t.settle_done)(outcome.paid.count, &format::money(outcome.paid.cash), outcome.failed.count));
    redirect_to(&format!("/admin/redemptions/batches/{id}"));
    Ok(())
}

/// Ships gifts by lines `number, tracking number`; those that cannot be used come back, the others are done.
#[server(prefix = "/api/admin", endpoint = "redemptions/tracking")]
pub async fn ship_by_lines(#[server(default)] lines: String) -> Result<usize, ApiError> {
    use crate::server::web::{RequestContext, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::rewards::parcels::{self, Answer};
    let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
    let t = context.lang.payouts();
    let answers = parcels::ship(&context.state.ledger, Authority::from(&staff), &lines).await?;
    let done = answers.iter().filter(|line| line.is_done()).count();
    if done == answers.len() {
        flash_message(&(t.shipped)(done));
        return Ok(done);
    }
    let mut error = ApiError::new(422, "invalid", (t.some_shipped)(done, answers.len() - done));
    for answered in answers.iter().filter(|line| !line.is_done()) {
        let state;
        let what = match answered.answer {
            Answer::Shipped | Answer::WasShipped => continue,
            Answer::Twice => t.gift_twice,
            Answer::Unknown => t.unknown_gift,
            Answer::Several => t.several,
            Answer::NoTracking => t.no_tracking,
            Answer::TooLong => t.too_long,
            Answer::Refused(is) => {
                state = (t.in_state)(context.lang.console().state(is));
                &state
            }
        };
        error = error.with_field("lines", (t.line)(answered.line.at, what));
    }
    Err(error)
}
