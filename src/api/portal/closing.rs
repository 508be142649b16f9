//! Leaving.

use leptos::prelude::*;

use crate::api::ApiError;

/// `removes` is what the page said that closing would remove; `sure` and `erase` are `yes` or nothing.
#[server(prefix = "/api", endpoint = "portal/profile/close")]
pub async fn close_account(
    #[server(default)] current_password: String,
    #[server(default)] removes: String,
    #[server(default)] sure: String,
    #[server(default)] erase: String,
) -> Result<(), ApiError> {
    use crate::server::http::{Ask, Cookie, go_to, say, session};
    use crate::server::usecase::members::close::{OwnWish, close_own};
    use laurel_domain::refusal::Refusal;
    let (ask, member) = Ask::member()?;
    let t = ask.lang.closing();
    if sure != "yes" {
        return Err(ApiError::field("sure", t.say_sure));
    }
    let removes = removes.parse().map_err(|fault| Refusal::field("removes", fault))?;
    let wish = OwnWish { password: current_password, removes, erase: erase == "yes" };
    let visitor = session::visitor(&ask, None);
    close_own(&ask.state.ledger, ask.auth(), &member, &wish, visitor.address).await?;
    session::end(&ask, Cookie::Member);
    say(if wish.erase { t.goodbye_erased } else { t.goodbye });
    go_to("/sign-in");
    Ok(())
}
