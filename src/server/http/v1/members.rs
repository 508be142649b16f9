//! Members as the payment system knows them, by its own ids.

use axum::http::StatusCode;
use laurel_domain::ledger::event::instant;

use super::call::{Answer, Call};
use super::json::Fields;
use super::problem::{Place, Stop, in_body};
use crate::server::usecase::members::enrol::{Enrolment, enrol};
use crate::server::usecase::members::view::view;

/// Enrols or updates; with a `link_code`, claims a portal registration.
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
    let enrolled = enrol(&call.ledger().db, call.actor(), &enrolment, call.now()).await;
    let enrolled = enrolled.map_err(|error| Stop::from(error).at(place))?;
    let member = view(call.ledger(), &call.member().await?).await?;
    Answer::json(if enrolled.created { StatusCode::CREATED } else { StatusCode::OK }, &member)
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
    Answer::ok(&view(call.ledger(), &call.member().await?).await?)
}
