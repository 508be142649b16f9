//! The lab's form: its fields are as many as there are tiers and benefits. A run is asked for and shown; what is at fault comes back with
//! all that was typed, and nothing is run.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::lab::scope::Span;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Fields};
use laurel_domain::rules::form_edit::Edit;
use laurel_domain::rules::rule_set::RuleSet;

use super::answer::{self, Asked};
use super::kept::{self, Kept};
use crate::api_error::field_id;
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{LAB, RULES_PUBLISH};
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::random;
use laurel_engine::usecase::lab::runs::{self, Wanted};
use laurel_engine::usecase::programme::report;
use laurel_engine::usecase::{AppError, rules};

/// Bodies are limited before they come here.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Longer than any field may be: what is beyond is not worth keeping.
const MOST_CHARACTERS: usize = 1_000;

/// About how many members an estimate looks at.
const SAMPLE: i64 = 2_000;

/// Where the browser goes.
enum Outcome {
    To(String, Option<Flash>),
    /// The page shows the form again, at the field with this name if there is one.
    Shown(Fields, Option<AppError>, Option<String>),
}

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRules);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else { return answer::too_large(&asked) };
    let bounded = |value: &str| value.chars().take(MOST_CHARACTERS).collect::<String>();
    let fields: Fields = form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), bounded(&value))).collect();
    match done(&state, staff, fields, &visit).await {
        Ok(Outcome::To(to, note)) => see_other(&to, note.map(|note| note.write(&state.config))),
        Ok(Outcome::Shown(fields, error, at)) => match shown_again(&state, &visit, &parts.headers, fields, error).await {
            Ok(Kept { to, cookie }) => {
                let at = at.map(|field| format!("#{}", field_id(&field))).unwrap_or_default();
                see_other(&format!("{to}{at}"), Some(cookie))
            }
            Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
        },
        Err(error) => answer::refuse(&asked, visit.lang.errors().refused_title, &errors::of_app(visit.lang, error)),
    }
}

async fn done(state: &AppState, staff: &StaffSession, mut fields: Fields, visit: &Visit) -> Result<Outcome, AppError> {
    let wish = fields.remove("do").unwrap_or_default();
    let by = Authority::from(staff);
    match wish.as_str() {
        "check" => started(state, by, Wanted::Check).await,
        // of the page that publishes: the draft as it is kept
        "draft-run" => {
            let draft = rules::overview(&state.ledger).await?.draft.ok_or(Refusal::StaleDraft)?;
            started(state, by, Wanted::Draft { set: Box::new(draft.set), span: Span::Whole, demotes: false, one_in: None })
                .await
        }
        "run" | "estimate" | "draft" => {
            let set = match form::whole_rule_set(&fields, state.ledger.programme.currency) {
                Ok(set) => set,
                Err(faults) => return Ok(Outcome::Shown(fields, Some(Refusal::Invalid { faults }.into()), None)),
            };
            match wish.as_str() {
                "draft" => take_over(state, by, set, fields, visit).await,
                wish => {
                    let one_in = if wish == "estimate" { one_in(state).await? } else { None };
                    let span =
                        if fields.get("span").is_some_and(|span| span == "in_force") { Span::InForce } else { Span::Whole };
                    started(state, by, Wanted::Draft { set: Box::new(set), span, demotes: false, one_in }).await
                }
            }
        }
        edit => match Edit::parse(edit) {
            Some(edit) => {
                let at = edit.leads_to(&fields);
                let fields = edit.apply(&fields, &format!("k-{}", hex::encode(random::bytes::<4>())));
                Ok(Outcome::Shown(fields, None, Some(at)))
            }
            None => Ok(Outcome::Shown(fields, None, None)),
        },
    }
}

async fn started(state: &AppState, by: Authority, wanted: Wanted) -> Result<Outcome, AppError> {
    let id = runs::start(&state.ledger, by, wanted).await?;
    state.jobs.wake();
    Ok(Outcome::To(format!("{LAB}?run={id}"), None))
}

/// Of how many members one is looked at, so that the estimate is there at once; everybody of a few.
async fn one_in(state: &AppState) -> Result<Option<u32>, AppError> {
    let members = report::report(&state.ledger.db).await?.members;
    Ok(u32::try_from(members / SAMPLE).ok().filter(|of| *of >= 2))
}

/// What was tried becomes the draft of the rules.
async fn take_over(state: &AppState, by: Authority, set: RuleSet, fields: Fields, visit: &Visit) -> Result<Outcome, AppError> {
    if let Err(error) = save_as_draft(state, by, set, &fields).await {
        return Ok(Outcome::Shown(fields, Some(error), None));
    }
    Ok(Outcome::To(RULES_PUBLISH.to_owned(), Some(Flash::note(visit.lang.lab().taken_over))))
}

/// Makes rules the draft, in place of the one that the form knew (`base`, `revision`); a draft that says the same already stays.
pub(super) async fn save_as_draft(state: &AppState, by: Authority, set: RuleSet, fields: &Fields) -> Result<(), AppError> {
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let base = u32::try_from(number("base")).unwrap_or_default();
    if rules::overview(&state.ledger).await?.draft.as_ref().is_none_or(|draft| draft.set != set) {
        rules::save_draft(&state.ledger, by, set, base, number("revision")).await?;
    }
    Ok(())
}

async fn shown_again(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    fields: Fields,
    error: Option<AppError>,
) -> Result<Kept, AppError> {
    let error = error.map(|error| errors::of_app(visit.lang, error));
    let flash = Flash { path: LAB.to_owned(), error, typed: fields.into_iter().collect(), ..Flash::default() };
    kept::keep(state, visit, headers, LAB, flash).await
}

pub(super) fn see_other(to: &str, cookie: Option<HeaderValue>) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static(LAB));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
