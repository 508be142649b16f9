//! Signing in; failed attempts tell nothing about whether an account exists.

use laurel_domain::member::Status;
use laurel_engine::auth::Auth;
use laurel_engine::store::members::member;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::passwords::{Change, change_members};
use laurel_engine::usecase::access::sign_in;

use laurel_testing::people::{
    PASSWORD, later, member_session, morning, refused, registered, sign_in as with, visitor, visitor_from,
};

stories! {
    async fn a_member_comes_back_with_name_and_password(db: Db) {
        let auth = Auth::default();
        let registered = registered(&db, &auth, "li@example.com").await;
        let back = sign_in::member(&db, &auth, &with(" LI@example.com ", PASSWORD), &visitor(), later(5)).await.unwrap();
        assert_eq!(back.member, registered.member);
        assert_ne!(back.token, registered.token);
        assert!(member_session(&db, back.token.as_str(), later(5)).await.is_some());
    }

    async fn every_failed_sign_in_gets_the_same_answer(db: Db) {
        let auth = Auth::default();
        registered(&db, &auth, "li@example.com").await;
        let long = "x".repeat(100_000);
        for (name, password) in [
            ("li@example.com", "wrong horse battery"),
            ("nobody@example.com", PASSWORD),
            ("not a name", PASSWORD),
            ("li@example.com", ""),
            ("li@example.com", &long),
            (&long, PASSWORD),
        ] {
            let error = sign_in::member(&db, &auth, &with(name, password), &visitor(), morning()).await.unwrap_err();
            assert_eq!((error.code(), error.field()), ("wrong_sign_in", None));
        }
    }

    async fn guessing_is_slowed_down_and_the_owner_is_not(db: Db) {
        let auth = Auth::default();
        registered(&db, &auth, "li@example.com").await;
        let guess = async |minute| refused(sign_in::member(&db, &auth, &with("li@example.com", "wrong guess"), &visitor_from("203.0.113.9"), later(minute)).await);
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(guess(0).await);
        }
        assert_eq!(answers[..4], ["wrong_sign_in"; 4]);
        assert_eq!(answers[4..], ["rate_limited"; 2]);
        assert_eq!(guess(1).await, "wrong_sign_in");
        let owner = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(1)).await;
        assert_eq!(refused(owner), "accepted");
    }

    async fn a_new_session_takes_the_place_of_the_browsers_last(db: Db) {
        let auth = Auth::default();
        let first = registered(&db, &auth, "li@example.com").await;
        let mut same_browser = visitor();
        same_browser.session = Some(first.token.hash());
        let second = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &same_browser, later(1)).await.unwrap();
        assert!(member_session(&db, first.token.as_str(), later(1)).await.is_none());
        assert!(member_session(&db, second.token.as_str(), later(1)).await.is_some());
    }

    async fn a_closed_member_stays_outside_and_a_suspended_one_may_look(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        let no = member_session(&db, li.token.as_str(), morning()).await.unwrap().no;
        for (status, expected) in [(Status::Suspended, "accepted"), (Status::Closed, "wrong_sign_in")] {
            db.write((no, status), |tx, (no, status)| Box::pin(async move { Ok::<_, AppError>(member::set_status(tx, *no, *status).await?) })).await.unwrap();
            let outcome = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(1)).await;
            assert_eq!(refused(outcome), expected, "{status:?}");
        }
        assert!(member_session(&db, li.token.as_str(), later(1)).await.is_none(), "closing ends what was open");
    }

    async fn a_changed_password_ends_the_other_sessions(db: Db) {
        let auth = Auth::default();
        let here = registered(&db, &auth, "li@example.com").await;
        let there = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(1)).await.unwrap();
        let session = member_session(&db, here.token.as_str(), later(2)).await.unwrap();
        let change = |current: &str, new: &str| Change { current_password: current.into(), password: new.into() };
        let attempt = |change: Change| {
            let (db, auth, session) = (&db, &auth, &session);
            async move { change_members(db, auth, session, &change, visitor().address, later(2)).await }
        };
        let wrong = attempt(change("wrong horse battery", "another fine password")).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.field()), ("wrong_password", Some("current_password")));
        assert_eq!(refused(attempt(change(PASSWORD, "short")).await), "password_too_short");
        attempt(change(PASSWORD, "another fine password")).await.unwrap();
        assert!(member_session(&db, here.token.as_str(), later(3)).await.is_some());
        assert!(member_session(&db, there.token.as_str(), later(3)).await.is_none());
        let old = sign_in::member(&db, &auth, &with("li@example.com", PASSWORD), &visitor(), later(3)).await;
        assert_eq!(refused(old), "wrong_sign_in");
        sign_in::member(&db, &auth, &with("li@example.com", "another fine password"), &visitor(), later(3)).await.unwrap();
    }
}
