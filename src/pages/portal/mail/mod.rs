//! Pages that have to do with e-mails: a link for a new password, and fewer e-mails, both without signing in.

mod choices;
mod forgotten;
mod unsubscribe;

pub use choices::MailChoices;
pub use forgotten::ForgottenPage;
pub use unsubscribe::UnsubscribePage;
