//! The forms about rewards that are more than a few fields: terms as typed, and codes as a file.

use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{RequestExt, extract};
use jiff::civil::Date;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::{Fault, FieldFault, NumberError, Refusal};
use laurel_domain::rewards::reward::{Limit, Period, RewardTerms};
use laurel_domain::text::{Both, Key};

use super::answer::{self, Asked};
use super::errors;
use super::flash::Flash;
use super::visit::Visit;
use crate::api::ApiError;
use crate::api::admin::rewards::TypedTerms;
use crate::i18n::{Lang, format};
use crate::server::AppState;
use crate::server::auth::{Authority, Permission, StaffSession};
use crate::server::usecase::rewards::edit;

/// Where a file of codes is sent.
pub const UPLOAD: &str = "/admin/rewards/{id}/codes";

/// What a form means, or everything that cannot be read in it. What the terms may be is the use case's to say.
///
/// # Errors
/// 422 with the fields as the form calls them.
pub fn terms_of(lang: Lang, typed: &TypedTerms) -> Result<RewardTerms, ApiError> {
    let mut faults = Vec::new();
    let text = |typed: &str| typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut fault = |field: &str, fault: Fault| faults.push(FieldFault::new(field, fault));
    let price = match typed.price.trim() {
        "" => Err(Fault::Missing),
        price => price.parse::<Points>().map_err(Fault::from),
    };
    let price = price.map_err(|wrong| fault("price", wrong)).unwrap_or(Points::ZERO);
    let mut whole = |field: &str, typed: &str| match typed.trim() {
        "" => None,
        number => number.parse::<u32>().map_err(|_| fault(field, NumberError::NotANumber.into())).ok(),
    };
    let limit = whole("limit", &typed.limit);
    let valid_days = whole("valid_days", &typed.valid_days);
    let mut day = |field: &str, typed: &str| match typed.trim() {
        "" => None,
        day => day.parse::<Date>().map_err(|_| fault(field, Fault::NotADay)).ok(),
    };
    let (starts, ends) = (day("starts", &typed.starts), day("ends", &typed.ends));
    let least_tier = match typed.least_tier.as_str() {
        "" => None,
        key => Key::new(key).map_err(|wrong| fault("least_tier", wrong)).ok(),
    };
    let period = Period::named(&typed.period).unwrap_or(Period::Ever);
    if !faults.is_empty() {
        return Err(errors::of_refusal(lang, &Refusal::Invalid { faults }).within("terms"));
    }
    Ok(RewardTerms {
        name: Both { zh: text(&typed.name_zh), en: text(&typed.name_en) },
        about: Both { zh: text(&typed.about_zh), en: text(&typed.about_en) },
        price,
        least_tier,
        limit: limit.map(|most| Limit { most, period }),
        starts,
        ends,
        valid_days,
    })
}

/// Adds the codes of a file, and goes back to the reward's page to say how many.
pub async fn upload(State(state): State<AppState>, mut request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let lang = visit.lang;
    let may = |staff: &&StaffSession| staff.role.may(Permission::ManageRewards);
    let Some(staff) = visit.staff.as_ref().filter(may) else {
        return answer::refuse(&asked, lang.errors().forbidden_title, &errors::forbidden(lang));
    };
    let id = match request.extract_parts::<extract::Path<String>>().await {
        Ok(Path(id)) => id.parse().ok(),
        Err(_) => None,
    };
    let Some(id) = id else {
        return answer::refuse(&asked, lang.errors().not_found_title, &errors::not_found(lang));
    };
    let added = match file_of(request).await {
        Some(text) => edit::add_codes(&state.ledger, Authority::from(staff), id, &text).await,
        None => Err(Refusal::field("file", Fault::Missing).into()),
    };
    let number = |codes: u64| format::count(i64::try_from(codes).unwrap_or(i64::MAX));
    let flash = match added {
        Ok(added) => Flash::note((lang.reward_desk().codes_added)(&number(added.new), &number(added.known))),
        Err(error) => Flash { path: UPLOAD.to_owned(), error: Some(errors::of_app(lang, error)), ..Flash::default() },
    };
    let to = HeaderValue::try_from(format!("/admin/rewards/{id}")).unwrap_or(HeaderValue::from_static("/admin/rewards"));
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    let mut response = (StatusCode::SEE_OTHER, headers).into_response();
    response.headers_mut().append(header::SET_COOKIE, flash.write(&state.config));
    response
}

/// The text of the field `file`; what is not UTF-8 is no code of ours.
async fn file_of(request: Request) -> Option<String> {
    let mut form = Multipart::from_request(request, &()).await.ok()?;
    while let Some(field) = form.next_field().await.ok()? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.ok()?;
            return Some(String::from_utf8_lossy(&bytes).into_owned()).filter(|text| !text.trim().is_empty());
        }
    }
    None
}
