//! What a mailbox sends when its user does without a kind of e-mails (RFC 8058): no cookies, no page, and only its address counts.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::{errors, unsubscribing};
use laurel_engine::usecase::mail::choices;

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    member: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    token: String,
}

pub async fn answer(State(state): State<AppState>, Query(link): Query<Link>) -> Response {
    // nobody reads the answer
    let lang = Lang::EN;
    let done = async {
        let (who, what) = unsubscribing(lang, &link.member, &link.kind)?;
        choices::unsubscribe(&state.ledger, who, what, &link.token).await.map_err(|error| errors::of_app(lang, error))
    };
    match done.await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response(),
    }
}
