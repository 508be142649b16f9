//! Links by which somebody gets in: a first password, a new one, an account of the staff.

use jiff::SignedDuration;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::access::activate::{Activation, activate, invite};
use laurel_engine::usecase::access::sign_in::MemberSignedIn;
use laurel_engine::usecase::access::{sign_in, staff, staff_entry};
use laurel_engine::usecase::audit;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::desk::{MailState, of_member, outbox};
use laurel_engine::usecase::mail::send::{Tried, send_waiting};
use laurel_engine::usecase::mail::{Content, Letter, codes, forgotten};
use laurel_engine::usecase::members::{address, profile};

use laurel_testing::people::{
    PASSWORD, employed, enrolled, member_session, refused, registered, sign_in as with, staff_session, visitor, visitor_from,
    wanted,
};
use laurel_testing::programme::programme;

use super::postman::Keeper;

pub(super) fn code_of(letter: &Letter) -> String {
    match &letter.content {
        Content::Activation { code }
        | Content::Reset { code }
        | Content::StaffInvitation { code }
        | Content::StaffReset { code }
        | Content::ConfirmEmail { code } => code.as_str().to_owned(),
        Content::News { .. } | Content::EmailChanged { .. } => panic!("{letter:?}"),
    }
}

fn activation(code: &str, password: &str) -> Activation {
    Activation { code: code.to_owned(), sign_in_name: None, password: password.to_owned() }
}

async fn waiting(ledger: &Ledger) -> usize {
    outbox(ledger, Authority::command_line(), MailState::Waiting, None).await.unwrap().page.rows.len()
}

async fn ask(ledger: &Ledger, name: &str) {
    forgotten::ask(ledger, name, "en", visitor().address).await.unwrap();
}

async fn hours(ledger: &Ledger, hours: i64) {
    ledger.clock.advance(SignedDuration::from_hours(hours));
}

async fn no_of(db: &Db, token: &str, ledger: &Ledger) -> i64 {
    member_session(db, token, ledger.clock.now()).await.unwrap().no
}

/// Somebody who has registered and followed the link that was sent to them.
pub(super) async fn confirmed(ledger: &Ledger, keeper: &Keeper, auth: &Auth, email: &str) -> MemberSignedIn {
    let member = registered(&ledger.db, auth, email).await;
    assert_eq!(address::send_first_link(ledger, member.member).await.unwrap().as_deref(), Some(email));
    send_waiting(ledger).await.unwrap();
    let link = code_of(&keeper.taken().remove(0));
    address::confirm(&ledger.db, &link, ledger.clock.now()).await.unwrap();
    member
}

stories! {
    async fn a_forgotten_password_is_set_anew_by_the_link_and_ends_all_sessions(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let before = confirmed(&ledger, &keeper, &auth, "han@example.com").await;
        ask(&ledger, " Han@Example.com ").await;
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { sent: 1, ..Tried::default() });
        let letter = keeper.taken().remove(0);
        assert_eq!((letter.address.as_str(), letter.locale.as_deref()), ("han@example.com", Some("zh")));
        assert!(matches!(letter.content, Content::Reset { .. }));
        let now = ledger.clock.now();
        let again = activate(&db, &auth, &activation(&code_of(&letter), "another long password"), &visitor(), now).await.unwrap();
        assert!(member_session(&db, before.token.as_str(), now).await.is_none(), "all sessions are ended");
        sign_in::member(&db, &auth, &with("han@example.com", "another long password"), &visitor(), now).await.unwrap();
        let reused = activate(&db, &auth, &activation(&code_of(&letter), PASSWORD), &visitor(), now).await;
        assert_eq!(refused(reused), "code_not_valid");
        let listed = of_member(&ledger, no_of(&db, again.token.as_str(), &ledger).await).await.unwrap();
        assert_eq!((listed.len(), listed[0].state), (2, MailState::Sent), "the one to confirm the address, too");
    }

    async fn a_name_that_nobody_has_is_answered_alike_and_leaves_nothing(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        ask(&ledger, "nobody@example.com").await;
        assert_eq!(waiting(&ledger).await, 1, "the same work as for somebody");
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { dropped: 1, ..Tried::default() });
        assert!(keeper.taken().is_empty());
        assert_eq!(waiting(&ledger).await, 0);
        assert_eq!(refused(forgotten::ask(&ledger, "not a name", "en", visitor().address).await), "not_a_sign_in_name");
    }

    async fn nobody_s_mailbox_is_filled_and_no_address_asks_for_ever(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        confirmed(&ledger, &keeper, &auth, "han@example.com").await;
        for from in 1..=5 {
            let from = visitor_from(&format!("192.0.2.{from}")).address;
            forgotten::ask(&ledger, "han@example.com", "en", from).await.unwrap();
            send_waiting(&ledger).await.unwrap();
        }
        assert_eq!(keeper.taken().len(), 1, "one link in five minutes");
        ledger.clock.advance(SignedDuration::from_mins(6));
        ask(&ledger, "han@example.com").await;
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        let mut outcomes = Vec::new();
        for n in 0..12 {
            let asked = forgotten::ask(&ledger, &format!("m{n}@example.com"), "en", visitor_from("198.51.100.9").address).await;
            outcomes.push(refused(asked));
        }
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "rate_limited").count(), 2, "{outcomes:?}");
    }

    async fn who_signs_in_with_a_phone_number_gets_the_link_at_the_address_on_file(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let token = registered(&db, &auth, "+8613812345678").await.token;
        ask(&ledger, "+86 138 1234 5678").await;
        assert_eq!(send_waiting(&ledger).await.unwrap().dropped, 1, "there is no address");
        let session = member_session(&db, token.as_str(), ledger.clock.now()).await.unwrap();
        let edit = profile::Edit { email: Some("han@example.com".to_owned()), ..profile::Edit::default() };
        profile::edit_own(&ledger, &session, &edit).await.unwrap();
        ask(&ledger, "+86 138 1234 5678").await;
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { sent: 1, dropped: 1, ..Tried::default() });
        let link = code_of(&keeper.taken().remove(0));
        address::confirm(&db, &link, ledger.clock.now()).await.unwrap();
        ask(&ledger, "+86 138 1234 5678").await;
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        let letter = keeper.taken().remove(0);
        assert_eq!(letter.address, "han@example.com");
        assert!(matches!(letter.content, Content::Reset { .. }));
    }

    async fn an_activation_that_is_sent_works_and_so_does_the_link_that_was_shown(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        for (external_id, email, by_mail) in [("m-1", "a@example.com", true), ("m-2", "b@example.com", false)] {
            let member = enrolled(&db, external_id, Some(email)).await;
            let by = Authority::command_line();
            let shown = invite(&db, by, member, ledger.clock.now()).await.unwrap().code;
            assert!(codes::send_activation(&ledger, by, member).await.unwrap());
            assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
            let sent = code_of(&keeper.taken().remove(0));
            let (used, left) = if by_mail { (sent, shown.as_str().to_owned()) } else { (shown.as_str().to_owned(), sent) };
            hours(&ledger, 23).await;
            activate(&db, &auth, &activation(&used, PASSWORD), &visitor(), ledger.clock.now()).await.unwrap();
            let other = activate(&db, &auth, &activation(&left, PASSWORD), &visitor(), ledger.clock.now()).await;
            assert_eq!(refused(other), "code_not_valid", "once in, no other link is good");
        }
        let silent = enrolled(&db, "m-3", None).await;
        assert!(!codes::send_activation(&ledger, Authority::command_line(), silent).await.unwrap(), "no address");
    }

    async fn a_code_in_an_e_mail_is_good_for_a_day_from_when_it_is_sent(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        confirmed(&ledger, &keeper, &auth, "han@example.com").await;
        ask(&ledger, "han@example.com").await;
        hours(&ledger, 30).await;
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1, "the job was late");
        let code = code_of(&keeper.taken().remove(0));
        hours(&ledger, 25).await;
        let late = activate(&db, &auth, &activation(&code, PASSWORD), &visitor(), ledger.clock.now()).await;
        assert_eq!(refused(late), "code_not_valid");
    }

    async fn somebody_of_the_staff_gets_their_link_by_e_mail(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let (keeper, by, now) = (Keeper::of(&ledger), Authority::command_line(), ledger.clock.now());
        let made = staff::create(&db, &auth, by, &wanted("wang@example.com", Role::Support, None), now).await.unwrap();
        assert!(codes::send_staff_invitation(&ledger, by, made.staff).await.unwrap());
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        let letter = keeper.taken().remove(0);
        assert_eq!(letter.address, "wang@example.com");
        staff_entry::activate(&db, &auth, &code_of(&letter), PASSWORD, &visitor(), now).await.unwrap();
        sign_in::staff(&db, &auth, &with("wang@example.com", PASSWORD), &visitor(), now).await.unwrap();
    }

    async fn somebody_of_the_staff_who_has_forgotten_their_password_gets_a_link_once(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let (keeper, now) = (Keeper::of(&ledger), ledger.clock.now());
        employed(&db, &auth, "wang@example.com", Role::Support).await;
        let before = sign_in::staff(&db, &auth, &with("wang@example.com", PASSWORD), &visitor(), now).await.unwrap().token;
        forgotten::ask_staff(&ledger, " Wang@Example.com ", "zh", visitor().address).await.unwrap();
        forgotten::ask_staff(&ledger, "wang@example.com", "zh", visitor().address).await.unwrap();
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        let letter = keeper.taken().remove(0);
        assert_eq!((letter.address.as_str(), letter.locale.as_deref()), ("wang@example.com", Some("en")));
        assert!(matches!(letter.content, Content::StaffReset { .. }));
        let code = code_of(&letter);
        assert!(staff_entry::resets_password(&db, &code, now).await.unwrap());
        staff_entry::activate(&db, &auth, &code, "another long password", &visitor(), now).await.unwrap();
        assert!(staff_session(&db, before.as_str(), now).await.is_none(), "all sessions are ended");
        sign_in::staff(&db, &auth, &with("wang@example.com", "another long password"), &visitor(), now).await.unwrap();
        let reused = staff_entry::activate(&db, &auth, &code, PASSWORD, &visitor(), now).await;
        assert_eq!(refused(reused), "code_not_valid");
        let reset = Filter { action: Some("staff.reset".to_owned()), limit: 10, ..Filter::default() };
        assert_eq!(audit::list(&db, &reset).await.unwrap().len(), 1);
    }

    async fn only_who_can_sign_in_to_the_console_gets_a_link_for_it(db: Db) {
        let (ledger, auth, by) = (programme(&db).await, Auth::default(), Authority::command_line());
        let (keeper, now) = (Keeper::of(&ledger), ledger.clock.now());
        confirmed(&ledger, &keeper, &auth, "member@example.com").await;
        staff::create(&db, &auth, by, &wanted("new@example.com", Role::Viewer, None), now).await.unwrap();
        let gone = staff::create(&db, &auth, by, &wanted("gone@example.com", Role::Viewer, Some(PASSWORD)), now).await.unwrap();
        let change = staff::Change { name: "Gone".to_owned(), role: Role::Viewer, enabled: false };
        staff::create(&db, &auth, by, &wanted("admin@example.com", Role::Admin, Some(PASSWORD)), now).await.unwrap();
        staff::change(&db, by, gone.staff, &change, now).await.unwrap();
        let names = ["member@example.com", "new@example.com", "gone@example.com", "nobody@example.com"];
        for name in names {
            forgotten::ask_staff(&ledger, name, "en", visitor().address).await.unwrap();
        }
        assert_eq!(waiting(&ledger).await, names.len(), "the same work for everybody");
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { dropped: names.len(), ..Tried::default() });
        forgotten::ask(&ledger, "admin@example.com", "en", visitor().address).await.unwrap();
        assert_eq!(send_waiting(&ledger).await.unwrap().dropped, 1, "nor by the form of members");
        assert!(keeper.taken().is_empty());
        let phone = forgotten::ask_staff(&ledger, "+8613812345678", "en", visitor().address).await;
        assert_eq!(refused(phone), "invalid");
        let mut outcomes = Vec::new();
        for n in 0..12 {
            let from = visitor_from("198.51.100.9").address;
            outcomes.push(refused(forgotten::ask_staff(&ledger, &format!("s{n}@example.com"), "en", from).await));
        }
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == "rate_limited").count(), 2, "{outcomes:?}");
    }
}
