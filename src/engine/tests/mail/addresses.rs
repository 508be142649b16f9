//! Whose an address is: it counts once the link that was sent there was followed.

use jiff::SignedDuration;
use laurel_domain::ids::MemberId;
use laurel_engine::auth::{Auth, MemberSession, Role};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::{self, By, Member};
use laurel_engine::usecase::access::passwords::{Change, change_members};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::send::send_waiting;
use laurel_engine::usecase::mail::{Content, Letter, forgotten};
use laurel_engine::usecase::members::address;
use laurel_engine::usecase::members::enrol::{Enrolment, enrol};
use laurel_engine::usecase::members::profile::{Edit, edit, edit_own};
use laurel_engine::usecase::members::{close, erase, search};

use laurel_testing::people::{PASSWORD, employed, enrolled, member_session, refused, registered, visitor};
use laurel_testing::programme::{programme, tell};

use super::codes::{code_of, confirmed};
use super::postman::Keeper;

fn to(email: &str) -> Edit {
    Edit { email: Some(email.to_owned()), ..Edit::default() }
}

async fn member(db: &Db, id: MemberId) -> Member {
    member::find(&mut db.reader().await.unwrap(), By::Id(id)).await.unwrap().unwrap()
}

async fn email(db: &Db, id: MemberId) -> Option<String> {
    member(db, id).await.email
}

async fn session(ledger: &Ledger, token: &str) -> MemberSession {
    member_session(&ledger.db, token, ledger.clock.now()).await.unwrap()
}

/// All that was sent since, by address.
async fn sent(ledger: &Ledger, keeper: &Keeper) -> Vec<Letter> {
    send_waiting(ledger).await.unwrap();
    let mut letters = keeper.taken();
    letters.sort_by(|a, b| a.address.cmp(&b.address));
    letters
}

async fn follow(ledger: &Ledger, letter: &Letter) -> &'static str {
    refused(address::confirm(&ledger.db, &code_of(letter), ledger.clock.now()).await)
}

stories! {
    async fn who_registers_gets_nothing_but_the_link_until_it_is_followed(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let li = registered(&db, &auth, "li@example.com").await;
        address::send_first_link(&ledger, li.member).await.unwrap();
        forgotten::ask(&ledger, "li@example.com", "en", visitor().address).await.unwrap();
        let letters = sent(&ledger, &keeper).await;
        assert_eq!(letters.len(), 1, "no link for a new password: {letters:?}");
        assert!(matches!(letters[0].content, Content::ConfirmEmail { .. }));
        assert_eq!((letters[0].address.as_str(), email(&db, li.member).await), ("li@example.com", None));
        let no = member(&db, li.member).await.no;
        assert_eq!(address::waiting(&db, no).await.unwrap().as_deref(), Some("li@example.com"));
        assert_eq!(address::open(&db, &code_of(&letters[0]), ledger.clock.now()).await.unwrap(), "li@example.com");
        assert_eq!(follow(&ledger, &letters[0]).await, "accepted");
        assert_eq!(follow(&ledger, &letters[0]).await, "address_confirmed", "once");
        assert_eq!(refused(address::open(&db, &code_of(&letters[0]), ledger.clock.now()).await), "address_confirmed");
        assert_eq!(email(&db, li.member).await.as_deref(), Some("li@example.com"));
        forgotten::ask(&ledger, "li@example.com", "en", visitor().address).await.unwrap();
        assert!(matches!(sent(&ledger, &keeper).await[0].content, Content::Reset { .. }));
    }

    async fn another_address_waits_while_the_one_so_far_is_told_and_written_to(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let li = confirmed(&ledger, &keeper, &auth, "li@example.com").await;
        edit_own(&ledger, &session(&ledger, li.token.as_str()).await, &to("new@example.org")).await.unwrap();
        let letters = sent(&ledger, &keeper).await;
        assert_eq!(letters.iter().map(|one| one.address.as_str()).collect::<Vec<_>>(), ["li@example.com", "new@example.org"]);
        let Content::EmailChanged { to } = &letters[0].content else { panic!("{letters:?}") };
        assert_eq!(to.as_deref(), Some("n•••@example.org"), "its owner knows it, nobody else does");
        assert_eq!(email(&db, li.member).await.as_deref(), Some("li@example.com"));
        forgotten::ask(&ledger, "li@example.com", "en", visitor().address).await.unwrap();
        assert_eq!(sent(&ledger, &keeper).await[0].address, "li@example.com");
        assert_eq!(follow(&ledger, &letters[1]).await, "accepted");
        assert_eq!(email(&db, li.member).await.as_deref(), Some("new@example.org"));
        ledger.clock.advance(SignedDuration::from_mins(6));
        forgotten::ask(&ledger, "li@example.com", "en", visitor().address).await.unwrap();
        let reset = sent(&ledger, &keeper).await;
        assert_eq!(reset[0].address, "li@example.com", "what they sign in with is known to be theirs");
    }

    async fn a_link_confirms_the_address_that_it_was_sent_to_and_no_later_one(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let li = confirmed(&ledger, &keeper, &auth, "li@example.com").await;
        let session = session(&ledger, li.token.as_str()).await;
        edit_own(&ledger, &session, &to("one@example.org")).await.unwrap();
        let first = sent(&ledger, &keeper).await.remove(1);
        edit_own(&ledger, &session, &to("two@example.org")).await.unwrap();
        assert_eq!(follow(&ledger, &first).await, "code_not_valid");
        let second = sent(&ledger, &keeper).await.remove(1);
        edit_own(&ledger, &session, &to("li@example.com")).await.unwrap();
        assert_eq!(address::waiting(&db, session.no).await.unwrap(), None, "the one so far again: nothing waits");
        assert_eq!(follow(&ledger, &second).await, "code_not_valid");
        edit_own(&ledger, &session, &to("two@example.org")).await.unwrap();
        let third = sent(&ledger, &keeper).await.remove(1);
        edit_own(&ledger, &session, &Edit { name: Some("Li".into()), ..to("two@example.org") }).await.unwrap();
        assert!(sent(&ledger, &keeper).await.is_empty(), "the same form again sends nothing");
        let change = Change { current_password: PASSWORD.to_owned(), password: "another long password".to_owned() };
        change_members(&db, &auth, &session, &change, visitor().address, ledger.clock.now()).await.unwrap();
        assert_eq!(follow(&ledger, &third).await, "code_not_valid", "who takes an account back ends what a stranger began");
        assert!(address::send_link_again(&ledger, &session).await.unwrap().is_some());
        assert_eq!(follow(&ledger, &sent(&ledger, &keeper).await[0]).await, "accepted");
    }

    async fn an_address_that_is_taken_away_is_told_and_gets_nothing_more(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let li = confirmed(&ledger, &keeper, &auth, "li@example.com").await;
        edit_own(&ledger, &session(&ledger, li.token.as_str()).await, &to("")).await.unwrap();
        let letters = sent(&ledger, &keeper).await;
        assert!(matches!(&letters[..], [Letter { content: Content::EmailChanged { to: None }, .. }]), "{letters:?}");
        assert_eq!(email(&db, li.member).await, None);
    }

    async fn what_the_staff_types_waits_for_its_owner_and_what_the_payment_system_says_does_not(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let han = enrolled(&db, "m-1", Some("han@example.com")).await;
        edit(&ledger, support, han, &to("new@example.org")).await.unwrap();
        assert_eq!(sent(&ledger, &keeper).await.len(), 2);
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        assert_eq!(sent(&ledger, &keeper).await[0].address, "han@example.com", "news go to the address so far");
        let file = search::file(&ledger, han).await.unwrap();
        assert_eq!(file.unconfirmed_email.as_deref(), Some("new@example.org"));
        let filter = |text: &str| laurel_engine::store::members::roll::Filter { text: Some(text.to_owned()), most: 10, ..Default::default() };
        let found = search::page(&ledger, &filter("New@Example.org")).await.unwrap();
        assert_eq!(found.members.len(), 1, "whoever calls is found by it");
        let sends = |email: &str| Enrolment { external_id: "m-1".into(), email: Some(email.to_owned()), ..Enrolment::default() };
        let now = ledger.clock.now();
        enrol(&db, support.actor(), &sends("han@example.com"), now).await.unwrap();
        assert!(address::waiting(&db, member(&db, han).await.no).await.unwrap().is_some(), "the same again changes nothing");
        enrol(&db, support.actor(), &sends("new@example.org"), now).await.unwrap();
        assert_eq!(address::waiting(&db, member(&db, han).await.no).await.unwrap(), None);
        assert_eq!(email(&db, han).await.as_deref(), Some("new@example.org"));
    }

    async fn nobody_has_links_sent_for_ever(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let _keeper = Keeper::of(&ledger);
        let li = registered(&db, &auth, "li@example.com").await;
        let session = session(&ledger, li.token.as_str()).await;
        let mut outcomes = Vec::new();
        for n in 0..7 {
            outcomes.push(refused(edit_own(&ledger, &session, &to(&format!("n{n}@example.org"))).await));
        }
        assert_eq!(outcomes[..5], ["accepted"; 5]);
        assert_eq!(outcomes[5..], ["rate_limited"; 2]);
        assert_eq!(address::waiting(&db, session.no).await.unwrap().as_deref(), Some("n4@example.org"), "refused is not done");
        ledger.clock.advance(SignedDuration::from_mins(11));
        edit_own(&ledger, &session, &to("late@example.org")).await.unwrap();
    }

    async fn who_is_closed_confirms_nothing_and_erasing_takes_the_address_away(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let keeper = Keeper::of(&ledger);
        let li = registered(&db, &auth, "li@example.com").await;
        let no = member(&db, li.member).await.no;
        address::send_first_link(&ledger, li.member).await.unwrap();
        let letter = sent(&ledger, &keeper).await.remove(0);
        let by = laurel_engine::auth::Authority::command_line();
        close::close(&ledger, by, li.member, None).await.unwrap();
        assert_eq!(follow(&ledger, &letter).await, "code_not_valid");
        erase::erase(&ledger, by, li.member).await.unwrap();
        assert_eq!(address::waiting(&db, no).await.unwrap(), None);
    }
}
