//! Reading a checkpoint without holding it in memory: a program of a million members has one of a hundred megabytes.

use std::fmt;
use std::io::Read;

use laurel_domain::ids::MemberId;
use laurel_domain::numbers::points::Points;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Against, CHUNK, Seal};

/// A member as a checkpoint has them: id, number of entries, hash of the last.
pub(super) type Head = (MemberId, i64, String);

/// Takes heads as they are read; `false` when nobody wants more.
pub(super) type Take<'a> = &'a mut dyn FnMut(Vec<Head>) -> bool;

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
        let mut seal = Seal::begin(&programme, &at);
        name(&mut map, "heads")?;
        map.next_value_seed(Heads { take: self.take, seal: &mut seal })?;
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

struct Heads<'a, 's> {
    take: Take<'a>,
    seal: &'s mut Seal,
}

impl<'de> DeserializeSeed<'de> for Heads<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Heads<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("members' heads")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut heads: A) -> Result<(), A::Error> {
        let mut chunk: Vec<Head> = Vec::with_capacity(CHUNK);
        loop {
            let next: Option<Head> = heads.next_element()?;
            let is_last = next.is_none();
            if let Some(head) = next {
                self.seal.line(format_args!("{} {} {}", head.0, head.1, head.2));
                chunk.push(head);
            }
            if (is_last || chunk.len() == CHUNK) && !(self.take)(std::mem::take(&mut chunk)) {
                return Err(de::Error::custom("nobody reads on"));
            }
            if is_last {
                return Ok(());
            }
        }
    }
}
