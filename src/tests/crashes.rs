//! The process is killed at any moment: nothing that was acknowledged is lost, posted twice or left half done.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sqlx::Connection as _;
use tempfile::TempDir;

use laurel_testing::database::Throwaway;

/// The real binary on a database of its own.
pub(crate) struct Laurel {
    pub(crate) url: String,
    folder: TempDir,
}

impl Laurel {
    pub(crate) fn new(url: Option<String>) -> Laurel {
        let folder = TempDir::new().expect("a temporary folder");
        let url = url.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("laurel.db").display()));
        Laurel { url, folder }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
        command.args(arguments).args(["--database-url", &self.url]).env_remove("LAUREL_DATABASE_URL");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary runs")
    }

    /// Runs and insists on the exit code.
    pub(crate) fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}{errors}");
        text
    }

    fn report(&self) -> Value {
        serde_json::from_str(&self.expect(0, &["report", "--format", "json"])).expect("a report")
    }

    /// `members` members with `payments` payments each, some of them refunded.
    pub(crate) fn events(&self, members: usize, payments: usize) -> String {
        let path = self.folder.path().join("events.csv");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
        writeln!(file, "event_id,kind,member,amount,currency,occurred_at,payment").expect("a line");
        for p in 0..payments {
            for m in 0..members {
                let minute = p % 60;
                let at = format!("2026-01-{:02}T10:{minute:02}:00Z", 1 + p % 28);
                writeln!(file, "p{p}-{m},payment,m-{m},{}.{:02},CNY,{at},", 1 + p % 90, m % 100).expect("a line");
                if (p + m) % 7 == 0 {
                    writeln!(file, "r{p}-{m},refund,m-{m},0.50,CNY,{at},p{p}-{m}").expect("a line");
                }
            }
        }
        file.flush().expect("a flush");
        path.display().to_string()
    }
}

pub(crate) fn kill(mut child: Child) {
    child.kill().expect("SIGKILL");
    child.wait().expect("an end");
}

/// Imports are killed again and again, ever later; the next goes on where the last commit was.
fn an_import_that_is_killed_goes_on_without_loss(url: Option<String>) {
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init"]);
    let file = laurel.events(200, 60);
    let mut before = 0;
    for millis in [60, 150, 250, 400, 600] {
        let import = laurel.command(&["import", &file, "--enrol"]).spawn().expect("an import");
        std::thread::sleep(Duration::from_millis(millis));
        kill(import);
        let events = laurel.report()["events"].as_i64().expect("a number");
        assert!(events >= before, "{events} after {before}");
        before = events;
        laurel.expect(0, &["verify"]);
    }
    laurel.expect(0, &["import", &file, "--enrol"]);
    let after = laurel.report();
    laurel.expect(0, &["import", &file, "--enrol"]);
    assert_eq!(laurel.report(), after, "once more changes nothing");
    laurel.expect(0, &["verify"]);

    let undisturbed = Laurel::new(None);
    undisturbed.expect(0, &["init"]);
    undisturbed.expect(0, &["import", &file, "--enrol"]);
    assert_eq!(undisturbed.report(), after, "the same as if nothing had happened");
}

#[test]
fn an_import_that_is_killed_goes_on_without_loss_on_sqlite() {
    an_import_that_is_killed_goes_on_without_loss(None);
}

#[test]
fn an_import_that_is_killed_goes_on_without_loss_on_postgres() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let database = runtime.block_on(Throwaway::postgres());
    an_import_that_is_killed_goes_on_without_loss(Some(database.url()));
    runtime.block_on(database.tell(|_| async {}));
}

/// Events are sent one by one; the server is killed while they are; what was answered with 201 is there, once.
async fn what_was_acknowledged_survives_a_kill(url: Option<String>) {
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init", "--enrol-on-event"]);
    let key = laurel.expect(0, &["key", "create", "--name", "test", "--scope", "events:write", "--format", "json"]);
    let key: Value = serde_json::from_str(&key).expect("a key");
    let key = key["key"].as_str().expect("the key").to_owned();
    let mut acknowledged: Vec<(String, String)> = Vec::new();
    for round in 0..3 {
        let (server, address) = serve(&laurel);
        let clients = (0..16).map(|client| send_until_gone(address.clone(), key.clone(), format!("{round}-{client}")));
        let clients = tokio::spawn(futures::future::join_all(clients));
        tokio::time::sleep(Duration::from_millis(700)).await;
        kill(server);
        acknowledged.extend(clients.await.expect("clients end").into_iter().flatten());
    }
    assert!(acknowledged.len() > 50, "only {} events in three rounds", acknowledged.len());
    laurel.expect(0, &["verify"]);
    let (server, address) = serve(&laurel);
    let http = reqwest::Client::new();
    for batch in acknowledged.chunks(500) {
        let events: Vec<Value> = batch.iter().map(|(id, member)| event(id, member)).collect();
        let body = serde_json::json!({ "events": events });
        let answer =
            http.post(format!("{address}/api/v1/events")).bearer_auth(&key).json(&body).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        for result in answer["results"].as_array().expect("results") {
            assert_eq!(result["status"], "duplicate", "{result}");
        }
    }
    kill(server);
    laurel.expect(0, &["verify"]);
}

fn event(id: &str, member: &str) -> Value {
    serde_json::json!({"id": id, "kind": "payment", "member": member, "amount": "1.00", "currency": "CNY",
        "occurred_at": "2026-01-01T00:00:00Z"})
}

async fn send_until_gone(address: String, key: String, client: String) -> Vec<(String, String)> {
    let http = reqwest::Client::new();
    let mut acknowledged = Vec::new();
    for n in 0..100_000 {
        let (id, member) = (format!("{client}-{n}"), format!("m-{}", n % 7));
        let request = http.post(format!("{address}/api/v1/events")).bearer_auth(&key).json(&event(&id, &member));
        match request.send().await {
            Ok(answer) if answer.status() == 201 => acknowledged.push((id, member)),
            Ok(answer) if answer.status() == 429 => tokio::time::sleep(Duration::from_millis(20)).await,
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => break,
        }
    }
    acknowledged
}

/// Starts the server on a free port and waits until it says which.
pub(crate) fn serve(laurel: &Laurel) -> (Child, String) {
    // one that was killed is not waited for, so that the next does its jobs, too
    serve_with(laurel, &["--lease-seconds", "1"])
}

pub(crate) fn serve_with(laurel: &Laurel, options: &[&str]) -> (Child, String) {
    let arguments = [&["serve", "--listen", "127.0.0.1:0"], options].concat();
    let mut server = laurel.command(&arguments).spawn().expect("a server");
    let mut lines = BufReader::new(server.stderr.take().expect("its words")).lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned));
    match address {
        Some(address) => {
            // somebody has to listen: a server whose standard error is closed cannot speak
            std::thread::spawn(move || lines.for_each(drop));
            (server, address)
        }
        None => {
            kill(server);
            panic!("the server ended without saying where it is")
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_on_sqlite() {
    what_was_acknowledged_survives_a_kill(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_on_postgres() {
    let database = Throwaway::postgres().await;
    what_was_acknowledged_survives_a_kill(Some(database.url())).await;
    database.tell(|_| async {}).await;
}

/// What a client has been told, by the paths that say it again.
#[derive(Default)]
struct Told {
    events: Vec<String>,
    /// Redemptions with the last state that was acknowledged.
    redemptions: HashMap<String, String>,
}

/// Payments whose points lapse, refunds, redemptions, cancels and payouts by several clients; the jobs run beside them. The
/// server is killed at any moment, again and again: nothing acknowledged is lost, nothing is half done.
async fn everything_is_whole_after_kills_at_any_moment(url: Option<String>) {
    let kills: u32 = std::env::var("LAUREL_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init", "--enrol-on-event"]);
    expire_after_a_month(&laurel).await;
    let scopes = "events:write,members:read,redemptions:write,redemptions:fulfil";
    let key = laurel.expect(0, &["key", "create", "--name", "test", "--scope", scopes, "--format", "json"]);
    let key: Value = serde_json::from_str(&key).expect("a key");
    let key = key["key"].as_str().expect("the key").to_owned();
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
async fn all_told_is_there(laurel: &Laurel, key: &str, told: &Told) {
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

async fn expire_after_a_month(laurel: &Laurel) {
    use laurel_engine::auth::Authority;
    use laurel_engine::usecase::rules::{self, Publication};
    let db = laurel_engine::store::Db::connect(&laurel.url).await.expect("a connection");
    let ledger = laurel_engine::usecase::ledger::Ledger::open(db.clone(), Default::default()).await.unwrap().unwrap();
    let mut set = ledger.timeline().await.unwrap().latest().set.clone();
    set.expiry = laurel_domain::rules::terms::Expiry::Months(1);
    set.holding.payment = 1;
    let revision = rules::save_draft(&ledger, Authority::command_line(), set, 1, 0).await.unwrap();
    rules::publish(&ledger, Authority::command_line(), revision, Publication::default()).await.unwrap();
    db.close().await;
}

async fn act_until_gone(address: String, key: String, round: u32, client: usize) -> Told {
    let http = reqwest::Client::new();
    let mut told = Told::default();
    let member = format!("m-{}", client % 10);
    for n in 0..100_000 {
        let name = format!("{round}-{client}-{n}");
        let post = async |path: String, body: Value| {
            let request = http
                .post(format!("{address}/api/v1{path}"))
                .bearer_auth(&key)
                .header("Idempotency-Key", format!("{name}{path}"));
            match request.json(&body).send().await {
                Ok(answer) if answer.status() == 429 => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    Some((429, Value::Null))
                }
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    assert!(status < 500 || status == 503, "{path}: {status}");
                    answer.json().await.ok().map(|body| (status, body))
                }
                Err(_) => None,
            }
        };
        // long ago, so that its points are activated and lapse at once; or yesterday
        let days = if n % 3 == 0 { 70 } else { 2 };
        let at = jiff::Timestamp::from_second(jiff_now() - days * 86_400).expect("a time");
        let pay = serde_json::json!({"id": name, "kind": "payment", "member": member, "amount": "50.00", "currency": "CNY",
            "occurred_at": at.to_string()});
        let Some((status, _)) = post("/events".into(), pay).await else { return told };
        if status == 201 {
            told.events.push(name.clone());
        }
        if n % 5 == 4 {
            let refund = serde_json::json!({"id": format!("{name}-r"), "kind": "refund", "member": member, "payment": name,
                "amount": "20.00", "currency": "CNY", "occurred_at": at.to_string()});
            let Some((status, _)) = post("/events".into(), refund).await else { return told };
            if status == 201 {
                told.events.push(format!("{name}-r"));
            }
        }
        if n % 2 == 0 {
            continue;
        }
        let redeem = serde_json::json!({"reward": "cash", "points": "20"});
        let Some((status, made)) = post(format!("/members/{member}/redemptions"), redeem).await else { return told };
        if status != 201 {
            continue;
        }
        let id = made["id"].as_str().expect("an id").to_owned();
        told.redemptions.insert(id.clone(), "reserved".into());
        let steps: &[(&str, &str)] =
            if n % 4 == 1 { &[("cancel", "cancelled")] } else { &[("process", "processing"), ("pay", "paid")] };
        for (step, state) in steps {
            let Some((status, _)) = post(format!("/redemptions/{id}/{step}"), serde_json::json!({})).await else { return told };
            if status == 200 {
                told.redemptions.insert(id.clone(), (*state).to_owned());
            }
        }
    }
    told
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

/// A server and the clients that talk to it until it is gone.
struct Busy {
    server: Child,
    clients: tokio::task::JoinHandle<Vec<Told>>,
}

impl Busy {
    /// Its clients act for the members of number `of`'s clients, too.
    fn start(laurel: &Laurel, key: &str, round: u32, of: usize) -> Busy {
        let (server, address) = serve(laurel);
        let clients = (0..3).map(|client| act_until_gone(address.clone(), key.to_owned(), round, of * 10 + client));
        Busy { server, clients: tokio::spawn(futures::future::join_all(clients)) }
    }

    async fn kill(self, told: &mut Told) {
        kill(self.server);
        for one in self.clients.await.expect("clients end") {
            told.events.extend(one.events);
            told.redemptions.extend(one.redemptions);
        }
    }
}

const TOLD: &str = "select count(*) from entries where event_id = any($1)";

/// Two servers on one database act for the same members; one or the other is killed at any moment and started again, for as long
/// as `LAUREL_SOAK_SECONDS` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_are_killed_at_any_moment_lose_nothing() {
    let seconds = std::env::var("LAUREL_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
    let database = Throwaway::postgres().await;
    let laurel = Laurel::new(Some(database.url()));
    laurel.expect(0, &["init", "--enrol-on-event"]);
    expire_after_a_month(&laurel).await;
    let scopes = "events:write,members:read,redemptions:write,redemptions:fulfil";
    let key = laurel.expect(0, &["key", "create", "--name", "test", "--scope", scopes, "--format", "json"]);
    let key: Value = serde_json::from_str(&key).expect("a key");
    let key = key["key"].as_str().expect("the key").to_owned();
    let mut told = Told::default();
    let mut servers = vec![Busy::start(&laurel, &key, 0, 0), Busy::start(&laurel, &key, 1, 1)];
    let (begun, mut kills) = (std::time::Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(seconds) {
        let [moment, which] = laurel_engine::random::bytes::<2>();
        tokio::time::sleep(Duration::from_millis(300 + 4 * u64::from(moment))).await;
        let which = usize::from(which % 2);
        servers.remove(which).kill(&mut told).await;
        kills += 1;
        servers.insert(which, Busy::start(&laurel, &key, kills + 1, which));
        if kills % 50 == 0 {
            laurel.expect(0, &["verify"]);
        }
    }
    for server in servers {
        server.kill(&mut told).await;
    }
    laurel.expect(0, &["verify"]);
    let mut connection = sqlx::PgConnection::connect(&database.url()).await.expect("a connection");
    for some in told.events.chunks(1_000) {
        let there: i64 = sqlx::query_scalar(TOLD).bind(some).fetch_one(&mut connection).await.expect("a number");
        assert_eq!(there, some.len() as i64, "every event that was acknowledged is there");
    }
    connection.close().await.expect("closed");
    all_told_is_there(&laurel, &key, &told).await;
    println!("{kills} kills, {} events and {} redemptions acknowledged", told.events.len(), told.redemptions.len());
    assert!(told.events.len() > 20 && told.redemptions.len() > 3, "{} events", told.events.len());
    database.tell(|_| async {}).await;
}

/// A disk that takes no more: files of the process cannot grow beyond a limit, as `EFBIG` rather than by a signal.
#[test]
fn a_write_that_fails_is_told_and_leaves_everything_whole() {
    let laurel = Laurel::new(None);
    laurel.expect(0, &["init"]);
    let file = laurel.events(200, 60);
    let limit = |kilobytes: u32| {
        let script = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
        let mut command = Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_laurel"), "import", &file, "--enrol", "--database-url", &laurel.url]);
        command.env_remove("LAUREL_DATABASE_URL").stdin(Stdio::null());
        command.output().expect("bash runs")
    };
    let mut before = 0;
    for kilobytes in [400, 700, 1_000] {
        let output = limit(kilobytes);
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "with {kilobytes} kB: {words}");
        assert!(!words.contains("panicked"), "{words}");
        laurel.expect(0, &["verify"]);
        let events = laurel.report()["events"].as_i64().expect("a number");
        assert!(events >= before, "{events} after {before}");
        before = events;
    }
    laurel.expect(0, &["import", &file, "--enrol"]);
    laurel.expect(0, &["verify"]);
}
