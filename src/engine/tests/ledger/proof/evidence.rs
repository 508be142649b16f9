//! What is put aside while all is well, and what each part of it finds later.

use std::path::PathBuf;

use jiff::SignedDuration;
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::statement::check::check;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::checkpoint::{self, Proof, Wish};
use laurel_engine::usecase::ledger::statement::statement;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem;
use laurel_engine::usecase::rules::{self, Publication};
use tempfile::TempDir;

/// What was put aside while all was well: a checkpoint, and the statements of m-1 and m-2.
pub struct Evidence {
    folder: TempDir,
}

impl Evidence {
    pub async fn take(ledger: &Ledger) -> Evidence {
        let evidence = Evidence { folder: TempDir::new().unwrap() };
        let proof = checkpoint::prove(ledger, Wish { write: Some(evidence.path("checkpoint")), against: None }).await.unwrap();
        assert_eq!((proof.checkpoint_written, proof.verdict.differences), (Some(true), vec![]));
        for id in ["m-1", "m-2"] {
            let no = view::find(ledger, By::External(id)).await.unwrap().unwrap().no;
            let statement = statement(ledger, no).await.unwrap();
            assert_eq!(check(&statement).findings, []);
            std::fs::write(evidence.path(id), serde_json::to_string_pretty(&statement).unwrap()).unwrap();
        }
        evidence
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub async fn against(&self, ledger: &Ledger, name: &str) -> Proof {
        checkpoint::prove(ledger, Wish { against: Some(self.path(name)), write: None }).await.unwrap()
    }

    /// What `laurel verify` finds alone, against the checkpoint, against m-1's and against m-2's statement.
    pub async fn found(&self, ledger: &Ledger) -> [Vec<String>; 4] {
        let alone = checkpoint::prove(ledger, Wish::default()).await.unwrap();
        let [checkpoint, first, second] =
            [self.against(ledger, "checkpoint").await, self.against(ledger, "m-1").await, self.against(ledger, "m-2").await];
        let known: Vec<String> = lines(&alone);
        let beside = |proof: &Proof| lines(proof).into_iter().filter(|line| !known.contains(line)).collect();
        [known.clone(), beside(&checkpoint), beside(&first), beside(&second)]
    }
}

/// `entry: what`, without hashes, which no two runs have in common.
pub fn lines(proof: &Proof) -> Vec<String> {
    let line = |seq: Option<i64>, what: &str| {
        let words = what.split(' ').map(|word| if word.trim_end_matches(',').len() == 64 { "…" } else { word });
        format!("{}: {}", seq.map_or("-".to_owned(), |seq| seq.to_string()), words.collect::<Vec<_>>().join(" "))
    };
    proof.verdict.differences.iter().map(|differs| line(differs.seq, &differs.what)).collect()
}

pub const NOTHING: [&str; 0] = [];

/// 100 of m-1's points to cash.
pub async fn cash(ledger: &Ledger, key: &str) -> RedemptionId {
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    let wish = redeem::Wish { member_no: member.no, points: "100".parse().unwrap(), quoted: None, key: key.into(), actor };
    redeem::redeem(ledger, wish).await.unwrap().redemption.id
}

/// Another version of the rules, in force a second later.
pub async fn publish(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) {
    ledger.clock.advance(SignedDuration::from_secs(1));
    let by = Authority::command_line();
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let revision = rules::save_draft(ledger, by, set, latest.version, 0).await.unwrap();
    rules::publish(ledger, by, revision, Publication::default()).await.unwrap();
    ledger.clock.advance(SignedDuration::from_secs(1));
}
