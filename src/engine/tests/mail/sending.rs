//! Sending: each once, however many send; again where it failed, and given up in the end.

use std::collections::HashSet;

use jiff::SignedDuration;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::mail::outbox as rows;
use laurel_engine::store::{Db, StoreError};
use laurel_engine::usecase::housekeeping::forget;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::mail::Undelivered;
use laurel_engine::usecase::mail::desk::{Listed, MailState, outbox, send_again};
use laurel_engine::usecase::mail::send::{Tried, send_waiting};

use laurel_testing::people::{employed, enrolled, refused};
use laurel_testing::programme::{LIVE, post, programme, tell};

use super::postman::Keeper;

/// So many members, each with an e-mail about a new tier.
async fn with_news(db: &Db, ledger: &Ledger, members: usize) {
    let mut events = Vec::new();
    for n in 1..=members {
        enrolled(db, &format!("m-{n}"), Some(&format!("m-{n}@example.com"))).await;
        events.push(format!("id=p{n} member=m-{n} pay=150"));
    }
    post(ledger, LIVE, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

async fn listed(ledger: &Ledger, state: MailState) -> Vec<Listed> {
    outbox(ledger, Authority::command_line(), state, None).await.unwrap().page.rows
}

fn down() -> Undelivered {
    Undelivered::Unreachable("connection refused".to_owned())
}

stories! {
    async fn two_servers_send_each_e_mail_once(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        with_news(&db, &ledger, 70).await;
        let (one, other) = tokio::join!(send_waiting(&ledger), send_waiting(&ledger));
        assert_eq!(one.unwrap().sent + other.unwrap().sent, 70);
        let taken = keeper.taken();
        let (ids, addresses): (HashSet<_>, HashSet<_>) = taken.iter().map(|letter| (letter.id, letter.address.clone())).unzip();
        assert_eq!((taken.len(), ids.len(), addresses.len()), (70, 70, 70));
    }

    async fn what_fails_is_tried_later_and_later_and_given_up_in_the_end(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        with_news(&db, &ledger, 1).await;
        keeper.refuses(9, &down());
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { put_off: 1, ..Tried::default() });
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default(), "not before its time");
        let waiting = listed(&ledger, MailState::Waiting).await;
        assert_eq!(waiting[0].next_at, Some(ledger.clock.now() + SignedDuration::from_mins(1)));
        for _ in 2..=8 {
            ledger.clock.advance(SignedDuration::from_hours(25));
            assert_eq!(send_waiting(&ledger).await.unwrap().put_off, 1);
        }
        ledger.clock.advance(SignedDuration::from_hours(25));
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { given_up: 1, ..Tried::default() });
        ledger.clock.advance(SignedDuration::from_hours(250));
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default());
        let failed = listed(&ledger, MailState::GivenUp).await;
        assert_eq!((failed[0].attempts, failed[0].fault.as_deref()), (9, Some("connection refused")));
        assert!(keeper.taken().is_empty());
    }

    async fn what_was_given_up_is_sent_again_when_an_administrator_wants_it(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        with_news(&db, &ledger, 1).await;
        keeper.refuses(1, &Undelivered::Never("no such mailbox".to_owned()));
        assert_eq!(send_waiting(&ledger).await.unwrap().given_up, 1, "trying again would not help");
        let id = listed(&ledger, MailState::GivenUp).await[0].id;
        let auth = laurel_engine::auth::Auth::default();
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        assert_eq!(refused(send_again(&ledger, manager, id).await), "forbidden");
        assert_eq!(refused(outbox(&ledger, manager, MailState::Sent, None).await), "forbidden");
        send_again(&ledger, Authority::command_line(), id).await.unwrap();
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        assert_eq!(keeper.taken()[0].id, id);
        assert_eq!(refused(send_again(&ledger, Authority::command_line(), id).await), "not_found", "it was sent");
    }

    async fn a_server_that_is_down_costs_the_rest_of_the_outbox_no_tries(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        with_news(&db, &ledger, 50).await;
        keeper.refuses(20, &down());
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { put_off: 20, ..Tried::default() });
        let untried = listed(&ledger, MailState::Waiting).await.iter().filter(|one| one.attempts == 0).count();
        assert_eq!(untried, 30);
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 30, "up again");
        ledger.clock.advance(SignedDuration::from_mins(2));
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 20);
    }

    async fn who_dies_over_an_e_mail_has_it_sent_again_under_the_same_id(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        with_news(&db, &ledger, 1).await;
        let now = ledger.clock.now();
        let until = now + SignedDuration::from_mins(10);
        let claimed = db.write((now, until), |tx, (now, until)| Box::pin(rows::claim(tx, *now, *until, 5)));
        let claimed: Result<Vec<_>, StoreError> = claimed.await;
        let id = claimed.unwrap()[0].id;
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried::default(), "it is somebody's");
        ledger.clock.advance(SignedDuration::from_mins(11));
        assert_eq!(send_waiting(&ledger).await.unwrap().sent, 1);
        assert_eq!(keeper.taken()[0].id, id);
    }

    async fn what_was_sent_long_ago_is_forgotten_and_what_waits_is_not(db: Db) {
        let ledger = programme(&db).await;
        Keeper::of(&ledger);
        with_news(&db, &ledger, 2).await;
        send_waiting(&ledger).await.unwrap();
        ledger.clock.advance(SignedDuration::from_hours(24 * 91));
        let at = ledger.clock.now() - SignedDuration::from_mins(1);
        tell(&ledger, &format!("id=p9 member=m-1 pay=400 at={at}")).await.unwrap();
        assert_eq!(forget(&db, ledger.clock.now()).await.unwrap().emails, 2);
        assert_eq!((listed(&ledger, MailState::Sent).await.len(), listed(&ledger, MailState::Waiting).await.len()), (0, 1));
    }
}
