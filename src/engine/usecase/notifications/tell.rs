//! Telling members something, in the transaction of what it tells of.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::rules::rule_set::{Rulebook, Timeline};

use super::{NEWS_FOR, News};
use crate::store::notifications::{self, NewNotification};
use crate::store::{StoreError, Tx, micros};
use crate::usecase::ledger::Ledger;
use crate::usecase::mail;

/// Tells members what they have not been told, unless it is too long ago. The caller holds the members.
pub(in crate::usecase) async fn tell(tx: &mut Tx, ledger: &Ledger, news: &[(i64, Timestamp, News)]) -> Result<(), StoreError> {
    let since = ledger.clock.now().saturating_sub(NEWS_FOR).unwrap_or(Timestamp::MIN);
    let mut new = Vec::new();
    for (no, at, news) in news.iter().filter(|(_, at, _)| *at > since) {
        let (about, body) = (news.about(), news.to_body()?);
        new.push(NewNotification { no: *no, about, at: micros(*at), kind: news.kind() as i16, body });
    }
    if new.is_empty() {
        return Ok(());
    }
    let told = notifications::insert(tx, &new).await?;
    mail::write(tx, ledger, told).await
}

/// Tells members of what became of their tiers in a transaction: of several changes of one member only what they come to.
pub(in crate::usecase) async fn tell_tiers<'c>(
    tx: &mut Tx,
    ledger: &Ledger,
    rulebook: &Rulebook,
    changes: impl Iterator<Item = ((i64, MemberId), &'c [TierChange])>,
) -> Result<(), StoreError> {
    let news: Vec<_> = changes
        .filter_map(|((no, member), changes)| Some((no, changes.last()?.at.time(), of_tiers(&rulebook.of(member), changes)?)))
        .collect();
    if news.is_empty() { Ok(()) } else { tell(tx, ledger, &news).await }
}

fn of_tiers(timeline: &Timeline, changes: &[TierChange]) -> Option<News> {
    let (first, last) = (changes.first()?, changes.last()?);
    let just_before = first.at.plus(-1);
    let (before, after) = (timeline.at(just_before), timeline.at(last.at));
    // under another ladder the same tier may have another number
    let same = after.rank_of_same(before, first.from);
    if same == last.to {
        return None;
    }
    let (from, to) = (before.tier(first.from), after.tier(last.to));
    let is_up = last.to > same;
    let (more, fewer) = if is_up { (to, from) } else { (from, to) };
    let benefits = more.benefits.iter().filter(|one| fewer.benefits.iter().all(|other| other.key != one.key));
    Some(News::Tier {
        seq: last.seq,
        at: last.at.time(),
        from: from.name.clone(),
        to: to.name.clone(),
        rank: last.to,
        is_up,
        benefits: benefits.map(|benefit| benefit.text.clone()).collect(),
    })
}

/// Takes away all that a member was told: of who is closed nothing is kept here.
pub(in crate::usecase) async fn forget(tx: &mut Tx, member_no: i64) -> Result<(), StoreError> {
    notifications::forget(tx, member_no).await?;
    mail::forget(tx, member_no).await
}
