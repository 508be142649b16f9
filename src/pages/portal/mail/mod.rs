//! Pages that have to do with e-mails: a link for a new password, an address to confirm, and fewer e-mails, all without
//! signing in.

mod choices;
mod confirm;
mod forgotten;
mod unsubscribe;

pub use choices::MailChoices;
pub use confirm::{ConfirmEmailPage, Unconfirmed};
pub use forgotten::ForgottenPage;
pub use unsubscribe::UnsubscribePage;
