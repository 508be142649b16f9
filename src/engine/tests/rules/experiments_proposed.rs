//! Experiments that take more than one person may decide: a second one starts and adopts them.

use jiff::SignedDuration;
use laurel_domain::ids::ExperimentId;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::safety::Limits;
use laurel_domain::text::{Both, Reason};
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::rules::experiments::{self, Ended, Ending, Start};
use laurel_engine::usecase::rules::{self, Made, Publication, Wanted};

use super::experiments::{MANY, double, draft, many, one_of, pay, refusal, start, stricter, versions, wanted};
use super::safety::two_managers;
use laurel_testing::programme::{check, programme};

stories! {
    async fn a_second_person_starts_and_adopts_what_one_may_not(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let [first, second] = two_managers(&db).await;
        rules::set_limits(&ledger, first, Limits { members: Some(2), worth: None }).await.unwrap();
        let start = wanted(draft(&ledger, stricter).await);
        let Refusal::NeedsSecondPerson { fallen, .. } = refusal(experiments::start(&ledger, first, start.clone()).await) else {
            panic!("one person may not")
        };
        assert!((3..MANY).contains(&fallen), "the variant group alone: {fallen}");
        let id = rules::propose_experiment(&ledger, first, start.clone()).await.unwrap();
        assert_eq!(rules::propose_experiment(&ledger, first, start.clone()).await.unwrap(), id, "sent twice");
        assert_eq!(refusal(rules::propose_experiment(&ledger, second, start).await), Refusal::RuleProposalWaits);
        assert_eq!(refusal(rules::decide(&ledger, first, id, Decision::Approve).await), Refusal::OwnProposal);
        ledger.clock.advance(SignedDuration::from_secs(1));
        let Some(Made::Experiment(experiment)) = rules::decide(&ledger, second, id, Decision::Approve).await.unwrap() else {
            panic!("it is on")
        };
        assert_eq!(rules::decide(&ledger, second, id, Decision::Approve).await.unwrap(), Some(Made::Experiment(experiment)));
        ledger.clock.advance(SignedDuration::from_secs(1));
        let on = experiments::find(&ledger, experiment).await.unwrap().unwrap();
        let Wanted::Experiment { effect, .. } = &rules::proposals(&ledger, 1).await.unwrap().1[0].wanted else { panic!() };
        let variant = one_of(&ledger, &on, Group::Variant).await;
        pay(&ledger, "later", &variant).await;
        assert_eq!(versions(&ledger, &variant).await, [1, on.version]);
        due::re_rate(&ledger).await.unwrap();

        let notice = Some(Both::new("门槛有变", "Thresholds change"));
        let said = Ended { keeps_until: None, notice: notice.clone() };
        let refused = refusal(experiments::end(&ledger, first, experiment, Ending::Adopt, said.clone()).await);
        assert!(matches!(refused, Refusal::NeedsSecondPerson { fallen, .. } if fallen + effect.fallen <= MANY), "{refused:?}");
        let id = rules::propose_adoption(&ledger, second, experiment, said.clone()).await.unwrap();
        assert_eq!(refusal(rules::propose_adoption(&ledger, first, experiment, said).await), Refusal::RuleProposalWaits);
        ledger.clock.advance(SignedDuration::from_secs(1));
        let adopted = rules::decide(&ledger, first, id, Decision::Approve).await.unwrap();
        assert_eq!(adopted, Some(Made::Version(on.end_version + 1)));
        let newest = rules::history(&ledger).await.unwrap().remove(0);
        assert_eq!(newest.notice, notice, "members are told");
        due::re_rate(&ledger).await.unwrap();
        check(&ledger).await;
    }

    async fn what_was_proposed_of_another_draft_or_another_experiment_gives_way(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let [first, second] = two_managers(&db).await;
        let proposed = rules::propose_experiment(&ledger, first, wanted(draft(&ledger, stricter).await)).await.unwrap();
        let changed = draft(&ledger, double).await;
        assert_eq!(refusal(rules::decide(&ledger, second, proposed, Decision::Approve).await), Refusal::StaleDraft);
        let newer = rules::propose(&ledger, second, changed, Publication::default()).await.unwrap();
        let (waiting, _) = rules::proposals(&ledger, 10).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].id), (1, newer));
        let reason = Decision::Reject(Reason::new("too soon").unwrap());
        assert_eq!(rules::decide(&ledger, first, newer, reason).await.unwrap(), None);
        let on = start(&ledger, double).await;
        let id = rules::propose_adoption(&ledger, first, on.id, Ended::default()).await.unwrap();
        experiments::end(&ledger, second, on.id, Ending::Stop, Ended::default()).await.unwrap();
        assert_eq!(refusal(rules::decide(&ledger, second, id, Decision::Approve).await), Refusal::ExperimentOver);
        check(&ledger).await;
    }

    async fn nothing_is_proposed_that_could_not_be_done(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let [first, _] = two_managers(&db).await;
        let revision = draft(&ledger, double).await;
        let nameless = Start { name: String::new(), ..wanted(revision) };
        assert!(matches!(refusal(rules::propose_experiment(&ledger, first, nameless).await), Refusal::Invalid { .. }));
        let stale = wanted(revision + 1);
        assert_eq!(refusal(rules::propose_experiment(&ledger, first, stale).await), Refusal::StaleDraft);
        let nobodys = ExperimentId::new(uuid::Uuid::nil());
        let adoption = rules::propose_adoption(&ledger, first, nobodys, Ended::default()).await;
        assert_eq!(refusal(adoption), Refusal::ExperimentOver);
        assert!(rules::proposals(&ledger, 10).await.unwrap().0.is_empty());
    }
}
