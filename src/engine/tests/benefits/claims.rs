//! Benefits with quotas: claimed once each, used once each, fresh with every period, and promises kept.

use futures::future::join_all;
use jiff::Timestamp;
use laurel_domain::benefits::benefit::{Benefit, Period, Quota};
use laurel_domain::benefits::claim::ClaimState;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::text::Both;
use laurel_engine::auth::{Actor, Auth, Authority, MemberSession, Role};
use laurel_engine::store::audit::Filter;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::benefits::claims::{self, Claim, Wish};
use laurel_engine::usecase::benefits::of_member::{self, Benefits};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::{suspend, view};
use laurel_engine::usecase::{AppError, audit};

use laurel_testing::people::{employed, refused};
use laurel_testing::programme::publish;
use laurel_testing::programme::{programme, programme_with, standing, tell};

const REPAIR: &str = "free-repair";

async fn number(ledger: &Ledger, external_id: &str) -> i64 {
    view::find(ledger, By::External(external_id)).await.unwrap().unwrap().no
}

async fn claim_of(ledger: &Ledger, member: &str, benefit: &str, key: &str) -> Result<Claim, AppError> {
    let wish = Wish { member_no: number(ledger, member).await, benefit: benefit.to_owned(), key: key.into() };
    claims::claim(ledger, wish).await
}

async fn claim(ledger: &Ledger, benefit: &str, key: &str) -> Result<Claim, AppError> {
    claim_of(ledger, "m-1", benefit, key).await
}

async fn use_up(ledger: &Ledger, claim: &Claim) -> Result<Claim, AppError> {
    claims::use_up(ledger, Authority::command_line(), &claim.row.code.to_string()).await
}

async fn session(ledger: &Ledger, external_id: &str) -> MemberSession {
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    MemberSession {
        no: member.no,
        member: member.id(),
        id: uuid::Uuid::nil(),
        token_hash: [0; 32],
        name: None,
        locale: None,
        unread: 0,
    }
}

async fn give_back(ledger: &Ledger, session: &MemberSession, code: &str) -> Result<Claim, AppError> {
    claims::withdraw(ledger, Actor::Member(session.member.uuid()), session.no, code).await
}

async fn held(ledger: &Ledger) -> Benefits {
    of_member::of_member(ledger, number(ledger, "m-1").await).await.unwrap()
}

/// What is left of each benefit that has a quota.
async fn left(ledger: &Ledger) -> Vec<u32> {
    held(ledger).await.held.iter().filter_map(|held| Some(held.room?.left)).collect()
}

async fn state(ledger: &Ledger, claim: &Claim) -> ClaimState {
    claims::find(ledger, claim.row.code.as_str()).await.unwrap().unwrap().state
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn benefit<'a>(set: &'a mut RuleSet, tier: usize, key: &str) -> &'a mut Benefit {
    set.ladder.tiers[tier].benefits.iter_mut().find(|benefit| benefit.key.as_str() == key).unwrap()
}

fn quota(count: u32, period: Period) -> Option<Quota> {
    Some(Quota { count, period })
}

/// A member in the highest tier, whose birthday gift is once a year and whose repair is once a quarter.
async fn with_vip(db: &laurel_engine::store::Db) -> Ledger {
    let ledger = programme(db).await;
    tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
    ledger
}

stories! {
    async fn of_twenty_claims_at_once_a_quota_of_one_gives_one(db: Db) {
        let ledger = with_vip(&db).await;
        let outcomes = join_all((0..20).map(|n| {
            let ledger = ledger.clone();
            async move { claim(&ledger, REPAIR, &format!("k{n}")).await }
        })).await;
        let codes: Vec<&str> = outcomes.iter().map(|outcome| outcome.as_ref().map_or_else(AppError::code, |_| "claimed")).collect();
        assert_eq!(codes.iter().filter(|code| **code == "claimed").count(), 1);
        assert_eq!(codes.iter().filter(|code| **code == "quota_used_up").count(), 19, "{codes:?}");
        assert_eq!(left(&ledger).await, [1, 0], "the gift is still there");
    }

    async fn of_two_uses_of_one_code_at_once_one_succeeds(db: Db) {
        let ledger = with_vip(&db).await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        let outcomes = join_all((0..2).map(|_| use_up(&ledger, &made))).await;
        let mut codes = outcomes.into_iter().map(|outcome| outcome.map_or_else(|error| error.code(), |_| "used")).collect::<Vec<_>>();
        codes.sort_unstable();
        assert_eq!(codes, ["claim_used", "used"]);
        let kept = claims::find(&ledger, &made.row.code.to_string()).await.unwrap().unwrap();
        assert_eq!((kept.state, kept.row.ended), (ClaimState::Used, Some((ledger.clock.now(), Actor::CommandLine))));
        let noted = audit::list(&db, &Filter { action: Some("benefit.use".into()), limit: 9, ..Filter::default() }).await.unwrap();
        assert_eq!((noted.len(), noted[0].subject.clone()), (1, format!("claim:{}", made.row.id)));
    }

    async fn the_same_key_is_the_same_claim_whatever_has_become_of_it(db: Db) {
        let ledger = with_vip(&db).await;
        let twenty = join_all((0..20).map(|_| claim(&ledger, REPAIR, "k1"))).await;
        let first = twenty[0].as_ref().unwrap();
        assert!(twenty.iter().all(|outcome| outcome.as_ref().unwrap() == first));
        use_up(&ledger, first).await.unwrap();
        let again = claim(&ledger, REPAIR, "k1").await.unwrap();
        assert_eq!((again.row.code.clone(), again.state), (first.row.code.clone(), ClaimState::Used));
        assert_eq!(refused(claim(&ledger, "birthday-gift", "k1").await), "idempotency_conflict");
        tell(&ledger, "id=p2 member=m-2 pay=1000").await.unwrap();
        let other = claim_of(&ledger, "m-2", REPAIR, "k1").await.unwrap();
        assert_ne!(other.row.code, first.row.code, "keys are each member's own");
    }

    async fn a_quota_is_fresh_with_the_quarter_and_what_was_not_used_has_expired(db: Db) {
        let ledger = with_vip(&db).await;
        let first = claim(&ledger, REPAIR, "k1").await.unwrap();
        assert_eq!(first.row.valid_until, at("2026-12-31T16:00:00Z"));
        ledger.clock.set(at("2026-12-31T15:59:59.999999Z"));
        match claim(&ledger, REPAIR, "k2").await {
            Err(AppError::Refused(Refusal::QuotaUsedUp { count: 1, again_on })) => assert_eq!(again_on.to_string(), "2027-01-01"),
            other => panic!("{other:?}"),
        }
        assert_eq!(state(&ledger, &first).await, ClaimState::Claimed);
        ledger.clock.set(at("2026-12-31T16:00:00Z"));
        assert_eq!(state(&ledger, &first).await, ClaimState::Expired);
        assert_eq!(refused(use_up(&ledger, &first).await), "claim_expired");
        let session = session(&ledger, "m-1").await;
        assert_eq!(refused(give_back(&ledger, &session, first.row.code.as_str()).await), "claim_expired");
        assert_eq!(left(&ledger).await, [1, 1]);
        let second = claim(&ledger, REPAIR, "k2").await.unwrap();
        assert_eq!(second.row.valid_until, at("2027-03-31T16:00:00Z"));
        use_up(&ledger, &second).await.unwrap();
        let held = held(&ledger).await;
        let ended: Vec<ClaimState> = held.ended.iter().map(|claim| claim.state).collect();
        assert_eq!((held.open.len(), ended), (0, vec![ClaimState::Used, ClaimState::Expired]));
    }

    async fn a_month_ends_where_the_programme_is_also_in_a_leap_year(db: Db) {
        let ledger = programme_with(&db, |set| benefit(set, 3, REPAIR).quota = quota(1, Period::Month)).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        for (n, (time, until)) in [
            ("2026-11-30T15:59:59Z", "2026-11-30T16:00:00Z"),
            ("2026-11-30T16:00:00Z", "2026-12-31T16:00:00Z"),
            ("2027-01-31T15:00:00Z", "2027-01-31T16:00:00Z"),
            ("2027-02-28T15:00:00Z", "2027-02-28T16:00:00Z"),
            ("2027-02-28T16:00:00Z", "2027-03-31T16:00:00Z"),
            ("2028-02-28T16:00:00Z", "2028-02-29T16:00:00Z"),
            ("2028-02-29T16:00:00Z", "2028-03-31T16:00:00Z"),
        ].into_iter().enumerate() {
            ledger.clock.set(at(time));
            let made = claim(&ledger, REPAIR, &format!("k{n}")).await.unwrap();
            assert_eq!(made.row.valid_until, at(until), "{time}");
            assert_eq!(refused(claim(&ledger, REPAIR, &format!("again{n}")).await), "quota_used_up", "{time}");
        }
    }

    async fn what_is_given_back_can_be_claimed_again_and_its_code_is_dead(db: Db) {
        let ledger = with_vip(&db).await;
        tell(&ledger, "id=p2 member=m-2 pay=1000").await.unwrap();
        let first = claim(&ledger, REPAIR, "k1").await.unwrap();
        let (own, other) = (session(&ledger, "m-1").await, session(&ledger, "m-2").await);
        assert_eq!(refused(give_back(&ledger, &other, first.row.code.as_str()).await), "not_found");
        assert_eq!(give_back(&ledger, &own, &first.row.code.to_string()).await.unwrap().state, ClaimState::Withdrawn);
        assert_eq!(refused(use_up(&ledger, &first).await), "claim_withdrawn");
        assert_eq!(refused(give_back(&ledger, &own, first.row.code.as_str()).await), "claim_withdrawn");
        assert_eq!(left(&ledger).await, [1, 1]);
        let second = claim(&ledger, REPAIR, "k2").await.unwrap();
        use_up(&ledger, &second).await.unwrap();
        assert_eq!(refused(give_back(&ledger, &own, second.row.code.as_str()).await), "claim_used");
        assert_eq!(left(&ledger).await, [1, 0], "what was used stays used");
    }

    async fn of_using_and_giving_back_at_once_one_happens(db: Db) {
        let ledger = with_vip(&db).await;
        let own = session(&ledger, "m-1").await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        let (used, withdrawn) = tokio::join!(use_up(&ledger, &made), give_back(&ledger, &own, made.row.code.as_str()));
        assert!(used.is_ok() != withdrawn.is_ok(), "{used:?} {withdrawn:?}");
        assert_eq!(left(&ledger).await, [1, if used.is_ok() { 0 } else { 1 }]);
    }

    async fn a_claim_outlives_the_tier_that_gave_it(db: Db) {
        let ledger = with_vip(&db).await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        tell(&ledger, "id=r1 member=m-1 of=p1 refund=950").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "50.00/0.00/50.00/1");
        assert_eq!(refused(claim(&ledger, "birthday-gift", "k2").await), "benefit_not_given");
        let held = held(&ledger).await;
        assert_eq!((held.held.len(), held.open.len(), held.open[0].benefit.text.en.as_str()), (0, 1, "Free repair"));
        assert_eq!(use_up(&ledger, &made).await.unwrap().state, ClaimState::Used);
    }

    async fn another_tier_with_the_same_benefit_gives_the_difference_and_no_fresh_quota(db: Db) {
        let ledger = programme_with(&db, |set| {
            let mut gift = benefit(set, 2, "birthday-gift").clone();
            gift.quota = quota(3, Period::Year);
            *benefit(set, 3, "birthday-gift") = gift;
        }).await;
        tell(&ledger, "id=p1 member=m-1 pay=500").await.unwrap();
        claim(&ledger, "birthday-gift", "k1").await.unwrap();
        assert_eq!(left(&ledger).await, [0]);
        tell(&ledger, "id=p2 member=m-1 pay=500").await.unwrap();
        assert_eq!(left(&ledger).await[0], 2);
        claim(&ledger, "birthday-gift", "k2").await.unwrap();
        claim(&ledger, "birthday-gift", "k3").await.unwrap();
        assert_eq!(refused(claim(&ledger, "birthday-gift", "k4").await), "quota_used_up");
        tell(&ledger, "id=r1 member=m-1 of=p2 refund=500").await.unwrap();
        assert_eq!(left(&ledger).await, [0], "a smaller quota leaves nothing, and takes nothing back");
        assert_eq!(held(&ledger).await.open.len(), 3);
    }

    async fn other_rules_change_what_is_left_and_nothing_that_was_promised(db: Db) {
        let ledger = with_vip(&db).await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        publish(&ledger, |set| {
            let repair = benefit(set, 3, REPAIR);
            repair.text = Both::new("上门维修", "Repair at home");
            repair.quota = quota(2, Period::Month);
        }).await;
        ledger.clock.advance(jiff::SignedDuration::from_secs(1));
        assert_eq!(left(&ledger).await, [1, 1], "what was claimed this month counts");
        let second = claim(&ledger, REPAIR, "k2").await.unwrap();
        assert_eq!((second.benefit.text.en.as_str(), second.row.valid_until), ("Repair at home", at("2026-11-30T16:00:00Z")));
        publish(&ledger, |set| set.ladder.tiers[3].benefits.retain(|benefit| benefit.key.as_str() != REPAIR)).await;
        ledger.clock.set(at("2026-12-30T00:00:00Z"));
        assert_eq!(refused(claim(&ledger, REPAIR, "k3").await), "benefit_not_given");
        assert_eq!([state(&ledger, &made).await, state(&ledger, &second).await], [ClaimState::Claimed, ClaimState::Expired]);
        assert_eq!(use_up(&ledger, &made).await.unwrap().benefit.text.en, "Free repair");
    }

    async fn a_claim_goes_by_the_tier_that_the_rules_in_force_give(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=600").await.unwrap();
        assert_eq!(refused(claim(&ledger, REPAIR, "k1").await), "benefit_not_given");
        publish(&ledger, |set| set.ladder.tiers[3].from = "550".parse().unwrap()).await;
        ledger.clock.advance(jiff::SignedDuration::from_secs(1));
        assert_eq!(claim(&ledger, REPAIR, "k1").await.unwrap().row.tier.get(), 4, "re-rating that is due is as good as done");
    }

    async fn who_is_suspended_neither_claims_nor_uses_and_goes_on_afterwards(db: Db) {
        let ledger = with_vip(&db).await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        let suspend = async |suspended| {
            let (by, who) = (Authority::command_line(), made.row.member);
            suspend::suspend(&ledger.db, by, &[who], suspended, "Stolen phone", ledger.clock.now()).await.unwrap();
        };
        suspend(true).await;
        assert_eq!(refused(claim(&ledger, "birthday-gift", "k2").await), "member_suspended");
        assert_eq!(refused(use_up(&ledger, &made).await), "member_suspended");
        assert_eq!(claim(&ledger, REPAIR, "k1").await.unwrap().row.code, made.row.code, "what was claimed is still told");
        suspend(false).await;
        assert_eq!(use_up(&ledger, &made).await.unwrap().state, ClaimState::Used);
    }

    async fn what_is_not_there_to_claim_is_refused_by_name(db: Db) {
        let ledger = with_vip(&db).await;
        tell(&ledger, "id=p2 member=m-2 pay=150").await.unwrap();
        assert_eq!(refused(claim(&ledger, "discount-15", "k1").await), "nothing_to_claim");
        assert_eq!(refused(claim(&ledger, "champagne", "k1").await), "benefit_not_given");
        assert_eq!(refused(claim_of(&ledger, "m-2", REPAIR, "k1").await), "benefit_not_given");
        let wish = Wish { member_no: 999, benefit: REPAIR.to_owned(), key: "k1".into() };
        assert_eq!(refused(claims::claim(&ledger, wish).await), "not_found");
        let session = session(&ledger, "m-1").await;
        let faults = |benefit: &str, key: &str| match claims::wish(&session, benefit, key) {
            Err(Refusal::Invalid { faults }) => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>().join(","),
            other => panic!("{other:?}"),
        };
        assert_eq!([faults("", ""), faults(REPAIR, &"k".repeat(65))], ["benefit,key", "key"]);
    }

    async fn support_uses_codes_up_and_viewers_do_not(db: Db) {
        let ledger = with_vip(&db).await;
        let made = claim(&ledger, REPAIR, "k1").await.unwrap();
        let (viewer, support) = (
            employed(&db, &Auth::default(), "v@example.com", Role::Viewer).await,
            employed(&db, &Auth::default(), "s@example.com", Role::Support).await,
        );
        assert_eq!(refused(claims::use_up(&ledger, viewer, made.row.code.as_str()).await), "forbidden");
        for nonsense in ["", "ABCDE-FGH2", "22222-22222"] {
            assert_eq!(refused(claims::use_up(&ledger, support, nonsense).await), "not_found", "{nonsense}");
        }
        let typed = made.row.code.to_string().to_lowercase();
        assert_eq!(claims::use_up(&ledger, support, &typed).await.unwrap().state, ClaimState::Used);
        assert_eq!(claims::used_last(&ledger, 5).await.unwrap()[0].row.id, made.row.id);
    }
}
