//! `laurel demo`: a believable programme to look at.

use super::serve::Options;
use super::{Common, Ended, serve};

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger_or_default().await?;
    let (listener, config) = options.bind().await?;
    serve::serve(listener, ledger, config).await
}
