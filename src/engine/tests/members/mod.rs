//! Members: enrolled, registered, looked up, closed.

mod card;
mod closing;
mod enrolment;
mod home;
mod invitations;
mod keys;
mod merging;
mod notes;
mod profile;
mod registration;
mod search;
