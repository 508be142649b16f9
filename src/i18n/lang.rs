//! Which language and which theme somebody reads in.

use std::ptr;

use laurel_domain::text::Both;
use laurel_domain::unit::UnitName;
use serde::{Deserialize, Serialize};

use super::wording::{Area, Areas, Noun, Wording};

/// The languages of Laurel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Zh,
    En,
}

/// How somebody is spoken to: in a language, and with the words that the programme has chosen. Islands get the language alone;
/// what they say of points the page tells them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Lang {
    language: Language,
    /// The usual ones if there are none.
    wording: Option<&'static Wording>,
}

impl Lang {
    pub const ZH: Lang = Lang { language: Language::Zh, wording: None };
    pub const EN: Lang = Lang { language: Language::En, wording: None };
    pub const ALL: [Lang; 2] = [Lang::ZH, Lang::EN];

    pub const fn language(self) -> Language {
        self.language
    }

    /// The same language, and what this programme calls its points.
    pub fn calling(self, unit: &UnitName) -> Lang {
        Lang { wording: Some(Wording::of(unit.zh(), unit.en_one(), unit.en_many())), ..self }
    }

    fn wording(self) -> &'static Wording {
        self.wording.unwrap_or_else(Wording::usual)
    }

    /// What points are called.
    pub fn noun(self) -> &'static Noun {
        self.wording().noun(self.language)
    }

    /// Texts of an area that speaks of points, by who makes them in Chinese and in English.
    pub(super) fn texts<T>(self, area: fn(&Areas) -> &Area<T>, make: [fn(&'static Noun) -> T; 2]) -> &'static T {
        self.wording().texts(self.language, area, make)
    }

    /// As it stands in cookies, accounts and the API.
    pub const fn code(self) -> &'static str {
        match self.language {
            Language::Zh => "zh",
            Language::En => "en",
        }
    }

    /// As it stands in `<html lang>`: the script matters for the choice of glyphs.
    pub const fn tag(self) -> &'static str {
        match self.language {
            Language::Zh => "zh-CN",
            Language::En => "en",
        }
    }

    /// Its own name.
    pub const fn name(self) -> &'static str {
        match self.language {
            Language::Zh => "中文",
            Language::En => "English",
        }
    }

    pub const fn other(self) -> Lang {
        match self.language {
            Language::Zh => Lang { language: Language::En, ..self },
            Language::En => Lang { language: Language::Zh, ..self },
        }
    }

    /// All languages, with the same words.
    pub const fn both(self) -> [Lang; 2] {
        [Lang { language: Language::Zh, ..self }, Lang { language: Language::En, ..self }]
    }

    /// The text in this language.
    pub fn of(self, both: &Both) -> &str {
        match self.language {
            Language::Zh => &both.zh,
            Language::En => &both.en,
        }
    }

    /// Reads `zh`, `en`, and their regional forms.
    pub fn parse(tag: &str) -> Option<Lang> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Lang::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// The language that an `Accept-Language` header likes best, if it likes one of ours.
    pub fn accepted(header: &str) -> Option<Lang> {
        let mut best: Option<(Lang, f32)> = None;
        for part in header.split(',').take(16) {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = match rest.trim().strip_prefix("q=") {
                Some(q) => q.trim().parse().unwrap_or(0.0),
                None => 1.0,
            };
            let Some(lang) = Lang::parse(tag) else { continue };
            if weight > 0.0 && best.is_none_or(|(_, most)| weight > most) {
                best = Some((lang, weight));
            }
        }
        best.map(|(lang, _)| lang)
    }
}

impl PartialEq for Lang {
    fn eq(&self, other: &Lang) -> bool {
        self.language == other.language && ptr::eq(self.wording(), other.wording())
    }
}

impl Eq for Lang {}

impl From<Lang> for String {
    fn from(lang: Lang) -> String {
        lang.code().to_owned()
    }
}

impl TryFrom<String> for Lang {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Lang, &'static str> {
        Lang::parse(&text).ok_or("not a language of Laurel")
    }
}

/// Light or dark, if somebody chose; otherwise the system's choice holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    pub const fn code(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn parse(code: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.code() == code)
    }

    /// What `<html data-theme>` says: nothing while the system decides.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light | Theme::Dark => Some(self.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_language_that_laurel_speaks_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::ZH)),
            ("fr,en-GB;q=0.8,zh;q=0.3", Some(Lang::EN)),
            ("en;q=0.2, zh-TW;q=0.7", Some(Lang::ZH)),
            ("en;q=0, fr", None),
            ("", None),
        ] {
            assert_eq!(Lang::accepted(header), expected, "{header}");
        }
    }

    #[test]
    fn the_other_language_has_the_words_of_the_same_programme() {
        let lang = Lang::EN.calling(&UnitName::new("星星", "star", "stars").unwrap());
        assert_eq!((lang.noun().units, lang.other().noun().units, lang.other().other()), ("stars", "星星", lang));
    }
}
