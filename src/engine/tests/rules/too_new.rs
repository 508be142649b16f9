//! What a newer version of Laurel has written and this one cannot read whole: nothing is done of it by halves.

use laurel_domain::refusal::Refusal;
use laurel_domain::rules::safety::Limits;
use laurel_domain::text::{Both, Reason};
use laurel_engine::store::{Db, StoreError, on};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::rules::experiments::{self, Ended, Start};
use laurel_engine::usecase::rules::{self, Publication, Wanted};

use super::experiments::{double, draft, many, refusal, stricter, wanted};
use super::safety::two_managers;
use laurel_testing::programme::{programme, tell};
use laurel_testing::tamper::tamper;
use serde_json::{Value, json};

const BODY: &str = "select body from rule_proposals where state = 0";
const LEAST: &str = "select least_migration from compatibility";

async fn one<T>(db: &Db, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite>,
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let mut reader = db.reader().await.unwrap();
    on!(reader, conn => Ok::<T, StoreError>(sqlx::query_scalar(sql).fetch_one(conn).await.unwrap())).unwrap()
}

/// Every object in it, as pointers.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            fields.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| objects(value, &format!("{at}/{i}"), found)),
        _ => {}
    }
}

/// As if the one proposal that waits said more than is known, at each of its places in turn.
async fn is_refused_wherever_it_says_more(db: &Db, ledger: &Ledger, by: laurel_engine::auth::Authority, holds: &[&str]) {
    let id = rules::proposals(ledger, 0).await.unwrap().0[0].id;
    let body: Value = serde_json::from_str(&one::<String>(db, BODY).await).unwrap();
    let mut places = Vec::new();
    objects(&body, "", &mut places);
    assert!(holds.iter().all(|place| places.iter().any(|found| found == place)), "{places:?}");
    for place in places {
        let mut more = body.clone();
        more.pointer_mut(&place).unwrap()["of_a_newer_version"] = json!(1);
        tamper(db, &format!("update rule_proposals set body = '{more}' where state = 0")).await;
        let approved = rules::decide(ledger, by, id, Decision::Approve).await;
        assert_eq!(refusal(approved), Refusal::ProposalTooNew, "{place}");
    }
}

stories! {
    async fn a_publication_that_says_more_than_is_known_is_not_approved_and_can_be_rejected(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let [first, second] = two_managers(&db).await;
        let revision = draft(&ledger, stricter).await;
        let notice = Some(Both::new("门槛有变", "Thresholds change"));
        let how = Publication { notice, ..Publication::default() };
        let id = rules::propose(&ledger, first, revision, how.clone()).await.unwrap();
        let holds = ["/publication", "/publication/how", "/publication/how/notice", "/publication/effect/moves/0"];
        is_refused_wherever_it_says_more(&db, &ledger, second, &holds).await;
        let (waiting, _) = rules::proposals(&ledger, 1).await.unwrap();
        assert!(matches!(waiting[0].wanted, Wanted::Unread(_)), "it is listed");
        assert_eq!(ledger.rulebook().await.unwrap().latest().version, 1, "and nothing was published");
        let another = rules::propose(&ledger, second, revision, how).await;
        assert_eq!(refusal(another), Refusal::RuleProposalWaits, "it may be about the same");
        let reason = Decision::Reject(Reason::new("not yet").unwrap());
        assert_eq!(rules::decide(&ledger, second, id, reason).await.unwrap(), None);
        assert!(rules::proposals(&ledger, 1).await.unwrap().0.is_empty());
    }

    async fn an_experiment_and_limits_that_say_more_are_not_approved_and_can_be_withdrawn(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let [first, second] = two_managers(&db).await;
        let notice = Some(Both::new("门槛有变", "Thresholds change"));
        let start = Start { notice, ..wanted(draft(&ledger, double).await) };
        let id = rules::propose_experiment(&ledger, first, start).await.unwrap();
        is_refused_wherever_it_says_more(&db, &ledger, second, &["/experiment", "/experiment/start"]).await;
        rules::decide(&ledger, first, id, Decision::Withdraw).await.unwrap();
        rules::set_limits(&ledger, first, Limits { members: Some(5), worth: None }).await.unwrap();
        rules::set_limits(&ledger, first, Limits::default()).await.unwrap();
        is_refused_wherever_it_says_more(&db, &ledger, second, &["/limits"]).await;
        assert_eq!(rules::limits(&ledger).await.unwrap().members, Some(5));
        assert!(experiments::list(&ledger).await.unwrap().is_empty());
    }

    async fn binaries_that_would_forget_what_an_experiment_keeps_and_tells_are_kept_away_from_its_proposal(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        tamper(&db, "update compatibility set least_migration = 51").await;
        let [first, _] = two_managers(&db).await;
        let start = wanted(draft(&ledger, double).await);
        rules::propose_experiment(&ledger, first, start.clone()).await.unwrap();
        assert_eq!(one::<i64>(&db, LEAST).await, 51, "they read all that this one says");
        let notice = Some(Both::new("门槛有变", "Thresholds change"));
        assert_ne!(Ended::default(), Ended { keeps_until: None, notice: notice.clone() });
        rules::propose_experiment(&ledger, first, Start { notice, ..start }).await.unwrap();
        assert_eq!(one::<i64>(&db, LEAST).await, 67);
    }

    async fn a_draft_and_a_version_that_say_more_are_for_the_servers_that_know_it(db: Db) {
        let ledger = programme(&db).await;
        draft(&ledger, stricter).await;
        let more = "replace(body, '\"alpha\"', '\"of_a_newer_version\":1,\"alpha\"')";
        tamper(&db, &format!("update rule_draft set body = {more}")).await;
        let unread = |error: &AppError| matches!(error, AppError::Unavailable { cause: Some(StoreError::TooNew(_)), .. });
        let error = rules::overview(&ledger).await.map(drop).unwrap_err();
        assert!(unread(&error), "{error:?}");
        tell(&ledger, "id=p1 member=m-1 pay=150").await.expect("it posts by the version in force");
        tamper(&db, &format!("update rule_sets set body = {more}")).await;
        let error = Ledger::open(db.clone(), ledger.clock.clone()).await.map(drop).unwrap_err();
        assert!(matches!(error, StoreError::TooNew(_)), "{error:?}");
    }
}
