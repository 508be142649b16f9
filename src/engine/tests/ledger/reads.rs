//! Reading one member's entries shows due work as done, even when the jobs are late.

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
}
