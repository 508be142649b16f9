//! Serving, from the first connection to the last answer.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::{AppState, http};

/// Serves until the process is told to stop (Ctrl-C or SIGTERM), then lets running requests finish.
///
/// # Errors
/// What the socket said.
pub async fn serve(listener: TcpListener, state: AppState) -> std::io::Result<()> {
    let (ledger, presence, refusals) = (state.ledger.clone(), state.presence.clone(), state.refusals.clone());
    let service = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(told_to_stop()).await?;
    refusals.write().await;
    if let Err(error) = ledger.db.write_last_uses().await {
        tracing::warn!(%error, "when sessions and keys were used last could not be written");
    }
    presence.leave(&ledger).await;
    Ok(())
}

/// Ends when the process is told to stop.
pub async fn told_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "only Ctrl-C stops this server");
            return drop(tokio::signal::ctrl_c().await);
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
