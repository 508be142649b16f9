//! Reading one member's entries shows due work as done, even when the jobs are late.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel::server::store::Db;
use laurel::server::store::ledger::entries::Page;
use laurel::server::store::members::member::By;
use laurel::server::usecase::ledger::Ledger;
use laurel::server::usecase::ledger::activity::activity;
use laurel::server::usecase::ledger::statement;
use laurel::server::usecase::members::{search, view};
use laurel_domain::ledger::explanation::Explanation;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::programme::{check, programme_with, tell};

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

    async fn the_api_tells_lots_and_pending_points_and_explains_each_entry(db: Db) {
        let api = Api::with(programme_with(&db, strict).await, |_| ()).await;
        let event = json!({"id": "p1", "kind": "payment", "member": "m-1", "amount": "150", "currency": "CNY",
            "occurred_at": "2026-11-22T09:59:00Z"});
        assert_eq!(api.post("/events", event.to_string()).await.status, StatusCode::CREATED);
        let member = api.get("/members/m-1").await.json;
        assert_eq!(member["pending"], json!([{"until": "2026-12-06T09:59:00Z", "points": "120.00"}]));
        assert_eq!(member["lots"], json!([]));
        api.ledger().clock.advance(SignedDuration::from_hours(24 * 15));
        let member = api.get("/members/m-1").await.json;
        assert_eq!((&member["pending"], &member["tier"].get("until")), (&json!([]), &None));
        assert_eq!(member["lots"], json!([{"day": "2026-12-22", "points": "120.00"}]));
        let entries = api.get("/members/m-1/entries").await.json;
        let explained = |at: usize, field: &str| entries["data"][at]["explanation"][field].clone();
        assert_eq!(explained(0, "kind"), "activated");
        assert_eq!((explained(1, "kind"), explained(1, "cut_by_cap")), (json!("payment"), json!("30.00")));
        assert_eq!((explained(1, "held_until"), explained(1, "expires")), (json!("2026-12-06T09:59:00Z"), json!("2026-12-22")));
        api.ledger().clock.advance(SignedDuration::from_hours(24 * 20));
        let entries = api.get("/members/m-1/entries?limit=1").await.json;
        assert_eq!((&entries["data"][0]["kind"], &entries["data"][0]["explanation"]["day"]), (&json!("expire"), &json!("2026-12-22")));
        assert_ne!(entries["next_cursor"], Value::Null);
    }

    async fn a_tier_with_a_period_says_until_when(db: Db) {
        let ledger = programme_with(&db, |set| {
            set.ladder.validity = Some(laurel_domain::rules::period::Validity { months: 12, grace_days: 0 });
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let api = Api::with(ledger, |_| ()).await;
        let tier = api.get("/members/m-1").await.json["tier"].clone();
        assert_eq!((&tier["rank"], &tier["until"]), (&json!(2), &json!("2027-11-22T10:00:00Z")));
    }
}
