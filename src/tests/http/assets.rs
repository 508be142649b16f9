//! The site's files: their kind, their encoding, how long they are kept.
//!
//! Files that are made by the build (styles, WASM) may be missing when only the server was built; the browser tests see those.

use axum::http::StatusCode;

use crate::support::site::Site;

#[tokio::test]
async fn a_file_that_is_no_part_of_the_site_is_not_served() {
    let site = Site::open().await;
    for path in ["/pkg/../Cargo.toml", "/pkg/..%2f..%2fCargo.toml", "/pkg/none.css", "/pkg/laurel.d.ts", "/Cargo.toml", "/.env"]
    {
        let answer = site.browser().open(path).await;
        assert!(answer.status != StatusCode::OK, "{path}: {}", answer.status);
        assert!(!answer.body.contains("[package]"), "{path}");
    }
}
