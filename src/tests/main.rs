//! Stories, HTTP and tidiness.
