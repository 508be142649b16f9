//! E-mails: written into an outbox in the transaction of what they tell of, and taken from there to people by a job.
//!
//! At least once: whoever dies between sending and noting it sends it again, under the same Message-ID. Addresses are looked up and
//! one-time codes made as an e-mail is sent, so that the outbox holds neither (but the address that is told of another one, until
//! it is sent). What an e-mail says, and how it gets to people, is
//! the [`Postman`]'s; without one nothing is written.

pub mod choices;
pub mod codes;
pub mod desk;
pub mod forgotten;
mod letter;
mod outbox;
mod prepare;
pub mod send;

pub use letter::{Content, Letter, MailKind, Postman, Undelivered};
pub(in crate::usecase) use outbox::{KEPT_FOR, forget, tell_address, write, write_code};
