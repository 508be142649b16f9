//! The payment system enrols members, updates them, and claims portal registrations.

use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_engine::auth::{Actor, Auth};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::{self, By, Member};
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::link;

use laurel_testing::people::{later, member_session, morning, refused, registered};

const KEY: Actor = Actor::Key(uuid::Uuid::from_u128(7));

fn known(external_id: &str) -> Enrolment {
    Enrolment { external_id: external_id.to_owned(), ..Enrolment::default() }
}

async fn member(db: &Db, id: MemberId) -> Member {
    member::find(&mut db.reader().await.unwrap(), By::Id(id)).await.unwrap().unwrap()
}

async fn link_code(db: &Db, token: &str) -> String {
    let session = member_session(db, token, morning()).await.unwrap();
    link::new_code(db, &session, morning()).await.unwrap().0
}

stories! {
    async fn a_member_is_enrolled_once_and_updated_from_then_on(db: Db) {
        let first = Enrolment {
            name: Some(" Han Meimei ".into()),
            email: Some("Han@Example.com".into()),
            locale: Some("zh-CN".into()),
            registered_at: Some(later(-60)),
            ..known("m-1")
        };
        let enrolled = enrol(&db, KEY, &first, morning()).await.unwrap();
        assert!(enrolled.created);
        let han = member(&db, enrolled.member).await;
        assert_eq!((han.name.as_deref(), han.email.as_deref(), han.locale.as_deref()), (Some("Han Meimei"), Some("han@example.com"), Some("zh")));
        assert_eq!(han.registered_at, later(-60));

        let update = Enrolment { phone: Some("138 1234 5678".into()), email: Some("".into()), registered_at: Some(later(-5)), ..known("m-1") };
        let updated = enrol(&db, KEY, &update, later(1)).await.unwrap();
        assert_eq!((updated.member, updated.created), (enrolled.member, false));
        let han = member(&db, enrolled.member).await;
        assert_eq!((han.name.as_deref(), han.email, han.phone.as_deref()), (Some("Han Meimei"), None, Some("+8613812345678")));
        assert_eq!(han.registered_at, later(-60));
    }

    async fn of_many_who_enrol_the_same_member_at_once_one_creates_them(db: Db) {
        let wish = known("m-1");
        let outcomes = futures::future::try_join_all((0..20).map(|_| enrol(&db, KEY, &wish, morning()))).await.unwrap();
        assert_eq!(outcomes.iter().filter(|enrolled| enrolled.created).count(), 1);
        assert!(outcomes.iter().all(|enrolled| enrolled.member == outcomes[0].member));
    }

    async fn every_field_at_fault_is_named(db: Db) {
        let wrong = Enrolment {
            name: Some("x".repeat(101)),
            email: Some("nobody".into()),
            phone: Some("12".into()),
            locale: Some("fr".into()),
            ..known(" m")
        };
        let Err(AppError::Refused(laurel_domain::refusal::Refusal::Invalid { faults })) = enrol(&db, KEY, &wrong, morning()).await else {
            panic!("accepted")
        };
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["external_id", "name", "email", "phone", "locale"]);
        let early = Enrolment { registered_at: Some(later(6)), ..known("m-1") };
        assert_eq!(refused(enrol(&db, KEY, &early, morning()).await), "in_future");
    }

    async fn a_link_code_makes_a_registration_the_payment_systems_member(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        let code = link_code(&db, li.token.as_str()).await;
        let claim = Enrolment { link_code: Some(code), name: Some("Li Lei".into()), ..known("m-1") };
        let linked = enrol(&db, KEY, &claim, later(1)).await.unwrap();
        assert_eq!((linked.member, linked.created), (li.member, true));
        let again = enrol(&db, KEY, &claim, later(2)).await.unwrap();
        assert_eq!((again.member, again.created), (li.member, false), "the first answer may have been lost");
        let li = member(&db, li.member).await;
        assert_eq!((li.external_id.unwrap().as_str(), li.name.as_deref(), li.email.as_deref()), ("m-1", Some("Li Lei"), None), "the address is theirs to confirm still");
    }

    async fn an_address_alone_claims_nobody(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        let other = enrol(&db, KEY, &Enrolment { email: Some("li@example.com".into()), ..known("m-1") }, morning()).await.unwrap();
        assert!(other.created && other.member != li.member);
    }

    async fn a_code_claims_no_second_member_and_no_taken_id(db: Db) {
        let auth = Auth::default();
        let li = registered(&db, &auth, "li@example.com").await;
        enrol(&db, KEY, &known("m-1"), morning()).await.unwrap();
        let code = link_code(&db, li.token.as_str()).await;
        let claim = |external_id: &str, code: &str| Enrolment { link_code: Some(code.to_owned()), ..known(external_id) };
        assert_eq!(refused(enrol(&db, KEY, &claim("m-1", &code), later(1)).await), "external_id_taken");
        assert_eq!(refused(enrol(&db, KEY, &claim("m-2", "ABCD-EFGH-JKLM"), later(1)).await), "code_not_valid");
        enrol(&db, KEY, &claim("m-2", &code), later(1)).await.unwrap();
        assert_eq!(refused(enrol(&db, KEY, &claim("m-3", &code), later(1)).await), "code_not_valid");
    }

    async fn a_closed_member_is_not_updated(db: Db) {
        let enrolled = enrol(&db, KEY, &known("m-1"), morning()).await.unwrap();
        let no = member(&db, enrolled.member).await.no;
        db.write(no, |tx, no| Box::pin(async move { Ok::<_, AppError>(member::set_status(tx, *no, Status::Closed).await?) })).await.unwrap();
        assert_eq!(refused(enrol(&db, KEY, &known("m-1"), later(1)).await), "member_closed");
    }
}
