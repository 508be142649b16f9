//! What islands ask of the browser, and a twin for the server that does nothing. With `lib.rs` the only place that
//! knows on which side it is.

#[cfg(feature = "hydrate")]
pub use real::*;
#[cfg(not(feature = "hydrate"))]
pub use twin::*;

#[cfg(feature = "hydrate")]
mod real {
    use leptos::web_sys::{Headers, Request, RequestInit, Response, UrlSearchParams, window};
    use serde::de::DeserializeOwned;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    use crate::api::ApiError;

    /// Calls a server function by its `PATH`, as a form would, and reads its typed answer or error.
    /// The same by `Action` and the generated client costs another 10 kB.
    pub async fn call<T: DeserializeOwned>(path: &str, arguments: &[(&str, &str)]) -> Result<T, ApiError> {
        let response = send(path, arguments).await.map_err(|_| ApiError::new(0, "network", ""))?;
        let text = match response.text() {
            Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
            Err(_) => String::new(),
        };
        let unreadable = || ApiError::new(response.status(), "unreadable", "");
        match response.ok() {
            true => serde_json::from_str(&text).map_err(|_| unreadable()),
            false => Err(serde_json::from_str(&text).unwrap_or_else(|_| unreadable())),
        }
    }

    async fn send(path: &str, arguments: &[(&str, &str)]) -> Result<Response, wasm_bindgen::JsValue> {
        let body = UrlSearchParams::new()?;
        for (name, value) in arguments {
            body.append(name, value);
        }
        let headers = Headers::new()?;
        headers.append("accept", "application/json")?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_headers(&headers);
        init.set_body(&body);
        let request = Request::new_with_str_and_init(path, &init)?;
        let window = window().ok_or(wasm_bindgen::JsValue::NULL)?;
        JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()
    }

    /// Puts a text on the clipboard; whether that worked.
    pub async fn copy(text: &str) -> bool {
        match window() {
            Some(window) => JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok(),
            None => false,
        }
    }

    pub async fn sleep(milliseconds: i32) {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            if let Some(window) = window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            }
        });
        let _ = JsFuture::from(promise).await;
    }

    /// Goes to another page of Laurel, as a link would.
    pub fn go(path: &str) {
        if let Some(window) = window() {
            let _ = window.location().set_href(path);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod twin {
    use serde::de::DeserializeOwned;

    use crate::api::ApiError;

    pub async fn call<T: DeserializeOwned>(_path: &str, _arguments: &[(&str, &str)]) -> Result<T, ApiError> {
        Err(ApiError::new(0, "network", ""))
    }

    pub async fn copy(_text: &str) -> bool {
        false
    }

    pub async fn sleep(_milliseconds: i32) {}

    pub fn go(_path: &str) {}
}
