//! What is known of a member, and who may change it.

use laurel_domain::ids::MemberId;
use laurel_engine::auth::{Auth, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::members::member::{self, By, Member};
use laurel_engine::usecase::members::profile::{Edit, edit, edit_own};

use laurel_testing::people::{employed, enrolled, later, member_session, morning, refused, registered};
use laurel_testing::programme::programme;

async fn member(db: &Db, id: MemberId) -> Member {
    member::find(&mut db.reader().await.unwrap(), By::Id(id)).await.unwrap().unwrap()
}

stories! {
    async fn a_member_changes_what_is_known_of_them(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let li = registered(&db, &auth, "li@example.com").await;
        let session = member_session(&db, li.token.as_str(), morning()).await.unwrap();
        let change = Edit { name: Some("Li Lei".into()), phone: Some("13812345678".into()), locale: Some("en".into()), email: None };
        edit_own(&ledger, &session, &change).await.unwrap();
        let session = member_session(&db, li.token.as_str(), later(1)).await.unwrap();
        assert_eq!((session.name.as_deref(), session.locale.as_deref()), (Some("Li Lei"), Some("en")));
        let li = member(&db, li.member).await;
        assert_eq!((li.email.as_deref(), li.phone.as_deref()), (None, Some("+8613812345678")), "an address counts once it is confirmed");
        let wrong = edit_own(&ledger, &session, &Edit { email: Some("13812345678".into()), ..Edit::default() }).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.field()), ("invalid", Some("email")));
    }

    async fn staff_edits_are_on_record_without_what_they_say_of_a_person(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let change = Edit { name: Some("Han Meimei".into()), email: Some("han@example.com".into()), ..Edit::default() };
        edit(&ledger, support, han, &change).await.unwrap();
        edit(&ledger, support, han, &change).await.unwrap();
        let about = Filter { subject: Some(format!("member:{han}")), limit: 10, ..Filter::default() };
        let entries = audit::list(&mut db.reader().await.unwrap(), &about).await.unwrap();
        assert_eq!(entries.len(), 1, "what changes nothing is no change");
        assert_eq!(entries[0].after.as_deref(), Some(r#"{"changed":["name"]}"#));
    }

    async fn a_viewer_changes_nothing(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let han = enrolled(&db, "m-1", None).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        assert_eq!(refused(edit(&ledger, viewer, han, &Edit::default()).await), "forbidden");
    }
}
