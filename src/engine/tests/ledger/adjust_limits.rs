//! What one person may adjust by themselves holds for the sum over a time, and a looser limit needs a second person.

use futures::future::join_all;
use jiff::SignedDuration;
use laurel_domain::ids::{AdjustmentId, LimitChangeId, MemberId};
use laurel_domain::ledger::adjustment::AdjustmentState::{self, Posted, Proposed};
use laurel_domain::text::Reason;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::clock::Clock;
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::adjust_limit::{self, Outcome};
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::members::view;

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::{check, member, programme, standing, tell};
use laurel_testing::tamper::tamper;

struct Scene {
    ledger: Ledger,
    ann: Authority,
    bob: Authority,
    manager: Authority,
    admin: Authority,
    other: Authority,
    one: MemberId,
    two: MemberId,
}

/// Two members with 5,000 points each, and those who may adjust; the limit is 1,000 within 24 hours.
async fn scene(db: &Db) -> Scene {
    let ledger = programme(db).await;
    tell(&ledger, "id=p1 member=m-1 pay=5000").await.unwrap();
    tell(&ledger, "id=p2 member=m-2 pay=5000").await.unwrap();
    let auth = Auth::default();
    Scene {
        ann: employed(db, &auth, "ann@example.com", Role::Support).await,
        bob: employed(db, &auth, "bob@example.com", Role::Support).await,
        manager: employed(db, &auth, "m@example.com", Role::Manager).await,
        admin: employed(db, &auth, "a@example.com", Role::Admin).await,
        other: employed(db, &auth, "o@example.com", Role::Admin).await,
        one: member(&ledger, "m-1").await.id.parse().unwrap(),
        two: member(&ledger, "m-2").await.id.parse().unwrap(),
        ledger,
    }
}

impl Scene {
    async fn adjust(&self, by: Authority, member: MemberId, points: &str, key: &str) -> (AdjustmentState, AdjustmentId) {
        adjust_at(&self.ledger, by, member, points, key).await
    }

    async fn set(&self, by: Authority, points: &str, hours: &str) -> Result<Outcome, AppError> {
        adjust_limit::set(&self.ledger, by, adjust_limit::wish(points, hours, "the festival")?).await
    }

    async fn in_force(&self) -> (String, u32) {
        let limit = adjust_limit::limit(&self.ledger).await.unwrap();
        (limit.points.to_string(), limit.hours)
    }

    async fn waiting(&self) -> LimitChangeId {
        adjustments::proposals(&self.ledger, 10).await.unwrap().limit_waiting.unwrap().id
    }

    async fn decide(&self, by: Authority, id: LimitChangeId, decision: Decision) -> &'static str {
        refused(adjust_limit::decide(&self.ledger, by, id, decision).await)
    }
}

async fn adjust_at(
    ledger: &Ledger,
    by: Authority,
    member: MemberId,
    points: &str,
    key: &str,
) -> (AdjustmentState, AdjustmentId) {
    let made = adjustments::adjust(ledger, by, adjustments::wish(member, points, "a favour", key).unwrap()).await.unwrap();
    (made.approval.state, made.id)
}

fn rejection() -> Decision {
    Decision::Reject(Reason::new("not this week").unwrap())
}

stories! {
    async fn small_adjustments_of_one_person_count_together_whoever_gets_them(db: Db) {
        let s = scene(&db).await;
        assert_eq!(s.adjust(s.ann, s.one, "600", "k1").await.0, Posted);
        assert_eq!(s.adjust(s.ann, s.two, "400", "k2").await.0, Posted, "exactly the limit");
        assert!(adjustments::preview(&s.ledger, s.ann, s.two, "0.01").await.unwrap().needs_a_second);
        assert_eq!(s.adjust(s.ann, s.two, "0.01", "k3").await.0, Proposed);
        let room = adjustments::room(&s.ledger, s.ann, 1).await.unwrap();
        assert_eq!((room.left.given.to_string(), room.left.taken.to_string()), ("0.00".into(), "1000.00".into()));
        // giving leaves as much to take
        assert_eq!(s.adjust(s.ann, s.one, "-1000", "k4").await.0, Posted);
        assert_eq!(s.adjust(s.ann, s.two, "-0.01", "k5").await.0, Proposed);
        assert_eq!(standing(&s.ledger, "m-1").await, "4600.00/0.00/5000.00/4");
        assert_eq!(standing(&s.ledger, "m-2").await, "5400.00/0.00/5000.00/4");
        check(&s.ledger).await;
    }

    async fn what_several_people_give_to_one_member_counts_together(db: Db) {
        let s = scene(&db).await;
        assert_eq!(s.adjust(s.ann, s.one, "700", "k").await.0, Posted);
        assert_eq!(s.adjust(s.bob, s.one, "300.01", "k").await.0, Proposed);
        assert_eq!(s.adjust(s.bob, s.one, "300", "k2").await.0, Posted);
        assert_eq!(s.adjust(s.bob, s.two, "700", "k3").await.0, Posted, "another member");
        assert_eq!(s.adjust(s.bob, s.two, "0.01", "k4").await.0, Proposed);
        check(&s.ledger).await;
    }

    async fn what_a_second_person_approved_or_nobody_counts_for_nothing(db: Db) {
        let s = scene(&db).await;
        let (state, large) = s.adjust(s.ann, s.one, "3000", "k1").await;
        assert_eq!(state, Proposed);
        adjustments::decide(&s.ledger, s.manager, large, Decision::Approve).await.unwrap();
        let (_, rejected) = s.adjust(s.ann, s.one, "2000", "k2").await;
        adjustments::decide(&s.ledger, s.manager, rejected, rejection()).await.unwrap();
        s.adjust(s.ann, s.one, "1500", "k3").await;
        assert_eq!(s.adjust(s.ann, s.one, "1000", "k4").await.0, Posted);
        assert_eq!(s.adjust(s.ann, s.one, "1", "k5").await.0, Proposed);
        check(&s.ledger).await;
    }

    async fn the_time_rolls_on_and_gives_room_back_as_it_passes(db: Db) {
        let s = scene(&db).await;
        let pass = |minutes: i64| s.ledger.clock.advance(SignedDuration::from_mins(minutes));
        assert_eq!(s.adjust(s.ann, s.one, "600", "k1").await.0, Posted);
        pass(12 * 60);
        assert_eq!(s.adjust(s.ann, s.one, "400", "k2").await.0, Posted);
        pass(12 * 60 - 1);
        assert_eq!(s.adjust(s.ann, s.one, "1", "k3").await.0, Proposed, "a minute before the first is a day old");
        pass(1);
        assert_eq!(s.adjust(s.ann, s.one, "600.01", "k4").await.0, Proposed);
        assert_eq!(s.adjust(s.ann, s.one, "600", "k5").await.0, Posted);
        check(&s.ledger).await;
    }

    async fn many_at_once_on_two_servers_come_to_no_more_than_the_limit(db: Db) {
        let s = scene(&db).await;
        // a server of its own: another ledger, and on PostgreSQL it would be another machine
        let second = Ledger::open(db.clone(), Clock::fixed(s.ledger.clock.now())).await.unwrap().unwrap();
        let sent = (0..24).map(|n: usize| {
            let (ledger, by) = ([&s.ledger, &second][n % 2].clone(), s.ann);
            let to = [s.one, s.two][n / 2 % 2];
            tokio::spawn(async move { adjust_at(&ledger, by, to, "100", &format!("k{n}")).await.0 })
        });
        let states: Vec<AdjustmentState> = join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(states.iter().filter(|state| **state == Posted).count(), 10, "{states:?}");
        let [one, two] = [member(&s.ledger, "m-1").await.points.available, member(&s.ledger, "m-2").await.points.available];
        assert_eq!(one.hundredths() + two.hundredths(), 1_100_000);
        check(&s.ledger).await;
    }

    async fn a_stricter_limit_holds_at_once(db: Db) {
        let s = scene(&db).await;
        assert_eq!(refused(s.set(s.manager, "1", "24").await), "forbidden");
        for (points, hours) in [("-1", "24"), ("", "24"), ("1.234", "24"), ("100000000001", "24"), ("1", "0"), ("1", "8761"), ("1", "x")] {
            assert_eq!(refused(s.set(s.admin, points, hours).await), "invalid", "{points} {hours}");
        }
        assert_eq!(s.set(s.admin, "500", "48").await.unwrap(), Outcome::Set);
        assert_eq!(s.in_force().await, ("500.00".into(), 48));
        assert_eq!(s.adjust(s.ann, s.one, "500.01", "k1").await.0, Proposed);
        assert_eq!(s.set(s.admin, "0", "48").await.unwrap(), Outcome::Set);
        assert_eq!(s.adjust(s.ann, s.one, "0.01", "k2").await.0, Proposed);
        assert_eq!(adjustments::number_waiting(&s.ledger).await.unwrap(), 2);
    }

    async fn more_points_or_a_shorter_time_wait_for_somebody_else(db: Db) {
        let s = scene(&db).await;
        let unsaid = adjust_limit::wish("2000", "24", " ").unwrap();
        assert_eq!(refused(adjust_limit::set(&s.ledger, s.admin, unsaid).await), "invalid");
        assert_eq!(refused(s.set(Authority::command_line(), "2000", "24").await), "forbidden", "in nobody's name");
        for (points, hours) in [("2000", "24"), ("1000", "23"), ("1", "1")] {
            assert_eq!(s.set(s.admin, points, hours).await.unwrap(), Outcome::Proposed, "{points} {hours}");
            assert_eq!(s.set(s.admin, points, hours).await.unwrap(), Outcome::Proposed, "sent twice");
            assert_eq!(s.in_force().await, ("1000.00".into(), 24));
            assert_eq!(refused(s.set(s.other, "3000", "24").await), "limit_change_waits");
            let id = s.waiting().await;
            assert_eq!(s.decide(s.admin, id, Decision::Approve).await, "own_proposal");
            assert_eq!(s.decide(s.admin, id, rejection()).await, "own_proposal");
            assert_eq!(s.decide(s.other, id, Decision::Withdraw).await, "forbidden");
            assert_eq!(s.decide(s.manager, id, Decision::Approve).await, "forbidden");
            assert_eq!(s.decide(s.other, id, rejection()).await, "accepted");
            assert_eq!(s.decide(s.other, id, Decision::Approve).await, "already_decided");
        }
        s.set(s.admin, "2000", "12").await.unwrap();
        let id = s.waiting().await;
        assert_eq!(adjustments::number_waiting(&s.ledger).await.unwrap(), 1);
        assert_eq!(s.decide(s.other, id, Decision::Approve).await, "accepted");
        assert_eq!(s.decide(s.other, id, Decision::Approve).await, "accepted", "sent twice");
        assert_eq!(s.in_force().await, ("2000.00".into(), 12));
        assert_eq!(s.adjust(s.ann, s.one, "2000", "k1").await.0, Posted);
        let decided = adjustments::proposals(&s.ledger, 10).await.unwrap().limit_decided;
        assert_eq!(decided.iter().filter_map(|one| one.approval.objection.as_deref()).count(), 3);
        let logged = async |action: &str| {
            let filter = Filter { action: Some(action.into()), limit: 50, ..Filter::default() };
            audit::list(&mut db.reader().await.unwrap(), &filter).await.unwrap().len()
        };
        assert_eq!((logged("settings.propose").await, logged("settings.approve").await, logged("settings.reject").await), (4, 1, 3));
    }

    async fn of_approval_and_withdrawal_at_once_one_holds(db: Db) {
        let s = scene(&db).await;
        for round in 0..4 {
            s.set(s.admin, &(2_000 + round).to_string(), "24").await.unwrap();
            let id = s.waiting().await;
            let (approval, withdrawal) = tokio::join!(s.decide(s.other, id, Decision::Approve), s.decide(s.admin, id, Decision::Withdraw));
            let mut both = [approval, withdrawal];
            both.sort_unstable();
            assert_eq!(both, ["accepted", "already_decided"]);
            let raised = s.in_force().await.0 == format!("{}.00", 2_000 + round);
            assert_eq!(raised, approval == "accepted");
        }
    }

    async fn the_database_itself_lets_nobody_approve_their_own(db: Db) {
        let s = scene(&db).await;
        s.set(s.admin, "2000", "24").await.unwrap();
        let forged = "update limit_changes set state = 1, decided_at = 1, decided_by = made_by";
        let outcome = tokio::spawn(async move { tamper(&db, forged).await }).await;
        assert!(outcome.is_err());
        let member = view::find(&s.ledger, By::Id(s.one)).await.unwrap();
        assert!(member.is_some());
    }
}
