//! Redemptions: cash for many members while events come in, and what happens when everybody wants the same.

use anyhow::Context;
use serde_json::Value;

use super::{Bench, Served};
use crate::client::{Caller, Client};
use crate::events::{Events, FIRST_MEMBER, mixed};
use crate::load::{self, Outcome, Pace};

const NAME: &str = "redemptions";
/// Redemptions and events a second that arrive together.
const REDEMPTIONS: f64 = 100.0;
const EVENTS: f64 = 1_000.0;

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, time) = (bench.settings, bench.settings.time);
    let Served { database, server, caller } = bench.served().await?;
    let rich = rich(&caller, settings.members).await?;
    let voucher = voucher(&caller).await?;
    let cash = r#"{"reward":"cash","points":"1.00"}"#;
    let of_voucher = format!(r#"{{"reward":"{voucher}"}}"#);
    let mut accepted = rich.len();
    for round in 0..settings.repeats() {
        let of = |way: &str, member: u64, n: u64, body: &str| {
            let member = &rich[usize::try_from(member).unwrap_or_default() % rich.len()];
            Some(caller.post_once(&format!("/api/v1/members/{member}/redemptions"), body, &format!("{way}-{round}-{n}")))
        };
        let events = Events::new(format!("r{round:03}"), settings.members);
        let spread = |n| of("spread", mixed(n), n, cash);
        let earning = |n| Some(caller.post("/api/v1/events", &events.json(n)));
        let addresses = [server.address];
        let (redeemed, earned) = tokio::try_join!(
            load::run(&addresses, 16, Pace::Open(REDEMPTIONS), time, &spread),
            load::run(&addresses, 16, Pace::Open(EVENTS), time, &earning),
        )?;
        accepted += earned.sound()?.accepted.len();
        note(bench, "100 a second of many members beside 1,000 events a second", &redeemed.sound()?);
        let many = |n| of("many", mixed(n), n, cash);
        note(bench, "64 connections, many members", &load::run(&addresses, 64, Pace::Closed, time, &many).await?.sound()?);
        let one = |n| of("one", round as u64, n, cash);
        note(bench, "64 connections, one member", &load::run(&addresses, 64, Pace::Closed, time, &one).await?.sound()?);
        // each of them once in a round, so that nobody runs out of points
        let same = |n: u64| if n < rich.len() as u64 { of("reward", n, n, &of_voucher) } else { None };
        note(bench, "64 connections, one reward", &load::run(&addresses, 64, Pace::Closed, time, &same).await?.sound()?);
    }
    server.stop().await?;
    bench.check(NAME, &database, accepted as u64).await?;
    database.remove().await
}

fn note(bench: &mut Bench<'_>, what: &str, outcome: &Outcome) {
    bench.figures.add(NAME, bench.kind, what, "a second", outcome.rate());
    bench.figures.add(NAME, bench.kind, format!("{what}: p50"), "ms", outcome.within(0.5));
    bench.figures.add(NAME, bench.kind, format!("{what}: p99"), "ms", outcome.within(0.99));
}

/// Gives a thousand members enough for everything that they will be asked for; who they are.
async fn rich(caller: &Caller, members: u64) -> anyhow::Result<Vec<String>> {
    let events = Events::new("fund", members);
    let names: Vec<String> = (FIRST_MEMBER..members).take(1_000).map(|no| format!("demo-{no}")).collect();
    let paid: Vec<String> = (0..).zip(&names).map(|(n, name)| events.json_with(n, name, "50000.00")).collect();
    let body = format!(r#"{{"events":[{}]}}"#, paid.join(","));
    Client::connect(caller.address).await?.send(&caller.post("/api/v1/events", &body)).await?.expect(&[200])?;
    Ok(names)
}

/// A voucher that there is no end of.
async fn voucher(caller: &Caller) -> anyhow::Result<String> {
    let answer = Client::connect(caller.address).await?.send(&caller.get("/api/v1/rewards")).await?.expect(&[200])?;
    let list: Value = serde_json::from_slice(&answer.body)?;
    let endless = |item: &&Value| item["kind"] == "voucher" && item["left"].is_null() && item["least_tier"].is_null();
    let voucher = list["data"].as_array().and_then(|all| all.iter().find(endless)).context("no such voucher")?;
    voucher["id"].as_str().map(str::to_owned).context("a voucher without an id")
}
