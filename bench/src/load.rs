//! Load: requests of many connections at once, and how long each was waited for.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures::future::try_join_all;

use crate::client::Client;

/// What came of it.
#[derive(Default)]
pub struct Outcome {
    pub seconds: f64,
    /// Of what was accepted, in ascending order.
    pub accepted: Vec<Duration>,
    /// Of what was told to come later (503, 429).
    pub refused: Vec<Duration>,
    /// Of those, how many were not told when.
    pub without_retry_after: usize,
    /// Answers of any other kind, and what one of them said.
    pub failed: usize,
    pub failure: Option<String>,
}

impl Outcome {
    /// Accepted requests a second.
    pub fn rate(&self) -> f64 {
        self.accepted.len() as f64 / self.seconds
    }

    /// The time within which that share of the accepted were answered, in milliseconds.
    pub fn within(&self, share: f64) -> f64 {
        quantile(&self.accepted, share)
    }

    /// An error if anything was answered with neither yes nor later.
    pub fn sound(self) -> anyhow::Result<Outcome> {
        match &self.failure {
            Some(failure) => anyhow::bail!("{} requests failed, one with {failure}", self.failed),
            None => Ok(self),
        }
    }
}

pub fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// When requests are sent.
#[derive(Clone, Copy)]
pub enum Pace {
    /// Each connection sends its next request when it has its answer.
    Closed,
    /// So many a second, whatever is answered; the wait for a free connection is part of each one's time.
    Open(f64),
}

/// Sends the requests that `next` makes, to the addresses in turn, for so long or until `next` has no more.
pub async fn run(
    addresses: &[SocketAddr],
    connections: usize,
    pace: Pace,
    time: Duration,
    next: &dyn Fn(u64) -> Option<Vec<u8>>,
) -> anyhow::Result<Outcome> {
    let clients = (0..connections).map(|n| Client::connect(addresses[n % addresses.len()]));
    let clients = try_join_all(clients).await?;
    let (count, outcome) = (Cell::new(0), RefCell::new(Outcome::default()));
    let began = Instant::now();
    let workers = clients.into_iter().map(|mut client| {
        let (count, outcome) = (&count, &outcome);
        async move {
            loop {
                let n = count.get();
                count.set(n + 1);
                let due = match pace {
                    Pace::Closed => Instant::now(),
                    Pace::Open(rate) => began + Duration::from_secs_f64(n as f64 / rate),
                };
                if due >= began + time {
                    return anyhow::Ok(());
                }
                // a free connection waits; one that is free too late has kept its request waiting since it was due
                let sent = if due > Instant::now() {
                    tokio::time::sleep_until(due.into()).await;
                    Instant::now()
                } else {
                    due
                };
                // behind by as long as the whole time, it is over as well
                if began.elapsed() > time * 2 {
                    return Ok(());
                }
                let Some(request) = next(n) else { return Ok(()) };
                let answer = client.send(&request).await?;
                let took = sent.elapsed();
                let mut outcome = outcome.borrow_mut();
                match answer.status {
                    200..400 => outcome.accepted.push(took),
                    503 | 429 => {
                        outcome.refused.push(took);
                        outcome.without_retry_after += usize::from(answer.header("retry-after").is_none());
                    }
                    _ => {
                        outcome.failed += 1;
                        outcome.failure = answer.expect(&[]).err().map(|error| error.to_string());
                    }
                }
            }
        }
    });
    try_join_all(workers).await?;
    let mut outcome = outcome.into_inner();
    outcome.seconds = began.elapsed().as_secs_f64();
    outcome.accepted.sort_unstable();
    outcome.refused.sort_unstable();
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_what_was_measured() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!((quantile(&times, 0.5), quantile(&times, 0.99), quantile(&times, 1.0)), (50.0, 99.0, 100.0));
        assert!(quantile(&[], 0.5).is_nan());
        assert_eq!(quantile(&times[..1], 0.99), 1.0);
    }
}
