//! Rules with other tiers are published while events come in, and every member is rated anew.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::{Bench, Served};
use crate::events::Events;
use crate::laurel;
use crate::load::{self, Pace};

const NAME: &str = "re-rating";
const EVENTS: f64 = 200.0;
/// Also on a slow machine, a million members take less.
const PATIENCE: Duration = Duration::from_secs(600);
/// The job is under way when no more of the members than this are still rated by the rules of before.
const BEGUN: f64 = 0.85;

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let Served { database, server, caller } = bench.served().await?;
    let rules = laurel::command(settings, &database, &["rules", "show"]).await?.0;
    let file = settings.folder.join("rules.json");
    std::fs::write(&file, with_another_tier(&rules)?)?;
    let file = file.display().to_string();
    let events = Events::new("rate", settings.members);
    let next = |n| Some(caller.post("/api/v1/events", &events.json(n)));

    let publishing = async {
        // in the middle of a steady load
        tokio::time::sleep(Duration::from_millis(300)).await;
        let began = Instant::now();
        laurel::command(settings, &database, &["rules", "publish", "--replace", &file]).await?;
        let published = began.elapsed();
        // another process published, so that the server learns of it by looking now and then; until its job begins, those who pay are
        // rated one by one
        let mut begun = None;
        loop {
            let left = database.number_and_rest("select cast(count(*) as bigint) from members where rated_by < 2").await?;
            if begun.is_none() && left < settings.members as f64 * BEGUN {
                begun = Some((began.elapsed(), left));
            }
            if let (Some((waited, of)), true) = (begun, left == 0.0) {
                break anyhow::Ok((published, waited, of / (began.elapsed() - waited).as_secs_f64()));
            }
            anyhow::ensure!(began.elapsed() < PATIENCE, "members are still rated by the old rules");
        }
    };
    let most = Duration::from_secs_f64(2.0 + settings.members as f64 / 10_000.0);
    let addresses = [caller.address];
    let (outcome, (published, waited, rate)) =
        tokio::try_join!(load::run(&addresses, 32, Pace::Open(EVENTS), most, &next), publishing)?;
    let outcome = outcome.sound()?;
    let figures = &mut bench.figures;
    figures.add(NAME, kind, "laurel rules publish, with other tiers", "ms", published.as_secs_f64() * 1_000.0);
    figures.add(NAME, kind, "until the server's job is under way", "ms", waited.as_secs_f64() * 1_000.0);
    figures.add(NAME, kind, "members rated anew from then on", "a second", rate);
    figures.add(NAME, kind, "200 events a second meanwhile: p99", "ms", outcome.within(0.99));
    figures.add(NAME, kind, "200 events a second meanwhile: the slowest", "ms", outcome.within(1.0));
    server.stop().await?;
    bench.check(NAME, &database, outcome.accepted.len() as u64).await?;
    database.remove().await
}

/// The rules, but the second tier takes more points.
fn with_another_tier(rules: &str) -> anyhow::Result<String> {
    let mut rules: Value = serde_json::from_str(rules)?;
    *rules.pointer_mut("/ladder/tiers/1/from").context("rules of one tier")? = json!("150");
    Ok(rules.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_threshold_is_another() {
        let rules = r#"{"alpha":"1","ladder":{"tiers":[{"from":"0"},{"from":"100"}]}}"#;
        let other = with_another_tier(rules).unwrap();
        assert_eq!(other, r#"{"alpha":"1","ladder":{"tiers":[{"from":"0"},{"from":"150"}]}}"#);
        assert!(with_another_tier(r#"{"ladder":{"tiers":[{"from":"0"}]}}"#).is_err());
    }
}
