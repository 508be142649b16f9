//! Finds out who is asking, once, and puts it into the request's extensions as a [`Visit`].

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{header_text, wants_page};
use super::cookies::Cookie;
use super::flash::Flash;
use super::visit::{Facts, Visit};
use crate::i18n::{Lang, Theme};
use crate::server::{AppState, Config};

pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    // a flash waits for the page that shows it: an island's call or another form does not use it up
    let opens_page = request.method().is_safe() && wants_page(headers);
    let flash = opens_page.then(|| Flash::read(headers, &state.config)).flatten();
    let chosen = Cookie::Lang.read(headers, &state.config).and_then(|code| Lang::parse(&code));
    let accepted = header_text(headers, header::ACCEPT_LANGUAGE).and_then(Lang::accepted);
    let facts = Facts {
        lang: chosen.or(accepted).unwrap_or_default(),
        theme: Cookie::Theme.read(headers, &state.config).and_then(|code| Theme::parse(&code)).unwrap_or_default(),
        path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        address: address(&request, &state.config),
        flash,
        ..Facts::default()
    };
    let used_flash = facts.flash.is_some();
    request.extensions_mut().insert(Visit::new(facts));
    let mut response = next.run(request).await;
    if used_flash {
        response.headers_mut().append(header::SET_COOKIE, Cookie::Flash.remove(&state.config));
    }
    if opens_page {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    response
}

/// The client's address: what a trusted proxy says, else the other end of the connection.
fn address(request: &Request, config: &Config) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    let is_proxy = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.contains(address));
    if !is_proxy(peer) {
        return Some(peer);
    }
    // the chain grows to the right: the last one that is not a proxy of ours is as far as can be trusted
    Some(forwarded(request.headers()).into_iter().rev().find(|address| !is_proxy(*address)).unwrap_or(peer))
}

fn forwarded(headers: &HeaderMap) -> Vec<IpAddr> {
    let values = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|address| address.trim().parse().ok()).collect()
}
