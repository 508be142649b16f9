//! Changing the rules as an operator does: what a draft would have made is looked at, it is published with tiers that are kept, the
//! old version comes back, and the books are right after each. An import of the same events into an empty programme that begins with
//! those rules makes what the simulation said, to the digit.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use laurel_testing::database::Throwaway;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{laurel, printed};

/// A programme on the command line.
struct Operated<'a> {
    folder: &'a Path,
    url: String,
}

impl Operated<'_> {
    fn run(&self, arguments: &[&str]) -> String {
        let all = [&["--database-url", &self.url], arguments].concat();
        printed(&laurel(self.folder, &all, ""))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[arguments, &["--format", "json"]].concat())).unwrap()
    }

    fn begin(&self, more: &[&str]) {
        let begin = ["init", "--name", "Points", "--currency", "CNY", "--time-zone", "Europe/London"];
        self.run(&[&begin, more].concat());
        self.run(&["import", "events.csv", "--enrol"]);
        self.check();
    }

    /// Every entry, sum and chain; and the rules as they were make what there is.
    fn check(&self) {
        self.run(&["verify"]);
        let said = self.run(&["simulate", "--check"]);
        assert!(said.contains("0 members differ in points, lots or tier"), "{said}");
    }

    fn members_by_tier(&self) -> Vec<u64> {
        let report = self.json(&["report"]);
        report["tiers"].as_array().unwrap().iter().map(|tier| tier["members"].as_u64().unwrap()).collect()
    }
}

/// Payments and refunds of forty members over two years, the same each time.
fn events() -> String {
    let mut rows = "event_id,kind,member,amount,currency,occurred_at,scene,payment\n".to_owned();
    let scenes = ["e_payment", "bank_card", "investment", "lending", "other"];
    for n in 0..600_u32 {
        let (member, day, scene) = (n * 7 % 40, n * 720 / 600, scenes[n as usize % 5]);
        let at = format!("{}-{:02}-{:02}T{:02}:30:00Z", 2024 + day / 360, day / 30 % 12 + 1, day % 28 + 1, n % 24);
        writeln!(rows, "p{n},payment,m-{member},{}.{:02},CNY,{at},{scene},", n * 37 % 190 + 1, n * 7 % 100).unwrap();
        if n % 6 == 0 {
            writeln!(rows, "r{n},refund,m-{member},0.{:02},CNY,{at},,p{n}", n % 99 + 1).unwrap();
        }
    }
    rows
}

fn change_and_go_back(folder: &Path, [first, second]: [String; 2]) {
    let (laurel, under) = (Operated { folder, url: first }, Operated { folder, url: second });
    fs::write(folder.join("events.csv"), events()).unwrap();
    laurel.begin(&[]);
    let before = laurel.members_by_tier();
    fs::write(folder.join("old.json"), laurel.run(&["rules", "show"])).unwrap();
    let mut draft: Value = serde_json::from_str(&laurel.run(&["rules", "show"])).unwrap();
    for (pointer, to) in [
        ("/ladder/tiers/1/from", json!("900")),
        ("/ladder/tiers/2/from", json!("1400")),
        ("/ladder/tiers/3/from", json!("1600")),
        ("/ladder/tiers/2/multiplier", json!("1.25")),
        ("/alpha", json!("1.13")),
        ("/expiry", json!({ "months": 9 })),
        ("/holding/payment", json!(14)),
    ] {
        *draft.pointer_mut(pointer).unwrap() = to;
    }
    fs::write(folder.join("draft.json"), draft.to_string()).unwrap();

    let simulated = laurel.json(&["simulate", "--rules", "draft.json"]);
    let lowered = simulated["tiers"]["lowered"].as_u64().unwrap();
    let moved = &simulated["tiers"]["matrix"];
    assert!(lowered > 5 && moved[3][2].as_u64().unwrap() > 5, "{}", simulated["tiers"]);
    laurel.check();
    let said = laurel.run(&["rules", "publish", "draft.json", "--keep-through", "2027-12-31"]);
    assert!(said.contains(" fall short and keep their tier through 2027-12-31, "), "{said}");
    laurel.check();
    assert_eq!(laurel.members_by_tier(), before, "whoever falls short keeps their tier");
    laurel.run(&["rules", "publish", "old.json"]);
    laurel.check();
    assert_eq!(laurel.members_by_tier(), before);
    assert_eq!(laurel.run(&["rules", "diff", "1", "3"]), "");

    under.begin(&["--rules", "draft.json"]);
    let imported = under.json(&["simulate", "--rules", "old.json"]);
    assert_eq!(imported["points"]["baseline"], simulated["points"]["draft"], "to the digit");
    assert_eq!(imported["points"]["draft"], simulated["points"]["baseline"]);
    assert_eq!(imported["tiers"]["baseline"], simulated["tiers"]["draft"]);
    let months = |simulated: &Value, side: &str| -> Vec<Value> {
        simulated["months"].as_array().unwrap().iter().map(|month| json!([month["month"], month[side]])).collect()
    };
    assert_eq!(months(&imported, "baseline"), months(&simulated, "draft"));
}

#[test]
fn on_sqlite_a_change_of_the_rules_does_what_its_simulation_said_and_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    change_and_go_back(folder.path(), ["sqlite:laurel.db".to_owned(), "sqlite:under.db".to_owned()]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_a_change_of_the_rules_does_what_its_simulation_said_and_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let [first, second] = [Throwaway::postgres().await, Throwaway::postgres().await];
    tokio::task::block_in_place(|| change_and_go_back(folder.path(), [first.url(), second.url()]));
    first.tell(|_| async {}).await;
    second.tell(|_| async {}).await;
}

#[test]
fn first_rules_that_are_not_valid_are_told_field_by_field_and_nothing_is_made() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rules.json"), r#"{ "alpha": "-1", "omega": "2" }"#).unwrap();
    let begun = laurel(folder.path(), &["init", "--rules", "rules.json"], "");
    let said = String::from_utf8(begun.stderr).unwrap();
    assert!(begun.status.code() == Some(2) && said.contains("alpha") && said.contains("omega"), "{said}");
    assert!(!folder.path().join("laurel.db").exists());
}
