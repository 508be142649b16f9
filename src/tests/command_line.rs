//! The command line, as an operator types it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use laurel_engine::auth::{self, Auth, Scope};
use laurel_engine::clock::Clock;
use laurel_engine::store::Db;
use laurel_engine::usecase::access::sign_in;
use tempfile::TempDir;

use laurel_testing::people::{PASSWORD, enrolled, sign_in as with, visitor};

pub fn laurel(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_laurel"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LAUREL_DATABASE_URL")
        .env_remove("LAUREL_PUBLIC_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

pub fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim_end().to_owned()
}

async fn database(folder: &Path) -> Db {
    Db::connect(&format!("sqlite:{}", folder.join("laurel.db").display())).await.unwrap()
}

#[tokio::test]
async fn an_administrator_made_on_the_command_line_signs_in_with_the_password_that_was_piped() {
    let folder = TempDir::new().unwrap();
    let make = ["admin", "create", "--email", "w@example.com", "--role", "admin", "--password-stdin"];
    assert_eq!(printed(&laurel(folder.path(), &make, &format!("{PASSWORD}\n"))), "");
    let db = database(folder.path()).await;
    sign_in::staff(&db, &Auth::default(), &with("w@example.com", PASSWORD), &visitor(), Clock::System.now()).await.unwrap();
    let again = laurel(folder.path(), &make, PASSWORD);
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn a_command_leaves_a_database_that_is_whole_in_its_file() {
    let folder = TempDir::new().unwrap();
    let events = "event_id,kind,member,amount,currency,occurred_at\ne1,payment,m-1,5,CNY,2026-11-22T09:59:00Z\n";
    std::fs::write(folder.path().join("events.csv"), events).unwrap();
    let make = ["init", "--name", "Points", "--currency", "CNY", "--time-zone", "Asia/Shanghai"];
    printed(&laurel(folder.path(), &make, ""));
    printed(&laurel(folder.path(), &["import", "events.csv", "--enrol"], ""));
    let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["events.csv", "laurel.db"], "the write-ahead log is in the file");
}

#[tokio::test]
async fn a_key_is_printed_alone_and_opens_what_it_was_made_for() {
    let folder = TempDir::new().unwrap();
    let make = ["key", "create", "--name", "till", "--scope", "events:write,members:read", "--source", "pos"];
    let key = printed(&laurel(folder.path(), &make, ""));
    let opened = auth::key(&database(folder.path()).await, &key, Clock::System.now()).await.unwrap().unwrap();
    assert!(opened.may(Scope::EventsWrite) && opened.source == "pos");
    let revoked = laurel(folder.path(), &["key", "revoke", &opened.id.to_string()], "");
    assert_eq!(printed(&revoked), "");
    assert!(auth::key(&database(folder.path()).await, &key, Clock::System.now()).await.unwrap().is_none());
    let listed = printed(&laurel(folder.path(), &["key", "list"], ""));
    assert!(listed.contains("revoked") && !listed.contains(&key));
}

#[tokio::test]
async fn an_invitation_is_a_link_to_the_portal() {
    let folder = TempDir::new().unwrap();
    printed(&laurel(folder.path(), &["init"], ""));
    enrolled(&database(folder.path()).await, "m-1", None).await;
    let invite = ["member", "invite", "m-1", "--public-url", "https://points.example.com"];
    let link = printed(&laurel(folder.path(), &invite, ""));
    assert!(link.starts_with("https://points.example.com/activate?code="), "{link}");
    let nobody = laurel(folder.path(), &["member", "invite", "m-2"], "");
    assert_eq!((nobody.status.code(), nobody.stdout.len()), (Some(1), 0));
}

#[tokio::test]
async fn verify_writes_a_checkpoint_and_tells_a_restored_backup_from_it_with_exit_4() {
    let (folder, backup) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let import = |id: &str| {
        let csv =
            format!("event_id,kind,member,amount,currency,occurred_at\n{id},payment,m-1,10.00,CNY,2026-11-01T10:00:00Z\n");
        printed(&laurel(folder.path(), &["import", "-", "--enrol"], &csv));
    };
    printed(&laurel(folder.path(), &["init"], ""));
    import("p1");
    for file in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        std::fs::copy(file.path(), backup.path().join(file.file_name())).unwrap();
    }
    import("p2");
    let checkpoint = folder.path().join("checkpoint.json");
    let checkpoint = checkpoint.to_str().unwrap();
    let said = printed(&laurel(folder.path(), &["verify", "--write-checkpoint", checkpoint], ""));
    assert!(said.ends_with("checkpoint.json."), "{said}");
    printed(&laurel(folder.path(), &["verify", "--against", checkpoint], ""));
    printed(&laurel(backup.path(), &["verify"], ""));
    let differs = laurel(backup.path(), &["verify", "--against", checkpoint, "--format", "json"], "");
    assert_eq!(differs.status.code(), Some(4));
    let proof: serde_json::Value = serde_json::from_slice(&differs.stdout).unwrap();
    assert_eq!(proof["differences"][0]["what"], "has 1 entries, the checkpoint 2: the end was cut off");
    assert_eq!(proof["against"]["format"], "laurel-checkpoint/2");
    let nothing = laurel(folder.path(), &["verify", "--against", "laurel.db"], "");
    assert_eq!(nothing.status.code(), Some(1), "neither a checkpoint nor a statement");
}

#[tokio::test]
async fn simulate_reads_a_draft_tells_what_is_wrong_with_it_with_exit_2_and_a_ledger_that_differs_with_exit_4() {
    let folder = TempDir::new().unwrap();
    printed(&laurel(folder.path(), &["init"], ""));
    let csv = "event_id,kind,member,amount,currency,occurred_at\np1,payment,m-1,139.12,CNY,2026-11-01T10:00:00Z\n";
    printed(&laurel(folder.path(), &["import", "-", "--enrol"], csv));
    let set = laurel_domain::rules::rule_set::RuleSet { alpha: "2".parse().unwrap(), ..Default::default() };
    let draft = laurel_domain::rules::file::write(&set);
    let simulate = ["simulate", "--rules", "-", "--format", "json"];
    let report: serde_json::Value = serde_json::from_str(&printed(&laurel(folder.path(), &simulate, &draft))).unwrap();
    assert_eq!((&report["differing"], &report["points"]["draft"]["outstanding"]), (&1.into(), &"278.24".into()));
    assert_eq!(report["months"][0]["month"], "2026-11");
    assert_eq!((&report["reckoned"]["events"], &report["reckoned"]["memory_mib"]), (&1.into(), &1.into()));
    let beforehand = laurel(folder.path(), &["simulate", "--rules", "-"], &draft).stderr;
    let beforehand = String::from_utf8_lossy(&beforehand).into_owned();
    assert!(
        beforehand.contains("1 event, 1 MiB if they were kept in memory; read from the database, about 1 s"),
        "{beforehand}"
    );
    let told = printed(&laurel(folder.path(), &["simulate", "--rules", "-", "--member", "m-1"], &draft));
    assert!(told.contains("139.12") && told.contains("278.24"), "{told}");
    let wrong = laurel(folder.path(), &simulate, &draft.replace("\"2\"", "\"-2\""));
    let said: serde_json::Value = serde_json::from_slice(&wrong.stdout).unwrap();
    assert_eq!((wrong.status.code(), &said["faults"][0]["field"]), (Some(2), &"alpha".into()));
    let late = laurel(folder.path(), &["simulate", "--rules", "-", "--since", "tomorrow"], &draft);
    assert_eq!(late.status.code(), Some(2));
    assert!(
        printed(&laurel(folder.path(), &["simulate", "--check"], "")).ends_with("0 members differ in points, lots or tier.")
    );
    let db = database(folder.path()).await;
    laurel_testing::tamper::tamper(&db, "update members set available = available + 1, earned = earned + 1").await;
    db.close().await;
    let differs = laurel(folder.path(), &["simulate", "--check"], "");
    assert_eq!(differs.status.code(), Some(4), "{}", String::from_utf8_lossy(&differs.stdout));
}

/// What a command does whose reader has gone away.
fn unread(folder: &Path, arguments: &[&str], closes_errors: bool) -> Output {
    let closed = || std::io::pipe().unwrap().1;
    let mut process = Command::new(env!("CARGO_BIN_EXE_laurel"));
    process.args(arguments).current_dir(folder).env_remove("LAUREL_DATABASE_URL").stdin(Stdio::null()).stdout(closed());
    process.stderr(if closes_errors { closed().into() } else { Stdio::piped() });
    process.spawn().unwrap().wait_with_output().unwrap()
}

#[test]
fn a_command_whose_output_nobody_reads_ends_as_it_would_have() {
    let folder = TempDir::new().unwrap();
    let events = "event_id,kind,member,amount,currency,occurred_at\ne1,payment,m-1,5,CNY,2026-11-22T09:59:00Z\n";
    std::fs::write(folder.path().join("events.csv"), events).unwrap();
    printed(&laurel(folder.path(), &["init"], ""));
    printed(&laurel(folder.path(), &["import", "events.csv", "--enrol"], ""));
    std::fs::write(folder.path().join("rules.json"), printed(&laurel(folder.path(), &["rules", "show"], ""))).unwrap();
    for command in [
        "report",
        "verify",
        "programme",
        "servers",
        "openapi",
        "migrate",
        "key list",
        "key create --name a --scope members:read",
        "member show m-1",
        "member invite m-1",
        "rules show",
        "rules diff in-force rules.json",
        "simulate --rules rules.json",
        "simulate --check",
        "import events.csv",
        "admin create --email a@example.com --role admin",
    ] {
        for format in ["human", "json"] {
            let arguments: Vec<&str> = command.split(' ').chain(["--format", format]).collect();
            let ended = unread(folder.path(), &arguments, false);
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert!(!said.contains("panicked"), "{command}: {said}");
            let expected = if command.starts_with("admin") && format == "json" { 1 } else { 0 };
            assert_eq!(ended.status.code(), Some(expected), "{command} {format}: {said}");
        }
    }
    assert_eq!(unread(folder.path(), &["rules", "diff", "in-force", "none.json"], true).status.code(), Some(1));
}

#[test]
fn output_that_cannot_be_written_is_no_success() {
    let folder = TempDir::new().unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_laurel"));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = process.arg("openapi").current_dir(folder.path()).stdout(full).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code() == Some(1) && said.starts_with("laurel: standard output: "), "{said}");
}

#[test]
fn rules_find_proposes_rules_that_reach_the_goals_and_ends_with_4_where_none_do() {
    let folder = TempDir::new().unwrap();
    printed(&laurel(folder.path(), &["init"], ""));
    let mut csv = "event_id,kind,member,amount,currency,occurred_at\n".to_owned();
    for n in 1..=4 {
        csv += &format!("p{n},payment,m-{n},{n}00,CNY,2026-11-01T10:00:00Z\n");
    }
    printed(&laurel(folder.path(), &["import", "-", "--enrol"], &csv));
    let goals = ["rules", "find", "--goal", "outstanding=800", "--goal", "lowered=0"];
    let moves = ["--move", "alpha=0.5..1/0.1", "--move", "tiers.gold.from"];
    let found = laurel(folder.path(), &[&goals[..], &moves, &["--output", "found.json"]].concat(), "");
    let told = printed(&found);
    for line in ["alpha: 1 -> 0.8", "tiers.gold.from: 100 -> 80", "Proposal 1", "outstanding 800.00 = 8.00 CNY"] {
        assert!(told.contains(line), "{told}");
    }
    // what was found is the same by a file, and what it was written to is rules
    let wanted = r#"{ "goal": { "outstanding": "800", "lowered": "0" },
        "move": { "alpha": { "least": "0.5", "most": 1, "step": "0.1" }, "tiers.gold.from": {} } }"#;
    let by_file = ["rules", "find", "--wanted", "-", "--format", "json"];
    let json: serde_json::Value = serde_json::from_str(&printed(&laurel(folder.path(), &by_file, wanted))).unwrap();
    assert_eq!(json["proposals"][0]["goals"][0]["is"], "800.00");
    assert_eq!(json["proposals"][0]["report"]["points"]["draft"]["outstanding"], "800.00");
    let differs = laurel(folder.path(), &["rules", "diff", "in-force", "found.json"], "");
    assert_eq!(String::from_utf8(differs.stdout).unwrap(), "alpha: 1 -> 0.8\ntiers.gold.from: 100 -> 80\n");
    let none = laurel(folder.path(), &["rules", "find", "--goal", "outstanding=1", "--move", "alpha"], "");
    let told = String::from_utf8(none.stdout).unwrap();
    assert!(none.status.code() == Some(4) && told.contains("The nearest\n  alpha: 1 -> 0.5\n  missed"), "{told}");
    let wrong = laurel(folder.path(), &["rules", "find", "--goal", "outstanding=lots", "--move", "alpha=1"], "");
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.status.code() == Some(2) && said.contains("move.alpha"), "{said}");
    let wrong = laurel(folder.path(), &["rules", "find", "--goal", "outstanding=lots", "--move", "omega"], "");
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(wrong.status.code() == Some(2) && said.contains("goal.outstanding") && said.contains("move.omega"), "{said}");
}

#[test]
fn every_entry_is_exported_as_columns_that_others_read() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    let folder = TempDir::new().unwrap();
    let events = "event_id,kind,member,amount,currency,occurred_at,scene,payment
e1,payment,m-1,5,CNY,2026-11-22T09:59:00Z,lending,
e2,refund,m-1,2,CNY,2026-11-22T10:00:00Z,,e1
e3,payment,m-2,0.01,CNY,2026-11-22T10:01:00Z,,
";
    std::fs::write(folder.path().join("events.csv"), events).unwrap();
    let make = ["init", "--name", "Points", "--currency", "CNY", "--time-zone", "Asia/Shanghai"];
    printed(&laurel(folder.path(), &make, ""));
    printed(&laurel(folder.path(), &["import", "events.csv", "--enrol"], ""));
    let export = ["export", "--parquet", "entries.parquet"];
    assert!(printed(&laurel(folder.path(), &export, "")).starts_with("3 entries of 2 members, "));
    assert!(!folder.path().join("entries.parquet.part").exists());
    assert!(!laurel(folder.path(), &export, "").status.success(), "nothing is written over");

    let file = std::fs::File::open(folder.path().join("entries.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
    let has = |row: &str, parts: &[&str]| parts.iter().for_each(|part| assert!(row.contains(part), "{part} in {row}"));
    assert_eq!(rows.len(), 3);
    has(&rows[0], &["external_id: \"m-1\"", "seq: 1,", "kind: \"earn\"", "points: 5.00", "balance: 5.00", "amount: 5.00"]);
    has(&rows[0], &["scene: \"lending\"", "payment: null", "event_id: \"e1\"", "occurred_at: 2026-11-22 09:59:00"]);
    has(&rows[1], &["cause: \"refund\"", "points: -2.00", "balance: 3.00", "payment: 1,", "scene: null"]);
    has(&rows[2], &["external_id: \"m-2\"", "points: 0.01", "amount: 0.01"]);
}
