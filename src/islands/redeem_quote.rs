//! The amount to redeem, with what it pays as it is typed or slid: computed here by the very rules that the server goes by.

use laurel_domain::numbers::money::Money;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::NumberError;
use laurel_domain::rewards::cash::{CashTerms, cash_for, cost_of, quote};
use leptos::html;
use leptos::prelude::*;

use crate::i18n::format;

/// Without WASM the button `ask` gets the same quote from the server: both come out of this component. `words` are [`Words::told`].
#[island]
pub fn RedeemQuote(words: String, terms: CashTerms, available: Points, typed: String) -> impl IntoView {
    let words = Words::heard(&words);
    let text = RwSignal::new(typed.clone());
    let said = words.clone();
    let field = NodeRef::<html::Input>::new();
    // over a slow line somebody has typed already when this arrives
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            text.set(field.value());
        }
    });
    let shown = Memo::new(move |_| text.with(|text| Shown::of(&said, &terms, available, text)));
    let most = cash_for(&terms, available).map_or(0, Money::minor);
    let cash_of =
        move |text: &str| text.trim().parse().ok().and_then(|points| cash_for(&terms, points)).map_or(0, Money::minor);
    let position = move || text.with(|text| cash_of(text)).to_string();
    let first_position = cash_of(&typed).to_string();
    let set = move |minor: i64| {
        let cost = Money::from_minor(minor, terms.currency).ok().and_then(|cash| cost_of(&terms, cash));
        text.set(cost.map(plain).unwrap_or_default());
    };
    let is_wrong = move || shown.with(|shown| !shown.error.is_empty());
    let is_rounded = move || shown.with(|shown| !shown.note.is_empty());
    view! {
        <form class="form redeem-form" method="get" action="/redeem/confirm" novalidate>
            <div class="field">
                <label for="field-points">{words.label}</label>
                <input node_ref=field id="field-points" class="redeem-amount" name="points" inputmode="decimal" autocomplete="off" maxlength="24"
                    value=typed prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))
                    aria-invalid=move || is_wrong().then_some("true") aria-describedby="points-error"/>
                <p class="error" id="points-error" role="status">{move || shown.with(|shown| shown.error.clone())}</p>
            </div>
            <div class="redeem-slide needs-wasm">
                <input type="range" min="0" max=most.to_string() aria-label=words.slider
                    value=first_position prop:value=position
                    aria-valuetext=move || shown.with(|shown| shown.cash.clone())
                    on:input=move |event| set(event_target_value(&event).parse().unwrap_or(0))/>
                <button type="button" class="button small" on:click=move |_| set(most / 2)>{words.half}</button>
                <button type="button" class="button small" on:click=move |_| set(most)>{words.all}</button>
            </div>
            <div class="redeem-sum" aria-live="polite">
                <p class="label">{words.you_get}</p>
                <p class="redeem-cash">{move || shown.with(|shown| shown.cash.clone())}</p>
                <dl class="sum">
                    <div><dt>{words.taken}</dt><dd>{move || shown.with(|shown| shown.taken.clone())}</dd></div>
                    <div><dt>{words.left}</dt><dd>{move || shown.with(|shown| shown.left.clone())}</dd></div>
                </dl>
                <p class="hint" hidden=move || !is_rounded()>{move || shown.with(|shown| shown.note.clone())}</p>
            </div>
            <div class="form-foot">
                <button type="submit" class="button main">{words.go_on}</button>
                <button type="submit" class="button without-wasm" formaction="/redeem">{words.ask}</button>
            </div>
        </form>
    }
}

/// Where the cash stands in [`Words::kept`], and the points that stay.
pub const CASH: char = '\u{1}';
pub const KEPT: char = '\u{2}';

/// What the form says. The server says it, which knows the language and what points are called: a browser would need all of both.
#[derive(Clone)]
pub struct Words {
    label: String,
    slider: String,
    half: String,
    all: String,
    you_get: String,
    taken: String,
    left: String,
    ask: String,
    go_on: String,
    kept: String,
    not_a_number: String,
    two_decimals: String,
    too_few: String,
    too_many: String,
}

impl Words {
    /// In the order of the fields.
    pub fn told(lines: [&str; 14]) -> String {
        lines.join("\n")
    }

    fn heard(told: &str) -> Words {
        let mut lines = told.split('\n').map(str::to_owned);
        let mut next = || lines.next().unwrap_or_default();
        Words {
            label: next(),
            slider: next(),
            half: next(),
            all: next(),
            you_get: next(),
            taken: next(),
            left: next(),
            ask: next(),
            go_on: next(),
            kept: next(),
            not_a_number: next(),
            two_decimals: next(),
            too_few: next(),
            too_many: next(),
        }
    }

    fn kept(&self, cash: &str, kept: &str) -> String {
        let mut text = String::new();
        for c in self.kept.chars() {
            match c {
                CASH => text.push_str(cash),
                KEPT => text.push_str(kept),
                c => text.push(c),
            }
        }
        text
    }
}

/// What stands in the form about an amount.
#[derive(Clone, Debug, PartialEq)]
struct Shown {
    cash: String,
    taken: String,
    left: String,
    /// What rounding leaves with the member.
    note: String,
    error: String,
}

impl Shown {
    fn of(words: &Words, terms: &CashTerms, available: Points, text: &str) -> Shown {
        let nothing = |error: String| {
            let dash = || "–".to_owned();
            Shown { cash: dash(), taken: dash(), left: format::points(available), note: String::new(), error }
        };
        let asked: Points = match text.trim() {
            "" => return nothing(String::new()),
            text => match text.parse() {
                Ok(points) => points,
                Err(NumberError::TooManyDecimals { .. }) => return nothing(words.two_decimals.clone()),
                Err(NumberError::NotANumber) => return nothing(words.not_a_number.clone()),
                Err(_) => return nothing(words.too_many.clone()),
            },
        };
        if asked > available {
            return nothing(words.too_many.clone());
        }
        match quote(terms, asked) {
            Ok(quote) => {
                let [left, kept] = [available, asked].map(|from| from.checked_sub(quote.points).unwrap_or(Points::ZERO));
                let cash = format::money(quote.cash);
                let note = if kept.is_zero() { String::new() } else { words.kept(&cash, &format::points(kept)) };
                let (taken, left) = (format::points(quote.points), format::points(left));
                Shown { cash, taken, left, note, error: String::new() }
            }
            Err(_) => nothing(words.too_few.clone()),
        }
    }
}

/// As it would be typed: no grouping, decimals only where there are any.
fn plain(points: Points) -> String {
    let text = points.to_string();
    text.strip_suffix(".00").map(ToOwned::to_owned).unwrap_or(text)
}
