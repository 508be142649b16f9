//! Laurel as a browser meets it, without a network: the whole router on a throw-away SQLite.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use laurel::server::config::PublicUrl;
use laurel::server::{AppState, Config, http};
use tower::ServiceExt;

use laurel_testing::database::Throwaway;
use laurel_testing::programme::programme;

pub struct Site {
    pub router: Router,
    pub state: AppState,
    _database: Throwaway,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Site {
    /// Served over plain http, as in development. The clock stands still.
    pub async fn open() -> Site {
        Site::with(|_| {}).await
    }

    /// Seen by the world as `https://points.example.com`.
    pub async fn behind_https() -> Site {
        Site::with(|config| config.public_url = PublicUrl::parse("https://points.example.com").expect("an address")).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Site {
        let database = Throwaway::sqlite().await;
        let mut config = Config::local(([127, 0, 0, 1], 3000).into());
        change(&mut config);
        let ledger = programme(&database.db).await;
        let state = AppState::new(ledger, config);
        Site { router: http::router(state.clone()), state, _database: database }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer { status: parts.status, headers: parts.headers, body: plain(&bytes) }
    }

    /// A browser that nobody has signed in with.
    pub fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: Mutex::default(), page: Mutex::new("/".to_owned()) }
    }
}

/// Keeps cookies and remembers the page it is on; does not follow redirects unless told to.
pub struct Browser<'a> {
    site: &'a Site,
    cookies: Mutex<BTreeMap<String, String>>,
    page: Mutex<String>,
}

impl Browser<'_> {
    /// Opens a page.
    pub async fn open(&self, path: &str) -> Answer {
        let request = self.request("GET", path).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        *self.page.lock().expect("a page") = path.to_owned();
        self.keep(self.site.send(request.body(Body::empty()).expect("a request")).await)
    }

    /// The same, with other headers besides.
    pub async fn open_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.request("GET", path).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.keep(self.site.send(request.body(Body::empty()).expect("a request")).await)
    }

    /// Sends a plain form of the page it is on.
    pub async fn submit(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request("POST", action).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        self.keep(self.site.send(with_fields(request, fields)).await)
    }

    /// Sends a file by a plain form of the page it is on.
    pub async fn upload(&self, action: &str, field: &str, file: impl AsRef<[u8]>) -> Answer {
        self.upload_with(action, &[], field, file).await
    }

    /// The same, with other fields before the file.
    pub async fn upload_with(&self, action: &str, fields: &[(&str, &str)], field: &str, file: impl AsRef<[u8]>) -> Answer {
        let request = self.request("POST", action).header(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        let request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let disposition = format!("content-disposition: form-data; name=\"{field}\"; filename=\"codes.csv\"");
        let before = fields
            .iter()
            .map(|(name, value)| format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        let mut body = before.collect::<String>().into_bytes();
        let head = format!("--edge\r\n{disposition}\r\ncontent-type: text/csv\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.as_ref());
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.keep(self.site.send(request.body(Body::from(body)).expect("a request")).await)
    }

    /// Calls a function as an island does.
    pub async fn call(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.request("POST", path).header(header::ACCEPT, "application/json");
        self.keep(self.site.send(with_fields(request, fields)).await)
    }

    /// Sends a form and opens the page that it leads to.
    pub async fn submit_and_follow(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.submit(action, fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.open(answer.location()).await
    }

    /// What a cookie says.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("cookies").get(name).cloned()
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let origin = self.site.state.config.public_url.origin();
        let page = self.page.lock().expect("a page").clone();
        let cookies = self.cookies.lock().expect("cookies");
        let cookies = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, origin.split_once("://").map_or(origin, |(_, host)| host))
            .header(header::ORIGIN, origin)
            .header(header::REFERER, format!("{origin}{page}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(header::COOKIE, cookies)
    }

    fn keep(&self, answer: Answer) -> Answer {
        let mut cookies = self.cookies.lock().expect("cookies");
        for value in answer.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().expect("a cookie is ASCII");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a name and a value");
            match text.contains("Max-Age=0") {
                true => drop(cookies.remove(name)),
                false => drop(cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        answer
    }
}

/// A text without the marks that Leptos leaves between texts.
fn plain(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("<!>", "")
}

fn with_fields(request: axum::http::request::Builder, fields: &[(&str, &str)]) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body)).expect("a request")
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }
}
