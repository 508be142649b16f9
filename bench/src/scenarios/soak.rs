//! Twice as much as can be taken, for minutes: whether the server's memory stays what it is, and what is accepted is as quick at the end.
//! Measured only where it is asked for.

use super::{Bench, Served};
use crate::events::Events;
use crate::load::{self, Pace};
use crate::machine;

pub const NAME: &str = "soak";
/// Events in a request.
const SIZE: u64 = 100;
const CONNECTIONS: usize = 64;
const PIECES: u32 = 10;

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind, piece) = (bench.settings, bench.kind, bench.settings.time * 12);
    let Served { database, server, caller } = bench.served().await?;
    let addresses = [server.address];
    let events = Events::new("s000".to_owned(), settings.members);
    let next = |n| Some(caller.post("/api/v1/events", &events.batch(n, SIZE)));
    let usual = load::run(&addresses, 8, Pace::Closed, settings.time, &next).await?.sound()?;
    let mut accepted = usual.accepted.len() as u64 * SIZE;
    for number in 0..PIECES {
        let events = Events::new(format!("s{:03}", number + 1), settings.members);
        let next = |n| Some(caller.post("/api/v1/events", &events.batch(n, SIZE)));
        let over = load::run(&addresses, CONNECTIONS, Pace::Open(usual.rate() * 2.0), piece, &next).await?.sound()?;
        accepted += over.accepted.len() as u64 * SIZE;
        let (memory, most) = machine::memory(server.process());
        eprintln!("{}: soak {} of {PIECES}: {memory:.0} MiB", kind.name(), number + 1);
        // the first has the caches fill, so what it leaves is what the last is held against
        let (what_memory, what_time) = match number {
            0 => ("the server's memory after a tenth of it", "accepted in the first tenth: p99"),
            number if number + 1 == PIECES => ("the server's memory at the end", "accepted in the last tenth: p99"),
            _ => continue,
        };
        bench.figures.add(NAME, kind, what_memory, "MiB", memory);
        bench.figures.add(NAME, kind, what_time, "ms", over.within(0.99));
        if number > 0 {
            bench.figures.add(NAME, kind, "the most that it ever was", "MiB", most);
            bench.figures.add(NAME, kind, "how long", "s", f64::from(PIECES) * piece.as_secs_f64());
            bench.figures.add(NAME, kind, "accepted", "events", accepted as f64);
        }
    }
    server.stop().await?;
    bench.check(NAME, &database, accepted).await?;
    database.remove().await
}
