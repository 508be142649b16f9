//! The demo programme.

use laurel::server::store::ledger::entries::Page;
use laurel::server::store::members::member::By;
use laurel::server::store::members::search::Filter;
use laurel::server::usecase::members::{search, view};
use laurel::server::usecase::programme::demo;

use crate::support::programme::{check, programme};

stories! {
    async fn nobody_in_the_demo_does_anything_before_they_registered(db: Db) {
        let ledger = programme(&db).await;
        assert!(demo::fill(&ledger).await.unwrap());
        let everybody = search::list(&ledger, &Filter { most: 500, ..Filter::default() }).await.unwrap();
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
        assert!(!demo::fill(&ledger).await.unwrap(), "what has entries is left alone");
    }
}
