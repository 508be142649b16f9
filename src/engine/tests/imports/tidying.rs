//! Files and refused rows are kept as long as somebody needs them.

use jiff::SignedDuration;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::imports::{self, State, Target, Upload};

use super::{events, found, has_file, import, upload};
use laurel_testing::programme::programme;

const FILE: &str = "event_id,kind,member,amount,currency,occurred_at\np1,payment,m-1,0,CNY,2026-11-01T10:00:00Z\n";

stories! {
    async fn a_file_that_nobody_starts_is_gone_after_a_week(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let left = upload(&ledger, by, events(), FILE).await.unwrap();
        let mut broken_off = Upload::begin(&ledger, by, "b.csv", Target::Members).await.unwrap();
        broken_off.add(b"external_id\n").await.unwrap();
        imports::tidy(&ledger).await.unwrap();
        assert!(has_file(&ledger, left).await);
        ledger.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
        imports::tidy(&ledger).await.unwrap();
        assert!(matches!(imports::find(&ledger, by, left).await, Err(AppError::NotFound)));
        assert!(broken_off.finish().await.is_err(), "it took a week");
    }

    async fn a_stopped_file_waits_for_a_week_and_its_result_stays(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let id = upload(&ledger, by, events(), FILE).await.unwrap();
        imports::start(&ledger, by, id).await.unwrap();
        imports::stop(&ledger, by, id).await.unwrap();
        ledger.clock.advance(SignedDuration::from_hours(7 * 24 + 1));
        imports::tidy(&ledger).await.unwrap();
        assert_eq!((found(&ledger, id).await.state, has_file(&ledger, id).await), (State::Stopped, false));
        assert!(imports::start(&ledger, by, id).await.is_err(), "there is nothing to go on with");
    }

    async fn refused_rows_are_kept_for_a_month(db: Db) {
        let ledger = programme(&db).await;
        let done = import(&ledger, events(), FILE).await;
        let refused = async |ledger| imports::fault_chunk(ledger, done.id, 0, 10).await.unwrap().faults.len();
        imports::tidy(&ledger).await.unwrap();
        assert_eq!(refused(&ledger).await, 1);
        ledger.clock.advance(SignedDuration::from_hours(30 * 24 + 1));
        imports::tidy(&ledger).await.unwrap();
        assert_eq!((refused(&ledger).await, found(&ledger, done.id).await.counts.refused), (0, 1));
    }

    async fn a_file_is_discarded_by_hand(db: Db) {
        let ledger = programme(&db).await;
        let by = Authority::command_line();
        let id = upload(&ledger, by, events(), FILE).await.unwrap();
        imports::discard(&ledger, by, id).await.unwrap();
        assert!(matches!(imports::find(&ledger, by, id).await, Err(AppError::NotFound)));
        assert!(matches!(imports::discard(&ledger, by, id).await, Err(AppError::NotFound)));
    }
}
