//! Payout batches, tracking numbers by the dozen, and the queue that both come from.

use std::collections::{BTreeMap, HashSet};

use futures::future::join_all;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::paste::LineFaultKind;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::redemption::RedemptionState::{self, Failed, Paid, Processing, Reserved, Shipped};
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::parcels::{Answer, review, ship};
use laurel_engine::usecase::rewards::payouts::{self, make, read_failures, settle};
use laurel_engine::usecase::rewards::queue::{self, Wanted};
use laurel_engine::usecase::rewards::redeem::{Wish, redeem};

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::{check, programme, standing, tell};
use laurel_testing::rewards::{bought, gift, go, look};

const BOSS: fn() -> Authority = Authority::command_line;

async fn cash(ledger: &Ledger, member: &str, points: &str, key: &str) -> RedemptionId {
    let member = view::find(ledger, By::External(member)).await.unwrap().unwrap();
    let wish =
        Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: key.into(), actor: BOSS().actor() };
    redeem(ledger, wish).await.unwrap().redemption.id
}

/// Three members who have each asked for a payout of 100 points.
async fn three(ledger: &Ledger) -> Vec<RedemptionId> {
    let mut ids = Vec::new();
    for member in ["m-1", "m-2", "m-3"] {
        tell(ledger, &format!("id=p-{member} member={member} pay=300")).await.unwrap();
        ids.push(cash(ledger, member, "100", "k").await);
    }
    ids
}

async fn states(ledger: &Ledger, ids: &[RedemptionId]) -> Vec<RedemptionState> {
    let mut states = Vec::new();
    for id in ids {
        states.push(look(ledger, *id).await.redeemed.redemption.state);
    }
    states
}

stories! {
    async fn a_batch_is_paid_under_the_banks_reference_but_for_those_that_came_back(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let batch = make(&ledger, BOSS(), &ids).await.unwrap();
        assert_eq!(states(&ledger, &ids).await, [Processing; 3]);
        let (found, items) = payouts::find(&ledger, BOSS(), batch).await.unwrap();
        assert_eq!((found.number, items.len(), found.settled.is_none()), (1, 3, true));
        assert_eq!(refused(make(&ledger, BOSS(), &ids[..1]).await), "already_batched");
        let failures = BTreeMap::from([(ids[1], "Account closed".to_owned())]);
        let outcome = settle(&ledger, BOSS(), batch, " BANK-77 ", failures).await.unwrap();
        assert_eq!((outcome.paid.count, outcome.paid.cash.to_string()), (2, "2.00 CNY".to_owned()));
        assert_eq!((outcome.failed.count, outcome.failed.points.to_string()), (1, "100.00".to_owned()));
        assert_eq!(states(&ledger, &ids).await, [Paid, Failed, Paid]);
        assert_eq!(standing(&ledger, "m-2").await, "300.00/0.00/300.00/2", "what failed is given back");
        let noted = |id| { let ledger = &ledger; async move { look(ledger, id).await.states.pop().unwrap().note } };
        assert_eq!((noted(ids[0]).await.as_deref(), noted(ids[1]).await.as_deref()), (Some("BANK-77"), Some("Account closed")));
        assert_eq!(refused(settle(&ledger, BOSS(), batch, "BANK-78", BTreeMap::new()).await), "already_settled");
        let (found, items) = payouts::find(&ledger, BOSS(), batch).await.unwrap();
        assert_eq!(found.settled.unwrap().reference, "BANK-77");
        let reasons: Vec<_> = payouts::reasons(&ledger, &items).await.unwrap().into_iter().collect();
        assert_eq!(reasons, [(ids[1], "Account closed".to_owned())], "of the one that failed alone");
        check(&ledger).await;
    }

    async fn of_two_who_settle_a_batch_at_once_one_wins_and_nothing_is_paid_or_given_back_twice(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let batch = make(&ledger, BOSS(), &ids).await.unwrap();
        let other = Ledger::open(ledger.db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        let sent = (0..8).map(|n| {
            let ledger = if n % 2 == 0 { ledger.clone() } else { other.clone() };
            let failures = if n % 2 == 0 { BTreeMap::new() } else { BTreeMap::from([(ids[0], "Came back".to_owned())]) };
            tokio::spawn(async move { settle(&ledger, BOSS(), batch, &format!("R{n}"), failures).await })
        });
        let outcomes: Vec<_> = join_all(sent).await.into_iter().map(|sent| refused(sent.expect("no panic"))).collect();
        let count = |code| outcomes.iter().filter(|outcome| **outcome == code).count();
        assert_eq!((count("accepted"), count("already_settled")), (1, 7), "{outcomes:?}");
        for (id, member) in ids.iter().zip(["m-1", "m-2", "m-3"]) {
            let left = if states(&ledger, &[*id]).await == [Failed] { "300.00" } else { "200.00" };
            assert_eq!(standing(&ledger, member).await, format!("{left}/0.00/300.00/2"));
        }
        check(&ledger).await;
    }

    async fn of_two_batches_of_the_same_payouts_one_is_made_and_numbers_are_counted_on(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let sent = (0..6).map(|_| { let (ledger, ids) = (ledger.clone(), ids.clone()); tokio::spawn(async move { make(&ledger, BOSS(), &ids).await }) });
        let made: Vec<_> = join_all(sent).await.into_iter().map(|sent| refused(sent.expect("no panic"))).collect();
        assert_eq!(made.iter().filter(|made| **made == "accepted").count(), 1, "{made:?}");
        let more = join_all((0..4).map(|n| cash(&ledger, "m-1", "10", ["a", "b", "c", "d"][n]))).await;
        let made = join_all(more.iter().map(|id| make(&ledger, BOSS(), std::slice::from_ref(id)))).await;
        assert!(made.iter().all(Result::is_ok), "{made:?}");
        let numbers: HashSet<i64> = payouts::list(&ledger).await.unwrap().iter().map(|batch| batch.number).collect();
        assert_eq!(numbers, (1..=5).collect());
        check(&ledger).await;
    }

    async fn what_was_paid_by_itself_stays_paid_when_its_batch_is_settled(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let batch = make(&ledger, BOSS(), &ids).await.unwrap();
        go(&ledger, ids[0], Paid).await.unwrap();
        let failed = |id| BTreeMap::from([(id, "Came back".to_owned())]);
        assert_eq!(refused(settle(&ledger, BOSS(), batch, "R", failed(ids[0])).await), "no_such_transition");
        assert_eq!(states(&ledger, &ids).await, [Paid, Processing, Processing], "all or nothing");
        let stranger = cash(&ledger, "m-1", "10", "other").await;
        assert_eq!(refused(settle(&ledger, BOSS(), batch, "R", failed(stranger)).await), "invalid");
        assert_eq!(refused(settle(&ledger, BOSS(), batch, " ", BTreeMap::new()).await), "invalid");
        assert_eq!(settle(&ledger, BOSS(), batch, "R", BTreeMap::new()).await.unwrap().paid.count, 2);
        check(&ledger).await;
    }

    async fn only_payouts_that_wait_go_into_a_batch_and_only_managers_make_one(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let support = employed(&db, &Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(make(&ledger, support, &ids).await), "forbidden");
        assert_eq!(refused(make(&ledger, BOSS(), &[]).await), "invalid");
        let mug = bought(&ledger, "m-1", gift(&ledger, 3).await, "g").await;
        assert_eq!(refused(make(&ledger, BOSS(), &[ids[0], mug]).await), "invalid");
        for to in [Processing, Failed] {
            go(&ledger, ids[1], to).await.unwrap();
        }
        assert_eq!(refused(make(&ledger, BOSS(), &ids).await), "no_such_transition");
        assert_eq!(states(&ledger, &ids).await, [Reserved, Failed, Reserved], "none of them has begun");
        assert!(payouts::list(&ledger).await.unwrap().is_empty());
    }

    async fn lines_of_the_bank_are_taken_or_told_one_by_one(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let batch = make(&ledger, BOSS(), &ids).await.unwrap();
        let (_, items) = payouts::find(&ledger, BOSS(), batch).await.unwrap();
        let end = |id: RedemptionId| { let id = id.to_string(); id[id.len() - 8..].to_owned() };
        let taken = read_failures(&items, &format!("{}, Account closed\n\n…{}; Wrong name", ids[0], end(ids[2]))).unwrap();
        assert_eq!(taken, BTreeMap::from([(ids[0], "Account closed".to_owned()), (ids[2], "Wrong name".to_owned())]));
        let faults = read_failures(&items, &format!("{0}, x\n{0}, y\nffffffff, z\n{1}", ids[0], ids[1])).unwrap_err();
        let told: Vec<_> = faults.iter().map(|fault| (fault.line, fault.fault)).collect();
        assert_eq!(told, [(2, LineFaultKind::Twice), (3, LineFaultKind::Unknown), (4, LineFaultKind::NoReason)]);
    }

    async fn each_line_of_tracking_numbers_ships_a_gift_or_says_why_not(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=900").await.unwrap();
        let mug = gift(&ledger, 9).await;
        let mut ids = Vec::new();
        for key in ["a", "b", "c"] {
            ids.push(bought(&ledger, "m-1", mug, key).await);
        }
        go(&ledger, ids[2], RedemptionState::Cancelled).await.unwrap();
        let paid = cash(&ledger, "m-1", "100", "cash").await;
        let last = ids[1].to_string();
        let pasted = format!("{}, SF-1\n{}\tSF-2\n{}, SF-3\nffffffff, SF-4\n{},\n{paid}, SF-5", ids[0], &last[last.len() - 8..], ids[2], ids[1]);
        let twice = format!("{pasted}\n{}, SF-6", ids[0]);
        let reviewed = review(&ledger, BOSS(), &twice).await.unwrap();
        let cancelled = Answer::Refused(RedemptionState::Cancelled);
        let would: Vec<_> = reviewed.iter().map(|line| line.answer.clone()).collect();
        assert_eq!(
            would,
            [Answer::Shipped, Answer::Shipped, cancelled, Answer::Unknown, Answer::Twice, Answer::Unknown, Answer::Twice]
        );
        assert_eq!((reviewed[1].gift.as_ref().map(|gift| gift.id), reviewed[1].contact.is_some()), (Some(ids[1]), true));
        assert_eq!((reviewed[3].gift.is_none(), reviewed[5].gift.is_none()), (true, true), "what is no gift is nobody's");
        assert_eq!(states(&ledger, &ids[..1]).await, [RedemptionState::Ordered], "nothing was done");
        assert_eq!(refused(review(&ledger, BOSS(), " ").await), "invalid");
        let viewer = employed(&db, &Auth::default(), "viewer@example.com", Role::Viewer).await;
        assert_eq!(refused(review(&ledger, viewer, &pasted).await), "forbidden");
        let answers: Vec<Answer> = ship(&ledger, BOSS(), &pasted).await.unwrap().into_iter().map(|line| line.answer).collect();
        let cancelled = Answer::Refused(RedemptionState::Cancelled);
        assert_eq!(answers, [Answer::Shipped, Answer::Shipped, cancelled, Answer::Unknown, Answer::NoTracking, Answer::Unknown]);
        assert_eq!(states(&ledger, &ids[..2]).await, [Shipped; 2]);
        assert_eq!(look(&ledger, ids[1]).await.redeemed.redemption.tracking.as_deref(), Some("SF-2"));
        let again = ship(&ledger, BOSS(), &format!("{}, SF-1\n{}, SF-9", ids[0], ids[1])).await.unwrap();
        assert_eq!(again.into_iter().map(|line| line.answer).collect::<Vec<_>>(), [Answer::WasShipped, Answer::Refused(Shipped)]);
        assert_eq!(refused(ship(&ledger, BOSS(), " \n ").await), "invalid");
        check(&ledger).await;
    }

    async fn the_queue_begins_with_what_has_waited_longest_and_goes_forth_and_back(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=900").await.unwrap();
        let mut ids = Vec::new();
        for key in ["a", "b", "c", "d", "e"] {
            ids.push(cash(&ledger, "m-1", "10", key).await);
        }
        let listed = |page: &queue::Page| page.redemptions.iter().map(|one| one.id).collect::<HashSet<_>>();
        for oldest_first in [true, false] {
            let wanted = Wanted { kind: RedemptionKind::Cash, state: Some(Reserved), oldest_first, from: None, most: 2 };
            let first = queue::page(&ledger, wanted).await.unwrap();
            let second = queue::page(&ledger, Wanted { from: first.next, ..wanted }).await.unwrap();
            let third = queue::page(&ledger, Wanted { from: second.next, ..wanted }).await.unwrap();
            assert_eq!((first.previous, third.next), (None, None));
            let all: HashSet<_> = [&first, &second, &third].into_iter().flat_map(listed).collect();
            assert_eq!(all, ids.iter().copied().collect());
            let times = |page: &queue::Page| page.redemptions.iter().map(|one| one.created_at).collect::<Vec<_>>();
            let times: Vec<_> = [&first, &second, &third].into_iter().flat_map(times).collect();
            assert!(if oldest_first { times.is_sorted() } else { times.iter().rev().is_sorted() });
            let back = queue::page(&ledger, Wanted { from: third.previous, ..wanted }).await.unwrap();
            assert_eq!(listed(&back), listed(&second));
        }
    }

    async fn a_redemption_is_found_by_its_number_its_end_its_code_and_its_member(db: Db) {
        let ledger = programme(&db).await;
        let ids = three(&ledger).await;
        let find = |typed: String| { let ledger = &ledger; async move { queue::find(ledger, &typed).await.unwrap().into_iter().map(|one| one.id).collect::<Vec<_>>() } };
        let number = ids[0].to_string();
        assert_eq!(find(number.clone()).await, [ids[0]]);
        assert_eq!(find(format!("…{}", &number[number.len() - 8..])).await, [ids[0]]);
        assert_eq!(find("m-2".into()).await, [ids[1]]);
        assert_eq!(find("nobody at all".into()).await, []);
        assert_eq!(find(" ".into()).await, []);
    }
}
