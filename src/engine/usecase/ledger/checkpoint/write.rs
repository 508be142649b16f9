//! Writing a checkpoint, a chunk of members at a time.

use std::fs::File;
use std::io::{BufWriter, Error, Write};
use std::path::Path;

use jiff::Timestamp;
use laurel_domain::ids::{MemberId, RedemptionId};
use laurel_domain::numbers::points::Points;
use laurel_domain::program::Programme;
use uuid::Uuid;

use super::{CHUNK, CheckpointError, FORMAT, Seal, bound};
use crate::store::ledger::proof;
use crate::store::programme::versions;
use crate::store::rewards::redemptions;
use crate::store::{StoreError, Tx, micros};

/// Writes the rule sets, every member and every redemption of this transaction, and sees to it that the disk has it.
pub(super) async fn write(
    tx: &mut Tx,
    path: &Path,
    file: &File,
    programme: &Programme,
    at: Timestamp,
) -> Result<(), CheckpointError> {
    let failed = |error: Error| CheckpointError::File(path.to_owned(), error);
    let mut out = BufWriter::new(file);
    let (name, time) = (text(&programme.name)?, at.to_string());
    let mut seal = Seal::begin(FORMAT, &programme.name, &time);
    write!(out, "{{\"format\":\"{FORMAT}\",\"programme\":{name},\"at\":\"{time}\",\"rules\":[").map_err(failed)?;
    let in_force = versions(tx).await?.into_iter().filter(|row| row.in_force_from <= micros(at));
    for (index, row) in in_force.enumerate() {
        let (version, hash) = (row.version, bound::rules(&row));
        write!(out, "{}\n[{version},\"{hash}\"]", comma(index > 0)).map_err(failed)?;
        seal.line(format_args!("rules {version} {hash}"));
    }
    out.write_all(b"\n],\"heads\":[").map_err(failed)?;
    let sums = heads(tx, &mut out, &mut seal, failed).await?;
    out.write_all(b"\n],\"redemptions\":[").map_err(failed)?;
    redemptions_of(tx, programme, &mut out, &mut seal, failed).await?;
    let Sums { members, entries, outstanding } = sums;
    let seal = seal.end(members, entries, outstanding);
    let end =
        format!("\n],\"members\":{members},\"entries\":{entries},\"outstanding\":\"{outstanding}\",\"seal\":\"{seal}\"}}\n");
    out.write_all(end.as_bytes()).and_then(|()| out.flush()).and_then(|()| file.sync_all()).map_err(failed)
}

struct Sums {
    members: u64,
    entries: u64,
    outstanding: Points,
}

async fn heads(
    tx: &mut Tx,
    out: &mut impl Write,
    seal: &mut Seal,
    failed: impl Fn(Error) -> CheckpointError,
) -> Result<Sums, CheckpointError> {
    let salt = proof::identity_salt(tx).await?;
    let mut sums = Sums { members: 0, entries: 0, outstanding: Points::ZERO };
    let mut after = MemberId::new(Uuid::nil());
    loop {
        let heads = proof::heads_after(tx, after, CHUNK as i64).await?;
        let Some(last) = heads.last() else { return Ok(sums) };
        after = last.member;
        for head in &heads {
            let external = head.external_id.as_deref().map(|id| bound::external(&salt, head.member, id));
            let digest = external.map_or_else(|| "null".to_owned(), |digest| format!("\"{digest}\""));
            let comma = comma(sums.members > 0);
            write!(out, "{comma}\n[\"{}\",{},\"{}\",{digest}]", head.member, head.seq, head.hash).map_err(&failed)?;
            let digest = external.map_or_else(|| "-".to_owned(), |digest| digest.to_string());
            seal.line(format_args!("{} {} {} {digest}", head.member, head.seq, head.hash));
            sums.members += 1;
            sums.entries += u64::try_from(head.seq).map_err(|_| StoreError::Corrupt("a number of entries"))?;
            let sum = sums.outstanding.checked_add(head.balance);
            sums.outstanding = sum.ok_or(StoreError::Corrupt("a sum of balances"))?;
        }
    }
}

async fn redemptions_of(
    tx: &mut Tx,
    programme: &Programme,
    out: &mut impl Write,
    seal: &mut Seal,
    failed: impl Fn(Error) -> CheckpointError,
) -> Result<(), CheckpointError> {
    let mut after = RedemptionId::new(Uuid::nil());
    let mut is_first = true;
    loop {
        let chunk = redemptions::after(tx, programme.currency, after, CHUNK as i64).await?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = last.id;
        for redemption in &chunk {
            let (id, state, terms) = (redemption.id, redemption.state.name(), bound::terms(redemption));
            write!(out, "{}\n[\"{id}\",\"{state}\",\"{terms}\"]", comma(!is_first)).map_err(&failed)?;
            seal.line(format_args!("{id} {state} {terms}"));
            is_first = false;
        }
    }
}

fn comma(needed: bool) -> &'static str {
    if needed { "," } else { "" }
}

fn text(text: &str) -> Result<String, StoreError> {
    serde_json::to_string(text).map_err(|_| StoreError::Corrupt("a name"))
}
