//! A rule set as a file: the JSON that `GET /api/v1/rules` answers with, that `laurel simulate` and `laurel rules` read, and that
//! can lie in a repository.
//!
//! Read is either the rule set alone or that whole answer, its `rules` with number and time beside them. What is wrong is told
//! field by field, all at once, by the path that the field has in the file (`ladder.tiers.1.from`). Decimals are strings or whole
//! numbers: a number with decimals is a float to most programs, and might have been rounded on its way here.

use crate::numbers::money::Currency;
use crate::refusal::{Fault, FieldFault};
use crate::rules::form::{self, Fields};
use crate::rules::json::Json;
use crate::rules::rule_set::RuleSet;

/// Larger files are no rule sets.
pub const MOST_BYTES: usize = 1 << 20;
/// What a fault of the file as a whole is said to be about.
pub const WHOLE: &str = "file";

/// Reads a rule set that is valid in a currency, or names everything that is wrong.
pub fn read(text: &str, currency: Currency) -> Result<RuleSet, Vec<FieldFault>> {
    if text.len() > MOST_BYTES {
        return Err(vec![FieldFault::new(WHOLE, Fault::TooLong { most: MOST_BYTES })]);
    }
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let fault = Fault::NotJson { line: error.line(), column: error.column() };
        vec![FieldFault::new(WHOLE, fault)]
    })?;
    let mut reader = Reader::default();
    let (rules, at) = reader.unwrapped(&json, currency);
    reader.group(PARTS, rules, &at, "");
    let Reader { fields, mut faults } = reader;
    let structure: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    let is_within = |field: &str, of: &String| {
        of == WHOLE || field == of || field.strip_prefix(of.as_str()).is_some_and(|r| r.starts_with('.'))
    };
    let prefix = if at.is_empty() { String::new() } else { format!("{at}.") };
    match form::whole_rule_set(&fields, currency) {
        Ok(set) if faults.is_empty() => return Ok(set),
        Ok(_) => (),
        Err(found) => {
            let in_file = |fault: FieldFault| FieldFault { field: format!("{prefix}{}", path_of(&fault.field)), ..fault };
            // what could not be read at all is not missing besides
            let is_new = |fault: &FieldFault| !structure.iter().any(|of| is_within(&fault.field, of));
            faults.extend(found.into_iter().map(in_file).filter(is_new));
        }
    }
    Err(faults)
}

/// Writes a rule set so that the same rules are the same bytes.
pub fn write(set: &RuleSet) -> String {
    // a rule set has no maps with other keys than texts, and no numbers that JSON has not
    let mut text = serde_json::to_string_pretty(set).unwrap_or_default();
    text.push('\n');
    text
}

/// Where a field of the form stands in the file.
fn path_of(field: &str) -> String {
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    match (first, rest) {
        ("precision" | "mode", _) => format!("rounding.{field}"),
        ("window", "kind") => "ladder.window".to_owned(),
        ("expiry", "kind") => "expiry".to_owned(),
        ("expiry", "day" | "month" | "years") => format!("expiry.yearly.{rest}"),
        ("basis" | "window" | "validity" | "tiers", _) => format!("ladder.{field}"),
        _ => field.to_owned(),
    }
}

/// What stands in a field.
enum Kind {
    /// A string, or a whole number.
    Decimal,
    Whole,
    Word,
    Flag,
    /// A word, or an object with one field that says more.
    Choice(&'static [Part]),
    Object(&'static [Part]),
    List(&'static [Part]),
}

/// A field of an object: its name in the file, and in the form, where it may be left out between others.
struct Part(&'static str, &'static str, Kind);

const PARTS: &[Part] = &[
    Part("alpha", "alpha", Kind::Decimal),
    Part("beta", "beta", Kind::Decimal),
    Part("gamma", "gamma", Kind::Decimal),
    Part("scenes", "scenes", Kind::Object(SCENES)),
    Part("rounding", "", Kind::Object(&[Part("precision", "precision", Kind::Word), Part("mode", "mode", Kind::Word)])),
    Part("ladder", "", Kind::Object(LADDER)),
    Part("rate", "rate", Kind::Decimal),
    Part("shortfall", "shortfall", Kind::Word),
    Part("expiry", "expiry", Kind::Choice(&[Part("months", "months", Kind::Whole), Part("yearly", "", Kind::Object(YEARLY))])),
    Part("holding", "holding", Kind::Object(HOLDING)),
    Part("caps", "caps", Kind::Object(CAPS)),
    Part("referral_least", "referral_least", Kind::Decimal),
    Part("take_back_referral", "take_back_referral", Kind::Flag),
];
const SCENES: &[Part] = &[
    Part("e_payment", "e_payment", Kind::Decimal),
    Part("bank_card", "bank_card", Kind::Decimal),
    Part("investment", "investment", Kind::Decimal),
    Part("lending", "lending", Kind::Decimal),
    Part("other", "other", Kind::Decimal),
];
const YEARLY: &[Part] =
    &[Part("month", "month", Kind::Whole), Part("day", "day", Kind::Whole), Part("years", "years", Kind::Whole)];
const HOLDING: &[Part] = &[
    Part("payment", "payment", Kind::Whole),
    Part("referral", "referral", Kind::Whole),
    Part("review", "review", Kind::Whole),
];
const CAP: Kind = Kind::Object(&[Part("day", "day", Kind::Decimal), Part("month", "month", Kind::Decimal)]);
const CAPS: &[Part] = &[Part("payment", "payment", CAP), Part("referral", "referral", CAP), Part("review", "review", CAP)];
const LADDER: &[Part] = &[
    Part("basis", "basis", Kind::Word),
    Part("window", "window", Kind::Choice(&[Part("months", "months", Kind::Whole)])),
    Part("validity", "validity", Kind::Object(&[Part("months", "months", Kind::Whole), GRACE])),
    Part("tiers", "tiers", Kind::List(TIER)),
];
const GRACE: Part = Part("grace_days", "grace_days", Kind::Whole);
const TIER: &[Part] = &[
    Part("key", "key", Kind::Word),
    Part("name", "name", BOTH),
    Part("from", "from", Kind::Decimal),
    Part("multiplier", "multiplier", Kind::Decimal),
    Part("benefits", "benefits", Kind::List(BENEFIT)),
];
const BOTH: Kind = Kind::Object(&[Part("zh", "zh", Kind::Word), Part("en", "en", Kind::Word)]);
const BENEFIT: &[Part] = &[
    Part("key", "key", Kind::Word),
    Part("kind", "kind", Kind::Word),
    Part("text", "text", BOTH),
    Part("percent", "percent", Kind::Decimal),
    Part("quota", "quota", Kind::Object(&[Part("count", "count", Kind::Whole), Part("period", "period", Kind::Word)])),
];
/// What there need not be, and may be `null`.
const OPTIONAL: [&str; 5] = ["validity", "percent", "quota", "day", "month"];

/// Turns a file into the fields of the form, which know how to read each.
struct Reader {
    fields: Fields,
    faults: Vec<FieldFault>,
}

impl Default for Reader {
    /// With what is left out in a file, as far as it may be.
    fn default() -> Reader {
        let set = RuleSet { caps: Default::default(), ..RuleSet::default() };
        let needed = |name: &str| ["alpha", "beta", "gamma", "rate", "basis"].contains(&name) || name.starts_with("tiers.");
        let fields = form::fields(&set).into_iter().filter(|(name, _)| !needed(name)).collect();
        Reader { fields, faults: Vec::new() }
    }
}

impl Reader {
    fn fail(&mut self, path: &str, fault: Fault) {
        self.faults.push(FieldFault::new(if path.is_empty() { WHOLE } else { path }, fault));
    }

    fn wants(&mut self, path: &str, wanted: &str) {
        self.fail(path, Fault::JsonType { wanted: wanted.to_owned() });
    }

    /// The rule set itself and its path, where it may lie within an answer of the API.
    fn unwrapped<'a>(&mut self, json: &'a Json, currency: Currency) -> (&'a Json, String) {
        let Json::Object(fields) = json else { return (json, String::new()) };
        let Some((_, rules)) = fields.iter().find(|(name, _)| name == "rules") else { return (json, String::new()) };
        for (i, (name, value)) in fields.iter().enumerate() {
            match (name.as_str(), value) {
                _ if fields[..i].iter().any(|(earlier, _)| earlier == name) => self.fail(name, Fault::Twice),
                ("rules" | "version" | "in_force_from", _) => (),
                ("currency", Json::Text(code)) if *code == currency.to_string() => (),
                ("currency", _) => self.fail(name, Fault::NotOneOf { choices: currency.to_string() }),
                _ => self.fail(name, Fault::NotExpected),
            }
        }
        (rules, "rules".to_owned())
    }

    fn group(&mut self, parts: &[Part], json: &Json, path: &str, form: &str) {
        let Json::Object(fields) = json else { return self.wants(path, "object") };
        for (i, (name, value)) in fields.iter().enumerate() {
            let within = join(path, name);
            match parts.iter().find(|part| part.0 == name) {
                _ if fields[..i].iter().any(|(earlier, _)| earlier == name) => self.fail(&within, Fault::Twice),
                None => self.fail(&within, Fault::NotExpected),
                Some(part) if *value == Json::Null && OPTIONAL.contains(&part.0) => (),
                Some(part) => self.value(&part.2, value, &within, &join(form, part.1)),
            }
        }
    }

    fn value(&mut self, kind: &Kind, json: &Json, path: &str, form: &str) {
        match (kind, json) {
            (Kind::Decimal | Kind::Word, Json::Text(text)) | (Kind::Decimal | Kind::Whole, Json::Whole(text)) => {
                self.fields.insert(form.to_owned(), text.clone());
            }
            (Kind::Decimal | Kind::Word, _) => self.wants(path, "string"),
            (Kind::Whole, _) => self.wants(path, "whole number"),
            (Kind::Flag, Json::Flag(flag)) => {
                self.fields.insert(form.to_owned(), crate::rules::form_terms::yes_or_no(*flag).to_owned());
            }
            (Kind::Flag, _) => self.wants(path, "boolean"),
            (Kind::Choice(parts), json) => self.choice(parts, json, path, form),
            (Kind::Object(parts), json) => self.group(parts, json, path, form),
            (Kind::List(parts), Json::List(items)) => {
                for (i, item) in items.iter().enumerate() {
                    let (path, form) = (format!("{path}.{i}"), format!("{form}.{i}"));
                    // the form counts its rows by their keys
                    self.fields.insert(format!("{form}.key"), String::new());
                    if !form.contains("benefits") {
                        self.fields.insert(format!("{form}.multiplier"), "1".to_owned());
                    }
                    self.group(parts, item, &path, &form);
                }
            }
            (Kind::List(_), _) => self.wants(path, "array"),
        }
    }

    fn choice(&mut self, parts: &[Part], json: &Json, path: &str, form: &str) {
        let kind = format!("{form}.kind");
        match json {
            // one that needs more has to say it
            Json::Text(word) => drop(self.fields.insert(kind, word.clone())),
            Json::Object(fields) if fields.len() == 1 && parts.iter().any(|part| part.0 == fields[0].0) => {
                self.fields.insert(kind, fields[0].0.clone());
                self.group(parts, json, path, form);
            }
            Json::Object(_) => {
                let names: Vec<String> = parts.iter().map(|part| format!("{{\"{}\": …}}", part.0)).collect();
                self.fail(path, Fault::NotOneOf { choices: names.join(", ") });
            }
            _ => self.wants(path, "string"),
        }
    }
}

fn join(path: &str, name: &str) -> String {
    match (path, name) {
        ("", name) => name.to_owned(),
        (path, "") => path.to_owned(),
        (path, name) => format!("{path}.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn cny() -> Currency {
        "CNY".parse().unwrap()
    }

    /// A written rule set with some of its fields changed, by JSON pointer.
    fn changed(changes: &[(&str, Value)]) -> String {
        let mut value: Value = serde_json::from_str(&write(&RuleSet::default())).unwrap();
        for (pointer, to) in changes {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = value.pointer_mut(parent).unwrap();
            match parent {
                Value::Array(items) => items[name.parse::<usize>().unwrap()] = to.clone(),
                parent => drop(parent.as_object_mut().unwrap().insert(name.to_owned(), to.clone())),
            }
        }
        value.to_string()
    }

    fn faults(text: &str) -> Vec<(String, Fault)> {
        read(text, cny()).unwrap_err().into_iter().map(|fault| (fault.field, fault.fault)).collect()
    }

    fn fields(text: &str) -> Vec<String> {
        faults(text).into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn a_written_rule_set_is_read_as_the_same_and_written_as_the_same_bytes() {
        let set = RuleSet::default();
        let text = write(&set);
        assert_eq!(read(&text, cny()).unwrap(), set);
        assert_eq!(write(&read(&changed(&[]), cny()).unwrap()), text, "whatever the order and the white space");
    }

    #[test]
    fn the_answer_of_the_api_is_read_as_it_is() {
        let rules: Value = serde_json::from_str(&write(&RuleSet::default())).unwrap();
        let answer = json!({ "version": 3, "in_force_from": null, "currency": "CNY", "rules": rules }).to_string();
        assert_eq!(read(&answer, cny()).unwrap(), RuleSet::default());
        assert_eq!(fields(&answer.replace("CNY", "GBP")), ["currency"]);
        assert_eq!(fields(&answer.replace("\"alpha\":\"1\"", "\"alpha\":\"-1\"")), ["rules.alpha"]);
    }

    #[test]
    fn what_may_be_left_out_is_as_a_rule_set_without_it() {
        let least = json!({
            "alpha": 1, "beta": "10", "gamma": "5", "rate": "100",
            "ladder": { "basis": "points_earned", "tiers": [{ "key": "a", "name": { "zh": "甲", "en": "A" }, "from": "0" }] },
        });
        let set = read(&least.to_string(), cny()).unwrap();
        let text = least.to_string().replace("\"alpha\":1", "\"alpha\":\"1\"");
        assert_eq!(set, serde_json::from_str::<RuleSet>(&text).unwrap());
    }

    #[test]
    fn every_fault_is_named_at_once_by_its_path_in_the_file() {
        let text = changed(&[
            ("/alpha", json!("-1")),
            ("/rate", json!(1.5)),
            ("/rounding/mode", json!("up")),
            ("/ladder/tiers/2/from", json!("50")),
            ("/ladder/window", json!({ "months": 0 })),
            ("/expiry", json!({ "yearly": { "month": 2, "day": 30, "years": 1 } })),
            ("/caps/payment", json!({ "day": "x", "weeks": 3 })),
            ("/ladder/tiers/1/benefits/0/quota", json!({ "count": 0, "period": "month" })),
            ("/colour", json!("red")),
        ]);
        let mut fields = fields(&text);
        fields.sort();
        let expected = [
            "alpha",
            "caps.payment.day",
            "caps.payment.weeks",
            "colour",
            "expiry.yearly.day",
            "ladder.tiers.1.benefits.0.quota.count",
            "ladder.tiers.2.from",
            "ladder.window.months",
            "rate",
            "rounding.mode",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_has_another_shape_is_told_once() {
        assert_eq!(
            faults(&changed(&[("/alpha", json!(1.2))])),
            [("alpha".into(), Fault::JsonType { wanted: "string".into() })]
        );
        assert_eq!(fields(&changed(&[("/ladder/tiers/1", json!(5))])), ["ladder.tiers.1"]);
        assert_eq!(fields(&changed(&[("/ladder/tiers", json!([]))])), ["ladder.tiers"]);
        assert_eq!(fields(&changed(&[("/ladder", json!("tall"))])), ["ladder"]);
        assert_eq!(fields(&changed(&[("/expiry", json!({ "months": 1, "yearly": null }))])), ["expiry"]);
        assert_eq!(fields(&changed(&[("/expiry", json!("months"))])), ["expiry.months"]);
        assert_eq!(fields(&changed(&[("/take_back_referral", json!("no"))])), ["take_back_referral"]);
        assert_eq!(fields(&changed(&[("/holding/payment", json!(-3))])), ["holding.payment"]);
        assert_eq!(fields("[]"), [WHOLE]);
    }

    #[test]
    fn a_file_that_is_no_json_says_where_and_a_field_twice_is_not_taken_for_the_last() {
        assert_eq!(faults("{\n\"alpha\": ,}"), [(WHOLE.into(), Fault::NotJson { line: 2, column: 10 })]);
        let twice = write(&RuleSet::default()).replacen("{", "{\"alpha\": \"2\",", 1);
        assert_eq!(faults(&twice), [("alpha".into(), Fault::Twice)]);
        assert_eq!(fields(&" ".repeat(MOST_BYTES + 1)), [WHOLE]);
    }
}
