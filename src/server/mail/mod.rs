//! The postman: says in its reader's language what a letter has to say, and hands it to an SMTP server or into a folder.

mod compose;
pub mod options;
mod transport;

use futures::future::BoxFuture;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::{Letter, Postman, Undelivered};
use lettre::message::Mailbox;

use crate::server::config::PublicUrl;
pub use transport::Transport;

/// Writes e-mails for one server.
#[derive(Debug)]
pub struct Mailer {
    from: Mailbox,
    public_url: PublicUrl,
    transport: Transport,
}

impl Mailer {
    pub fn new(from: Mailbox, public_url: PublicUrl, transport: Transport) -> Mailer {
        Mailer { from, public_url, transport }
    }
}

impl Postman for Mailer {
    fn send<'a>(&'a self, ledger: &'a Ledger, letter: &'a Letter) -> BoxFuture<'a, Result<(), Undelivered>> {
        Box::pin(async move {
            let programme = ledger.settings().name.clone();
            let message = compose::message(ledger, &self.public_url, &self.from, &programme, letter)?;
            self.transport.hand_on(letter.id, message).await
        })
    }
}
