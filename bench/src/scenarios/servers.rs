//! One to four processes that serve on one PostgreSQL, on this one machine.

use std::net::SocketAddr;

use super::Bench;
use crate::client::Caller;
use crate::events::Events;
use crate::laurel::{self, Server};
use crate::load::{self, Pace};

const NAME: &str = "servers on one PostgreSQL";
const MOST: usize = 4;

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let database = bench.base.copy("laurel").await?;
    let key = laurel::key(settings, &database).await?;
    let mut servers = Vec::new();
    for _ in 0..MOST {
        servers.push(Server::start(settings, &database).await?);
    }
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    let caller = Caller::with_key(addresses[0], &key);
    let mut accepted = 0;
    for round in 0..settings.repeats() {
        for count in 1..=MOST {
            for (way, size, connections) in [("s", 1, 64), ("b", 1_000, 4)] {
                let events = Events::new(format!("{way}{count}{round:02}"), settings.members);
                let body = |n| if size == 1 { events.json(n) } else { events.batch(n, size) };
                let next = |n| Some(caller.post("/api/v1/events", &body(n)));
                let load = load::run(&addresses[..count], connections, Pace::Closed, settings.time, &next);
                let outcome = load.await?.sound()?;
                accepted += outcome.accepted.len() as u64 * size;
                let what = if size == 1 { "one event a request, 64 connections" } else { "1,000 events a request, 4 at once" };
                let what = format!("{count} process{}: {what}", if count == 1 { "" } else { "es" });
                bench.figures.add(NAME, kind, &what, "events/s", outcome.rate() * size as f64);
                bench.figures.add(NAME, kind, format!("{what}: p99"), "ms", outcome.within(0.99));
            }
        }
    }
    for server in servers {
        server.stop().await?;
    }
    bench.check(NAME, &database, accepted).await?;
    database.remove().await
}
