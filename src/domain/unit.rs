//! What a programme calls its points: stars, miles, 积分.

use serde::{Deserialize, Serialize};

use crate::refusal::{Fault, FieldFault};
use crate::text::{checked, checked_identity};

/// The name of what members collect, in both languages. English has another word for one of them than for many.
///
/// It is a word in the middle of sentences, so it has letters, and between them nothing but spaces, hyphens and apostrophes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitName {
    zh: String,
    en_one: String,
    en_many: String,
}

impl UnitName {
    /// Characters, in each language.
    pub const MOST: usize = 20;

    /// # Errors
    /// Every field that is wrong: `unit_zh`, `unit_one`, `unit_many`, with `Missing`, `TooLong`, `Characters`, `NotNormalized`
    /// or `Unseen`.
    pub fn new(zh: &str, en_one: &str, en_many: &str) -> Result<UnitName, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let mut read = |field: &str, text: &str| {
            word(text).unwrap_or_else(|fault| {
                faults.push(FieldFault::new(field, fault));
                String::new()
            })
        };
        let unit = UnitName { zh: read("unit_zh", zh), en_one: read("unit_one", en_one), en_many: read("unit_many", en_many) };
        if faults.is_empty() { Ok(unit) } else { Err(faults) }
    }

    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// `star`
    pub fn en_one(&self) -> &str {
        &self.en_one
    }

    /// `stars`
    pub fn en_many(&self) -> &str {
        &self.en_many
    }
}

impl Default for UnitName {
    fn default() -> UnitName {
        UnitName { zh: "积分".to_owned(), en_one: "point".to_owned(), en_many: "points".to_owned() }
    }
}

fn word(text: &str) -> Result<String, Fault> {
    let text = checked(text.trim(), UnitName::MOST)?;
    checked_identity(&text)?;
    let is_letter = |c: char| c.is_alphabetic();
    let joins = |c: char| matches!(c, ' ' | '-' | '\'' | '’' | '·');
    let is_word = text.chars().all(|c| is_letter(c) || joins(c)) && text.starts_with(is_letter) && text.ends_with(is_letter);
    if is_word { Ok(text) } else { Err(Fault::Characters) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zh: &str, one: &str, many: &str, wrong: &[(&str, Fault)]) {
        let faults = UnitName::new(zh, one, many).err().unwrap_or_default();
        let expected: Vec<FieldFault> = wrong.iter().map(|(field, fault)| FieldFault::new(*field, fault.clone())).collect();
        assert_eq!(faults, expected, "{zh} {one} {many}");
    }

    #[test]
    fn a_unit_is_a_short_word_in_each_language() {
        for (zh, one, many) in [
            ("积分", "point", "points"),
            ("星星", "star", "stars"),
            ("Avios", "Avios", "Avios"),
            ("绿叶·豆", "e-bean", "green beans"),
        ] {
            check(zh, one, many, &[]);
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        check("", " ", "", &[("unit_zh", Fault::Missing), ("unit_one", Fault::Missing), ("unit_many", Fault::Missing)]);
        check("星", "star", &"s".repeat(21), &[("unit_many", Fault::TooLong { most: 20 })]);
    }

    #[test]
    fn what_is_no_word_is_refused() {
        for wrong in ["20", "st4rs", "<b>", "{units}", "a;b", "-star", "star-", "sta\nrs", "★"] {
            check("星", "star", wrong, &[("unit_many", Fault::Characters)]);
        }
        check("星", "star", "sta\u{200b}rs", &[("unit_many", Fault::Unseen { code: "U+200B".into() })]);
        check("星", "star", "e\u{301}toiles", &[("unit_many", Fault::NotNormalized)]);
    }

    #[test]
    fn white_space_around_it_is_not_part_of_it() {
        assert_eq!(UnitName::new(" 星 ", " star", "stars ").unwrap(), UnitName::new("星", "star", "stars").unwrap());
    }
}
