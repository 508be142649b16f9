//! HTTP: the router and its layers, above pages and server functions; what those use of a request is `server::web`.
//!
//! From outside in: request id, log and panics · headers · cross-site · who is asking (session, language, theme, flash) ·
//! size · plain forms · who may · the route.
//! The API for payment systems (`v1`) stands beside: it goes by keys, which never ride on cookies.
//!
//! Handlers are thin: they authorise, parse, call one use case, and answer.

mod access;
mod answer;
mod body;
mod cross_site;
mod csp;
mod forms;
mod exports;
mod health;
mod imports;
pub(super) mod kept_exports;
mod list_files;
mod kept;
mod lab_csv;
mod lab_exact;
mod lab_find_form;
mod lab_form;
mod lab_live;
mod lab_typing;
mod look;
mod manifest;
mod one_click;
mod pictures;
mod uploads;
mod console_files;
mod request_log;
mod palette;
mod preferences;
mod redemption_files;
mod reward_form;
mod rules_fields;
mod rules_form;
mod server_fn_errors;
mod session;
mod statement;
mod tracking_form;
pub mod v1;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};

use super::AppState;
use super::web::{assets, paths};
use crate::pages;

/// Everything that Laurel answers to.
pub fn router(state: AppState) -> Router {
    let shell = {
        let state = state.clone();
        move || pages::shell(&state)
    };
    let not_found = render_app_async_with_context(page_context(state.clone()), shell.clone());
    let routes = generate_route_list(pages::App);
    Router::<AppState>::new()
        .leptos_routes_with_context(&state, routes, csp::page_context, shell)
        .route(paths::RULES_DRAFT, post(rules_form::answer))
        .route(paths::LAB, post(lab_form::answer))
        .route(paths::LAB_LIVE, post(lab_live::answer))
        .route(paths::LAB_EXACT, post(lab_exact::answer))
        .route(paths::LAB_FIND, post(lab_find_form::answer))
        .route(paths::LAB_CSV, get(lab_csv::answer))
        .route(paths::STATEMENT_JSON, get(statement::json))
        .route(paths::STATEMENT_CSV, get(statement::csv))
        .route(paths::OVERVIEW_CSV, get(console_files::overview))
        .route(paths::MEMBERS_CSV, get(console_files::members))
        .route(paths::AUDIT_CSV, get(console_files::audit_log))
        .route(paths::ADJUSTMENTS_CSV, get(console_files::adjusted))
        .route(paths::FIND_JSON, get(palette::answer))
        .route(paths::REDEMPTIONS_CSV, get(redemption_files::list))
        .route(paths::BATCH_CSV, get(redemption_files::batch))
        .route(paths::REWARD_CODES_CSV, get(list_files::codes))
        .route(paths::MAIL_CSV, get(list_files::mail))
        .route(paths::REFUSED_CSV, get(list_files::refused))
        .route(paths::LEDGER_CSV, get(console_files::ledger))
        .route(paths::TRACKING, post(tracking_form::answer))
        .route(paths::REWARD_CODES, post(reward_form::codes))
        .route(paths::REWARD_PICTURE, post(reward_form::picture))
        .route(paths::LOGO, post(look::logo))
        .route(paths::IMPORTS, post(imports::upload))
        .route(paths::IMPORT_REFUSED_CSV, get(imports::refused))
        .route(paths::EXPORTS, post(exports::answer))
        .route(paths::EXPORT_GO_ON, post(kept_exports::go_on))
        .route(paths::EXPORT_FILE, get(kept_exports::file))
        .route_layer(from_fn_with_state(state.clone(), access::guard))
        // also when the session has ended meanwhile
        .route(paths::LAB_KEPT, post(lab_typing::answer))
        .route("/preferences/language", post(preferences::language))
        .route("/preferences/theme", post(preferences::theme))
        .route(paths::PREFERENCES_LISTS, post(preferences::lists))
        .layer(from_fn_with_state(state.clone(), forms::layer))
        .layer(from_fn(body::limit))
        .fallback(move |request| answer::not_found(request, not_found))
        .layer(from_fn_with_state(state.clone(), session::layer))
        .layer(from_fn_with_state(state.clone(), cross_site::layer))
        // from mailboxes, which are no browsers: it goes by the token in its address
        .route(paths::UNSUBSCRIBE, post(one_click::answer))
        .route("/pictures/{file}", get(pictures::answer))
        .route("/look/{file}", get(look::style_sheet))
        .route(paths::MANIFEST, get(manifest::answer))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(v1::router())
        .merge(assets::routes())
        .layer(from_fn_with_state(state.clone(), csp::strict_headers))
        .layer(from_fn(request_log::layer))
        .with_state(state)
}

/// The fallback runs outside Leptos's own routes, so it is told the state once more.
fn page_context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        leptos::context::provide_context(state.clone());
        csp::page_context();
    }
}
