//! Where e-mails go: to an SMTP server, or into a folder while developing.

use std::path::PathBuf;
use std::time::Duration;

use laurel_engine::usecase::mail::Undelivered;
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use uuid::Uuid;

/// How long a server may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// One `.eml` file for each e-mail.
    Folder(PathBuf),
}

/// It holds a password.
impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Transport::Smtp(_) => f.write_str("Smtp(…)"),
            Transport::Folder(folder) => f.debug_tuple("Folder").field(folder).finish(),
        }
    }
}

impl Transport {
    /// # Errors
    /// Why it was not taken.
    pub(super) async fn hand_on(&self, id: Uuid, message: Message) -> Result<(), Undelivered> {
        match self {
            Transport::Smtp(smtp) => smtp.send(message).await.map(drop).map_err(|error| refused(&error)),
            Transport::Folder(folder) => {
                let file = folder.join(format!("{id}.eml"));
                let part = folder.join(format!("{id}.part"));
                let bytes = message.formatted();
                let written = async {
                    tokio::fs::create_dir_all(folder).await?;
                    tokio::fs::write(&part, bytes).await?;
                    // whoever looks at the folder finds whole files
                    tokio::fs::rename(&part, &file).await
                };
                written.await.map_err(|error| Undelivered::Unreachable(error.to_string()))
            }
        }
    }
}

fn refused(error: &Error) -> Undelivered {
    let reason = error.to_string();
    match error {
        error if error.is_permanent() => Undelivered::Never(reason),
        error if error.is_transient() => Undelivered::Later(reason),
        // a letter that cannot be put into words for a server
        error if error.is_client() => Undelivered::Never(reason),
        _ => Undelivered::Unreachable(reason),
    }
}
