//! The tables of a run as files. `?run=…&table=tiers|months|spread|sources|segments|movers`.

use axum::extract::{Request, State};
use axum::response::Response;
use laurel_domain::lab::report::{Report, TierRow};
use laurel_domain::lab::sum::Sum;
use laurel_domain::rules::terms::EarnKind;
use laurel_domain::rules::tier::TierRank;

use super::answer::{self, Asked};
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::web::csv::{Cell, Csv};
use crate::server::web::errors;
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::runs;

pub async fn answer(State(state): State<AppState>, request: Request) -> Response {
    let asked = Asked::of(&request);
    let visit = request.extensions().get::<Visit>().cloned().unwrap_or_default();
    let lang = visit.lang;
    if visit.staff.as_ref().is_none_or(|staff| !staff.role.may(Permission::Read)) {
        return answer::refuse(&asked, lang.errors().forbidden_title, &errors::forbidden(lang));
    }
    match made(&state, &visit).await {
        Ok(response) => response,
        Err(error) => answer::refuse(&asked, lang.errors().refused_title, &errors::of_app(lang, error)),
    }
}

async fn made(state: &AppState, visit: &Visit) -> Result<Response, AppError> {
    let id = visit.query("run").and_then(|id| id.parse().ok()).ok_or(AppError::NotFound)?;
    let report = runs::find(&state.ledger, id).await?.and_then(|run| run.report).ok_or(AppError::NotFound)?;
    let table = visit.query("table").unwrap_or_default();
    let csv = match table.as_str() {
        "tiers" => tiers(visit.lang, &report)?,
        "months" => months(visit.lang, &report)?,
        "spread" => spread(visit.lang, &report)?,
        "ladder" => ladder(visit.lang, &report)?,
        "sources" => sources(visit.lang, &report)?,
        "segments" => segments(visit.lang, &report)?,
        "movers" => movers(visit.lang, &report)?,
        _ => return Err(AppError::NotFound),
    };
    csv.attachment(&format!("laurel-lab-{table}-{id}.csv"))
}

fn tiers(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let mut head = vec![lang.rules_safety().from_to];
    head.extend(report.tiers.draft.iter().map(|tier| lang.of(&tier.name)));
    let mut csv = Csv::new(&head)?;
    for (row, counts) in report.tiers.baseline.iter().zip(&report.tiers.matrix) {
        let cells = counts.iter().map(Cell::number);
        csv.row([Cell::text(lang.of(&row.name))].into_iter().chain(cells))?;
    }
    Ok(csv)
}

fn months(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let t = lang.lab();
    let both = |label: &str| [format!("{label} · {}", t.in_force), format!("{label} · {}", t.under_draft)];
    let heads: Vec<String> =
        [t.month.to_owned()].into_iter().chain(both(t.outstanding)).chain(both(t.liability)).chain(both(t.issued)).collect();
    let mut csv = Csv::new(&heads.iter().map(String::as_str).collect::<Vec<_>>())?;
    for row in &report.months {
        let (was, is) = (&row.baseline, &row.draft);
        csv.row([
            Cell::text(row.month.clone()),
            Cell::number(was.outstanding),
            Cell::number(is.outstanding),
            Cell::number(was.liability),
            Cell::number(is.liability),
            Cell::number(was.flows.issued),
            Cell::number(is.flows.issued),
        ])?;
    }
    Ok(csv)
}

fn spread(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let t = lang.lab();
    let mut csv = Csv::new(&[t.range, t.range, t.in_force, t.under_draft])?;
    for row in &report.spread {
        let bound =
            |points: Option<laurel_domain::numbers::points::Points>| points.map_or_else(|| Cell::text(""), Cell::number);
        csv.row([bound(row.from), bound(row.to), Cell::number(row.baseline), Cell::number(row.draft)])?;
    }
    Ok(csv)
}

/// What was counted, finer than it is drawn.
fn ladder(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let t = lang.lab();
    let basis = lang.rules().basis;
    let mut csv = Csv::new(&[t.result, basis, t.range, t.range, t.members])?;
    let Some(ladder) = &report.ladder else { return Ok(csv) };
    for (name, side) in [(t.in_force, &ladder.baseline), (t.under_draft, &ladder.draft)] {
        let by = lang.rules().choice("basis", side.basis.name()).unwrap_or_default();
        let first = || [Cell::text(name), Cell::text(by)];
        csv.row(first().into_iter().chain([Cell::text(""), Cell::number("0.00"), Cell::number(side.none)]))?;
        for range in &side.ranges {
            let cells = [Cell::number(range.from), Cell::number(range.to), Cell::number(range.members)];
            csv.row(first().into_iter().chain(cells))?;
        }
    }
    Ok(csv)
}

fn sources(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let (t, terms) = (lang.lab(), lang.rules());
    let mut csv = Csv::new(&[t.source, t.in_force, t.under_draft])?;
    let kinds =
        EarnKind::ALL.into_iter().zip(&report.kinds).map(|(kind, row)| (terms.earned_by(kind), row.baseline, row.draft));
    let scenes = report.scenes.iter().map(|row| (terms.scene(row.scene), row.baseline, row.draft));
    for (name, was, is) in kinds.chain(scenes) {
        csv.row([Cell::text(name), Cell::number(was.issued - was.clawed_back), Cell::number(is.issued - is.clawed_back)])?;
    }
    Ok(csv)
}

fn segments(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let t = lang.lab();
    let plain = |head: &'static str| head.trim_start_matches('>').to_owned();
    let mean = |side: &str| format!("{} · {side}", plain(t.per_member));
    let mut head = vec![t.segment.to_owned(), plain(t.members_column), plain(t.payments_column), plain(t.paid_column)];
    head.extend([plain(t.issued_in_force), plain(t.issued_draft), mean(t.in_force), mean(t.under_draft)]);
    head.extend([t.higher.to_owned(), t.lower.to_owned()]);
    let tiers =
        |rows: &[TierRow], side: &str| rows.iter().map(|tier| format!("{} · {side}", lang.of(&tier.name))).collect::<Vec<_>>();
    head.extend(tiers(&report.tiers.baseline, t.in_force));
    head.extend(tiers(&report.tiers.draft, t.under_draft));
    let mut csv = Csv::new(&head.iter().map(String::as_str).collect::<Vec<_>>())?;
    for row in &report.segments.rows {
        let sums = [row.issued.baseline, row.issued.draft, row.mean.baseline, row.mean.draft].map(Cell::number);
        let counts = row.tiers.baseline.iter().chain(&row.tiers.draft).map(Cell::number);
        let cells = [
            Cell::text(t.segments[row.segment as usize]),
            Cell::number(row.members),
            Cell::number(row.payments),
            Cell::number(row.paid),
        ];
        csv.row(cells.into_iter().chain(sums).chain([Cell::number(row.raised), Cell::number(row.lowered)]).chain(counts))?;
    }
    Ok(csv)
}

/// Who gains most, then who loses most.
fn movers(lang: Lang, report: &Report) -> Result<Csv, AppError> {
    let t = lang.lab();
    let mut csv = Csv::new(&[t.member, t.in_force, t.under_draft, t.change, t.tier_in_force, t.tier_under_draft])?;
    let tier = |rows: &[TierRow], rank: TierRank| {
        rows.get(rank.index()).map(|tier| lang.of(&tier.name).to_owned()).unwrap_or_default()
    };
    for mover in report.gain_most.iter().chain(&report.lose_most) {
        let who = mover.external_id.clone().unwrap_or_else(|| mover.member.to_string());
        csv.row([
            Cell::text(who),
            Cell::number(mover.balance.baseline),
            Cell::number(mover.balance.draft),
            Cell::number(Sum(mover.change())),
            Cell::text(tier(&report.tiers.baseline, mover.tier.baseline)),
            Cell::text(tier(&report.tiers.draft, mover.tier.draft)),
        ])?;
    }
    Ok(csv)
}
