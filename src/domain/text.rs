//! Short texts that come from outside, each with its own limit, and a text in both languages.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::refusal::{Fault, FieldFault};

/// No control characters (they would break the canonical form of an entry), nothing but white space around it, not empty.
pub fn checked(text: &str, most: usize) -> Result<String, Fault> {
    if text.is_empty() {
        return Err(Fault::Missing);
    }
    // bytes first: nobody counts the characters of a megabyte
    if text.len() > most * 4 || text.chars().count() > most {
        return Err(Fault::TooLong { most });
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(Fault::Characters);
    }
    Ok(text.to_owned())
}

/// Of what becomes an identity (an event's id, a member's external id, a source, a subject): two that look the same are the
/// same. So it is in Unicode's normal form C, of visible characters and plain spaces alone.
///
/// Only what is new is held to this. What has been kept before the rule existed stays what it is, and is found as it is.
pub fn checked_identity(text: &str) -> Result<(), Fault> {
    // most are plain ASCII, which needs no look into Unicode's tables
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(());
    }
    if !is_nfc(text) {
        return Err(Fault::NotNormalized);
    }
    match text.chars().find(|c| is_unseen(*c)) {
        Some(c) => Err(Fault::Unseen { code: format!("U+{:04X}", u32::from(c)) }),
        None => Ok(()),
    }
}

/// Whether a character shows nothing of its own, or something else on each machine: controls and formats, private and
/// unassigned characters, every space but the plain one, and what Unicode has fonts ignore although it is a letter or a mark.
fn is_unseen(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    match c.general_category() {
        Control | Format | PrivateUse | Surrogate | Unassigned | LineSeparator | ParagraphSeparator => true,
        SpaceSeparator => c != ' ',
        // Default_Ignorable_Code_Point, as far as it has another category, and the empty pattern of Braille
        _ => matches!(
            c,
            '\u{34F}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FFA0}'
                | '\u{E0100}'..='\u{E01EF}'
        ),
    }
}

macro_rules! short_text {
    ($(#[$doc:meta])* $name:ident, $most:literal) => {
        $(#[$doc])*
        ///
        /// Never changed, and shared by its copies.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            pub const MOST: usize = $most;

            pub fn new(text: &str) -> Result<$name, Fault> {
                checked(text, $most).map(|text| $name(text.into()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Fault;
            fn try_from(text: String) -> Result<$name, Fault> {
                $name::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0.as_ref().to_owned()
            }
        }
    };
}

short_text!(
    /// The payment system's own id for a member.
    ExternalId,
    128
);
short_text!(
    /// The sender's id of an event, unique within its source, for ever.
    EventId,
    128
);
short_text!(
    /// Where events come from: one till, one bank, one integration.
    Source,
    64
);
short_text!(
    /// What a review is about.
    Subject,
    256
);
short_text!(
    /// Why a member of the staff does something.
    Reason,
    500
);
short_text!(
    /// A key of a tier or a benefit: stable across rule versions.
    Key,
    40
);

/// The same text in Chinese and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    pub fn new(zh: &str, en: &str) -> Both {
        Both { zh: zh.to_owned(), en: en.to_owned() }
    }

    /// What is wrong with it, if anything: both languages, at most `most` characters each.
    pub fn faults(&self, field: &str, most: usize) -> Vec<FieldFault> {
        [("zh", &self.zh), ("en", &self.en)]
            .into_iter()
            .filter_map(|(lang, text)| checked(text, most).err().map(|fault| FieldFault::new(format!("{field}.{lang}"), fault)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_neither_empty_nor_long_nor_broken_over_lines() {
        assert_eq!(EventId::new(""), Err(Fault::Missing));
        assert_eq!(EventId::new(&"x".repeat(129)), Err(Fault::TooLong { most: 128 }));
        assert_eq!(EventId::new("a\nb"), Err(Fault::Characters));
        assert_eq!(EventId::new(" a"), Err(Fault::Characters));
        assert_eq!(EventId::new("订单 17").unwrap().as_str(), "订单 17");
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        for seen in ["e1", "订单 17", "caf\u{e9}", "Жук-7", "가", "مرحبا", "नमस्ते", "🧾", "a_b/c:d#e"]
        {
            assert_eq!(checked_identity(seen), Ok(()), "{seen}");
        }
        for decomposed in ["cafe\u{301}", "\u{1100}\u{1161}", "\u{212B}"] {
            assert_eq!(checked_identity(decomposed), Err(Fault::NotNormalized), "{decomposed:?}");
        }
        let unseen = [
            '\u{0}',
            '\u{AD}',
            '\u{34F}',
            '\u{61C}',
            '\u{115F}',
            '\u{200B}',
            '\u{200D}',
            '\u{200E}',
            '\u{202E}',
            '\u{2028}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{A0}',
            '\u{3000}',
            '\u{378}',
            '\u{E000}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{E0001}',
            '\u{E0101}',
            '\u{10FFFF}',
        ];
        for c in unseen {
            let code = format!("U+{:04X}", u32::from(c));
            assert_eq!(checked_identity(&format!("a{c}b")), Err(Fault::Unseen { code }), "{c:?}");
        }
    }
}
