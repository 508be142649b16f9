//! The same at other sizes: what an event takes on disk, what the server takes of memory, and how long answers take.

use super::{Bench, reads};
use crate::client::Caller;
use crate::database::Database;
use crate::events::Events;
use crate::laurel::{self, Site};
use crate::load::{self, Pace, quantile};
use crate::machine;

/// Events of each member; of ten million one each, as a disk has an end.
fn events_of(members: u64) -> u64 {
    if members < 10_000_000 { members * 10 } else { members }
}

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    for members in bench.settings.sizes.clone() {
        let name = match members {
            10_000 => "10 thousand members",
            1_000_000 => "1 million members",
            10_000_000 => "10 million members",
            _ => "another number of members",
        };
        measure(bench, name, members).await?;
    }
    Ok(())
}

async fn measure(bench: &mut Bench<'_>, name: &'static str, members: u64) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let database = made(bench, name, members).await?;
    let entries = database.number("select cast(count(*) as bigint) from entries").await?;
    let bytes = database.bytes().await?;
    bench.figures.add(name, kind, "the database, for each entry, members and indexes included", "bytes", bytes / entries);
    let key = laurel::key(settings, &database).await?;
    let site = Site::open(settings, &database, &[]).await?;
    let caller = Caller::with_key(site.server.address, &key);
    let before = database.bytes_of_entries().await?;
    let mut accepted = 0;
    for round in 0..settings.repeats() {
        let events = Events::new(format!("g{round:03}"), members);
        let next = |n| Some(caller.post("/api/v1/events", &events.json(n)));
        let outcome = load::run(&[caller.address], 64, Pace::Closed, settings.time, &next).await?.sound()?;
        accepted += outcome.accepted.len() as u64;
        bench.figures.add(name, kind, "single events, 64 connections", "events/s", outcome.rate());
        bench.figures.add(name, kind, "single events, 64 connections: p50", "ms", outcome.within(0.5));
        bench.figures.add(name, kind, "single events, 64 connections: p99", "ms", outcome.within(0.99));
        let next = |n| Some(caller.get(&format!("/api/v1/members/{}", events.member(n))));
        let outcome = load::run(&[caller.address], 64, Pace::Open(2_000.0), settings.time, &next).await?.sound()?;
        bench.figures.add(name, kind, "balance by API, 2,000 a second: p50", "ms", outcome.within(0.5));
        bench.figures.add(name, kind, "balance by API, 2,000 a second: p99", "ms", outcome.within(0.99));
    }
    let (after, each) = (database.bytes_of_entries().await?, |bytes: f64| bytes / accepted as f64);
    bench.figures.add(name, kind, "an event with an id of 36 characters: the row", "bytes", each(after.0 - before.0));
    bench.figures.add(name, kind, "an event with an id of 36 characters: in indexes", "bytes", each(after.1 - before.1));
    reads::pages(bench, name, &site, &caller, if settings.quick { 20 } else { 40 }).await?;
    let took = reads::random_members(&site, &caller, members).await?;
    bench.figures.add(name, kind, "console: a member's page, random members: p50", "ms", quantile(&took, 0.5));
    bench.figures.add(name, kind, "console: a member's page, random members: p99", "ms", quantile(&took, 0.99));
    let (_, most) = machine::memory(site.server.process());
    bench.figures.add(name, kind, "the server's memory at most", "MiB", most);
    site.server.stop().await?;
    bench.check(name, &database, accepted).await?;
    database.remove().await
}

/// A copy of what an earlier run has made and left (`--keep`), or one made now.
async fn made(bench: &mut Bench<'_>, name: &'static str, members: u64) -> anyhow::Result<Database> {
    let settings = bench.settings;
    let kept = format!("kept_{members}");
    if let Some(kept) = Database::existing(settings, bench.kind, &kept).await? {
        return kept.copy("laurel").await;
    }
    let database = Database::empty(settings, bench.kind, if settings.keep { &kept } else { "laurel" }).await?;
    let events = events_of(members);
    let took = laurel::found(settings, &database, members, events).await?;
    bench.figures.add(name, bench.kind, "made by laurel demo", "events/s", events as f64 / took.as_secs_f64());
    if settings.keep { database.copy("laurel").await } else { Ok(database) }
}
