//! Everybody's points lapse at once: how many members a second the job brings up to date.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::Bench;
use crate::database::Database;
use crate::events::Events;
use crate::laurel;

const NAME: &str = "expiry";
/// Also on a slow machine, a million members take less.
const PATIENCE: Duration = Duration::from_secs(600);

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let database = Database::empty(settings, kind, "laurel").await?;
    let usual = laurel::command(settings, &bench.base, &["rules", "show"]).await?.0;
    let rules = settings.folder.join("expiry.json");
    std::fs::write(&rules, lapsing_after_a_month(&usual)?)?;
    let rules = rules.display().to_string();
    laurel::command(settings, &database, &["init", "--currency", "CNY", "--rules", &rules]).await?;

    // a payment of each a hundred days ago: what it earned lapsed seventy days ago, which nobody has posted yet
    let file = settings.folder.join("lapsing.csv");
    payments(&file, settings.members)?;
    let name = file.display().to_string();
    laurel::command(settings, &database, &["import", "--enrol", &name]).await?;
    std::fs::remove_file(&file)?;
    database.settle().await?;
    let lapsing = database.number(LAPSING).await?;
    anyhow::ensure!(lapsing == settings.members as f64, "{lapsing} members have points that lapse");

    let began = Instant::now();
    let server = laurel::Server::start(settings, &database).await?;
    let took = loop {
        let asked = began.elapsed();
        let left = database.number_and_rest(LAPSING).await?;
        if left == 0.0 {
            break asked;
        }
        anyhow::ensure!(asked < PATIENCE, "points of {left} members have not lapsed");
    };
    server.stop().await?;
    bench.figures.add(NAME, kind, "members whose points lapse", "a second", settings.members as f64 / took.as_secs_f64());
    bench.check(NAME, &database, settings.members).await?;
    database.remove().await
}

const LAPSING: &str = "select cast(count(*) as bigint) from members where due_at is not null";

fn lapsing_after_a_month(rules: &str) -> anyhow::Result<String> {
    let mut rules: Value = serde_json::from_str(rules)?;
    *rules.get_mut("expiry").context("rules without expiry")? = json!({ "months": 1 });
    Ok(rules.to_string())
}

fn payments(file: &std::path::Path, members: u64) -> anyhow::Result<()> {
    let events = Events::long_ago("lpse", members);
    let mut out = BufWriter::new(File::create(file).with_context(|| file.display().to_string())?);
    writeln!(out, "event_id,kind,member,amount,currency,occurred_at,scene")?;
    for n in 0..members {
        writeln!(out, "{},payment,lapsing-{n},{}.00,CNY,{},e_payment", events.id(n), 10 + n % 90, events.occurred_at(n))?;
    }
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_expiry_is_another() {
        let other = lapsing_after_a_month(r#"{"alpha":"1","expiry":"never"}"#).unwrap();
        assert_eq!(other, r#"{"alpha":"1","expiry":{"months":1}}"#);
        assert!(lapsing_after_a_month(r#"{"alpha":"1"}"#).is_err());
    }
}
