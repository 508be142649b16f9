//! E-mails: written with what they tell of, sent once, tried again, and never to who does not want them.

mod addresses;
mod codes;
mod outbox;
pub(crate) mod postman;
mod sending;
