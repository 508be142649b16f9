//! One-time codes: how a member whom the payment system enrolled gets into the portal, and how one gets back in.

use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::members::member::{self, By};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::activate::{Activation, activate, invite, open};
use laurel_engine::usecase::access::sign_in;
use laurel_engine::usecase::members::link;

use laurel_testing::people::{
    PASSWORD, employed, enrolled, later, member_session, morning, refused, registered, sign_in as with, visitor,
};

fn activation(code: &str, sign_in_name: Option<&str>) -> Activation {
    Activation { code: code.to_owned(), sign_in_name: sign_in_name.map(str::to_owned), password: PASSWORD.to_owned() }
}

stories! {
    async fn a_code_lets_an_enrolled_member_in_with_the_address_on_file(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-2", Some("Han@example.com")).await;
        let invitation = invite(&db, Authority::command_line(), han, morning()).await.unwrap();
        assert!(!invitation.resets_password);
        let opened = open(&db, invitation.code.as_str(), later(1)).await.unwrap();
        assert_eq!((opened.name.as_deref(), opened.suggested.as_deref()), (Some("韩梅梅"), Some("han@example.com")));
        assert_eq!(opened.sign_in_name, None);
        let signed_in = activate(&db, &auth, &activation(invitation.code.as_str(), None), &visitor(), later(2)).await.unwrap();
        assert_eq!(signed_in.member, han);
        sign_in::member(&db, &auth, &with("han@example.com", PASSWORD), &visitor(), later(3)).await.unwrap();
        let member = member::find(&mut db.reader().await.unwrap(), By::Id(han)).await.unwrap().unwrap();
        assert_eq!(member.external_id.unwrap().as_str(), "m-2");
        assert!(member.referral_code.is_some());
    }

    async fn without_an_address_on_file_the_member_picks_one(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-2", None).await;
        let code = invite(&db, Authority::command_line(), han, morning()).await.unwrap().code;
        let missing = activate(&db, &auth, &activation(code.as_str(), None), &visitor(), later(1)).await.unwrap_err();
        assert_eq!((missing.code(), missing.field()), ("invalid", Some("sign_in_name")));
        activate(&db, &auth, &activation(code.as_str(), Some("+8613812345678")), &visitor(), later(1)).await.unwrap();
        let member = member::find(&mut db.reader().await.unwrap(), By::Id(han)).await.unwrap().unwrap();
        assert_eq!(member.phone.as_deref(), Some("+8613812345678"));
    }

    async fn an_address_links_no_accounts_by_itself(db: Db) {
        let auth = Auth::default();
        let registered = registered(&db, &auth, "han@example.com").await;
        let han = enrolled(&db, "m-2", Some("han@example.com")).await;
        let code = invite(&db, Authority::command_line(), han, morning()).await.unwrap().code;
        let taken = activate(&db, &auth, &activation(code.as_str(), None), &visitor(), later(1)).await;
        assert_eq!(refused(taken), "sign_in_name_taken");
        let other = activate(&db, &auth, &activation(code.as_str(), Some("han2@example.com")), &visitor(), later(2)).await.unwrap();
        assert_ne!(other.member, registered.member);
    }

    async fn a_code_works_once_for_a_day_and_only_the_last_one(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-2", Some("han@example.com")).await;
        let first = invite(&db, Authority::command_line(), han, morning()).await.unwrap().code;
        let second = invite(&db, Authority::command_line(), han, later(1)).await.unwrap().code;
        assert_eq!(refused(open(&db, first.as_str(), later(2)).await), "code_not_valid");
        assert_eq!(refused(open(&db, second.as_str(), later(24 * 60 + 1)).await), "code_not_valid");
        assert_eq!(refused(open(&db, "made up", later(2)).await), "code_not_valid");
        let mut weak = activation(second.as_str(), None);
        weak.password = "12345678".into();
        assert_eq!(refused(activate(&db, &auth, &weak, &visitor(), later(2)).await), "password_too_common");
        let uses = (0..4).map(|_| {
            let (db, auth, use_it) = (db.clone(), auth.clone(), activation(second.as_str(), None));
            async move { activate(&db, &auth, &use_it, &visitor(), later(3)).await }
        });
        let outcomes: Vec<_> = futures::future::join_all(uses).await.into_iter().map(refused).collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "accepted").count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "code_not_valid").count(), 3, "{outcomes:?}");
    }

    async fn whoever_forgot_their_password_gets_back_in_and_everybody_else_is_out(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        let support = employed(&db, &auth, "w@example.com", Role::Support).await;
        let invitation = invite(&db, support, li.member, later(1)).await.unwrap();
        assert!(invitation.resets_password);
        let opened = open(&db, invitation.code.as_str(), later(1)).await.unwrap();
        assert_eq!(opened.sign_in_name.as_deref(), Some("li@example.com"));
        let mut reset = activation(invitation.code.as_str(), Some("somebody.else@example.com"));
        reset.password = "a brand new password".into();
        let back = activate(&db, &auth, &reset, &visitor(), later(2)).await.unwrap();
        assert!(member_session(&db, li.token.as_str(), later(2)).await.is_none());
        assert!(member_session(&db, back.token.as_str(), later(2)).await.is_some());
        sign_in::member(&db, &auth, &with("li@example.com", "a brand new password"), &visitor(), later(3)).await.unwrap();
    }

    async fn a_viewer_hands_out_no_codes(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-2", None).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        assert_eq!(refused(invite(&db, viewer, han, morning()).await), "forbidden");
    }

    async fn a_link_code_names_its_member_once(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        let session = member_session(&db, li.token.as_str(), morning()).await.unwrap();
        let (code, expires_at) = link::new_code(&db, &session, morning()).await.unwrap();
        assert_eq!(expires_at, later(24 * 60));
        let take = async |typed: String, minute| {
            db.write((typed, later(minute)), |tx, (typed, now)| Box::pin(link::take_code(tx, typed, *now))).await
        };
        assert_eq!(refused(take("ABCD-EFGH-JKLM".into(), 1).await), "code_not_valid");
        assert_eq!(refused(take(code.clone(), 24 * 60).await), "code_not_valid");
        assert_eq!(take(code.to_lowercase(), 1).await.unwrap(), session.no);
        assert_eq!(refused(take(code, 1).await), "code_not_valid");
    }

    async fn a_member_whom_the_payment_system_knows_gets_no_link_code(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-2", Some("han@example.com")).await;
        let code = invite(&db, Authority::command_line(), han, morning()).await.unwrap().code;
        let signed_in = activate(&db, &auth, &activation(code.as_str(), None), &visitor(), later(1)).await.unwrap();
        let session = member_session(&db, signed_in.token.as_str(), later(1)).await.unwrap();
        let outcome: Result<_, AppError> = link::new_code(&db, &session, later(1)).await;
        assert_eq!(refused(outcome), "already_linked");
    }
}
