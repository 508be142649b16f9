use super::Quote;
use crate::i18n::english::counted;

pub static QUOTE: Quote = Quote {
    label: "How many points?",
    slider: "Choose the amount",
    half: "Half",
    all: "All",
    you_get: "You get",
    taken: "Points taken",
    left: "Available after",
    ask: "Show the quote",
    go_on: "Continue",
    kept: |cash, kept| format!("{cash} is rounded down; the {kept} points beyond it stay yours."),
    not_a_number: "Please enter a number, like 150 or 150.50.",
    two_decimals: "At most two decimals.",
    too_few: |points, cash| format!("At least {}, for {cash}.", counted(points)),
    too_many: |available| format!("Only {available} points are available."),
};
