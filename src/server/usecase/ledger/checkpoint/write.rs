//! Writing a checkpoint, a chunk of members at a time.

use std::fs::File;
use std::io::{BufWriter, Error, Write};
use std::path::Path;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::numbers::points::Points;
use laurel_domain::program::Programme;
use uuid::Uuid;

use super::{CHUNK, CheckpointError, FORMAT, Seal};
use crate::server::store::ledger::proof;
use crate::server::store::{StoreError, Tx};

/// Writes every member of this transaction, and sees to it that the disk has it.
pub(super) async fn write(
    tx: &mut Tx,
    path: &Path,
    file: &File,
    programme: &Programme,
    at: Timestamp,
) -> Result<(), CheckpointError> {
    let failed = |error: Error| CheckpointError::File(path.to_owned(), error);
    let mut out = BufWriter::new(file);
    let (name, at) = (text(&programme.name)?, at.to_string());
    let mut seal = Seal::begin(&programme.name, &at);
    write!(out, "{{\"format\":\"{FORMAT}\",\"programme\":{name},\"at\":\"{at}\",\"heads\":[").map_err(failed)?;
    let (mut members, mut entries, mut outstanding) = (0_u64, 0_u64, Points::ZERO);
    let mut after = MemberId::new(Uuid::nil());
    loop {
        let heads = proof::heads_after(tx, after, CHUNK as i64).await?;
        let Some(last) = heads.last() else { break };
        after = last.member;
        for head in &heads {
            let comma = if members > 0 { "," } else { "" };
            write!(out, "{comma}\n[\"{}\",{},\"{}\"]", head.member, head.seq, head.hash).map_err(failed)?;
            seal.line(format_args!("{} {} {}", head.member, head.seq, head.hash));
            members += 1;
            entries += u64::try_from(head.seq).map_err(|_| StoreError::Corrupt("a number of entries"))?;
            outstanding = outstanding.checked_add(head.balance).ok_or(StoreError::Corrupt("a sum of balances"))?;
        }
    }
    let seal = seal.end(members, entries, outstanding);
    let end =
        format!("\n],\"members\":{members},\"entries\":{entries},\"outstanding\":\"{outstanding}\",\"seal\":\"{seal}\"}}\n");
    out.write_all(end.as_bytes()).and_then(|()| out.flush()).and_then(|()| file.sync_all()).map_err(failed)
}

fn text(text: &str) -> Result<String, StoreError> {
    serde_json::to_string(text).map_err(|_| StoreError::Corrupt("a name"))
}
