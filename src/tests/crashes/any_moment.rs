//! Everything at once, killed again and again.

use std::collections::HashMap;
use std::time::Duration;

use laurel_testing::database::Throwaway;
use serde_json::Value;

use super::{Laurel, kill, serve};

/// What a client has been told, by the paths that say it again.
#[derive(Default)]
pub(super) struct Told {
    pub events: Vec<String>,
    /// Redemptions with the last state that was acknowledged.
    pub redemptions: HashMap<String, String>,
}

/// Payments whose points lapse, refunds, redemptions, cancels and payouts by several clients; the jobs run beside them. The
/// server is killed at any moment, again and again: nothing acknowledged is lost, nothing is half done.
async fn everything_is_whole_after_kills_at_any_moment(url: Option<String>) {
    let kills: u32 = std::env::var("LAUREL_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init", "--enrol-on-event"]);
    expire_after_a_month(&laurel).await;
    let key = key_for_everything(&laurel);
    let mut told = Told::default();
    let mut seed = laurel_engine::random::bytes::<2>().iter().fold(0_u64, |n, byte| n * 256 + u64::from(*byte));
    for round in 0..kills {
        let (server, address) = serve(&laurel);
        let clients = (0..6).map(|client| act_until_gone(address.clone(), key.clone(), round, client));
        let clients = tokio::spawn(futures::future::join_all(clients));
        seed = seed * 75 % 65_537 + 1;
        tokio::time::sleep(Duration::from_millis(150 + seed % 900)).await;
        kill(server);
        for one in clients.await.expect("clients end") {
            told.events.extend(one.events);
            told.redemptions.extend(one.redemptions);
        }
        if round % 10 == 0 {
            laurel.expect(0, &["verify"]);
        }
    }
    laurel.expect(0, &["verify"]);
    assert!(
        told.events.len() > 20 && told.redemptions.len() > 3,
        "{} events, {} redemptions",
        told.events.len(),
        told.redemptions.len()
    );
    all_told_is_there(&laurel, &key, &told).await;
}

/// Asks a server that is started for it for the last of what others were told, and lets the ledger prove itself.
pub(super) async fn all_told_is_there(laurel: &Laurel, key: &str, told: &Told) {
    let (server, address) = serve(laurel);
    let http = reqwest::Client::new();
    let get = async |path: String| {
        let answer = http.get(format!("{address}/api/v1{path}")).bearer_auth(key).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    for id in told.events.iter().rev().take(300) {
        let (status, _) = patiently(async || get(format!("/events/default/{id}")).await).await;
        assert_eq!(status, 200, "event {id} was acknowledged");
    }
    for (id, state) in told.redemptions.iter().take(300) {
        let (status, found) = patiently(async || get(format!("/redemptions/{id}")).await).await;
        assert_eq!(status, 200, "redemption {id} was acknowledged");
        let order = ["reserved", "processing", "paid", "cancelled"];
        let at = |state: &str| order.iter().position(|one| *one == state).expect("a state");
        let found = found["state"].as_str().expect("a state");
        assert!(at(found) >= at(state), "redemption {id} was {state} and is {found}");
    }
    kill(server);
    laurel.expect(0, &["verify"]);
}

/// The same question again while too many have been asked.
async fn patiently(ask: impl AsyncFn() -> (u16, Value)) -> (u16, Value) {
    loop {
        match ask().await {
            (429, _) => tokio::time::sleep(Duration::from_millis(50)).await,
            answered => return answered,
        }
    }
}

pub(super) async fn expire_after_a_month(laurel: &Laurel) {
    use laurel_engine::auth::Authority;
    use laurel_engine::usecase::rules::{self, Publication};
    let db = laurel_engine::store::Db::connect(&laurel.url).await.expect("a connection");
    let ledger = laurel_engine::usecase::ledger::Ledger::open(db.clone(), Default::default()).await.unwrap().unwrap();
    let mut set = ledger.rulebook().await.unwrap().latest().set.clone();
    set.expiry = laurel_domain::rules::terms::Expiry::Months(1);
    set.holding.payment = 1;
    let revision = rules::save_draft(&ledger, Authority::command_line(), set, 1, 0).await.unwrap();
    rules::publish(&ledger, Authority::command_line(), revision, Publication::default()).await.unwrap();
    db.close().await;
}

pub(super) fn key_for_everything(laurel: &Laurel) -> String {
    let scopes = "events:write,members:read,redemptions:write,redemptions:fulfil";
    let key = laurel.expect(0, &["key", "create", "--name", "test", "--scope", scopes, "--format", "json"]);
    let key: Value = serde_json::from_str(&key).expect("a key");
    key["key"].as_str().expect("the key").to_owned()
}

/// What one client asked for while the server was there.
pub(super) async fn act_until_gone(address: String, key: String, round: u32, client: usize) -> Told {
    let mut client = Client {
        http: reqwest::Client::new(),
        address: format!("{address}/api/v1"),
        key,
        member: format!("m-{}", client % 10),
        names: format!("{round}-{client}"),
        told: Told::default(),
    };
    for n in 0..100_000 {
        if client.act(n).await.is_none() {
            break;
        }
    }
    client.told
}

struct Client {
    http: reqwest::Client,
    address: String,
    key: String,
    member: String,
    /// What the names of its requests begin with.
    names: String,
    told: Told,
}

impl Client {
    /// `None` once the server is gone, here and below.
    async fn act(&mut self, n: i64) -> Option<()> {
        let name = format!("{}-{n}", self.names);
        // long ago, so that its points are activated and lapse at once; or yesterday
        let days = if n % 3 == 0 { 70 } else { 2 };
        let at = jiff::Timestamp::from_second(jiff_now() - days * 86_400).expect("a time").to_string();
        let member = self.member.clone();
        self.tell(serde_json::json!({"id": name, "kind": "payment", "member": member, "amount": "50.00", "currency": "CNY",
            "occurred_at": at}))
            .await?;
        if n % 5 == 4 {
            self.tell(serde_json::json!({"id": format!("{name}-r"), "kind": "refund", "member": member, "payment": name,
                "amount": "20.00", "currency": "CNY", "occurred_at": at}))
                .await?;
        }
        if n % 2 == 1 {
            let steps: &[(&str, &str)] =
                if n % 4 == 1 { &[("cancel", "cancelled")] } else { &[("process", "processing"), ("pay", "paid")] };
            self.redeem(&name, steps).await?;
        }
        Some(())
    }

    async fn tell(&mut self, event: Value) -> Option<()> {
        let id = event["id"].as_str().expect("an id").to_owned();
        if self.post(&id, "/events", event).await?.0 == 201 {
            self.told.events.push(id);
        }
        Some(())
    }

    async fn redeem(&mut self, name: &str, steps: &[(&str, &str)]) -> Option<()> {
        let path = format!("/members/{}/redemptions", self.member);
        let (status, made) = self.post(name, &path, serde_json::json!({"reward": "cash", "points": "20"})).await?;
        if status != 201 {
            return Some(());
        }
        let id = made["id"].as_str().expect("an id").to_owned();
        self.told.redemptions.insert(id.clone(), "reserved".into());
        for (step, state) in steps {
            let (status, _) = self.post(name, &format!("/redemptions/{id}/{step}"), serde_json::json!({})).await?;
            if status == 200 {
                self.told.redemptions.insert(id.clone(), (*state).to_owned());
            }
        }
        Some(())
    }

    async fn post(&self, name: &str, path: &str, body: Value) -> Option<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.address));
        let request = request.bearer_auth(&self.key).header("Idempotency-Key", format!("{name}{path}"));
        let answer = request.json(&body).send().await.ok()?;
        let status = answer.status().as_u16();
        if status == 429 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Some((status, Value::Null));
        }
        assert!(status < 500 || status == 503, "{path}: {status}");
        Some((status, answer.json().await.ok()?))
    }
}

/// The server that is killed lives by the machine's clock, and so do its clients.
fn jiff_now() -> i64 {
    laurel_engine::clock::Clock::default().now().as_second()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_whole_after_kills_at_any_moment_on_sqlite() {
    everything_is_whole_after_kills_at_any_moment(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_whole_after_kills_at_any_moment_on_postgres() {
    let database = Throwaway::postgres().await;
    everything_is_whole_after_kills_at_any_moment(Some(database.url())).await;
    database.tell(|_| async {}).await;
}
