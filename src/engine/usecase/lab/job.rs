//! Something long that a server carries out: others see how far it is, and can have it stopped.

use std::future::Future;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::SignedDuration;

use super::Progress;
use crate::store::lab::runs::State;
use crate::usecase::error::AppError;

/// How often a server says that it is still at it.
const BEAT: Duration = Duration::from_millis(500);
/// After so long without a word from it another server takes over.
pub(super) const SILENCE: SignedDuration = SignedDuration::from_secs(60);

/// What became of it.
pub(super) struct Ended<T> {
    pub state: State,
    pub made: Option<T>,
    /// The code of what it failed with.
    pub fault: Option<String>,
}

/// Does it, and tells now and then how much is done of how much. `tell` answers whether it has been cancelled; what is cancelled
/// ends with nothing.
pub(super) async fn carry_out<T>(
    what: &str,
    work: impl Future<Output = Result<Option<T>, AppError>>,
    progress: &Progress,
    tell: impl Fn(i64, i64) -> BoxFuture<'static, Result<bool, AppError>>,
) -> Result<Ended<T>, AppError> {
    let told = || {
        let (done, total) = progress.members();
        let count = |members: u64| i64::try_from(members).unwrap_or(i64::MAX);
        tell(count(done), count(total))
    };
    let hear = |is_cancelled: bool| {
        if is_cancelled {
            progress.cancel()
        }
    };
    tokio::pin!(work);
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            () = tokio::time::sleep(BEAT) => hear(told().await?),
        }
    };
    hear(told().await?);
    Ok(match ended {
        Ok(Some(made)) => Ended { state: State::Done, made: Some(made), fault: None },
        Ok(None) => Ended { state: State::Cancelled, made: None, fault: None },
        Err(error) => {
            tracing::error!(%error, "{what} failed");
            Ended { state: State::Failed, made: None, fault: Some(error.code().to_owned()) }
        }
    })
}
