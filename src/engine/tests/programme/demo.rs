//! The demo programme.

use std::collections::BTreeSet;

use laurel_domain::program::Programme;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::unit::UnitName;
use laurel_engine::clock::Clock;
use laurel_engine::store::audit as audit_log;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::roll::Filter;
use laurel_engine::usecase::benefits::claims;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::{search, view};
use laurel_engine::usecase::programme::create::create_programme;
use laurel_engine::usecase::programme::demo::{self, Size};
use laurel_engine::usecase::programme::demo_rules;
use laurel_engine::usecase::programme::overview::{Span, overview};
use laurel_engine::usecase::rewards::{edit, queue};
use laurel_engine::usecase::rules;

use laurel_testing::database::Throwaway;
use laurel_testing::programme::{check, clock, programme};

fn laurel() -> Programme {
    Programme {
        name: "Laurel".into(),
        currency: "CNY".parse().unwrap(),
        time_zone: "Asia/Shanghai".into(),
        enrol_on_event: false,
        unit: UnitName::default(),
    }
}

/// Everybody's external id, points, tier and number of entries.
async fn everybody(ledger: &Ledger) -> Vec<String> {
    let everybody = search::page(ledger, &Filter { most: 1_000, ..Filter::default() }).await.unwrap().members;
    let mut told = Vec::new();
    for person in everybody {
        let member = view::find(ledger, By::Id(person.id.parse().unwrap())).await.unwrap().unwrap();
        let (name, points, tier) = (person.external_id.unwrap(), person.points.balance, person.tier.rank.get());
        told.push(format!("{name} {points} {tier} {}", member.account.seq));
    }
    told.sort();
    told
}

stories! {
    async fn payouts_wait_since_several_days(db: Db) {
        let ledger = programme(&db).await;
        assert!(demo::fill(&ledger).await.unwrap());
        let wanted = queue::Wanted {
            kind: RedemptionKind::Cash,
            state: Some(RedemptionState::Reserved),
            oldest_first: true,
            from: None,
            most: 50,
        };
        let waiting = queue::page(&ledger, wanted).await.unwrap().redemptions;
        let mut days: Vec<_> = waiting.iter().map(|one| ledger.clock.now().duration_since(one.created_at).as_hours() / 24).collect();
        days.dedup();
        assert!(waiting.len() >= 3 && days.len() >= 2 && days[0] >= 1, "{days:?} of {}", waiting.len());
        check(&ledger).await;
    }

    async fn nobody_in_the_demo_does_anything_before_they_registered(db: Db) {
        let ledger = programme(&db).await;
        assert!(demo::fill(&ledger).await.unwrap());
        let everybody = search::page(&ledger, &Filter { most: 500, ..Filter::default() }).await.unwrap().members;
        assert_eq!(everybody.len(), 120);
        let (mut entries, mut referred) = (0, 0);
        for person in everybody {
            let member = view::find(&ledger, By::Id(person.id.parse().unwrap())).await.unwrap().unwrap();
            assert!(member.registered_at < ledger.clock.now());
            for entry in view::entries(&ledger, &member, Page::newest(1000)).await.unwrap() {
                assert!(entry.occurred_at >= member.registered_at, "{:?}: {entry:?}", person.external_id);
                entries += 1;
                referred += usize::from(matches!(entry.cause, laurel_domain::ledger::entry::Cause::Referral { .. }));
            }
        }
        assert!(entries > 800 && referred >= 10, "{entries} entries, {referred} referrals");
        check(&ledger).await;
        let desk = rules::overview(&ledger).await.unwrap();
        assert_eq!((desk.in_force.version, desk.draft.map(|draft| draft.base)), (2, Some(2)), "two versions and a draft");
        let rewards = edit::list(&ledger).await.unwrap();
        assert!(rewards.len() == 6 && rewards.iter().all(|reward| reward.picture.is_some()), "{rewards:?}");
        let overview = overview(&ledger, Span::Ever).await.unwrap();
        let busy = overview.buckets.iter().filter(|month| month.flows.issued.is_positive() && month.flows.redeemed.is_positive());
        assert!(overview.buckets.len() >= 18 && busy.count() >= 12, "a year and a half looks lived in: {:?}", overview.buckets);
        assert!(!demo::fill(&ledger).await.unwrap(), "what has entries is left alone");
    }

    async fn its_rules_came_one_after_the_other(db: Db) {
        let (founded, now) = (demo::founded(clock().now()), clock());
        create_programme(&db, &Clock::fixed(founded), laurel(), demo_rules::rules(120)).await.unwrap();
        let ledger = Ledger::open(db.clone(), now).await.unwrap().unwrap();
        demo::fill(&ledger).await.unwrap();
        let versions = rules::history(&ledger).await.unwrap();
        let mut published: Vec<_> = versions.iter().map(|version| (version.version, version.published_at)).collect();
        published.sort_unstable_by_key(|(version, _)| *version);
        assert!(published.len() == 2 && published[0].1 == founded && published[0].1 < published[1].1, "{published:?}");
        let everybody = search::page(&ledger, &Filter { most: 500, ..Filter::default() }).await.unwrap().members;
        assert!(everybody.iter().all(|person| person.registered_at > founded));
    }

    async fn what_the_desk_did_is_spread_over_its_year_and_a_half_by_those_who_work_there(db: Db) {
        let (founded, now) = (demo::founded(clock().now()), clock());
        create_programme(&db, &Clock::fixed(founded), laurel(), demo_rules::rules(120)).await.unwrap();
        let ledger = Ledger::open(db.clone(), now).await.unwrap().unwrap();
        assert!(demo::fill(&ledger).await.unwrap());
        let filter = audit_log::Filter { limit: 5_000, ascending: true, ..audit_log::Filter::default() };
        let trail = audit_log::list(&mut db.reader().await.unwrap(), &filter).await.unwrap();
        let of_staff: Vec<_> = trail.iter().filter(|row| row.actor_kind == 1).collect();
        assert!(of_staff.len() > 150 && trail.len() - of_staff.len() < 5, "{} of {}", of_staff.len(), trail.len());
        let months: BTreeSet<_> = of_staff.iter().map(|row| row.at / (30 * 86_400 * 1_000_000)).collect();
        let moments: BTreeSet<_> = of_staff.iter().map(|row| row.at).collect();
        assert!(months.len() >= 17 && moments.len() > 120, "{} months, {} moments", months.len(), moments.len());
        let names: BTreeSet<_> = of_staff.iter().filter_map(|row| row.actor_name.clone()).collect();
        assert_eq!(names.len(), 3, "whoever only looks has done nothing: {names:?}");
        let actions: BTreeSet<&str> = trail.iter().map(|row| row.action.as_str()).collect();
        for action in [
            "staff.create", "reward.create", "reward.edit", "reward.stock", "reward.picture", "reward.codes", "rules.draft",
            "rules.publish", "payout.make", "payout.settle", "redemption.advance", "benefit.use", "adjustment.post",
            "adjustment.propose", "adjustment.approve", "adjustment.reject", "member.note", "member.suspend",
        ] {
            assert!(actions.contains(action), "no {action} among {actions:?}");
        }
        let stocked = trail.iter().filter(|row| row.action == "reward.stock").count();
        assert_eq!(stocked, 7, "each delivery and loss");
        // nothing is done to what is not there yet
        let mut known = BTreeSet::new();
        for row in trail.iter().filter(|row| row.subject.starts_with("reward:")) {
            let is_new = known.insert(row.subject.clone());
            assert_eq!(is_new, row.action == "reward.create", "{row:?}");
        }
        let used = claims::used_last(&ledger, 200).await.unwrap();
        let days: BTreeSet<_> = used.iter().map(|claim| claim.row.claimed_at.as_second() / 86_400).collect();
        assert!(used.len() > 15 && days.len() > 10, "{} used, of {} days", used.len(), days.len());
        for claim in used {
            let (ended, _) = claim.row.ended.unwrap();
            assert!(claim.row.claimed_at <= ended && ended < claim.row.valid_until, "{claim:?}");
        }
        check(&ledger).await;
    }

    async fn points_of_the_demo_lapse_after_a_year(db: Db) {
        let (founded, now) = (demo::founded(clock().now()), clock());
        create_programme(&db, &Clock::fixed(founded), laurel(), demo_rules::rules(120)).await.unwrap();
        let ledger = Ledger::open(db.clone(), now).await.unwrap().unwrap();
        demo::fill(&ledger).await.unwrap();
        let overview = overview(&ledger, Span::Ever).await.unwrap();
        let lapsed = overview.buckets.iter().filter(|month| month.flows.expired.is_positive()).count();
        assert!(lapsed >= 3, "{:?}", overview.buckets);
        assert!(overview.lapsing.iter().all(|(_, points)| points.is_positive()), "{:?}", overview.lapsing);
        let last = overview.buckets.last().unwrap().flows.issued;
        let most = overview.buckets[6..overview.buckets.len() - 1].iter().map(|month| month.flows.issued).max().unwrap();
        assert!(last.hundredths() * 2 < most.hundredths() * 3, "the last month is like any other: {last} of {most}");
        check(&ledger).await;
    }

    async fn a_crowd_is_as_large_as_asked_for_and_the_same_for_the_same_seed(db: Db) {
        let ledger = programme(&db).await;
        let size = Size { members: 300, events: 2_500, seed: 7 };
        let mut posted = 0;
        assert!(demo::fill_with(&ledger, Some(size), |events| posted = events).await.unwrap());
        let people = search::page(&ledger, &Filter { most: 1_000, ..Filter::default() }).await.unwrap().members;
        assert_eq!((people.len(), posted), (300, 2_500));
        let mut causes = BTreeSet::new();
        for person in &people {
            let member = view::find(&ledger, By::Id(person.id.parse().unwrap())).await.unwrap().unwrap();
            for entry in view::entries(&ledger, &member, Page::newest(1000)).await.unwrap() {
                assert!(entry.occurred_at >= member.registered_at, "{:?}: {entry:?}", person.external_id);
                causes.insert(format!("{:?}", entry.cause).split([' ', '(']).next().unwrap().to_owned());
            }
        }
        for cause in ["Payment", "Refund", "Referral", "Review", "Redemption"] {
            assert!(causes.contains(cause), "no {cause} among {causes:?}");
        }
        check(&ledger).await;

        let told = everybody(&ledger).await;
        let (same, other) = (size, Size { seed: 8, ..size });
        for (size, is_same) in [(same, true), (other, false)] {
            let expected = told.clone();
            let again = |db| async move {
                let ledger = programme(&db).await;
                demo::fill_with(&ledger, Some(size), |_| {}).await.unwrap();
                assert_eq!(everybody(&ledger).await == expected, is_same, "{size:?}");
            };
            Throwaway::sqlite().await.tell(again).await;
        }
    }
}
