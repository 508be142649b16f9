//! A form that comes back from the server's own memory: where a flash is too small or too short-lived, and where a reload or
//! the way back should find what was typed. The page's address carries the id (`?form=`), a cookie the browser's secret.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use laurel_domain::rules::form::Fields;

use crate::server::web::cookies::Cookie;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{LAB, LAB_KEPT, is_console};
use crate::server::web::visit::{Facts, Visit};
use crate::server::{AppState, Config};
use laurel_engine::auth::{self, Address, Token};
use laurel_engine::random;
use laurel_engine::store::StoreError;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::kept_forms::{self, KEPT_FOR, Place};

/// What the id is called in an address.
const NAME: &str = "form";

/// What is kept of one form at most. Longest values are shortened first.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// `member:` or `staff:` with an id. A browser that sends another keeps its own forms from itself.
const MOST_OF_AN_OWNER: usize = 64;

/// Where a kept form is shown, and the cookie that lets its browser see it.
pub struct Kept {
    pub to: String,
    pub cookie: HeaderValue,
}

/// Keeps a form for the page at `back`.
///
/// # Errors
/// `RateLimited` for too many from one address without a session; what the database fails with.
pub async fn keep(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    back: &str,
    mut flash: Flash,
) -> Result<Kept, AppError> {
    let now = state.ledger.clock.now();
    let signed_in = owner_of(visit, &flash.path);
    if let (None, Some(address)) = (&signed_in, visit.address) {
        auth::try_keeping(&state.db, Address::from(address), now).await?;
    }
    let owner = signed_in.or_else(|| last_owner(headers, &state.config, &flash.path));
    let secret = secret_of(headers, &state.config);
    let id = hex::encode(random::bytes::<16>());
    shorten(&mut flash);
    let body = serde_json::to_string(&flash).map_err(AppError::internal)?;
    kept_forms::keep(&state.ledger.db, Place { secret: &secret, id: &id }, owner, body, now).await?;
    let to = with_form(back, Some(&id));
    Ok(Kept { to, cookie: Cookie::Browser.write(&secret, Some(KEPT_FOR.as_secs()), &state.config) })
}

/// The form that the address asks for, if it was kept for this browser and whoever is signed in with it; in the lab, where nothing
/// is asked for, what was being typed there.
pub async fn find(state: &AppState, request: &Parts, facts: &Facts) -> Result<Option<Flash>, StoreError> {
    let query = request.uri.query().unwrap_or_default();
    let id = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == NAME).map(|(_, id)| id.into_owned());
    let owner = owner_of(facts, request.uri.path());
    let is_lab = request.uri.path() == LAB && query.is_empty();
    let id = id.or_else(|| owner.as_deref().filter(|_| is_lab).map(typing_of));
    let (Some(id), Some(secret)) = (id, Cookie::Browser.read(&request.headers, &state.config)) else { return Ok(None) };
    let place = Place { secret: &secret, id: &id };
    let body = kept_forms::find(&state.ledger.db, place, owner.as_deref(), state.ledger.clock.now()).await?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

/// Keeps what is being typed in the lab, so that it is there again after a reload, after signing in again and on the way back.
/// The cookie lets the browser see it; none where nobody knows whose it is.
///
/// # Errors
/// `RateLimited` for too many from one address without a session; what the database fails with.
pub async fn keep_typing(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    typed: Vec<(String, String)>,
) -> Result<Option<HeaderValue>, AppError> {
    let now = state.ledger.clock.now();
    let signed_in = owner_of(visit, LAB);
    if let (None, Some(address)) = (&signed_in, visit.address) {
        auth::try_keeping(&state.db, Address::from(address), now).await?;
    }
    let Some(owner) = signed_in.or_else(|| last_owner(headers, &state.config, LAB)) else { return Ok(None) };
    let secret = secret_of(headers, &state.config);
    let mut flash = Flash { path: LAB_KEPT.to_owned(), typed, ..Flash::default() };
    shorten(&mut flash);
    let body = serde_json::to_string(&flash).map_err(AppError::internal)?;
    let id = typing_of(&owner);
    kept_forms::keep(&state.ledger.db, Place { secret: &secret, id: &id }, Some(owner), body, now).await?;
    Ok(Some(Cookie::Browser.write(&secret, Some(KEPT_FOR.as_secs()), &state.config)))
}

/// Where something was being typed, what the form says now is that.
///
/// # Errors
/// What the database fails with.
pub async fn renew_typing(state: &AppState, visit: &Visit, headers: &HeaderMap, fields: &Fields) -> Result<(), AppError> {
    // a browser without a secret gets the one that the form is kept with
    if Cookie::Browser.read(headers, &state.config).is_none() {
        return Ok(());
    }
    keep_typing(state, visit, headers, fields.clone().into_iter().collect()).await.map(drop)
}

/// Forgets what was being typed in the lab: it is saved now, or dropped.
///
/// # Errors
/// What the database fails with.
pub async fn drop_typing(state: &AppState, visit: &Visit, headers: &HeaderMap) -> Result<(), AppError> {
    let secret = Cookie::Browser.read(headers, &state.config);
    let (Some(owner), Some(secret)) = (owner_of(visit, LAB), secret) else { return Ok(()) };
    kept_forms::drop_kept(&state.ledger.db, Place { secret: &secret, id: &typing_of(&owner) }).await
}

/// One place for each person in each browser.
fn typing_of(owner: &str) -> String {
    format!("typing in the lab: {owner}")
}

/// The browser's secret, new if it has none.
fn secret_of(headers: &HeaderMap, config: &Config) -> String {
    let secret = Cookie::Browser.read(headers, config).filter(|secret| Token::hash_of(secret).is_some());
    secret.unwrap_or_else(|| Token::random().as_str().to_owned())
}

/// An address with the id of a kept form, or without any.
pub fn with_form(path: &str, id: Option<&str>) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != NAME);
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(others);
    if let Some(id) = id {
        query.append_pair(NAME, id);
    }
    match query.finish() {
        empty if empty.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Staff in the console, members in the portal: one browser can be both.
fn owner_of(facts: &Facts, path: &str) -> Option<String> {
    match is_console(path) {
        true => facts.staff.as_ref().map(|staff| format!("staff:{}", staff.staff)),
        false => facts.member.as_ref().map(|member| format!("member:{}", member.member)),
    }
}

/// Whose session it was that has ended: the next to sign in with this browser may be somebody else.
fn last_owner(headers: &HeaderMap, config: &Config, path: &str) -> Option<String> {
    let cookie = if is_console(path) { Cookie::LastStaff } else { Cookie::LastMember };
    cookie.read(headers, config).filter(|owner| owner.len() <= MOST_OF_AN_OWNER)
}

/// The cookies that say who has just opened a page, where they do not say so already; and a secret for a browser that has none, before it
/// sends something to be kept. Of two requests at once each would make one, and what was kept with the first would not be found.
pub fn remember_owner(headers: &HeaderMap, visit: &Facts, config: &Config) -> Vec<HeaderValue> {
    let is_known = visit.staff.is_some() || visit.member.is_some();
    let secret = (is_known && Cookie::Browser.read(headers, config).is_none())
        .then(|| Cookie::Browser.write(&secret_of(headers, config), Some(KEPT_FOR.as_secs()), config));
    let owners = [(Cookie::LastStaff, "/admin"), (Cookie::LastMember, "/")].into_iter().filter_map(|(cookie, part)| {
        let owner = owner_of(visit, part)?;
        (cookie.read(headers, config).as_ref() != Some(&owner)).then(|| cookie.write(&owner, Some(KEPT_FOR.as_secs()), config))
    });
    owners.chain(secret).collect()
}

fn shorten(flash: &mut Flash) {
    let size = |flash: &Flash| flash.typed.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    while size(flash) > MOST_BYTES {
        let longest = flash.typed.iter_mut().max_by_key(|(_, value)| value.len());
        match longest {
            Some((_, value)) if !value.is_empty() => *value = value.chars().take(value.chars().count() / 2).collect(),
            _ => return flash.typed.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_one_form_and_keeps_the_rest_of_its_query() {
        for (path, id, expected) in [
            ("/profile", Some("1"), "/profile?form=1"),
            ("/profile?form=0", Some("1"), "/profile?form=1"),
            ("/x?q=a+b&form=0", None, "/x?q=a+b"),
            ("/x?form=0", None, "/x"),
        ] {
            assert_eq!(with_form(path, id), expected);
        }
    }

    #[test]
    fn more_than_can_be_kept_is_shortened_longest_first() {
        let typed = vec![("a".to_owned(), "长".repeat(2_000_000)), ("b".to_owned(), "short".to_owned())];
        let mut flash = Flash { typed, ..Flash::default() };
        shorten(&mut flash);
        assert_eq!(flash.typed[1].1, "short");
        assert!(flash.typed[0].1.len() <= MOST_BYTES && flash.typed[0].1.len() > MOST_BYTES / 4);
    }
}
