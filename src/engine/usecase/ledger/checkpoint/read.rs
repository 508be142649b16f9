//! Reading a checkpoint without holding it in memory: a program of a million members has one of a hundred megabytes.

use std::fmt;
use std::io::Read;

use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::numbers::points::Points;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Against, CHUNK, FORMAT_1, Seal};

/// A member as a checkpoint has them: id, number of entries, hash of the last, digest of the external id if it had one.
pub(super) type Head = (MemberId, i64, String, Option<String>);

/// A version of the rules and its hash.
pub(super) type RulesHash = (i32, String);

/// A redemption: id, state, hash of its terms.
pub(super) type Bound = (RedemptionId, String, String);

/// What is read at a time.
pub(super) enum Part {
    Rules(Vec<RulesHash>),
    Heads(Vec<Head>),
    Redemptions(Vec<Bound>),
}

/// Takes parts as they are read; `false` when nobody wants more.
pub(super) type Take<'a> = &'a mut dyn FnMut(Part) -> bool;

/// What a checkpoint says of itself, and whether it is as it was written.
pub(super) struct Summary {
    pub against: Against,
    pub is_sealed: bool,
}

/// Reads a checkpoint to the end.
pub(super) fn read(file: impl Read, take: Take<'_>) -> Result<Summary, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_reader(file);
    let summary = Checkpoint { take }.deserialize(&mut json)?;
    json.end()?;
    Ok(summary)
}

struct Checkpoint<'a> {
    take: Take<'a>,
}

impl<'de> DeserializeSeed<'de> for Checkpoint<'_> {
    type Value = Summary;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Summary, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Checkpoint<'_> {
    type Value = Summary;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a checkpoint")
    }

    /// Fields in the order in which they are written, for what comes first says how to go on.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Summary, A::Error> {
        let format: String = field(&mut map, "format")?;
        let programme: String = field(&mut map, "programme")?;
        let at: String = field(&mut map, "at")?;
        let mut seal = Seal::begin(&format, &programme, &at);
        let take = self.take;
        if format == FORMAT_1 {
            let mut line =
                |seal: &mut Seal, (id, seq, hash): &(MemberId, i64, String)| seal.line(format_args!("{id} {seq} {hash}"));
            let part = |heads: Vec<(MemberId, i64, String)>| {
                Part::Heads(heads.into_iter().map(|(id, seq, hash)| (id, seq, hash, None)).collect())
            };
            list(&mut map, "heads", List { take, seal: &mut seal, line: &mut line, part })?;
        } else {
            let mut line = |seal: &mut Seal, (version, hash): &RulesHash| seal.line(format_args!("rules {version} {hash}"));
            list(&mut map, "rules", List { take, seal: &mut seal, line: &mut line, part: Part::Rules })?;
            let mut line = |seal: &mut Seal, (id, seq, hash, external): &Head| {
                seal.line(format_args!("{id} {seq} {hash} {}", external.as_deref().unwrap_or("-")));
            };
            list(&mut map, "heads", List { take, seal: &mut seal, line: &mut line, part: Part::Heads })?;
            let mut line = |seal: &mut Seal, (id, state, hash): &Bound| seal.line(format_args!("{id} {state} {hash}"));
            list(&mut map, "redemptions", List { take, seal: &mut seal, line: &mut line, part: Part::Redemptions })?;
        }
        let members: u64 = field(&mut map, "members")?;
        let entries: u64 = field(&mut map, "entries")?;
        let outstanding: Points = field(&mut map, "outstanding")?;
        let stated: String = field(&mut map, "seal")?;
        if let Some(other) = map.next_key::<String>()? {
            return Err(de::Error::custom(format_args!("a checkpoint has no {other}")));
        }
        let is_sealed = seal.end(members, entries, outstanding).to_string() == stated;
        Ok(Summary { against: Against { format, programme, at, members, entries }, is_sealed })
    }
}

fn field<'de, T: Deserialize<'de>, A: MapAccess<'de>>(map: &mut A, wanted: &'static str) -> Result<T, A::Error> {
    name(map, wanted)?;
    map.next_value()
}

fn name<'de, A: MapAccess<'de>>(map: &mut A, wanted: &'static str) -> Result<(), A::Error> {
    match map.next_key::<String>()? {
        Some(found) if found == wanted => Ok(()),
        _ => Err(de::Error::missing_field(wanted)),
    }
}

fn list<'de, T: Deserialize<'de>, F: FnOnce(Vec<T>) -> Part + Copy, A: MapAccess<'de>>(
    map: &mut A,
    wanted: &'static str,
    list: List<'_, T, F>,
) -> Result<(), A::Error> {
    name(map, wanted)?;
    map.next_value_seed(list)
}

/// One list of the checkpoint: each element goes into the seal by its line, and so many at a time to whoever compares them.
struct List<'a, T, F> {
    take: &'a mut dyn FnMut(Part) -> bool,
    seal: &'a mut Seal,
    line: &'a mut dyn FnMut(&mut Seal, &T),
    part: F,
}

impl<'de, T: Deserialize<'de>, F: FnOnce(Vec<T>) -> Part + Copy> DeserializeSeed<'de> for List<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnOnce(Vec<T>) -> Part + Copy> Visitor<'de> for List<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of a checkpoint")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut chunk: Vec<T> = Vec::with_capacity(CHUNK);
        loop {
            let next: Option<T> = elements.next_element()?;
            let is_last = next.is_none();
            if let Some(element) = next {
                (self.line)(self.seal, &element);
                chunk.push(element);
            }
            if (is_last || chunk.len() == CHUNK) && !(self.take)((self.part)(std::mem::take(&mut chunk))) {
                return Err(de::Error::custom("nobody reads on"));
            }
            if is_last {
                return Ok(());
            }
        }
    }
}
