//! Two processes of the real binary on one PostgreSQL, made to meet at the same rows.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

use laurel_testing::database::Throwaway;
use laurel_testing::invitations::invitations;
use laurel_testing::programme::{check, standing};

const HOLD: &str = "select no from members where external_id = $1 for update";
const HOLD_ALL: &str = "lock table members in exclusive mode";
const WAITING: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and wait_event_type = 'Lock'";
const DEADLOCKS: &str = "select deadlocks from pg_stat_database where datname = current_database()";

/// The binary in a folder of its own, beside others on the same database.
struct Process {
    url: String,
    folder: TempDir,
}

impl Process {
    fn on(url: &str) -> Process {
        Process { url: url.to_owned(), folder: TempDir::new().expect("a temporary folder") }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
        command.args(arguments).args(["--database-url", &self.url]).env_remove("LAUREL_DATABASE_URL");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }

    /// Starts an import of these rows: `event_id,kind,member,amount,payment`, all of one day.
    fn import(&self, rows: &[String]) -> Child {
        let path = self.folder.path().join("events.csv");
        let mut file = std::fs::File::create(&path).expect("a file");
        writeln!(file, "event_id,kind,member,amount,payment,currency,occurred_at").expect("a line");
        for row in rows {
            writeln!(file, "{row},CNY,2026-01-02T10:00:00Z").expect("a line");
        }
        self.start(&["import", &path.display().to_string(), "--enrol", "--format", "json"])
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        ended(self.start(arguments))
    }
}

/// Exit code and output of what has ended.
fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("an end");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

async fn number(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.expect("a number")
}

/// Until so many other connections wait for a lock.
async fn until_waiting(watch: &mut PgConnection, wanted: i64) {
    let begun = Instant::now();
    while number(watch, WAITING).await < wanted {
        assert!(begun.elapsed() < Duration::from_secs(30), "nobody waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_refund_no_more_of_a_payment_than_was_paid() {
    let database = Throwaway::postgres().await;
    let url = database.url();
    let (first, second) = (Process::on(&url), Process::on(&url));
    assert_eq!(first.run(&["init"]).0, Some(0));
    assert_eq!(ended(first.import(&["p1,payment,m-1,100.00,".into()])).0, Some(0));
    let mut holder = PgConnection::connect(&url).await.expect("a connection");
    let mut watch = PgConnection::connect(&url).await.expect("a connection");
    let mut held = holder.begin().await.expect("a transaction");
    sqlx::query(HOLD).bind("m-1").execute(&mut *held).await.expect("the member's row");
    let refunds = [first.import(&["r1,refund,m-1,60.00,p1".into()]), second.import(&["r2,refund,m-1,60.00,p1".into()])];
    until_waiting(&mut watch, 2).await;
    held.rollback().await.expect("the row is free");
    let mut codes: Vec<Option<i32>> = refunds.into_iter().map(|import| ended(import).0).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(3)], "one is accepted, the other is more than is left");
    let (code, text) = first.run(&["verify"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, text) = first.run(&["report", "--format", "json"]);
    assert!(text.contains("40.00"), "{text}");
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_that_begin_a_programme_at_once_one_makes_it() {
    let database = Throwaway::postgres().await;
    let url = database.url();
    let (first, second) = (Process::on(&url), Process::on(&url));
    let mut holder = PgConnection::connect(&url).await.expect("a connection");
    let mut watch = PgConnection::connect(&url).await.expect("a connection");
    let mut held = holder.begin().await.expect("a transaction");
    sqlx::query("lock table programme in exclusive mode").execute(&mut *held).await.expect("the table");
    let begun = [first.start(&["init"]), second.start(&["init"])];
    until_waiting(&mut watch, 2).await;
    held.rollback().await.expect("the table is free");
    let mut told: Vec<(Option<i32>, String)> = begun.into_iter().map(ended).collect();
    told.sort_unstable();
    assert_eq!((told[0].0, told[1].0), (Some(0), Some(1)), "{told:?}");
    assert!(told[1].1.contains("already has a programme"), "{told:?}");
    assert_eq!(number(&mut watch, "select count(*) from rule_sets").await, 1);
    database.tell(|_| async {}).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_enrol_the_same_newcomers_do_not_deadlock() {
    let database = Throwaway::postgres().await;
    let url = database.url();
    let (first, second) = (Process::on(&url), Process::on(&url));
    assert_eq!(first.run(&["init"]).0, Some(0));
    let rows = |name: &str, members: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        members.map(|n| format!("{name}-{n},payment,m-{n:03},10.00,")).collect()
    };
    let mut holder = PgConnection::connect(&url).await.expect("a connection");
    let mut watch = PgConnection::connect(&url).await.expect("a connection");
    let mut held = holder.begin().await.expect("a transaction");
    sqlx::query(HOLD_ALL).execute(&mut *held).await.expect("the table");
    let imports = [first.import(&rows("a", &mut (0..900))), second.import(&rows("b", &mut (0..900).rev()))];
    until_waiting(&mut watch, 2).await;
    held.rollback().await.expect("the table is free");
    for import in imports {
        let (code, text) = ended(import);
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("900"), "{text}");
    }
    sqlx::query("select pg_stat_clear_snapshot()").execute(&mut watch).await.expect("fresh figures");
    assert_eq!(number(&mut watch, DEADLOCKS).await, 0);
    let (code, text) = first.run(&["verify"]);
    assert_eq!(code, Some(0), "{text}");
    database.tell(|_| async {}).await;
}

/// The payment's process finds an award standing, waits for the payer, and then there is none: it starts anew, with the inviter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_waits_for_the_refund_of_an_award_earns_it_again() {
    let database = Throwaway::postgres().await;
    let url = database.url();
    let ledger = invitations(&database.db, 1, |_| ()).await;
    let (first, second) = (Process::on(&url), Process::on(&url));
    assert_eq!(ended(first.import(&["p1,payment,m-1,100.00,".into()])).0, Some(0));
    assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1");
    let mut holder = PgConnection::connect(&url).await.expect("a connection");
    let mut watch = PgConnection::connect(&url).await.expect("a connection");
    let mut held = holder.begin().await.expect("a transaction");
    sqlx::query(HOLD).bind("m-1").execute(&mut *held).await.expect("the member's row");
    let refund = first.import(&["r1,refund,m-1,100.00,p1".into()]);
    until_waiting(&mut watch, 1).await;
    let payment = second.import(&["p2,payment,m-1,20.00,".into()]);
    until_waiting(&mut watch, 2).await;
    held.rollback().await.expect("the row is free");
    for import in [refund, payment] {
        let (code, text) = ended(import);
        assert_eq!(code, Some(0), "{text}");
    }
    assert_eq!(standing(&ledger, "m-1").await, "20.00/0.00/20.00/1");
    assert_eq!(standing(&ledger, "m-a").await, "10.00/0.00/10.00/1", "10, taken back, and 10 again");
    check(&ledger).await;
    database.tell(|_| async {}).await;
}
