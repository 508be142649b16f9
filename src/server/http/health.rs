//! Whether this process lives, and whether it can do its work.

use axum::extract::State;
use axum::http::StatusCode;

use crate::server::AppState;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok"
}

/// The database answers, too, and events are posted.
pub async fn readyz(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if !state.writer.is_running() {
        tracing::error!("not ready: the writer has ended");
        return (StatusCode::SERVICE_UNAVAILABLE, "events are not posted");
    }
    if let Some(fault) = state.presence.fault() {
        return (StatusCode::SERVICE_UNAVAILABLE, fault);
    }
    match state.ledger.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
