//! What HTTP promises, by the whole router.

mod access;
mod adjust_pages;
mod admin_people;
mod admin_rewards;
mod admin_rules;
mod admin_team;
mod assets;
mod benefits_pages;
mod closing_pages;
mod cross_site;
mod forms;
mod headers;
mod preferences;
mod statement;
mod lasting_pages;
mod portal_pages;
mod portal_redeem;
mod portal_rewards;
mod v1_access;
mod v1_benefits;
mod v1_events;
mod v1_members;
mod v1_orders;
mod v1_redemptions;
mod v1_requests;
mod v1_rewards;
