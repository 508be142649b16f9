//! What members are told of new rules.

use leptos::prelude::*;

use crate::api_error::ApiError;

/// Does not show what was told of a version any more.
#[server(prefix = "/api", endpoint = "portal/notice/put-aside")]
pub async fn put_notice_aside(#[server(default)] version: String) -> Result<(), ApiError> {
    use crate::server::web::{RequestContext, errors};
    use laurel_engine::usecase::rules;
    let (context, member) = RequestContext::member()?;
    let version = version.parse().map_err(|_| errors::not_found(context.lang))?;
    Ok(rules::put_aside(&context.state.ledger, (member.no, member.member), version).await?)
}
