//! Which change in the database is found by `verify`, by a checkpoint, and by a member's statement. The README has the same table.

mod evidence;
mod files;
mod redemptions;

use jiff::SignedDuration;
use laurel_domain::ledger::statement::check::check;
use laurel_domain::rules::terms::Expiry;
use laurel_engine::auth::Authority;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::checkpoint::{self, Wish};
use laurel_engine::usecase::ledger::statement::statement;
use laurel_engine::usecase::members::{close, erase, view};

use evidence::{Evidence, NOTHING, lines, publish};
use laurel_testing::programme::{programme, programme_with, tell};
use laurel_testing::tamper::{keep, put_back, tamper, tamper_past_keys};

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
        if db.is_postgres() {
            // whoever goes about it well leaves no trace in the directory either
            let keys = "update member_keys set member_no = 3 - member_no
                where key in (member_key('external_id', 'm-1'), member_key('external_id', 'm-2'))";
            tamper(&db, keys).await;
        }
        let [alone, checkpoint, ..] = evidence.found(&ledger).await;
        assert_eq!(alone, NOTHING);
        assert_eq!(checkpoint, ["-: has another external id than in the checkpoint"; 2]);
        tamper(&db, "update members set external_id = null").await;
        if db.is_postgres() {
            tamper(&db, "delete from member_keys where key not in (select id from members)").await;
        }
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
