//! What is wanted as a file: the fields of [`asked`](super::asked) as JSON.
//!
//! `{ "goal": { "outstanding": "100000", "least": { "gold": "15" } }, "move": { "alpha": {}, "rate": { "least": "80", "most": "120" } } }`

use crate::lab::find::asked::YES;
use crate::refusal::{Fault, FieldFault};
use crate::rules::file::{MOST_BYTES, WHOLE};
use crate::rules::form::Fields;
use crate::rules::json::Json;

/// Reads a file, or names everything in it that has another shape. What the fields say is for [`super::asked::Asked::read`].
pub fn read(text: &str) -> Result<Fields, Vec<FieldFault>> {
    if text.len() > MOST_BYTES {
        return Err(vec![FieldFault::new(WHOLE, Fault::TooLong { most: MOST_BYTES })]);
    }
    let json: Json = serde_json::from_str(text)
        .map_err(|error| vec![FieldFault::new(WHOLE, Fault::NotJson { line: error.line(), column: error.column() })])?;
    let mut reader = Reader::default();
    match json {
        Json::Object(parts) => {
            for (name, json) in parts {
                match name.as_str() {
                    "goal" => reader.goals("goal", json),
                    "move" => reader.moves(json),
                    _ => reader.fail(&name, Fault::NotExpected),
                }
            }
        }
        _ => reader.fail(WHOLE, wanted("object")),
    }
    if reader.faults.is_empty() { Ok(reader.fields) } else { Err(reader.faults) }
}

fn wanted(what: &str) -> Fault {
    Fault::JsonType { wanted: what.to_owned() }
}

#[derive(Default)]
struct Reader {
    fields: Fields,
    faults: Vec<FieldFault>,
}

impl Reader {
    fn fail(&mut self, field: &str, fault: Fault) {
        self.faults.push(FieldFault::new(field, fault));
    }

    fn set(&mut self, field: &str, text: String) {
        if self.fields.insert(field.to_owned(), text).is_some() {
            self.fail(field, Fault::Twice);
        }
    }

    /// Numbers, and those of tiers one level below.
    fn goals(&mut self, path: &str, json: Json) {
        match json {
            Json::Object(parts) => parts.into_iter().for_each(|(name, json)| self.goals(&format!("{path}.{name}"), json)),
            Json::Text(text) | Json::Whole(text) => self.set(path, text),
            Json::Null => (),
            _ => self.fail(path, wanted("string")),
        }
    }

    fn moves(&mut self, json: Json) {
        let Json::Object(levers) = json else { return self.fail("move", wanted("object")) };
        for (lever, json) in levers {
            let path = format!("move.{lever}");
            match json {
                Json::Object(parts) => {
                    self.set(&path, YES.to_owned());
                    for (part, json) in parts {
                        self.goals(&format!("{path}.{part}"), json);
                    }
                }
                Json::Flag(true) => self.set(&path, YES.to_owned()),
                Json::Flag(false) | Json::Null => (),
                _ => self.fail(&path, wanted("object")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_fault(text: &str) -> Vec<String> {
        read(text).unwrap_err().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_file_has_the_fields_of_the_form() {
        let text = r#"{ "goal": { "outstanding": "1000.50", "lowered": 0, "least": { "gold": "15" } },
            "move": { "alpha": {}, "rate": { "least": "80", "most": 120 }, "beta": true, "gamma": false } }"#;
        let told: Vec<String> = read(text).unwrap().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let expected = [
            "goal.least.gold=15",
            "goal.lowered=0",
            "goal.outstanding=1000.50",
            "move.alpha=yes",
            "move.beta=yes",
            "move.rate=yes",
            "move.rate.least=80",
            "move.rate.most=120",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_has_another_shape_is_named_by_its_path() {
        assert_eq!(at_fault("[]"), [WHOLE]);
        assert_eq!(at_fault("{,}"), [WHOLE]);
        assert_eq!(
            at_fault(r#"{ "goals": {}, "goal": { "cost": 1.5 }, "move": { "alpha": "yes" } }"#),
            ["goals", "goal.cost", "move.alpha"]
        );
        assert_eq!(at_fault(r#"{ "goal": { "cost": "1", "cost": "2" }, "move": [] }"#), ["goal.cost", "move"]);
    }
}
