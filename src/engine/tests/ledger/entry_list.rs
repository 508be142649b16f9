//! A member's entries as the staff lists them.

use laurel_domain::ledger::entry::{Entry, EntryKind};
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::store::ledger::entry_list::{EntryFilter, EntryOrder};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::entry_list::{Wanted, list};
use laurel_engine::usecase::members::view;

use laurel_testing::programme::{HISTORY, check, post, programme};

use super::long::{ENTRIES, busy};

const ORDERS: [EntryOrder; 3] = [EntryOrder::Posted, EntryOrder::Occurred, EntryOrder::Points];

/// Every entry that is listed, page by page, forth and back again; how many there are said to be.
async fn all(ledger: &Ledger, no: i64, filter: EntryFilter, order: EntryOrder, ascending: bool) -> (Vec<Entry>, i64) {
    let (mut page, mut pages) = (Window { from: None, ascending, most: 7 }, Vec::new());
    let counted = loop {
        let found = list(ledger, no, Wanted { filter, order, page }).await.unwrap();
        pages.push((page, found.page.clone()));
        match found.page.next {
            Some(key) => page.from = Some(Place { key, backwards: false }),
            None => break found.counted.number,
        }
    };
    let seqs = |rows: &[laurel_engine::usecase::ledger::activity::Line]| rows.iter().map(|l| l.entry.seq).collect::<Vec<_>>();
    for pair in pages.windows(2) {
        let key = pair[1].1.previous.expect("a page before it");
        let back = Window { from: Some(Place { key, backwards: true }), ascending, most: 7 };
        let found = list(ledger, no, Wanted { filter, order, page: back }).await.unwrap();
        assert_eq!(seqs(&found.page.rows), seqs(&pair[0].1.rows), "back from page {:?}", pair[1].0);
    }
    let rows = pages.into_iter().flat_map(|(_, page)| page.rows).map(|line| line.entry).collect();
    (rows, counted)
}

fn expected(all: &[Entry], filter: EntryFilter, order: EntryOrder, ascending: bool) -> Vec<i64> {
    let fits = |e: &&Entry| filter.kind.is_none_or(|k| e.kind == k) && (filter.from..filter.to).contains(&e.occurred_at);
    let mut kept: Vec<&Entry> = all.iter().filter(fits).collect();
    kept.sort_by_key(|entry| match order {
        EntryOrder::Posted => (entry.seq, entry.seq),
        EntryOrder::Occurred => (entry.occurred_at.as_microsecond(), entry.seq),
        EntryOrder::Points => (entry.points.hundredths(), entry.seq),
    });
    let mut seqs: Vec<i64> = kept.into_iter().map(|entry| entry.seq).collect();
    if !ascending {
        seqs.reverse();
    }
    seqs
}

fn seqs(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.seq).collect()
}

stories! {
    async fn entries_are_listed_in_every_order_both_ways_and_counted(db: Db) {
        let ledger = programme(&db).await;
        let pay = |n: i64, day: i64| format!("id=p{n} member=m-1 pay={} at=2026-10-{day:02}T00:00:00Z", 10 * (n % 5 + 1));
        // the second half occurred before the first
        let mut texts: Vec<String> = (0..20).map(|n| pay(n, if n < 10 { n + 11 } else { n - 9 })).collect();
        texts.extend((0..4).map(|n| format!("id=r{n} member=m-1 of=p{n} refund=5 at=2026-10-30T00:00:00Z")));
        post(&ledger, HISTORY, &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
        let (everything, number) = all(&ledger, no, EntryFilter::ALL, EntryOrder::Posted, true).await;
        assert_eq!((everything.len(), number), (24, 24));
        let span = ("2026-10-05T00:00:00Z".parse().unwrap(), "2026-10-15T00:00:00Z".parse().unwrap());
        for filter in [
            EntryFilter::ALL,
            EntryFilter { kind: Some(EntryKind::Clawback), ..EntryFilter::ALL },
            EntryFilter { kind: None, from: span.0, to: span.1 },
            EntryFilter { kind: Some(EntryKind::Earn), from: span.0, to: span.1 },
        ] {
            for (order, ascending) in ORDERS.into_iter().flat_map(|order| [(order, false), (order, true)]) {
                let wanted = expected(&everything, filter, order, ascending);
                let (found, number) = all(&ledger, no, filter, order, ascending).await;
                assert_eq!((seqs(&found), number), (wanted.clone(), wanted.len() as i64), "{filter:?} {order:?} {ascending}");
            }
        }
        check(&ledger).await;
    }

    async fn of_more_than_are_looked_through_the_order_is_that_of_posting(db: Db) {
        let ledger = programme(&db).await;
        let no = busy(&ledger).await;
        let first = Window { from: None, ascending: false, most: 2_000 };
        let whole = list(&ledger, no, Wanted { filter: EntryFilter::ALL, order: EntryOrder::Points, page: first }).await.unwrap();
        assert_eq!((whole.order, whole.has_orders, whole.counted.number), (EntryOrder::Posted, false, ENTRIES as i64));
        let everything: Vec<Entry> = whole.page.rows.into_iter().map(|line| line.entry).collect();
        let span = ("2026-06-20T00:00:00Z".parse().unwrap(), "2026-08-01T00:00:00Z".parse().unwrap());
        for filter in [
            EntryFilter { kind: Some(EntryKind::Clawback), ..EntryFilter::ALL },
            EntryFilter { kind: None, from: span.0, to: span.1 },
            EntryFilter { kind: Some(EntryKind::Earn), from: span.0, to: span.1 },
        ] {
            for ascending in [false, true] {
                let wanted = expected(&everything, filter, EntryOrder::Posted, ascending);
                let (found, number) = all(&ledger, no, filter, EntryOrder::Posted, ascending).await;
                assert_eq!((seqs(&found), number), (wanted.clone(), wanted.len() as i64), "{filter:?} {ascending}");
            }
        }
        assert!(matches!(list(&ledger, no + 1, Wanted { filter: EntryFilter::ALL, order: EntryOrder::Posted, page: first }).await,
            Err(AppError::NotFound)));
    }
}
