//! Reading one member's entries shows due work as done, even when the jobs are late.

use std::sync::Arc;

use jiff::SignedDuration;
use laurel_domain::ledger::explanation::Explanation;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::store::Db;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::activity::activity;
use laurel_engine::usecase::ledger::statement;
use laurel_engine::usecase::ledger::whole::{Known, news_after};
use laurel_engine::usecase::members::{search, view};

use laurel_testing::programme::{check, programme_with, tell};

/// Points are held for 14 days and last a month; at most 120 a day are earned by paying.
fn strict(set: &mut RuleSet) {
    set.expiry = Expiry::Months(1);
    set.holding.payment = 14;
    set.caps.payment.day = Some("120".parse().expect("points"));
}

/// One payment of 150 and the days gone by since.
async fn after(db: &Db, days: i64) -> (Ledger, i64) {
    let ledger = programme_with(db, strict).await;
    tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    ledger.clock.advance(SignedDuration::from_hours(24 * days));
    let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
    (ledger, no)
}

async fn kinds(ledger: &Ledger, no: i64) -> Vec<&'static str> {
    let lines = activity(ledger, no, Page::newest(9)).await.unwrap().lines;
    lines.iter().map(|line| line.entry.kind.name()).collect()
}

stories! {
    async fn a_page_of_entries_shows_what_became_due_since(db: Db) {
        let (ledger, no) = after(&db, 15).await;
        assert_eq!(kinds(&ledger, no).await, ["activate", "earn"]);
        ledger.clock.advance(SignedDuration::from_hours(24 * 20));
        assert_eq!(kinds(&ledger, no).await, ["expire", "activate", "earn"]);
        assert_eq!(kinds(&ledger, no).await.len(), 3, "once");
        let lines = activity(&ledger, no, Page::newest(9)).await.unwrap().lines;
        let explanations: Vec<Explanation> = lines.into_iter().map(|line| line.explanation.unwrap()).collect();
        let [Explanation::Lapsed { day, points }, Explanation::Activated { expires, .. }, Explanation::Payment { term, .. }] =
            &explanations[..] else { panic!("{explanations:?}") };
        assert_eq!((day.to_string().as_str(), points.to_string().as_str()), ("2026-12-22", "120.00"));
        assert_eq!((*expires, term.cut.to_string().as_str(), term.expires), (Some(*day), "30.00", Some(*day)));
        check(&ledger).await;
    }

    async fn a_statement_and_the_staff_s_file_do_so_too(db: Db) {
        let (ledger, no) = after(&db, 15).await;
        assert_eq!(statement::statement(&ledger, no).await.unwrap().entries.len(), 2);
        ledger.clock.advance(SignedDuration::from_hours(24 * 20));
        let id = view::find(&ledger, By::No(no)).await.unwrap().unwrap().id();
        let file = search::file(&ledger, id).await.unwrap();
        assert_eq!((file.member.account.seq, file.view.points.available.to_string().as_str()), (3, "0.00"));
        check(&ledger).await;
    }

    async fn what_is_new_is_what_comes_after_the_entries_that_are_known(db: Db) {
        let ledger = programme_with(&db, |_| ()).await;
        for event in ["id=p1 member=m-1 pay=10", "id=p2 member=m-2 pay=10", "id=p3 member=m-1 pay=20"] {
            tell(&ledger, event).await.unwrap();
        }
        let news = async |known: Known| {
            let found = news_after(&ledger, i64::MIN, &Arc::new(known)).await.unwrap().unwrap();
            assert!(news_after(&ledger, found.last, &Arc::default()).await.unwrap().is_none(), "there are two");
            let new = found.members.iter().map(|(owner, own)| (owner.no, owner.entries, own.iter().map(|e| e.seq).collect::<Vec<_>>()));
            new.collect::<Vec<_>>()
        };
        let all = news(Known::new()).await;
        let (first, second) = (all[0].0, all[1].0);
        assert_eq!(all, [(first, 2, vec![1, 2]), (second, 1, vec![1])]);
        let rest = news(Known::from([(first, 1), (second, 1)])).await;
        assert_eq!(rest, [(first, 2, vec![2]), (second, 1, vec![])]);
    }
}
