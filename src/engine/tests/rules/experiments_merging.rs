//! Accounts that become one while an experiment is on, from one group into the other.

use std::sync::Arc;

use laurel_domain::ids::MemberId;
use laurel_domain::rules::experiment::Group;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_engine::auth::{Auth, Authority, Role};
use laurel_engine::store::Db;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::lab;
use laurel_engine::usecase::ledger::{Ledger, adjustments, due};
use laurel_engine::usecase::members::register::register;
use laurel_engine::usecase::members::{merge, view};
use laurel_engine::usecase::rules::experiments::{self, Ended, Ending, Experiment};

use super::experiments::{many, one_of, pay, start, versions};
use laurel_testing::people::{employed, morning, registration, visitor_from};
use laurel_testing::programme::{check, programme};

/// Twice the points, and a ladder of its own.
fn other(set: &mut RuleSet) {
    set.alpha = "2".parse().unwrap();
    set.ladder.tiers[1].from = "200".parse().unwrap();
}

/// Somebody of a group who registered at the portal and was given points.
async fn registered_in(db: &Db, ledger: &Ledger, experiment: &Experiment, group: Group, by: Authority) -> MemberId {
    let auth = Auth::default();
    for n in 0..60 {
        // each from an address of their own: one address may register a few only
        let name = format!("{group:?}-{n}@example.com").to_lowercase();
        let from = visitor_from(&format!("10.0.0.{}", n + 1));
        let came = register(db, &auth, &registration(&name), &from, morning()).await.unwrap().member;
        if experiment.split.group_of(came) == group {
            let wish = adjustments::wish(came, "120", "a gift", &format!("{group:?}")).unwrap();
            adjustments::adjust(ledger, by, wish).await.unwrap();
            return came;
        }
    }
    panic!("nobody is in {group:?}");
}

stories! {
    async fn what_one_groups_account_brings_counts_by_the_rules_of_the_others(db: Db) {
        let ledger = programme(&db).await;
        many(&ledger).await;
        let manager = employed(&db, &Auth::default(), "m@example.com", Role::Manager).await;
        let experiment = start(&ledger, other).await;
        due::re_rate(&ledger).await.unwrap();
        for (from, to, own) in [(Group::Variant, Group::Control, 1), (Group::Control, Group::Variant, experiment.version)] {
            let ended = registered_in(&db, &ledger, &experiment, from, manager).await;
            let name = one_of(&ledger, &experiment, to).await;
            merge::merge(&ledger, manager, ended, &name, "one person").await.unwrap();
            pay(&ledger, &format!("after-{to:?}"), &name).await;
            let by = versions(&ledger, &name).await;
            assert_eq!((by[0], by.last().copied()), (1, Some(own)), "{from:?} into {to:?}: {by:?}");
            let survivor = view::find(&ledger, By::External(&name)).await.unwrap().unwrap();
            let earned = if to == Group::Variant { "290.00" } else { "280.00" };
            assert_eq!(survivor.account.available.to_string(), earned, "{from:?} into {to:?}");
            check(&ledger).await;
        }
        experiments::end(&ledger, manager, experiment.id, Ending::Stop, Ended::default()).await.unwrap();
        due::re_rate(&ledger).await.unwrap();
        check(&ledger).await;
        let again = lab::check(&ledger, Arc::default()).await.unwrap().unwrap().report;
        assert_eq!((again.differing, again.strange.members, again.left_out.members), (0, 0, 0), "{again:?}");
    }
}
