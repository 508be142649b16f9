//! Reading JSON that may be anything: what is wrong is told field by field, with a pointer to each.

use laurel_domain::refusal::{Fault, FieldFault};
use serde_json::{Map, Value};

use super::problem::{Flaw, Stop, Wrong};

/// How many faults of one object are told.
const MOST_FAULTS: usize = 20;
/// How much of an unknown field's name is repeated.
const LONGEST_NAME: usize = 64;
/// How deep a place is named: `/events/3/amount`.
const DEEPEST: usize = 3;

/// # Errors
/// `malformed_json`; the parser refuses what is nested deeper than 128.
pub fn parse(body: &[u8]) -> Result<Value, Stop> {
    serde_json::from_slice(body).map_err(|error| Stop::Malformed { at: place(body, error.line(), error.column()) })
}

/// An object's fields, each taken out once; what is left over is unknown.
pub struct Fields {
    map: Map<String, Value>,
    at: String,
    wrong: Vec<Wrong>,
}

impl Fields {
    /// `at` is the object's own place, empty for the whole body.
    ///
    /// # Errors
    /// `invalid` if it is no object.
    pub fn of(value: Value, at: &str) -> Result<Fields, Stop> {
        match value {
            Value::Object(map) => Ok(Fields { map, at: at.to_owned(), wrong: Vec::new() }),
            _ => Err(Wrong::at(at, Flaw::NotObject).into()),
        }
    }

    /// A field's value; `null` is the same as left out.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => self.fail(name, Flaw::NotText),
        }
    }

    pub fn required(&mut self, name: &str) -> Option<String> {
        match self.map.get(name) {
            None | Some(Value::Null) => self.fail(name, Flaw::Rule(Fault::Missing)),
            Some(_) => self.text(name),
        }
    }

    pub fn parsed<T, E: Into<Fault>>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(name)?;
        parse(&text).map_or_else(|fault| self.fail(name, Flaw::Rule(fault.into())), Some)
    }

    /// `2.0` is as whole a number as `2`: JSON knows one kind of number only.
    pub fn whole(&mut self, name: &str) -> Option<u32> {
        let sent = self.take(name)?;
        let whole = sent.as_u64().or_else(|| {
            let number =
                sent.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number))?;
            Some(number as u64)
        });
        match whole.and_then(|number| u32::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.fail(name, Flaw::NotWhole),
        }
    }

    pub fn yes_or_no(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(value) => Some(value),
            _ => self.fail(name, Flaw::Rule(Fault::NotOneOf { choices: "true, false".to_owned() })),
        }
    }

    pub fn fail<T>(&mut self, name: &str, flaw: Flaw) -> Option<T> {
        self.wrong.push(Wrong::at(self.pointer(name), flaw));
        None
    }

    /// Faults that the domain found, but for fields whose type was wrong already.
    pub fn add(&mut self, faults: Vec<FieldFault>) {
        for fault in faults {
            let wrong = Wrong::at(self.pointer(&fault.field), Flaw::Rule(fault.fault));
            if self.wrong.iter().all(|known| known.place != wrong.place) {
                self.wrong.push(wrong);
            }
        }
    }

    /// # Errors
    /// `invalid` with everything that was found.
    pub fn end(mut self) -> Result<(), Stop> {
        let unknown: Vec<String> = self.map.keys().take(MOST_FAULTS).map(|name| self.pointer(name)).collect();
        self.wrong.extend(unknown.into_iter().map(|at| Wrong::at(at, Flaw::UnknownField)));
        self.wrong.truncate(MOST_FAULTS);
        if self.wrong.is_empty() { Ok(()) } else { Err(Stop::Fields(self.wrong)) }
    }

    fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.at, escaped(name))
    }
}

/// One step of a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect::<String>().replace('~', "~0").replace('/', "~1")
}

enum Inside {
    Object(Option<String>),
    List(usize),
}

/// In which field a parser stopped, `line` and `column` from 1.
fn place(body: &[u8], line: usize, column: usize) -> Option<String> {
    let start: usize = body.split_inclusive(|byte| *byte == b'\n').take(line.checked_sub(1)?).map(<[u8]>::len).sum();
    let end = (start + column).checked_sub(1)?.min(body.len());
    let mut stack: Vec<Inside> = Vec::new();
    let mut at = 0;
    while at < end {
        match body[at] {
            b'{' => stack.push(Inside::Object(None)),
            b'[' => stack.push(Inside::List(0)),
            b'}' | b']' => drop(stack.pop()),
            b',' => match stack.last_mut() {
                Some(Inside::Object(name)) => *name = None,
                Some(Inside::List(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let length = string_length(&body[at..]);
                if let Some(Inside::Object(name @ None)) = stack.last_mut() {
                    *name = serde_json::from_slice(&body[at..at + length]).ok();
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    let steps = stack.iter().take(DEEPEST).map_while(|inside| match inside {
        Inside::Object(name) => name.as_deref().map(escaped),
        Inside::List(index) => Some(index.to_string()),
    });
    let pointer: String = steps.map(|step| format!("/{step}")).collect();
    (!pointer.is_empty()).then_some(pointer)
}

/// How long a string literal is, with its quotes, or what there is of it.
fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped_at(body: &str) -> Option<String> {
        match parse(body.as_bytes()) {
            Err(Stop::Malformed { at }) => at,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_parsed_is_named_by_its_place() {
        let digits = "9".repeat(1_000_000);
        for (body, at) in [
            (format!("{{\"id\":\"e\",\"amount\":{digits},\"kind\":\"x\"}}"), Some("/amount")),
            (format!("{{\"events\":[{{}},{{\"id\":\"a\\\"}}\",\n\"amount\":{digits}}}]}}"), Some("/events/1/amount")),
            (format!("{{\"amount\":{}", "[".repeat(10_000)), Some("/amount/0/0")),
            ("{\"a/b\":tru}".to_owned(), Some("/a~1b")),
            (String::new(), None),
            ("\"".to_owned(), None),
            ("{\"a\":\"".to_owned(), Some("/a")),
            ("\\".to_owned(), None),
        ] {
            assert_eq!(stopped_at(&body).as_deref(), at, "{:.80}", body);
        }
    }
}
