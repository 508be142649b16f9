//! Closing an account and erasing its personal data; `verify` still passes.

use futures::future::join_all;
use laurel_domain::benefits::claim::ClaimState;
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::statement::check::check as checked;
use laurel_domain::member::Status;
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::redemption::RedemptionState::{Cancelled, Delivered, Issued, Processing, Shipped, Voided};
use laurel_engine::auth::{Actor, Auth, Authority, MemberSession, Role};
use laurel_engine::store::Db;
use laurel_engine::store::audit::{self, Filter};
use laurel_engine::store::benefits::claims as claim_rows;
use laurel_engine::store::members::member::{By, Member};
use laurel_engine::store::on;
use laurel_engine::usecase::access::{activate, sign_in};
use laurel_engine::usecase::approval::Decision;
use laurel_engine::usecase::benefits::claims;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::adjustments;
use laurel_engine::usecase::ledger::{checkpoint, statement};
use laurel_engine::usecase::members::close::{self, OwnWish};
use laurel_engine::usecase::members::{erase, view};
use laurel_engine::usecase::rewards::redeem::{Wish, redeem};

use laurel_testing::people::{self, PASSWORD, employed, enrolled, member_session, refused, visitor};
use laurel_testing::programme::{check, programme, programme_with, standing, tell};
use laurel_testing::rewards::{bought, gift, go, left, look, pool};

async fn found(ledger: &Ledger, external_id: &str) -> Member {
    view::find(ledger, By::External(external_id)).await.unwrap().unwrap()
}

async fn cash(ledger: &Ledger, external_id: &str, points: &str, key: &str) -> RedemptionId {
    let member = found(ledger, external_id).await;
    let actor = Actor::Member(member.id().uuid());
    let wish = Wish { member_no: member.no, points: points.parse().unwrap(), quoted: None, key: key.into(), actor };
    redeem(ledger, wish).await.unwrap().redemption.id
}

fn points(text: &str) -> Points {
    text.parse().unwrap()
}

/// In the portal, with a password.
async fn in_the_portal(ledger: &Ledger, auth: &Auth, external_id: &str) -> MemberSession {
    let (db, now) = (&ledger.db, ledger.clock.now());
    let member = found(ledger, external_id).await;
    let invited = activate::invite(db, Authority::command_line(), member.id(), now).await.unwrap();
    let activation = activate::Activation {
        code: invited.code.as_str().to_owned(),
        sign_in_name: Some(format!("{external_id}@example.com")),
        password: PASSWORD.to_owned(),
    };
    let signed_in = activate::activate(db, auth, &activation, &visitor(), now).await.unwrap();
    member_session(db, signed_in.token.as_str(), now).await.unwrap()
}

fn own(password: &str, removes: &str, erase: bool) -> OwnWish {
    OwnWish { password: password.to_owned(), removes: points(removes), erase }
}

/// Every text of every table that may hold one, with the tables that hold what was looked for.
async fn holding(db: &Db, what: &str) -> Vec<&'static str> {
    const TABLES: [(&str, &str); 9] = [
        (
            "members",
            "select coalesce(name, '') || coalesce(email, '') || coalesce(phone, '') || coalesce(external_id, '') \
            || coalesce(referral_code, '') from members",
        ),
        ("credentials", "select sign_in_name from credentials"),
        ("contacts", "select recipient || phone || address from redemption_contacts"),
        ("redemptions", "select coalesce(tracking, '') from redemptions"),
        ("reviews", "select subject from reviews"),
        ("adjustments", "select coalesce(reason, '') || coalesce(objection, '') from adjustments"),
        ("audit", "select subject || coalesce(before, '') || coalesce(after, '') from audit"),
        ("sessions", "select device from sessions where member is not null"),
        ("claims", "select code from benefit_claims"),
    ];
    let mut reader = db.reader().await.unwrap();
    let mut tables = Vec::new();
    for (table, sql) in TABLES {
        let texts: Vec<String> = on!(reader, conn => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap());
        if texts.iter().any(|text| text.contains(what)) {
            tables.push(table);
        }
    }
    tables
}

stories! {
    async fn closing_cancels_what_can_be_cancelled_and_removes_what_is_left(db: Db) {
        let ledger = programme_with(&db, |rules| rules.holding.referral = 30).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000 at=2026-11-20T09:00:00Z").await.unwrap();
        tell(&ledger, "id=p2 member=m-2 pay=1").await.unwrap();
        tell(&ledger, "id=f1 member=m-1 referee=m-2").await.unwrap();
        let (mug, voucher) = (gift(&ledger, 1).await, pool(&ledger, "CODE-1\nCODE-2").await);
        let paid = cash(&ledger, "m-1", "100", "c").await;
        let ordered = bought(&ledger, "m-1", mug, "g").await;
        let hidden = bought(&ledger, "m-1", voucher, "v1").await;
        let revealed = bought(&ledger, "m-1", voucher, "v2").await;
        go(&ledger, revealed, Issued).await.unwrap();
        let member = found(&ledger, "m-1").await;
        let wish = claims::Wish { member_no: member.no, benefit: "free-repair".into(), key: "k".into() };
        let claim = claims::claim(&ledger, wish).await.unwrap();
        let preview = close::preview(&ledger, member.no).await.unwrap();
        assert_eq!((preview.cancels.len(), preview.waits.len(), preview.vouchers, preview.claims), (3, 0, 1, 1));
        assert_eq!(preview.removes, points("930"), "1,000 and 10 pending, less the voucher that was revealed");
        let closed = close::close(&ledger, Authority::command_line(), member.id(), Some(preview.removes)).await.unwrap();
        assert_eq!((closed.cancelled, closed.removed), (3, points("930")));
        for id in [paid, ordered, hidden] {
            assert_eq!(look(&ledger, id).await.redeemed.redemption.state, Cancelled);
        }
        assert_eq!((left(&ledger, mug).await, left(&ledger, voucher).await), (Some(1), Some(1)), "stock and code are back");
        assert_eq!(look(&ledger, revealed).await.code.as_deref(), Some("CODE-2"));
        let ended = claim_rows::ended(&mut db.reader().await.unwrap(), member.no, ledger.clock.now(), 10).await.unwrap();
        assert_eq!((ended.len(), ended[0].state, ended[0].id), (1, ClaimState::Withdrawn, claim.row.id));
        let view = laurel_testing::programme::member(&ledger, "m-1").await;
        assert_eq!((view.status, view.points.balance, view.points.pending), (Status::Closed, Points::ZERO, Points::ZERO));
        check(&ledger).await;
        // a voucher that is void later gives nothing to anybody
        go(&ledger, revealed, Voided).await.unwrap();
        assert_eq!(laurel_testing::programme::member(&ledger, "m-1").await.points.balance, Points::ZERO);
        check(&ledger).await;
    }

    async fn closing_waits_while_something_is_paid_or_on_its_way(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
        let mug = gift(&ledger, 5).await;
        let (paying, sent, kept) = (cash(&ledger, "m-1", "100", "c").await, bought(&ledger, "m-1", mug, "g").await, bought(&ledger, "m-1", mug, "g2").await);
        go(&ledger, paying, Processing).await.unwrap();
        go(&ledger, sent, Shipped).await.unwrap();
        let member = found(&ledger, "m-1").await;
        assert_eq!(close::preview(&ledger, member.no).await.unwrap().waits.len(), 2);
        let close = async || refused(close::close(&ledger, Authority::command_line(), member.id(), None).await);
        assert_eq!(close().await, "waits_for_redemptions");
        assert_eq!(look(&ledger, kept).await.redeemed.redemption.state.name(), "ordered", "nothing was cancelled");
        go(&ledger, sent, Delivered).await.unwrap();
        assert_eq!(close().await, "waits_for_redemptions");
        go(&ledger, paying, laurel_domain::rewards::redemption::RedemptionState::Paid).await.unwrap();
        assert_eq!(close().await, "accepted");
        assert_eq!(close().await, "member_closed");
        assert_eq!(standing(&ledger, "m-1").await, "0.00/0.00/1000.00/4");
        check(&ledger).await;
    }

    async fn closing_lets_debt_go_and_forgives_later_refunds(db: Db) {
        let ledger = programme(&db).await;
        tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap();
        tell(&ledger, "id=p2 member=m-1 pay=40").await.unwrap();
        cash(&ledger, "m-1", "100", "c").await;
        let id = cash(&ledger, "m-1", "40", "c2").await;
        for state in [Processing, laurel_domain::rewards::redemption::RedemptionState::Paid] {
            go(&ledger, id, state).await.unwrap();
        }
        tell(&ledger, "id=r1 member=m-1 refund=100 of=p1").await.unwrap();
        let member = found(&ledger, "m-1").await;
        tell(&ledger, "id=r0 member=m-1 refund=20 of=p2").await.unwrap();
        // of the debt of 120, the cancelled 100 repay as much
        assert_eq!(close::preview(&ledger, member.no).await.unwrap().removes, points("-20"));
        close::close(&ledger, Authority::command_line(), member.id(), None).await.unwrap();
        let refunded = tell(&ledger, "id=r2 member=m-1 refund=20 of=p2").await.unwrap();
        assert_eq!((refunded.points, refunded.balance), (Points::ZERO, Points::ZERO));
        for event in ["id=p3 member=m-1 pay=1", "id=v1 member=m-1 review=tea"] {
            assert_eq!(tell(&ledger, event).await.unwrap_err().code(), "member_closed", "{event}");
        }
        check(&ledger).await;
    }

    async fn a_member_closes_their_own_account_by_their_password_and_is_out(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        tell(&ledger, "id=p1 member=m-1 pay=50").await.unwrap();
        let session = in_the_portal(&ledger, &auth, "m-1").await;
        let at = visitor().address;
        let close = async |wish: OwnWish| refused(close::close_own(&ledger, &auth, &session, &wish, at).await);
        assert_eq!(close(own("wrong", "50", false)).await, "wrong_password");
        tell(&ledger, "id=p2 member=m-1 pay=1").await.unwrap();
        assert_eq!(close(own(PASSWORD, "50", false)).await, "closing_changed");
        assert_eq!(standing(&ledger, "m-1").await, "51.00/0.00/51.00/1");
        assert_eq!(close(own(PASSWORD, "51", false)).await, "accepted");
        let presented = people::sign_in("m-1@example.com", PASSWORD);
        let again = sign_in::member(&db, &auth, &presented, &visitor(), ledger.clock.now()).await;
        assert_eq!(refused(again), "wrong_sign_in");
        assert!(holding(&db, "Firefox").await.is_empty(), "no session is left");
        let logged = audit::list(&mut db.reader().await.unwrap(), &Filter { action: Some("member.close".into()), limit: 9, ..Filter::default() }).await.unwrap();
        assert_eq!((logged.len(), logged[0].actor), (1, Some(session.member.uuid())));
        assert!(view::find(&ledger, By::External("m-1")).await.unwrap().unwrap().erased_at.is_none());
        check(&ledger).await;
    }

    async fn managers_close_and_admins_erase_and_nobody_else(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        tell(&ledger, "id=p1 member=m-1 pay=5000").await.unwrap();
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        let admin = employed(&db, &auth, "a@example.com", Role::Admin).await;
        let id = found(&ledger, "m-1").await.id();
        let proposal = adjustments::adjust(&ledger, support, adjustments::wish(id, "2000", "why", "k").unwrap()).await.unwrap();
        assert_eq!(refused(close::close(&ledger, support, id, None).await), "forbidden");
        assert_eq!(refused(erase::erase(&ledger, admin, id).await), "member_not_closed");
        assert_eq!(refused(close::close(&ledger, manager, id, Some(points("1"))).await), "closing_changed");
        assert_eq!(refused(close::close(&ledger, manager, id, Some(points("5000"))).await), "accepted");
        assert_eq!(refused(adjustments::decide(&ledger, manager, proposal.id, Decision::Approve).await), "already_decided");
        assert_eq!(refused(adjustments::adjust(&ledger, support, adjustments::wish(id, "1", "why", "k2").unwrap()).await), "member_closed");
        assert_eq!(refused(erase::erase(&ledger, manager, id).await), "forbidden");
        assert_eq!(refused(erase::erase(&ledger, admin, id).await), "accepted");
        assert_eq!(refused(erase::erase(&ledger, admin, id).await), "accepted", "twice does nothing more");
        check(&ledger).await;
    }

    async fn erasing_takes_every_name_and_text_and_the_chain_still_proves_itself(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        enrolled(&db, "m-li", Some("lilei@example.com")).await;
        tell(&ledger, "id=p1 member=m-li pay=1000").await.unwrap();
        tell(&ledger, "id=v1 member=m-li review=绿茶").await.unwrap();
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let session = in_the_portal(&ledger, &auth, "m-li").await;
        let mug = gift(&ledger, 5).await;
        let sent = bought(&ledger, "m-li", mug, "g").await;
        go(&ledger, sent, Shipped).await.unwrap();
        go(&ledger, sent, Delivered).await.unwrap();
        adjustments::adjust(&ledger, support, adjustments::wish(session.member, "5", "韩梅梅来电", "k").unwrap()).await.unwrap();
        let folder = tempfile::TempDir::new().unwrap();
        let before = folder.path().join("statement.json");
        let statement = statement::statement(&ledger, session.no).await.unwrap();
        std::fs::write(&before, serde_json::to_string(&statement).unwrap()).unwrap();
        let removes = close::preview(&ledger, session.no).await.unwrap().removes.to_string();
        assert_eq!(holding(&db, "m-li").await, ["members", "credentials"]);
        close::close_own(&ledger, &auth, &session, &own(PASSWORD, &removes, true), visitor().address).await.unwrap();
        for text in ["m-li", "lilei", "韩梅梅", "李雷", "延安路", "绿茶"] {
            assert_eq!(holding(&db, text).await, [""; 0], "{text}");
        }
        check(&ledger).await;
        // a statement from before still agrees, one from now has digests only
        let wish = checkpoint::Wish { against: Some(before), write: None };
        assert_eq!(checkpoint::prove(&ledger, wish).await.unwrap().verdict.differences, []);
        let after = statement::statement(&ledger, session.no).await.unwrap();
        assert_eq!(checked(&after).findings, []);
        let after = serde_json::to_string(&after).unwrap();
        assert!(!after.contains("绿茶") && !after.contains("韩梅梅") && !after.contains("salt"), "{after}");
        let member = view::find(&ledger, By::No(session.no)).await.unwrap().unwrap();
        assert_eq!((member.status, member.external_id, member.referral_code), (Status::Closed, None, None));
    }

    async fn events_of_who_was_erased_are_known_again_and_refunds_find_their_payment(db: Db) {
        let ledger = programme(&db).await;
        let referrer = "id=p2 member=m-2 pay=1 at=2026-11-20T09:00:00Z";
        for event in [referrer, "id=p1 member=m-1 pay=100", "id=v1 member=m-1 review=tea", "id=f1 member=m-2 referee=m-1"] {
            tell(&ledger, event).await.unwrap();
        }
        let admin = Authority::command_line();
        let member = found(&ledger, "m-1").await;
        close::close(&ledger, admin, member.id(), None).await.unwrap();
        erase::erase(&ledger, admin, member.id()).await.unwrap();
        // repeats are repeats, whatever was erased of the first
        assert_eq!(tell(&ledger, "id=p1 member=m-1 pay=100").await.unwrap().points, points("100"));
        assert_eq!(tell(&ledger, "id=v1 member=m-1 review=tea").await.unwrap().points, points("5"));
        assert_eq!(tell(&ledger, "id=f1 member=m-2 referee=m-1").await.unwrap().points, points("10"));
        assert_eq!(tell(&ledger, "id=p1 member=m-1 pay=101").await.unwrap_err().code(), "event_conflict");
        let refunded = tell(&ledger, "id=r1 member=m-1 refund=60 of=p1").await.unwrap();
        assert_eq!((refunded.points, refunded.balance), (Points::ZERO, Points::ZERO));
        assert_eq!(tell(&ledger, "id=r1 member=m-1 refund=60 of=p1").await.unwrap(), refunded);
        assert_eq!(tell(&ledger, "id=r2 member=m-1 refund=60 of=p1").await.unwrap_err().code(), "refund_beyond_payment");
        // the payment system may go on with the id: that is somebody new, and the old payment stays where it was
        tell(&ledger, "id=p3 member=m-1 pay=7").await.unwrap();
        tell(&ledger, "id=r3 member=m-1 refund=40 of=p1").await.unwrap();
        assert_eq!(standing(&ledger, "m-1").await, "7.00/0.00/7.00/1");
        assert_ne!(found(&ledger, "m-1").await.no, member.no);
        check(&ledger).await;
    }

    async fn a_redemption_and_an_approval_against_closing_lose_no_point(db: Db) {
        let (ledger, auth) = (programme(&db).await, Auth::default());
        let support = employed(&db, &auth, "s@example.com", Role::Support).await;
        let manager = employed(&db, &auth, "m@example.com", Role::Manager).await;
        for n in 0..6 {
            let name = format!("m-{n}");
            tell(&ledger, &format!("id=p{n} member={name} pay=500")).await.unwrap();
            let member = found(&ledger, &name).await;
            let proposal = adjustments::adjust(&ledger, support, adjustments::wish(member.id(), "2000", "why", &name).unwrap()).await.unwrap();
            let (a, b, c) = (ledger.clone(), ledger.clone(), ledger.clone());
            let actor = Actor::Member(member.id().uuid());
            let (no, who) = (member.no, member.id());
            let at_once = join_all([
                tokio::spawn(async move { refused(close::close(&a, manager, who, None).await) }),
                tokio::spawn(async move { refused(adjustments::decide(&b, manager, proposal.id, Decision::Approve).await) }),
                tokio::spawn(async move {
                    let wish = Wish { member_no: no, points: points("100"), quoted: None, key: "r".into(), actor };
                    refused(redeem(&c, wish).await)
                }),
            ]);
            let outcomes: Vec<&str> = at_once.await.into_iter().map(Result::unwrap).collect();
            assert_eq!(outcomes[0], "accepted");
            assert!(["accepted", "already_decided"].contains(&outcomes[1]), "{outcomes:?}");
            assert!(["accepted", "member_closed"].contains(&outcomes[2]), "{outcomes:?}");
            assert_eq!(found(&ledger, &name).await.account.balance(), Some(Points::ZERO));
        }
        check(&ledger).await;
    }
}
