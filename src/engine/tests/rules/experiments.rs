//! Two rule sets side by side: who earns by which, what ends it, and what is told of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use laurel_domain::experiments::result::{Results, Verdict};
use laurel_domain::ids::ExperimentId;
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::window::Window;
use laurel_engine::auth::Authority;
use laurel_engine::store::audit::Filter;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::ledger::{Ledger, activity, due, quote, verify};
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rules::experiments::{self, Ended, EndedEarly, Ending, Experiment, Start, State, Typed};
use laurel_engine::usecase::rules::{self, Publication};
use laurel_engine::usecase::{AppError, audit, lab};

use laurel_testing::programme::{HISTORY, check, event, post, programme, publish, standing, tell};

pub(super) const MANY: u64 = 60;
const UNTIL: &str = "2026-12-22T10:00:00Z";

fn admin() -> Authority {
    Authority::command_line()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

/// A draft that differs from the rules in force.
pub(super) async fn draft(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) -> i64 {
    let desk = rules::overview(ledger).await.unwrap();
    let mut set = desk.in_force.set.clone();
    change(&mut set);
    rules::save_draft(ledger, admin(), set, desk.base, desk.draft.map_or(0, |draft| draft.revision)).await.unwrap()
}

pub(super) fn wanted(revision: i64) -> Start {
    Start {
        revision,
        name: "双倍积分".into(),
        hypothesis: "会员会更常支付".into(),
        variant: 4_000,
        control: 4_000,
        at: None,
        until: at(UNTIL),
        keeps_until: None,
        notice: None,
    }
}

/// Starts one at once, and lets a second pass.
pub(crate) async fn start(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) -> Experiment {
    let revision = draft(ledger, change).await;
    ledger.clock.advance(SignedDuration::from_secs(1));
    let id = experiments::start(ledger, admin(), wanted(revision)).await.unwrap();
    ledger.clock.advance(SignedDuration::from_secs(1));
    experiments::find(ledger, id).await.unwrap().unwrap()
}

pub(super) fn double(set: &mut RuleSet) {
    set.alpha = "2".parse().unwrap();
}

pub(super) fn stricter(set: &mut RuleSet) {
    set.ladder.tiers[1].from = "200".parse().unwrap();
}

/// Members who have paid 150 each; so many that each group has some, whatever ids they get.
pub(super) async fn many(ledger: &Ledger) {
    let events: Vec<String> = (0..MANY).map(|n| format!("id=a{n} member=m-{n} pay=150")).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    post(ledger, laurel_testing::programme::LIVE, &events).await;
}

/// A member of a group: their external id.
pub(super) async fn one_of(ledger: &Ledger, experiment: &Experiment, group: Group) -> String {
    for n in 0..MANY {
        let name = format!("m-{n}");
        let member = view::find(ledger, By::External(&name)).await.unwrap().unwrap();
        if experiment.split.group_of(member.id()) == group {
            return name;
        }
    }
    panic!("nobody is in {group:?}");
}

/// The versions of a member's entries, the oldest first.
pub(super) async fn versions(ledger: &Ledger, name: &str) -> Vec<u32> {
    let member = view::find(ledger, By::External(name)).await.unwrap().unwrap();
    let lines = activity::activity(ledger, member.no, Page::newest(100)).await.unwrap().lines;
    lines.into_iter().rev().map(|line| line.entry.rules).collect()
}

pub(super) async fn pay(ledger: &Ledger, id: &str, name: &str) {
    let now = ledger.clock.now();
    tell(ledger, &format!("id={id} member={name} pay=10 at={now}")).await.unwrap();
}

async fn end(ledger: &Ledger, id: ExperimentId, how: Ending) -> Result<Option<u32>, AppError> {
    let ended = experiments::end(ledger, admin(), id, how, Ended::default()).await;
    ledger.clock.advance(SignedDuration::from_secs(1));
    ended
}

stories! {
    async fn each_group_earns_by_its_own_version_until_the_experiment_ends_by_itself(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, double).await;
        assert_eq!((experiment.version, experiment.end_version), (2, 3));
        let names = [Group::Variant, Group::Control, Group::Holdout].map(|group| one_of(&ledger, &experiment, group));
        let [variant, control, holdout] = futures::future::join_all(names).await.try_into().unwrap();
        let before = experiments::group_of(&ledger, view::find(&ledger, By::External(&variant)).await.unwrap().unwrap().id());
        assert_eq!(before.await.unwrap().map(|(one, group)| (one.id, group)), Some((experiment.id, Group::Variant)));
        for (n, name) in [&variant, &control, &holdout].into_iter().enumerate() {
            pay(&ledger, &format!("b{n}"), name).await;
        }
        assert_eq!(standing(&ledger, &variant).await, "170.00/0.00/170.00/2");
        assert_eq!(standing(&ledger, &control).await, "160.00/0.00/160.00/2");
        assert_eq!(standing(&ledger, &holdout).await, "160.00/0.00/160.00/2");
        assert_eq!(versions(&ledger, &variant).await, [1, 2]);
        assert_eq!(versions(&ledger, &control).await, [1, 1]);
        // a quote goes by the same rules
        let now = ledger.clock.now();
        let asked = event(&format!("id=q member={variant} pay=10 at={now}"));
        let member = view::find(&ledger, By::External(&variant)).await.unwrap();
        assert_eq!(quote::earning(&ledger, &asked, member.as_ref()).await.unwrap().worth.points.to_string(), "20.00");
        check(&ledger).await;
        ledger.clock.set(at("2026-12-22T10:00:01Z"));
        for (n, name) in [&variant, &control].into_iter().enumerate() {
            pay(&ledger, &format!("c{n}"), name).await;
        }
        // what was earned under the variant's rules is taken back as it was earned
        let now = ledger.clock.now();
        tell(&ledger, &format!("id=r member={variant} of=b0 refund=10 at={now}")).await.unwrap();
        assert_eq!(standing(&ledger, &variant).await, "160.00/0.00/160.00/2");
        assert_eq!(versions(&ledger, &variant).await, [1, 2, 3, 2]);
        assert_eq!(versions(&ledger, &control).await, [1, 1, 3]);
        let over = experiments::find(&ledger, experiment.id).await.unwrap().unwrap();
        assert_eq!(over.state(now), State::Over);
        check(&ledger).await;
    }

    async fn another_ladder_rates_the_variant_group_alone_and_back_again(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, stricter).await;
        let (variant, control) =
            (one_of(&ledger, &experiment, Group::Variant).await, one_of(&ledger, &experiment, Group::Control).await);
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(due::to_re_rate(&ledger).await.unwrap(), 0, "nobody is left to be rated, whichever group they are in");
        assert_eq!(due::re_rate(&ledger).await.unwrap(), 0);
        assert!(standing(&ledger, &variant).await.ends_with("/1"));
        assert!(standing(&ledger, &control).await.ends_with("/2"));
        check(&ledger).await;
        ledger.clock.set(at("2026-12-22T10:00:01Z"));
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(due::to_re_rate(&ledger).await.unwrap(), 0);
        assert!(standing(&ledger, &variant).await.ends_with("/2"));
        check(&ledger).await;
    }

    async fn a_window_of_the_variant_counts_months_for_its_group_alone(db: Db) {
        let ledger = programme(&db).await;
        let events: Vec<String> = (0..MANY).map(|n| format!("id=h{n}x member=m-{n} pay=150 at=2026-03-01T00:00:00Z")).collect();
        post(&ledger, HISTORY, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let experiment = start(&ledger, |set| set.ladder.window = Window::Months(3)).await;
        due::re_rate(&ledger).await.unwrap();
        let (variant, control) =
            (one_of(&ledger, &experiment, Group::Variant).await, one_of(&ledger, &experiment, Group::Control).await);
        assert!(standing(&ledger, &variant).await.ends_with("/1"));
        assert!(standing(&ledger, &control).await.ends_with("/2"));
        pay(&ledger, "p1", &control).await;
        ledger.clock.advance(SignedDuration::from_hours(24 * 20));
        due::settle(&ledger).await.unwrap();
        assert!(standing(&ledger, &control).await.ends_with("/2"), "no month leaves a window that this group has not");
        check(&ledger).await;
    }

    async fn nothing_else_becomes_of_the_rules_while_it_is_on(db: Db) {
        let ledger = programme(&db).await;
        let experiment = start(&ledger, double).await;
        let revision = draft(&ledger, |set| set.gamma = "7".parse().unwrap()).await;
        let runs = |refusal: Refusal| assert_eq!(refusal.code(), "experiment_runs", "{refusal:?}");
        runs(refusal(rules::publish(&ledger, admin(), revision, Publication::default()).await));
        runs(refusal(rules::withdraw(&ledger, admin(), 3).await));
        runs(refusal(experiments::start(&ledger, admin(), wanted(revision)).await));
        let desk = rules::overview(&ledger).await.unwrap();
        assert_eq!((desk.in_force.version, desk.scheduled.is_none(), desk.experiment.map(|rules| rules.version)), (1, true, Some(2)));
        end(&ledger, experiment.id, Ending::Stop).await.unwrap();
        // the draft was made from the version that would have ended it
        let revision = draft(&ledger, |set| set.gamma = "7".parse().unwrap()).await;
        assert_eq!(rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap(), 5);
    }

    async fn nothing_is_started_while_a_version_is_to_come_into_force(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, double).await;
        let later = Publication { at: Some(at("2026-12-01T00:00:00Z")), ..Publication::default() };
        rules::publish(&ledger, admin(), revision, later).await.unwrap();
        let revision = draft(&ledger, stricter).await;
        assert_eq!(refusal(experiments::start(&ledger, admin(), wanted(revision)).await), Refusal::AlreadyScheduled { version: 2 });
    }

    async fn stopping_gives_everybody_the_rules_in_force_at_once(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, stricter).await;
        let variant = one_of(&ledger, &experiment, Group::Variant).await;
        pay(&ledger, "b", &variant).await;
        assert!(standing(&ledger, &variant).await.ends_with("/1"));
        assert_eq!(end(&ledger, experiment.id, Ending::Stop).await.unwrap(), Some(4));
        assert!(standing(&ledger, &variant).await.ends_with("/2"));
        pay(&ledger, "c", &variant).await;
        assert_eq!(versions(&ledger, &variant).await, [1, 2, 4]);
        let over = experiments::find(&ledger, experiment.id).await.unwrap().unwrap();
        assert_eq!(over.state(ledger.clock.now()), State::Early(EndedEarly::Stopped));
        assert_eq!(refusal(end(&ledger, experiment.id, Ending::Adopt).await), Refusal::ExperimentOver);
        let noted = audit::list(&db, &Filter { limit: 10, ..Filter::default() }).await.unwrap();
        let noted: Vec<&str> = noted.iter().map(|row| row.action.as_str()).collect();
        assert!(noted.contains(&"rules.experiment") && noted.contains(&"rules.experiment_stop"), "{noted:?}");
        check(&ledger).await;
    }

    async fn adopting_gives_everybody_the_variants_rules_and_can_let_them_keep_their_tier(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, stricter).await;
        let (variant, control) =
            (one_of(&ledger, &experiment, Group::Variant).await, one_of(&ledger, &experiment, Group::Control).await);
        let said = Ended { keeps_until: Some(at("2027-01-31T16:00:00Z")), notice: None };
        let version = experiments::end(&ledger, admin(), experiment.id, Ending::Adopt, said).await.unwrap();
        assert_eq!(version, Some(4));
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        assert!(standing(&ledger, &variant).await.ends_with("/1"));
        assert!(standing(&ledger, &control).await.ends_with("/2"), "kept until the end of January");
        check(&ledger).await;
        ledger.clock.set(at("2027-02-01T00:00:00Z"));
        due::settle(&ledger).await.unwrap();
        assert!(standing(&ledger, &control).await.ends_with("/1"));
        check(&ledger).await;
    }

    async fn what_has_not_begun_is_withdrawn_and_never_counts(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, double).await;
        let later = Start { at: Some(at("2026-12-01T00:00:00Z")), ..wanted(revision) };
        let id = experiments::start(&ledger, admin(), later).await.unwrap();
        assert_eq!(refusal(end(&ledger, id, Ending::Adopt).await), Refusal::ExperimentAhead);
        assert_eq!(end(&ledger, id, Ending::Stop).await.unwrap(), None);
        ledger.clock.set(at("2026-12-02T00:00:00Z"));
        let experiment = experiments::find(&ledger, id).await.unwrap().unwrap();
        assert_eq!(experiment.state(ledger.clock.now()), State::Early(EndedEarly::Withdrawn));
        let variant = one_of(&ledger, &experiment, Group::Variant).await;
        pay(&ledger, "b", &variant).await;
        assert_eq!(versions(&ledger, &variant).await, [1, 1]);
        publish(&ledger, |set| set.gamma = "7".parse().unwrap()).await;
        check(&ledger).await;
    }

    async fn history_that_is_imported_is_decided_by_the_groups_of_its_time(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, double).await;
        let (variant, control) =
            (one_of(&ledger, &experiment, Group::Variant).await, one_of(&ledger, &experiment, Group::Control).await);
        ledger.clock.set(at("2027-01-10T00:00:00Z"));
        for (n, name) in [&variant, &control].into_iter().enumerate() {
            let events = [
                format!("id=x{n} member={name} pay=10 at=2026-11-22T09:00:00Z"),
                format!("id=y{n} member={name} pay=10 at=2026-12-05T00:00:00Z"),
                format!("id=z{n} member={name} pay=10 at=2027-01-02T00:00:00Z"),
            ];
            post(&ledger, HISTORY, &events.iter().map(String::as_str).collect::<Vec<_>>()).await;
        }
        assert_eq!(versions(&ledger, &variant).await, [1, 1, 2, 3]);
        assert_eq!(versions(&ledger, &control).await, [1, 1, 1, 3]);
        check(&ledger).await;
    }

    async fn another_process_posts_by_the_same_groups_at_once(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let other = Ledger::open(db.clone(), ledger.clock.clone()).await.unwrap().unwrap();
        let experiment = start(&ledger, double).await;
        let variant = one_of(&ledger, &experiment, Group::Variant).await;
        pay(&other, "b", &variant).await;
        end(&ledger, experiment.id, Ending::Stop).await.unwrap();
        pay(&other, "c", &variant).await;
        assert_eq!(versions(&other, &variant).await, [1, 2, 4]);
        check(&other).await;
    }

    async fn who_was_rated_by_another_groups_version_is_found(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, stricter).await;
        let control = one_of(&ledger, &experiment, Group::Control).await;
        due::re_rate(&ledger).await.unwrap();
        let no = view::find(&ledger, By::External(&control)).await.unwrap().unwrap().no;
        laurel_testing::tamper::tamper(&db, &format!("update members set tier = 1 where no = {no}")).await;
        let verdict = verify::verify(&ledger).await.unwrap();
        assert!(!verdict.differences.is_empty(), "a tier of the variant's ladder is none of this member's");
    }

    async fn what_came_of_it_is_told_by_group_with_exact_sums(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, double).await;
        let (variant, control) =
            (one_of(&ledger, &experiment, Group::Variant).await, one_of(&ledger, &experiment, Group::Control).await);
        pay(&ledger, "b", &variant).await;
        pay(&ledger, "c", &control).await;
        let now = ledger.clock.now();
        tell(&ledger, &format!("id=r member={control} of=c refund=4 at={now}")).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(60));
        assert!(experiments::find(&ledger, experiment.id).await.unwrap().unwrap().tally.is_none());
        experiments::ask(&ledger, admin(), experiment.id).await.unwrap();
        assert_eq!(experiments::work(&ledger).await.unwrap(), 1);
        let told = experiments::find(&ledger, experiment.id).await.unwrap().unwrap();
        let tally = told.tally.clone().unwrap();
        assert!(!told.is_asked && told.fault.is_none());
        assert_eq!(tally, experiments::measure(&ledger, &told).await.unwrap());
        let results = Results::of(&tally, &told.split, told.ends_at);
        assert_eq!(results.members.iter().sum::<u64>(), MANY);
        // a refund of 4 out of 10, and twice the points
        let sums: Vec<[i128; 3]> = results.figures.iter().map(|figure| figure.sums).collect();
        assert_eq!(sums, [[1, 1, 0], [1, 1, 0], [1_000, 600, 0], [2_000, 600, 0], [0, 0, 0]]);
        assert!(results.figures.iter().all(|figure| figure.verdict == Verdict::TooFew));
        let held: i128 = Group::ALL.iter().map(|group| tally.of(*group).held.sum).sum();
        assert_eq!(held, i128::from(MANY) * 15_000, "as it was when it began");
        assert_eq!(Group::ALL.iter().map(|group| tally.of(*group).tiers[1]).sum::<u64>(), MANY);
    }

    async fn what_is_typed_wrongly_is_told_by_field_and_starts_nothing(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, double).await;
        let typed = |name, variant, control, at: Result<Option<Timestamp>, Fault>, until| {
            let (keeps_until, notice) = (at.clone(), ("", ""));
            Typed { name, hypothesis: "x", variant, control, at, until, keeps_until, notice }.read(revision)
        };
        let fields = |refusal: Refusal| match refusal {
            Refusal::Invalid { faults } => faults.into_iter().map(|fault| fault.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let all = fields(typed(" ", "a", "5.555", Err(Fault::NotATime), Ok(None)).unwrap_err());
        assert_eq!(all, ["name", "variant", "control", "at", "until", "keeps_until"], "all at once");
        assert_eq!(typed("x", "12.5 %", "50", Ok(None), Ok(Some(at(UNTIL)))).unwrap().variant, 1_250);
        let start = |change: fn(&mut Start)| {
            let mut start = wanted(revision);
            change(&mut start);
            experiments::start(&ledger, admin(), start)
        };
        assert_eq!(fields(refusal(start(|s| s.name.clear()).await)), ["name"]);
        assert_eq!(fields(refusal(start(|s| s.variant = 9_000).await)), ["control"]);
        assert_eq!(fields(refusal(start(|s| s.until = at("2026-11-22T10:00:00Z")).await)), ["until"]);
        assert_eq!(fields(refusal(start(|s| s.until = at("2028-01-01T00:00:00Z")).await)), ["until"]);
        assert_eq!(refusal(start(|s| s.at = Some(at("2026-01-01T00:00:00Z"))).await), Refusal::InPast);
        assert_eq!(refusal(start(|s| s.revision = 1).await), Refusal::StaleDraft);
        assert!(experiments::list(&ledger).await.unwrap().is_empty());
    }

    async fn a_simulation_goes_by_each_members_own_rules_and_its_draft_is_everybodys(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let experiment = start(&ledger, double).await;
        for n in 0..MANY {
            pay(&ledger, &format!("b{n}"), &format!("m-{n}")).await;
        }
        let wish = lab::Wish::whole(rules::overview(&ledger).await.unwrap().in_force.set);
        let simulation = lab::simulate(&ledger, wish, Arc::default()).await.unwrap().unwrap();
        let mut variants = 0;
        for n in 0..MANY {
            let member = view::find(&ledger, By::External(&format!("m-{n}"))).await.unwrap().unwrap();
            variants += u64::from(experiment.split.group_of(member.id()) == Group::Variant);
        }
        assert_eq!((simulation.report.differing, simulation.report.losing), (variants, variants));
        check(&ledger).await;
    }
}
