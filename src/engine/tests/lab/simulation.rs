//! What a draft would have made of the history, held against what it makes of the same events.

use std::sync::Arc;

use futures::future::join_all;
use futures::join;
use jiff::SignedDuration;
use laurel_domain::lab::ladder::LadderSide;
use laurel_domain::lab::outcome::Outcome;
use laurel_domain::lab::report::Sample;
use laurel_domain::lab::scope::Span;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::lab::{self, Progress, Simulation, Wish};
use laurel_engine::usecase::ledger::Ledger;

use laurel_testing::database::Throwaway;
use laurel_testing::programme::{HISTORY, check, post, programme, programme_with, publish, standing, tell};
use laurel_testing::rewards::{bought, gift};

/// Out of the database, and out of memory: it is the same.
async fn simulated(ledger: &Ledger, wish: Wish) -> Simulation {
    let run = || lab::simulate(ledger, wish.clone(), Arc::new(Progress::default()));
    ledger.memory.allow(0);
    let simulation = run().await.unwrap().unwrap();
    ledger.memory.allow(1 << 30);
    assert_eq!(run().await.unwrap().unwrap().report, simulation.report);
    simulation
}

pub(super) fn draft(change: impl FnOnce(&mut RuleSet)) -> RuleSet {
    let mut set = RuleSet::default();
    change(&mut set);
    set
}

/// Payments, refunds and reviews of twenty members over two years, the same each time.
fn history() -> Vec<String> {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let scenes = ["e_payment", "bank_card", "investment", "lending", "other"];
    let mut events = Vec::new();
    for n in 0..400_u64 {
        let (member, day) = (next(20), n * 720 / 400);
        let at = format!("{}-{:02}-{:02}T0{}:00:00Z", 2024 + day / 360, day / 30 % 12 + 1, day % 28 + 1, next(9));
        match next(10) {
            0 => events.push(format!("id=v{n} member=m-{member} review=s{n} at={at}")),
            _ => {
                let scene = scenes[next(5) as usize];
                events.push(format!("id=p{n} member=m-{member} pay={}.{:02} scene={scene} at={at}", next(90) + 1, next(100)));
                if next(4) == 0 {
                    events.push(format!("id=r{n} member=m-{member} of=p{n} refund=0.{:02} at={at}", next(99) + 1));
                }
            }
        }
    }
    events
}

/// Other rules of every kind.
pub(super) fn other(set: &mut RuleSet) {
    set.alpha = "1.37".parse().unwrap();
    set.scenes.lending = "0".parse().unwrap();
    set.scenes.bank_card = "2".parse().unwrap();
    set.expiry = Expiry::Months(5);
    set.holding.payment = 20;
    set.caps.payment.day = Some("80".parse().unwrap());
    set.caps.payment.month = Some("150".parse().unwrap());
    set.ladder.window = Window::Months(6);
    set.ladder.tiers[1].from = "60".parse().unwrap();
    set.ladder.tiers[2].multiplier = "1.5".parse().unwrap();
}

pub(super) async fn import(ledger: &Ledger) {
    let events = history();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    for batch in events.chunks(100) {
        post(ledger, HISTORY, batch).await;
    }
}

stories! {
    async fn a_draft_makes_what_an_import_of_the_same_events_under_it_makes(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let elsewhere = Throwaway::sqlite().await;
        let under = programme_with(&elsewhere.db, other).await;
        import(&under).await;
        let simulation = simulated(&ledger, Wish::whole(draft(other))).await;
        let there = simulated(&under, Wish::whole(draft(|_| ()))).await;
        let (simulated, imported) = (&simulation.report, &there.report);
        assert_eq!(simulated.members, 20);
        assert!(simulated.differing > 10 && simulated.tiers.raised + simulated.tiers.lowered > 0, "{simulated:?}");
        assert_eq!(simulated.points.draft, imported.points.baseline);
        assert_eq!(simulated.points.baseline, imported.points.draft);
        for (month, other) in simulated.months.iter().zip(&imported.months) {
            assert_eq!((&month.month, month.draft, month.baseline), (&other.month, other.baseline, other.draft));
        }
        let (supposed, there) = (simulated.ladder.as_ref().unwrap(), imported.ladder.as_ref().unwrap());
        let held = |side: &LadderSide| side.ranges.iter().filter(|range| range.members > 0).copied().collect::<Vec<_>>();
        assert_eq!((held(&supposed.draft), supposed.draft.none), (held(&there.baseline), there.baseline.none));
        assert_eq!(supposed.draft.none + held(&supposed.draft).iter().map(|range| range.members).sum::<u64>(), 20);
        assert_eq!(supposed.draft.thresholds[1].from.to_string(), "60.00");
        let members = |rows: &[laurel_domain::lab::report::TierRow]| -> Vec<u64> { rows.iter().map(|row| row.members).collect() };
        assert_eq!(members(&simulated.tiers.draft), members(&imported.tiers.baseline));
        assert_eq!(simulated.points.baseline.outstanding, simulated.months.last().unwrap().baseline.outstanding);
        assert_eq!(simulated.points.draft.outstanding, simulated.months.last().unwrap().draft.outstanding);
        check(&ledger).await;
        elsewhere.db.close().await;
    }

    async fn nothing_is_written_and_versions_hold_at_their_times(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        publish(&ledger, other).await;
        tell(&ledger, "id=x1 member=m-1 pay=50 at=2026-11-22T10:00:01Z").await.unwrap();
        check(&ledger).await;
        let (before, set) = (standing(&ledger, "m-1").await, draft(|set| set.alpha = "3".parse().unwrap()));
        let since = |span| Wish { span, ..Wish::whole(set.clone()) };
        let whole = simulated(&ledger, since(Span::Whole)).await.report;
        let in_force = simulated(&ledger, since(Span::InForce)).await.report;
        let at = "2025-06-01T00:00:00Z".parse().unwrap();
        let half = simulated(&ledger, since(Span::Since(at))).await.report;
        let issued = |report: &laurel_domain::lab::report::Report| report.points.draft.flows.issued;
        assert!(issued(&in_force) < issued(&half) && issued(&half) < issued(&whole));
        let before_june = |report: &laurel_domain::lab::report::Report| report.months.iter().position(|m| m.month == "2025-06").unwrap();
        let rows = &half.months[..before_june(&half)];
        assert!(rows.iter().all(|row| row.baseline == row.draft), "before it everything is as it was");
        assert_eq!(standing(&ledger, "m-1").await, before);
    }

    async fn what_a_member_could_not_have_afforded_is_told(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=a member=m-1 pay=100").await.unwrap();
        let mug = gift(&ledger, 5).await;
        bought(&ledger, "m-1", mug, "k1").await;
        tell(&ledger, "id=b member=m-1 pay=50").await.unwrap();
        let wish = Wish::whole(draft(|set| set.alpha = "0.5".parse().unwrap()));
        let report = simulated(&ledger, wish.clone()).await.report;
        let (short, points) = (report.short, |text: &str| text.parse::<Points>().unwrap().into());
        assert_eq!((short.members, short.redemptions, short.adjustments, short.points), (1, 1, 0, points("30")));
        assert_eq!((report.points.draft.outstanding, report.points.draft.held.debt), (points("-5"), points("5")));
        assert_eq!((report.lose_most.len(), report.lose_most[0].external_id.as_deref()), (1, Some("m-1")));
        let explained = lab::explain(&ledger, &wish, By::External("m-1")).await.unwrap().unwrap();
        let shorts: Vec<String> = explained.moments.iter().map(|moment| moment.short.to_string()).collect();
        assert_eq!(shorts, ["0.00", "30.00", "0.00"], "nothing was due after the last of them");
        assert!(lab::explain(&ledger, &wish, By::External("m-9")).await.unwrap().is_none());
    }

    async fn samples_add_up_to_everybody_and_two_who_simulate_both_get_theirs(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let wish = Wish::whole(draft(other));
        let third = |first| Wish { sample: Some(Sample { first, buckets: 1, of: 3 }), ..wish.clone() };
        let (whole, parts) = join!(
            simulated(&ledger, wish.clone()),
            join_all((0..3).map(|first| simulated(&ledger, third(first)))),
        );
        let mut sum = Outcome::new(wish.movers);
        for part in parts {
            assert!(part.report.members < 20 && part.report.error.is_some());
            sum.add(part.outcome);
        }
        assert_eq!(sum, whole.outcome);
    }

    async fn a_cancelled_simulation_ends_without_a_result_and_another_is_not_touched(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let (one, other) = (Arc::new(Progress::default()), Arc::new(Progress::default()));
        one.cancel();
        let wish = || Wish::whole(draft(|set| set.alpha = "2".parse().unwrap()));
        assert!(lab::simulate(&ledger, wish(), one.clone()).await.unwrap().is_none());
        let simulation = lab::simulate(&ledger, wish(), other.clone()).await.unwrap().unwrap();
        assert_eq!((simulation.report.members, other.members()), (20, (20, 20)));
    }

    async fn a_draft_that_is_not_right_is_refused_by_field_before_anything_is_run(db: Db) {
        let ledger = programme(&db).await;
        let fields = async |wish: Wish| match lab::simulate(&ledger, wish, Arc::new(Progress::default())).await {
            Err(AppError::Refused(Refusal::Invalid { faults })) => faults.into_iter().map(|fault| fault.field).collect(),
            _ => vec!["accepted".to_owned()],
        };
        let set = draft(|set| {
            set.alpha = "-1".parse().unwrap();
            set.ladder.tiers[2].from = "50".parse().unwrap();
        });
        assert_eq!(fields(Wish::whole(set)).await, ["alpha", "tiers.2.from"]);
        let good = || Wish::whole(draft(|_| ()));
        let later = Span::Since(ledger.clock.now() + SignedDuration::from_secs(1));
        assert_eq!(fields(Wish { span: later, ..good() }).await, ["since"]);
        let sample = |first, buckets, of| Wish { sample: Some(Sample { first, buckets, of }), ..good() };
        for wish in [sample(0, 0, 3), sample(0, 4, 3), sample(3, 1, 3), sample(0, 1, u32::MAX)] {
            assert_eq!(fields(wish).await, ["sample"]);
        }
        assert_eq!(fields(Wish { movers: 1_001, ..good() }).await, ["movers"]);
    }

    async fn what_is_kept_in_memory_is_kept_up_with_what_is_posted(db: Db) {
        let ledger = programme(&db).await;
        import(&ledger).await;
        let wish = || Wish::whole(draft(other));
        simulated(&ledger, wish()).await;
        tell(&ledger, "id=n1 member=m-1 pay=12.34").await.unwrap();
        tell(&ledger, "id=n2 member=m-new pay=500000000").await.unwrap();
        let before = simulated(&ledger, wish()).await.report;
        for n in 0..40 {
            tell(&ledger, &format!("id=k{n} member=m-{} pay=3", n % 3)).await.unwrap();
        }
        let after = simulated(&ledger, wish()).await.report;
        assert_eq!((after.members, after.entries), (21, before.entries + 40));
    }
}
