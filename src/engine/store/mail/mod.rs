//! E-mails on their way out, and what members want of them.

pub mod choices;
pub mod desk;
pub mod outbox;
