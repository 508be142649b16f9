//! A portal registration and a member whom the payment system knows are one person: one account goes on with all that both had.

use jiff::SignedDuration;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::statement::check::check as checked;
use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState::{Delivered, Issued, Shipped, Voided};
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_engine::auth::{Actor, Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::store::rewards::redemptions::{Filter as RedemptionFilter, Which};
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::ledger::{Ledger, statement, verify};
use laurel_engine::usecase::members::enrol::Enrolment;
use laurel_engine::usecase::members::register::{Registration, register};
use laurel_engine::usecase::members::{link, merge, view};
use laurel_engine::usecase::rewards::buy::{self, Order};
use laurel_engine::usecase::rewards::redeem::{self, Wish};
use laurel_engine::usecase::rewards::take_back;

use laurel_testing::people::{employed, later, member_session, morning, refused, registered, registration, visitor};
use laurel_testing::programme::{check, member as shown, programme_with, standing, tell};
use laurel_testing::rewards::{contact, gift, go, pool};
use laurel_testing::tamper::tamper;

const KEY: Actor = Actor::Key(uuid::Uuid::from_u128(7));

struct Scene {
    ledger: Ledger,
    support: Authority,
    manager: Authority,
    /// Registered at the portal as `li@example.com`.
    li: MemberId,
    token: String,
}

/// Somebody registered at the portal, and the payment system enrolled them as `m-1`, who paid 100.
async fn scene(db: &Db, change: impl FnOnce(&mut RuleSet)) -> Scene {
    let ledger = programme_with(db, change).await;
    let auth = Auth::default();
    let li = registered(db, &auth, "li@example.com").await;
    tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
    Scene {
        support: employed(db, &auth, "s@example.com", Role::Support).await,
        manager: employed(db, &auth, "m@example.com", Role::Manager).await,
        li: li.member,
        token: li.token.as_str().to_owned(),
        ledger,
    }
}

impl Scene {
    async fn give(&self, points: &str) {
        let wish = adjustments::wish(self.li, points, "a gift", &format!("k{points}")).unwrap();
        adjustments::adjust(&self.ledger, self.support, wish).await.unwrap();
    }

    /// Li invites somebody, whom the payment system then claims as `external_id`.
    async fn invites(&self, db: &Db, name: &str, external_id: &str) {
        let code = self.find(By::Id(self.li)).await.referral_code;
        let wish = Registration { referral_code: code, ..registration(name) };
        let came = register(db, &Auth::default(), &wish, &visitor(), later(1)).await.unwrap();
        let session = member_session(db, came.token.as_str(), later(2)).await.unwrap();
        let (code, _) = link::new_code(db, &session, later(2)).await.unwrap();
        let claim = Enrolment { external_id: external_id.into(), link_code: Some(code), ..Enrolment::default() };
        laurel_engine::usecase::members::enrol::enrol(db, KEY, &claim, later(3)).await.unwrap();
    }

    async fn find(&self, by: By<'_>) -> Member {
        view::find(&self.ledger, by).await.unwrap().unwrap()
    }

    async fn code(&self, db: &Db) -> Enrolment {
        let session = member_session(db, &self.token, morning()).await.unwrap();
        let (code, _) = link::new_code(db, &session, self.ledger.clock.now()).await.unwrap();
        Enrolment { external_id: "m-1".into(), link_code: Some(code), ..Enrolment::default() }
    }

    async fn merge(&self, into: &str) -> &'static str {
        refused(merge::merge(&self.ledger, self.manager, self.li, into, "one person").await)
    }

    async fn differences(&self) -> Vec<String> {
        verify::verify(&self.ledger).await.unwrap().differences.into_iter().map(|difference| difference.what).collect()
    }
}

stories! {
    async fn a_link_code_for_a_known_member_makes_both_one(db: Db) {
        let s = scene(&db, |_| ()).await;
        s.give("50").await;
        let claim = s.code(&db).await;
        let survivor = merge::claim(&s.ledger, KEY, &claim).await.unwrap();
        assert_eq!(merge::claim(&s.ledger, KEY, &claim).await.unwrap(), survivor, "the first answer may have been lost");
        assert_eq!(standing(&s.ledger, "m-1").await, "150.00/0.00/100.00/2");
        let (gone, stays) = (s.find(By::Id(s.li)).await, s.find(By::External("m-1")).await);
        assert_eq!((gone.status, gone.account.balance().unwrap().to_string()), (Status::Closed, "0.00".into()));
        let (into, _) = merge::merged_into(&s.ledger, gone.no).await.unwrap().unwrap();
        assert_eq!((into.id(), survivor), (stays.id(), stays.id()));
        assert_eq!(stays.name.as_deref(), Some("李雷"), "the member had no name");
        // the device that showed the code stays signed in, as the member
        assert_eq!(member_session(&db, &s.token, morning()).await.unwrap().member, survivor);
        for no in [gone.no, stays.no] {
            let statement = statement::statement(&s.ledger, no).await.unwrap();
            assert_eq!(checked(&statement).findings, []);
        }
        let logged = audit::list(&mut db.reader().await.unwrap(), &Filter { action: Some("member.merge".into()), limit: 9, ..Filter::default() }).await.unwrap();
        assert_eq!(logged.len(), 1);
        check(&s.ledger).await;
    }

    async fn afterwards_refunds_hit_the_member_and_the_ended_account_is_closed(db: Db) {
        let s = scene(&db, |_| ()).await;
        s.give("50").await;
        assert_eq!(s.merge("m-1").await, "accepted");
        tell(&s.ledger, "id=r1 member=m-1 refund=100 of=p1").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "50.00/0.00/0.00/1");
        tell(&s.ledger, "id=p2 member=m-1 pay=7").await.unwrap();
        let wish = adjustments::wish(s.li, "1", "why", "again").unwrap();
        assert_eq!(refused(adjustments::adjust(&s.ledger, s.support, wish).await), "member_closed");
        assert_eq!(s.merge("m-1").await, "member_closed");
        check(&s.ledger).await;
    }

    async fn what_both_earned_makes_the_tier_in_its_window_too(db: Db) {
        let s = scene(&db, |set| set.ladder.window = Window::CalendarYear).await;
        for n in 0..3 {
            s.invites(&db, &format!("b{n}@example.com"), &format!("b-{n}")).await;
            tell(&s.ledger, &format!("id=b{n} member=b-{n} pay=1")).await.unwrap();
        }
        tell(&s.ledger, "id=p3 member=m-1 pay=370").await.unwrap();
        let before = shown(&s.ledger, "m-1").await;
        assert_eq!((before.points.earned.to_string(), before.tier.rank.get()), ("470.00".into(), 2));
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(standing(&s.ledger, "m-1").await, "500.00/0.00/500.00/3");
        // whoever Li invited is invited by the member now
        s.ledger.clock.advance(SignedDuration::from_hours(24 * 60));
        assert_eq!(shown(&s.ledger, "m-1").await.tier.rank.get(), 1, "the year is over");
        check(&s.ledger).await;
    }

    async fn an_invitation_that_is_still_open_is_awarded_to_the_member(db: Db) {
        let s = scene(&db, |_| ()).await;
        s.invites(&db, "b@example.com", "b-1").await;
        let code = s.find(By::Id(s.li)).await.referral_code.unwrap();
        assert_eq!(s.merge("m-1").await, "accepted");
        tell(&s.ledger, "id=b1 member=b-1 pay=5").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "110.00/0.00/110.00/2");
        // the code of the registration goes on inviting
        let wish = Registration { referral_code: Some(code), ..registration("c@example.com") };
        let came = register(&db, &Auth::default(), &wish, &visitor(), later(1)).await.unwrap();
        assert_eq!(s.find(By::Id(came.member)).await.invited_by, Some(s.find(By::External("m-1")).await.no));
        check(&s.ledger).await;
    }

    async fn an_award_that_was_taken_back_before_comes_again_to_the_member(db: Db) {
        let s = scene(&db, |set| {
            set.take_back_referral = true;
            set.ladder.window = Window::CalendarYear;
        })
        .await;
        for n in 1..=2 {
            s.invites(&db, &format!("b{n}@example.com"), &format!("b-{n}")).await;
            tell(&s.ledger, &format!("id=b{n} member=b-{n} pay=5")).await.unwrap();
        }
        tell(&s.ledger, "id=r1 member=b-1 refund=5 of=b1").await.unwrap();
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(standing(&s.ledger, "m-1").await, "110.00/0.00/110.00/2");
        tell(&s.ledger, "id=b3 member=b-1 pay=5").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "120.00/0.00/120.00/2");
        tell(&s.ledger, "id=r3 member=b-1 refund=5 of=b3").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "110.00/0.00/110.00/2");
        check(&s.ledger).await;
    }

    async fn an_award_that_went_over_stays_and_comes_no_second_time(db: Db) {
        let s = scene(&db, |set| set.take_back_referral = true).await;
        s.invites(&db, "b@example.com", "b-1").await;
        tell(&s.ledger, "id=b1 member=b-1 pay=5").await.unwrap();
        assert_eq!(s.merge("m-1").await, "accepted");
        for told in ["id=r1 member=b-1 refund=5 of=b1", "id=b2 member=b-1 pay=5", "id=r2 member=b-1 refund=5 of=b2", "id=b3 member=b-1 pay=5"] {
            tell(&s.ledger, told).await.unwrap();
            assert_eq!(standing(&s.ledger, "m-1").await, "110.00/0.00/110.00/2", "after {told}");
        }
        assert_eq!(tell(&s.ledger, "id=f1 member=m-1 referee=b-1").await.unwrap_err().code(), "already_referred");
        check(&s.ledger).await;
    }

    async fn lots_keep_their_days_pending_becomes_available_and_debt_is_repaid(db: Db) {
        let s = scene(&db, |set| {
            set.expiry = Expiry::Months(1);
            set.holding.referral = 7;
        })
        .await;
        s.give("30").await;
        s.invites(&db, "b@example.com", "b-1").await;
        tell(&s.ledger, "id=b1 member=b-1 pay=1").await.unwrap();
        assert_eq!(s.find(By::Id(s.li)).await.account.pending.to_string(), "10.00");
        let no = s.find(By::External("m-1")).await.no;
        let spend = Wish { member_no: no, points: "100".parse().unwrap(), quoted: None, key: "w".into(), actor: KEY };
        redeem::redeem(&s.ledger, spend).await.unwrap();
        tell(&s.ledger, "id=r1 member=m-1 refund=25 of=p1").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "0.00/25.00/75.00/1");
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(standing(&s.ledger, "m-1").await, "15.00/0.00/85.00/1");
        assert_eq!(shown(&s.ledger, "m-1").await.lots[0].day.unwrap().to_string(), "2026-12-22");
        check(&s.ledger).await;
    }

    async fn only_a_registration_goes_and_only_into_a_known_member(db: Db) {
        let s = scene(&db, |_| ()).await;
        tell(&s.ledger, "id=p2 member=m-2 pay=100").await.unwrap();
        assert_eq!(s.merge("m-9").await, "unknown_member");
        let known = s.find(By::External("m-2")).await.id();
        assert_eq!(refused(merge::merge(&s.ledger, s.manager, known, "m-1", "x").await), "cannot_merge");
        assert_eq!(refused(merge::merge(&s.ledger, s.support, s.li, "m-1", "x").await), "forbidden");
        assert_eq!(refused(merge::merge(&s.ledger, s.manager, s.li, "m-1", " ").await), "invalid");
        let wrong = Enrolment { external_id: "m-1".into(), link_code: Some("ABCD-EFGH-JKLM".into()), ..Enrolment::default() };
        assert_eq!(refused(merge::claim(&s.ledger, KEY, &wrong).await), "code_not_valid");
        s.give("200").await;
        let no = s.find(By::Id(s.li)).await.no;
        let spend = Wish { member_no: no, points: "100".parse().unwrap(), quoted: None, key: "w".into(), actor: KEY };
        let open = redeem::redeem(&s.ledger, spend).await.unwrap().redemption.id;
        assert_eq!(s.merge("m-1").await, "waits_for_redemptions");
        go(&s.ledger, open, laurel_domain::rewards::redemption::RedemptionState::Cancelled).await.unwrap();
        let preview = merge::preview(&s.ledger, s.manager, s.li, "m-1").await.unwrap();
        assert_eq!((preview.before.available.to_string(), preview.after.available.to_string()), ("100.00".into(), "300.00".into()));
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(standing(&s.ledger, "m-1").await, "300.00/0.00/100.00/2");
        // the member sees what was redeemed by either, and what was given to either counts for the limit
        let own = s.find(By::External("m-1")).await.no;
        assert!(merge::is_of(&s.ledger, no, own).await.unwrap() && !merge::is_of(&s.ledger, own, no).await.unwrap());
        let of_member = RedemptionFilter { which: Which::OfMember(own), after: None, most: 9 };
        assert_eq!(redeem::list(&s.ledger, of_member).await.unwrap().len(), 1);
        let room = adjustments::room(&s.ledger, s.manager, own).await.unwrap();
        assert_eq!(room.left.given.to_string(), "800.00");
        check(&s.ledger).await;
    }

    async fn what_comes_back_later_goes_on_to_the_member(db: Db) {
        let s = scene(&db, |_| ()).await;
        s.give("200").await;
        let li = s.find(By::Id(s.li)).await;
        let (mug, voucher) = (gift(&s.ledger, 1).await, pool(&s.ledger, "AAA-1").await);
        let order = |reward, key: &str, contact| Order {
            member_no: li.no, reward, quantity: 1, quoted: None, contact, key: key.into(), actor: KEY,
        };
        let sent = buy::buy(&s.ledger, order(mug, "k1", Some(contact()))).await.unwrap().redemption.id;
        let code = buy::buy(&s.ledger, order(voucher, "k2", None)).await.unwrap().redemption.id;
        for (id, state) in [(sent, Shipped), (sent, Delivered), (code, Issued)] {
            go(&s.ledger, id, state).await.unwrap();
        }
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(standing(&s.ledger, "m-1").await, "140.00/0.00/100.00/2");
        take_back::take_back(&s.ledger, s.manager, sent, true, "broken").await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "220.00/0.00/100.00/2");
        go(&s.ledger, code, Voided).await.unwrap();
        assert_eq!(standing(&s.ledger, "m-1").await, "300.00/0.00/100.00/2");
        assert_eq!(s.find(By::Id(s.li)).await.account.balance().unwrap().to_string(), "0.00");
        for no in [li.no, s.find(By::External("m-1")).await.no] {
            assert_eq!(checked(&statement::statement(&s.ledger, no).await.unwrap()).findings, []);
        }
        check(&s.ledger).await;
    }

    async fn of_many_merges_at_once_one_happens(db: Db) {
        let s = scene(&db, |_| ()).await;
        tell(&s.ledger, "id=p2 member=m-2 pay=100").await.unwrap();
        s.give("50").await;
        let sent = (0..8).map(|n: usize| {
            let (ledger, manager, li) = (s.ledger.clone(), s.manager, s.li);
            let into = ["m-1", "m-2"][n % 2];
            tokio::spawn(async move { refused(merge::merge(&ledger, manager, li, into, "one person").await) })
        });
        let outcomes: Vec<&str> = futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(outcomes.iter().filter(|code| **code == "accepted").count(), 1, "{outcomes:?}");
        let [one, two] = [shown(&s.ledger, "m-1").await.points.available, shown(&s.ledger, "m-2").await.points.available];
        assert_eq!(one.hundredths() + two.hundredths(), 25_000);
        check(&s.ledger).await;
    }

    async fn verify_holds_both_sides_against_each_other(db: Db) {
        let s = scene(&db, |_| ()).await;
        s.give("50").await;
        assert_eq!(s.merge("m-1").await, "accepted");
        assert_eq!(s.differences().await, Vec::<String>::new());
        tamper(&db, "update members set merged_into = null").await;
        assert_eq!(s.differences().await, ["handed all over, and the member does not lead to where it went"]);
    }
}
