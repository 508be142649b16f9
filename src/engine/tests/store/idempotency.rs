//! Idempotency keys: the same request again gets the first answer and has no second effect.

use laurel_engine::store::idempotency::{self, Claim};
use laurel_engine::store::{Db, StoreError, on};
use laurel_engine::usecase::housekeeping;

use laurel_testing::people::{later, morning};

const MAKE: &str = "create table effects (value bigint not null)";
const INSERT: &str = "insert into effects (value) values (1)";
const COUNT: &str = "select count(*) from effects";

/// One request as a REST handler will run it.
async fn request(db: &Db, key: &'static str, hash: u8, fails: bool) -> Result<Claim, StoreError> {
    db.write((key, [hash; 32], fails), |tx, (key, hash, fails)| {
        Box::pin(async move {
            let claim = idempotency::claim(tx, "source:pos", key, *hash, morning().as_microsecond()).await?;
            if claim == Claim::New {
                on!(tx, conn => sqlx::query(INSERT).execute(conn).await.map(drop)?);
                if *fails {
                    return Err(StoreError::Busy);
                }
                idempotency::complete(tx, "source:pos", key, 201, r#"{"id":"1"}"#).await?;
            }
            Ok(claim)
        })
    })
    .await
}

async fn effects(db: &Db) -> i64 {
    let mut db = db.reader().await.unwrap();
    on!(db, conn => sqlx::query_scalar(COUNT).fetch_one(conn).await).unwrap()
}

async fn prepare(db: &Db) {
    db.write((), |tx, ()| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(MAKE).execute(conn).await.map(drop)?);
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

fn first_answer() -> Claim {
    Claim::Answered { status: 201, body: r#"{"id":"1"}"#.to_owned() }
}

stories! {
    async fn a_repeated_request_gets_the_first_answer(db: Db) {
        prepare(&db).await;
        assert_eq!(request(&db, "k1", 1, false).await.unwrap(), Claim::New);
        assert_eq!(request(&db, "k1", 1, false).await.unwrap(), first_answer());
        assert_eq!(request(&db, "k2", 1, false).await.unwrap(), Claim::New);
        assert_eq!(effects(&db).await, 2);
    }

    async fn a_key_is_not_shared_by_different_requests(db: Db) {
        prepare(&db).await;
        request(&db, "k1", 1, false).await.unwrap();
        assert_eq!(request(&db, "k1", 2, false).await.unwrap(), Claim::OtherRequest);
        assert_eq!(effects(&db).await, 1);
    }

    async fn what_failed_leaves_its_key_unused(db: Db) {
        prepare(&db).await;
        assert!(request(&db, "k1", 1, true).await.is_err());
        assert_eq!(request(&db, "k1", 1, false).await.unwrap(), Claim::New);
        assert_eq!(effects(&db).await, 1);
    }

    async fn twenty_at_once_have_one_effect(db: Db) {
        prepare(&db).await;
        let claims = futures::future::try_join_all((0..20).map(|_| request(&db, "k1", 1, false))).await.unwrap();
        assert_eq!(claims.iter().filter(|claim| **claim == Claim::New).count(), 1);
        assert_eq!(claims.iter().filter(|claim| **claim == first_answer()).count(), 19);
        assert_eq!(effects(&db).await, 1);
    }

    async fn answers_are_kept_for_a_week(db: Db) {
        prepare(&db).await;
        request(&db, "k1", 1, false).await.unwrap();
        assert_eq!(housekeeping::forget(&db, later(7 * 24 * 60)).await.unwrap().answers, 0);
        assert_eq!(housekeeping::forget(&db, later(7 * 24 * 60 + 1)).await.unwrap().answers, 1);
    }
}
