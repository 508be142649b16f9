//! Members, redemptions, audit and dashboard at the console, without a script.

use axum::http::StatusCode;
use laurel_engine::auth::{Actor, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::{enrol, view};
use laurel_engine::usecase::rewards::redeem::{Wish, redeem};
use leptos::server_fn::axum::server_fn_paths;

use crate::support::console::{fields, signed_in, typed};
use crate::support::portal::words;
use crate::support::site::Site;
use laurel_testing::programme::{check, standing, tell};

const ADVANCE: &str = "/api/admin/redemptions/advance";

async fn enrolled(site: &Site, external_id: &str, name: &str, email: &str) {
    let enrolment = enrol::Enrolment {
        external_id: external_id.to_owned(),
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..enrol::Enrolment::default()
    };
    let ledger = &site.state.ledger;
    enrol::enrol(&ledger.db, Actor::CommandLine, &enrolment, ledger.clock.now()).await.unwrap();
}

async fn redeemed(site: &Site, external_id: &str, points: &str, key: &str) -> String {
    let ledger = &site.state.ledger;
    let member = view::find(ledger, By::External(external_id)).await.unwrap().unwrap();
    let wish = Wish {
        member_no: member.no,
        points: points.parse().unwrap(),
        quoted: None,
        key: key.into(),
        actor: Actor::Member(member.id().uuid()),
    };
    redeem(ledger, wish).await.unwrap().redemption.id.to_string()
}

#[tokio::test]
async fn members_are_found_by_name_email_and_id_and_filtered_by_tier() {
    let site = Site::open().await;
    enrolled(&site, "A-100%", "Li Lei", "lilei@example.com").await;
    enrolled(&site, "B-1000", "韩梅梅", "Han@Example.com").await;
    tell(&site.state.ledger, "id=p1 member=B-1000 pay=150").await.unwrap();
    let browser = signed_in(&site, Role::Viewer).await;
    for (query, found) in [
        ("", [true, true]),
        ("?q=li+LEI", [true, false]),
        ("?q=%E6%A2%85", [false, true]),
        ("?q=han%40", [false, true]),
        ("?q=100%25", [true, false]),
        ("?q=_", [false, false]),
        ("?tier=2", [false, true]),
        ("?status=suspended", [false, false]),
    ] {
        let page = browser.open(&format!("/admin/members{query}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!([page.body.contains("Li Lei"), page.body.contains("韩梅梅")], found, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_paged_by_where_the_page_before_ended() {
    let site = Site::open().await;
    for n in 0..60 {
        tell(&site.state.ledger, &format!("id=p{n} member=m-{n:02} pay=1")).await.unwrap();
    }
    let browser = signed_in(&site, Role::Viewer).await;
    let first = browser.open("/admin/members?q=m-").await.body;
    let pager = &first[first.find("class=\"pager\"").unwrap()..];
    let next = pager.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let second = browser.open(&next).await.body;
    let rows = |page: &str| page.matches("<th scope=\"row\"").count();
    assert_eq!((rows(&first), rows(&second)), (50, 10), "{next}");
    assert!(second.contains("Previous page") && !second.contains("rel=\"next\""));
}

#[tokio::test]
async fn support_suspends_and_invites_and_the_audit_trail_tells() {
    let site = Site::open().await;
    enrolled(&site, "A-1", "Li Lei", "lilei@example.com").await;
    tell(&site.state.ledger, "id=p1 member=A-1 pay=139.12").await.unwrap();
    let id = view::find(&site.state.ledger, By::External("A-1")).await.unwrap().unwrap().id().to_string();
    let file = format!("/admin/members/{id}");
    let browser = signed_in(&site, Role::Support).await;
    let page = browser.open(&file).await.body;
    assert!(
        page.contains("+139.12") && page.contains("Why 139.12 points?") && page.contains("A-1") && page.contains("Gold"),
        "{page}"
    );
    let page = browser
        .submit_and_follow("/api/admin/members/suspend", &[("id", &id), ("suspended", "yes"), ("reason", "Stolen phone")])
        .await
        .body;
    assert!(page.contains("Member suspended.") && page.contains("Reactivate"), "{page}");
    let page = browser.submit_and_follow("/api/admin/members/invite", &[("id", &id)]).await.body;
    let link = page.split("http://127.0.0.1:3000").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(site.browser().open(&link).await.status, StatusCode::OK);
    let log = browser.open(&format!("{file}?tab=log")).await.body;
    assert!(log.contains("<ins>Suspended</ins>") && log.contains("aria-current=\"page\">Log</a>"), "{log}");
    let tiers = words(&browser.open(&format!("{file}?tab=tiers")).await.body);
    assert!(tiers.contains("Gold by entry 1"), "{tiers}");
    let benefits = words(&browser.open(&format!("{file}?tab=benefits")).await.body);
    assert!(benefits.contains("5% off everything always"), "{benefits}");
    let none = words(&browser.open(&format!("{file}?kind=clawback")).await.body);
    assert!(none.contains("No entries match."), "{none}");
    let ledger = browser.open(&format!("{file}/ledger.csv?kind=earn")).await;
    assert!(ledger.status == StatusCode::OK && ledger.body.contains(",139.12,139.12,2,1,default/p1,"), "{}", ledger.body);
    let audit = browser.open(&format!("/admin/audit?subject=member%3A{id}")).await.body;
    assert!(audit.contains("<del>Active</del>") && audit.contains("<ins>Suspended</ins>"), "{audit}");
    assert!(audit.contains("Link created for member"));
    assert_eq!(browser.open("/admin/members/0192f0c1-2345-7000-8000-000000000000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.open("/admin/members/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn redemptions_are_paid_and_failed_one_or_many_all_or_none() {
    let site = Site::open().await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(redeemed(&site, "m-1", "100", &format!("k{n}")).await);
    }
    let browser = signed_in(&site, Role::Manager).await;
    let page = browser.open("/admin/redemptions").await.body;
    assert_eq!(page.matches("name=\"ids[]\"").count(), 3, "{page}");
    let list = "/admin/redemptions?kind=cash&state=reserved";
    let ask = |to: &str, ids: &[&String]| {
        let ids: String = ids.iter().map(|id| format!("&ids%5B%5D={id}")).collect();
        format!("/admin/redemptions/confirm?to={to}{ids}&back=%2Fadmin%2Fredemptions%3Fkind%3Dcash%26state%3Dreserved")
    };
    let question = browser.open(&ask("paid", &[&ids[0], &ids[1]])).await.body;
    assert!(
        question.contains("Mark 2 redemptions as paid, ¥2.00 in all?") && question.contains("Mark as paid: ¥2.00"),
        "{question}"
    );
    let form = fields(&question, ADVANCE);
    assert_eq!(form.iter().filter(|(name, _)| name == "ids[]").count(), 2);
    let paid = browser.submit(ADVANCE, &typed(&form, &[("note", "B-2026-11")])).await;
    assert_eq!(paid.location(), list);
    let paid = browser.open(list).await.body;
    assert!(paid.contains("2 redemptions marked as paid, ¥2.00 in all."), "{paid}");
    let history = words(&browser.open(&format!("/admin/redemptions/{}", ids[0])).await.body);
    assert!(history.contains("by Wang Wei Reference: B-2026-11"), "{history}");
    let mixed = browser.open(&ask("failed", &[&ids[2], &ids[0]])).await.body;
    assert!(
        mixed.contains("1 of the selected redemptions has changed")
            && mixed.contains("Mark 1 payout as failed and return 100 points?"),
        "{mixed}"
    );
    let both = [("ids[]", ids[2].as_str()), ("ids[]", &ids[0]), ("to", "failed"), ("note", "closed")];
    assert!(browser.submit_and_follow(ADVANCE, &both).await.body.contains("role=\"alert\""), "none of them moved");
    let without = browser.submit_and_follow(ADVANCE, &[("ids[]", &ids[2]), ("to", "failed")]).await.body;
    assert!(without.contains("id=\"field-note-error\""), "a reason is due: {without}");
    let failed = [("ids[]", ids[2].as_str()), ("to", "failed"), ("note", "closed"), ("back", list)];
    let page = browser.submit_and_follow(ADVANCE, &failed).await.body;
    assert!(page.contains("1 payout marked as failed, 100 points returned."), "{page}");
    let late = browser.open(&ask("paid", &[&ids[2]])).await.body;
    assert!(late.contains("None of the selected redemptions can be marked this way.") && !late.contains(ADVANCE), "{late}");
    assert_eq!(standing(&site.state.ledger, "m-1").await, "800.00/0.00/1000.00/4");
    let nothing = browser.submit_and_follow(ADVANCE, &[("to", "paid")]).await.body;
    assert!(nothing.contains("Select at least one redemption."), "{nothing}");
    assert!(browser.open(&ask("paid", &[])).await.body.contains("Select at least one redemption."));
    let audit = browser.open("/admin/audit?action=redemption.advance").await.body;
    assert_eq!((audit.matches("<ins>Paid</ins>").count(), audit.matches("<ins>Failed</ins>").count()), (2, 1), "{audit}");
    let dashboard = browser.open("/admin").await.body;
    assert!(dashboard.contains("worth ¥8.00") && dashboard.contains("All caught up"), "{dashboard}");
    check(&site.state.ledger).await;
}

#[tokio::test]
async fn a_viewer_reads_everything_and_changes_nothing() {
    let site = Site::open().await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
    redeemed(&site, "m-1", "100", "k1").await;
    let browser = signed_in(&site, Role::Viewer).await;
    for page in [
        "/admin",
        "/admin/members",
        "/admin/rules",
        "/admin/rules/history",
        "/admin/redemptions?state=all",
        "/admin/redemptions?kind=gift",
        "/admin/redemptions?kind=voucher",
        "/admin/rewards",
        "/admin/benefits",
        "/admin/audit",
    ] {
        let page = browser.open(page).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(!page.body.contains("name=\"ids[]\""));
    }
    let entry =
        ["/api/admin/sign-in", "/api/admin/forgotten", "/api/admin/activate", "/api/admin/first", "/api/admin/sign-out"];
    // their own account and the views that they keep are everybody's
    let own = ["/api/admin/account/", "/api/admin/views/"];
    let is_own = |path: &str| own.iter().any(|root| path.starts_with(root));
    let others = |path: &str| path.starts_with("/api/admin/") && !is_own(path) && !entry.contains(&path);
    for (path, _) in server_fn_paths().filter(|(path, _)| others(path)) {
        let refused = browser.call(path, &[]).await;
        assert_eq!((refused.status, refused.body.contains("\"code\":\"forbidden\"")), (StatusCode::FORBIDDEN, true), "{path}");
    }
    let chinese = browser.submit("/preferences/language", &[("value", "zh")]).await;
    assert_eq!(chinese.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_keeps_the_console_around_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Viewer).await;
    for (path, status, says) in [
        ("/admin/nothing", StatusCode::NOT_FOUND, "nothing at this address"),
        ("/admin/members/nobody", StatusCode::NOT_FOUND, "nothing at this address"),
        ("/admin/rewards/0192f0c1-2345-7000-8000-000000000000", StatusCode::NOT_FOUND, "nothing at this address"),
        ("/admin/staff", StatusCode::FORBIDDEN, "Your role, Viewer,"),
        ("/admin/keys", StatusCode::FORBIDDEN, "Your role, Viewer,"),
    ] {
        let page = browser.open(path).await;
        assert_eq!(page.status, status, "{path}");
        assert!(page.body.contains("class=\"side\"") && page.body.contains(says), "{path}: {}", page.body);
        assert!(page.body.contains("href=\"/admin\"") && page.body.contains("Go to the dashboard"), "{path}");
    }
    let members = browser.open("/admin/members/nobody").await.body;
    assert!(members.contains("<a href=\"/admin/members\" aria-current=\"page\">"), "its part is marked: {members}");
    let stranger = site.browser().open("/admin/nothing").await;
    assert!(!stranger.body.contains("class=\"side\"") && stranger.status == StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_audit_log_names_its_objects_and_tells_in_words_only_what_differs() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    enrolled(&site, "A-1", "Li Lei", "lilei@example.com").await;
    tell(ledger, "id=p1 member=A-1 pay=1000").await.unwrap();
    let redemption = redeemed(&site, "A-1", "100", "k1").await;
    let browser = signed_in(&site, Role::Manager).await;
    let member = members(&site, "A-1").await;
    browser.submit("/api/admin/members/suspend", &[("id", &member), ("suspended", "yes"), ("reason", "Stolen phone")]).await;
    browser.submit(ADVANCE, &[("ids[]", &redemption), ("to", "paid"), ("note", "B-17")]).await;
    let create = [
        ("supply", "stock"),
        ("terms[name_zh]", "杯子"),
        ("terms[name_en]", "Mug"),
        ("terms[price]", "80"),
        ("terms[limit]", "2"),
        ("terms[period]", "month"),
    ];
    let made = browser.submit("/api/admin/rewards/create", &create).await;
    assert!(made.location().starts_with("/admin/rewards/"), "{}", made.location());
    let page = browser.open("/admin/audit").await.body;
    let text = words(&page);
    for told in
        ["Redemption status changed ¥1.00", "Payment reference B-17", "Name (English) Mug", "Limit per member 2 a month"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(page.contains(&format!("href=\"/admin/members/{member}\"")) && text.contains("Li Lei"), "{page}");
    for raw in ["about_en", "name_zh", "2/month", "Object …"] {
        assert!(!text.contains(raw), "{raw}: {text}");
    }
    browser.submit("/preferences/language", &[("value", "zh")]).await;
    let text = words(&browser.open("/admin/audit").await.body);
    assert!(text.contains("付款凭证号") && text.contains("杯子") && text.contains("英文名称"), "{text}");
}

async fn members(site: &Site, external_id: &str) -> String {
    view::find(&site.state.ledger, By::External(external_id)).await.unwrap().unwrap().id().to_string()
}

#[tokio::test]
async fn the_list_of_members_says_what_restricts_it_and_leaves_as_a_file() {
    let site = Site::open().await;
    enrolled(&site, "A-1", "=SUM(A1)", "li@example.com").await;
    enrolled(&site, "A-2", "Han Meimei", "han@example.com").await;
    let browser = signed_in(&site, Role::Viewer).await;
    let page = browser.open("/admin/members?q=han&tier=1&status=").await.body;
    assert!(page.contains("href=\"/admin/members?tier=1\" aria-label=\"Remove filter: Search han\""), "{page}");
    assert!(page.contains("href=\"/admin/members.csv?q=han&amp;tier=1\""), "{page}");
    let csv = browser.open("/admin/members.csv?q=han&tier=1").await.body;
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(lines[1].contains(",A-2,Han Meimei,han@example.com,,Standard,Active,0.00,0.00,0.00,2026-11-22"), "{csv}");
    let all = browser.open("/admin/members.csv").await.body;
    assert!(all.contains(",'=SUM(A1),"), "no text is a formula: {all}");
    assert_eq!(site.browser().open("/admin/members.csv").await.status, StatusCode::SEE_OTHER);
}
