//! Guessing is slowed down, by all servers on the database together.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use laurel_engine::auth::{self, Address, NotNow};
use laurel_engine::store::Db;
use laurel_engine::usecase::housekeeping;

use laurel_testing::people::{morning, visitor_from};

fn from(address: &str) -> Address {
    visitor_from(address).address
}

fn at(second: i64) -> Timestamp {
    morning() + SignedDuration::from_secs(second)
}

/// How long to wait, if at all.
async fn guess(db: &Db, name: &str, address: Address, now: Timestamp) -> Option<Duration> {
    wait(auth::try_sign_in(db, name, address, now).await)
}

fn wait(tried: Result<(), NotNow>) -> Option<Duration> {
    match tried {
        Ok(()) => None,
        Err(NotNow::TooEarly { retry_after }) => Some(retry_after),
        Err(NotNow::Store(error)) => panic!("{error}"),
    }
}

async fn signed_in(db: &Db, name: &'static str, address: Address) {
    db.write((name, address), |tx, (name, address)| Box::pin(auth::signed_in(tx, name, *address))).await.unwrap();
}

stories! {
    async fn guessing_takes_twice_as_long_each_time_and_only_from_there(db: Db) {
        let (attacker, victim) = (from("192.0.2.1"), from("192.0.2.2"));
        for _ in 0..4 {
            assert_eq!(guess(&db, "li@example.com", attacker, at(0)).await, None);
        }
        assert_eq!(guess(&db, "li@example.com", attacker, at(0)).await, Some(Duration::from_secs(1)));
        assert_eq!(guess(&db, "li@example.com", attacker, at(1)).await, None);
        assert_eq!(guess(&db, "li@example.com", attacker, at(2)).await, Some(Duration::from_secs(1)));
        assert_eq!(guess(&db, "li@example.com", attacker, at(3)).await, None);
        assert_eq!(guess(&db, "li@example.com", attacker, at(3)).await, Some(Duration::from_secs(4)));
        assert_eq!(guess(&db, "li@example.com", victim, at(3)).await, None);
        assert_eq!(guess(&db, "han@example.com", attacker, at(3)).await, None);
    }

    async fn a_right_password_forgives_earlier_mistakes(db: Db) {
        let here = from("192.0.2.1");
        for _ in 0..12 {
            assert_eq!(guess(&db, "li@example.com", here, at(0)).await, None);
            signed_in(&db, "li@example.com", here).await;
        }
    }

    async fn one_address_has_one_budget_for_all_accounts(db: Db) {
        let mut tried = 0;
        for n in 0..70 {
            tried += i32::from(guess(&db, &n.to_string(), from("2001:db8::1"), at(0)).await.is_none());
        }
        assert_eq!(tried, 60);
        assert!(guess(&db, "x", from("2001:db8::ffff:2"), at(0)).await.is_some(), "the same network");
        assert_eq!(guess(&db, "x", from("2001:db8:0:1::1"), at(0)).await, None, "another network");
    }

    async fn many_at_once_are_no_way_round_a_limit(db: Db) {
        let here = from("192.0.2.1");
        let guesses = futures::future::join_all((0..12).map(|_| guess(&db, "li@example.com", here, at(0)))).await;
        assert_eq!(guesses.iter().filter(|wait| wait.is_none()).count(), 4);
        let registrations = futures::future::join_all((0..20).map(|_| auth::try_registration(&db, here, at(0)))).await;
        assert_eq!(registrations.into_iter().filter(|tried| tried.is_ok()).count(), 10);
    }

    async fn what_is_counted_is_forgotten_when_it_says_nothing_any_more(db: Db) {
        let here = from("192.0.2.1");
        assert_eq!(guess(&db, "li@example.com", here, at(0)).await, None);
        assert_eq!(wait(auth::try_registration(&db, here, at(0)).await), None);
        let forgotten = async |second| housekeeping::forget(&db, at(second)).await.unwrap().tries;
        assert_eq!(forgotten(10).await, 0);
        assert_eq!(forgotten(11).await, 1, "one more may sign in from there again, as if nobody had");
        assert_eq!(forgotten(361).await, 1);
        assert_eq!(forgotten(24 * 60 * 60).await, 0);
        assert_eq!(forgotten(24 * 60 * 60 + 1).await, 1);
        assert_eq!(forgotten(1_000_000).await, 0);
    }

    async fn a_refused_try_changes_nothing(db: Db) {
        let here = from("192.0.2.1");
        for _ in 0..4 {
            assert_eq!(guess(&db, "li@example.com", here, at(0)).await, None);
        }
        for second in [0, 0, 0] {
            assert_eq!(guess(&db, "li@example.com", here, at(second)).await, Some(Duration::from_secs(1)));
        }
        assert_eq!(guess(&db, "li@example.com", here, at(1)).await, None);
    }
}
