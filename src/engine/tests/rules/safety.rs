//! Changing rules safely: tiers that are kept until a date, the way back, a second person, and what members are told.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::MemberId;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::rules::safety::Limits;
use laurel_domain::text::{Both, Reason};
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::Filter;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rules::{self, Made, Outcome, Publication};
use laurel_engine::usecase::{AppError, audit};

use laurel_testing::people::employed;
use laurel_testing::programme::{check, member, programme, standing, tell};

fn admin() -> Authority {
    Authority::command_line()
}

async fn draft(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) -> i64 {
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    change(&mut set);
    let revision = rules::overview(ledger).await.unwrap().draft.map_or(0, |draft| draft.revision);
    rules::save_draft(ledger, admin(), set, latest.version, revision).await.unwrap()
}

fn stricter(set: &mut RuleSet) {
    set.ladder.tiers[1].from = "200".parse().unwrap();
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("{other:?} is not refused"),
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) async fn two_managers(db: &Db) -> [Authority; 2] {
    let auth = Auth::default();
    [employed(db, &auth, "first@example.com", Role::Admin).await, employed(db, &auth, "second@example.com", Role::Admin).await]
}

/// A member as what they are told goes by.
pub(super) async fn reader(ledger: &Ledger, external: &str) -> (i64, MemberId) {
    let member = view::find(ledger, By::External(external)).await.unwrap().unwrap();
    (member.no, member.id())
}

stories! {
    async fn members_keep_a_tier_that_stricter_rules_take_until_the_date(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let revision = draft(&ledger, stricter).await;
        let until = time("2026-12-31T16:00:00Z");
        let how = Publication { keeps_until: Some(until), ..Publication::default() };
        rules::publish(&ledger, admin(), revision, how).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/2");
        check(&ledger).await;
        assert_eq!(member(&ledger, "m-1").await.tier.until, Some(until));
        ledger.clock.advance(SignedDuration::from_hours(24 * 60));
        assert_eq!(due::settle(&ledger).await.unwrap(), 1, "the date is due for whoever has nothing else");
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/1");
        check(&ledger).await;
    }

    async fn a_tier_is_kept_until_a_day_after_the_version_and_only_where_one_can_be_lost(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, stricter).await;
        let until = |text: &str| Publication { keeps_until: Some(time(text)), ..Publication::default() };
        let field = |refusal| match refusal {
            Refusal::Invalid { faults } => faults[0].field.clone(),
            other => panic!("{other:?}"),
        };
        for bad in ["2026-11-22T10:00:00Z", "2028-11-23T10:00:00Z"] {
            assert_eq!(field(refusal(rules::publish(&ledger, admin(), revision, until(bad)).await)), "keeps_until");
        }
        let both = Publication { demotes: true, ..until("2026-12-01T00:00:00Z") };
        assert_eq!(field(refusal(rules::publish(&ledger, admin(), revision, both).await)), "keeps_until");
        rules::discard_draft(&ledger, admin(), revision).await.unwrap();
        let revision = draft(&ledger, |set| set.alpha = "2".parse().unwrap()).await;
        let kept = until("2026-12-01T00:00:00Z");
        assert_eq!(field(refusal(rules::publish(&ledger, admin(), revision, kept).await)), "keeps_until");
    }

    async fn the_way_back_is_a_version_that_says_what_an_older_one_said(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let first = ledger.rulebook().await.unwrap().latest().set.clone();
        let revision = draft(&ledger, stricter).await;
        rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/1");
        assert_eq!(refusal(rules::return_to(&ledger, admin(), 2, 0).await), Refusal::NothingChanged);
        assert!(matches!(rules::return_to(&ledger, admin(), 9, 0).await, Err(AppError::NotFound)));
        let revision = rules::return_to(&ledger, admin(), 1, 0).await.unwrap();
        assert_eq!(refusal(rules::return_to(&ledger, admin(), 1, 0).await), Refusal::StaleDraft, "there is a draft now");
        ledger.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap(), 3);
        assert_eq!(ledger.rulebook().await.unwrap().latest().set, first);
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "150.00/0.00/150.00/2");
        check(&ledger).await;
    }

    async fn what_a_draft_does_to_members_is_what_its_publication_then_does(db: Db) {
        let ledger = programme(&db).await;
        for (member, pay) in [("m-1", "150"), ("m-2", "250"), ("m-3", "50"), ("m-4", "1200")] {
            tell(&ledger, &format!("id=p-{member} member={member} pay={pay}")).await.unwrap();
        }
        let revision = draft(&ledger, |set| {
            stricter(set);
            set.ladder.tiers[2].from = "240".parse().unwrap();
            set.rate = "50".parse().unwrap();
        }).await;
        let set = rules::overview(&ledger).await.unwrap().draft.unwrap().set;
        let effect = rules::measure(&ledger, set, false).await.unwrap();
        assert_eq!((effect.members, effect.fallen, effect.risen), (4, 1, 1));
        assert_eq!((effect.worth_before.amount(), effect.worth_after.amount()), ("16.50".to_owned(), "33.00".to_owned()));
        let moves: Vec<(u16, u16, u64)> = effect.moves.iter().map(|m| (m.from.get(), m.to.get(), m.members)).collect();
        assert_eq!(moves, [(1, 1, 1), (2, 1, 1), (2, 3, 1), (4, 4, 1)]);
        rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        for (member, rank) in [("m-1", 1), ("m-2", 3), ("m-3", 1), ("m-4", 4)] {
            assert_eq!(self::member(&ledger, member).await.tier.rank.get(), rank);
        }
    }

    async fn a_window_that_nobody_kept_months_for_is_measured_out_of_the_entries(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150 at=2026-08-01T00:00:00Z").await.unwrap();
        let revision = draft(&ledger, |set| set.ladder.window = laurel_domain::rules::window::Window::Months(2)).await;
        let set = rules::overview(&ledger).await.unwrap().draft.unwrap().set;
        assert_eq!(rules::measure(&ledger, set, false).await.unwrap().fallen, 1);
        rules::publish(&ledger, admin(), revision, Publication::default()).await.unwrap();
        ledger.clock.advance(SignedDuration::from_secs(1));
        due::re_rate(&ledger).await.unwrap();
        assert_eq!(member(&ledger, "m-1").await.tier.rank.get(), 1);
        check(&ledger).await;
    }

    async fn beyond_the_limits_a_second_person_publishes_what_the_first_proposed(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let [first, second] = two_managers(&db).await;
        assert_eq!(rules::set_limits(&ledger, first, Limits { members: Some(0), worth: None }).await.unwrap(), Outcome::Set);
        let revision = draft(&ledger, stricter).await;
        let notice = Some(Both::new("门槛有变", "Thresholds change"));
        let how = Publication { notice: notice.clone(), ..Publication::default() };
        let refused = refusal(rules::publish(&ledger, first, revision, how.clone()).await);
        assert!(matches!(refused, Refusal::NeedsSecondPerson { fallen: 1, .. }), "{refused:?}");
        let id = rules::propose(&ledger, first, revision, how.clone()).await.unwrap();
        assert_eq!(rules::propose(&ledger, first, revision, how.clone()).await.unwrap(), id, "sent twice");
        assert_eq!(refusal(rules::propose(&ledger, second, revision, how).await), Refusal::RuleProposalWaits);
        assert_eq!(refusal(rules::decide(&ledger, first, id, Decision::Approve).await), Refusal::OwnProposal);
        assert_eq!(rules::decide(&ledger, second, id, Decision::Approve).await.unwrap(), Some(Made::Version(2)));
        assert_eq!(rules::decide(&ledger, second, id, Decision::Approve).await.unwrap(), Some(Made::Version(2)), "sent twice");
        let history = rules::history(&ledger).await.unwrap();
        assert_eq!((history[0].version, history[0].notice.clone()), (2, notice));
        assert!(history[0].published_by.starts_with("staff:"), "in the name of who proposed it");
        let noted = audit::list(&db, &Filter { limit: 50, ..Filter::default() }).await.unwrap();
        let noted: Vec<&str> = noted.iter().map(|row| row.action.as_str()).collect();
        for action in ["rules.propose", "rules.publish", "rules.approve", "settings.change"] {
            assert!(noted.contains(&action), "{action} in {noted:?}");
        }
        check(&ledger).await;
    }

    async fn a_proposal_goes_with_its_draft_and_can_be_rejected_or_withdrawn(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        let [first, second] = two_managers(&db).await;
        rules::set_limits(&ledger, first, Limits { members: Some(0), worth: None }).await.unwrap();
        let revision = draft(&ledger, stricter).await;
        let id = rules::propose(&ledger, first, revision, Publication::default()).await.unwrap();
        let changed = draft(&ledger, |set| set.ladder.tiers[1].from = "300".parse().unwrap()).await;
        assert_eq!(refusal(rules::decide(&ledger, second, id, Decision::Approve).await), Refusal::StaleDraft);
        let newer = rules::propose(&ledger, second, changed, Publication::default()).await.unwrap();
        let (waiting, decided) = rules::proposals(&ledger, 10).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].id, decided[0].id), (1, newer, id), "what has no draft gives way");
        let reason = Decision::Reject(Reason::new("too much").unwrap());
        assert_eq!(rules::decide(&ledger, first, newer, reason).await.unwrap(), None);
        let third = rules::propose(&ledger, first, changed, Publication::default()).await.unwrap();
        assert!(matches!(rules::decide(&ledger, second, third, Decision::Withdraw).await, Err(AppError::Forbidden)));
        rules::decide(&ledger, first, third, Decision::Withdraw).await.unwrap();
        assert_eq!(ledger.rulebook().await.unwrap().latest().version, 1);
    }

    async fn looser_limits_need_a_second_person_too(db: Db) {
        let ledger = programme(&db).await;
        let [first, second] = two_managers(&db).await;
        let strict = Limits { members: Some(5), worth: Some(100) };
        assert_eq!(rules::set_limits(&ledger, first, strict).await.unwrap(), Outcome::Set);
        let loose = Limits { members: None, worth: Some(100) };
        assert_eq!(rules::set_limits(&ledger, first, loose).await.unwrap(), Outcome::Proposed);
        assert_eq!(rules::limits(&ledger).await.unwrap(), strict);
        let id = rules::proposals(&ledger, 0).await.unwrap().0[0].id;
        assert_eq!(refusal(rules::decide(&ledger, first, id, Decision::Approve).await), Refusal::OwnProposal);
        rules::decide(&ledger, second, id, Decision::Approve).await.unwrap();
        assert_eq!(rules::limits(&ledger).await.unwrap(), loose);
        assert!(matches!(rules::set_limits(&ledger, admin(), Limits::default()).await, Err(AppError::Forbidden)));
    }

    async fn members_are_told_until_they_put_it_aside_or_thirty_days_have_passed(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=150").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=150").await.unwrap();
        let (one, two) = (reader(&ledger, "m-1").await, reader(&ledger, "m-2").await);
        assert_eq!(rules::told(&ledger, one).await.unwrap(), []);
        let revision = draft(&ledger, stricter).await;
        let at = Some(time("2026-12-01T00:00:00Z"));
        let how = Publication { at, notice: Some(Both::new("新规则", "New rules")), ..Publication::default() };
        rules::publish(&ledger, admin(), revision, how).await.unwrap();
        let told = rules::told(&ledger, one).await.unwrap();
        assert_eq!((told[0].version, told[0].text.en.as_str(), Some(told[0].from)), (2, "New rules", at));
        rules::put_aside(&ledger, one, 2).await.unwrap();
        rules::put_aside(&ledger, one, 2).await.unwrap();
        assert_eq!((rules::told(&ledger, one).await.unwrap().len(), rules::told(&ledger, two).await.unwrap().len()), (0, 1));
        assert!(matches!(rules::put_aside(&ledger, one, 1).await, Err(AppError::NotFound)));
        ledger.clock.advance(SignedDuration::from_hours(24 * 30));
        assert_eq!(rules::told(&ledger, two).await.unwrap(), []);
    }

    async fn what_is_withdrawn_is_told_to_nobody_any_more(db: Db) {
        let ledger = programme(&db).await;
        let revision = draft(&ledger, stricter).await;
        let notice = rules::notice_of("新规则", "New\n rules").unwrap();
        assert_eq!(notice.clone().unwrap().en, "New rules");
        let how = Publication { at: Some(time("2026-12-01T00:00:00Z")), notice, ..Publication::default() };
        rules::publish(&ledger, admin(), revision, how).await.unwrap();
        rules::withdraw(&ledger, admin(), 2).await.unwrap();
        assert_eq!(rules::told(&ledger, (1, MemberId::new(uuid::Uuid::nil()))).await.unwrap(), []);
        let half = rules::notice_of("新规则", " ");
        assert!(matches!(half, Err(Refusal::Invalid { faults }) if faults[0].field == "notice_en"));
    }
}
