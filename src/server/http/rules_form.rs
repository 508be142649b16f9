//! The editor of rules as a plain form. Its fields are as many as there are tiers and benefits, too many for a flash, so the
//! POST answers with the page itself: nothing that was typed is lost, whatever was wrong with it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::form::{self, Fields};
use laurel_domain::rules::form_edit::Edit;

use super::answer::{self, Asked};
use super::errors;
use super::flash::Flash;
use super::visit::Visit;
use crate::api::ApiError;
use crate::server::auth::{Authority, Permission, StaffSession};
use crate::server::usecase::{AppError, rules};
use crate::server::{AppState, random};

pub const PATH: &str = "/admin/rules";
pub const PUBLISH: &str = "/admin/rules/publish";

const MOST_BYTES: usize = 256 * 1024;

/// The form as it was sent, for the page that shows it again.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub fields: Fields,
    pub error: Option<ApiError>,
}

impl Typed {
    /// In a page: the form that is being answered, if it is one.
    pub fn current() -> Option<Typed> {
        leptos::context::use_context::<axum::http::request::Parts>()?.extensions.get::<Typed>().cloned()
    }
}

/// Answers the form; `page` renders the editor.
pub async fn answer<F, R>(state: AppState, request: Request, page: F) -> Response
where
    F: FnOnce(Request) -> R,
    R: Future<Output = Response>,
{
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRules);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, visit.lang.errors().forbidden_title, &errors::forbidden(visit.lang));
    };
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let mut fields: Fields = form_urlencoded::parse(&body).into_owned().collect();
    let wish = fields.remove("do").unwrap_or_default();
    let error = match wish.as_str() {
        "save" | "publish" => match save(&state, staff, &fields).await {
            Ok(()) if wish == "publish" => return see_other(PUBLISH, None),
            Ok(()) => {
                let note = Flash::note(visit.lang.console().draft_saved).write(&state.config);
                return see_other(PATH, Some(note));
            }
            Err(error) => Some(errors::of_app(visit.lang, error)),
        },
        edit => {
            if let Some(edit) = Edit::parse(edit) {
                fields = edit.apply(&fields, &format!("k-{}", hex::encode(random::bytes::<4>())));
            }
            None
        }
    };
    parts.method = Method::GET;
    parts.extensions.insert(Typed { fields, error });
    let mut response = page(Request::from_parts(parts, Body::empty())).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn save(state: &AppState, staff: &StaffSession, fields: &Fields) -> Result<(), AppError> {
    let set = form::rule_set(fields).map_err(|faults| Refusal::Invalid { faults })?;
    let number = |name: &str| fields.get(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let base = u32::try_from(number("base")).unwrap_or_default();
    let desk = rules::desk(&state.ledger).await?;
    let is_same = match &desk.draft {
        Some(draft) => draft.set == set && draft.revision == number("revision") && draft.base == base,
        None if desk.before().set == set => return Err(Refusal::NothingChanged.into()),
        None => false,
    };
    if !is_same {
        rules::save_draft(&state.ledger, Authority::from(staff), set, base, number("revision")).await?;
    }
    Ok(())
}

fn see_other(to: &'static str, flash: Option<HeaderValue>) -> Response {
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store")]).into_response();
    if let Some(flash) = flash {
        response.headers_mut().append(header::SET_COOKIE, flash);
    }
    response
}
