//! Idempotent handling of requests: the answer is stored in the transaction of the effect, and a repeat gets it again.

use futures::future::BoxFuture;
use sha2::{Digest, Sha256};

use crate::store::idempotency::{self, Claim};
use crate::store::{Tx, micros};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;

/// One request, as it is recognised when it comes again.
#[derive(Clone, Debug)]
pub struct Request {
    owner: String,
    key: String,
    hash: [u8; 32],
}

impl Request {
    /// `owner` is whose keys these are; `parts` are what makes two requests the same.
    pub fn new(owner: String, key: &str, parts: &[&str]) -> Request {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        Request { owner, key: key.to_owned(), hash: hash.finalize().into() }
    }
}

/// What is to be done inside the transaction: status and body of the answer come out.
pub type Work<I> = for<'t> fn(&'t mut Tx, &'t Ledger, &'t I) -> BoxFuture<'t, Result<(u16, String), AppError>>;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handled {
    Done {
        status: u16,
        body: String,
    },
    /// It had been done before; this is the first answer.
    Before {
        status: u16,
        body: String,
    },
    /// The key belongs to another request.
    OtherRequest,
    Running,
}

/// Does `work` unless the request has been answered before.
///
/// # Errors
/// Those of `work`; the key is then as good as unused.
pub async fn handle_once<I>(ledger: &Ledger, request: Request, input: I, work: Work<I>) -> Result<Handled, AppError>
where
    I: Send + Sync + 'static,
{
    ledger
        .db
        .write((ledger.clone(), request, input), move |tx, (ledger, request, input)| {
            Box::pin(async move {
                let Request { owner, key, hash } = request;
                match idempotency::claim(tx, owner, key, *hash, micros(ledger.clock.now())).await? {
                    Claim::New => {
                        let (status, body) = work(tx, ledger, input).await?;
                        idempotency::complete(tx, owner, key, status, &body).await?;
                        Ok(Handled::Done { status, body })
                    }
                    Claim::Answered { status, body } => Ok(Handled::Before { status, body }),
                    Claim::OtherRequest => Ok(Handled::OtherRequest),
                    Claim::Running => Ok(Handled::Running),
                }
            })
        })
        .await
}
