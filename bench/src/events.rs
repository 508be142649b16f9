//! The events that are sent: payments of members who are there, each of a random one. The same number makes the same event.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

/// Members of the demo that have no history written by hand.
pub const FIRST_MEMBER: u64 = 121;

#[derive(Clone)]
pub struct Events {
    /// What their ids begin with: four characters, other ones for each set.
    set: String,
    members: u64,
    when: When,
}

/// When they occurred.
#[derive(Clone, Copy)]
enum When {
    /// When they are told, as a payment system tells them.
    Now,
    /// At this second, each a microsecond after the one before: to have two payments at the very same time is rare, and costs more.
    Second(Timestamp),
}

impl Events {
    pub fn new(set: impl Into<String>, members: u64) -> Events {
        Events { set: set.into(), members, when: When::Now }
    }

    /// Of before what has been posted meanwhile.
    pub fn a_minute_ago(set: impl Into<String>, members: u64) -> Events {
        Self::at(set, members, SignedDuration::from_mins(-1))
    }

    /// Later than everything that was posted: a history in its order, as an import brings it.
    pub fn in_order(set: impl Into<String>, members: u64) -> Events {
        Self::at(set, members, SignedDuration::from_secs(1))
    }

    pub fn long_ago(set: impl Into<String>, members: u64) -> Events {
        Self::at(set, members, SignedDuration::from_hours(-100 * 24))
    }

    fn at(set: impl Into<String>, members: u64, from_now: SignedDuration) -> Events {
        let second = Timestamp::from_second((now() + from_now).as_second()).unwrap_or_default();
        Events { set: set.into(), members, when: When::Second(second) }
    }

    pub fn occurred_at(&self, n: u64) -> String {
        let at = match self.when {
            When::Now => now(),
            When::Second(second) => second + SignedDuration::from_micros((n % 1_000_000) as i64),
        };
        format!("{at:.6}")
    }

    /// 36 characters, as long as a UUID.
    pub fn id(&self, n: u64) -> String {
        format!("{:0<4}-{:016x}-{n:014}", self.set, mixed(n))
    }

    pub fn member(&self, n: u64) -> String {
        format!("demo-{}", FIRST_MEMBER + mixed(n) % (self.members - FIRST_MEMBER))
    }

    fn amount(n: u64) -> String {
        let hundredths = 100 + mixed(n ^ 0x5555) % 20_000;
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    pub fn json(&self, n: u64) -> String {
        self.json_of(n, &self.member(n))
    }

    pub fn json_of(&self, n: u64, member: &str) -> String {
        self.json_with(n, member, &Self::amount(n))
    }

    pub fn json_with(&self, n: u64, member: &str, amount: &str) -> String {
        let (id, at) = (self.id(n), self.occurred_at(n));
        format!(
            r#"{{"id":"{id}","kind":"payment","member":"{member}","amount":"{amount}","currency":"CNY","scene":"e_payment","occurred_at":"{at}"}}"#
        )
    }

    /// The n-th batch of so many.
    pub fn batch(&self, n: u64, size: u64) -> String {
        let events: Vec<String> = (n * size..(n + 1) * size).map(|n| self.json(n)).collect();
        format!(r#"{{"events":[{}]}}"#, events.join(","))
    }

    /// A file for `laurel import`.
    pub fn csv(&self, file: &Path, count: u64) -> anyhow::Result<()> {
        let mut out = BufWriter::new(File::create(file).with_context(|| file.display().to_string())?);
        writeln!(out, "event_id,kind,member,amount,currency,occurred_at,scene")?;
        for n in 0..count {
            writeln!(
                out,
                "{},payment,{},{},CNY,{},e_payment",
                self.id(n),
                self.member(n),
                Self::amount(n),
                self.occurred_at(n)
            )?;
        }
        Ok(out.flush()?)
    }

    /// The minor units of an event's amount.
    pub fn minor(n: u64) -> i64 {
        (100 + mixed(n ^ 0x5555) % 20_000) as i64
    }
}

/// Spreads numbers that follow one another over all there are (SplitMix64).
pub fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[expect(clippy::disallowed_methods, reason = "what is measured happens now")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_as_long_as_uuids_and_never_the_same() {
        let (one, other) = (Events::new("a1", 1_000), Events::new("a2", 1_000));
        assert_eq!(one.id(7).len(), 36, "{}", one.id(7));
        let ids: std::collections::HashSet<String> = (0..1_000).flat_map(|n| [one.id(n), other.id(n)]).collect();
        assert_eq!(ids.len(), 2_000);
    }

    #[test]
    fn batches_are_json_and_follow_one_another() {
        let events = Events::new("b", 1_000);
        let batch: serde_json::Value = serde_json::from_str(&events.batch(3, 10)).unwrap();
        assert_eq!(batch["events"].as_array().unwrap().len(), 10);
        assert_eq!(batch["events"][0]["id"], events.id(30));
        let times: Vec<&str> = (0..10).filter_map(|at| batch["events"][at]["occurred_at"].as_str()).collect();
        assert!(times.len() == 10 && times.is_sorted() && times[0] < times[9], "{times:?}");
        assert_eq!(batch["events"][0]["amount"].as_str().unwrap().replace('.', ""), Events::minor(30).to_string());
    }

    #[test]
    fn members_are_those_of_the_crowd() {
        let events = Events::new("c", 200);
        let numbers = (0..500).map(|n| events.member(n)[5..].parse::<u64>().unwrap());
        assert!(
            numbers.clone().all(|no| (121..200).contains(&no)) && numbers.collect::<std::collections::HashSet<_>>().len() > 70
        );
    }
}
