//! One event a request, with one key, against the ledger in plain SQL and the application in Django.

use std::net::SocketAddr;
use std::time::Duration;

use super::{Bench, Served};
use crate::against::django::Django;
use crate::against::ledger::Ledger;
use crate::client::Caller;
use crate::events::Events;
use crate::load::{self, Outcome, Pace};

const NAME: &str = "single events over HTTP";
const CONNECTIONS: [usize; 3] = [1, 64, 512];
const LEDGER: &str = "ledger in plain SQL, without HTTP";
const DJANGO: &str = "Django, 64 connections";

fn at(connections: usize) -> String {
    format!("{connections} connection{}", if connections == 1 { "" } else { "s" })
}

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind, time) = (bench.settings, bench.kind, bench.settings.time);
    let Served { database, server, caller } = bench.served().await?;
    let ledger = Ledger::make(settings, kind, settings.members).await?;
    let django = Django::start(settings, kind, settings.members).await?;
    let (mut accepted, mut answered) = (0, 0);
    // whatever is prepared once is prepared now
    accepted += singles(&caller, Events::new("warm", settings.members), 8, Pace::Closed, time / 2).await?.accepted.len();
    for round in 0..settings.rounds {
        for (way, connections) in CONNECTIONS.into_iter().enumerate() {
            let events = Events::new(format!("s{way}{round:02}"), settings.members);
            let load = singles(&caller, events, connections, Pace::Closed, time);
            let (outcome, flushes) = bench.flushed(load).await?;
            accepted += outcome.accepted.len();
            note(bench, &at(connections), &outcome);
            if let (1, Some(flushes)) = (connections, flushes) {
                let each = flushes / outcome.accepted.len() as f64;
                bench.figures.add(NAME, kind, "1 connection: flushes of the disk", "for each event", each);
            }
        }
        let events = Events::new(format!("h{round:03}"), settings.members);
        let next = |n| Some(caller.post("/api/v1/events", &events.json_of(n, "demo-130")));
        let outcome = load::run(&[server.address], 64, Pace::Closed, time, &next).await?.sound()?;
        accepted += outcome.accepted.len();
        note(bench, "64 connections, all of one member", &outcome);

        let events = Events::new(format!("l{round:03}"), settings.members);
        let written = ledger.singles(&events, time).await?;
        bench.figures.add(NAME, kind, LEDGER, "events/s", written.rate());
        if let Some(django) = &django {
            let next = |n| Some(django.caller.post("/events", &events.json(n)));
            let outcome = load::run(&[django.caller.address], 64, Pace::Closed, time, &next).await?.sound()?;
            answered += outcome.accepted.len() as u64;
            note(bench, DJANGO, &outcome);
        }
    }
    let most = bench.figures.median(NAME, kind, &at(64)).unwrap_or_default();
    for round in 0..settings.rounds {
        let events = Events::new(format!("o{round:03}"), settings.members);
        let outcome = singles(&caller, events, 64, Pace::Open(most / 2.0), time).await?;
        accepted += outcome.accepted.len();
        note(bench, "64 connections at half of that load", &outcome);
    }
    bench.figures.compare(NAME, kind, &at(64), LEDGER);
    bench.figures.compare(NAME, kind, &at(64), DJANGO);
    server.stop().await?;
    bench.check(NAME, &database, accepted as u64).await?;
    ledger.check().await?;
    ledger.database.remove().await?;
    if let Some(django) = django {
        django.check(answered).await?;
        django.stop().await?;
    }
    database.remove().await
}

async fn singles(caller: &Caller, events: Events, connections: usize, pace: Pace, time: Duration) -> anyhow::Result<Outcome> {
    let next = |n| Some(caller.post("/api/v1/events", &events.json(n)));
    let addresses: [SocketAddr; 1] = [caller.address];
    load::run(&addresses, connections, pace, time, &next).await?.sound()
}

fn note(bench: &mut Bench<'_>, what: &str, outcome: &Outcome) {
    bench.figures.add(NAME, bench.kind, what, "events/s", outcome.rate());
    bench.figures.add(NAME, bench.kind, format!("{what}: p50"), "ms", outcome.within(0.5));
    bench.figures.add(NAME, bench.kind, format!("{what}: p99"), "ms", outcome.within(0.99));
}
