//! The staff: who comes in first, and who may do what to whom.

use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::usecase::access::staff::{Change, change, create, invite, list};
use laurel_engine::usecase::access::{passwords, sign_in, staff_entry};

use laurel_testing::people::{PASSWORD, employed, later, morning, refused, sign_in as with, staff_session, visitor, wanted};

stories! {
    async fn the_first_administrator_comes_in_by_a_link_that_then_works_no_more(db: Db) {
        let auth = Auth::default();
        let stale = staff_entry::first_code(&db, morning()).await.unwrap().unwrap();
        let code = staff_entry::first_code(&db, later(1)).await.unwrap().unwrap();
        let wish = wanted("w@example.com", Role::Viewer, Some(PASSWORD));
        let first = async |code: &str, minute| staff_entry::create_first(&db, &auth, code, &wish, &visitor(), later(minute)).await;
        assert_eq!(refused(first(stale.as_str(), 2).await), "code_not_valid");
        let signed_in = first(code.as_str(), 2).await.unwrap();
        assert_eq!(staff_session(&db, signed_in.token.as_str(), later(2)).await.unwrap().role, Role::Admin);
        assert_eq!(refused(first(code.as_str(), 3).await), "code_not_valid");
        assert!(staff_entry::first_code(&db, later(3)).await.unwrap().is_none());
    }

    async fn a_first_link_is_worth_nothing_once_somebody_is_there(db: Db) {
        let auth = Auth::default();
        let code = staff_entry::first_code(&db, morning()).await.unwrap().unwrap();
        create(&db, &auth, Authority::command_line(), &wanted("w@example.com", Role::Admin, Some(PASSWORD)), morning()).await.unwrap();
        let intruder = wanted("x@example.com", Role::Admin, Some(PASSWORD));
        assert_eq!(refused(staff_entry::create_first(&db, &auth, code.as_str(), &intruder, &visitor(), later(1)).await), "code_not_valid");
    }

    async fn an_invited_colleague_sets_their_own_password(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let created = create(&db, &auth, admin, &wanted("w@example.com", Role::Manager, None), morning()).await.unwrap();
        let code = created.code.unwrap();
        assert_eq!(refused(sign_in::staff(&db, &auth, &with("w@example.com", ""), &visitor(), morning()).await), "wrong_sign_in");
        assert_eq!(refused(staff_entry::activate(&db, &auth, code.as_str(), "12345678", &visitor(), later(1)).await), "password_too_common");
        let signed_in = staff_entry::activate(&db, &auth, code.as_str(), PASSWORD, &visitor(), later(1)).await.unwrap();
        assert_eq!(signed_in.staff, created.staff);
        assert_eq!(refused(staff_entry::activate(&db, &auth, code.as_str(), PASSWORD, &visitor(), later(1)).await), "code_not_valid");
        sign_in::staff(&db, &auth, &with("W@example.com", PASSWORD), &visitor(), later(2)).await.unwrap();
        let again = invite(&db, admin, created.staff, later(3)).await.unwrap();
        staff_entry::activate(&db, &auth, again.as_str(), "a brand new password", &visitor(), later(4)).await.unwrap();
        assert!(staff_session(&db, signed_in.token.as_str(), later(4)).await.is_none());
    }

    async fn only_administrators_manage_staff(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let somebody = create(&db, &auth, admin, &wanted("w@example.com", Role::Viewer, None), morning()).await.unwrap().staff;
        for (email, role) in [("v@example.com", Role::Viewer), ("s@example.com", Role::Support), ("m@example.com", Role::Manager)] {
            let authority = employed(&db, &auth, email, role).await;
            let promotion = Change { name: "Wang Wei".into(), role: Role::Admin, enabled: true };
            let outcomes = [
                refused(create(&db, &auth, authority, &wanted("x@example.com", Role::Viewer, None), morning()).await),
                refused(change(&db, authority, somebody, &promotion, morning()).await),
                refused(invite(&db, authority, somebody, morning()).await),
                refused(list(&db, authority).await),
            ];
            assert_eq!(outcomes, ["forbidden"; 4], "{role:?}");
        }
        assert_eq!(list(&db, admin).await.unwrap().len(), 5);
    }

    async fn an_address_is_one_colleagues_only(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let again = create(&db, &auth, admin, &wanted("Admin@example.com", Role::Viewer, None), morning()).await.unwrap_err();
        assert_eq!((again.code(), again.field()), ("email_taken", Some("email")));
        let phone = create(&db, &auth, admin, &wanted("+8613812345678", Role::Viewer, None), morning()).await;
        assert_eq!(phone.unwrap_err().field(), Some("email"));
    }

    async fn another_role_or_the_end_of_an_account_ends_its_sessions(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let wei = create(&db, &auth, admin, &wanted("w@example.com", Role::Manager, Some(PASSWORD)), morning()).await.unwrap().staff;
        let enter = async || sign_in::staff(&db, &auth, &with("w@example.com", PASSWORD), &visitor(), morning()).await;
        let to = |role, enabled| Change { name: "Wang Wei".into(), role, enabled };
        let session = enter().await.unwrap().token;
        change(&db, admin, wei, &to(Role::Support, true), later(1)).await.unwrap();
        assert!(staff_session(&db, session.as_str(), later(1)).await.is_none());
        assert_eq!(staff_session(&db, enter().await.unwrap().token.as_str(), later(1)).await.unwrap().role, Role::Support);
        change(&db, admin, wei, &to(Role::Support, false), later(2)).await.unwrap();
        assert_eq!(refused(enter().await), "wrong_sign_in");
        assert_eq!(refused(invite(&db, admin, wei, later(2)).await), "not_found");
        change(&db, admin, wei, &to(Role::Support, true), later(3)).await.unwrap();
        assert_eq!(refused(enter().await), "accepted");
    }

    async fn somebody_can_always_administer_laurel(db: Db) {
        let auth = Auth::default();
        let admin = employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let one = list(&db, admin).await.unwrap()[0].id;
        let one = laurel_domain::ids::StaffId::new(one);
        for (role, enabled) in [(Role::Manager, true), (Role::Admin, false)] {
            let outcome = change(&db, admin, one, &Change { name: "Wang Wei".into(), role, enabled }, later(1)).await;
            assert_eq!(refused(outcome), "last_admin");
        }
    }

    async fn of_two_administrators_who_disable_each_other_one_stays(db: Db) {
        let auth = Auth::default();
        let mut pair = Vec::new();
        for email in ["a@example.com", "b@example.com"] {
            let authority = Authority::command_line();
            pair.push(create(&db, &auth, authority, &wanted(email, Role::Admin, Some(PASSWORD)), morning()).await.unwrap().staff);
        }
        let gone = Change { name: "Wang Wei".into(), role: Role::Admin, enabled: false };
        let outcomes = futures::future::join_all(pair.iter().map(|who| change(&db, Authority::command_line(), *who, &gone, later(1)))).await;
        let mut outcomes: Vec<_> = outcomes.into_iter().map(refused).collect();
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["accepted", "last_admin"]);
    }

    async fn staff_change_their_own_password(db: Db) {
        let auth = Auth::default();
        employed(&db, &auth, "admin@example.com", Role::Admin).await;
        let here = sign_in::staff(&db, &auth, &with("admin@example.com", PASSWORD), &visitor(), later(1)).await.unwrap();
        let session = staff_session(&db, here.token.as_str(), later(1)).await.unwrap();
        let change = passwords::Change { current_password: PASSWORD.into(), password: "a brand new password".into() };
        passwords::change_staffs(&db, &auth, &session, &change, visitor().address, later(1)).await.unwrap();
        assert!(staff_session(&db, here.token.as_str(), later(2)).await.is_some());
        let repeated = passwords::change_staffs(&db, &auth, &session, &change, visitor().address, later(2)).await;
        assert_eq!(refused(repeated), "wrong_password");
    }
}
