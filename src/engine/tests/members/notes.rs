//! Notes about members, and suspending them with a reason that is noted.

use futures::future::join_all;
use jiff::SignedDuration;
use laurel_domain::ids::MemberId;
use laurel_domain::member::Status;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, AuditRow, Filter};
use laurel_engine::store::members::member::{self, By, Member};
use laurel_engine::store::members::notes::NoteKind;
use laurel_engine::usecase::housekeeping;
use laurel_engine::usecase::members::close::close;
use laurel_engine::usecase::members::erase::erase;
use laurel_engine::usecase::members::notes::{self, add, put_back, remove};
use laurel_engine::usecase::members::suspend::{Undone, suspend, suspend_noted, undo, undo_many};

use laurel_testing::people::{employed, enrolled, later, morning, refused};
use laurel_testing::programme::{check, programme};

async fn member(db: &Db, id: MemberId) -> Member {
    member::find(&mut db.reader().await.unwrap(), By::Id(id)).await.unwrap().unwrap()
}

async fn log_of(db: &Db, id: MemberId) -> Vec<AuditRow> {
    let about = Filter { subject: Some(format!("member:{id}")), limit: 10, ..Filter::default() };
    audit::list(&mut db.reader().await.unwrap(), &about).await.unwrap()
}

stories! {
    async fn a_note_is_read_by_everybody_and_taken_away_by_whoever_wrote_it(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-1", None).await;
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let other = employed(&db, &auth, "o@example.com", Role::Admin).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        assert_eq!(refused(add(&db, viewer, han, "x", morning()).await), "forbidden");
        let wrong = add(&db, support, han, " \n ", morning()).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.field()), ("invalid", Some("text")));
        add(&db, support, han, "Called twice,\nwants a call back", later(1)).await.unwrap();
        add(&db, other, han, "Called back", later(2)).await.unwrap();
        let found = notes::of_member(&db, member(&db, han).await.no).await.unwrap();
        let texts: Vec<&str> = found.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(texts, ["Called back", "Called twice, wants a call back"]);
        assert!(found.iter().all(|note| note.author.is_some() && note.kind == NoteKind::Note));
        assert_eq!(refused(remove(&db, support, han, found[0].id, later(3)).await), "forbidden");
        remove(&db, support, han, found[1].id, later(3)).await.unwrap();
        assert_eq!(refused(remove(&db, support, han, found[1].id, later(3)).await), "not_found");
        assert_eq!(refused(put_back(&db, other, han, found[1].id, later(4)).await), "forbidden");
        put_back(&db, support, han, found[1].id, later(4)).await.unwrap();
        assert_eq!(refused(put_back(&db, support, han, found[1].id, later(4)).await), "not_found", "it is there");
        assert_eq!(notes::of_member(&db, member(&db, han).await.no).await.unwrap(), found, "as it was");
        remove(&db, support, han, found[1].id, later(5)).await.unwrap();
        let day = notes::KEPT_REMOVED_FOR + SignedDuration::from_mins(1);
        assert_eq!(housekeeping::forget(&db, later(5)).await.unwrap().notes, 0);
        assert_eq!(housekeeping::forget(&db, later(5) + day).await.unwrap().notes, 1);
        assert_eq!(refused(put_back(&db, support, han, found[1].id, later(6)).await), "not_found", "gone for good");
        let log = log_of(&db, han).await;
        let actions: Vec<&str> = log.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["member.unnote", "member.note", "member.unnote", "member.note", "member.note"]);
        assert!(log.iter().all(|row| !format!("{:?}{:?}", row.before, row.after).contains("Called")), "the log has no texts");
    }

    async fn a_suspension_is_undone_unless_something_came_after_it(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-1", None).await;
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        let [first] = suspend_noted(&db, support, &[han], true, "By mistake", later(1)).await.unwrap()[..] else { panic!("one") };
        assert_eq!(refused(undo(&db, viewer, han, first, "Undone", later(2)).await), "forbidden");
        undo(&db, support, han, first, "Undone", later(2)).await.unwrap();
        assert_eq!(member(&db, han).await.status, Status::Active);
        assert_eq!(refused(undo(&db, support, han, first, "Undone", later(3)).await), "changed_meanwhile", "it is undone");
        let second = suspend_noted(&db, support, &[han], true, "Fraud", later(4)).await.unwrap();
        assert_eq!(refused(undo(&db, support, han, first, "Undone", later(5)).await), "changed_meanwhile", "another one");
        let none = suspend_noted(&db, support, &[han], true, "Fraud", later(6)).await.unwrap();
        assert!(none.is_empty() && member(&db, han).await.status == Status::Suspended);
        undo(&db, support, han, second[0], "Undone", later(7)).await.unwrap();
        let kinds: Vec<NoteKind> =
            notes::of_member(&db, member(&db, han).await.no).await.unwrap().iter().map(|note| note.kind).collect();
        use NoteKind::{Reactivated, Suspended};
        assert_eq!(kinds, [Reactivated, Suspended, Reactivated, Suspended]);
        assert_eq!(log_of(&db, han).await.iter().filter(|row| row.action == "member.suspend").count(), 4);
    }

    async fn the_suspension_of_many_is_undone_but_for_those_to_whom_something_came_after_it(db: Db) {
        let auth = Auth::default();
        let mut who = Vec::new();
        for name in ["m-1", "m-2", "m-3", "m-4"] {
            who.push(enrolled(&db, name, None).await);
        }
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let other = employed(&db, &auth, "o@example.com", Role::Support).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        // this one is so already, by another decision
        suspend(&db, other, &who[3..], true, "Fraud", later(1)).await.unwrap();
        assert_eq!(suspend(&db, support, &who, true, "Wrong list", later(2)).await.unwrap(), 3);
        // somebody lets one go on, and suspends them for another reason
        suspend(&db, other, &who[..1], false, "Cleared", later(3)).await.unwrap();
        suspend(&db, other, &who[..1], true, "Fraud after all", later(4)).await.unwrap();

        assert_eq!(refused(undo_many(&db, viewer, later(2), "Undone", later(5)).await), "forbidden");
        assert_eq!(refused(undo_many(&db, other, later(2), "Undone", later(5)).await), "not_found", "it was not theirs");
        assert_eq!(refused(undo_many(&db, support, later(1), "Undone", later(5)).await), "not_found", "nor was it then");
        let done = undo_many(&db, support, later(2), "Undone", later(5)).await.unwrap();
        assert_eq!(done, Undone { undone: 2, left: 1 });
        let mut are = Vec::new();
        for id in &who {
            are.push(member(&db, *id).await.status);
        }
        assert_eq!(are, [Status::Suspended, Status::Active, Status::Active, Status::Suspended]);
        assert_eq!(refused(undo_many(&db, support, later(2), "Undone", later(6)).await), "changed_meanwhile", "it is undone");
        let last = log_of(&db, who[1]).await.into_iter().next().unwrap();
        assert!(last.action == "member.suspend" && last.after.unwrap().contains("active"), "each is in the log");
    }

    async fn of_two_who_undo_the_same_suspension_one_does(db: Db) {
        let auth = Auth::default();
        let who = [enrolled(&db, "m-1", None).await, enrolled(&db, "m-2", None).await];
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        suspend(&db, support, &who, true, "Wrong list", later(1)).await.unwrap();
        let tries = (0..4).map(|_| undo_many(&db, support, later(1), "Undone", later(2)));
        let done: Vec<&str> = join_all(tries).await.into_iter().map(refused).collect();
        assert_eq!(done.iter().filter(|outcome| **outcome == "accepted").count(), 1, "{done:?}");
        assert_eq!(log_of(&db, who[0]).await.iter().filter(|row| row.action == "member.suspend").count(), 2);
    }

    async fn a_member_is_suspended_and_let_go_on_each_time_with_a_reason(db: Db) {
        let auth = Auth::default();
        let han = enrolled(&db, "m-1", None).await;
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let viewer = employed(&db, &auth, "v@example.com", Role::Viewer).await;
        assert_eq!(refused(suspend(&db, viewer, &[han], true, "Stolen phone", morning()).await), "forbidden");
        let wrong = suspend(&db, support, &[han], true, " ", morning()).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.field()), ("invalid", Some("reason")));
        let steps = [(1, true, Status::Suspended), (2, true, Status::Suspended), (3, false, Status::Active)];
        for (minute, suspended, expected) in steps {
            suspend(&db, support, &[han], suspended, "Stolen phone", later(minute)).await.unwrap();
            assert_eq!(member(&db, han).await.status, expected);
        }
        assert_eq!(log_of(&db, han).await.len(), 2, "what changes nothing is not on record");
        let found = notes::of_member(&db, member(&db, han).await.no).await.unwrap();
        assert_eq!(found.iter().map(|note| note.kind).collect::<Vec<_>>(), [NoteKind::Reactivated, NoteKind::Suspended]);
        assert_eq!(refused(remove(&db, support, han, found[1].id, later(4)).await), "forbidden", "a reason stays");
    }

    async fn many_are_suspended_in_one_step_and_each_once_however_often_it_is_sent(db: Db) {
        let auth = Auth::default();
        let mut who = Vec::new();
        for n in 0..5 {
            who.push(enrolled(&db, &format!("m-{n}"), None).await);
        }
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        suspend(&db, support, &who[..1], true, "Fraud", later(1)).await.unwrap();
        let sent = join_all((0..4).map(|_| suspend(&db, support, &who, true, "Fraud ring", later(2)))).await;
        let mut changed: Vec<usize> = sent.into_iter().map(Result::unwrap).collect();
        changed.sort_unstable();
        assert_eq!(changed, [0, 0, 0, 4]);
        for id in &who {
            assert_eq!(log_of(&db, *id).await.len(), 1);
            assert_eq!(notes::of_member(&db, member(&db, *id).await.no).await.unwrap().len(), 1);
        }
        let nobody = MemberId::new(uuid::Uuid::nil());
        assert_eq!(refused(suspend(&db, support, &[who[0], nobody], false, "x", later(3)).await), "not_found");
        assert_eq!(refused(suspend(&db, support, &[], true, "x", later(3)).await), "invalid");
    }

    async fn erasing_a_member_takes_the_notes_along(db: Db) {
        let ledger = programme(&db).await;
        let (by, han) = (Authority::command_line(), enrolled(&db, "m-1", None).await);
        add(&db, by, han, "Lives at the harbour", later(1)).await.unwrap();
        close(&ledger, by, han, None).await.unwrap();
        assert_eq!(refused(suspend(&db, by, &[han], true, "x", later(2)).await), "member_closed");
        erase(&ledger, by, han).await.unwrap();
        assert_eq!(notes::of_member(&db, member(&db, han).await.no).await.unwrap(), []);
        assert_eq!(refused(add(&db, by, han, "x", later(3)).await), "member_closed");
        check(&ledger).await;
    }
}
