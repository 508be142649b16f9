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

#[tokio::test]
async fn a_phone_keeps_the_portal_among_its_apps_under_the_programme_s_name() {
    let site = Site::open().await;
    let page = site.browser().open("/sign-in").await.body;
    assert!(page.contains("rel=\"manifest\" href=\"/manifest.webmanifest\""), "{page}");
    assert!(!site.browser().open("/admin/sign-in").await.body.contains("rel=\"manifest\""), "the console is none");
    let manifest = site.browser().open("/manifest.webmanifest").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest: serde_json::Value = serde_json::from_str(&manifest.body).unwrap();
    assert_eq!((manifest["name"].as_str(), manifest["display"].as_str()), (Some("Laurel"), Some("standalone")));
    for icon in manifest["icons"].as_array().unwrap() {
        let file = format!("{}/public{}", env!("CARGO_MANIFEST_DIR"), icon["src"].as_str().unwrap());
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        // width and height stand in a PNG's first chunk
        let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(icon["sizes"], format!("{}x{}", side(16), side(20)), "{file}");
    }
}
