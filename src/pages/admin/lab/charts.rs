//! What a run drew: tiers flowing into tiers, how many hold how much, what is outstanding month by month. Drawn by the server as SVG;
//! each has its table behind it.

use laurel_domain::lab::report::{MonthRow, SpreadRow, Tiers};
use laurel_domain::numbers::money::Currency;
use laurel_domain::numbers::points::Points;
use leptos::prelude::*;

use super::words;
use crate::i18n::Lang;
use crate::islands::BEFORE_VALUE;
use crate::pages::components::{ReadAlong, tier_class};

const WIDTH: f64 = 560.0;

/// One tier of a side: where its block stands.
struct Block {
    y: f64,
    height: f64,
    members: u64,
}

/// Blocks below each other, as high as their shares, with room between.
fn blocks(members: &[u64], height: f64) -> Vec<Block> {
    const GAP: f64 = 14.0;
    let total: u64 = members.iter().sum::<u64>().max(1);
    let room = height - GAP * (members.len().saturating_sub(1)) as f64;
    // the square root lets small tiers be seen beside large ones
    let share = |members: &u64| (*members as f64 / total as f64).sqrt();
    let mut blocks: Vec<Block> =
        members.iter().map(|members| Block { y: 0.0, height: share(members), members: *members }).collect();
    let whole = blocks.iter().map(|block| block.height).sum::<f64>().max(f64::EPSILON);
    let mut y = 0.0;
    for block in &mut blocks {
        block.height = (block.height / whole * room).max(if block.members > 0 { 3.0 } else { 1.0 });
        block.y = y;
        y += block.height + GAP;
    }
    blocks
}

/// From each tier as it was to each of the draft's that its members are in, as wide as they are many. Each side is its blocks and
/// where they end.
fn ribbons(lang: Lang, tiers: &Tiers, [(from, x0), (to, x1)]: [(&[Block], f64); 2]) -> Vec<(&'static str, AnyView)> {
    let mut ribbons = Vec::new();
    let mut entered = vec![0.0; to.len()];
    let mid = f64::midpoint(x0, x1);
    for (i, row) in tiers.matrix.iter().enumerate() {
        let mut left = 0.0;
        for (j, members) in row.iter().enumerate().filter(|(_, members)| **members > 0) {
            let thick = |block: &Block| block.height * *members as f64 / block.members.max(1) as f64;
            let (out, into) = (thick(&from[i]), thick(&to[j]));
            let (y0, y1) = (from[i].y + left, to[j].y + entered[j]);
            let path = format!(
                "M{x0:.1} {y0:.1}C{mid:.1} {y0:.1} {mid:.1} {y1:.1} {x1:.1} {y1:.1}L{x1:.1} {:.1}C{mid:.1} {:.1} {mid:.1} {:.1} {x0:.1} {:.1}Z",
                y1 + into,
                y1 + into,
                y0 + out,
                y0 + out
            );
            let same = tiers.draft.iter().position(|tier| tier.key == tiers.baseline[i].key).unwrap_or(i);
            let class = match j.cmp(&same) {
                std::cmp::Ordering::Less => "flow-down",
                std::cmp::Ordering::Greater => "flow-up",
                std::cmp::Ordering::Equal => "flow-same",
            };
            let told =
                format!("{} → {}: {}", lang.of(&tiers.baseline[i].name), lang.of(&tiers.draft[j].name), words::count(*members));
            ribbons.push((class, view! { <path class=class d=path><title>{told}</title></path> }.into_any()));
            left += out;
            entered[j] += into;
        }
    }
    ribbons
}

/// Members on the left by the tiers as they were, on the right by the draft's; who moves is in colour.
#[component]
pub fn TierFlow(lang: Lang, tiers: Tiers) -> impl IntoView {
    const HEIGHT: f64 = 320.0;
    const LEFT: f64 = 118.0;
    const BAR: f64 = 12.0;
    let right = WIDTH - 118.0;
    let column = |rows: &[laurel_domain::lab::report::TierRow]| rows.iter().map(|row| row.members).collect::<Vec<_>>();
    let (from, to) = (blocks(&column(&tiers.baseline), HEIGHT), blocks(&column(&tiers.draft), HEIGHT));
    let mut ribbons = ribbons(lang, &tiers, [(&from, LEFT + BAR), (&to, right - BAR)]);
    // who moves is drawn over who stays
    ribbons.sort_by_key(|(class, _)| *class != "flow-same");
    let ribbons = ribbons.into_iter().map(|(_, ribbon)| ribbon).collect_view();
    let side = |rows: &[laurel_domain::lab::report::TierRow], blocks: &[Block], x: f64, text_x: f64, anchor: &'static str| {
        let one = |(at, (row, block)): (usize, (&laurel_domain::lab::report::TierRow, &Block))| {
            let rank = u16::try_from(at + 1).ok().and_then(laurel_domain::rules::tier::TierRank::new);
            let class = rank.map_or_else(String::new, tier_class);
            let middle = block.y + block.height / 2.0;
            view! {
                <g class=class>
                    <rect class="flow-bar" x=format!("{x:.1}") y=format!("{:.1}", block.y) width=BAR.to_string() height=format!("{:.1}", block.height) rx="3"></rect>
                    <text class="lab-chart-name" x=format!("{text_x:.1}") y=format!("{:.1}", middle - 1.0) text-anchor=anchor>{lang.of(&row.name).to_owned()}</text>
                    <text class="lab-chart-number" x=format!("{text_x:.1}") y=format!("{:.1}", middle + 15.0) text-anchor=anchor>{words::count(row.members)}</text>
                </g>
            }
        };
        rows.iter().zip(blocks).enumerate().map(one).collect_view()
    };
    let names =
        (side(&tiers.baseline, &from, LEFT, LEFT - 10.0, "end"), side(&tiers.draft, &to, right - BAR, right + 10.0, "start"));
    view! {
        <svg class="lab-chart" viewBox=format!("0 -14 {WIDTH} {:.0}", HEIGHT + 28.0) role="img" aria-label=lang.lab().flow_alt>
            {ribbons}{names.0}{names.1}
        </svg>
    }
}

/// What a range is called: where it begins, short.
pub fn range_name(lang: Lang, row: &SpreadRow) -> String {
    let t = lang.lab();
    match row.from {
        None => t.below_zero.to_owned(),
        Some(from) if from == Points::ZERO => t.zero.to_owned(),
        Some(from) if from < Points::from_hundredths(100) => "<1".to_owned(),
        Some(from) => format!("{}+", short(from.hundredths() / 100)),
    }
}

fn short(number: i64) -> String {
    match number {
        ..1_000 => number.to_string(),
        1_000..1_000_000 => format!("{}k", number / 1_000),
        1_000_000..1_000_000_000 => format!("{}M", number / 1_000_000),
        _ => format!("{}G", number / 1_000_000_000),
    }
}

/// What both sides have of something, as the reader of charts takes it.
fn told(lang: Lang, name: &str, was: &str, is: &str) -> String {
    let t = lang.lab();
    format!("{name}\n{}{BEFORE_VALUE}{was}\n{}{BEFORE_VALUE}{is}", t.in_force, t.under_draft)
}

/// Where a chart says what it has at a place, from the top of the plot to its ground.
fn hit([x, wide]: [f64; 2], high: f64, marks: String, told: String) -> AnyView {
    let marks = (!marks.is_empty()).then_some(marks);
    view! {
        <rect class="hit" data-y=marks x=format!("{x:.1}") y="0" width=format!("{wide:.1}") height=format!("{high:.0}")><title>{told}</title></rect>
    }
    .into_any()
}

/// Pairs of bars: in force, and under the draft.
#[component]
pub fn SpreadChart(lang: Lang, rows: Vec<SpreadRow>) -> impl IntoView {
    const HEIGHT: f64 = 180.0;
    let most = rows.iter().map(|row| row.baseline.max(row.draft)).max().unwrap_or(1).max(1) as f64;
    let step = WIDTH / rows.len().max(1) as f64;
    let every = rows.len().div_ceil(10).max(1);
    let bar = |x: f64, members: u64, class: &'static str| {
        let height = if members == 0 { 0.0 } else { (members as f64 / most * HEIGHT).max(1.5) };
        view! { <rect class=class x=format!("{x:.1}") y=format!("{:.1}", HEIGHT - height) width=format!("{:.1}", step * 0.36) height=format!("{height:.1}") rx="2"></rect> }
    };
    let one = |(at, row): (usize, &SpreadRow)| {
        let x = step * at as f64;
        let name = range_name(lang, row);
        let [was, is] = [row.baseline, row.draft].map(words::count);
        let hit = hit([x, step], HEIGHT, String::new(), told(lang, &name, &was, &is));
        let text = (at % every == 0).then(|| {
            view! { <text class="lab-chart-axis" x=format!("{:.1}", x + step / 2.0) y=format!("{:.1}", HEIGHT + 18.0) text-anchor="middle">{name.clone()}</text> }
        });
        view! {
            {bar(x + step * 0.12, row.baseline, "bar-was")}
            {bar(x + step * 0.52, row.draft, "bar-is")}
            {text}
            {hit}
        }
    };
    let bars = rows.iter().enumerate().map(one).collect_view();
    view! {
        <ReadAlong>
            <svg class="lab-chart" viewBox=format!("0 -6 {WIDTH} {:.0}", HEIGHT + 30.0) role="img" aria-label=lang.lab().spread_alt>
                <line class="lab-chart-line" x1="0" x2=WIDTH.to_string() y1=HEIGHT.to_string() y2=HEIGHT.to_string()></line>
                {bars}
            </svg>
        </ReadAlong>
    }
}

/// Two lines: what outstanding points are worth at the end of each month.
#[component]
pub fn MonthsChart(lang: Lang, rows: Vec<MonthRow>, currency: Currency) -> impl IntoView {
    const HEIGHT: f64 = 200.0;
    const LEFT: f64 = 84.0;
    let values = |row: &MonthRow| (row.baseline.liability.minor as f64, row.draft.liability.minor as f64);
    let most = rows.iter().map(|row| values(row).0.max(values(row).1)).fold(1.0, f64::max);
    let x = |at: usize| LEFT + (WIDTH - LEFT - 8.0) * at as f64 / (rows.len().max(2) - 1) as f64;
    let y = |value: f64| HEIGHT - value.max(0.0) / most * HEIGHT;
    let line = |pick: fn((f64, f64)) -> f64| {
        let point = |(at, row): (usize, &MonthRow)| format!("{:.1},{:.1}", x(at), y(pick(values(row))));
        rows.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
    };
    let (was, is) = (line(|(was, _)| was), line(|(_, is)| is));
    let area = format!("{:.1},{HEIGHT} {is} {:.1},{HEIGHT}", x(0), x(rows.len().saturating_sub(1)));
    let exponent = rows.first().map_or(2, |row| row.baseline.liability.exponent);
    let grid = [0.0, 0.5, 1.0].map(|share| {
        let value = laurel_domain::lab::sum::Amount { minor: (most * share) as i128, exponent };
        let at = y(most * share);
        view! {
            <line class="lab-chart-line" x1=LEFT.to_string() x2=WIDTH.to_string() y1=format!("{at:.1}") y2=format!("{at:.1}")></line>
            <text class="lab-chart-axis" x=format!("{:.1}", LEFT - 8.0) y=format!("{:.1}", at + 4.0) text-anchor="end">{words::money(value, currency)}</text>
        }
    });
    let every = rows.len().div_ceil(6).max(1);
    let label = |(at, row): (usize, &MonthRow)| {
        let last = at + 1 == rows.len();
        (at % every == 0 || last).then(|| {
            let anchor = if last { "end" } else { "middle" };
            view! { <text class="lab-chart-axis" x=format!("{:.1}", x(at)) y=format!("{:.1}", HEIGHT + 20.0) text-anchor=anchor>{row.month.clone()}</text> }
        })
    };
    // the last label has its room
    let labels = rows
        .iter()
        .enumerate()
        .filter(|(at, _)| at + 1 == rows.len() || at + every < rows.len() || *at == 0)
        .map(label)
        .collect_view();
    let wide = (WIDTH - LEFT - 8.0) / (rows.len().max(2) - 1) as f64;
    let hits = rows.iter().enumerate().map(|(at, row)| {
        let [was, is] = [&row.baseline, &row.draft].map(|side| words::money(side.liability, currency));
        let (was_y, is_y) = (y(values(row).0), y(values(row).1));
        hit([x(at) - wide / 2.0, wide], HEIGHT, format!("{was_y:.0} {is_y:.0}"), told(lang, &row.month, &was, &is))
    });
    let hits = hits.collect_view();
    view! {
        <ReadAlong>
            <svg class="lab-chart" viewBox=format!("0 -10 {WIDTH} {:.0}", HEIGHT + 38.0) role="img" aria-label=lang.lab().months_alt>
                {grid}
                <polygon class="area-is" points=area></polygon>
                <polyline class="line-was" points=was></polyline>
                <polyline class="line-is" points=is></polyline>
                {labels}
                {hits}
            </svg>
        </ReadAlong>
    }
}

/// What the colours of bars and lines are.
#[component]
pub fn Legend(lang: Lang) -> impl IntoView {
    let t = lang.lab();
    view! { <p class="legend small"><span class="key-was"></span>{t.in_force}<span class="key-is"></span>{t.under_draft}</p> }
}
