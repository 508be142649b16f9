//! What members call.
