//! The outbox.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Tries an e-mail again at once that waits or was given up.
#[server(prefix = "/api/admin", endpoint = "mail/send-again")]
pub async fn send_mail_again(#[server(default)] id: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::auth::{Authority, Permission};
    use laurel_engine::usecase::mail::desk;
    let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
    let id = id.parse().map_err(|_| errors::not_found(context.lang))?;
    desk::send_again(&context.state.ledger, Authority::from(&staff), id).await?;
    context.state.jobs.wake();
    flash_message(context.lang.mail_desk().sent_again);
    Ok(())
}
