//! Server functions: what islands and forms call. Every one is a public endpoint: the first line of its body says who
//! may call it, its arguments are plain `String`s parsed in the body, its errors are [`crate::api_error::ApiError`]s.
//!
//! No SQL and no rules here: a body parses, calls one use case, and answers.

pub mod admin;
pub mod portal;
