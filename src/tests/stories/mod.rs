//! What people do with Laurel, told on both kinds of database.

mod console;
mod benefits;
mod adjustments;
mod closing;
mod budget;
mod activity;
mod proof;
mod events;
mod redemptions;
mod rewards;
mod reward_races;
mod rules;
mod due;
mod races;
mod accounts_activation;
mod accounts_audit;
mod accounts_enrolment;
mod accounts_keys;
mod accounts_profile;
mod accounts_registration;
mod accounts_sessions;
mod accounts_staff;
mod accounts_sign_in;
mod idempotency;
mod invitations;
mod transactions;
