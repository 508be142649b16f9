//! News that only time brings, or that concerns everybody: told by a job, however often it runs.

use jiff::SignedDuration;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_domain::text::Both;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::usecase::ledger::{Ledger, due};
use laurel_engine::usecase::mail::Undelivered;
use laurel_engine::usecase::mail::send::{Tried, send_waiting};
use laurel_engine::usecase::notifications::News;
use laurel_engine::usecase::notifications::expiring::tell_of_expiring;
use laurel_engine::usecase::notifications::rules::tell_of_rules;
use laurel_engine::usecase::rules::{self, Publication};

use laurel_testing::people::{employed, enrolled, refused};
use laurel_testing::programme::{check, programme, programme_with, tell};

use crate::mail::postman::Keeper;

use super::people::{notices, told};

/// Points last two months.
async fn lasting(db: &Db) -> Ledger {
    programme_with(db, |set| set.expiry = Expiry::Months(2)).await
}

fn days(ledger: &Ledger, days: i64) {
    ledger.clock.advance(SignedDuration::from_hours(24 * days));
}

async fn published(ledger: &Ledger) {
    let latest = ledger.rulebook().await.unwrap().latest().clone();
    let mut set = latest.set;
    set.gamma = "6".parse().unwrap();
    let revision = rules::save_draft(ledger, Authority::command_line(), set, latest.version, 0).await.unwrap();
    let how = Publication { notice: Some(Both::new("规则有变", "New rules")), ..Publication::default() };
    ledger.clock.advance(SignedDuration::from_secs(1));
    rules::publish(ledger, Authority::command_line(), revision, how).await.unwrap();
}

stories! {
    async fn points_that_expire_are_told_a_month_and_a_week_ahead_however_often_the_job_runs(db: Db) {
        let ledger = lasting(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=12.50").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=30").await.unwrap();
        assert_eq!(tell_of_expiring(&ledger).await.unwrap(), 0, "they last until 22 January");
        days(&ledger, 30);
        assert_eq!(tell_of_expiring(&ledger).await.unwrap(), 0, "31 days ahead");
        days(&ledger, 1);
        assert_eq!((tell_of_expiring(&ledger).await.unwrap(), tell_of_expiring(&ledger).await.unwrap()), (2, 0));
        days(&ledger, 23);
        assert_eq!((tell_of_expiring(&ledger).await.unwrap(), tell_of_expiring(&ledger).await.unwrap()), (2, 0));
        let all = notices(&ledger, "m-1").await;
        let shown: Vec<(String, String, i32)> = all.iter().map(|notice| match &notice.news {
            News::Expiring { day, points, ahead } => (day.to_string(), points.to_string(), *ahead),
            other => panic!("{other:?}"),
        }).collect();
        let day = "2027-01-22".to_owned();
        assert_eq!(shown, [(day.clone(), "12.50".to_owned(), 7), (day, "12.50".to_owned(), 30)]);
        days(&ledger, 30);
        assert_eq!(tell_of_expiring(&ledger).await.unwrap(), 0, "what has lapsed is not told ahead");
    }

    async fn a_job_that_did_not_run_for_weeks_tells_only_what_is_true_still(db: Db) {
        let ledger = lasting(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=10").await.unwrap();
        days(&ledger, 57);
        assert_eq!(tell_of_expiring(&ledger).await.unwrap(), 1);
        assert!(told(&ledger, "m-1").await[0].ends_with("/7"), "one week ahead, and not a month too");
    }

    async fn two_servers_that_tell_at_once_tell_each_member_once(db: Db) {
        let ledger = lasting(&db).await;
        for n in 1..=40 {
            tell(&ledger, &format!("id=p{n} member=m-{n} pay=10")).await.unwrap();
        }
        days(&ledger, 31);
        let (one, other) = tokio::join!(tell_of_expiring(&ledger), tell_of_expiring(&ledger));
        assert_eq!(one.unwrap() + other.unwrap(), 40);
        assert_eq!(told(&ledger, "m-40").await.len(), 1);
    }

    async fn a_version_with_a_notice_is_told_to_everybody_who_was_a_member(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=10").await.unwrap();
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 0);
        published(&ledger).await;
        ledger.clock.advance(SignedDuration::from_mins(5));
        tell(&ledger, "id=p2 member=m-2 pay=10 at=2026-11-22T10:04:00Z").await.unwrap();
        assert_eq!((tell_of_rules(&ledger).await.unwrap(), tell_of_rules(&ledger).await.unwrap()), (1, 0));
        let all = notices(&ledger, "m-1").await;
        assert_eq!(all[0].news, News::Rules { version: 2 });
        assert_eq!(all[0].text.as_ref().map(|text| text.en.as_str()), Some("New rules"));
        assert!(told(&ledger, "m-2").await.is_empty(), "who came later has known no other rules");
        let session = super::people::session(&ledger, "m-1").await;
        rules::put_aside(&ledger, (session.no, session.member), 2).await.unwrap();
        assert!(notices(&ledger, "m-1").await[0].is_read, "put aside on home is read in the inbox");
    }

    async fn what_members_are_told_of_a_version_can_be_taken_back_but_not_what_was_sent(db: Db) {
        let ledger = programme(&db).await;
        let keeper = Keeper::of(&ledger);
        for name in ["m-1", "m-2", "m-3"] {
            enrolled(&db, name, Some(&format!("{name}@example.com"))).await;
        }
        published(&ledger).await;
        let by = Authority::command_line();
        assert_eq!(refused(rules::withdraw_notice(&ledger, by, 1).await), "changed_meanwhile", "nobody was told of it");
        assert_eq!(refused(rules::withdraw_notice(&ledger, by, 9).await), "not_found");
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 3);
        keeper.refuses(2, &Undelivered::Later("the server is busy".to_owned()));
        send_waiting(&ledger).await.unwrap();
        assert_eq!(keeper.taken().len(), 1, "one has left, two wait for another try");
        ledger.clock.advance(SignedDuration::from_mins(30));
        enrolled(&db, "m-4", Some("m-4@example.com")).await;
        assert_eq!(rules::withdraw_notice(&ledger, by, 2).await.unwrap(), 1);
        assert_eq!(send_waiting(&ledger).await.unwrap(), Tried { dropped: 2, ..Tried::default() });
        let session = super::people::session(&ledger, "m-1").await;
        assert_eq!(rules::told(&ledger, (session.no, session.member)).await.unwrap(), []);
        assert_eq!(notices(&ledger, "m-1").await[0].text, None, "that there was one stays, without its text");
        let version = rules::history(&ledger).await.unwrap().remove(0);
        assert_eq!((version.notice_withdrawn_at, version.withdrawn), (Some(ledger.clock.now()), None), "the rules stand");
        assert_eq!(refused(rules::withdraw_notice(&ledger, by, 2).await), "changed_meanwhile", "once");
        check(&ledger).await;
    }

    async fn a_notice_taken_back_before_its_turn_is_told_to_nobody(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=10").await.unwrap();
        published(&ledger).await;
        assert_eq!(rules::withdraw_notice(&ledger, Authority::command_line(), 2).await.unwrap(), 0);
        assert_eq!(tell_of_rules(&ledger).await.unwrap(), 0);
        assert!(notices(&ledger, "m-1").await.is_empty());
        let viewer = employed(&db, &Auth::default(), "v@example.com", Role::Viewer).await;
        assert_eq!(refused(rules::withdraw_notice(&ledger, viewer, 2).await), "forbidden");
    }

    async fn a_notice_that_was_put_aside_is_shown_again_unless_it_is_told_no_more(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=10").await.unwrap();
        published(&ledger).await;
        tell_of_rules(&ledger).await.unwrap();
        let session = super::people::session(&ledger, "m-1").await;
        let reader = (session.no, session.member);
        assert_eq!(refused(rules::show_again(&ledger, reader, 2).await), "changed_meanwhile", "it is shown");
        rules::put_aside(&ledger, reader, 2).await.unwrap();
        rules::show_again(&ledger, reader, 2).await.unwrap();
        assert_eq!(rules::told(&ledger, reader).await.unwrap().len(), 1);
        assert!(!notices(&ledger, "m-1").await[0].is_read, "as before");
        rules::put_aside(&ledger, reader, 2).await.unwrap();
        rules::withdraw_notice(&ledger, Authority::command_line(), 2).await.unwrap();
        assert_eq!(refused(rules::show_again(&ledger, reader, 2).await), "changed_meanwhile");
    }

    async fn a_tier_that_changes_again_without_an_entry_between_is_told_again(db: Db) {
        let ledger = programme_with(&db, |set| set.ladder.window = Window::Months(2)).await;
        tell(&ledger, "id=p1 member=m-1 pay=600").await.unwrap();
        ledger.clock.advance(SignedDuration::from_hours(24 * 15));
        tell(&ledger, "id=p2 member=m-1 pay=150 at=2026-12-07T09:00:00Z").await.unwrap();
        for _ in 0..2 {
            days(&ledger, 31);
            due::settle(&ledger).await.unwrap();
        }
        let tiers: Vec<String> = notices(&ledger, "m-1").await.into_iter().filter_map(|notice| match notice.news {
            News::Tier { to, .. } => Some(to.en),
            _ => None,
        }).collect();
        assert_eq!(tiers, ["Standard", "Gold", "Diamond"], "each of the months that took points out of the window");
    }
}
