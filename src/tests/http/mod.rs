//! What HTTP promises, by the whole router.

mod access;
mod admin_people;
mod admin_rules;
mod assets;
mod cross_site;
mod forms;
mod headers;
mod preferences;
mod portal_pages;
mod portal_redeem;
