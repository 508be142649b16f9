//! What the API answers to, who may ask for it, and what every request goes through.

use axum::RequestExt;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodFilter;
use futures::future::BoxFuture;
use laurel_domain::rewards::redemption::RedemptionState::*;

use super::call::{Answer, Call};
use super::problem::{Problem, Stop, seconds};
use super::{MOST_BYTES, benefits, docs, entries, events, lang, members, quotes, redemptions, request_id, rewards, rules};
use crate::server::AppState;
use crate::server::web::headers::header_text;
use laurel_engine::auth::Scope::{self, *};
use laurel_engine::auth::{self, Allowance, ApiKey, Rate};

/// Who may call a route.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    Anyone,
    /// Keys with any of these scopes.
    Scopes(&'static [Scope]),
}

pub struct Route {
    pub method: &'static str,
    /// Below `/api/v1`.
    pub path: &'static str,
    pub access: Access,
    handler: Handler,
}

enum Handler {
    Open(fn() -> Response),
    Keyed(fn(Call) -> BoxFuture<'static, Result<Answer, Stop>>),
}

const fn open(path: &'static str, handler: fn() -> Response) -> Route {
    Route { method: "GET", path, access: Access::Anyone, handler: Handler::Open(handler) }
}

const fn keyed(
    method: &'static str,
    path: &'static str,
    scopes: &'static [Scope],
    handler: fn(Call) -> BoxFuture<'static, Result<Answer, Stop>>,
) -> Route {
    Route { method, path, access: Access::Scopes(scopes), handler: Handler::Keyed(handler) }
}

/// Whoever makes a redemption may look at it and take it back, and so may whoever pays it out or sends it.
const ABOUT_REDEMPTIONS: &[Scope] = &[RedemptionsWrite, RedemptionsFulfil];

/// Whoever claims for members sees what there is to claim, too.
const ABOUT_BENEFITS: &[Scope] = &[MembersRead, MembersWrite];

/// Everything that there is.
pub static ROUTES: &[Route] = &[
    keyed("POST", "/events", &[EventsWrite], |call| Box::pin(events::post(call))),
    keyed("GET", "/events/{source}/{id}", &[EventsWrite], |call| Box::pin(events::find(call))),
    keyed("PUT", "/members/{external_id}", &[MembersWrite], |call| Box::pin(members::put(call))),
    keyed("GET", "/members/{external_id}", &[MembersRead], |call| Box::pin(members::find(call))),
    keyed("GET", "/members/{external_id}/entries", &[MembersRead], |call| Box::pin(entries::list(call))),
    keyed("POST", "/members/{external_id}/redemptions", &[RedemptionsWrite], |call| Box::pin(redemptions::make(call))),
    keyed("GET", "/members/{external_id}/benefits", ABOUT_BENEFITS, |call| Box::pin(benefits::of_member(call))),
    keyed("POST", "/members/{external_id}/benefits/{key}/claims", &[MembersWrite], |call| Box::pin(benefits::claim(call))),
    keyed("GET", "/benefits/claims/{code}", &[BenefitsUse], |call| Box::pin(benefits::find(call))),
    keyed("POST", "/benefits/claims/{code}/use", &[BenefitsUse], |call| Box::pin(benefits::use_up(call))),
    keyed("GET", "/redemptions/{id}", ABOUT_REDEMPTIONS, |call| Box::pin(redemptions::find(call))),
    keyed("POST", "/redemptions/{id}/issue", &[RedemptionsWrite], |call| Box::pin(redemptions::advance(call, Issued))),
    keyed("POST", "/redemptions/{id}/cancel", ABOUT_REDEMPTIONS, |call| Box::pin(redemptions::advance(call, Cancelled))),
    keyed("POST", "/redemptions/{id}/process", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Processing))),
    keyed("POST", "/redemptions/{id}/pay", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Paid))),
    keyed("POST", "/redemptions/{id}/fail", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Failed))),
    keyed("POST", "/redemptions/{id}/ship", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Shipped))),
    keyed("POST", "/redemptions/{id}/deliver", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Delivered))),
    keyed("POST", "/redemptions/{id}/return", &[RedemptionsFulfil], |call| Box::pin(redemptions::take_back(call))),
    keyed("POST", "/redemptions/{id}/use", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Used))),
    keyed("POST", "/redemptions/{id}/void", &[RedemptionsFulfil], |call| Box::pin(redemptions::advance(call, Voided))),
    keyed("GET", "/vouchers/{code}", &[RedemptionsFulfil], |call| Box::pin(redemptions::with_code(call))),
    keyed("POST", "/quotes", &[RulesRead, EventsWrite, RedemptionsWrite], |call| Box::pin(quotes::make(call))),
    keyed("GET", "/rules", &[RulesRead], |call| Box::pin(rules::in_force(call))),
    keyed("GET", "/rewards", &[RulesRead, RedemptionsWrite], |call| Box::pin(rewards::list(call))),
    open("/openapi.json", docs::openapi),
];

impl Route {
    pub(super) fn filter(&self) -> MethodFilter {
        match self.method {
            "POST" => MethodFilter::POST,
            "PUT" => MethodFilter::PUT,
            _ => MethodFilter::GET,
        }
    }
}

pub(super) async fn answer(route: &'static Route, State(state): State<AppState>, request: Request) -> Response {
    let work = match &route.handler {
        Handler::Open(handler) => return handler(),
        Handler::Keyed(work) => work,
    };
    let (lang, request_id) = (lang(request.headers()).calling(&state.ledger.settings().unit), request_id(&request));
    let (outcome, used) = match presented(&state, request.headers()).await {
        Ok(key) => {
            let (rate, id) = (rate(&state, &key), key.id);
            let outcome = match admitted(route, state.clone(), request, key).await {
                Ok(call) => work(call).await,
                Err(stop) => Err(stop),
            };
            // asked for nothing, it tells what is left after all that this request was
            (outcome, Some((id, state.auth.limits.request(id, rate, 0, state.ledger.clock.now()))))
        }
        Err(stop) => (Err(stop), None),
    };
    let mut response = match outcome {
        Ok(answer) => answer.into_response(),
        Err(stop) => Problem::of(stop, lang).into_response(request_id, lang),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some((key, allowance)) = used {
        tell(headers, allowance);
        let is_error = response.status().is_client_error() || response.status().is_server_error();
        auth::note_call(&state.ledger.db, key, is_error, state.ledger.clock.now());
    }
    response
}

/// A request with its key: within its rate, and good for this route.
async fn admitted(route: &Route, state: AppState, mut request: Request, key: ApiKey) -> Result<Call, Stop> {
    within_rate(&state, &key, 1)?;
    if let Access::Scopes(scopes) = route.access
        && !scopes.iter().any(|scope| key.may(*scope))
    {
        return Err(Stop::MissingScope(scopes));
    }
    let Path(parameters) = request.extract_parts::<Path<Vec<(String, String)>>>().await.map_err(|_| Stop::NoRoute)?;
    let lang = lang(request.headers()).calling(&state.ledger.settings().unit);
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.map_err(|_| Stop::TooLarge)?;
    Ok(Call {
        state,
        key,
        lang,
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        parameters,
        headers: parts.headers,
        body,
    })
}

/// Counts so many more of a key's rate.
///
/// # Errors
/// `rate_limited`; nothing is counted then.
pub(super) fn within_rate(state: &AppState, key: &ApiKey, many: u32) -> Result<(), Stop> {
    let taken = state.auth.limits.request(key.id, rate(state, key), many, state.ledger.clock.now());
    if taken.allowed { Ok(()) } else { Err(Stop::RateLimited { retry_after: taken.retry_after }) }
}

/// What this server allows of a key's rate.
fn rate(state: &AppState, key: &ApiKey) -> Rate {
    Rate::per_second(key.rate).shared_by(state.presence.servers())
}

async fn presented(state: &AppState, headers: &HeaderMap) -> Result<ApiKey, Stop> {
    let presented = header_text(headers, header::AUTHORIZATION).and_then(|value| value.split_once(' '));
    let (_, token) = presented.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or(Stop::NoKey)?;
    auth::key(&state.ledger.db, token.trim(), state.ledger.clock.now()).await?.ok_or(Stop::BadKey)
}

/// What is left of a key's rate: as draft-ietf-httpapi-ratelimit-headers has it now, and in the widespread early form.
fn tell(headers: &mut HeaderMap, allowance: Allowance) {
    let reset = if allowance.reset.is_zero() { 0 } else { seconds(allowance.reset) };
    let Allowance { limit, remaining, .. } = allowance;
    for (name, value) in [
        (HeaderName::from_static("ratelimit-policy"), format!("\"key\";q={limit};w={}", seconds(allowance.window))),
        (HeaderName::from_static("ratelimit"), format!("\"key\";r={remaining};t={reset}")),
        (HeaderName::from_static("ratelimit-limit"), limit.to_string()),
        (HeaderName::from_static("ratelimit-remaining"), remaining.to_string()),
        (HeaderName::from_static("ratelimit-reset"), reset.to_string()),
    ] {
        headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
    }
}
