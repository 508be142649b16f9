//! A chart's columns, told where the pointer is or as arrow keys go along them.

use std::cell::Cell;
use std::rc::Rc;

use leptos::web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};
use wasm_bindgen::JsCast;

use super::real::{fill, listen};
use crate::islands::chart_reader::BEFORE_VALUE;
use crate::islands::markup::{El, el};

/// How far beside its column a text stands, in pixels.
const BESIDE: f64 = 14.0;

/// What is said of one column.
struct Column {
    hit: Element,
    name: String,
    values: Vec<(String, String)>,
    /// Where its marks are, as shares of its height.
    marks: Vec<f64>,
}

struct Reader {
    place: HtmlElement,
    columns: Vec<Column>,
    told: HtmlElement,
    dots: Vec<HtmlElement>,
    at: Cell<Option<usize>>,
    /// Where the keys went last.
    last: Cell<usize>,
}

/// Tells the columns of the drawing in `place`.
pub fn read_chart(place: &Element) {
    let Ok(place) = place.clone().dyn_into::<HtmlElement>() else { return };
    let Some(reader) = Reader::of(place) else { return };
    reader.announce(reader.last.get());
    let reader = Rc::new(reader);
    let on = |name: &str, act: fn(&Reader, &Event)| {
        let reader = reader.clone();
        listen(&reader.place.clone(), name, move |event| act(&reader, &event));
    };
    on("pointermove", Reader::point);
    on("pointerdown", Reader::point);
    // a finger that is lifted leaves what it pointed at to be read
    on("pointerleave", |reader, event| {
        if text_of(event, "pointerType") != "touch" {
            reader.hide();
        }
    });
    on("focus", |reader, _| reader.show(reader.at.get().unwrap_or(reader.last.get())));
    on("blur", |reader, _| reader.hide());
    on("keydown", Reader::key);
}

impl Reader {
    fn of(place: HtmlElement) -> Option<Reader> {
        let document = place.owner_document()?;
        let columns = columns(&place);
        let drawing = place.query_selector("svg").ok()??;
        let many = columns.iter().map(|column| column.marks.len()).max()?;
        let added = |class: &str| -> Option<HtmlElement> {
            let one = document.create_element("div").ok()?;
            one.set_class_name(class);
            let _ = one.set_attribute("hidden", "");
            let _ = one.set_attribute("aria-hidden", "true");
            place.append_child(&one).ok()?;
            one.dyn_into().ok()
        };
        let dots = (0..many).map(|at| added(&format!("chart-dot chart-dot-{at}"))).collect::<Option<_>>()?;
        let told = added("chart-told")?;
        // where keys lead from value to value is a slider, to whoever hears the page
        let label = drawing.get_attribute("aria-label").unwrap_or_default();
        let most = columns.len().to_string();
        for (name, value) in
            [("role", "slider"), ("tabindex", "0"), ("aria-label", &label), ("aria-valuemin", "1"), ("aria-valuemax", &most)]
        {
            let _ = place.set_attribute(name, value);
        }
        let _ = drawing.set_attribute("aria-hidden", "true");
        let last = columns.len() - 1;
        Some(Reader { place, columns, told, dots, at: Cell::new(None), last: Cell::new(last) })
    }

    /// The column nearest to the pointer.
    fn point(&self, event: &Event) {
        let Some(x) = event.dyn_ref::<MouseEvent>().map(|event| f64::from(event.client_x())) else { return };
        let away = |column: &Column| {
            let (left, width, ..) = bounds(&column.hit);
            (left + width / 2.0 - x).abs()
        };
        let all = self.columns.iter().map(away).enumerate();
        if let Some((nearest, _)) = all.min_by(|(_, a), (_, b)| a.total_cmp(b)) {
            self.show(nearest);
        }
    }

    fn key(&self, event: &Event) {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (at, last) = (self.last.get(), self.columns.len() - 1);
        let far = (last / 10).max(1);
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (at + 1).min(last),
            "PageDown" => at.saturating_sub(far),
            "PageUp" => (at + far).min(last),
            "Home" => 0,
            "End" => last,
            "Escape" => return self.hide(),
            _ => return,
        };
        event.prevent_default();
        self.show(to);
    }

    fn show(&self, at: usize) {
        if self.at.replace(Some(at)) == Some(at) {
            return;
        }
        for (other, column) in self.columns.iter().enumerate() {
            let _ = column.hit.class_list().toggle_with_force("at", other == at);
        }
        self.last.set(at);
        self.announce(at);
        let column = &self.columns[at];
        fill(&self.told, &told(column));
        let _ = self.told.remove_attribute("hidden");
        let (left, width, top, height) = bounds(&column.hit);
        let (own_left, own_width, own_top, _) = bounds(&self.place);
        let x = left + width / 2.0 - own_left;
        for (at, dot) in self.dots.iter().enumerate() {
            let Some(share) = column.marks.get(at) else {
                let _ = dot.set_attribute("hidden", "");
                continue;
            };
            let _ = dot.remove_attribute("hidden");
            put(dot, "left", x);
            put(dot, "top", top - own_top + share * height);
        }
        let (_, wide, ..) = bounds(&self.told);
        let beside = if x > own_width / 2.0 { x - BESIDE - wide } else { x + BESIDE };
        put(&self.told, "left", beside.clamp(0.0, (own_width - wide).max(0.0)));
    }

    fn hide(&self) {
        if self.at.replace(None).is_none() {
            return;
        }
        for column in &self.columns {
            let _ = column.hit.class_list().remove_1("at");
        }
        for one in self.dots.iter().chain([&self.told]) {
            let _ = one.set_attribute("hidden", "");
        }
    }

    /// What is heard when the keys come to a column.
    fn announce(&self, at: usize) {
        let column = &self.columns[at];
        let values = column.values.iter().map(|(name, value)| format!("{name} {value}"));
        let text = [column.name.clone()].into_iter().chain(values).collect::<Vec<_>>().join(", ");
        let _ = self.place.set_attribute("aria-valuenow", &(at + 1).to_string());
        let _ = self.place.set_attribute("aria-valuetext", &text);
    }
}

/// Titles are taken away, so that the browser does not show them beside.
fn columns(place: &Element) -> Vec<Column> {
    let Ok(found) = place.query_selector_all(".hit") else { return Vec::new() };
    let column = |at| {
        let hit: Element = found.item(at)?.dyn_into().ok()?;
        let title = hit.query_selector("title").ok()??;
        let text = title.text_content()?;
        title.remove();
        let mut lines = text.lines();
        let name = lines.next()?.to_owned();
        let pair = |line: &str| {
            let (name, value) = line.split_once(BEFORE_VALUE).unwrap_or((line, ""));
            (name.to_owned(), value.to_owned())
        };
        let values = lines.map(pair).collect();
        // whole numbers: reading and writing others would be ten kilobytes of code
        let number = |name: &str| hit.get_attribute(name).and_then(|text| text.parse::<i32>().ok());
        let (top, height) = (number("y").unwrap_or(0), number("height").filter(|height| *height > 0).unwrap_or(1));
        let marks = hit.get_attribute("data-y").unwrap_or_default();
        let share = |y: &str| Some(f64::from(y.parse::<i32>().ok()? - top) / f64::from(height));
        let marks = marks.split_whitespace().filter_map(share).collect();
        Some(Column { hit, name, values, marks })
    };
    (0..found.length()).filter_map(column).collect()
}

fn told(column: &Column) -> [El; 2] {
    let pair =
        |(name, value): &(String, String)| el("div").child(el("dt").text(name.clone())).child(el("dd").text(value.clone()));
    [el("b").text(column.name.clone()), el("dl").children(column.values.iter().map(pair))]
}

/// Left, width, top and height in the window. By name: the type of a rectangle would be code of its own.
fn bounds(element: &Element) -> (f64, f64, f64, f64) {
    let rect = js_sys::Reflect::get(element, &"getBoundingClientRect".into()).ok();
    let rect = rect.and_then(|get| get.dyn_into::<js_sys::Function>().ok()).and_then(|get| get.call0(element).ok());
    let number = |name: &str| rect.as_ref().and_then(|rect| js_sys::Reflect::get(rect, &name.into()).ok()?.as_f64());
    let [left, width, top, height] = ["left", "width", "top", "height"].map(|name| number(name).unwrap_or(0.0));
    (left, width, top, height)
}

fn put(element: &HtmlElement, side: &str, pixels: f64) {
    let _ = element.style().set_property(side, &format!("{}px", pixels as i32));
}

fn text_of(event: &Event, name: &str) -> String {
    js_sys::Reflect::get(event, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}
