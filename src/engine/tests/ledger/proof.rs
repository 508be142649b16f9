//! Which change in the database is found by `verify`, by a checkpoint, and by a member's statement. The README has the same table.

use std::path::PathBuf;

use jiff::SignedDuration;
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::statement::check::check;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::checkpoint::{self, CheckpointError, Proof, Wish};
use laurel_engine::usecase::ledger::statement::statement;
use laurel_engine::usecase::members::{close, erase, view};
use laurel_engine::usecase::rewards::redeem;
use laurel_engine::usecase::rules::{self, Publication};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use laurel_testing::programme::{LIVE, post, programme, programme_with, tell};
use laurel_testing::rewards;
use laurel_testing::tamper::{keep, put_back, tamper, tamper_past_keys};

/// What was put aside while all was well: a checkpoint, and the statements of m-1 and m-2.
struct Evidence {
    folder: TempDir,
}

impl Evidence {
    async fn take(ledger: &Ledger) -> Evidence {
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn against(&self, ledger: &Ledger, name: &str) -> Proof {
        checkpoint::prove(ledger, Wish { against: Some(self.path(name)), write: None }).await.unwrap()
    }

    /// What `laurel verify` finds alone, against the checkpoint, against m-1's and against m-2's statement.
    async fn found(&self, ledger: &Ledger) -> [Vec<String>; 4] {
        let alone = checkpoint::prove(ledger, Wish::default()).await.unwrap();
        let [checkpoint, first, second] =
            [self.against(ledger, "checkpoint").await, self.against(ledger, "m-1").await, self.against(ledger, "m-2").await];
        let known: Vec<String> = lines(&alone);
        let beside = |proof: &Proof| lines(proof).into_iter().filter(|line| !known.contains(line)).collect();
        [known.clone(), beside(&checkpoint), beside(&first), beside(&second)]
    }
}

/// `entry: what`, without hashes, which no two runs have in common.
fn lines(proof: &Proof) -> Vec<String> {
    let line = |seq: Option<i64>, what: &str| {
        let words = what.split(' ').map(|word| if word.trim_end_matches(',').len() == 64 { "…" } else { word });
        format!("{}: {}", seq.map_or("-".to_owned(), |seq| seq.to_string()), words.collect::<Vec<_>>().join(" "))
    };
    proof.verdict.differences.iter().map(|differs| line(differs.seq, &differs.what)).collect()
}

const NOTHING: [&str; 0] = [];

/// 100 of m-1's points to cash.
async fn cash(ledger: &Ledger, key: &str) -> RedemptionId {
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    let actor = Actor::Member(member.id().uuid());
    let wish = redeem::Wish { member_no: member.no, points: "100".parse().unwrap(), quoted: None, key: key.into(), actor };
    redeem::redeem(ledger, wish).await.unwrap().redemption.id
}

/// Another version of the rules, in force a second later.
async fn publish(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) {
    ledger.clock.advance(SignedDuration::from_secs(1));
    let by = Authority::command_line();
    let latest = ledger.timeline().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let revision = rules::save_draft(ledger, by, set, latest.version, 0).await.unwrap();
    rules::publish(ledger, by, revision, Publication::default()).await.unwrap();
    ledger.clock.advance(SignedDuration::from_secs(1));
}

stories! {
    async fn while_all_is_well_nothing_is_found_nor_in_what_comes_later(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=50").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        tell(&ledger, "id=p3 member=m-1 pay=10").await.unwrap();
        tell(&ledger, "id=p4 member=m-3 pay=10").await.unwrap();
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4]);
        let proof = evidence.against(&ledger, "checkpoint").await;
        let against = proof.against.unwrap();
        assert_eq!((against.programme.as_str(), against.members, against.entries), ("Laurel", 2, 2));
        assert_eq!((proof.verdict.members, proof.verdict.entries), (3, 4));
    }

    async fn one_changed_digit_is_found_by_the_chain_alone_and_named_by_a_statement(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=p3 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "update entries set amount = 90000 where event_id = 'p1'").await;
        let [alone, checkpoint, first, second] = evidence.found(&ledger).await;
        assert!(alone.contains(&"1: its hash does not follow from it and the entry before".to_owned()), "{alone:?}");
        assert_eq!(checkpoint, NOTHING, "the last hash stands as it stood");
        assert_eq!(first, ["1: amount is 100.00 CNY in the statement, 900.00 CNY in the ledger"]);
        assert_eq!(second, NOTHING);
    }

    async fn an_entry_taken_out_of_the_middle_is_found_by_the_chain_alone(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=p3 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "delete from entries where event_id = 'p1'").await;
        let [alone, checkpoint, first, second] = evidence.found(&ledger).await;
        assert!(alone.contains(&"2: stands where entry 1 should".to_owned()), "{alone:?}");
        assert_eq!((checkpoint.len(), second.len()), (0, 0), "the last hash stands as it stood");
        assert_eq!(first, ["2: seq is 1 in the statement, 2 in the ledger"]);
    }

    async fn an_end_cut_off_is_found_by_checkpoint_and_statement_only(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        keep(&db).await;
        tell(&ledger, "id=p3 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=v1 member=m-1 review=tea").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        put_back(&db).await;
        assert_eq!(evidence.found(&ledger).await, [
            vec![],
            vec!["-: has 1 entries, the checkpoint 3: the end was cut off".to_owned()],
            vec!["-: has 1 entries, the statement 3: the end was cut off".to_owned()],
            vec![],
        ]);
    }

    async fn a_member_taken_away_is_found_by_the_checkpoint_and_by_their_own_statement(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        keep(&db).await;
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        put_back(&db).await;
        assert_eq!(evidence.found(&ledger).await, [
            vec![],
            vec!["-: is missing; the checkpoint has 1 entries of them".to_owned()],
            vec![],
            vec!["-: is missing; the statement has 1 entries of them".to_owned()],
        ]);
    }

    async fn a_chain_written_anew_is_found_by_the_checkpoint_and_named_by_the_statement(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        keep(&db).await;
        tell(&ledger, "id=p3 member=m-1 pay=50").await.unwrap();
        tell(&ledger, "id=p4 member=m-1 pay=1").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        put_back(&db).await;
        // Laurel itself makes the forgery: every hash is right
        tell(&ledger, "id=p3 member=m-1 pay=5000").await.unwrap();
        tell(&ledger, "id=p4 member=m-1 pay=1").await.unwrap();
        assert_eq!(evidence.found(&ledger).await, [
            vec![],
            vec!["3: has another hash than in the checkpoint: it, or entries before it, were written anew".to_owned()],
            vec!["2: points is 50.00 in the statement, 5000.00 in the ledger".to_owned()],
            vec![],
        ]);
    }

    async fn what_was_changed_before_or_after_the_evidence_was_taken_nobody_finds(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        keep(&db).await;
        tell(&ledger, "id=p3 member=m-1 pay=50").await.unwrap();
        put_back(&db).await;
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4]);
    }

    async fn two_members_who_changed_places_outside_are_found_by_the_checkpoint(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        for (from, to) in [("m-1", "x"), ("m-2", "m-1"), ("x", "m-2")] {
            tamper(&db, &format!("update members set external_id = '{to}' where external_id = '{from}'")).await;
        }
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert_eq!(alone, NOTHING);
        assert_eq!(checkpoint, ["-: has another external id than in the checkpoint"; 2]);
        tamper(&db, "update members set external_id = null").await;
        assert_eq!(lines(&evidence.against(&ledger, "checkpoint").await), ["-: has no external id any more; the checkpoint has one"; 2]);
    }

    async fn who_was_erased_is_missed_by_nobody(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        let id = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().id();
        close::close(&ledger, Authority::command_line(), id, None).await.unwrap();
        erase::erase(&ledger, Authority::command_line(), id).await.unwrap();
        assert_eq!(lines(&evidence.against(&ledger, "checkpoint").await), NOTHING);
    }

    async fn other_cash_is_found_also_when_the_version_that_would_pay_it_is_named(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        cash(&ledger, "k1").await;
        publish(&ledger, |set| set.rate = "1".parse().unwrap()).await;
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "update redemptions set cash = 10000, rules = 2").await;
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert!(alone.len() == 1 && alone[0].contains("says it is entry 2 of version 2"), "{alone:?}");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("has other terms than in the checkpoint"), "{checkpoint:?}");
    }

    async fn a_paid_redemption_set_back_is_found_alone_and_with_all_its_traces_by_the_checkpoint(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let id = cash(&ledger, "k1").await;
        rewards::go(&ledger, id, RedemptionState::Processing).await.unwrap();
        rewards::go(&ledger, id, RedemptionState::Paid).await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        tamper(&db, "update redemptions set state = 0").await;
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert!(alone.len() == 1 && alone[0].ends_with("is reserved, which is not where its states lead"), "{alone:?}");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("is reserved; from paid, as the checkpoint has it"), "{checkpoint:?}");
        tamper(&db, "delete from redemption_states where state in (1, 2)").await;
        rewards::go(&ledger, id, RedemptionState::Cancelled).await.unwrap();
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert_eq!(alone, NOTHING, "Laurel itself gave the points back");
        assert!(checkpoint.len() == 1 && checkpoint[0].contains("is cancelled; from paid, as the checkpoint has it"), "{checkpoint:?}");
    }

    async fn a_clock_that_was_set_back_is_no_tampering(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=200").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let id = cash(&ledger, "k1").await;
        ledger.clock.advance(SignedDuration::from_secs(-5));
        rewards::go(&ledger, id, RedemptionState::Processing).await.unwrap();
        laurel_testing::programme::check(&ledger).await;
    }

    async fn redemptions_that_go_on_are_as_they_should_be(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=400").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let (first, second) = (cash(&ledger, "k1").await, cash(&ledger, "k2").await);
        let voucher = rewards::bought(&ledger, "m-1", rewards::pool(&ledger, "A1").await, "k3").await;
        let evidence = Evidence::take(&ledger).await;
        rewards::go(&ledger, first, RedemptionState::Processing).await.unwrap();
        rewards::go(&ledger, first, RedemptionState::Failed).await.unwrap();
        rewards::go(&ledger, second, RedemptionState::Cancelled).await.unwrap();
        rewards::go(&ledger, voucher, RedemptionState::Issued).await.unwrap();
        rewards::go(&ledger, voucher, RedemptionState::Used).await.unwrap();
        cash(&ledger, "k4").await;
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4]);
        tamper(&db, "delete from redemption_states").await;
        tamper(&db, "delete from reward_codes").await;
        tamper(&db, "delete from redemptions").await;
        let found = lines(&evidence.against(&ledger, "checkpoint").await);
        assert_eq!(found.iter().filter(|line| line.contains("is missing; the checkpoint has it as reserved")).count(), 3, "{found:?}");
    }

    async fn who_published_the_rules_and_what_they_say_is_bound_by_the_checkpoint(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        publish(&ledger, |set| set.rate = "50".parse().unwrap()).await;
        let evidence = Evidence::take(&ledger).await;
        publish(&ledger, |set| set.rate = "20".parse().unwrap()).await;
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4], "a later version is as it should be");
        tamper(&db, "update rule_sets set published_by = 'somebody else' where version = 2").await;
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert_eq!(alone, NOTHING);
        let other = "version 2 of the rules is another than in the checkpoint, or was published at another time or by somebody else";
        assert_eq!(checkpoint, [format!("-: {other}")]);
    }

    async fn a_checkpoint_of_the_first_format_is_still_read(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        keep(&db).await;
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        let written: Value = serde_json::from_slice(&std::fs::read(evidence.path("checkpoint")).unwrap()).unwrap();
        let heads: Vec<String> = written["heads"].as_array().unwrap().iter().map(|head| {
            format!("[{},{},{}]", head[0], head[1], head[2])
        }).collect();
        let lines_of_heads: String = written["heads"].as_array().unwrap().iter().map(|head| {
            format!("{} {} {}\n", head[0].as_str().unwrap(), head[1], head[2].as_str().unwrap())
        }).collect();
        let form = format!("laurel-checkpoint=1\nprogramme=Laurel\nat={}\n{lines_of_heads}members=2\nentries=2\noutstanding=120.00\n",
            written["at"].as_str().unwrap());
        let seal: String = Sha256::digest(form).iter().map(|byte| format!("{byte:02x}")).collect();
        let first = format!("{{\"format\":\"laurel-checkpoint/1\",\"programme\":\"Laurel\",\"at\":{},\"heads\":[{}],\"members\":2,\"entries\":2,\"outstanding\":\"120.00\",\"seal\":\"{seal}\"}}",
            written["at"], heads.join(","));
        std::fs::write(evidence.path("first"), first).unwrap();
        let proof = evidence.against(&ledger, "first").await;
        assert_eq!((lines(&proof), proof.against.unwrap().format.as_str()), (vec![], "laurel-checkpoint/1"));
        put_back(&db).await;
        let proof = evidence.against(&ledger, "first").await;
        assert_eq!(lines(&proof), ["-: is missing; the checkpoint has 1 entries of them"]);
    }

    async fn evidence_that_was_changed_itself_says_so(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        let change = |name: &str, from: &str, to: &str| {
            let text = std::fs::read_to_string(evidence.path(name)).unwrap();
            let changed = text.replacen(from, to, 1);
            assert_ne!(text, changed);
            std::fs::write(evidence.path(name), changed).unwrap();
        };
        change("checkpoint", "\"outstanding\":\"120.00\"", "\"outstanding\":\"920.00\"");
        change("m-1", "\"amount\": \"100.00\"", "\"amount\": \"900.00\"");
        let [_, checkpoint, first, _] = evidence.found(&ledger).await;
        assert_eq!(checkpoint, ["-: the checkpoint itself was changed: its seal does not follow"]);
        assert_eq!(first, [
            "1: in the statement itself: amount was changed from 100.00 CNY to 900.00 CNY: its hash is that of 100.00 CNY",
            "1: amount is 900.00 CNY in the statement, 100.00 CNY in the ledger",
        ]);
        change("checkpoint", "laurel-checkpoint/2", "laurel-checkpoint/9");
        let refused = checkpoint::prove(&ledger, Wish { against: Some(evidence.path("checkpoint")), write: None }).await;
        assert!(matches!(refused, Err(CheckpointError::NotOne(..))), "{refused:?}");
    }

    async fn no_checkpoint_is_written_over_another_nor_of_a_ledger_that_differs(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        let before = std::fs::read(evidence.path("checkpoint")).unwrap();
        let again = checkpoint::prove(&ledger, Wish { write: Some(evidence.path("checkpoint")), against: None }).await;
        assert!(matches!(again, Err(CheckpointError::File(..))), "{again:?}");
        assert_eq!(std::fs::read(evidence.path("checkpoint")).unwrap(), before);
        tamper(&db, "update entries set points = 1 where event_id = 'p1'").await;
        let other = checkpoint::prove(&ledger, Wish { write: Some(evidence.path("other")), against: None }).await.unwrap();
        assert_eq!((other.checkpoint_written, evidence.path("other").exists()), (Some(false), false));
    }

    async fn a_checkpoint_of_more_members_than_are_read_at_a_time_has_each_of_them(db: Db) {
        let ledger = programme(&db).await;
        let events: Vec<String> = (1..=2001).map(|n| format!("id=p{n} member=m-{n} pay=1")).collect();
        for some in events.chunks(500) {
            post(&ledger, LIVE, &some.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
        let evidence = Evidence::take(&ledger).await;
        let against = evidence.against(&ledger, "checkpoint").await;
        assert_eq!((lines(&against), against.against.unwrap().members), (vec![], 2001));
        let text = std::fs::read_to_string(evidence.path("checkpoint")).unwrap();
        let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("[\"")).collect();
        assert!(ids.len() == 2001 && ids.is_sorted());
    }

    async fn what_lapsed_by_now_stands_in_the_statement_whether_a_job_ran_or_not(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=20").await.unwrap();
        let evidence = Evidence::take(&ledger).await;
        ledger.clock.advance(SignedDuration::from_hours(24 * 60));
        let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
        let issued = statement(&ledger, no).await.unwrap();
        assert_eq!(check(&issued).findings, []);
        assert_eq!((issued.entries.len(), issued.entries[1].kind.as_str(), issued.points.available.as_str()), (2, "expire", "0.00"));
        assert_eq!(evidence.found(&ledger).await, [NOTHING; 4]);
    }

    async fn rows_of_a_member_or_a_source_that_is_not_there_are_found(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        for n in 1..=4 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=300 source=till-{n}")).await.unwrap();
        }
        let found = async || lines(&checkpoint::prove(&ledger, Wish::default()).await.unwrap());
        assert_eq!(found().await, NOTHING);
        let mut expected = Vec::new();
        for gone in ["m-2", "m-4"] {
            let no = view::find(&ledger, By::External(gone)).await.unwrap().unwrap().no;
            for what in ["changes of tier", "entries", "open lots"] {
                expected.push(format!("-: there are {what} of member number {no}, who is not there"));
            }
        }
        // one between others, one behind the last
        tamper_past_keys(&db, "delete from members where external_id in ('m-2', 'm-4')").await;
        assert_eq!(found().await, expected);
        tamper_past_keys(&db, "delete from sources where name = 'till-3'").await;
        assert!(found().await.contains(&"1: is of a source that is not there".to_owned()));
    }

    async fn a_statement_holds_the_texts_that_the_chain_has_as_digests(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=v1 member=m-1 review=茶").await.unwrap();
        let no = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().no;
        let mut issued = statement(&ledger, no).await.unwrap();
        let json = serde_json::to_string(&issued).unwrap();
        assert!(json.contains("\"text\":\"茶\"") && json.contains("\"salt\":\""), "{json}");
        tamper(&db, "delete from reviews").await;
        issued = statement(&ledger, no).await.unwrap();
        assert_eq!(check(&issued).findings, [], "what has been erased is not asked for");
    }
}
