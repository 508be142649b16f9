//! What islands ask of the browser, and a twin for the server that does nothing. With `lib.rs` the only place that
//! knows on which side it is.

#[cfg(all(feature = "hydrate", feature = "console"))]
pub use chart::read_chart;
#[cfg(feature = "hydrate")]
pub use real::*;
#[cfg(not(feature = "hydrate"))]
pub use twin::*;

#[cfg(all(feature = "hydrate", feature = "console"))]
mod chart;

#[cfg(feature = "hydrate")]
mod real {
    use std::cell::Cell;
    use std::rc::Rc;

    use leptos::task::spawn_local;
    use leptos::web_sys::{Element, Event, EventTarget, window};
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen_futures::JsFuture;

    use crate::islands::markup::{El, Part};

    /// A `data-` attribute of an element around or at `place`.
    pub fn data(place: &Element, name: &str) -> Option<String> {
        let name = format!("data-{name}");
        place.closest(&format!("[{name}]")).ok().flatten()?.get_attribute(&name)
    }

    /// The pairs of a query string.
    pub fn pairs(query: &str) -> Vec<(String, String)> {
        let decoded = |text: &str| {
            let text = js_sys::decode_uri_component(&text.replace('+', " "));
            text.map(String::from).unwrap_or_default()
        };
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
    }

    /// Lets the buttons in `place` copy their `data-copy`, and say `data-copied` for two seconds.
    pub fn copy_on_click(place: &Element) {
        let within = place.clone();
        listen(place, "click", move |_| {
            let Ok(Some(button)) = within.query_selector("[data-copy]") else { return };
            let Ok(Some(label)) = button.query_selector("span") else { return };
            let (Some(text), Some(copied)) = (button.get_attribute("data-copy"), button.get_attribute("data-copied")) else {
                return;
            };
            let before = label.text_content().filter(|before| *before != copied);
            spawn_local(async move {
                if let (true, Some(before)) = (copy(&text).await, before) {
                    label.set_text_content(Some(&copied));
                    sleep(2_000).await;
                    label.set_text_content(Some(&before));
                }
            });
        });
    }

    /// Puts a text on the clipboard; whether that worked.
    async fn copy(text: &str) -> bool {
        match window() {
            Some(window) => JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok(),
            None => false,
        }
    }

    async fn sleep(milliseconds: i32) {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            if let Some(window) = window() {
                let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
            }
        });
        let _ = JsFuture::from(promise).await;
    }

    /// How long a form that was sent waits for the next page before it can be sent again, in milliseconds: as long as the server
    /// takes at most.
    const SENDING_AT_MOST: i32 = 10_000;

    /// Asks before leaving once something in the form around `place` was changed, lets the form be sent only once at a time, and
    /// shows the `data-sending` in `place` until the next page is there. A page that is stopped from coming gives the form back.
    pub fn guard_form_around(place: &Element) {
        let (Ok(Some(form)), Ok(Some(place)), Some(window)) =
            (place.closest("form"), place.query_selector("[data-sending]"), window())
        else {
            return;
        };
        let unsaved = place.has_attribute("data-unsaved");
        let sending = place.get_attribute("data-sending").unwrap_or_default();
        let changed = Rc::new(Cell::new(unsaved));
        let sent = Rc::new(Cell::new(false));
        listen(&form, "input", {
            let changed = changed.clone();
            move |_| changed.set(true)
        });
        let show: Rc<dyn Fn(bool)> = Rc::new({
            let (form, place, sent, sending) = (form.clone(), place.clone(), sent.clone(), sending);
            move |is_sent| {
                sent.set(is_sent);
                place.set_text_content(is_sent.then_some(sending.as_str()));
                let _ = match is_sent {
                    true => form.set_attribute("aria-busy", "true"),
                    false => form.remove_attribute("aria-busy"),
                };
            }
        });
        listen(&form, "submit", {
            let (sent, show) = (sent.clone(), show.clone());
            move |event| match sent.get() {
                true => event.prevent_default(),
                false => {
                    show(true);
                    // the browser's own stop button tells nobody in some browsers
                    let sent = sent.clone();
                    spawn_local(async move {
                        sleep(SENDING_AT_MOST).await;
                        sent.set(false);
                    });
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
        when_stopped(&window, {
            let show = show.clone();
            move || show(false)
        });
        // back from the next page the form stands there as it was, to be sent again
        listen(&window, "pageshow", move |_| show(false));
    }

    /// Calls when the next page, already asked for, is not coming: Esc, and the browser's own stop button where it tells.
    fn when_stopped(window: &leptos::web_sys::Window, stopped: impl Fn() + Clone + 'static) {
        listen(window, "keydown", {
            let stopped = stopped.clone();
            move |event| {
                if js_sys::Reflect::get(&event, &"key".into()).is_ok_and(|key| key == "Escape") {
                    stopped();
                }
            }
        });
        let navigation = js_sys::Reflect::get(window, &"navigation".into());
        if let Some(navigation) = navigation.ok().and_then(|found| found.dyn_into::<EventTarget>().ok()) {
            listen(&navigation, "navigateerror", move |_| stopped());
        }
    }

    /// Hands the fields of the form around `place` to `judge` at every edit, by name; shows under each field the fault that
    /// comes back for it, and tints those that differ from their `data-was`.
    pub fn watch_form_around(place: &Element, mut judge: impl FnMut(Vec<(String, String)>) -> Vec<(String, String)> + 'static) {
        let Ok(Some(form)) = place.closest("form") else { return };
        let within = form.clone();
        listen(&form, "input", move |_| {
            let controls = controls(&within);
            let fields = controls.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect();
            let faults = judge(fields);
            for (name, value, control) in &controls {
                let fault = faults.iter().find(|(field, _)| field == name).map(|(_, fault)| fault.as_str());
                mark(control, value, fault);
            }
        });
    }

    /// Puts this in place of what an element holds.
    pub fn fill(place: &Element, content: &[El]) {
        place.replace_children_with_node_0();
        for el in content {
            append(place, el);
        }
    }

    fn append(parent: &Element, el: &El) {
        let Some(Ok(element)) = parent.owner_document().map(|document| document.create_element(el.name)) else { return };
        if !el.class.is_empty() {
            element.set_class_name(&el.class);
        }
        if let Some(label) = &el.region {
            for (name, value) in [("role", "region"), ("tabindex", "0"), ("aria-label", label)] {
                let _ = element.set_attribute(name, value);
            }
        }
        for part in &el.content {
            match part {
                Part::Text(text) => drop(element.append_with_str_1(text)),
                Part::Element(el) => append(&element, el),
            }
        }
        let _ = parent.append_child(&element);
    }

    /// Name, value and element of everything in a form that has them; buttons send nothing before they are pressed.
    fn controls(form: &Element) -> Vec<(String, String, Element)> {
        let Ok(found) = form.query_selector_all("[name]:not(button)") else { return Vec::new() };
        let control = |at| {
            let element: Element = found.item(at)?.dyn_into().ok()?;
            let value = js_sys::Reflect::get(&element, &"value".into()).ok()?.as_string()?;
            Some((element.get_attribute("name")?, value, element))
        };
        (0..found.length()).filter_map(control).collect()
    }

    fn mark(control: &Element, value: &str, fault: Option<&str>) {
        let Ok(Some(frame)) = control.closest(".field") else { return };
        if let Some(was) = control.get_attribute("data-was") {
            let _ = frame.class_list().toggle_with_force("changed", was != value.trim());
        }
        let _ = match fault {
            Some(_) => control.set_attribute("aria-invalid", "true"),
            None => control.remove_attribute("aria-invalid"),
        };
        if let Ok(Some(place)) = frame.query_selector(".error") {
            place.set_text_content(fault);
        }
    }

    /// For as long as the page lives.
    pub(super) fn listen(target: &EventTarget, name: &str, on_event: impl FnMut(Event) + 'static) {
        let closure = Closure::<dyn FnMut(Event)>::new(on_event);
        let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        closure.forget();
    }
}

#[cfg(not(feature = "hydrate"))]
mod twin {
    use leptos::web_sys::Element;

    use crate::islands::markup::El;

    pub fn data(_place: &Element, _name: &str) -> Option<String> {
        None
    }

    pub fn pairs(_query: &str) -> Vec<(String, String)> {
        Vec::new()
    }

    pub fn copy_on_click(_place: &Element) {}

    pub fn read_chart(_place: &Element) {}

    pub fn guard_form_around(_place: &Element) {}

    pub fn fill(_place: &Element, _content: &[El]) {}

    pub fn watch_form_around(_place: &Element, _judge: impl FnMut(Vec<(String, String)>) -> Vec<(String, String)> + 'static) {}
}
