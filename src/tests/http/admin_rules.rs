//! The rules' editor as a plain form: nothing here needs a script.

use axum::http::StatusCode;
use jiff::SignedDuration;
use laurel_domain::rules::period::Validity;
use laurel_domain::rules::terms::Expiry;
use laurel_domain::rules::window::Window;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::usecase::ledger::due;
use laurel_engine::usecase::rules;
use laurel_engine::usecase::rules::Publication;

use crate::support::console::{fields, signed_in, typed};
use crate::support::site::{Answer, Browser, Site};
use laurel_testing::programme::{check, standing, tell};

const EDITOR: &str = "/admin/rules/draft";
const IN_FORCE: &str = "/admin/rules";
const SCHEDULE: &str = "/api/admin/rules/schedule";
const WITHDRAW: &str = "/api/admin/rules/withdraw";
const PUBLISH: &str = "/api/admin/rules/publish";

async fn send(browser: &Browser<'_>, over: &[(&str, &str)]) -> Answer {
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    browser.submit(EDITOR, &typed(&form, over)).await
}

/// The page that a form of the editor leads to: the editor again, with what was typed.
async fn shown(browser: &Browser<'_>, answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let to = answer.location().split('#').next().unwrap_or_default();
    assert!(to.starts_with("/admin/rules/draft?form="), "{to}");
    browser.open(to).await.body
}

/// Sends the form that a page shows and follows.
async fn again(browser: &Browser<'_>, page: &str, over: &[(&str, &str)]) -> Answer {
    browser.submit(EDITOR, &typed(&fields(page, EDITOR), over)).await
}

#[tokio::test]
async fn a_weight_is_edited_saved_and_published_and_the_next_payment_earns_by_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let saved = send(&browser, &[("alpha", "1.5"), ("do", "save")]).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, EDITOR), "{}", saved.body);
    let page = browser.open(EDITOR).await.body;
    assert!(page.contains("Draft saved.") && page.contains("was 1") && page.contains("1 change"), "{page}");
    let question = send(&browser, &[("do", "publish")]).await;
    assert_eq!(question.location(), "/admin/rules/publish");
    let question = browser.open("/admin/rules/publish").await.body;
    assert!(question.contains("<del>1</del>") && question.contains("<ins>1.5</ins>"), "{question}");
    site.state.ledger.clock.advance(SignedDuration::from_secs(60));
    let form = fields(&question, PUBLISH);
    let page = browser.submit_and_follow(PUBLISH, &typed(&form, &[])).await.body;
    assert!(page.contains("Version 2 is in force."), "{page}");
    tell(&site.state.ledger, "id=p1 member=m-1 pay=10 at=2026-11-22T10:01:00Z").await.unwrap();
    assert_eq!(standing(&site.state.ledger, "m-1").await, "15.00/0.00/15.00/1");
    check(&site.state.ledger).await;
    let history = browser.open("/admin/rules/history").await.body;
    assert!(history.contains("Version 2") && history.contains("<ins>1.5</ins>") && history.contains("Wang Wei"), "{history}");
    let audit = browser.open("/admin/audit?action=rules.publish").await.body;
    assert!(audit.contains("<del>1</del>") && audit.contains("<ins>1.5</ins>") && audit.contains("Wang Wei"), "{audit}");
}

#[tokio::test]
async fn bad_values_come_back_beside_their_fields_with_all_that_was_typed() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let over = [("alpha", "-1"), ("tiers.2.from", "50"), ("tiers.1.name.en", "Golden"), ("do", "save")];
    let refused = send(&browser, &over).await;
    let page = shown(&browser, &refused).await;
    assert!(page.contains("Tier 3 · Starts at: must be greater than the threshold before it"), "{page}");
    assert!(page.contains("href=\"#field-alpha\"") && page.contains("href=\"#field-tiers-2-from\""), "{page}");
    assert!(page.contains("must not be negative") && page.contains("must be greater than the threshold before it"), "{page}");
    assert!(page.contains("value=\"-1\"") && page.contains("value=\"Golden\""), "{page}");
    assert!(rules::overview(&site.state.ledger).await.unwrap().draft.is_none(), "nothing was saved");
    let both = send(&browser, &[("rate", "a lot"), ("beta", "-1"), ("do", "save")]).await;
    let page = shown(&browser, &both).await;
    assert!(page.contains("must be a plain number") && page.contains("must not be negative"), "all at once: {page}");
    let again = browser.open(both.location()).await.body;
    assert!(again.contains("value=\"a lot\""), "a reload shows it again");
}

#[tokio::test]
async fn a_preview_works_the_examples_and_saves_nothing() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    assert!(browser.open(EDITOR).await.body.contains(">139.12<"));
    let page = shown(&browser, &send(&browser, &[("alpha", "2"), ("do", "preview")]).await).await;
    assert!(page.contains(">278.24<") && page.contains("was 1"), "{page}");
    assert!(rules::overview(&site.state.ledger).await.unwrap().draft.is_none());
}

#[tokio::test]
async fn tiers_and_benefits_are_added_and_removed_by_buttons() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let added = send(&browser, &[("alpha", "3"), ("do", "add-tier.0")]).await;
    assert!(added.location().ends_with("#field-tiers-1-name-zh"), "the focus goes into the new row: {}", added.location());
    let page = shown(&browser, &added).await;
    let silver =
        [("tiers.1.name.zh", "银牌会员"), ("tiers.1.name.en", "Silver"), ("tiers.1.from", "50"), ("do", "add-benefit.1")];
    let added = again(&browser, &page, &silver).await;
    assert!(added.location().ends_with("#field-tiers-1-benefits-0-kind"), "{}", added.location());
    let page = shown(&browser, &added).await;
    let free =
        [("tiers.1.benefits.0.text.zh", "免费停车"), ("tiers.1.benefits.0.text.en", "Free parking"), ("do", "remove-tier.4")];
    let page = shown(&browser, &again(&browser, &page, &free).await).await;
    let saved = again(&browser, &page, &[("do", "save")]).await;
    assert_eq!(saved.location(), EDITOR, "{}", saved.body);
    let set = rules::overview(&site.state.ledger).await.unwrap().draft.unwrap().set;
    let names: Vec<&str> = set.ladder.tiers.iter().map(|tier| tier.name.en.as_str()).collect();
    assert_eq!(names, ["Standard", "Silver", "Gold", "Diamond"]);
    assert_eq!((set.alpha.to_string().as_str(), set.ladder.tiers[1].benefits[0].text.zh.as_str()), ("3", "免费停车"));
}

#[tokio::test]
async fn of_two_editors_the_slower_is_told_and_loses_nothing() {
    let site = Site::open().await;
    let (one, other) = (signed_in(&site, Role::Manager).await, signed_in(&site, Role::Admin).await);
    let form = fields(&one.open(EDITOR).await.body, EDITOR);
    send(&other, &[("beta", "20"), ("do", "save")]).await;
    let previewed = one.submit(EDITOR, &typed(&form, &[("gamma", "7"), ("do", "preview")])).await;
    let page = shown(&one, &previewed).await;
    let page = shown(&one, &again(&one, &page, &[("do", "save")]).await).await;
    assert!(page.contains("Someone else changed or published the draft") && page.contains("<ins>20</ins>"), "{page}");
    assert!(fields(&page, EDITOR).contains(&("gamma".to_owned(), "7".to_owned())), "what was typed is still there");
    assert_eq!(again(&one, &page, &[("do", "save")]).await.location(), EDITOR);
    let published = other.submit(PUBLISH, &[("revision", "1")]).await;
    let page = other.open(published.location()).await.body;
    assert!(page.contains("Someone else has changed the draft in the meantime"), "{page}");
}

#[tokio::test]
async fn who_may_not_change_rules_reads_those_in_force_and_nobodys_draft() {
    let site = Site::open().await;
    send(&signed_in(&site, Role::Manager).await, &[("alpha", "1.5"), ("do", "save")]).await;
    let browser = signed_in(&site, Role::Viewer).await;
    let page = browser.open(IN_FORCE).await;
    assert_eq!(page.status, StatusCode::OK);
    let body = &page.body;
    assert!(body.contains("A payment earns") && body.contains("<b class=\"number\">1</b>"), "{body}");
    assert!(!body.contains("1.5") && !body.contains("Draft") && !body.contains("/admin/rules/draft"), "{body}");
    for path in [EDITOR, "/admin/rules/publish"] {
        assert_eq!(browser.open(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let refused = browser.submit(EDITOR, &[("do", "save"), ("alpha", "9")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_session_that_ends_while_rules_are_edited_loses_nothing() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    site.state.ledger.clock.advance(SignedDuration::from_hours(2));
    let sent = browser.submit(EDITOR, &typed(&form, &[("alpha", "2.5"), ("tiers.1.name.en", "Golden"), ("do", "save")])).await;
    let to = sent.location().to_owned();
    assert!(to.starts_with("/admin/sign-in?next=%2Fadmin%2Frules%2Fdraft%3Fform%3D"), "{to}");
    let page = browser.open(&to).await.body;
    assert!(page.contains("Your session has ended") && page.contains("is kept"), "{page}");
    let next = fields(&page, "/api/admin/sign-in").into_iter().find(|(name, _)| name == "next").unwrap().1;
    let with = [("sign_in_name", "manager@example.com"), ("password", laurel_testing::people::PASSWORD), ("next", &next)];
    let back = browser.submit("/api/admin/sign-in", &with).await.location().to_owned();
    assert!(back.starts_with("/admin/rules/draft?form="), "{back}");
    let page = browser.open(&back).await.body;
    assert!(page.contains("value=\"2.5\"") && page.contains("value=\"Golden\"") && page.contains("signed in again"), "{page}");
    assert!(rules::overview(&site.state.ledger).await.unwrap().draft.is_none(), "nothing is sent by itself");
    assert_eq!(again(&browser, &page, &[("do", "save")]).await.location(), EDITOR);
    assert_eq!(rules::overview(&site.state.ledger).await.unwrap().draft.unwrap().set.alpha.to_string(), "2.5");
}

#[tokio::test]
async fn what_was_typed_after_a_session_ended_is_shown_to_nobody_else_who_signs_in_there() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    signed_in(&site, Role::Admin).await;
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    site.state.ledger.clock.advance(SignedDuration::from_hours(2));
    let sent = browser.submit(EDITOR, &typed(&form, &[("alpha", "2.5"), ("do", "save")])).await;
    let page = browser.open(sent.location()).await.body;
    let next = fields(&page, "/api/admin/sign-in").into_iter().find(|(name, _)| name == "next").unwrap().1;
    for (who, sees) in [("admin@example.com", false), ("manager@example.com", true)] {
        let with = [("sign_in_name", who), ("password", laurel_testing::people::PASSWORD), ("next", &next)];
        let back = browser.submit("/api/admin/sign-in", &with).await.location().to_owned();
        let page = browser.open(&back).await.body;
        assert_eq!(page.contains("value=\"2.5\""), sees, "{who}: {page}");
    }
}

#[tokio::test]
async fn the_largest_rule_set_there_may_be_comes_back_whole_and_what_is_beyond_is_said() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let mut form = fields(&browser.open(EDITOR).await.body, EDITOR);
    form.retain(|(name, _)| !name.starts_with("tiers."));
    let text = "赠".repeat(60);
    for tier in 0..20 {
        let at = |name: &str| format!("tiers.{tier}.{name}");
        let from = (tier * 100).to_string();
        for (name, value) in [
            ("key", format!("t-{tier}")),
            ("name.zh", text[..60].to_owned()),
            ("name.en", format!("Tier {tier}")),
            ("from", from),
        ] {
            form.push((at(name), value));
        }
        form.push((at("multiplier"), "1".into()));
        for benefit in 0..20 {
            let at = |name: &str| format!("tiers.{tier}.benefits.{benefit}.{name}");
            let parts = [("key", format!("b-{benefit}")), ("kind", "other".to_owned()), ("percent", String::new())];
            for (name, value) in parts.into_iter().chain([("text.zh", text.clone()), ("text.en", "x".repeat(60))]) {
                form.push((at(name), value));
            }
            form.extend([(at("quota.count"), String::new()), (at("quota.period"), String::new())]);
        }
    }
    let page = shown(&browser, &browser.submit(EDITOR, &typed(&form, &[("do", "preview")])).await).await;
    assert_eq!(fields(&page, EDITOR).len(), form.len(), "every field is there again");
    assert_eq!(page.matches(text.as_str()).count() / 400, page.matches(text.as_str()).count().div_ceil(400));
    assert_eq!(again(&browser, &page, &[("do", "save")]).await.location(), EDITOR);
    assert_eq!(rules::overview(&site.state.ledger).await.unwrap().draft.unwrap().set.ladder.tiers.len(), 20);
    let digits = "9".repeat(1_000_000);
    let page = shown(&browser, &again(&browser, &page, &[("alpha", &digits), ("do", "save")]).await).await;
    assert!(page.contains("has too many digits") && page.contains(&digits[..1000]) && !page.contains(&digits[..1001]));
    let beyond = browser.submit(EDITOR, &[("do", "save"), ("alpha", &"9".repeat(5 * 1024 * 1024))]).await;
    assert_eq!(beyond.location(), EDITOR);
    let page = browser.open(EDITOR).await.body;
    assert!(page.contains("role=\"alert\"") && page.contains("larger than allowed"), "{page}");
    assert_eq!(fields(&page, EDITOR).len(), form.len(), "the draft as it was saved is there");
}

#[tokio::test]
async fn how_long_points_and_tiers_last_is_edited_and_another_save_loses_none_of_it() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let over = [
        ("expiry.kind", "yearly"),
        ("expiry.month", "12"),
        ("expiry.day", "31"),
        ("expiry.years", "1"),
        ("holding.payment", "14"),
        ("caps.payment.day", "500"),
        ("referral_least", "50.50"),
        ("window.kind", "months"),
        ("window.months", "12"),
        ("validity.months", "24"),
        ("validity.grace_days", "7"),
        ("do", "save"),
    ];
    let saved = send(&browser, &over).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, EDITOR), "{}", saved.body);
    let page = browser.open(EDITOR).await.body;
    for text in ["was Never", "On a fixed day of the year", "Payments: holding period (days)", "Payments: most points per day"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(send(&browser, &[("alpha", "2"), ("do", "save")]).await.location(), EDITOR);
    let set = rules::overview(&site.state.ledger).await.unwrap().draft.unwrap().set;
    assert_eq!(set.alpha.to_string(), "2");
    assert_eq!(set.expiry, Expiry::Yearly { month: 12, day: 31, years: 1 });
    assert_eq!((set.holding.payment, set.caps.payment.day), (14, Some("500".parse().unwrap())));
    assert_eq!((set.caps.referral.day, set.referral_least), (Some("100".parse().unwrap()), "50.5".parse().unwrap()));
    assert_eq!(set.ladder.window, Window::Months(12));
    assert_eq!(set.ladder.validity, Some(Validity { months: 24, grace_days: 7 }));
    let wrong =
        send(&browser, &[("expiry.day", "32"), ("holding.review", "400"), ("window.months", "x"), ("do", "save")]).await;
    let page = shown(&browser, &wrong).await;
    assert!(page.contains("href=\"#field-window-months\"") && page.contains("value=\"400\""), "{page}");
    assert!(page.contains("href=\"#field-holding-review\""), "{page}");
}

#[tokio::test]
async fn a_time_to_come_is_read_back_in_full_before_and_after_and_can_be_withdrawn() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    send(&browser, &[("alpha", "2"), ("do", "save")]).await;
    browser.open("/admin/rules/publish").await;
    let far = browser.submit_and_follow(SCHEDULE, &[("at", "2126-12-01T00:00")]).await.body;
    assert!(far.contains("In force from: Rules can be scheduled up to a year ahead, until 22 Nov 2027."), "{far}");
    assert!(far.contains("value=\"2126-12-01T00:00\""), "{far}");
    let page = browser.submit_and_follow(SCHEDULE, &[("at", "2026-12-01T00:00")]).await.body;
    let in_full = "1 Dec 2026 00:00 (Asia/Shanghai, UTC+08:00)";
    assert!(page.contains(&format!("Version 2 takes effect on {in_full} (in 9 days).")), "{page}");
    let page = browser.submit_and_follow(PUBLISH, &typed(&fields(&page, PUBLISH), &[])).await.body;
    assert!(page.contains(&format!("Version 2 takes effect on {in_full}.")), "{page}");
    assert!(
        page.contains("Version 1 in force") && page.contains("Scheduled") && page.contains("<b class=\"number\">1</b>"),
        "{page}"
    );
    let history = browser.open("/admin/rules/history").await.body;
    assert!(history.contains("Scheduled") && history.contains(in_full), "{history}");
    let one = browser.open("/admin/rules/versions/2").await.body;
    assert!(one.contains("<b class=\"number\">2</b>") && one.contains("<ins>2</ins>"), "{one}");
    let page = browser.open(IN_FORCE).await.body;
    let page = browser.submit_and_follow(WITHDRAW, &typed(&fields(&page, WITHDRAW), &[])).await.body;
    assert!(page.contains("Version 2 is withdrawn") && page.contains("1 change"), "{page}");
    assert!(browser.open("/admin/rules/history").await.body.contains("Withdrawn"));
    assert!(browser.open("/admin/audit?action=rules.withdraw").await.body.contains("Wang Wei"));
}

#[tokio::test]
async fn a_scheduled_version_is_edited_by_a_draft_that_takes_its_place() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    send(&browser, &[("alpha", "2"), ("do", "save")]).await;
    let page = browser.open("/admin/rules/publish?at=2026-12-01T00:00").await.body;
    browser.submit(PUBLISH, &typed(&fields(&page, PUBLISH), &[])).await;
    let page = browser.open(EDITOR).await.body;
    assert!(page.contains("Version 2, scheduled for 1 Dec 2026 00:00 (Asia/Shanghai, UTC+08:00), is withdrawn"), "{page}");
    assert_eq!(again(&browser, &page, &[("beta", "20"), ("do", "publish")]).await.location(), "/admin/rules/publish");
    let desk = rules::overview(&site.state.ledger).await.unwrap();
    assert_eq!(desk.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["alpha", "beta"]);
    let revision = desk.draft.unwrap().revision.to_string();
    let page = browser.submit_and_follow(PUBLISH, &[("revision", &revision)]).await.body;
    assert!(page.contains("Version 2 is scheduled. Publish in its place, or withdraw it first."), "{page}");
    site.state.ledger.clock.advance(SignedDuration::from_secs(60));
    let page = browser.open("/admin/rules/publish").await.body;
    let page = browser.submit_and_follow(PUBLISH, &typed(&fields(&page, PUBLISH), &[])).await.body;
    assert!(page.contains("Version 3 is in force.") && !page.contains("Scheduled"), "{page}");
}

#[tokio::test]
async fn the_page_of_rules_says_how_many_are_still_to_be_re_rated() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    let form = fields(&browser.open(EDITOR).await.body, EDITOR);
    browser.submit(EDITOR, &typed(&form, &[("tiers.1.from", "200"), ("do", "save")])).await;
    let desk = rules::overview(&site.state.ledger).await.unwrap();
    let how = Publication::default();
    // a version starts after all that has been posted
    site.state.ledger.clock.advance(SignedDuration::from_secs(1));
    rules::publish(&site.state.ledger, Authority::command_line(), desk.draft.unwrap().revision, how).await.unwrap();
    let page = browser.open(IN_FORCE).await.body;
    assert!(page.contains("1 member is still to be reassessed under the current rules."), "{page}");
    due::re_rate(&site.state.ledger).await.unwrap();
    assert!(!browser.open(IN_FORCE).await.body.contains("still to be reassessed"));
}
