//! An entry that an adjustment takes back: once, unless somebody says that it is to be again.

use futures::future::join_all;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::text::Reason;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::activity::activity;
use laurel_engine::usecase::ledger::adjustments::{self, Wish};
use laurel_engine::usecase::ledger::reversals::{Reversal, reversals};
use laurel_engine::usecase::ledger::verify::verify;
use laurel_engine::usecase::members::view;

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::{check, programme, standing, tell};
use laurel_testing::tamper::tamper;

/// A member whose first entry gave 500 points, and somebody of the support.
async fn scene(db: &Db) -> (Ledger, Authority, MemberId) {
    let ledger = programme(db).await;
    tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
    tell(&ledger, "id=p2 member=m-1 pay=3000").await.unwrap();
    let support = employed(db, &Auth::default(), "s@example.com", Role::Support).await;
    let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().id();
    (ledger, support, member)
}

fn wish(member: MemberId, points: &str, key: &str, again: bool) -> Wish {
    Wish { reverses: Some(Reversal { seq: 1, again }), ..adjustments::wish(member, points, "a mistake", key).unwrap() }
}

async fn reverse(ledger: &Ledger, by: Authority, wish: Wish) -> Result<(AdjustmentState, Option<i64>), AppError> {
    let made = adjustments::adjust(ledger, by, wish).await?;
    Ok((made.approval.state, made.seq))
}

stories! {
    async fn an_entry_is_taken_back_once_and_again_only_if_somebody_says_so(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        let first = reverse(&ledger, support, wish(member, "-500", "k1", false)).await.unwrap();
        assert_eq!(first, (AdjustmentState::Posted, Some(3)));
        assert_eq!(reverse(&ledger, support, wish(member, "-500", "k1", false)).await.unwrap(), first, "the same form again");
        assert_eq!(refused(reverse(&ledger, support, wish(member, "-500", "k2", false)).await), "already_reversed");
        let told = reversals(&ledger, support, member, 1).await.unwrap();
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!((one.seq, one.points.to_string(), one.at), (Some(3), "-500.00".to_owned(), ledger.clock.now()));
        assert_eq!(standing(&ledger, "m-1").await, "3000.00/0.00/3500.00/4");
        assert_eq!(reverse(&ledger, support, wish(member, "-100", "k3", true)).await.unwrap().1, Some(4));

        let no = view::find(&ledger, By::Id(member)).await.unwrap().unwrap().no;
        let lines = activity(&ledger, no, Page::newest(10)).await.unwrap().lines;
        let reversed: Vec<Vec<Option<i64>>> =
            lines.iter().rev().map(|line| line.reversed.iter().map(|one| one.seq).collect()).collect();
        assert_eq!(reversed, [vec![Some(3), Some(4)], vec![], vec![], vec![]]);
        check(&ledger).await;
    }

    async fn only_what_is_against_the_entry_and_no_more_than_it_takes_it_back(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        for points in ["500", "0.01", "-500.01"] {
            assert_eq!(refused(reverse(&ledger, support, wish(member, points, "k", false)).await), "invalid", "{points}");
        }
        let none = Wish { reverses: Some(Reversal { seq: 9, again: false }), ..wish(member, "-1", "k", false) };
        assert_eq!(refused(reverse(&ledger, support, none).await), "not_found");
        let viewer = employed(&db, &Auth::default(), "v@example.com", Role::Viewer).await;
        assert_eq!(refused(reversals(&ledger, viewer, member, 1).await), "forbidden");
        assert_eq!(standing(&ledger, "m-1").await, "3500.00/0.00/3500.00/4");
        check(&ledger).await;
    }

    async fn what_waits_for_a_second_person_counts_until_it_is_rejected(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        let manager = employed(&db, &Auth::default(), "m@example.com", Role::Manager).await;
        let large = Wish { reverses: Some(Reversal { seq: 2, again: false }), ..wish(member, "-3000", "k1", false) };
        let proposed = adjustments::adjust(&ledger, support, large.clone()).await.unwrap();
        assert_eq!((proposed.approval.state, proposed.reverses), (AdjustmentState::Proposed, Some(2)));
        let second = Wish { key: "k2".to_owned(), ..large.clone() };
        assert_eq!(refused(reverse(&ledger, support, second.clone()).await), "already_reversed");
        assert_eq!(reversals(&ledger, support, member, 2).await.unwrap()[0].seq, None);
        let reject = Decision::Reject(Reason::new("no").unwrap());
        adjustments::decide(&ledger, manager, proposed.id, reject).await.unwrap();
        assert_eq!(reversals(&ledger, support, member, 2).await.unwrap(), []);
        assert_eq!(reverse(&ledger, support, second).await.unwrap().0, AdjustmentState::Proposed);
        check(&ledger).await;
    }

    async fn a_reversal_that_is_meant_again_can_be_approved(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        let manager = employed(&db, &Auth::default(), "m@example.com", Role::Manager).await;
        let large = |key: &str, points: &str, again| Wish {
            reverses: Some(Reversal { seq: 2, again }),
            ..wish(member, points, key, again)
        };
        let first = adjustments::adjust(&ledger, support, large("k1", "-3000", false)).await.unwrap();
        adjustments::decide(&ledger, manager, first.id, Decision::Approve).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "500.00/0.00/3500.00/4");
        assert_eq!(refused(adjustments::adjust(&ledger, support, large("k2", "-2500", false)).await), "already_reversed");
        tell(&ledger, "id=p3 member=m-1 pay=3000").await.unwrap();
        let second = adjustments::adjust(&ledger, support, large("k3", "-2500", true)).await.unwrap();
        assert_eq!(second.approval.state, AdjustmentState::Proposed);
        // what waits counts as well, and the approval does not ask once more whether it is meant
        assert_eq!(reversals(&ledger, support, member, 2).await.unwrap().len(), 2);
        adjustments::decide(&ledger, manager, second.id, Decision::Approve).await.unwrap();
        let told: Vec<Option<i64>> = reversals(&ledger, support, member, 2).await.unwrap().iter().map(|one| one.seq).collect();
        assert_eq!(told, [Some(3), Some(5)]);
        check(&ledger).await;
    }

    async fn an_adjustment_that_names_an_entry_that_is_not_there_is_found(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        tell(&ledger, "id=p3 member=m-2 pay=1").await.unwrap();
        reverse(&ledger, support, wish(member, "-500", "k1", false)).await.unwrap();
        check(&ledger).await;
        // what there never was, and the reversal itself
        for reverses in ["0", "9", "3"] {
            tamper(&db, &format!("update adjustments set reverses = {reverses}")).await;
            let found = verify(&ledger).await.unwrap().differences;
            let [one] = &found[..] else { panic!("{reverses}: {found:?}") };
            assert_eq!((one.member.as_str(), one.seq), (member.to_string().as_str(), Some(3)), "{reverses}");
            assert!(one.what.contains(&format!("taking back entry {reverses},")), "{}", one.what);
        }
    }

    async fn of_many_at_once_one_takes_the_entry_back(db: Db) {
        let (ledger, support, member) = scene(&db).await;
        let keys: Vec<String> = (0..6).map(|n| format!("k{n}")).collect();
        let tried = keys.iter().map(|key| reverse(&ledger, support, wish(member, "-500", key, false)));
        let done = join_all(tried).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(done, 1);
        assert_eq!(standing(&ledger, "m-1").await, "3000.00/0.00/3500.00/4");
        check(&ledger).await;
    }
}
