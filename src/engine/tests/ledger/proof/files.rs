//! Checkpoints as files: their formats, their seals, and that none is written over another.

use laurel_engine::usecase::ledger::checkpoint::{self, CheckpointError, Wish};
use laurel_testing::programme::{LIVE, post, programme, tell};
use laurel_testing::tamper::{keep, put_back, tamper};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::evidence::{Evidence, lines};

stories! {
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
}
