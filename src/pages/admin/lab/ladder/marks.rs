//! What is written on the ladder: thresholds with their names in rows, so that none stands in another, and the figures of the scale.

use laurel_domain::lab::ladder::LadderSide;
use laurel_domain::lab::sum::Amount;
use laurel_domain::rules::tier::TierRank;
use laurel_domain::rules::window::Window;

use super::{Bar, LEFT, Scale, doublings, thresholds};
use crate::i18n::{Lang, format};

/// How high a row of names is, and how many there are at most.
pub const ROW: f64 = 19.0;
const ROWS: usize = 4;
/// Between two names at least, and between two figures of the scale.
const GAP: f64 = 12.0;
const APART: f64 = 10.0;

/// A threshold, and the row where its name stands beside its line; the first is nearest to the bars.
pub struct Flag {
    pub rank: TierRank,
    pub x: f64,
    pub name: String,
    pub value: String,
    pub row: Option<usize>,
    /// Where everybody begins there is no line.
    pub is_first: bool,
}

/// From right to left, each beyond whatever it would stand in. Names that find no row are left to the table.
pub fn flags(lang: Lang, side: &LadderSide, scale: Scale) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for (at, threshold) in side.thresholds.iter().enumerate().rev() {
        let Some(rank) = u16::try_from(at + 1).ok().and_then(TierRank::new) else { continue };
        let is_first = threshold.from.minor <= 0;
        let (x, name) = (if is_first { LEFT } else { scale.x(threshold.from) }, lang.of(&threshold.name).to_owned());
        let value = if is_first { String::new() } else { short(threshold.from) };
        let end = x + width_of(&name) + width_of(&value) + GAP;
        let in_the_way = flags.iter().filter(|other| other.x < end);
        let row = in_the_way.map(|other| other.row.map_or(0, |row| row + 1)).max().unwrap_or(0);
        flags.push(Flag { rank, x, name, value, row: (row < ROWS).then_some(row), is_first });
    }
    flags
}

/// About how wide a text is.
fn width_of(text: &str) -> f64 {
    text.chars().map(|char| if char.is_ascii() { 7.8 } else { 14.2 }).sum()
}

/// From the first bar or threshold to the last, with room for the name of the last.
pub fn scale(lang: Lang, sides: &[&LadderSide], bars: &[Vec<Bar>], width: f64) -> Scale {
    let bounds = || sides.iter().flat_map(|side| thresholds(side)).map(doublings);
    let bars = || bars.iter().flatten();
    let first = bars().map(|bar| doublings(bar.from)).chain(bounds().map(|at| at - 0.5)).fold(f64::MAX, f64::min);
    let end = bars().map(|bar| doublings(bar.to)).chain(bounds().map(|at| at + 0.5)).fold(f64::MIN, f64::max);
    if first >= end {
        return Scale { first: 0.0, last: 1.0, width };
    }
    let room = |side: &&LadderSide| {
        let threshold = side.thresholds.last().filter(|threshold| threshold.from.minor > 0)?;
        let name = width_of(lang.of(&threshold.name)) + width_of(&short(threshold.from)) + GAP;
        let left = (width - LEFT - name).max(width / 4.0);
        Some(first + (doublings(threshold.from) - first) * (width - LEFT) / left)
    };
    let last = sides.iter().filter_map(room).fold(end, f64::max);
    Scale { first, last, width }
}

/// Where figures stand on the scale: powers of ten, and 2 and 5 times these where there is room.
pub fn ticks(scale: Scale, bars: &[Bar]) -> Vec<(f64, String)> {
    let exponent = bars.first().map_or(2, |bar| bar.from.exponent);
    let mut ticks: Vec<(f64, String)> = Vec::new();
    for times in [1_i128, 5, 2] {
        for power in 0..15_u32 {
            let at = Amount { minor: times * 10_i128.pow(power + exponent), exponent };
            let x = scale.x(at);
            let is_within = (scale.first..=scale.last).contains(&doublings(at)) && x < scale.width - 8.0;
            let figure = short(at);
            // each in the middle of its place
            let is_free =
                |(other, beside): &(f64, String)| (other - x).abs() >= (width_of(&figure) + width_of(beside)) / 2.0 + APART;
            if is_within && ticks.iter().all(is_free) {
                ticks.push((x, figure));
            }
        }
    }
    ticks
}

/// Short: `950`, `1,500`, `20k`, `3M`. What is less than a unit with its decimals.
pub fn short(figure: Amount) -> String {
    let units = figure.minor as f64 / 10_f64.powi(i32::try_from(figure.exponent).unwrap_or(0));
    let (scaled, unit) = match units {
        ..10_000.0 => (units, ""),
        10_000.0..1e6 => (units / 1e3, "k"),
        1e6..1e9 => (units / 1e6, "M"),
        _ => (units / 1e9, "G"),
    };
    if unit.is_empty() && scaled.fract() == 0.0 {
        return format::count(scaled as i64);
    }
    let places = match scaled {
        _ if scaled.fract() == 0.0 => 0,
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{scaled:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    format!("{text}{unit}")
}

/// What tiers go by, and of which time.
pub fn gone_by(lang: Lang, side: &LadderSide) -> String {
    let t = lang.lab();
    let basis = lang.rules().choice("basis", side.basis.name()).unwrap_or_default();
    match side.window {
        Window::Lifetime => basis.to_owned(),
        Window::CalendarYear => (t.ladder_of)(basis, t.ladder_this_year),
        Window::Months(months) => (t.ladder_of)(basis, &(t.ladder_months)(months)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_scale_do_not_stand_in_each_other() {
        for doublings in 4..24 {
            // from a unit on, in hundredths
            let first = 100_f64.log2();
            let scale = Scale { first, last: first + f64::from(doublings), width: 560.0 };
            let mut ticks = ticks(scale, &[]);
            assert!(ticks.len() >= 4, "{ticks:?} in {doublings} doublings");
            ticks.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            for pair in ticks.windows(2) {
                let [(left, one), (right, other)] = pair else { continue };
                let half = |text: &str| text.len() as f64 * 7.8 / 2.0;
                assert!(right - half(other) - left - half(one) >= 8.0, "{one} and {other} in {doublings} doublings");
            }
        }
    }

    #[test]
    fn figures_are_short_and_none_loses_what_sets_it_apart() {
        let told =
            [(95_000, "950"), (150_000, "1,500"), (2_000_000, "20k"), (1_250_000, "12.5k"), (300_000_000, "3M"), (25, "0.25")];
        for (minor, text) in told {
            assert_eq!(short(Amount { minor, exponent: 2 }), text);
        }
        assert_eq!(short(Amount { minor: 10_625, exponent: 2 }), "106");
        assert_eq!(short(Amount { minor: 500, exponent: 0 }), "500");
    }
}
