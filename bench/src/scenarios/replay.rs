//! How fast the rules lab makes history again: in one process, without a database.

use std::path::Path;

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::figures::Figures;

const SCENARIO: &str = "replay, one core";

/// Measures that. What was measured is in turns, so that ratios are taken within each round.
pub async fn run(program: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    add(program, SCENARIO, figures).await?;
    figures.compare_apart(SCENARIO, "made again out of columns", "a bare loop over the same columns");
    Ok(())
}

/// Builds the columns of 100 million events, which takes 2 GiB and a minute, and makes them again on all cores.
pub async fn hold(program: &Path, figures: &mut Figures) -> anyhow::Result<()> {
    add(program, "a history in memory", figures).await
}

/// Runs a program that says a line for each round: what, the value and its unit, between tabs.
async fn add(program: &Path, scenario: &'static str, figures: &mut Figures) -> anyhow::Result<()> {
    let done = Command::new(program).output().await.with_context(|| program.display().to_string())?;
    if !done.status.success() {
        bail!("{}: {}", program.display(), String::from_utf8_lossy(&done.stderr));
    }
    for line in String::from_utf8(done.stdout)?.lines() {
        let (what, rest) = line.split_once('\t').context("no tab")?;
        let (value, unit) = rest.split_once('\t').context("no second tab")?;
        figures.add_apart(scenario, what, unit, value.parse()?);
    }
    Ok(())
}
