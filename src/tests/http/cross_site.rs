//! Requests that another site makes a browser send: they are refused.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::support::site::Site;

async fn status_of_post(site: &Site, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::post("/preferences/theme").header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::from("value=dark")).unwrap()).await.status
}

#[tokio::test]
async fn only_posts_from_laurels_own_pages_are_taken() {
    let site = Site::open().await;
    for (headers, expected) in [
        (&[("sec-fetch-site", "same-origin")][..], StatusCode::SEE_OTHER),
        (&[("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "none")], StatusCode::FORBIDDEN),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:3000")], StatusCode::FORBIDDEN),
        (&[("origin", "http://127.0.0.1:3000")], StatusCode::SEE_OTHER),
        (&[("origin", "http://box.local:3000"), ("host", "box.local:3000")], StatusCode::SEE_OTHER),
        (&[("origin", "http://evil.example"), ("host", "127.0.0.1:3000")], StatusCode::FORBIDDEN),
        (&[("origin", "null")], StatusCode::FORBIDDEN),
        (&[], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(status_of_post(&site, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn behind_https_only_the_public_address_counts() {
    let site = Site::behind_https().await;
    for (headers, expected) in [
        (&[("origin", "https://points.example.com")][..], StatusCode::SEE_OTHER),
        (&[("origin", "http://10.0.0.1"), ("host", "10.0.0.1")], StatusCode::FORBIDDEN),
    ] {
        assert_eq!(status_of_post(&site, headers).await, expected, "{headers:?}");
    }
}
