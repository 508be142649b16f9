//! Events that were refused: kept for the desk, bounded, settled by themselves, dismissed by people, gone with whom they name.

use jiff::SignedDuration;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::audit::Filter as AuditFilter;
use laurel_engine::store::members::member::By;
use laurel_engine::store::refused::prune;
use laurel_engine::store::{COUNTED, micros};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::housekeeping;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::close::close;
use laurel_engine::usecase::members::erase::erase;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::programme::overview::waiting;
use laurel_engine::usecase::refused::{self, Filter, MOST_A_DAY, Picked, Refused, RefusedState, desk, dismiss, keep, settle};
use uuid::Uuid;

use laurel_testing::people::employed;
use laurel_testing::programme::{programme, tell};
use laurel_testing::tamper::tamper;

const KEY: Uuid = Uuid::from_u128(7);

fn one(ledger: &Ledger, id: &str, reason: &str) -> Refused {
    let now = ledger.clock.now();
    Refused {
        api_key: KEY,
        source: "default".into(),
        event_id: Some(id.into()),
        kind: Some("payment".into()),
        member: Some("m-1".into()),
        referee: None,
        body: Some(format!("{{\"id\": \"{id}\"}}")),
        reason: reason.into(),
        times: 1,
        first_at: now,
        last_at: now,
    }
}

async fn refuse(ledger: &Ledger, all: Vec<Refused>) {
    let all = all.into_iter().map(|one| (one, ())).collect();
    keep(&ledger.db, all, |()| ["金额有误".into(), "wrong amount".into()]).await.unwrap();
}

/// `id reason times` of a state, the newest first.
async fn listed(ledger: &Ledger, state: RefusedState) -> Vec<String> {
    let wanted = Filter { state: state as i16, ..Filter::default() };
    let found = desk(ledger, Authority::command_line(), wanted, None).await.unwrap();
    assert_eq!(found.counts[state as usize], found.counted);
    let shown = found.page.rows.into_iter().map(|one| format!("{} {} {}", one.event_id.unwrap(), one.reason, one.times));
    shown.collect()
}

stories! {
    async fn each_is_kept_once_however_often_it_is_sent(db: Db) {
        let ledger = programme(&db).await;
        refuse(&ledger, vec![one(&ledger, "e1", "invalid"), one(&ledger, "e2", "unknown_member")]).await;
        ledger.clock.advance(SignedDuration::from_mins(1));
        refuse(&ledger, vec![one(&ledger, "e1", "invalid"), one(&ledger, "e1", "in_future")]).await;
        let open = listed(&ledger, RefusedState::Open).await;
        assert_eq!(open[0], "e1 in_future 1");
        assert!(open.len() == 3 && open.contains(&"e1 invalid 2".to_owned()), "{open:?}");
        assert_eq!(waiting(&ledger).await.unwrap().refused, 3);
        let only = Filter { reason: "invalid".into(), api_key: Some(KEY), source: "default".into(), ..Filter::default() };
        let found = desk(&ledger, Authority::command_line(), only, None).await.unwrap();
        assert_eq!((found.counted, found.reasons.len(), found.keys.len()), (1, 3, 1));
        assert_eq!(found.page.rows[0].told, ["金额有误", "wrong amount"]);
    }

    async fn one_whose_event_is_accepted_settles_by_itself(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=e0 member=m-1 pay=1").await.unwrap();
        refuse(&ledger, vec![one(&ledger, "e1", "invalid"), one(&ledger, "e0", "event_conflict"), one(&ledger, "e9", "invalid")]).await;
        tell(&ledger, "id=e1 member=m-1 pay=10").await.unwrap();
        assert_eq!((settle(&ledger).await.unwrap(), settle(&ledger).await.unwrap()), (1, 0));
        assert_eq!(listed(&ledger, RefusedState::Settled).await, ["e1 invalid 1"]);
        assert_eq!(waiting(&ledger).await.unwrap().refused, 2, "whose id is taken waits for somebody");
        let open = desk(&ledger, Authority::command_line(), Filter::default(), None).await.unwrap().page.rows;
        let mut holders: Vec<_> = open.into_iter().map(|one| (one.event_id.unwrap(), one.holder.map(|holder| holder.seq))).collect();
        holders.sort();
        assert_eq!(holders, [("e0".into(), Some(1)), ("e9".into(), None)], "and is shown which event has it");
        // sent wrongly once more it waits again
        refuse(&ledger, vec![one(&ledger, "e1", "invalid")]).await;
        assert_eq!(waiting(&ledger).await.unwrap().refused, 3);
    }

    async fn a_key_that_sends_nothing_but_nonsense_fills_no_database(db: Db) {
        let ledger = programme(&db).await;
        let many = (0..MOST_A_DAY + 200).map(|n| one(&ledger, &format!("n{n}"), "invalid")).collect();
        refuse(&ledger, many).await;
        refuse(&ledger, vec![one(&ledger, "late", "invalid")]).await;
        assert_eq!(waiting(&ledger).await.unwrap().refused, MOST_A_DAY);
        let other = Refused { api_key: Uuid::from_u128(8), ..one(&ledger, "o", "invalid") };
        refuse(&ledger, vec![other]).await;
        assert_eq!(waiting(&ledger).await.unwrap().refused, MOST_A_DAY + 1, "another key's are kept");
        ledger.clock.advance(SignedDuration::from_hours(24));
        refuse(&ledger, vec![one(&ledger, "late", "invalid")]).await;
        assert_eq!(waiting(&ledger).await.unwrap().refused, COUNTED, "the next day there is room again; counts end at this");
        ledger.clock.advance(refused::KEPT_FOR - SignedDuration::from_hours(12));
        let gone = housekeeping::forget(&db, ledger.clock.now()).await.unwrap().refused;
        assert_eq!((gone, waiting(&ledger).await.unwrap().refused), (1_001, 1));
    }

    async fn people_dismiss_them_and_the_log_says_so(db: Db) {
        let ledger = programme(&db).await;
        let all = ["a", "b", "c"].map(|id| one(&ledger, id, if id == "c" { "in_future" } else { "invalid" }));
        refuse(&ledger, all.to_vec()).await;
        let viewer = employed(&db, &Auth::default(), "viewer@example.com", Role::Viewer).await;
        let refusal = dismiss(&ledger, viewer, Picked::All(Filter::default())).await;
        assert!(matches!(refusal, Err(AppError::Forbidden)), "{refusal:?}");
        let by = employed(&db, &Auth::default(), "manager@example.com", Role::Manager).await;
        let invalid = Filter { reason: "invalid".into(), ..Filter::default() };
        assert_eq!(dismiss(&ledger, by, Picked::All(invalid)).await.unwrap(), 2);
        let rest = desk(&ledger, by, Filter::default(), None).await.unwrap().page.rows[0].id;
        assert_eq!(dismiss(&ledger, by, Picked::These(vec![rest])).await.unwrap(), 1);
        assert_eq!(dismiss(&ledger, by, Picked::These(vec![rest])).await.unwrap(), 0, "it was already");
        // what is sent again stays dismissed
        refuse(&ledger, vec![one(&ledger, "c", "in_future")]).await;
        assert_eq!((waiting(&ledger).await.unwrap().refused, listed(&ledger, RefusedState::Dismissed).await.len()), (0, 3));
        let log = audit::list(&db, &AuditFilter { limit: 10, ..AuditFilter::default() }).await.unwrap();
        assert_eq!(log.iter().filter(|row| row.action == "refused_events.dismiss").count(), 2);
    }

    async fn erasing_somebody_takes_what_was_refused_of_them(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1").await.unwrap();
        let invited = Refused { member: Some("m-2".into()), referee: Some("m-1".into()), ..one(&ledger, "b", "invalid") };
        let other = Refused { member: Some("m-2".into()), ..one(&ledger, "c", "invalid") };
        refuse(&ledger, vec![one(&ledger, "a", "invalid"), invited, other]).await;
        let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
        let now = ledger.clock.now();
        db.write((no, now), |tx, (no, now)| Box::pin(laurel_engine::store::members::erasure::erase(tx, *no, *now))).await.unwrap();
        assert_eq!(listed(&ledger, RefusedState::Open).await, ["c invalid 1"]);
    }

    async fn what_waits_to_be_written_while_its_member_is_erased_names_nobody(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=1").await.unwrap();
        let invited = Refused { member: Some("m-2".into()), referee: Some("m-1".into()), ..one(&ledger, "b", "invalid") };
        let held = vec![one(&ledger, "a", "invalid"), invited, Refused { member: Some("m-2".into()), ..one(&ledger, "c", "invalid") }];
        let again = Refused { member: Some("stranger".into()), ..one(&ledger, "d", "unknown_member") };
        refuse(&ledger, vec![again.clone()]).await;
        let (admin, member) = (Authority::command_line(), view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().id());
        close(&ledger, admin, member, None).await.unwrap();
        erase(&ledger, admin, member).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        refuse(&ledger, held).await;
        let rows = desk(&ledger, admin, Filter::default(), None).await.unwrap().page.rows;
        let mut rows: Vec<_> = rows.into_iter().map(|row| (row.event_id.unwrap(), row.member, row.body.is_some())).collect();
        rows.sort();
        let named = |id: &str, member: Option<&str>| (id.to_owned(), member.map(str::to_owned), member.is_some());
        let expected = [named("a", None), named("b", None), named("c", Some("m-2")), named("d", Some("stranger"))];
        assert_eq!(rows, expected, "that they were refused stays, and nothing that says of whom");
        // where nobody is erased whoever is not known keeps their name
        ledger.clock.advance(SignedDuration::from_hours(1));
        refuse(&ledger, vec![Refused { event_id: Some("e".into()), first_at: ledger.clock.now(), ..again }]).await;
        let latest = desk(&ledger, admin, Filter::default(), None).await.unwrap().page.rows.remove(0);
        assert_eq!(latest.member.as_deref(), Some("stranger"));
    }

    async fn nobody_writes_for_what_is_not_kept(db: Db) {
        let ledger = programme(&db).await;
        let many = (0..MOST_A_DAY).map(|n| one(&ledger, &format!("n{n}"), "invalid")).collect();
        refuse(&ledger, many).await;
        tamper(&db, "update refused_events set last_at = 0").await;
        refuse(&ledger, (0..50).map(|n| one(&ledger, &format!("m{n}"), "invalid")).collect()).await;
        let pruned = db.write(micros(ledger.clock.now()), |tx, now| Box::pin(prune(tx, *now, 5_000))).await.unwrap();
        assert_eq!(pruned, MOST_A_DAY as u64);
    }
}
