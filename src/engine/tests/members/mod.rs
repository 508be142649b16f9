//! Members: enrolled, registered, looked up, closed.

mod closing;
mod enrolment;
mod merging;
mod profile;
mod registration;
mod search;
