//! An event as a line of JSON, with the fields that the API has.

use csv::StringRecord;
use laurel_domain::ledger::event::{Event, RawEvent};
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::text::Source;
use serde_json::{Map, Value};

/// The line as cells of these columns, so that one that is refused comes back as any other row; and what it says.
pub(super) fn read(line: &str, columns: &[&'static str], source: &Source) -> (StringRecord, Result<Event, Refusal>) {
    let object: Map<String, Value> = match serde_json::from_str(line) {
        Ok(object) => object,
        Err(error) => {
            let fault = match error.classify() {
                serde_json::error::Category::Data => Fault::JsonType { wanted: "object".to_owned() },
                _ => Fault::NotJson { line: error.line(), column: error.column() },
            };
            return (StringRecord::from(vec![line]), Err(Refusal::field("row", fault)));
        }
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let cells = columns.iter().map(|column| object.get(field_of(column)).map(text).unwrap_or_default()).collect();
    (cells, event(&object, source))
}

/// What the API calls a column: files of CSV call its `id` `event_id`.
pub(super) fn field_of(column: &str) -> &str {
    if column == "event_id" { "id" } else { column }
}

fn event(object: &Map<String, Value>, source: &Source) -> Result<Event, Refusal> {
    let (mut raw, mut faults) = (RawEvent::default(), Vec::new());
    for (name, value) in object {
        let Some(field) = raw.field(name) else {
            faults.push(FieldFault::new(name.chars().take(40).collect::<String>(), Fault::NotExpected));
            continue;
        };
        match value {
            Value::String(text) => *field = Some(text.clone()),
            _ => faults.push(FieldFault::new(name.as_str(), Fault::JsonType { wanted: "string".to_owned() })),
        }
    }
    // the file is of one source, whatever a line says
    if raw.source.as_ref().is_some_and(|own| own != source.as_str()) {
        faults.push(FieldFault::new("source", Fault::NotOneOf { choices: source.to_string() }));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults });
    }
    raw.parse(source).map_err(|faults| Refusal::Invalid { faults })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [&str; 4] = ["event_id", "kind", "member", "amount"];

    fn refused(line: &str) -> String {
        let (_, event) = read(line, &COLUMNS, &Source::new("shop").unwrap());
        match event.unwrap_err() {
            Refusal::Invalid { faults } => {
                faults.iter().map(|fault| format!("{}: {}", fault.field, fault.fault)).collect::<Vec<_>>().join("; ")
            }
            other => other.to_string(),
        }
    }

    #[test]
    fn a_line_says_the_same_as_the_api() {
        let line = r#"{"id": "p1", "source": "shop", "kind": "payment", "member": "m-1", "amount": "12.50", "currency": "CNY",
            "occurred_at": "2026-11-01T08:00:00Z"}"#;
        let (cells, event) = read(line, &COLUMNS, &Source::new("shop").unwrap());
        let event = event.unwrap();
        assert_eq!((event.key.id.to_string(), event.member.to_string()), ("p1".into(), "m-1".into()));
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["p1", "payment", "m-1", "12.50"]);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_by_field() {
        assert_eq!(refused("{\"id\": "), "row: is not JSON from line 1, column 7 on");
        assert_eq!(refused("[1]"), "row: must be a JSON object");
        assert_eq!(
            refused(r#"{"id": "p1", "amount": 12.5, "amuont": "1"}"#),
            "amount: must be a JSON string; amuont: does not belong to this kind"
        );
        let other = r#"{"id": "p1", "source": "till", "kind": "review", "member": "m", "subject": "tea", "occurred_at": "2026-11-01T08:00:00Z"}"#;
        assert_eq!(refused(other), "source: is not one of: shop");
        assert!(refused("{}").contains("id: is missing"), "{}", refused("{}"));
    }
}
