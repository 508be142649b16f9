//! The editor of rules as a plain form. Its fields are as many as there are tiers and benefits. Whatever was asked (save, preview,
//! another tier), what was typed is kept and the browser is sent to the editor's page, which shows it: nothing is lost, and
//! reloading and going back work as on any page.

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Fields};
use laurel_domain::rules::form_edit::Edit;

use super::answer::{self, Asked};
use super::kept::{self, Kept};
use crate::api_error::{ApiError, field_id};
use crate::server::AppState;
use crate::server::web::errors;
use crate::server::web::flash::Flash;
use crate::server::web::paths::{RULES_DRAFT as PATH, RULES_PUBLISH as PUBLISH};
use crate::server::web::visit::Visit;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::random;
use laurel_engine::usecase::{AppError, rules};

/// Bodies are limited before they come here.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Longer than any field may be: what is beyond is not worth keeping.
const MOST_CHARACTERS: usize = 1_000;

/// What becomes of the form.
enum Outcome {
    Saved,
    Publishes,
    /// The page shows it again, at the field with this name if there is one.
    Shown {
        fields: Fields,
        error: Option<ApiError>,
        at: Option<String>,
    },
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
    let fields: Fields = form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), bounded(&value))).collect();
    match done(&state, &visit, staff, fields).await {
        Outcome::Saved => {
            let note = Flash::note(visit.lang.console().draft_saved).write(&state.config);
            see_other(PATH, Some(note))
        }
        Outcome::Publishes => see_other(PUBLISH, None),
        Outcome::Shown { fields, error, at } => match shown_again(&state, &visit, &parts.headers, fields, error).await {
            Ok(Kept { to, cookie }) => {
                let at = at.map(|field| format!("#{}", field_id(&field))).unwrap_or_default();
                see_other(&format!("{to}{at}"), Some(cookie))
            }
            Err(error) => {
                let error = errors::of_app(visit.lang, error);
                answer::refuse(&asked, visit.lang.errors().refused_title, &error)
            }
        },
    }
}

async fn done(state: &AppState, visit: &Visit, staff: &StaffSession, mut fields: Fields) -> Outcome {
    let wish = fields.remove("do").unwrap_or_default();
    match wish.as_str() {
        "save" | "publish" => match save(state, staff, &fields).await {
            Ok(()) if wish == "publish" => Outcome::Publishes,
            Ok(()) => Outcome::Saved,
            Err(error) => {
                let is_stale = matches!(error, AppError::Refused(Refusal::StaleDraft));
                let mut error = errors::of_app(visit.lang, error);
                if is_stale {
                    // the page shows what the other one changed, to be decided on
                    error = ApiError { message: visit.lang.console().stale.to_owned(), fields: Vec::new(), ..error };
                }
                let error = Some(error);
                Outcome::Shown { fields, error, at: None }
            }
        },
        edit => match Edit::parse(edit) {
            Some(edit) => {
                let at = edit.leads_to(&fields);
                fields = edit.apply(&fields, &format!("k-{}", hex::encode(random::bytes::<4>())));
                Outcome::Shown { fields, error: None, at: Some(at) }
            }
            None => Outcome::Shown { fields, error: None, at: None },
        },
    }
}

async fn shown_again(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    fields: Fields,
    error: Option<ApiError>,
) -> Result<Kept, AppError> {
    let flash = Flash { path: PATH.to_owned(), error, typed: fields.into_iter().collect(), ..Flash::default() };
    kept::keep(state, visit, headers, PATH, flash).await
}

/// A value as far as it is kept; one that is cut is longer than its field may be, and is refused as such.
fn bounded(value: &str) -> String {
    value.chars().take(MOST_CHARACTERS).collect()
}

async fn save(state: &AppState, staff: &StaffSession, fields: &Fields) -> Result<(), AppError> {
    let set = form::whole_rule_set(fields, state.ledger.programme.currency).map_err(|faults| Refusal::Invalid { faults })?;
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let base = u32::try_from(number("base")).unwrap_or_default();
    let desk = rules::overview(&state.ledger).await?;
    let is_same = match (&desk.draft, &desk.scheduled) {
        (Some(draft), _) => draft.set == set && draft.revision == number("revision") && draft.base == base,
        // what is scheduled may be published for another time
        (None, None) if desk.in_force.set == set => return Err(Refusal::NothingChanged.into()),
        _ => false,
    };
    if !is_same {
        rules::save_draft(&state.ledger, Authority::from(staff), set, base, number("revision")).await?;
    }
    Ok(())
}

fn see_other(to: &str, cookie: Option<HeaderValue>) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static(PATH));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
