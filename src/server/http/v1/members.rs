//! Members as the payment system knows them, by its own ids.

use axum::http::StatusCode;
use laurel_domain::ledger::event::instant;

use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Place, Stop, in_body};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::members::enrol::{Enrolled, Enrolment, enrol};
use laurel_engine::usecase::members::merge;
use laurel_engine::usecase::members::view::{MemberView, view_at};

/// Enrols or updates; with a `link_code`, claims a portal registration, or merges it into a member who is there already.
pub async fn put(call: Call) -> Result<Answer, Stop> {
    let mut fields = Fields::of(call.json()?, "")?;
    let enrolment = Enrolment {
        external_id: call.parameter("external_id").to_owned(),
        name: fields.text("name"),
        email: fields.text("email"),
        phone: fields.text("phone"),
        locale: fields.text("locale"),
        registered_at: fields.parsed("registered_at", instant),
        link_code: fields.text("link_code"),
    };
    fields.end()?;
    let enrolled = match enrol(&call.ledger().db, call.actor(), &enrolment, call.now()).await {
        // there is such a member already: the registration goes over to them
        Err(AppError::Conflict { code: "external_id_taken" }) => take_over(&call, enrolment).await,
        enrolled => enrolled,
    };
    let enrolled = enrolled.map_err(|error| Stop::from(error).at(place))?;
    Answer::json(if enrolled.created { StatusCode::CREATED } else { StatusCode::OK }, &seen(&call).await?)
}

async fn take_over(call: &Call, enrolment: Enrolment) -> Result<Enrolled, AppError> {
    merge::claim(call.ledger(), call.actor(), &enrolment).await?;
    enrol(&call.ledger().db, call.actor(), &Enrolment { link_code: None, ..enrolment }, call.now()).await
}

/// Enrolling calls some things by other names.
fn place(field: &str) -> Place {
    match field {
        "external_id" | "member" => Place::Parameter("external_id"),
        "occurred_at" => in_body("registered_at"),
        "code" => in_body("link_code"),
        field => in_body(field),
    }
}

pub async fn find(call: Call) -> Result<Answer, Stop> {
    Answer::ok(&seen(&call).await?)
}

/// The member that the path names, as of now.
async fn seen(call: &Call) -> Result<MemberView, Stop> {
    let (member, rulebook) = call.member_under().await?;
    Ok(view_at(&rulebook, call.now(), &member))
}
