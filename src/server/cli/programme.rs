//! `laurel programme`: shows the programme, and changes what can be changed.

use clap::Args;

use super::{Common, Ended, print_json};
use laurel_domain::look::Accent;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::programme::settings::{self, Change};

#[derive(Args)]
pub(super) struct Options {
    /// Another name
    #[arg(long)]
    name: Option<String>,
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
    let change = Change { name: options.name, enrol_on_event: options.enrol_on_event, accent };
    let programme = settings::change(&ledger, Authority::command_line(), change).await?;
    if common.is_json() {
        print_json(&programme)?;
        return Ok(Ended::Well);
    }
    let enrols = if programme.enrol_on_event { "enrol" } else { "do not enrol" };
    out_line!("{} ({}, {}); events {enrols} unknown members", programme.name, programme.currency, programme.time_zone);
    Ok(Ended::Well)
}
