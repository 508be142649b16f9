//! What the staff looks up and works off.

use laurel::server::auth::{Authority, Role};
use laurel::server::store::members::member::By;
use laurel::server::store::members::search::Filter;
use laurel::server::usecase::ledger::Ledger;
use laurel::server::usecase::members::{search, view};
use laurel::server::usecase::rewards::fulfil;
use laurel::server::usecase::rewards::redeem::{Wish, redeem};
use laurel_domain::ids::RedemptionId;
use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState::{Failed, Paid, Processing};
use laurel_domain::rules::tier::TierRank;

use crate::support::people::{employed, enrolled, refused};
use crate::support::programme::{check, programme, standing, tell};

async fn found(ledger: &Ledger, filter: Filter) -> Vec<String> {
    let members = search::list(ledger, &Filter { most: 100, ..filter }).await.unwrap();
    let mut ids: Vec<String> = members.into_iter().filter_map(|member| member.external_id).collect();
    ids.sort();
    ids
}

async fn redeemed(ledger: &Ledger, key: &str) -> RedemptionId {
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    let actor = Authority::command_line().actor();
    let wish = Wish { member_no: member.no, points: "100".parse().unwrap(), quoted: None, key: key.into(), actor };
    redeem(ledger, wish).await.unwrap().redemption.id
}

stories! {
    async fn members_are_found_by_any_of_their_names_and_filtered(db: Db) {
        let ledger = programme(&db).await;
        enrolled(&db, "M-100%", Some("Han@Example.com")).await;
        enrolled(&db, "m-1000", None).await;
        tell(&ledger, "id=p1 member=m-1000 pay=150").await.unwrap();
        let text = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
        assert_eq!(found(&ledger, Filter::default()).await, ["M-100%", "m-1000"]);
        assert_eq!(found(&ledger, text("梅梅")).await, ["M-100%", "m-1000"]);
        assert_eq!(found(&ledger, text("HAN@")).await, ["M-100%"]);
        assert_eq!(found(&ledger, text("m-100%")).await, ["M-100%"], "a wildcard is meant as it stands");
        assert_eq!(found(&ledger, text("M_1")).await, [""; 0]);
        assert_eq!(found(&ledger, Filter { tier: TierRank::new(2), ..Filter::default() }).await, ["m-1000"]);
        assert_eq!(found(&ledger, Filter { status: Some(Status::Suspended), ..Filter::default() }).await, [""; 0]);
        let page = |before| Filter { before, most: 1, ..Filter::default() };
        let first = search::list(&ledger, &page(None)).await.unwrap().remove(0);
        let second = search::list(&ledger, &page(Some(first.id.parse().unwrap()))).await.unwrap().remove(0);
        assert_ne!(first.id, second.id);
        assert!(search::list(&ledger, &page(Some(second.id.parse().unwrap()))).await.unwrap().is_empty());
        let file = search::file(&ledger, view::find(&ledger, By::External("m-1000")).await.unwrap().unwrap().id()).await.unwrap();
        assert_eq!((file.tiers.len(), file.redemptions.len(), file.sign_in_name), (1, 0, None));
    }

    async fn redemptions_are_worked_off_all_or_none(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let (first, second) = (redeemed(&ledger, "k1").await, redeemed(&ledger, "k2").await);
        let manager = Authority::command_line();
        assert_eq!(fulfil::advance(&ledger, manager, &[second, first, first], Processing, None).await.unwrap(), 2);
        assert_eq!(fulfil::advance(&ledger, manager, &[first], Paid, None).await.unwrap(), 1);
        let third = redeemed(&ledger, "k3").await;
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[third, first], Paid, None).await), "no_such_transition");
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[], Paid, None).await), "invalid");
        assert_eq!(fulfil::advance(&ledger, manager, &[third, second], Failed, None).await.unwrap(), 2);
        assert_eq!(standing(&ledger, "m-1").await, "900.00/0.00/1000.00/4");
        let support = employed(&db, &laurel::server::auth::Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(fulfil::advance(&ledger, support, &[third], Paid, None).await), "forbidden");
        check(&ledger).await;
    }
}
