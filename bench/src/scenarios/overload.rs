//! Five times as many events as can be taken: what is accepted, what is refused and how soon, and how much memory it takes.

use super::{Bench, Served};
use crate::events::Events;
use crate::load::{self, Pace};
use crate::machine;

const NAME: &str = "overload";
/// Events in a request: one each would keep this machine busy with sending them.
const SIZE: u64 = 100;
const CONNECTIONS: usize = 512;

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind, time) = (bench.settings, bench.kind, bench.settings.time * 2);
    let Served { database, server, caller } = bench.served().await?;
    let addresses = [server.address];
    let mut accepted = 0;
    for round in 0..settings.repeats() {
        let events = Events::new(format!("v{round:03}"), settings.members);
        let next = |n| Some(caller.post("/api/v1/events", &events.batch(n, SIZE)));
        let usual = load::run(&addresses, 8, Pace::Closed, time / 2, &next).await?.sound()?;
        accepted += usual.accepted.len() as u64 * SIZE;
        let (before, _) = machine::memory(server.process());

        let events = Events::new(format!("w{round:03}"), settings.members);
        let next = |n| Some(caller.post("/api/v1/events", &events.batch(n, SIZE)));
        let pace = Pace::Open(usual.rate() * 5.0);
        let over = load::run(&addresses, CONNECTIONS, pace, time, &next).await?.sound()?;
        accepted += over.accepted.len() as u64 * SIZE;
        let (after, _) = machine::memory(server.process());
        let all = (over.accepted.len() + over.refused.len()) as f64;
        for (what, unit, value) in [
            ("at capacity, batches of 100, 8 at once", "events/s", usual.rate() * SIZE as f64),
            ("at capacity: p99", "ms", usual.within(0.99)),
            ("at five times that: accepted", "events/s", over.rate() * SIZE as f64),
            ("at five times that: accepted, p99", "ms", over.within(0.99)),
            ("at five times that: refused", "of 100 requests", over.refused.len() as f64 * 100.0 / all),
            ("at five times that: refused, p99", "ms", load::quantile(&over.refused, 0.99)),
            ("at five times that: refused without Retry-After", "requests", over.without_retry_after as f64),
            ("the server's memory before", "MiB", before),
            ("the server's memory after", "MiB", after),
        ] {
            if value.is_finite() {
                bench.figures.add(NAME, kind, what, unit, value);
            }
        }
    }
    server.stop().await?;
    bench.check(NAME, &database, accepted).await?;
    database.remove().await
}
