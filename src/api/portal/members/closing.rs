//! Leaving.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// `removes` is what the page said that closing would remove; `sure` and `erase` are `yes` or nothing.
#[server(prefix = "/api", endpoint = "portal/profile/close")]
pub async fn close_account(
    #[server(default)] current_password: String,
    #[server(default)] removes: String,
    #[server(default)] sure: String,
    #[server(default)] erase: String,
) -> Result<(), ApiError> {
    use crate::server::web::{Cookie, RequestContext, flash_message, redirect_to, session};
    use laurel_domain::refusal::Refusal;
    use laurel_engine::usecase::members::close::{OwnWish, close_own};
    let (context, member) = RequestContext::member()?;
    let t = context.lang.closing();
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    let removes = removes.parse().map_err(|fault| Refusal::field("removes", fault))?;
    let wish = OwnWish { password: current_password, removes, erase: erase == "yes" };
    let visitor = session::visitor(&context, None);
    close_own(&context.state.ledger, context.auth(), &member, &wish, visitor.address).await?;
    session::end(&context, Cookie::Member);
    flash_message(if wish.erase { t.goodbye_erased } else { t.goodbye });
    redirect_to("/sign-in");
    Ok(())
}
