//! Two and four servers meet at the same rows: what holds for one holds for all of them together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use futures::future::join_all;
use laurel_engine::auth::Authority;
use laurel_engine::jobs::NAMES;
use laurel_engine::store::Db;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules::{self, Publication};
use serde_json::{Value, json};

use super::fleet::{Fleet, payment};

fn addresses(fleet: &Fleet) -> Vec<String> {
    fleet.servers.iter().map(|server| server.address.clone()).collect()
}

/// The statuses of the same deed at every server at once, each with another number.
async fn at_each(fleet: &Fleet, times: usize, deed: impl Fn(usize) -> (String, String, Value)) -> Vec<u16> {
    let addresses = addresses(fleet);
    let sent = (0..times).map(|n| {
        let (path, key, body) = deed(n);
        let address = &addresses[n % addresses.len()];
        async move { fleet.post(address, &path, &key, &body).await.expect("an answer").0 }
    });
    join_all(sent).await
}

fn count(statuses: &[u16], wanted: u16) -> usize {
    statuses.iter().filter(|status| **status == wanted).count()
}

async fn available(fleet: &Fleet, member: &str) -> String {
    let (status, found) = fleet.get(0, &format!("/members/{member}")).await;
    assert_eq!(status, 200, "{found}");
    found["points"]["available"].as_str().expect("points").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_servers_take_each_event_once_and_give_nothing_twice() {
    let fleet = Fleet::start(4).await;
    // the same events through each at once, one by one
    let same = at_each(&fleet, 80, |n| {
        let n = n / 4;
        ("/events".into(), String::new(), payment(&format!("e{n}"), &format!("m-{}", n % 3), "10"))
    })
    .await;
    assert_eq!((count(&same, 201), count(&same, 200)), (20, 60), "{same:?}");
    // and as batches, each in another order
    let batches = at_each(&fleet, 4, |n| {
        let mut events: Vec<Value> = (0..40).map(|e| payment(&format!("b{e}"), &format!("new-{}", e % 7), "10")).collect();
        events.rotate_left(10 * n);
        ("/events".into(), String::new(), json!({ "events": events }))
    })
    .await;
    assert!(batches.iter().all(|status| *status == 200), "{batches:?}");

    // refunds of one payment: 100.00 is there, and 60.00 asked for four times
    at_each(&fleet, 1, |_| ("/events".into(), String::new(), payment("whole", "m-9", "100"))).await;
    let refunds = at_each(&fleet, 4, |n| {
        let refund = json!({"id": format!("r{n}"), "kind": "refund", "member": "m-9", "payment": "whole", "amount": "60",
            "currency": "CNY", "occurred_at": "2026-01-01T00:00:00Z"});
        ("/events".into(), String::new(), refund)
    })
    .await;
    assert_eq!(count(&refunds, 201), 1, "{refunds:?}");
    assert_eq!(available(&fleet, "m-9").await, "40.00");

    // redemptions of one member: 40 points are there, 10 are asked for eight times; and one wish is sent to everybody
    let redeem = |key: String| ("/members/m-9/redemptions".to_owned(), key, json!({"reward": "cash", "points": "10"}));
    let once = at_each(&fleet, 4, |_| redeem("the same".into())).await;
    assert_eq!(count(&once, 201), 4, "the same answer for each: {once:?}");
    assert_eq!(available(&fleet, "m-9").await, "30.00");
    let redeemed = at_each(&fleet, 8, |n| redeem(format!("k{n}"))).await;
    assert_eq!(count(&redeemed, 201), 3, "{redeemed:?}");
    assert_eq!(available(&fleet, "m-9").await, "0.00");

    // guesses at one account count together, whichever server they are sent to
    let begun = Instant::now();
    let guesses = join_all((0..12).map(|n| fleet.guess(n % 4, "w@example.com"))).await;
    let seconds = usize::try_from(begun.elapsed().as_secs()).expect("a short while");
    let let_through = guesses.len() - count(&guesses, 429);
    assert!((4..=4 + seconds).contains(&let_through), "four, and one more after each second: {guesses:?}");
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_servers_go_on_while_rules_are_published_and_one_of_them_is_killed() {
    let mut fleet = Fleet::start(4).await;
    fleet.until("four servers", async |fleet| fleet.jobs().len() == 4).await;
    let jobs = fleet.jobs();
    assert_eq!(jobs.iter().map(Vec::len).sum::<usize>(), NAMES.len(), "each job is one server's: {jobs:?}");

    let addresses = Arc::new(addresses(&fleet));
    let victim = 0;
    let told = Arc::new(std::sync::Mutex::new(Vec::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let clients = (0..8).map(|client: usize| {
        let (fleet, addresses, told, stop) = (&fleet, addresses.clone(), told.clone(), stop.clone());
        async move {
            for n in 0.. {
                if stop.load(SeqCst) {
                    return;
                }
                let id = format!("{client}-{n}");
                let event = payment(&id, &format!("m-{}", n % 5), "10");
                match fleet.post(&addresses[client % 4], "/events", "", &event).await {
                    Some((201, _)) => told.lock().expect("a list").push(id),
                    Some((status, body)) => panic!("{status}: {body}"),
                    None => {
                        assert_eq!(client % 4, victim, "the others go on");
                        return;
                    }
                }
            }
        }
    });
    let process = fleet.servers[victim].id();
    let events = join_all(clients);
    let disturbances = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        publish(&fleet.laurel.url).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        kill_process(process);
        publish(&fleet.laurel.url).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.store(true, SeqCst);
    };
    futures::join!(events, disturbances);
    fleet.kill(victim);
    fleet
        .until("its jobs are another's", async |fleet| {
            let jobs = fleet.jobs();
            jobs.len() == 3 && jobs.iter().map(Vec::len).sum::<usize>() == NAMES.len()
        })
        .await;
    let told = std::mem::take(&mut *told.lock().expect("a list"));
    assert!(told.len() > 30, "only {} events", told.len());
    for id in told.iter().rev().take(60) {
        assert_eq!(fleet.get(0, &format!("/events/default/{id}")).await.0, 200, "{id} was acknowledged");
    }
    assert_eq!(fleet.get(0, "/rules").await.1["version"], 3);
    fleet.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_a_rate_and_learn_each_others_settings() {
    let mut fleet = Fleet::start(2).await;
    fleet.until("each has half", async |fleet| fleet.limit(0).await == 100_000 && fleet.limit(1).await == 100_000).await;
    fleet.laurel.expect(0, &["programme", "--enrol-on-event", "false"]);
    for server in 0..2 {
        let address = fleet.servers[server].address.clone();
        let status = async |fleet: &Fleet| {
            let id = format!("{server}-{}", hex::encode(laurel_engine::random::bytes::<6>()));
            fleet.post(&address, "/events", "", &payment(&id, &format!("of {id}"), "10")).await.expect("an answer").0
        };
        fleet.until("nobody is enrolled any more", async |fleet| status(fleet).await == 422).await;
    }
    fleet.kill(0);
    fleet.until("the other has all", async |fleet| fleet.limit(0).await == 200_000).await;
    fleet.end().await;
}

/// As `kill -9` does, while the process is still watched over by its fleet.
fn kill_process(id: u32) {
    let killed = std::process::Command::new("kill").args(["-9", &id.to_string()]).status().expect("kill runs");
    assert!(killed.success());
}

async fn publish(url: &str) {
    let db = Db::connect(url).await.expect("a connection");
    let ledger = Ledger::open(db.clone(), Default::default()).await.unwrap().unwrap();
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    set.holding.payment = if latest.version == 1 { 1 } else { 2 };
    let revision = rules::save_draft(&ledger, Authority::command_line(), set, latest.version, 0).await.unwrap();
    rules::publish(&ledger, Authority::command_line(), revision, Publication::default()).await.unwrap();
    db.close().await;
}
