//! What is kept of the history in memory, in parts, and how it goes on: by whom transactions have named since, in one snapshot with the
//! programme's totals. Held members and entries never are more than there are, so where they add up to the totals nobody was missed;
//! where they do not (an older version posted, rows have gone, too many were named), everybody's counts are looked at.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use laurel_domain::lab::columns::Block;
use laurel_domain::ledger::entry::{Cause, Entry};

use super::parts::{self, Chosen, Part};
use crate::store::ledger::proof;
use crate::store::members::ids;
use crate::store::members::member::Member;
use crate::store::totals::{self, Sum, Totals, posted};
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// Parts whose sums are asked for at once, a hundred thousand members.
const PARTS_AT_ONCE: usize = 200;
/// Of more members than this everybody's counts are looked at: it is one snapshot in which they are read.
const FOLLOWED: usize = 20_000;

/// The history as far as it is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// By their numbers; together they leave no number out, up to the last.
    pub(super) parts: Vec<Arc<Held>>,
    /// Rows of `posted` that were there. Not how far it goes: a lower number may become visible after a higher one.
    seen: Arc<BTreeSet<i64>>,
}

/// The members of one part.
#[derive(Clone, Debug)]
pub(super) struct Held {
    first: i64,
    last: i64,
    pub(super) block: Block,
    pub(super) whole: Part,
    /// Of all of them, once they have been counted.
    entries: i64,
}

impl Kept {
    pub(super) fn members(&self) -> u64 {
        self.parts.iter().map(|held| held.members() as u64).sum()
    }

    pub(super) fn entries(&self) -> i64 {
        self.parts.iter().map(|held| held.entries).sum()
    }

    /// Takes what was posted since. How many members were looked at; nothing if that may not be everybody.
    pub(super) async fn follow(&mut self, ledger: &Ledger) -> Result<Option<u64>, AppError> {
        if self.parts.is_empty() {
            return Ok(None);
        }
        let next = ledger.db.snapshot((ledger.clone(), self.clone()), |tx, (ledger, kept)| Box::pin(next(tx, ledger, kept)));
        Ok(next.await?.map(|(next, looked_at)| {
            *self = next;
            looked_at
        }))
    }

    /// From here on it is known what was posted. Whoever reads later than this reads all that was posted before.
    pub(super) async fn follow_from_now(&mut self, ledger: &Ledger) -> Result<(), StoreError> {
        self.seen = Arc::new(posted::numbers(&mut ledger.db.reader().await?).await?);
        Ok(())
    }

    /// Which parts have more members or entries than are held: neither ever becomes less, so their sums tell.
    pub(super) async fn changed(&self, ledger: &Ledger) -> Result<Vec<bool>, AppError> {
        let mut changed = Vec::with_capacity(self.parts.len());
        for some in self.parts.chunks(PARTS_AT_ONCE) {
            let bounds: Vec<(i64, i64)> = some.iter().map(|held| (held.first, held.last)).collect();
            let sums = ids::sums_between(&mut ledger.db.reader().await?, &bounds).await?;
            let sums: HashMap<i64, (i64, i64)> =
                sums.into_iter().map(|(part, members, entries)| (part, (members, entries))).collect();
            let known = |held: &Held| (held.members() as i64, held.entries);
            changed.extend((0..).zip(some).map(|(part, held)| sums.get(&part) != Some(&known(held))));
        }
        Ok(changed)
    }

    /// Reads the members after the last that is held. How many, if there are any.
    pub(super) async fn read_next(&mut self, ledger: &Ledger) -> Result<Option<u64>, AppError> {
        let after = self.parts.last().map_or(i64::MIN, |held| held.last);
        let bounds = proof::part_after(&mut ledger.db.reader().await?, after, parts::MEMBERS, parts::ENTRIES).await?;
        let Some((_, last)) = bounds else { return Ok(None) };
        // also those with numbers before, who may be committed later
        let part = parts::between(ledger, after.saturating_add(1), last).await?;
        let members = part.members.len() as u64;
        self.put_last(last, part);
        Ok(Some(members))
    }

    /// Takes the members after the last that is held, up to a number.
    fn put_last(&mut self, last: i64, mut part: Part) {
        let first = self.parts.last().map_or(i64::MIN, |held| held.last).saturating_add(1);
        let small = self.parts.pop_if(|held| held.members() < parts::MEMBERS as usize / 2);
        let mut held = small.map_or_else(|| Held::empty(first, last), |held| Held { last, ..Held::clone(&held) });
        let members = std::mem::take(&mut part.members);
        held.take(members, &mut part);
        self.parts.push(Arc::new(held));
    }

    /// Takes these members in place of what it had of them.
    async fn put(&mut self, tx: &mut Tx, ledger: &Ledger, mut part: Part) -> Result<(), StoreError> {
        let mut of_part: HashMap<usize, Vec<Member>> = HashMap::new();
        for member in std::mem::take(&mut part.members) {
            of_part.entry(self.parts.partition_point(|held| held.last < member.no)).or_default().push(member);
        }
        let new = of_part.remove(&self.parts.len());
        for (at, members) in of_part {
            let Some(held) = self.parts.get_mut(at) else { continue };
            let mut next = Held::clone(held);
            if next.block.is_worn() {
                let mut whole = parts::read(tx, ledger, &Chosen::Between(held.first, held.last)).await?;
                next = Held::empty(held.first, held.last);
                next.take(std::mem::take(&mut whole.members), &mut whole);
            } else {
                next.take(members, &mut part);
            }
            *held = Arc::new(next);
        }
        if let Some(last) = new.iter().flatten().map(|member| member.no).max() {
            self.put_last(last, Part { members: new.unwrap_or_default(), ..part });
        }
        Ok(())
    }
}

/// What is kept, with whatever was posted since; nothing if somebody was missed.
async fn next(tx: &mut Tx, ledger: &Ledger, kept: &Kept) -> Result<Option<(Kept, u64)>, StoreError> {
    let (totals, seen) = (totals::read(tx).await?, posted::numbers(tx).await?);
    let rows: Vec<i64> = seen.difference(&kept.seen).copied().collect();
    let members = posted::members(tx, &rows).await?.filter(|members| members.len() <= FOLLOWED);
    let Some(members) = members else { return Ok(None) };
    let mut next = Kept { parts: kept.parts.clone(), seen: Arc::new(seen) };
    if !members.is_empty() {
        let part = parts::read(tx, ledger, &Chosen::Numbered(members.iter().copied().collect())).await?;
        next.put(tx, ledger, part).await?;
    }
    Ok(next.is_all(&totals).then_some((next, members.len() as u64)))
}

impl Kept {
    fn is_all(&self, totals: &Totals) -> bool {
        let entries: i64 =
            totals.sums.iter().filter(|(sum, _)| matches!(sum, Sum::Entries(_))).map(|(_, entries)| entries).sum();
        i64::try_from(self.members()) == Ok(totals.get(Sum::Members)) && self.entries() == entries
    }
}

/// Reads those anew who have got entries since.
pub(super) async fn renew(ledger: &Ledger, held: &mut Arc<Held>) -> Result<(), AppError> {
    let now = ids::entries_between(&mut ledger.db.reader().await?, held.first, held.last).await?;
    let known: HashMap<i64, i64> = held.known().collect();
    let changed: Vec<i64> = now.iter().filter(|(no, entries)| known.get(no) != Some(entries)).map(|(no, _)| *no).collect();
    if changed.is_empty() && known.len() == now.len() {
        return Ok(());
    }
    let is_anew = held.block.is_worn() || known.len() > now.len();
    let (mut next, mut part) = match is_anew {
        true => (Held::empty(held.first, held.last), parts::between(ledger, held.first, held.last).await?),
        false => (Held::clone(held), parts::numbered(ledger, changed).await?),
    };
    next.take(std::mem::take(&mut part.members), &mut part);
    *held = Arc::new(next);
    Ok(())
}

impl Held {
    pub(super) fn empty(first: i64, last: i64) -> Held {
        Held { first, last, block: Block::default(), whole: Part::default(), entries: 0 }
    }

    pub(super) fn members(&self) -> usize {
        self.block.slots().len() + self.whole.members.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        let whole = self.whole.members.len() * size_of::<Member>();
        let entries = self.whole.entries.values().map(Vec::capacity).sum::<usize>();
        let merged = self.whole.merged.values().map(|merged| merged.entries.capacity()).sum::<usize>();
        (size_of::<Held>() + self.block.bytes() + whole + (entries + merged) * size_of::<Entry>()) as u64
    }

    /// The numbers of members, and how many entries of each it has.
    pub(super) fn known(&self) -> impl Iterator<Item = (i64, i64)> {
        let whole = self.whole.members.iter().map(|member| (member.no, member.account.seq));
        self.block.slots().iter().map(|slot| (slot.no, slot.entries)).chain(whole)
    }

    /// Takes members, with what a part has of them, in place of what it had.
    pub(super) fn take(&mut self, members: Vec<Member>, of: &mut Part) {
        for member in members {
            self.whole.forget(member.no);
            let entries = of.entries.remove(&member.no).unwrap_or_default();
            let is_simple = !of.late.contains_key(&member.no) && !of.early.contains_key(&member.no);
            if !is_simple || !self.block.put(member.no, member.id(), &entries) {
                self.block.forget(member.no);
                for entry in &entries {
                    if let Cause::MergedFrom { member, .. } = &entry.cause {
                        self.whole.merged.extend(of.merged.remove_entry(member));
                    }
                }
                self.whole.keep(member, entries, of);
            }
        }
        self.block.shrink();
        self.entries = self.known().map(|(_, entries)| entries).sum();
    }
}
