//! What an experiment's beginning says beside its rules: until when the variant group keeps its tiers, and what that group is told.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::refusal::{Fault, Refusal};
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::safety::Limits;
use laurel_domain::text::Both;
use laurel_engine::auth::Authority;
use laurel_engine::store::audit::Filter;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::{Ledger, due};
use laurel_engine::usecase::notifications::rules::tell_of_rules;
use laurel_engine::usecase::rules::experiments::{self, Ended, Ending, Experiment, Start};
use laurel_engine::usecase::rules::{self, Made, Wanted};
use laurel_engine::usecase::{AppError, audit};

use super::experiments::{MANY, at, double, draft, many, one_of, refusal, stricter, wanted};
use super::safety::{reader, two_managers};
use laurel_testing::programme::{check, member, programme, standing, tell};

/// The programme's midnight after 31 January.
const KEPT: &str = "2027-01-31T16:00:00Z";
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn admin() -> Authority {
    Authority::command_line()
}

fn notice() -> Option<Both> {
    Some(Both::new("您的规则有变", "Your rules change"))
}

async fn begun(ledger: &Ledger, start: Start) -> Experiment {
    ledger.clock.advance(SECOND);
    let id = experiments::start(ledger, admin(), start).await.unwrap();
    ledger.clock.advance(SECOND);
    experiments::find(ledger, id).await.unwrap().unwrap()
}

async fn variant_and_control(ledger: &Ledger, experiment: &Experiment) -> (String, String) {
    (one_of(ledger, experiment, Group::Variant).await, one_of(ledger, experiment, Group::Control).await)
}

/// How many versions a member is told of.
async fn told(ledger: &Ledger, name: &str) -> usize {
    rules::told(ledger, reader(ledger, name).await).await.unwrap().len()
}

async fn in_variant(ledger: &Ledger, experiment: &Experiment) -> usize {
    let mut count = 0;
    for n in 0..MANY {
        let (_, id) = reader(ledger, &format!("m-{n}")).await;
        count += usize::from(experiment.split.group_of(id) == Group::Variant);
    }
    count
}

stories! {
    async fn the_variant_group_keeps_its_tier_until_the_date_also_beyond_the_end(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, stricter).await;
        let experiment = begun(&ledger, Start { keeps_until: Some(at(KEPT)), ..wanted(revision) }).await;
        let (variant, control) = variant_and_control(&ledger, &experiment).await;
        due::re_rate(&ledger).await.unwrap();
        assert!(standing(&ledger, &variant).await.ends_with("/2"), "kept, though 150 is below 200");
        assert_eq!(member(&ledger, &variant).await.tier.until, Some(at(KEPT)));
        assert_eq!(member(&ledger, &control).await.tier.until, None, "nothing was to be lost");
        check(&ledger).await;
        // everybody gets the stricter ladder, and only the variant group was promised anything
        experiments::end(&ledger, admin(), experiment.id, Ending::Adopt, Ended::default()).await.unwrap();
        ledger.clock.advance(SECOND);
        due::re_rate(&ledger).await.unwrap();
        assert!(standing(&ledger, &variant).await.ends_with("/2"));
        assert!(standing(&ledger, &control).await.ends_with("/1"));
        check(&ledger).await;
        ledger.clock.set(at("2027-02-01T00:00:00Z"));
        due::settle(&ledger).await.unwrap();
        assert!(standing(&ledger, &variant).await.ends_with("/1"));
        check(&ledger).await;
    }

    async fn what_could_not_be_kept_is_refused_and_starts_nothing(db: Db) {
        let ledger = programme(&db).await;
        let start = |revision: i64, until: Option<&str>, notice: Option<Both>| {
            let keeps_until = until.map(at);
            experiments::start(&ledger, admin(), Start { keeps_until, notice, ..wanted(revision) })
        };
        let fault = |refusal: Refusal| match refusal {
            Refusal::Invalid { faults } => faults.into_iter().map(|fault| (fault.field, fault.fault)).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let kept = |fault: Fault| vec![("keeps_until".to_owned(), fault)];
        let revision = draft(&ledger, double).await;
        let no_ladder = fault(refusal(start(revision, Some(KEPT), None).await));
        assert_eq!(no_ladder, kept(Fault::NotExpected), "twice the points take no tier");
        let revision = draft(&ledger, stricter).await;
        assert_eq!(fault(refusal(start(revision, Some("2026-11-22T10:00:00Z"), None).await)), kept(Fault::NotLater));
        assert_eq!(fault(refusal(start(revision, Some("2029-01-01T00:00:00Z"), None).await))[0].0, "keeps_until");
        let half = Some(Both::new("规则有变", ""));
        assert_eq!(fault(refusal(start(revision, None, half).await))[0].0, "notice_en");
        assert!(experiments::list(&ledger).await.unwrap().is_empty());
        check(&ledger).await;
    }

    async fn the_variant_group_is_told_and_nobody_else(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, double).await;
        let experiment = begun(&ledger, Start { notice: notice(), ..wanted(revision) }).await;
        let (variant, control) = variant_and_control(&ledger, &experiment).await;
        assert_eq!((told(&ledger, &variant).await, told(&ledger, &control).await), (1, 0));
        let expected = in_variant(&ledger, &experiment).await;
        assert!((1..MANY as usize).contains(&expected));
        assert_eq!((tell_of_rules(&ledger).await.unwrap(), tell_of_rules(&ledger).await.unwrap()), (expected, 0));
        let refused = rules::put_aside(&ledger, reader(&ledger, &control).await, experiment.version).await;
        assert!(matches!(refused, Err(AppError::NotFound)), "{refused:?}");
        rules::put_aside(&ledger, reader(&ledger, &variant).await, experiment.version).await.unwrap();
        assert_eq!(told(&ledger, &variant).await, 0);
        let version = rules::history(&ledger).await.unwrap().into_iter().find(|one| one.version == experiment.version);
        assert_eq!(version.unwrap().notice, notice(), "the history says what was told");
        let noted = audit::list(&db, &Filter { limit: 10, ..Filter::default() }).await.unwrap();
        let noted = noted.iter().find(|row| row.action == "rules.experiment").unwrap();
        assert!(format!("{noted:?}").contains("Your rules change"), "{noted:?}");
        check(&ledger).await;
    }

    async fn once_an_experiment_is_over_nobody_is_told_of_it_any_more(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, double).await;
        let experiment = begun(&ledger, Start { notice: notice(), ..wanted(revision) }).await;
        let (variant, _) = variant_and_control(&ledger, &experiment).await;
        experiments::end(&ledger, admin(), experiment.id, Ending::Stop, Ended::default()).await.unwrap();
        ledger.clock.advance(SECOND);
        assert_eq!(told(&ledger, &variant).await, 0, "what it says holds no more");
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 0, "whom the job had not come to");

        let revision = draft(&ledger, double).await;
        let later = Some(ledger.clock.now() + SignedDuration::from_hours(24));
        let ahead = begun(&ledger, Start { at: later, notice: notice(), ..wanted(revision) }).await;
        let (variant, _) = variant_and_control(&ledger, &ahead).await;
        let shown = rules::told(&ledger, reader(&ledger, &variant).await).await.unwrap();
        assert_eq!(shown.iter().map(|told| Some(told.from)).collect::<Vec<_>>(), [later], "ahead of its beginning");
        experiments::end(&ledger, admin(), ahead.id, Ending::Stop, Ended::default()).await.unwrap();
        assert_eq!(told(&ledger, &variant).await, 0, "it never begins");
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 0);
        check(&ledger).await;
    }

    async fn it_is_ended_once_also_while_an_event_that_was_dated_ahead_keeps_it_on(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, double).await;
        let experiment = begun(&ledger, wanted(revision)).await;
        let ahead = ledger.clock.now() + SignedDuration::from_mins(4);
        tell(&ledger, &format!("id=ahead member=m-0 pay=10 at={ahead}")).await.unwrap();
        let end = || experiments::end(&ledger, admin(), experiment.id, Ending::Stop, Ended::default());
        assert_eq!(end().await.unwrap(), Some(4));
        ledger.clock.advance(SECOND);
        assert_eq!(refusal(end().await), Refusal::ExperimentOver);
        let found = experiments::find(&ledger, experiment.id).await.unwrap().unwrap();
        assert_eq!((found.end_version, found.ends_at > ahead), (4, true));
        check(&ledger).await;
    }

    async fn who_enrols_meanwhile_is_shown_it_as_their_group_is_and_not_sent_it(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let revision = draft(&ledger, double).await;
        let experiment = begun(&ledger, Start { notice: notice(), ..wanted(revision) }).await;
        tell_of_rules(&ledger).await.unwrap();
        let now = ledger.clock.now();
        for n in 0..20 {
            tell(&ledger, &format!("id=n{n} member=new-{n} pay=10 at={now}")).await.unwrap();
            let (_, id) = reader(&ledger, &format!("new-{n}")).await;
            let expected = usize::from(experiment.split.group_of(id) == Group::Variant);
            assert_eq!(told(&ledger, &format!("new-{n}")).await, expected);
        }
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 0, "they have known no other rules");
    }

    async fn what_a_second_person_approves_is_kept_and_told_too(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let [first, second] = two_managers(&db).await;
        rules::set_limits(&ledger, first, Limits { members: Some(2), worth: None }).await.unwrap();
        let start = Start { keeps_until: Some(at(KEPT)), notice: notice(), ..wanted(draft(&ledger, stricter).await) };
        assert!(matches!(refusal(experiments::start(&ledger, first, start.clone()).await), Refusal::NeedsSecondPerson { .. }));
        let id = rules::propose_experiment(&ledger, first, start.clone()).await.unwrap();
        let other = Start { notice: None, ..start.clone() };
        assert_ne!(rules::propose_experiment(&ledger, first, other).await.unwrap(), id, "to tell nobody is another thing");
        let id = rules::propose_experiment(&ledger, first, start.clone()).await.unwrap();
        let Wanted::Experiment { start: kept, .. } = &rules::proposals(&ledger, 1).await.unwrap().0[0].wanted else { panic!() };
        assert_eq!(**kept, start);
        ledger.clock.advance(SECOND);
        let Some(Made::Experiment(id)) = rules::decide(&ledger, second, id, Decision::Approve).await.unwrap() else {
            panic!("it is on")
        };
        ledger.clock.advance(SECOND);
        let experiment = experiments::find(&ledger, id).await.unwrap().unwrap();
        let (variant, control) = variant_and_control(&ledger, &experiment).await;
        due::re_rate(&ledger).await.unwrap();
        assert!(standing(&ledger, &variant).await.ends_with("/2"));
        assert_eq!((told(&ledger, &variant).await, told(&ledger, &control).await), (1, 0));
        check(&ledger).await;
    }
}

/// Proposals that wait from before experiments could keep and tell anything are still read.
#[test]
fn an_experiment_that_was_proposed_by_an_older_server_keeps_and_tells_nothing() {
    let old =
        r#"{"revision":1,"name":"a","hypothesis":"b","variant":5000,"control":5000,"at":null,"until":"2026-12-22T10:00:00Z"}"#;
    let start: Start = serde_json::from_str(old).unwrap();
    assert_eq!(
        (start.until, start.keeps_until, start.notice),
        ("2026-12-22T10:00:00Z".parse::<Timestamp>().unwrap(), None, None)
    );
}
