//! What islands ask of the browser, and a twin for the server that does nothing. With `lib.rs` the only place that
//! knows on which side it is.

#[cfg(feature = "hydrate")]
pub use real::*;
#[cfg(not(feature = "hydrate"))]
pub use twin::*;

#[cfg(feature = "hydrate")]
mod real {
    use std::cell::Cell;
    use std::rc::Rc;

    use leptos::web_sys::{Element, Event, EventTarget, Headers, Request, RequestInit, Response, UrlSearchParams, window};
    use serde::de::DeserializeOwned;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
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

    /// Asks before leaving once something in the form around `place` was changed, and lets the form be sent only once.
    pub fn guard_form_around(place: &Element) {
        let (Ok(Some(form)), Some(window)) = (place.closest("form"), window()) else { return };
        let changed = Rc::new(Cell::new(false));
        let sent = Rc::new(Cell::new(false));
        listen(&form, "input", {
            let changed = changed.clone();
            move |_| changed.set(true)
        });
        listen(&form, "submit", {
            let sent = sent.clone();
            move |event| {
                if sent.replace(true) {
                    event.prevent_default();
                }
            }
        });
        listen(&window, "beforeunload", {
            let sent = sent.clone();
            move |event| {
                if changed.get() && !sent.get() {
                    event.prevent_default();
                }
            }
        });
        // back from the next page the form stands there as it was, to be sent again
        listen(&window, "pageshow", move |_| sent.set(false));
    }

    /// For as long as the page lives.
    fn listen(target: &EventTarget, name: &str, on_event: impl FnMut(Event) + 'static) {
        let closure = Closure::<dyn FnMut(Event)>::new(on_event);
        let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure.forget();
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

    pub fn guard_form_around(_place: &leptos::web_sys::Element) {}

    pub fn go(_path: &str) {}
}
