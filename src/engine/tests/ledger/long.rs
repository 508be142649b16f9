//! A member with more entries than anybody looks through.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ledger::entry::{Entry, EntryKind};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::activity::activity;
use laurel_engine::usecase::members::view;

use laurel_testing::programme::{HISTORY, check, post, programme};

pub const ENTRIES: usize = 1_400;

/// Payments six hours apart, every tenth refunded in part right away.
pub async fn busy(ledger: &Ledger) -> i64 {
    let begin: Timestamp = "2025-11-01T00:00:00Z".parse().unwrap();
    let texts: Vec<String> = (0..ENTRIES)
        .map(|n| {
            let at = begin + SignedDuration::from_hours(6 * n as i64);
            match n % 10 {
                9 => format!("id=r{n} member=m-1 of=p{} refund=1 at={at}", n - 1),
                _ => format!("id=p{n} member=m-1 pay=10 at={at}"),
            }
        })
        .collect();
    for some in texts.chunks(500) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        post(ledger, HISTORY, &some).await;
    }
    view::find(ledger, By::External("m-1")).await.unwrap().unwrap().no
}

/// Every entry that a filter lets through, page by page.
async fn all(ledger: &Ledger, no: i64, wanted: Page) -> Vec<i64> {
    let (mut seqs, mut before_seq) = (Vec::new(), i64::MAX);
    loop {
        let page = activity(ledger, no, Page { before_seq, ..wanted }).await.unwrap();
        seqs.extend(page.lines.iter().map(|line| line.entry.seq));
        match page.next {
            Some(next) => before_seq = next,
            None => return seqs,
        }
    }
}

stories! {
    async fn each_filter_shows_what_it_lets_through_newest_first_however_many_there_are(db: Db) {
        let ledger = programme(&db).await;
        let no = busy(&ledger).await;
        let everything: Vec<Entry> =
            activity(&ledger, no, Page::newest(2_000)).await.unwrap().lines.into_iter().map(|line| line.entry).collect();
        assert_eq!(everything.len(), ENTRIES);
        let ever = (Timestamp::MIN, Timestamp::MAX);
        let month = |month: &str, next: &str| (month.parse().unwrap(), next.parse().unwrap());
        for (from, to) in [
            ever,
            month("2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
            // beyond the first thousand in part, and wholly
            month("2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z"),
            month("2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        ] {
            for kind in [None, Some(EntryKind::Earn), Some(EntryKind::Clawback), Some(EntryKind::Adjust)] {
                let fits = |entry: &&Entry| {
                    kind.is_none_or(|kind| entry.kind == kind) && (from..to).contains(&entry.occurred_at)
                };
                let expected: Vec<i64> = everything.iter().filter(fits).map(|entry| entry.seq).collect();
                let found = all(&ledger, no, Page { kind, from, to, ..Page::newest(30) }).await;
                assert_eq!(found, expected, "{kind:?} from {from}");
            }
        }
        check(&ledger).await;
    }
}
