//! What a transaction promises, whichever database it is in.

use laurel_engine::store::{Db, StoreError, on};

const MAKE: &str = "create table counters (name text primary key, value bigint not null)";
const INSERT: &str = "insert into counters (name, value) values ($1, 0)";
const ADD: &str = "update counters set value = value + 1 where name = $1";
const READ: &str = "select value from counters where name = $1";

async fn counter(db: &Db) {
    db.write((), |tx, ()| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(MAKE).execute(conn).await.map(drop)?);
            on!(tx, conn => sqlx::query(INSERT).bind("visits").execute(conn).await.map(drop)?);
            Ok::<_, StoreError>(())
        })
    })
    .await
    .unwrap();
}

async fn add(db: &Db) -> Result<(), StoreError> {
    db.write("visits", |tx, name| {
        Box::pin(async move {
            on!(tx, conn => sqlx::query(ADD).bind(*name).execute(conn).await.map(drop)?);
            Ok(())
        })
    })
    .await
}

async fn value(db: &Db) -> i64 {
    let mut db = db.reader().await.unwrap();
    on!(db, conn => sqlx::query_scalar(READ).bind("visits").fetch_one(conn).await).unwrap()
}

stories! {
    async fn fifty_writers_at_once_lose_no_update(db: Db) {
        counter(&db).await;
        futures::future::try_join_all((0..50).map(|_| add(&db))).await.unwrap();
        assert_eq!(value(&db).await, 50);
    }

    async fn an_error_takes_everything_back(db: Db) {
        counter(&db).await;
        let outcome: Result<(), StoreError> = db
            .write((), |tx, ()| Box::pin(async move {
                on!(tx, conn => sqlx::query(ADD).bind("visits").execute(conn).await.map(drop)?);
                Err(StoreError::Busy)
            }))
            .await;
        assert!(matches!(outcome, Err(StoreError::Busy)));
        assert_eq!(value(&db).await, 0);
        add(&db).await.unwrap();
        assert_eq!(value(&db).await, 1);
    }

    async fn a_panic_takes_everything_back_and_the_next_goes_on(db: Db) {
        counter(&db).await;
        let panics = tokio::spawn({
            let db = db.clone();
            async move {
                db.write((), |tx, ()| Box::pin(async move {
                    on!(tx, conn => sqlx::query(ADD).bind("visits").execute(conn).await.map(drop)?);
                    // once more than nothing has been done
                    if true { panic!("as a mistake in the code would") }
                    Ok::<_, StoreError>(())
                }))
                .await
            }
        });
        assert!(panics.await.unwrap_err().is_panic());
        assert_eq!(value(&db).await, 0);
        // more snapshots than there are connections, none of which stays in an old state
        for _ in 0..12 {
            let panics = tokio::spawn({
                let db = db.clone();
                async move {
                    db.snapshot((), |tx, ()| Box::pin(async move {
                        let _: i64 = on!(tx, conn => sqlx::query_scalar(READ).bind("visits").fetch_one(conn).await?);
                        if true { panic!("as a mistake in the code would") }
                        Ok::<_, StoreError>(())
                    }))
                    .await
                }
            });
            assert!(panics.await.unwrap_err().is_panic());
        }
        add(&db).await.unwrap();
        let values = futures::future::join_all((0..12).map(|_| value(&db))).await;
        assert_eq!(values, [1; 12]);
    }

    async fn a_caller_who_leaves_cancels_nothing(db: Db) {
        counter(&db).await;
        let (entered, has_entered) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = tokio::sync::oneshot::channel::<()>();
        let signals = std::sync::Mutex::new(Some((entered, may_go_on)));
        let caller = tokio::spawn({
            let db = db.clone();
            async move {
                db.write(signals, |tx, signals| Box::pin(async move {
                    let (entered, may_go_on) = signals.lock().unwrap().take().unwrap();
                    entered.send(()).unwrap();
                    may_go_on.await.unwrap();
                    on!(tx, conn => sqlx::query(ADD).bind("visits").execute(conn).await.map(drop)?);
                    Ok::<_, StoreError>(())
                }))
                .await
            }
        });
        has_entered.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        go_on.send(()).unwrap();
        // the next writer of the same row comes after the one that was left alone
        while value(&db).await == 0 {
            tokio::task::yield_now().await;
        }
        add(&db).await.unwrap();
        assert_eq!(value(&db).await, 2);
    }

    async fn a_taken_key_is_told_apart_from_other_errors(db: Db) {
        counter(&db).await;
        let again: Result<(), StoreError> = db
            .write((), |tx, ()| Box::pin(async move {
                on!(tx, conn => sqlx::query(INSERT).bind("visits").execute(conn).await.map(drop)?);
                Ok(())
            }))
            .await;
        let error = again.unwrap_err();
        assert!(error.is_unique_violation() && error.violates("counters") && !error.violates("members"));
        assert!(!error.is_unavailable() && !error.is_retryable());
    }

    async fn a_snapshot_sees_one_state_and_writes_nothing(db: Db) {
        counter(&db).await;
        let (before, after) = db
            .snapshot(db.clone(), |tx, db| Box::pin(async move {
                let before: i64 = on!(tx, conn => sqlx::query_scalar(READ).bind("visits").fetch_one(conn).await?);
                let somebody_else = db.clone();
                tokio::spawn(async move { add(&somebody_else).await }).await.expect("an end")?;
                let after: i64 = on!(tx, conn => sqlx::query_scalar(READ).bind("visits").fetch_one(conn).await?);
                Ok::<_, StoreError>((before, after))
            }))
            .await
            .unwrap();
        assert_eq!((before, after, value(&db).await), (0, 0, 1));
        let written = db
            .snapshot((), |tx, ()| Box::pin(async move {
                on!(tx, conn => sqlx::query(ADD).bind("visits").execute(conn).await.map(drop)?);
                Ok::<_, StoreError>(())
            }))
            .await;
        assert!(written.is_err());
    }
}
