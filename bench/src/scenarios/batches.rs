//! Events in batches: by the API and from a file, against the raw engine and the ledger in plain SQL.

use super::Bench;
use crate::against::ledger::Ledger;
use crate::against::raw;
use crate::client::Caller;
use crate::database::Kind;
use crate::events::Events;
use crate::laurel;
use crate::load::{self, Pace};
use crate::machine::{self, Processors};

const NAME: &str = "batches";
/// Events in a request, requests at once, and what that is called.
const BY_API: [(u64, usize, &str); 3] = [
    (100, 8, "API, 100 events a request, 8 at once"),
    (1_000, 1, "API, 1,000 events a request, 1 at once"),
    (1_000, 4, "API, 1,000 events a request, 4 at once"),
];
const IMPORT: &str = "import of a file, in order";
const LATE: &str = "import of a file of before what was posted since";
const RAW: &str = "raw engine, the same rows";
const LEDGER: &str = "ledger in plain SQL, 1,000 a transaction";

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let database = bench.base.copy("laurel").await?;
    let engine = bench.base.copy("raw").await?;
    raw::prepare(&engine).await?;
    let ledger = Ledger::make(settings, kind, settings.members).await?;
    let key = laurel::key(settings, &database).await?;
    let file = settings.folder.join("events.csv");
    let mut accepted = 0;
    for round in 0..settings.rounds {
        // one is later than all there is; the other has to find its place before what the API was told meanwhile, for which whole
        // histories are read
        let set = format!("i{round:03}");
        for (what, events) in [
            (LATE, Events::a_minute_ago(format!("o{round:03}"), settings.members)),
            (IMPORT, Events::in_order(&set, settings.members)),
        ] {
            events.csv(&file, settings.import())?;
            let name = file.display().to_string();
            let arguments = ["import", &name, "--source", "bench"];
            let import = laurel::command(settings, &database, &arguments);
            let ((_, took), flushes) = bench.flushed(import).await?;
            accepted += settings.import();
            bench.figures.add(NAME, kind, what, "events/s", settings.import() as f64 / took.as_secs_f64());
            per_thousand(bench, what, flushes, settings.import());
        }

        let (written, flushes) = bench.flushed(raw::write(&database, &engine, &set)).await?;
        bench.figures.add(NAME, kind, RAW, "events/s", written.rate());
        per_thousand(bench, RAW, flushes, written.events);

        let server = laurel::Server::start(settings, &database).await?;
        let (caller, addresses) = (Caller::with_key(server.address, &key), [server.address]);
        for (way, (size, connections, what)) in BY_API.into_iter().enumerate() {
            let events = Events::new(format!("b{way}{round:02}"), settings.members);
            let next = |n| Some(caller.post("/api/v1/events", &events.batch(n, size)));
            let load = load::run(&addresses, connections, Pace::Closed, settings.time, &next);
            let before = Processors::of(server.process());
            let (outcome, flushes) = bench.flushed(load).await?;
            let took = Processors::of(server.process()).since(before);
            let outcome = outcome.sound()?;
            let events = outcome.accepted.len() as u64 * size;
            accepted += events;
            bench.figures.add(NAME, kind, what, "events/s", outcome.rate() * size as f64);
            per_thousand(bench, what, flushes, events);
            let mut each = |whose, took| {
                bench.figures.add(NAME, kind, format!("{what}: {whose}"), "µs of CPU an event", took / events as f64)
            };
            each("the server", took.server);
            if kind == Kind::Postgres {
                each("PostgreSQL", took.postgres);
            }
        }
        let (_, most) = machine::memory(server.process());
        bench.figures.add(NAME, kind, "the server's memory at most", "MiB", most);
        server.stop().await?;

        let events = Events::new(format!("l{round:03}"), settings.members);
        let (written, flushes) = bench.flushed(ledger.batches(&events, settings.time)).await?;
        bench.figures.add(NAME, kind, LEDGER, "events/s", written.rate());
        per_thousand(bench, LEDGER, flushes, written.events);
    }
    for (_, _, what) in BY_API {
        bench.figures.compare(NAME, kind, what, RAW);
    }
    bench.figures.compare(NAME, kind, IMPORT, RAW);
    bench.figures.compare(NAME, kind, IMPORT, LEDGER);
    bench.check(NAME, &database, accepted).await?;
    ledger.check().await?;
    std::fs::remove_file(file)?;
    ledger.database.remove().await?;
    engine.remove().await?;
    database.remove().await
}

fn per_thousand(bench: &mut Bench<'_>, what: &str, flushes: Option<f64>, events: u64) {
    if let Some(flushes) = flushes {
        let each = flushes * 1_000.0 / events as f64;
        bench.figures.add(NAME, bench.kind, format!("{what}: flushes of the disk"), "for 1,000 events", each);
    }
}
