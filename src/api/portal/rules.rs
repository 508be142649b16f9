//! What members are told of new rules.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Does not show what was told of a version any more.
#[server(prefix = "/api", endpoint = "portal/notice/put-aside")]
pub async fn put_notice_aside(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message, offer_undo};
    use laurel_engine::usecase::rules;
    use leptos::server_fn::ServerFn;
    let (context, member) = RequestContext::member()?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    rules::put_aside(&context.state.ledger, (member.no, member.member), version).await?;
    offer_undo(ShowNoticeAgain::PATH, &[("version", &version.to_string())]);
    flash_message(context.lang.rules_safety().is_put_aside);
    Ok(())
}

/// Shows again what was put aside.
#[server(prefix = "/api", endpoint = "portal/notice/show-again")]
pub async fn show_notice_again(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors, flash_message};
    use laurel_engine::usecase::rules;
    let (context, member) = RequestContext::member()?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    rules::show_again(&context.state.ledger, (member.no, member.member), version).await?;
    flash_message(context.lang.common().undone);
    Ok(())
}
