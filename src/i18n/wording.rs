//! Words that a programme chooses itself: what it calls its points. Texts have them in their places.
//!
//! Texts of an area are put together once for each set of such words, when somebody first reads them, and stay: a programme has
//! one, and another after a change. So they are as cheap to read as texts that never vary, and nobody who reads one has to know.

use std::fmt;
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::lang::Language;

/// A text with something in it, and the programme's own words besides.
pub type Says = Box<dyn Fn(&str) -> String + Send + Sync>;
pub type SaysTwo = Box<dyn Fn(&str, &str) -> String + Send + Sync>;
pub type SaysThree = Box<dyn Fn(&str, &str, &str) -> String + Send + Sync>;
/// One about something that is no text: a state, a topic, a number of days.
pub type SaysOf<A, T = String> = Box<dyn Fn(A) -> T + Send + Sync>;
pub type SaysOfTwo<A, B, T = String> = Box<dyn Fn(A, B) -> T + Send + Sync>;
/// One with a text in it and something that is none.
pub type SaysWith<A> = Box<dyn Fn(&str, A) -> String + Send + Sync>;
pub type SaysTwoWith<A> = Box<dyn Fn(&str, &str, A) -> String + Send + Sync>;
pub type SaysThreeWith<A> = Box<dyn Fn(&str, &str, &str, A) -> String + Send + Sync>;
pub type SaysOfWith<A> = Box<dyn Fn(A, &str) -> String + Send + Sync>;
pub type SaysOfTwoWith<A, B> = Box<dyn Fn(A, B, &str) -> String + Send + Sync>;

/// What points are called in one language.
pub struct Noun {
    pub one: &'static str,
    pub units: &'static str,
    /// As the first word of a text.
    capital: &'static str,
    /// What was filled in before: where the text stands, and what became of it. Few enough to look through, and small in a browser.
    said: Mutex<Vec<(&'static str, &'static str)>>,
}

impl Noun {
    const fn new(one: &'static str, units: &'static str, capital: &'static str) -> Noun {
        Noun { one, units, capital, said: Mutex::new(Vec::new()) }
    }

    /// The text with the words in place of `{one}`, `{units}` and `{Units}`.
    pub fn say(&self, text: &'static str) -> &'static str {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, filled)) = said.iter().find(|(known, _)| ptr::eq(*known, text)) {
            return filled;
        }
        let filled: &'static str = Box::leak(self.filled(text).into_boxed_str());
        said.push((text, filled));
        filled
    }

    fn filled(&self, text: &str) -> String {
        let words = [("{one}", self.one), ("{units}", self.units), ("{Units}", self.capital)];
        let (mut filled, mut rest) = (String::with_capacity(text.len() + 16), text);
        while let Some(c) = rest.chars().next() {
            match words.iter().find_map(|(name, word)| Some((rest.strip_prefix(name)?, word))) {
                Some((after, word)) => {
                    filled.push_str(word);
                    rest = after;
                }
                None => {
                    filled.push(c);
                    rest = rest.strip_prefix(c).unwrap_or_default();
                }
            }
        }
        filled
    }

    /// As the first word of a text.
    pub fn capital(&self) -> &'static str {
        self.capital
    }

    /// The word that goes with a number.
    pub fn after(&self, number: &str) -> &'static str {
        if number == "1" { self.one } else { self.units }
    }

    /// `1 point`, `2 points`.
    pub fn counted(&self, number: &str) -> String {
        format!("{number} {}", self.after(number))
    }
}

/// One set of words, and the texts that were made with it.
pub struct Wording {
    zh: Noun,
    en: Noun,
    pub(super) areas: Areas,
}

/// An area's texts in both languages, once somebody has read them.
pub struct Area<T> {
    zh: OnceLock<T>,
    en: OnceLock<T>,
}

impl<T> Area<T> {
    const fn new() -> Area<T> {
        Area { zh: OnceLock::new(), en: OnceLock::new() }
    }
}

macro_rules! areas {
    ($($area:ident: $texts:ty),* $(,)?) => {
        /// Those that speak of points.
        pub(super) struct Areas {
            $(pub $area: Area<$texts>,)*
        }

        impl Areas {
            const fn new() -> Areas {
                Areas { $($area: Area::new(),)* }
            }
        }
    };
}

areas! {
    portal: super::portal::Portal,
    rewards: super::rewards::catalogue::Rewards,
    redeem: super::rewards::redeem::Redeem,
    quote: super::rewards::quote::Quote,
    reward_desk: super::rewards::desk::RewardDesk,
    fulfil: super::rewards::fulfil::Fulfil,
    payouts: super::rewards::payouts::Payouts,
    activity: super::ledger::activity::Activity,
    adjust: super::ledger::adjust::Adjust,
    proof: super::ledger::proof::Proof,
    notifications: super::notifications::Notifications,
    mail: super::mail::Mail,
    mail_desk: super::mail::desk::MailDesk,
    account: super::access::account::Account,
    benefits: super::benefits::Benefits,
    closing: super::members::closing::Closing,
    merging: super::members::merging::Merging,
    card: super::members::card::Card,
    member_file: super::members::file::MemberFile,
    invite: super::members::invite::Invite,
    dashboard: super::programme::dashboard::Dashboard,
    lists: super::lists::Lists,
    console: super::console::Console,
    imports: super::imports::Imports,
    keys: super::keys::Keys,
    rules: super::rules::terms::Rules,
    rules_desk: super::rules::desk::RulesDesk,
    rules_safety: super::rules::safety::RulesSafety,
    experiments: super::rules::experiments::Experiments,
    lab: super::lab::Lab,
    lab_find: super::lab::find::Find,
}

impl Wording {
    const fn new(zh: Noun, en: Noun) -> Wording {
        Wording { zh, en, areas: Areas::new() }
    }

    pub(super) fn noun(&'static self, language: Language) -> &'static Noun {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// Texts of an area, made by one of the two if nobody has read them yet.
    pub(super) fn texts<T>(
        &'static self,
        language: Language,
        area: fn(&Areas) -> &Area<T>,
        make: [fn(&'static Noun) -> T; 2],
    ) -> &'static T {
        let (area, [zh, en]) = (area(&self.areas), make);
        match language {
            Language::Zh => area.zh.get_or_init(|| zh(&self.zh)),
            Language::En => area.en.get_or_init(|| en(&self.en)),
        }
    }

    /// As programmes have it that choose nothing.
    pub(super) fn usual() -> &'static Wording {
        static USUAL: Wording = Wording::new(Noun::new("积分", "积分", "积分"), Noun::new("point", "points", "Points"));
        &USUAL
    }

    /// The one with these words. Whoever calls this has them from the programme's settings: they stay in memory.
    pub(super) fn of(zh: &str, one: &str, units: &str) -> &'static Wording {
        static OTHERS: Mutex<Vec<&'static Wording>> = Mutex::new(Vec::new());
        if Wording::usual().words() == [zh, one, units] {
            return Wording::usual();
        }
        let mut others = OTHERS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.iter().find(|wording| wording.words() == [zh, one, units]) {
            return known;
        }
        let kept = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        let (zh, units) = (kept(zh), kept(units));
        let en = Noun::new(kept(one), units, kept(&capitalised(units)));
        let made: &'static Wording = Box::leak(Box::new(Wording::new(Noun::new(zh, zh, zh), en)));
        others.push(made);
        made
    }

    /// In Chinese, and one and many in English.
    pub(super) fn words(&self) -> [&'static str; 3] {
        [self.zh.units, self.en.one, self.en.units]
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wording").field(&self.words()).finish()
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_set_of_words_is_kept_once() {
        let [first, again, other] = [("星星", "star", "stars"), ("星星", "star", "stars"), ("里程", "mile", "miles")]
            .map(|(zh, one, many)| Wording::of(zh, one, many));
        assert!(std::ptr::eq(first, again) && !std::ptr::eq(first, other));
        assert!(std::ptr::eq(Wording::of("积分", "point", "points"), Wording::usual()));
    }

    #[test]
    fn a_text_has_the_words_in_their_places() {
        let [zh, en] = [Language::Zh, Language::En].map(|language| Wording::of("星星", "éclair", "éclairs").noun(language));
        assert_eq!(en.say("{Units} by day: {units}, and {one} by {one}"), "Éclairs by day: éclairs, and éclair by éclair");
        assert_eq!(zh.say("可用{units}"), "可用星星");
        assert_eq!((en.counted("1"), en.counted("1.50")), ("1 éclair".into(), "1.50 éclairs".into()));
    }
}
