use super::Quote;
use crate::i18n::wording::Noun;

pub fn quote(noun: &'static Noun) -> Quote {
    Quote {
        label: noun.say("How many {units}?"),
        slider: "Choose the amount",
        half: "Half",
        all: "All",
        you_get: "You get",
        taken: noun.say("{Units} taken"),
        left: "Available after",
        ask: "Show the quote",
        go_on: "Continue",
        kept: Box::new(move |cash, kept| {
            format!("{cash} is rounded down; the {kept} {units} beyond it stay yours.", units = noun.units)
        }),
        not_a_number: "Please enter a number, like 150 or 150.50.",
        two_decimals: "At most two decimals.",
        too_few: Box::new(move |points, cash| format!("At least {}, for {cash}.", noun.counted(points))),
        too_many: Box::new(move |available| format!("Only {available} {units} are available.", units = noun.units)),
    }
}
