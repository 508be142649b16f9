//! Several processes of the real binary that serve one PostgreSQL.

use std::process::Child;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, ORIGIN};
use serde_json::{Value, json};

use crate::crashes::{Laurel, kill, serve_with};
use laurel_testing::database::Throwaway;

/// A server that has gone silent loses its jobs after a second.
const QUICK: [&str; 2] = ["--lease-seconds", "1"];

pub struct Fleet {
    pub laurel: Laurel,
    pub servers: Vec<Server>,
    key: String,
    http: reqwest::Client,
    database: Throwaway,
}

pub struct Server {
    process: Child,
    pub address: String,
}

impl Fleet {
    /// So many servers of a programme that enrols whoever pays.
    pub async fn start(servers: usize) -> Fleet {
        let database = Throwaway::postgres().await;
        let laurel = Laurel::new(Some(database.url()));
        laurel.expect(0, &["init", "--enrol-on-event"]);
        let scopes = "events:write,members:read,redemptions:write,redemptions:fulfil,rules:read";
        let make = ["key", "create", "--name", "test", "--scope", scopes, "--rate", "100000", "--format", "json"];
        let key: Value = serde_json::from_str(&laurel.expect(0, &make)).expect("a key");
        let key = key["key"].as_str().expect("the key").to_owned();
        let servers = (0..servers).map(|_| Server::start(&laurel)).collect();
        Fleet { laurel, servers, key, http: reqwest::Client::new(), database }
    }

    /// Kills one at once, without a word to the others.
    pub fn kill(&mut self, which: usize) {
        kill(self.servers.remove(which).process);
    }

    /// One more of the same binary.
    pub fn start_another(&mut self) {
        self.servers.push(Server::start(&self.laurel));
    }

    /// What a server answers to a request of the API; `None` if it is gone.
    pub async fn post(&self, address: &str, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let request = self.http.post(format!("{address}/api/v1{path}")).bearer_auth(&self.key);
        let answer = request.header("Idempotency-Key", key).json(body).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().await.ok()?))
    }

    pub async fn get(&self, server: usize, path: &str) -> (u16, Value) {
        let request = self.http.get(format!("{}/api/v1{path}", self.servers[server].address)).bearer_auth(&self.key);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// How many requests at once a server allows the key.
    pub async fn limit(&self, server: usize) -> u32 {
        let request = self.http.get(format!("{}/api/v1/members/nobody", self.servers[server].address)).bearer_auth(&self.key);
        let answer = request.send().await.expect("an answer");
        let policy = answer.headers()["ratelimit-policy"].to_str().expect("a text").to_owned();
        let limit = policy.split(';').find_map(|part| part.strip_prefix("q=")).expect("a limit");
        limit.parse().expect("a number")
    }

    /// Somebody tries to come into the console.
    pub async fn guess(&self, server: usize, email: &str) -> u16 {
        let address = &self.servers[server].address;
        let request = self.http.post(format!("{address}/api/admin/sign-in")).header(ORIGIN, address);
        let form = [("sign_in_name", email), ("password", "a wrong guess of mine")];
        request.header(ACCEPT, "application/json").form(&form).send().await.expect("an answer").status().as_u16()
    }

    /// Waits for something that servers learn from one another.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn(&Fleet) -> bool) {
        let begun = Instant::now();
        while !is_so(self).await {
            assert!(begun.elapsed() < Duration::from_secs(15), "{what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The jobs of each server that lives.
    pub fn jobs(&self) -> Vec<Vec<String>> {
        let listed: Value = serde_json::from_str(&self.laurel.expect(0, &["servers", "--format", "json"])).expect("servers");
        let jobs = |jobs: &Value| serde_json::from_value(jobs.clone()).expect("jobs");
        listed.as_object().expect("by name").values().map(jobs).collect()
    }

    pub async fn end(self) {
        for server in self.servers {
            kill(server.process);
        }
        self.laurel.expect(0, &["verify"]);
        self.database.tell(|_| async {}).await;
    }
}

impl Server {
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    fn start(laurel: &Laurel) -> Server {
        let (process, address) = serve_with(laurel, &QUICK);
        Server { process, address }
    }
}

/// A payment of a member.
pub fn payment(id: &str, member: &str, amount: &str) -> Value {
    json!({"id": id, "kind": "payment", "member": member, "amount": amount, "currency": "CNY",
        "occurred_at": "2026-01-01T00:00:00Z"})
}
