//! Registering in the portal.

use laurel_engine::auth::Auth;
use laurel_engine::store::members::member::{self, By};
use laurel_engine::usecase::members::address;
use laurel_engine::usecase::members::register::{Registration, register};

use laurel_testing::people::{later, member_session, morning, refused, registered, registration, visitor, visitor_from};

stories! {
    async fn whoever_registers_is_signed_in_and_known_by_name(db: Db) {
        let auth = Auth::default();
        let signed_in = registered(&db, &auth, "Li.Lei@Example.com").await;
        let session = member_session(&db, signed_in.token.as_str(), morning()).await.unwrap();
        assert_eq!(session.member, signed_in.member);
        assert_eq!((session.name.as_deref(), session.locale.as_deref()), (Some("李雷"), Some("zh")));
        let member = member::find(&mut db.reader().await.unwrap(), By::Id(signed_in.member)).await.unwrap().unwrap();
        assert_eq!((member.email, member.phone), (None, None), "the address counts once it is confirmed");
        assert_eq!(address::waiting(&db, member.no).await.unwrap().as_deref(), Some("li.lei@example.com"));
        assert_eq!((member.registered_at, member.last_sign_in_at), (morning(), Some(morning())));
        assert_eq!(member.external_id, None);
        assert_eq!(member.referral_code.unwrap().len(), 8);
    }

    async fn a_sign_in_name_belongs_to_one_member_however_it_is_written(db: Db) {
        let auth = Auth::default();
        registered(&db, &auth, "+8613812345678").await;
        let again = register(&db, &auth, &registration("138 1234 5678"), &visitor(), later(1)).await;
        assert_eq!(refused(again), "sign_in_name_taken");
    }

    async fn of_ten_who_want_the_same_name_at_once_one_gets_it(db: Db) {
        let auth = Auth::default();
        let wishes = (0..10).map(|n| {
            let (db, auth) = (db.clone(), auth.clone());
            async move { register(&db, &auth, &registration("li@example.com"), &visitor_from(&format!("192.0.2.{n}")), morning()).await }
        });
        let outcomes: Vec<_> = futures::future::join_all(wishes).await.into_iter().map(refused).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "accepted").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "sign_in_name_taken").count(), 9, "{outcomes:?}");
    }

    async fn a_referral_code_records_who_invited_however_it_is_typed(db: Db) {
        let auth = Auth::default();
        let inviter = registered(&db, &auth, "li@example.com").await;
        let inviter = member::find(&mut db.reader().await.unwrap(), By::Id(inviter.member)).await.unwrap().unwrap();
        let typed = format!(" {} ", inviter.referral_code.unwrap().to_lowercase());
        let invited = Registration { referral_code: Some(typed), ..registration("han@example.com") };
        let invited = register(&db, &auth, &invited, &visitor(), later(1)).await.unwrap();
        let invited = member::find(&mut db.reader().await.unwrap(), By::Id(invited.member)).await.unwrap().unwrap();
        assert_eq!(invited.invited_by, Some(inviter.no));
    }

    async fn what_is_wrong_is_named_with_its_field_and_nobody_is_registered(db: Db) {
        let auth = Auth::default();
        let right = || registration("li@example.com");
        let wrong = [
            (Registration { name: "  ".into(), ..right() }, "invalid", "name"),
            (Registration { name: "x".repeat(101), ..right() }, "invalid", "name"),
            (Registration { sign_in_name: "li".into(), ..right() }, "not_a_sign_in_name", "sign_in_name"),
            (Registration { password: "short".into(), ..right() }, "password_too_short", "password"),
            (Registration { password: "password1".into(), ..right() }, "password_too_common", "password"),
            (Registration { password: "li@example.com".into(), ..right() }, "password_too_common", "password"),
            (Registration { locale: "fr".into(), ..right() }, "invalid", "locale"),
            (Registration { referral_code: Some("NOBODY22".into()), ..right() }, "unknown_referral_code", "referral_code"),
        ];
        for (registration, code, field) in wrong {
            let error = register(&db, &auth, &registration, &visitor(), morning()).await.unwrap_err();
            assert_eq!((error.code(), error.field()), (code, Some(field)));
        }
        registered(&db, &auth, "li@example.com").await;
    }

    async fn registrations_from_one_address_are_limited(db: Db) {
        let auth = Auth::default();
        for n in 0..10 {
            register(&db, &auth, &registration(&format!("li{n}@example.com")), &visitor(), morning()).await.unwrap();
        }
        let error = register(&db, &auth, &registration("li10@example.com"), &visitor(), morning()).await.unwrap_err();
        assert_eq!(error.code(), "rate_limited");
        assert_eq!(error.retry_after().unwrap().as_secs(), 360);
        register(&db, &auth, &registration("li10@example.com"), &visitor_from("198.51.100.1"), morning()).await.unwrap();
        register(&db, &auth, &registration("li11@example.com"), &visitor(), later(6)).await.unwrap();
    }
}
