//! Finds out who is asking, once, and puts it into the request's extensions as a [`Visit`].

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::answer::{self, Asked};
use super::kept;
use crate::i18n::{Lang, Theme};
use crate::server::web::cookies::Cookie;
use crate::server::web::flash::Flash;
use crate::server::web::headers::{header_text, wants_page};
use crate::server::web::list_choices::ListChoices;
use crate::server::web::visit::{Facts, Visit};
use crate::server::{AppState, Config};
use laurel_engine::auth;
use laurel_engine::store::StoreError;

pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let (mut parts, body) = request.into_parts();
    // a flash waits for the page that shows it: an island's call or another form does not use it up
    let opens_page = parts.method.is_safe() && wants_page(&parts.headers);
    let facts = match facts(&state, &parts, opens_page).await {
        Ok(facts) => facts,
        Err(error) => return answer::failed(&asked, error),
    };
    let used_flash = opens_page && Cookie::Flash.read(&parts.headers, &state.config).is_some();
    let owners = if opens_page { kept::remember_owner(&parts.headers, &facts, &state.config) } else { Vec::new() };
    parts.extensions.insert(Visit::new(facts));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if used_flash {
        response.headers_mut().append(header::SET_COOKIE, Cookie::Flash.remove(&state.config));
    }
    for owner in owners {
        response.headers_mut().append(header::SET_COOKIE, owner);
    }
    if opens_page {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.headers_mut().append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
    }
    response
}

async fn facts(state: &AppState, request: &Parts, opens_page: bool) -> Result<Facts, StoreError> {
    let (headers, config) = (&request.headers, &state.config);
    let (db, now) = (&state.ledger.db, state.ledger.clock.now());
    let path = request.uri.path();
    let is_console = path.starts_with("/admin") || path.starts_with("/api/admin/");
    let member = match Cookie::Member.read(headers, config) {
        Some(token) => auth::member_session(db, &token, now).await?,
        None => None,
    };
    let staff = match Cookie::Staff.read(headers, config) {
        Some(token) => auth::staff_session(db, &token, now).await?,
        None => None,
    };
    let locale = match is_console {
        true => staff.as_ref().map(|staff| staff.locale.as_str()),
        false => member.as_ref().and_then(|member| member.locale.as_deref()),
    };
    let chosen = || Cookie::Lang.read(headers, config).and_then(|code| Lang::parse(&code));
    let accepted = || header_text(headers, header::ACCEPT_LANGUAGE).and_then(Lang::accepted);
    let lang = locale.and_then(Lang::parse).or_else(chosen).or_else(accepted).unwrap_or_default();
    let mut facts = Facts {
        lang: lang.calling(&state.ledger.settings().unit),
        theme: Cookie::Theme.read(headers, config).and_then(|code| Theme::parse(&code)).unwrap_or_default(),
        lists: Cookie::Lists.read(headers, config).map(|text| ListChoices::parse(&text)).unwrap_or_default(),
        path: request.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        address: address(request, config),
        device: header_text(headers, header::USER_AGENT).unwrap_or_default().to_owned(),
        flash: opens_page.then(|| Flash::read(headers, config)).flatten(),
        member,
        staff,
    };
    if opens_page && let Some(kept) = kept::find(state, request, &facts).await? {
        // a note about something else is shown beside what was typed
        let other = facts.flash.take().unwrap_or_default();
        facts.flash = Some(Flash { note: other.note, secret: other.secret, undo: other.undo, ..kept });
    }
    Ok(facts)
}

/// The client's address: what a trusted proxy says, else the other end of the connection.
fn address(request: &Parts, config: &Config) -> Option<IpAddr> {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    let is_proxy = |address: IpAddr| config.trusted_proxies.iter().any(|network| network.contains(address));
    if !is_proxy(peer) {
        return Some(peer);
    }
    // the chain grows to the right: the last one that is not a proxy of ours is as far as can be trusted
    Some(forwarded(&request.headers).into_iter().rev().find(|address| !is_proxy(*address)).unwrap_or(peer))
}

fn forwarded(headers: &HeaderMap) -> Vec<IpAddr> {
    let values = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|address| address.trim().parse().ok()).collect()
}
