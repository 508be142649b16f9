//! Points that the staff gives and takes: with a reason, and beyond the limit with a second person.

use futures::future::join_all;
use laurel_domain::ids::{AdjustmentId, MemberId};
use laurel_domain::ledger::adjustment::AdjustmentState;
use laurel_domain::ledger::statement::check::check as checked;
use laurel_domain::text::Reason;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::keyset::{Place, Window};
use laurel_engine::store::ledger::adjustments::Adjustment;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::activity::{Detail, activity};
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::ledger::{adjust_limit, statement, verify};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::redeem::{Wish, redeem};

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::{check, programme, standing, tell};
use laurel_testing::tamper::tamper;

/// What was decided last.
async fn decided(ledger: &Ledger, state: Option<AdjustmentState>) -> Vec<Adjustment> {
    adjustments::decided(ledger, &adjustments::Decided { state, page: Window::first(10) }).await.unwrap().rows
}

struct Staff {
    support: Authority,
    manager: Authority,
    other: Authority,
    admin: Authority,
}

/// A member with 500 points and those who look after them.
async fn scene(db: &Db) -> (Ledger, Staff, MemberId) {
    let ledger = programme(db).await;
    tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
    let auth = Auth::default();
    let staff = Staff {
        support: employed(db, &auth, "s@example.com", Role::Support).await,
        manager: employed(db, &auth, "m@example.com", Role::Manager).await,
        other: employed(db, &auth, "o@example.com", Role::Manager).await,
        admin: employed(db, &auth, "a@example.com", Role::Admin).await,
    };
    let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().id();
    (ledger, staff, member)
}

/// What became of it.
type Answer = (AdjustmentState, AdjustmentId);

async fn adjust(ledger: &Ledger, by: Authority, member: MemberId, points: &str, key: &str) -> Result<Answer, AppError> {
    let adjustment =
        adjustments::adjust(ledger, by, adjustments::wish(member, points, "missing refund of order 17", key)?).await?;
    Ok((adjustment.approval.state, adjustment.id))
}

async fn decide(ledger: &Ledger, by: Authority, id: AdjustmentId, decision: Decision) -> &'static str {
    refused(adjustments::decide(ledger, by, id, decision).await)
}

fn rejection() -> Decision {
    Decision::Reject(Reason::new("no receipt").unwrap())
}

stories! {
    async fn support_gives_and_takes_points_for_a_reason_that_stands_in_the_chain(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let (state, _) = adjust(&ledger, staff.support, member, "+12.50", "k1").await.unwrap();
        assert_eq!(state, AdjustmentState::Posted);
        assert_eq!(adjust(&ledger, staff.support, member, "−100", "k2").await.unwrap().0, AdjustmentState::Posted);
        // neither gift nor loss is earned
        assert_eq!(standing(&ledger, "m-1").await, "412.50/0.00/500.00/3");
        let no = view::find(&ledger, By::Id(member)).await.unwrap().unwrap().no;
        let told = activity(&ledger, no, Page::newest(10)).await.unwrap();
        assert!(matches!(&told.lines[0].detail, Detail::Adjusted(reason) if reason == "missing refund of order 17"));
        assert!(told.lines[0].explanation.is_some());
        let statement = statement::statement(&ledger, no).await.unwrap();
        assert_eq!(checked(&statement).findings, []);
        assert!(serde_json::to_string(&statement).unwrap().contains("missing refund of order 17"));
        let logged = audit::list(&mut db.reader().await.unwrap(), &Filter { action: Some("adjustment.post".into()), limit: 10, ..Filter::default() }).await.unwrap();
        assert_eq!((logged.len(), logged[0].subject.clone()), (2, format!("member:{member}")));
        assert!(!logged[0].after.as_deref().unwrap().contains("order 17"), "the log cannot be erased");
        check(&ledger).await;
    }

    async fn what_cannot_be_is_refused_and_changes_nothing(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let viewer = employed(&db, &Auth::default(), "v@example.com", Role::Viewer).await;
        assert_eq!(refused(adjust(&ledger, viewer, member, "1", "k").await), "forbidden");
        assert_eq!(refused(adjust(&ledger, Authority::command_line(), member, "1", "k").await), "forbidden");
        assert_eq!(refused(adjust(&ledger, staff.support, member, "-500.01", "k").await), "not_enough_points");
        assert_eq!(refused(adjust(&ledger, staff.support, member, "-5000", "k").await), "not_enough_points");
        for (points, reason, key) in [("0", "why", "k"), ("", "why", "k"), ("1.234", "why", "k"), ("1", " ", "k"), ("1", "why", "")] {
            assert_eq!(adjustments::wish(member, points, reason, key).unwrap_err().code(), "invalid", "{points} {reason} {key}");
        }
        assert!(adjustments::wish(member, "1", &"字".repeat(500), "k").is_ok());
        assert!(adjustments::wish(member, "1", &"字".repeat(501), "k").is_err());
        let nobody: MemberId = "0192aaaa-0000-7000-8000-000000000000".parse().unwrap();
        assert_eq!(refused(adjust(&ledger, staff.support, nobody, "1", "k").await), "not_found");
        assert_eq!(standing(&ledger, "m-1").await, "500.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn the_same_form_sent_twice_or_at_once_counts_once(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let sent = join_all((0..8).map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move { adjust(&ledger, staff.support, member, "10", "k1").await.unwrap() })
        }));
        let ids: Vec<AdjustmentId> = sent.await.into_iter().map(|sent| sent.unwrap().1).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(refused(adjust(&ledger, staff.support, member, "11", "k1").await), "idempotency_conflict");
        adjust(&ledger, staff.manager, member, "10", "k1").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "520.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn beyond_the_limit_a_second_person_with_the_right_approves(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let preview = adjustments::preview(&ledger, staff.support, member, "1000.01").await.unwrap();
        assert!(preview.needs_a_second && preview.after.to_string() == "1500.01");
        assert!(!adjustments::preview(&ledger, staff.support, member, "1000").await.unwrap().needs_a_second);
        let (state, id) = adjust(&ledger, staff.manager, member, "1000.01", "k1").await.unwrap();
        assert_eq!(state, AdjustmentState::Proposed);
        assert_eq!(standing(&ledger, "m-1").await, "500.00/0.00/500.00/3");
        assert_eq!(decide(&ledger, staff.support, id, Decision::Approve).await, "forbidden");
        assert_eq!(decide(&ledger, staff.manager, id, Decision::Approve).await, "own_proposal");
        assert_eq!(decide(&ledger, staff.manager, id, rejection()).await, "own_proposal");
        assert_eq!(decide(&ledger, staff.other, id, Decision::Withdraw).await, "forbidden");
        assert_eq!(adjustments::number_waiting(&ledger).await.unwrap(), 1);
        assert_eq!(decide(&ledger, staff.other, id, Decision::Approve).await, "accepted");
        assert_eq!(decide(&ledger, staff.other, id, Decision::Approve).await, "accepted", "sent twice");
        assert_eq!(decide(&ledger, staff.admin, id, Decision::Approve).await, "already_decided");
        assert_eq!(decide(&ledger, staff.manager, id, Decision::Withdraw).await, "already_decided");
        assert_eq!(standing(&ledger, "m-1").await, "1500.01/0.00/500.00/3");
        let proposals = adjustments::proposals(&ledger, 10).await.unwrap();
        assert_eq!((proposals.waiting.len(), decided(&ledger, None).await.len(), proposals.limit.points.to_string().as_str()), (0, 1, "1000.00"));
        check(&ledger).await;
    }

    async fn a_proposal_that_is_rejected_or_withdrawn_posts_nothing(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let (_, rejected) = adjust(&ledger, staff.support, member, "2000", "k1").await.unwrap();
        assert_eq!(decide(&ledger, staff.manager, rejected, rejection()).await, "accepted");
        assert_eq!(decide(&ledger, staff.manager, rejected, Decision::Approve).await, "already_decided");
        let (_, withdrawn) = adjust(&ledger, staff.support, member, "2000", "k2").await.unwrap();
        assert_eq!(decide(&ledger, staff.support, withdrawn, Decision::Withdraw).await, "accepted");
        assert_eq!(decide(&ledger, staff.manager, withdrawn, Decision::Approve).await, "already_decided");
        let all = decided(&ledger, None).await;
        assert_eq!(decided(&ledger, Some(AdjustmentState::Proposed)).await, [], "what waits is not decided");
        let page = |from| adjustments::Decided { state: None, page: Window { from, ascending: false, most: 1 } };
        let first = adjustments::decided(&ledger, &page(None)).await.unwrap();
        let second = adjustments::decided(&ledger, &page(first.next.map(|key| Place { key, backwards: false }))).await.unwrap();
        assert_eq!([&first.rows[..], &second.rows[..]].concat(), all[..2]);
        let back = adjustments::decided(&ledger, &page(second.previous.map(|key| Place { key, backwards: true }))).await.unwrap();
        assert_eq!((back.rows, back.previous), (first.rows, None));
        assert_eq!(adjustments::number_decided(&ledger, None).await.unwrap().number, all.len() as i64);
        let decided = all;
        assert_eq!(decided.iter().filter_map(|one| one.approval.objection.as_deref()).collect::<Vec<_>>(), ["no receipt"]);
        // the form sent again tells what became of it
        assert_eq!(adjust(&ledger, staff.support, member, "2000", "k1").await.unwrap(), (AdjustmentState::Rejected, rejected));
        assert_eq!(standing(&ledger, "m-1").await, "500.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn points_that_are_gone_by_the_time_of_approval_are_not_taken(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let stricter = adjust_limit::wish("100", "24", "").unwrap();
        adjust_limit::set(&ledger, staff.admin, stricter).await.unwrap();
        let (state, id) = adjust(&ledger, staff.support, member, "-500", "k1").await.unwrap();
        assert_eq!(state, AdjustmentState::Proposed);
        let no = view::find(&ledger, By::Id(member)).await.unwrap().unwrap().no;
        let wish = Wish { member_no: no, points: "100".parse().unwrap(), quoted: None, key: "r".into(), actor: staff.admin.actor() };
        redeem(&ledger, wish).await.unwrap();
        assert_eq!(decide(&ledger, staff.manager, id, Decision::Approve).await, "not_enough_points");
        assert_eq!(adjustments::waiting_of(&ledger, no).await.unwrap().len(), 1, "it still waits");
        assert_eq!(standing(&ledger, "m-1").await, "400.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn of_many_approvals_at_once_one_posts(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let (_, id) = adjust(&ledger, staff.support, member, "2000", "k1").await.unwrap();
        let sent = (0..12).map(|n| {
            let (ledger, by) = (ledger.clone(), [staff.manager, staff.other, staff.admin][n % 3]);
            tokio::spawn(async move { decide(&ledger, by, id, Decision::Approve).await })
        });
        let outcomes: Vec<&str> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
        // the same person again is told the same
        assert_eq!(outcomes.iter().filter(|code| **code == "accepted").count(), 4, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(|code| **code == "already_decided").count(), 8, "{outcomes:?}");
        assert_eq!(standing(&ledger, "m-1").await, "2500.00/0.00/500.00/3");
        check(&ledger).await;
    }

    async fn of_approval_rejection_and_withdrawal_at_once_one_holds(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        let mut balance = 50_000;
        for round in 0..6 {
            let (_, id) = adjust(&ledger, staff.support, member, "2000", &format!("k{round}")).await.unwrap();
            let each = [(staff.manager, Decision::Approve), (staff.other, rejection()), (staff.support, Decision::Withdraw)];
            let sent = each.map(|(by, decision)| {
                let ledger = ledger.clone();
                tokio::spawn(async move { decide(&ledger, by, id, decision).await })
            });
            let outcomes: Vec<&str> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
            assert_eq!(outcomes.iter().filter(|code| **code == "accepted").count(), 1, "{outcomes:?}");
            balance += if outcomes[0] == "accepted" { 200_000 } else { 0 };
        }
        let available = view::find(&ledger, By::Id(member)).await.unwrap().unwrap().account.available;
        assert_eq!(available.hundredths(), balance);
        check(&ledger).await;
    }

    async fn verify_finds_a_reason_that_was_rewritten_taken_away_or_put_to_other_points(db: Db) {
        let (ledger, staff, member) = scene(&db).await;
        adjust(&ledger, staff.support, member, "10", "k1").await.unwrap();
        let found = async || {
            let verdict = verify::verify(&ledger).await.unwrap();
            verdict.differences.into_iter().map(|difference| difference.what).collect::<Vec<_>>()
        };
        tamper(&db, "update adjustments set reason = 'a favour'").await;
        assert_eq!(found().await, ["its reason is not the one of its digest"]);
        tamper(&db, "update adjustments set reason = null, salt = null").await;
        assert_eq!(found().await, ["its reason is missing"]);
        tamper(&db, "update adjustments set points = 2000").await;
        assert_eq!(found().await.len(), 2);
        tamper(&db, "delete from adjustments").await;
        assert_eq!(found().await, ["its adjustment is missing"]);
    }
}
