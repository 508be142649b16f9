//! What tests of HTTP need: a site on a throw-away database, browsers, payment systems.

pub mod console;
pub mod site;
pub mod api;
pub mod described;
pub mod mailbox;
pub mod portal;
