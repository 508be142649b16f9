//! Sessions as server functions begin and end them: the cookie of a browser, and who it is that signs in.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{HeaderValue, header};
use leptos::context::use_context;
use leptos_axum::ResponseOptions;

use super::RequestContext;
use super::cookies::Cookie;
use laurel_engine::auth::{Address, Token, TokenHash};
use laurel_engine::usecase::access::sign_in::Visitor;

/// How long a member's browser keeps the cookie; how long the session is good for is the server's business.
const KEPT_FOR_SECONDS: i64 = 90 * 24 * 3600;

/// In a server function: gives the browser a new session. A staff session ends with the browser.
pub fn begin(context: &RequestContext, cookie: Cookie, token: &Token) {
    let max_age = (cookie == Cookie::Member).then_some(KEPT_FOR_SECONDS);
    set(cookie.write(token.as_str(), max_age, &context.state.config));
}

/// In a server function: takes the session away from the browser.
pub fn end(context: &RequestContext, cookie: Cookie) {
    set(cookie.remove(&context.state.config));
}

fn set(cookie: HeaderValue) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Who somebody who signs in is, as far as the request tells. `session` is the one that the new one replaces.
pub fn visitor(context: &RequestContext, session: Option<TokenHash>) -> Visitor {
    let address = context.visit.address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    Visitor { address: Address::from(address), device: context.visit.device.clone(), session }
}
