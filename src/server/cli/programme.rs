//! `laurel programme`: shows the programme, and changes what can be changed.

use clap::Args;

use super::{Common, Ended, print_json};
use laurel_domain::look::Accent;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::programme::settings::{self, Change, NewUnit};

#[derive(Args)]
pub(super) struct Options {
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// What members collect, in Chinese (积分)
    #[arg(long)]
    unit_zh: Option<String>,
    /// One of what members collect, in English (point)
    #[arg(long)]
    unit_one: Option<String>,
    /// What members collect, in English (points)
    #[arg(long)]
    unit_many: Option<String>,
    /// Whether the API creates unknown members when it receives their first event
    #[arg(long)]
    enrol_on_event: Option<bool>,
    /// An accent colour, as #rrggbb, or `none` for Laurel's own
    #[arg(long)]
    accent: Option<String>,
}

pub(super) async fn run(common: &Common, options: Options) -> anyhow::Result<Ended> {
    let ledger = common.ledger().await?;
    let accent = match options.accent.as_deref() {
        None => None,
        Some("none") => Some(None),
        Some(typed) => Some(Some(Accent::parse(typed).map_err(|fault| anyhow::anyhow!("--accent {fault}"))?)),
    };
    let unit = NewUnit { zh: options.unit_zh, en_one: options.unit_one, en_many: options.unit_many };
    let change = Change { name: options.name, unit, enrol_on_event: options.enrol_on_event, accent };
    let programme = settings::change(&ledger, Authority::command_line(), change).await?;
    if common.is_json() {
        print_json(&programme)?;
        return Ok(Ended::Well);
    }
    let enrols = if programme.enrol_on_event { "enrol" } else { "do not enrol" };
    let unit = &programme.unit;
    out_line!("{} ({}, {}); events {enrols} unknown members", programme.name, programme.currency, programme.time_zone);
    out_line!("members collect {} ({}, {})", unit.en_many(), unit.en_one(), unit.zh());
    Ok(Ended::Well)
}
