//! Searching members and redemptions in the console.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::RedemptionId;
use laurel_domain::member::Status;
use laurel_domain::rewards::redemption::RedemptionState::{Failed, Paid, Processing};
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::tier::TierRank;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::members::erasure;
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::roll::{Filter, Sort, SortBy};
use laurel_engine::store::rewards::redemptions::StateSince;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::enrol::{self, Enrolment};
use laurel_engine::usecase::members::{search, view};
use laurel_engine::usecase::programme::figures;
use laurel_engine::usecase::rewards::fulfil::{self, Marking};
use laurel_engine::usecase::rewards::redeem::{Wish, redeem};

use laurel_testing::people::{employed, enrolled, refused};
use laurel_testing::programme::{check, programme, programme_with, standing, tell};

async fn found(ledger: &Ledger, filter: Filter) -> Vec<String> {
    let members = search::page(ledger, &Filter { most: 100, ..filter }).await.unwrap().members;
    let mut ids: Vec<String> = members.into_iter().filter_map(|member| member.external_id).collect();
    ids.sort();
    ids
}

/// In the order of the page.
fn ids(page: &search::Page) -> Vec<String> {
    page.members.iter().filter_map(|member| member.external_id.clone()).collect()
}

async fn redeemed(ledger: &Ledger, key: &str) -> RedemptionId {
    redeemed_of(ledger, "m-1", "100", key).await
}

async fn redeemed_by(ledger: &Ledger, member: &str, points: &str) -> RedemptionId {
    redeemed_of(ledger, member, points, "k").await
}

async fn redeemed_of(ledger: &Ledger, member: &str, points: &str, key: &str) -> RedemptionId {
    let member = view::find(ledger, By::External(member)).await.unwrap().unwrap();
    let actor = Authority::command_line().actor();
    let wish = Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: key.into(), actor };
    redeem(ledger, wish).await.unwrap().redemption.id
}

stories! {
    async fn very_many_are_in_the_order_of_their_points_as_it_was_followed_last(db: Db) {
        let ledger = programme(&db).await;
        for m in 1..=9 {
            tell(&ledger, &format!("id=p{m} member=m-{m} pay={}", 40 * (m % 4) * m + 5)).await.unwrap();
        }
        let orders = [SortBy::Available, SortBy::Earned].map(|by| [false, true].map(|ascending| Sort { by, ascending }));
        let filters = |sort| {
            let of_tier = Filter { tier: TierRank::new(2), ..Filter::default() };
            let active = Filter { status: Some(Status::Active), ..Filter::default() };
            let idle = Filter { idle_since: Some(Timestamp::MAX), ..Filter::default() };
            let suspended = Filter { status: Some(Status::Suspended), ..Filter::default() };
            let in_debt = Filter { in_debt: true, ..Filter::default() };
            [Filter::default(), of_tier, active, idle, suspended, in_debt].map(|filter| Filter { sort, most: 2, ..filter })
        };
        let unfollowed = search::page_beyond(&ledger, &filters(orders[0][0])[0], 0).await.unwrap();
        assert_eq!((unfollowed.ordered_at, ids(&unfollowed)), (None, ["m-7", "m-6"].map(String::from).to_vec()), "sorted for it");
        figures::follow(&ledger).await.unwrap();
        for filter in orders.into_iter().flatten().flat_map(filters) {
            let (mut sorted, mut kept) = (filter.clone(), filter.clone());
            // forwards through all of it, and one page back
            for step in 0.. {
                let exact = search::page(&ledger, &sorted).await.unwrap();
                let found = search::page_beyond(&ledger, &kept, 0).await.unwrap();
                assert_eq!((ids(&found), found.ordered_at), (ids(&exact), None), "step {step} of {filter:?}");
                assert_eq!((found.previous, found.next), (exact.previous, exact.next), "step {step} of {filter:?}");
                let Some(next) = exact.next else { break };
                let back = exact.previous.filter(|_| step == 1);
                (sorted.from, kept.from) = (back.or(Some(next)), back.or(Some(next)));
                if step > 9 {
                    break;
                }
            }
        }
        check(&ledger).await;
    }

    async fn an_order_that_is_not_as_of_now_says_so_and_goes_on_by_itself(db: Db) {
        let ledger = programme(&db).await;
        for m in 1..=4 {
            tell(&ledger, &format!("id=p{m} member=m-{m} pay={}", 10 * m)).await.unwrap();
        }
        figures::follow(&ledger).await.unwrap();
        let before = ledger.clock.now();
        ledger.clock.advance(SignedDuration::from_mins(5));
        tell(&ledger, "id=p9 member=m-1 pay=20").await.unwrap();
        let most = |from| Filter { sort: Sort { by: SortBy::Available, ascending: false }, most: 2, from, ..Filter::default() };
        let first = search::page_beyond(&ledger, &most(None), 0).await.unwrap();
        assert_eq!((ids(&first), first.ordered_at), (vec!["m-4".into(), "m-3".into()], Some(before)));
        let second = search::page_beyond(&ledger, &most(first.next), 0).await.unwrap();
        assert_eq!(ids(&second), ["m-2", "m-1"], "each once, where they were");
        assert_eq!(second.members[1].points.available, "30".parse().unwrap(), "with what they have now");
        figures::follow(&ledger).await.unwrap();
        let now = search::page_beyond(&ledger, &most(None), 0).await.unwrap();
        assert_eq!((now.ordered_at, ids(&now)[0].as_str()), (None, "m-4"));
        assert_eq!(ids(&search::page_beyond(&ledger, &most(now.next), 0).await.unwrap()), ["m-1", "m-2"]);
        check(&ledger).await;
    }

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
        let other = view::find(&ledger, By::External("m-1000")).await.unwrap().unwrap().id().to_string();
        assert_eq!(found(&ledger, text(&other)).await, ["m-1000"]);
        assert_eq!(found(&ledger, text("m-10")).await, ["m-1000"], "its beginning comes before what has it inside");
        assert_eq!(found(&ledger, text("100")).await, ["M-100%", "m-1000"]);
        let first = Filter { most: 1, ..Filter::default() };
        let newest = search::page(&ledger, &first).await.unwrap();
        assert_eq!((newest.members.len(), newest.previous), (1, None));
        let oldest = search::page(&ledger, &Filter { from: newest.next, ..first.clone() }).await.unwrap();
        assert_ne!(newest.members[0].id, oldest.members[0].id);
        assert_eq!(oldest.next, None);
        let back = search::page(&ledger, &Filter { from: oldest.previous, ..first }).await.unwrap();
        assert_eq!(back.members, newest.members);
        assert!(back.next.is_some() && back.previous.is_none());
        let file = search::file(&ledger, view::find(&ledger, By::External("m-1000")).await.unwrap().unwrap().id()).await.unwrap();
        assert_eq!((file.tiers.len(), file.redemptions.len(), file.sign_in_name), (1, 0, None));
    }

    async fn members_are_found_however_their_number_name_or_id_is_typed(db: Db) {
        let ledger = programme(&db).await;
        for (n, name, phone) in [(1, "胡伟", "13910372193"), (2, "Hu Wei", "+44 20 7946 0018"), (3, "欧阳 娜娜", "+86 139 0000 0001")] {
            let person = Enrolment {
                external_id: format!("shop-{n}"),
                name: Some(name.into()),
                phone: Some(phone.into()),
                ..Enrolment::default()
            };
            enrol::enrol(&db, Authority::command_line().actor(), &person, ledger.clock.now()).await.unwrap();
        }
        let text = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
        for typed in ["+86 139 1037 2193", "139 1037 2193", "139-1037-2193", "10372193", "１３９１０３７２１９３", "胡 伟", "胡伟"] {
            assert_eq!(found(&ledger, text(typed)).await, ["shop-1"], "{typed}");
        }
        for typed in ["+44 (20) 7946 0018", "huwei", "HU WEI", "hu  w"] {
            assert_eq!(found(&ledger, text(typed)).await, ["shop-2"], "{typed}");
        }
        assert_eq!(found(&ledger, text("欧阳娜")).await, ["shop-3"]);
        assert_eq!(found(&ledger, text("+86 139")).await, ["shop-1", "shop-3"]);
        assert_eq!(found(&ledger, text("shop-2")).await, ["shop-2"]);
        let id = view::find(&ledger, By::External("shop-3")).await.unwrap().unwrap().id().to_string();
        for part in [&id[..8], &id[..13], &id[..18], &id.to_uppercase()] {
            assert!(found(&ledger, text(part)).await.contains(&"shop-3".to_owned()), "{part}");
        }
        assert_eq!(found(&ledger, text(&id)).await, ["shop-3"]);
        // the way that found somebody on the first page is the way on the next
        let first = search::page(&ledger, &Filter { most: 1, ..text("shop-") }).await.unwrap();
        let next = search::page(&ledger, &Filter { from: first.next, most: 10, ..text("shop-") }).await.unwrap();
        assert_eq!((first.members.len(), next.members.len(), next.next), (1, 2, None));
    }

    async fn members_come_in_the_order_that_is_asked_for_forth_and_back(db: Db) {
        let ledger = programme(&db).await;
        for (member, pay) in [("a", "150"), ("b", "50"), ("c", "150"), ("d", "900")] {
            tell(&ledger, &format!("id=p-{member} member={member} pay={pay}")).await.unwrap();
        }
        enrolled(&db, "e", None).await;
        let sorted = |by, ascending| Filter { sort: Sort { by, ascending }, most: 2, ..Filter::default() };
        for (sort, expected) in [
            (sorted(SortBy::Available, false), "dcabe"),
            (sorted(SortBy::Available, true), "ebacd"),
            (sorted(SortBy::Since, false), "edcba"),
            (sorted(SortBy::Since, true), "abcde"),
            (sorted(SortBy::Earned, false), "dcabe"),
        ] {
            let (mut pages, mut from) = (Vec::new(), None);
            loop {
                let page = search::page(&ledger, &Filter { from, ..sort.clone() }).await.unwrap();
                pages.push(page.clone());
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
            let name = |page: &search::Page| page.members.iter().filter_map(|m| m.external_id.clone()).collect::<String>();
            assert_eq!(pages.iter().map(name).collect::<String>(), expected, "{:?}", sort.sort);
            let back = search::page(&ledger, &Filter { from: pages[2].previous, ..sort.clone() }).await.unwrap();
            assert_eq!(name(&back), name(&pages[1]));
            let first = search::page(&ledger, &Filter { from: back.previous, ..sort }).await.unwrap();
            assert_eq!((name(&first), first.previous), (name(&pages[0]), None));
        }
        let exactly = |number| search::Counted { number, is_exact: true };
        assert_eq!(search::count(&ledger, &Filter::default()).await.unwrap(), exactly(5));
        let of_tier = Filter { tier: TierRank::new(2), ..sorted(SortBy::Available, false) };
        assert_eq!(found(&ledger, of_tier.clone()).await, ["a", "c"]);
        assert_eq!(search::count(&ledger, &of_tier).await.unwrap(), exactly(2));
        let with_text = Filter { text: Some("a".into()), ..sorted(SortBy::Available, true) };
        assert_eq!(search::count(&ledger, &with_text).await.unwrap(), exactly(found(&ledger, with_text).await.len() as i64));
    }

    async fn members_in_debt_and_members_who_have_gone_quiet_are_found(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=owes pay=300").await.unwrap();
        redeemed_by(&ledger, "owes", "300").await;
        tell(&ledger, "id=r1 member=owes refund=300 of=p1").await.unwrap();
        tell(&ledger, "id=p2 member=quiet pay=20").await.unwrap();
        let in_debt = Filter { in_debt: true, ..Filter::default() };
        assert_eq!(found(&ledger, in_debt.clone()).await, ["owes"]);
        assert_eq!(search::count(&ledger, &in_debt).await.unwrap().number, 1);
        let last = view::find(&ledger, By::External("quiet")).await.unwrap().unwrap().account.last.unwrap().time();
        let idle = |since| Filter { idle_since: Some(since), ..Filter::default() };
        assert!(found(&ledger, idle(last + SignedDuration::from_secs(1))).await.contains(&"quiet".to_owned()));
        assert_eq!(found(&ledger, idle(last - SignedDuration::from_hours(24 * 90))).await, [""; 0]);
    }

    async fn what_becomes_due_by_itself_is_nothing_that_a_member_did(db: Db) {
        let ledger = programme_with(&db, |set| set.expiry = Expiry::Months(1)).await;
        let (paid, later) = ("2026-11-22T09:59:00Z", "2027-01-01T09:00:00Z");
        tell(&ledger, &format!("id=p1 member=quiet pay=20 at={paid}")).await.unwrap();
        ledger.clock.advance(SignedDuration::from_hours(24 * 40));
        tell(&ledger, &format!("id=p2 member=busy pay=20 at={later}")).await.unwrap();
        let [paid, later] = [paid, later].map(|at| at.parse::<Timestamp>().unwrap());
        let quiet = view::find(&ledger, By::External("quiet")).await.unwrap().unwrap();
        let file = search::file(&ledger, quiet.id()).await.unwrap();
        assert!(file.member.account.last.unwrap() > paid, "its points lapsed");
        let page = search::page(&ledger, &Filter { most: 10, ..Filter::default() }).await.unwrap();
        let last = |name: &str| {
            let member = page.members.iter().find(|member| member.external_id.as_deref() == Some(name)).unwrap();
            page.last_activity.get(&member.id).copied()
        };
        assert_eq!((last("quiet"), last("busy")), (Some(paid), Some(later)));
        let idle = Filter { idle_since: Some(paid + SignedDuration::from_hours(24 * 20)), ..Filter::default() };
        assert_eq!(found(&ledger, idle.clone()).await, ["quiet"]);
        assert_eq!(search::count(&ledger, &idle).await.unwrap().number, 1);
        let among = Filter { text: Some("quiet".into()), ..idle };
        assert_eq!((found(&ledger, among.clone()).await.len(), search::count(&ledger, &among).await.unwrap().number), (1, 1));
    }

    async fn any_part_of_a_name_is_found_whatever_marks_are_in_it_and_what_it_was_before_is_not(db: Db) {
        let ledger = programme(&db).await;
        let called = |n: usize, name: &str| Enrolment {
            external_id: format!("shop-{n}"),
            name: Some(name.into()),
            ..Enrolment::default()
        };
        let by = Authority::command_line().actor();
        for (n, name) in [(1, "胡伟"), (2, "O'Neil \"Ace\" \\50%"), (3, "欧阳胡娜")] {
            enrol::enrol(&db, by, &called(n, name), ledger.clock.now()).await.unwrap();
        }
        let text = |text: &str| Filter { text: Some(text.to_owned()), ..Filter::default() };
        for (typed, who) in [
            ("胡", vec!["shop-1", "shop-3"]),
            ("伟", vec!["shop-1"]),
            ("阳胡", vec!["shop-3"]),
            ("o'", vec!["shop-2"]),
            ("'NEIL", vec!["shop-2"]),
            ("\"a", vec!["shop-2"]),
            ("\"ace\"", vec!["shop-2"]),
            ("\\", vec!["shop-2"]),
            ("\\50%", vec!["shop-2"]),
            ("0%", vec!["shop-2"]),
            ("%", vec!["shop-2"]),
            ("_", vec![]),
            ("neil or ace", vec![]),
            ("胡伟 AND 娜", vec![]),
            ("伟shop", vec![]),
        ] {
            assert_eq!(found(&ledger, text(typed)).await, who, "{typed}");
        }
        enrol::enrol(&db, by, &called(1, "周伟"), ledger.clock.now()).await.unwrap();
        assert_eq!(found(&ledger, text("胡伟")).await, [""; 0]);
        assert_eq!(found(&ledger, text("周")).await, ["shop-1"]);
        let no = view::find(&ledger, By::External("shop-1")).await.unwrap().unwrap().no;
        db.write(no, |tx, no| Box::pin(erasure::erase(tx, *no, "2026-11-22T10:00:00Z".parse().unwrap()))).await.unwrap();
        for typed in ["周", "周伟", "shop-1"] {
            assert_eq!(found(&ledger, text(typed)).await, [""; 0], "{typed}");
        }
    }

    async fn redemptions_are_worked_off_all_or_none(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let (first, second) = (redeemed(&ledger, "k1").await, redeemed(&ledger, "k2").await);
        let manager = Authority::command_line();
        assert_eq!(fulfil::advance(&ledger, manager, &[second, first, first], Processing).await.unwrap().count, 2);
        let paid = Marking { note: Some(" B-2026-11 ".into()), ..Marking::from(Paid) };
        assert_eq!(fulfil::advance(&ledger, manager, &[first], paid).await.unwrap().cash.to_string(), "1.00 CNY");
        let third = redeemed(&ledger, "k3").await;
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[third, first], Paid).await), "no_such_transition");
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[], Paid).await), "invalid");
        let failed = |note: &str| Marking { note: Some(note.into()), ..Marking::from(Failed) };
        assert_eq!(refused(fulfil::advance(&ledger, manager, &[third, second], failed(" ")).await), "invalid", "a reason is due");
        let sum = fulfil::advance(&ledger, manager, &[third, second], failed("account closed")).await.unwrap();
        assert_eq!((sum.count, sum.points.to_string()), (2, "200.00".to_owned()));
        assert_eq!(standing(&ledger, "m-1").await, "900.00/0.00/1000.00/4");
        let support = employed(&db, &laurel_engine::auth::Auth::default(), "s@example.com", Role::Support).await;
        assert_eq!(refused(fulfil::advance(&ledger, support, &[third], Paid).await), "forbidden");
        check(&ledger).await;
    }

    async fn the_history_of_a_redemption_tells_who_moved_it_when_and_what_they_noted(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let (paid, failed) = (redeemed(&ledger, "k1").await, redeemed(&ledger, "k2").await);
        let manager = employed(&db, &laurel_engine::auth::Auth::default(), "m@example.com", Role::Manager).await;
        let noted = |to, note: &str| Marking { note: Some(note.into()), ..Marking::from(to) };
        fulfil::advance(&ledger, manager, &[paid], noted(Paid, "B-17")).await.unwrap();
        fulfil::advance(&ledger, manager, &[failed], noted(Failed, "account of Han closed")).await.unwrap();
        let history = |id| {
            let ledger = ledger.clone();
            async move {
                let found = laurel_engine::usecase::rewards::redeem::find(&ledger, id).await.unwrap().unwrap();
                let line = |since: &StateSince| {
                    let (name, note) = (since.actor_name.as_deref().unwrap_or("-"), since.note.as_deref().unwrap_or("-"));
                    format!("{} {} {name} {note}", since.state.name(), since.actor)
                };
                found.states.iter().map(line).collect::<Vec<_>>().join(", ")
            }
        };
        let begun = "reserved command_line - -, processing staff Wang Wei -";
        assert_eq!(history(paid).await, format!("{begun}, paid staff Wang Wei B-17"));
        assert_eq!(history(failed).await, format!("{begun}, failed staff Wang Wei account of Han closed"));
        // a note may tell of people: it goes with its member
        let member = view::find(&ledger, By::External("m-1")).await.unwrap().unwrap();
        db.write(member.no, |tx, no| Box::pin(erasure::erase(tx, *no, "2026-11-22T10:00:00Z".parse().unwrap()))).await.unwrap();
        assert_eq!(history(failed).await, format!("{begun}, failed staff Wang Wei -"));
    }
}
