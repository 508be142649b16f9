//! Forms that are kept for who sent them.

use jiff::{SignedDuration, Timestamp};
use laurel_engine::usecase::access::kept_forms::{KEPT_FOR, Place, drop_kept, find, keep};
use laurel_engine::usecase::housekeeping;

use laurel_testing::programme::NOW;

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn place(id: &str) -> Place<'_> {
    Place { secret: "browser", id }
}

stories! {
    async fn a_form_is_found_by_its_browser_and_by_whoever_sent_it_alone(db: Db) {
        keep(&db, place("1"), Some("staff:a".into()), "typed".into(), now()).await.unwrap();
        keep(&db, place("2"), None, "unknown".into(), now()).await.unwrap();
        assert_eq!(find(&db, place("1"), Some("staff:a"), now()).await.unwrap().as_deref(), Some("typed"));
        assert_eq!(find(&db, place("1"), Some("staff:b"), now()).await.unwrap(), None);
        assert_eq!(find(&db, place("1"), None, now()).await.unwrap(), None);
        assert_eq!(find(&db, place("2"), Some("staff:b"), now()).await.unwrap().as_deref(), Some("unknown"));
        let elsewhere = Place { secret: "another browser", id: "2" };
        assert_eq!(find(&db, elsewhere, Some("staff:b"), now()).await.unwrap(), None);
    }

    async fn forms_are_forgotten_after_their_time(db: Db) {
        keep(&db, place("1"), None, "typed".into(), now()).await.unwrap();
        let last = now() + KEPT_FOR;
        assert!(find(&db, place("1"), None, last).await.unwrap().is_some());
        assert_eq!(housekeeping::forget(&db, last).await.unwrap().forms, 0);
        let later = last + SignedDuration::from_micros(1);
        assert!(find(&db, place("1"), None, later).await.unwrap().is_none());
        assert_eq!(housekeeping::forget(&db, later).await.unwrap().forms, 1);
    }

    async fn of_one_person_the_newest_are_kept_and_nobody_crowds_out_others(db: Db) {
        keep(&db, place("other"), Some("member:m".into()), "mine".into(), now()).await.unwrap();
        for n in 0..60 {
            let at = now() + SignedDuration::from_secs(n);
            keep(&db, place("lab"), Some("staff:a".into()), "still typed".into(), at).await.unwrap();
            keep(&db, place(&n.to_string()), Some("staff:a".into()), n.to_string(), at).await.unwrap();
        }
        assert_eq!(find(&db, place("10"), Some("staff:a"), now()).await.unwrap(), None);
        assert!(find(&db, place("11"), Some("staff:a"), now()).await.unwrap().is_some());
        assert!(find(&db, place("other"), Some("member:m"), now()).await.unwrap().is_some());
    }

    async fn what_is_still_typed_has_one_place_until_it_is_dropped(db: Db) {
        for (n, typed) in ["1", "12", "123"].into_iter().enumerate() {
            let at = now() + SignedDuration::from_secs(n as i64);
            keep(&db, place("lab"), Some("staff:a".into()), typed.into(), at).await.unwrap();
        }
        let found = async |owner| find(&db, place("lab"), Some(owner), now()).await.unwrap();
        assert_eq!(found("staff:a").await.as_deref(), Some("123"));
        assert_eq!(found("staff:b").await, None);
        let last = now() + KEPT_FOR + SignedDuration::from_secs(2);
        assert_eq!(housekeeping::forget(&db, last).await.unwrap().forms, 0, "kept from when it was typed last");
        drop_kept(&db, place("lab")).await.unwrap();
        assert_eq!(found("staff:a").await, None);
    }
}
