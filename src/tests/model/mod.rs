//! A stateful model test: random commands and times drive the use cases on both databases, and a plain model beside them.
//!
//! `LAUREL_MODEL_SECONDS` says for how long; `make soak` lets it run for half an hour.

mod plain;

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use laurel::server::auth::{Actor, Authority};
use laurel::server::store::Db;
use laurel::server::store::ledger::entries::Page;
use laurel::server::store::members::member::By;
use laurel::server::usecase::AppError;
use laurel::server::usecase::ledger::Ledger;
use laurel::server::usecase::ledger::ingest::{self, Outcome};
use laurel::server::usecase::ledger::{due, verify};
use laurel::server::usecase::members::view;
use laurel::server::usecase::rewards::redeem::{self, Advance, Wish};
use laurel::server::usecase::rules::{self, Publication};
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::entry::Entry;
use laurel_domain::ledger::event::Event;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::rule_set::{RuleSet, Shortfall};
use laurel_domain::rules::terms::{Cap, EarnKind, Expiry};
use laurel_domain::rules::tier::Basis;
use laurel_domain::rules::window::Window;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::support::database::Throwaway;
use crate::support::programme::{LIVE, event, programme_with};
use plain::{Member, Version};

const MEMBERS: usize = 3;

#[derive(Clone, Debug)]
enum Command {
    /// One batch of payments: (member, fen, hours ago).
    Pay(Vec<(usize, i64, u32)>),
    Refund(usize, i64),
    Refer(usize, usize),
    Review(usize, u8),
    Redeem(usize, i64),
    GiveBack(usize, bool),
    Settle,
    Look(usize),
    ReRate,
    Publish(Box<RuleSet>),
    Jump(Jump),
}

#[derive(Clone, Debug)]
enum Jump {
    Seconds(i64),
    /// The last second of the running month in Shanghai.
    MonthEnd,
    /// Noon of the next 29 February, or the last of it.
    LeapDay,
}

fn rule_set() -> impl Strategy<Value = RuleSet> {
    let expiry = prop_oneof![
        2 => Just(Expiry::Never),
        3 => (1..5_u16).prop_map(Expiry::Months),
        1 => (1..=12_i8, 1..=28_i8).prop_map(|(month, day)| Expiry::Yearly { month, day, years: 1 }),
    ];
    let window = prop_oneof![Just(Window::Lifetime), Just(Window::CalendarYear), (1..5_u16).prop_map(Window::Months)];
    let cap = prop_oneof![
        2 => Just(Cap::default()),
        1 => (0..60_000_i64, 0..90_000_i64).prop_map(|(day, month)| Cap {
            day: Some(Points::from_hundredths(day)),
            month: Some(Points::from_hundredths(month)),
        }),
    ];
    let validity = prop_oneof![4 => Just(None), 1 => (1..5_u16, 0..20_u16).prop_map(|(months, grace_days)| Some(Validity { months, grace_days }))];
    let holding = prop_oneof![2 => Just(0_u16), 1 => 1..40_u16];
    (1..3_000_000_i64, any::<bool>(), expiry, holding, 0..3_usize, window, validity, cap).prop_map(
        |(alpha, forgive, expiry, holding, basis, window, validity, cap)| {
            let mut set = RuleSet { expiry, ..RuleSet::default() };
            set.alpha = laurel_domain::numbers::factor::Factor::from_millionths(alpha);
            set.shortfall = if forgive { Shortfall::Forgive } else { Shortfall::Debt };
            set.holding.payment = holding;
            set.holding.review = holding / 2;
            set.ladder.basis = Basis::ALL[basis];
            set.ladder.window = if set.ladder.basis == Basis::PointsBalance { Window::Lifetime } else { window };
            set.ladder.validity = validity;
            set.caps.payment = cap;
            set
        },
    )
}

fn command() -> impl Strategy<Value = Command> {
    let payment = (0..MEMBERS, 1..60_000_i64, prop_oneof![2 => Just(0_u32), 1 => 0..2_500_u32]);
    let jump = prop_oneof![
        4 => (0..200_000_i64).prop_map(Jump::Seconds),
        4 => (500_000..6_000_000_i64).prop_map(Jump::Seconds),
        2 => (-200_000..0_i64).prop_map(Jump::Seconds),
        2 => Just(Jump::MonthEnd),
        1 => Just(Jump::LeapDay),
    ];
    prop_oneof![
        8 => prop::collection::vec(payment, 1..4).prop_map(Command::Pay),
        5 => (0..12_usize, 1..60_000_i64).prop_map(|(p, a)| Command::Refund(p, a)),
        1 => (0..MEMBERS, 0..MEMBERS).prop_map(|(a, b)| Command::Refer(a, b)),
        1 => (0..MEMBERS, 0..4_u8).prop_map(|(m, s)| Command::Review(m, s)),
        4 => (0..MEMBERS, 1..90_000_i64).prop_map(|(m, p)| Command::Redeem(m, p)),
        3 => (0..6_usize, any::<bool>()).prop_map(|(r, fails)| Command::GiveBack(r, fails)),
        2 => Just(Command::Settle),
        1 => (0..MEMBERS).prop_map(Command::Look),
        1 => Just(Command::ReRate),
        1 => rule_set().prop_map(|set| Command::Publish(Box::new(set))),
        8 => jump.prop_map(Command::Jump),
    ]
}

/// One database that the commands drive.
struct Driven {
    ledger: Ledger,
    redemptions: Vec<RedemptionId>,
}

impl Driven {
    async fn new(db: &Db, first: RuleSet) -> Driven {
        let ledger = programme_with(db, |rules| *rules = first).await;
        ledger.clock.set("2027-01-20T04:00:00Z".parse().unwrap());
        for m in 0..MEMBERS {
            // enrolled one after the other, so that the first can refer the next
            let enrolment =
                laurel::server::usecase::members::enrol::Enrolment { external_id: format!("m-{m}"), ..Default::default() };
            let now = ledger.clock.now();
            laurel::server::usecase::members::enrol::enrol(db, Actor::CommandLine, &enrolment, now).await.unwrap();
            ledger.clock.advance(SignedDuration::from_secs(1));
        }
        Driven { ledger, redemptions: Vec::new() }
    }

    async fn post(&self, texts: &[String]) -> Vec<bool> {
        let events: Vec<Event> = texts.iter().map(|text| event(text)).collect();
        let outcomes = ingest::post(&self.ledger, Arc::new(events), LIVE).await.unwrap();
        outcomes.iter().map(|outcome| matches!(outcome, Outcome::Accepted(_))).collect()
    }

    async fn redeem(&mut self, member: usize, points: i64, key: &str) -> bool {
        let member = view::find(&self.ledger, By::External(&format!("m-{member}"))).await.unwrap().unwrap();
        let (actor, points) = (Actor::Member(member.id().uuid()), Points::from_hundredths(points));
        let wish = Wish { member_no: member.no, points, quoted: None, key: key.into(), actor };
        match redeem::redeem(&self.ledger, wish).await {
            Ok(made) => {
                self.redemptions.push(made.redemption.id);
                true
            }
            Err(AppError::Refused(_)) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn give_back(&self, which: usize, fails: bool) -> bool {
        use RedemptionState::{Cancelled, Failed, Processing};
        let steps = if fails { vec![Processing, Failed] } else { vec![Cancelled] };
        let id = self.redemptions[which];
        let advance = Advance { id, steps, tracking: None, actor: Actor::CommandLine, of_member: None };
        redeem::advance(&self.ledger, advance).await.is_ok()
    }

    async fn publish(&self, set: &RuleSet) -> Option<Timestamp> {
        let by = Authority::command_line();
        let latest = self.ledger.timeline().await.unwrap().latest().clone();
        let revision = rules::desk(&self.ledger).await.unwrap().draft.map_or(0, |draft| draft.revision);
        let saved = rules::save_draft(&self.ledger, by, set.clone(), latest.version, revision).await.unwrap();
        match rules::publish(&self.ledger, by, saved, Publication::default()).await {
            Ok(_) => Some(self.ledger.timeline().await.unwrap().latest().from),
            Err(AppError::Refused(_)) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn entries(&self, member: usize) -> Vec<Entry> {
        let member = view::find(&self.ledger, By::External(&format!("m-{member}"))).await.unwrap().unwrap();
        let mut entries = view::entries(&self.ledger, &member, Page::newest(2_000)).await.unwrap();
        entries.reverse();
        entries
    }
}

/// Everything of an entry that two databases share.
fn facts(entry: &Entry) -> String {
    let (kind, tier) = (entry.kind.name(), entry.tier.get());
    format!(
        "{kind} {} {} {tier} [{}] {} {} v{}",
        entry.points, entry.balance, entry.moves, entry.occurred_at, entry.instant, entry.rules
    )
}

struct World {
    driven: [Driven; 2],
    model: Vec<Member>,
    versions: Vec<Version>,
    payments: Vec<(usize, String)>,
    redeemed: Vec<(usize, String, bool)>,
    referred: Vec<usize>,
    reviewed: Vec<(usize, u8)>,
    count: usize,
}

impl World {
    fn now(&self) -> Timestamp {
        self.driven[0].ledger.clock.now()
    }

    fn next(&mut self) -> String {
        self.count += 1;
        format!("e{}", self.count)
    }

    async fn post(&self, texts: &[String]) -> Vec<bool> {
        let (one, other) = (self.driven[0].post(texts).await, self.driven[1].post(texts).await);
        assert_eq!(one, other, "SQLite and PostgreSQL decide alike: {texts:?}");
        one
    }

    async fn run(&mut self, command: &Command) {
        let now = self.now();
        match command {
            Command::Pay(payments) => {
                let mut texts = Vec::new();
                let mut expected = Vec::new();
                for (m, fen, hours) in payments {
                    let (id, at) = (self.next(), now - SignedDuration::from_hours(i64::from(*hours)));
                    texts.push(format!("id={id} member=m-{m} pay={}.{:02} at={at}", fen / 100, fen % 100));
                    expected.push((*m, id, *fen, at));
                }
                assert!(self.post(&texts).await.into_iter().all(|accepted| accepted));
                for (m, id, fen, at) in expected {
                    self.model[m].earn(&self.versions, EarnKind::Payment, &id, fen, at, now);
                    self.payments.push((m, id));
                }
            }
            Command::Refund(which, fen) => {
                let Some((m, payment)) = self.payments.get(*which).cloned() else { return };
                let id = self.next();
                let text = format!("id={id} member=m-{m} of={payment} refund={}.{:02} at={now}", fen / 100, fen % 100);
                let accepted = self.post(&[text]).await[0];
                assert_eq!(accepted, self.model[m].refund(&payment, *fen, now, now), "{command:?}");
            }
            Command::Refer(m, referee) => {
                let id = self.next();
                let accepted = self.post(&[format!("id={id} member=m-{m} referee=m-{referee} at={now}")]).await[0];
                let expected = m < referee && !self.referred.contains(referee);
                assert_eq!(accepted, expected, "{command:?}");
                if accepted {
                    self.referred.push(*referee);
                    self.model[*m].earn(&self.versions, EarnKind::Referral, &id, 0, now, now);
                }
            }
            Command::Review(m, subject) => {
                let id = self.next();
                let accepted = self.post(&[format!("id={id} member=m-{m} review=s-{subject} at={now}")]).await[0];
                assert_eq!(accepted, !self.reviewed.contains(&(*m, *subject)), "{command:?}");
                if accepted {
                    self.reviewed.push((*m, *subject));
                    self.model[*m].earn(&self.versions, EarnKind::Review, &id, 0, now, now);
                }
            }
            Command::Redeem(m, points) => {
                let id = self.next();
                let one = self.driven[0].redeem(*m, *points, &id).await;
                let other = self.driven[1].redeem(*m, *points, &id).await;
                assert_eq!(one, other);
                assert_eq!(one, self.model[*m].redeem(&id, *points, now), "{command:?}");
                if one {
                    self.redeemed.push((*m, id, false));
                }
            }
            Command::GiveBack(which, fails) => {
                let Some((m, id, given_back)) = self.redeemed.get(*which).cloned() else { return };
                let one = self.driven[0].give_back(*which, *fails).await;
                assert_eq!(one, self.driven[1].give_back(*which, *fails).await);
                assert_eq!(one, !given_back, "once and no more");
                if one {
                    self.redeemed[*which].2 = true;
                    self.model[m].restore(&id, now);
                }
            }
            Command::Settle => self.settle().await,
            Command::Look(m) => {
                for driven in &self.driven {
                    due::settled(&driven.ledger, By::External(&format!("m-{m}"))).await.unwrap().unwrap();
                }
                self.model[*m].due(now);
            }
            Command::ReRate => {
                let one = due::re_rate(&self.driven[0].ledger).await.unwrap();
                assert_eq!(one, due::re_rate(&self.driven[1].ledger).await.unwrap());
            }
            Command::Publish(set) => {
                let one = self.driven[0].publish(set).await;
                assert_eq!(one, self.driven[1].publish(set).await);
                self.versions.extend(one.map(|from| (from, (**set).clone())));
            }
            Command::Jump(jump) => {
                let to = match jump {
                    Jump::Seconds(seconds) => now + SignedDuration::from_secs(*seconds),
                    Jump::MonthEnd => {
                        let last = plain::day(now).last_of_month();
                        last.at(23, 59, 59, 0)
                            .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8)))
                            .unwrap()
                            .timestamp()
                    }
                    Jump::LeapDay => {
                        let next = jiff::civil::date(plain::day(now).year() + 1, 2, 1).last_of_month();
                        next.at(12, 0, 0, 0)
                            .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8)))
                            .unwrap()
                            .timestamp()
                    }
                };
                self.driven.iter().for_each(|driven| driven.ledger.clock.set(to));
            }
        }
    }

    /// Re-rating leaves no entry, and still nothing is posted before it: the model, which knows nothing of it, is told.
    async fn learn_instants(&mut self) {
        for (m, model) in self.model.iter_mut().enumerate() {
            let member = view::find(&self.driven[0].ledger, By::External(&format!("m-{m}"))).await.unwrap().unwrap();
            if let Some(last) = member.account.last.filter(|_| member.account.seq as usize > model.lines.len()) {
                // re-rating posts what else is due
                model.due(last);
            }
            model.last = model.last.max(member.account.last);
        }
    }

    async fn settle(&mut self) {
        let now = self.now();
        let one = due::settle(&self.driven[0].ledger).await.unwrap();
        assert_eq!(one, due::settle(&self.driven[1].ledger).await.unwrap());
        self.model.iter_mut().for_each(|member| member.due(now));
    }

    async fn check(&mut self) {
        self.settle().await;
        for driven in &self.driven {
            due::re_rate(&driven.ledger).await.unwrap();
            let verdict = verify::verify(&driven.ledger).await.unwrap();
            assert_eq!(verdict.differences, [], "the ledger proves itself");
        }
        let now = self.now();
        let never_valid = self.versions.iter().all(|(_, set)| set.ladder.validity.is_none());
        for (m, model) in self.model.iter().enumerate() {
            let (one, other) = (self.driven[0].entries(m).await, self.driven[1].entries(m).await);
            let lines: Vec<String> = one.iter().map(facts).collect();
            assert_eq!(lines, other.iter().map(facts).collect::<Vec<_>>(), "SQLite and PostgreSQL have the same entries");
            let made: Vec<plain::Line> = one
                .iter()
                .map(|e| (e.kind.name(), e.points.hundredths(), e.balance.hundredths(), e.occurred_at, e.instant))
                .collect();
            assert_eq!(made, model.lines, "the ledger does what the model does: {lines:#?}");
            let member = view::find(&self.driven[0].ledger, By::External(&format!("m-{m}"))).await.unwrap().unwrap();
            let a = &member.account;
            let held = [a.available, a.pending, a.debt, a.earned].map(Points::hundredths);
            assert_eq!(held, [model.available(), model.pending(), model.debt(), model.earned()]);
            if never_valid {
                let in_force = plain::in_force(&self.versions, a.last.map_or(now, |last| last.max(now)));
                assert_eq!(a.tier.get(), model.tier(in_force, now), "tier: {lines:#?}");
            }
        }
    }
}

async fn play(first: RuleSet, commands: &[Command]) {
    let (sqlite, postgres) = (Throwaway::sqlite().await, Throwaway::postgres().await);
    let driven = [Driven::new(&sqlite.db, first.clone()).await, Driven::new(&postgres.db, first.clone()).await];
    let mut world = World {
        driven,
        model: (0..MEMBERS).map(|_| Member::default()).collect(),
        versions: vec![(Timestamp::MIN, first)],
        payments: Vec::new(),
        redeemed: Vec::new(),
        referred: Vec::new(),
        reviewed: Vec::new(),
        count: 0,
    };
    for command in commands {
        world.run(command).await;
        world.learn_instants().await;
    }
    world.check().await;
    drop(world);
    sqlite.tell(|_| async {}).await;
    postgres.tell(|_| async {}).await;
}

#[test]
fn whatever_happens_both_databases_do_what_the_model_does() {
    let seconds = std::env::var("LAUREL_MODEL_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(45);
    let deadline = Instant::now() + Duration::from_secs(seconds);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let config = Config { cases: u32::MAX, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let (played, failed) = (Cell::new(0_u32), Cell::new(false));
    let cases = (rule_set(), prop::collection::vec(command(), 1..40));
    // after the deadline every case is refused, until the runner has had enough; a failure may still be made smaller
    let outcome = runner.run(&cases, |(first, commands)| {
        if Instant::now() > deadline && played.get() > 0 && !failed.get() {
            return Err(TestCaseError::reject("enough"));
        }
        played.set(played.get() + 1);
        let game = std::panic::AssertUnwindSafe(|| runtime.block_on(play(first.clone(), &commands)));
        std::panic::catch_unwind(game).map_err(|panic| {
            failed.set(true);
            let text = panic.downcast_ref::<String>().cloned();
            TestCaseError::fail(text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default())
        })?;
        Ok(())
    });
    println!("{} sequences", played.get());
    match outcome {
        Ok(()) | Err(TestError::Abort(_)) => (),
        Err(failed @ TestError::Fail(..)) => panic!("{failed}"),
    }
}
