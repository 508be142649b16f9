//! Members along the tier ladder: how many have gathered how much of what tiers go by, with the thresholds on it. As in force above,
//! under the draft below, on one scale of doublings; where the two go by different things each has its own. `marks` places what
//! is written.

mod marks;

use laurel_domain::lab::flows::Pair;
use laurel_domain::lab::ladder::LadderSide;
use laurel_domain::lab::sum::Amount;
use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

use self::marks::{Flag, flags, ticks};
use super::words;
use crate::i18n::Lang;
use crate::pages::components::{TierBadge, tier_class};

/// Before the scale begins there is room for those with nothing.
const LEFT: f64 = 34.0;
const PANEL: f64 = 118.0;
const GUTTER: f64 = 42.0;
/// About how many bars are drawn.
const BARS: usize = 44;
/// How far beyond the thresholds the scale goes, in doublings: whoever is farther stands at its end.
const BELOW: f64 = 5.0;
const ABOVE: f64 = 6.0;

/// Which sides stand on one scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Panel {
    InForce,
    Draft,
}

/// Members from one figure to before another.
#[derive(Clone, Copy, Debug)]
struct Bar {
    from: Amount,
    to: Amount,
    members: u64,
}

/// Doublings, from where to where, over a width.
#[derive(Clone, Copy, Debug)]
struct Scale {
    first: f64,
    last: f64,
    width: f64,
}

impl Scale {
    fn x(&self, figure: Amount) -> f64 {
        let at = (doublings(figure) - self.first) / (self.last - self.first);
        LEFT + at.clamp(0.0, 1.0) * (self.width - LEFT)
    }
}

fn doublings(figure: Amount) -> f64 {
    (figure.minor.max(1) as f64).log2()
}

/// Thresholds above nothing.
fn thresholds(side: &LadderSide) -> impl Iterator<Item = Amount> {
    side.thresholds.iter().map(|threshold| threshold.from).filter(|from| from.minor > 0)
}

/// The bars of each side, all with the same bounds.
fn bars(sides: &[&LadderSide]) -> Vec<Vec<Bar>> {
    let bounds = || sides.iter().flat_map(|side| thresholds(side)).map(doublings);
    let (low, high) = (bounds().fold(f64::MAX, f64::min) - BELOW, bounds().fold(f64::MIN, f64::max) + ABOVE);
    let is_within = |range: &laurel_domain::lab::ladder::LadderRange| {
        bounds().next().is_none() || (doublings(range.to) > low && doublings(range.from) < high)
    };
    let of = |side: &&LadderSide| {
        let first = side.ranges.iter().position(is_within).unwrap_or(0);
        let last = side.ranges.iter().rposition(is_within).map_or(0, |last| last + 1).max(first);
        let (before, rest) = side.ranges.split_at(first);
        let (within, after) = rest.split_at(last - first);
        let sum = |ranges: &[laurel_domain::lab::ladder::LadderRange]| ranges.iter().map(|range| range.members).sum::<u64>();
        let mut bars: Vec<Bar> = within
            .chunks(within.len().div_ceil(BARS).max(1))
            .map(|ranges| Bar { from: ranges[0].from, to: ranges[ranges.len() - 1].to, members: sum(ranges) })
            .collect();
        if let Some(first) = bars.first_mut() {
            first.members += sum(before);
        }
        if let Some(last) = bars.last_mut() {
            last.members += sum(after);
        }
        bars
    };
    sides.iter().map(of).collect()
}

fn rank_at(side: &LadderSide, figure: Amount) -> TierRank {
    let reached = side.thresholds.iter().filter(|threshold| threshold.from.minor <= figure.minor).count();
    u16::try_from(reached).ok().and_then(TierRank::new).unwrap_or(TierRank::FIRST)
}

/// One side as it is drawn.
struct Drawing<'d> {
    lang: Lang,
    panel: Panel,
    side: &'d LadderSide,
    bars: &'d [Bar],
    scale: Scale,
    /// Where its bars stand, and how many members the highest is.
    y: f64,
    most: u64,
}

impl Drawing<'_> {
    fn height(&self, members: u64) -> f64 {
        if members == 0 { 0.0 } else { (members as f64 / self.most.max(1) as f64 * PANEL).clamp(2.0, PANEL) }
    }

    /// The upper edge of something so high that stands on the scale: below, it hangs from it.
    fn top(&self, height: f64) -> f64 {
        if self.panel == Panel::InForce { self.y - height } else { self.y }
    }

    /// So far from the scale.
    fn away(&self, distance: f64) -> f64 {
        if self.panel == Panel::InForce { self.y - distance } else { self.y + distance }
    }

    fn rect(&self, class: String, x: f64, width: f64, height: f64) -> AnyView {
        let (x, y) = (format!("{x:.1}"), format!("{:.1}", self.top(height)));
        view! { <rect class=class x=x y=y width=format!("{:.1}", width.max(0.6)) height=format!("{height:.1}")></rect> }
            .into_any()
    }

    /// A bar, in the colours of the tiers that it reaches over.
    fn bar(&self, bar: &Bar) -> AnyView {
        let inside = thresholds(self.side).filter(|at| bar.from.minor < at.minor && at.minor < bar.to.minor);
        let edges: Vec<Amount> = [bar.from].into_iter().chain(inside).chain([bar.to]).collect();
        let height = self.height(bar.members);
        let pieces = edges.windows(2).map(|edge| {
            let (from, to) = (self.scale.x(edge[0]), self.scale.x(edge[1]));
            let gap = if edge[1].minor == bar.to.minor { 1.0 } else { 0.0 };
            self.rect(format!("ladder-bar {}", tier_class(rank_at(self.side, edge[0]))), from, to - from - gap, height)
        });
        let told = format!("{}–{}: {}", bar.from, bar.to, words::count(bar.members));
        view! { <g>{pieces.collect_view()}<title>{told}</title></g> }.into_any()
    }

    fn none(&self) -> Option<AnyView> {
        let t = self.lang.lab();
        (self.side.none > 0).then(|| {
            let height = self.height(self.side.none);
            let told = format!("{}: {}", t.zero, words::count(self.side.none));
            let bar = self.rect(format!("ladder-bar {}", tier_class(TierRank::FIRST)), 4.0, 16.0, height);
            let y = self.away(if self.panel == Panel::InForce { height + 5.0 } else { height + 15.0 });
            view! {
                <g>
                    {bar}<title>{told}</title>
                    <text class="lab-chart-axis" x="12" y=format!("{y:.1}") text-anchor="middle">{words::count(self.side.none)}</text>
                </g>
            }
            .into_any()
        })
    }

    /// A threshold's line, as far as its name.
    fn flag(&self, flag: &Flag) -> AnyView {
        let row = flag.row.map_or(0.0, |row| (row as f64 + 1.0) * marks::ROW);
        let (x, end) = (format!("{:.1}", flag.x), format!("{:.1}", self.away(PANEL + row)));
        let text_y = format!("{:.1}", self.away(PANEL + row) + if self.panel == Panel::InForce { 12.0 } else { -2.0 });
        let line = (!flag.is_first).then(|| {
            view! { <line class="ladder-line" x1=x.clone() x2=x.clone() y1=format!("{:.1}", self.y) y2=end></line> }
        });
        let value = flag.value.clone();
        let name = flag.row.map(|_| {
            view! {
                <text class="ladder-name" x=format!("{:.1}", flag.x + 5.0) y=text_y>
                    {flag.name.clone()}<tspan class="ladder-from" dx="5">{value}</tspan>
                </text>
            }
        });
        view! { <g class=tier_class(flag.rank)>{line}{name}</g> }.into_any()
    }

    /// The outline of other bars.
    fn outline(&self, bars: &[Bar]) -> AnyView {
        let corner = |bar: &Bar| {
            let y = self.away(self.height(bar.members));
            format!("L{:.1} {y:.1}L{:.1} {y:.1}", self.scale.x(bar.from), self.scale.x(bar.to))
        };
        let ends = bars.first().zip(bars.last()).map(|(first, last)| (self.scale.x(first.from), self.scale.x(last.to)));
        let (x0, x1) = ends.unwrap_or((LEFT, LEFT));
        let path = format!("M{x0:.1} {:.1}{}L{x1:.1} {:.1}", self.y, bars.iter().map(corner).collect::<String>(), self.y);
        view! { <path class="ladder-was" d=path></path> }.into_any()
    }

    fn name(&self) -> AnyView {
        let t = self.lang.lab();
        let name = if self.panel == Panel::InForce { t.in_force } else { t.under_draft };
        let y = self.away(if self.panel == Panel::InForce { PANEL - 12.0 } else { PANEL - 2.0 });
        view! { <text class="ladder-side" x=format!("{:.1}", self.scale.width) y=format!("{y:.1}") text-anchor="end">{name}</text> }
            .into_any()
    }
}

/// One scale, with a side above it, below it, or both.
#[component]
fn OneScale(lang: Lang, sides: Vec<LadderSide>, panels: Vec<Panel>, width: f64, class: &'static str) -> impl IntoView {
    let both: Vec<&LadderSide> = sides.iter().collect();
    let bars = bars(&both);
    let most = bars.iter().flatten().map(|bar| bar.members).max().unwrap_or(1);
    let scale = marks::scale(lang, &both, &bars, width);
    let is_drawn = |panel: Panel| panels.contains(&panel);
    let gutter = if panels.len() == 2 { GUTTER } else { GUTTER / 2.0 };
    let (above, below) = (0.0, if is_drawn(Panel::InForce) { gutter } else { 0.0 });
    let drawing = |at: usize| {
        let panel = panels[at];
        let y = if panel == Panel::InForce { above } else { below };
        Drawing { lang, panel, side: both[at], bars: &bars[at], scale, y, most }
    };
    let mut edges = [-2.0_f64, below + if is_drawn(Panel::Draft) { 0.0 } else { 2.0 }];
    let drawn = (0..both.len()).map(|at| {
        let drawing = drawing(at);
        let flags = flags(lang, drawing.side, scale);
        let rows = flags.iter().filter_map(|flag| flag.row).max().map_or(0.0, |row| row as f64 + 1.0);
        let far = drawing.away(PANEL + rows * marks::ROW + 4.0);
        edges = [edges[0].min(far), edges[1].max(far)];
        let was = (drawing.panel == Panel::Draft && at > 0).then(|| drawing.outline(&bars[0]));
        view! {
            <g>
                {drawing.bars.iter().map(|bar| drawing.bar(bar)).collect_view()}
                {drawing.none()}{was}
                {flags.iter().map(|flag| drawing.flag(flag)).collect_view()}
                {drawing.name()}
            </g>
        }
        .into_any()
    });
    let drawn: Vec<AnyView> = drawn.collect();
    let moved = (both.len() == 2).then(|| moved(&both, scale, [above, below]));
    let axis = move |y: f64| view! { <line class="ladder-axis" x1="0" x2=width.to_string() y1=format!("{y:.1}") y2=format!("{y:.1}")></line> };
    let axes = match both.len() {
        2 => view! { {axis(above)}{axis(below)} }.into_any(),
        _ => axis(if is_drawn(Panel::InForce) { above } else { below }).into_any(),
    };
    let ticks = ticks(scale, &bars[0]).into_iter().map(|(x, text)| {
        let y = above + gutter / 2.0 + 4.5;
        view! { <text class="ladder-tick" x=format!("{x:.1}") y=format!("{y:.1}") text-anchor="middle">{text}</text> }
    });
    let ticks = ticks.collect_view();
    let view_box = format!("0 {:.0} {width:.0} {:.0}", edges[0], edges[1].max(gutter) - edges[0]);
    let class = format!("lab-chart ladder {class}");
    view! { <svg class=class viewBox=view_box role="img" aria-label=lang.lab().ladder_alt>{drawn}{moved}{axes}{ticks}</svg> }
}

/// From each threshold as it was to the one of the tier with the same name.
fn moved(sides: &[&LadderSide], scale: Scale, [above, below]: [f64; 2]) -> AnyView {
    let [was, is] = [sides[0], sides[1]];
    let same = |threshold: &laurel_domain::lab::ladder::Threshold| is.thresholds.iter().find(|one| one.name == threshold.name);
    let line = |(at, threshold): (usize, &laurel_domain::lab::ladder::Threshold)| {
        let to = same(threshold).filter(|to| to.from.minor > 0 && threshold.from.minor > 0)?;
        let (x0, x1) = (format!("{:.1}", scale.x(threshold.from)), format!("{:.1}", scale.x(to.from)));
        let rank = u16::try_from(at + 1).ok().and_then(TierRank::new)?;
        Some(view! {
            <line class=format!("ladder-line {}", tier_class(rank)) x1=x0 x2=x1 y1=format!("{above:.1}") y2=format!("{below:.1}")></line>
        })
    };
    was.thresholds.iter().enumerate().filter_map(line).collect_view().into_any()
}

/// For a desk and, drawn narrower so that words keep their size, for a phone.
#[component]
pub fn LadderChart(lang: Lang, ladder: Pair<LadderSide>) -> impl IntoView {
    let Pair { baseline, draft } = ladder;
    let charts: Vec<(Vec<LadderSide>, Vec<Panel>)> = match baseline.basis == draft.basis {
        true => vec![(vec![baseline, draft], vec![Panel::InForce, Panel::Draft])],
        false => vec![(vec![baseline], vec![Panel::InForce]), (vec![draft], vec![Panel::Draft])],
    };
    let one = |(sides, panels): (Vec<LadderSide>, Vec<Panel>)| {
        let told = sides[0].clone();
        let about = (sides.len() == 1).then(|| view! { <p class="mute small">{marks::gone_by(lang, &told)}</p> });
        view! {
            {about}
            <OneScale lang sides=sides.clone() panels=panels.clone() width=560.0 class="ladder-wide"/>
            <OneScale lang sides panels width=330.0 class="ladder-narrow"/>
        }
    };
    charts.into_iter().map(one).collect_view()
}

/// What is drawn, as numbers.
#[component]
pub fn LadderTable(lang: Lang, ladder: Pair<LadderSide>) -> impl IntoView {
    let Pair { baseline, draft } = ladder;
    match baseline.basis == draft.basis {
        true => view! { <Rows lang sides=vec![baseline, draft]/> }.into_any(),
        false => view! { <Rows lang sides=vec![baseline]/><Rows lang sides=vec![draft]/> }.into_any(),
    }
}

#[component]
fn Rows(lang: Lang, sides: Vec<LadderSide>) -> impl IntoView {
    let t = lang.lab();
    let both: Vec<&LadderSide> = sides.iter().collect();
    let bars = bars(&both);
    let tier = |side: &LadderSide, from: Amount| {
        let rank = rank_at(side, from);
        let name = side.thresholds.get(rank.index()).map(|threshold| lang.of(&threshold.name).to_owned()).unwrap_or_default();
        view! { <TierBadge rank name/> }
    };
    let cells = |side: usize, from: Amount, members: u64| {
        view! { <td class="num">{words::count(members)}</td><td>{tier(both[side], from)}</td> }
    };
    let row = |at: usize| {
        let from = bars[0][at].from;
        let cells = (0..both.len()).map(|side| cells(side, from, bars[side][at].members)).collect_view();
        view! { <tr><th scope="row">{marks::short(from)}"–"{marks::short(bars[0][at].to)}</th>{cells}</tr> }
    };
    let nothing = Amount { minor: 0, exponent: 2 };
    let none = (0..both.len()).map(|side| cells(side, nothing, both[side].none)).collect_view();
    let names: Vec<&'static str> = match both.len() {
        2 => vec![t.in_force, t.under_draft],
        _ => vec![t.members],
    };
    let heads = names.into_iter().map(|name| view! { <th class="num">{name}</th><th>{t.tier}</th> }).collect_view();
    let rows = (0..bars[0].len()).map(row).collect_view();
    view! {
        <div class="table tall" role="region" tabindex="0" aria-label=t.ladder_title>
            <table><thead><tr><th>{marks::gone_by(lang, both[0])}</th>{heads}</tr></thead><tbody><tr><th scope="row">{t.zero}</th>{none}</tr>{rows}</tbody></table>
        </div>
    }
}

/// What is to be known before it is looked at.
#[component]
pub fn LadderAbout(lang: Lang, ladder: Pair<LadderSide>) -> impl IntoView {
    let t = lang.lab();
    let about = (ladder.baseline.basis == ladder.draft.basis).then(|| {
        view! { <p class="mute small measure">{(t.ladder_about)(&marks::gone_by(lang, &ladder.draft))}</p> }
    });
    let lasts = ladder.baseline.has_validity || ladder.draft.has_validity;
    let lasts = lasts.then(|| view! { <p class="mute small measure">{t.ladder_lasts}</p> });
    view! { {about}{lasts} }
}
