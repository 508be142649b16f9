//! Files of a reward: its picture, and its codes.

use axum::extract::{Request, State};
use axum::response::Response;
use laurel_domain::refusal::{Fault, Refusal};

use super::uploads;
use crate::i18n::format;
use crate::server::AppState;
use crate::server::web::paths::{REWARD_CODES, REWARD_PICTURE};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::pictures;
use laurel_engine::usecase::rewards::edit;

/// Adds the codes of a file, and goes back to the reward's page to say how many.
pub async fn codes(State(state): State<AppState>, mut request: Request) -> Response {
    let (lang, staff) = match uploads::sender(&request, Permission::ManageRewards) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let id = match uploads::reward(&mut request, lang).await {
        Ok(id) => id,
        Err(refused) => return refused,
    };
    // what is not UTF-8 is no code of ours
    let text = uploads::file_of(request, "file").await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let added = match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => edit::add_codes(&state.ledger, Authority::from(&staff), id, &text).await,
        None => Err(Refusal::field("file", Fault::Missing).into()),
    };
    let number = |codes: u64| format::count(i64::try_from(codes).unwrap_or(i64::MAX));
    let said = added.map(|added| (lang.reward_desk().codes_added)(&number(added.new), &number(added.known)));
    uploads::back(&state, lang, &format!("/admin/rewards/{id}"), REWARD_CODES, said)
}

/// Gives the reward the picture of a file.
pub async fn picture(State(state): State<AppState>, mut request: Request) -> Response {
    let (lang, staff) = match uploads::sender(&request, Permission::ManageRewards) {
        Ok(sender) => sender,
        Err(refused) => return *refused,
    };
    let id = match uploads::reward(&mut request, lang).await {
        Ok(id) => id,
        Err(refused) => return refused,
    };
    let file = uploads::file_of(request, "picture").await.unwrap_or_default();
    let set = pictures::set_of_reward(&state.ledger, Authority::from(&staff), id, file).await;
    let said = set.map(|_| lang.reward_desk().picture_saved.to_owned());
    uploads::back(&state, lang, &format!("/admin/rewards/{id}"), REWARD_PICTURE, said)
}
