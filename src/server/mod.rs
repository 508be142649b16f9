//! What runs on the server only.
