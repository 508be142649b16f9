//! Benefits in the portal and at the console, without a script.

use axum::http::StatusCode;
use laurel_domain::benefits::claim::ClaimCode;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::benefits::claims;
use laurel_engine::usecase::members::suspend::suspend;
use laurel_engine::usecase::members::view;

use crate::support::console;
use crate::support::portal::{hidden, signed_in, words};
use crate::support::site::{Browser, Site};
use laurel_testing::programme::tell;

const CLAIM: &str = "/api/portal/benefits/claim";
const GIVE_BACK: &str = "/api/portal/benefits/give-back";
const USE: &str = "/api/admin/benefits/use";
const PAID: &[&str] = &["id=p1 member=m-1 pay=1000"];

/// Claims by the page's own form; the code that the page then shows.
async fn claimed(browser: &Browser<'_>, benefit: &str) -> String {
    let page = browser.open("/benefits").await.body;
    let (_, form) = page.split_once(&format!("name=\"benefit\" value=\"{benefit}\"")).unwrap_or_else(|| panic!("{page}"));
    let fields = [("benefit", benefit), ("key", &hidden(form, "key"))];
    let page = browser.submit_and_follow(CLAIM, &fields).await.body;
    assert!(words(&page).contains("Your code is below."), "{page}");
    code(&page)
}

fn code(page: &str) -> String {
    let code = words(page).split(' ').find_map(ClaimCode::parse).unwrap_or_else(|| panic!("no code in {page}"));
    code.to_string()
}

#[tokio::test]
async fn a_benefit_is_claimed_shown_given_back_and_claimed_again() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open("/benefits").await;
    let text = words(&page.body);
    assert_eq!(page.status, StatusCode::OK);
    assert!(text.contains("Free repair Once a quarter · 1 left through 31 Dec"), "{text}");
    assert!(text.contains("15% off everything") && !text.contains("Your codes"), "{text}");
    let first = claimed(&browser, "free-repair").await;
    let page = browser.open("/benefits").await.body;
    let text = words(&page);
    assert!(text.contains("None left; available again on 1 Jan 2027") && text.contains("Valid through 31 Dec 2026"), "{text}");
    assert!(!page.contains("name=\"benefit\" value=\"free-repair\""), "nothing left to claim");
    let page = browser.submit_and_follow(GIVE_BACK, &[("code", &first)]).await.body;
    let text = words(&page);
    assert!(text.contains("You can claim it again.") && text.contains(&format!("{first} Given back")), "{text}");
    let second = claimed(&browser, "free-repair").await;
    assert_ne!(first, second);
    let page = browser.submit_and_follow(GIVE_BACK, &[("code", &first)]).await.body;
    assert!(words(&page).contains("given back by the member"), "{page}");
}

#[tokio::test]
async fn the_same_form_sent_twice_claims_once_and_a_used_up_quota_is_told() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", PAID).await;
    browser.open("/benefits").await;
    let send = async |key: &str| browser.submit_and_follow(CLAIM, &[("benefit", "birthday-gift"), ("key", key)]).await.body;
    let (first, again) = (send("k1").await, send("k1").await);
    assert_eq!(code(&first), code(&again));
    assert!(words(&send("k2").await).contains("it can be claimed again from 1 Jan 2027"));
    let refused = browser.call(CLAIM, &[("benefit", "champagne"), ("key", "k3")]).await;
    assert!(
        refused.body.contains("benefit_not_given") && refused.body.contains("Your tier does not give this."),
        "{}",
        refused.body
    );
    let refused = browser.call(CLAIM, &[]).await;
    assert!(refused.body.contains("\"field\":\"benefit\"") && refused.body.contains("\"field\":\"key\""), "{}", refused.body);
}

#[tokio::test]
async fn anothers_code_is_not_given_back_and_who_is_suspended_claims_nothing() {
    let site = Site::open().await;
    let own = signed_in(&site, "m-1", PAID).await;
    let code = claimed(&own, "free-repair").await;
    let other = signed_in(&site, "m-2", &["id=p2 member=m-2 pay=1000"]).await;
    assert_eq!(other.call(GIVE_BACK, &[("code", &code)]).await.status, StatusCode::NOT_FOUND);
    assert!(!other.open("/benefits").await.body.contains(&code));
    let ledger = &site.state.ledger;
    let member = view::find(ledger, By::External("m-1")).await.unwrap().unwrap();
    suspend(&ledger.db, Authority::command_line(), &[member.id()], true, "Stolen phone", ledger.clock.now()).await.unwrap();
    let page = own.open("/benefits").await.body;
    assert!(words(&page).contains("Your account is suspended") && !page.contains("name=\"benefit\""), "{page}");
    assert!(page.contains(&code), "the promise is still there");
    let refused = own.call(CLAIM, &[("benefit", "birthday-gift"), ("key", "k9")]).await;
    assert!(refused.body.contains("member_suspended"), "{}", refused.body);
}

#[tokio::test]
async fn who_has_no_benefits_is_told_what_to_do() {
    let site = Site::open().await;
    let browser = signed_in(&site, "m-1", &["id=p1 member=m-1 pay=10"]).await;
    let page = browser.open("/benefits").await;
    assert!(words(&page.body).contains("Standard has no benefits of its own yet"), "{}", page.body);
    let tiers = words(&browser.open("/tiers").await.body);
    assert!(tiers.contains("A birthday gift Once a year") && tiers.contains("Free repair Once a quarter"), "{tiers}");
}

#[tokio::test]
async fn support_checks_a_code_and_uses_it_up_once() {
    let site = Site::open().await;
    let member = signed_in(&site, "m-1", PAID).await;
    let code = claimed(&member, "free-repair").await;
    let staff = console::signed_in(&site, Role::Support).await;
    let page = words(&staff.open("/admin/benefits").await.body);
    assert!(
        page.contains("免费维修 Free repair Repair") && page.contains("Once a quarter") && page.contains("5% Always"),
        "{page}"
    );
    assert!(page.contains("No code has been used yet."), "{page}");
    let typed = format!("/admin/till?q={}", code.to_lowercase().replace('-', "+"));
    let page = staff.open(&typed).await.body;
    assert!(words(&page).contains("Free repair Good") && page.contains("Mark as used"), "{page}");
    assert_eq!(hidden(&page, "code"), code);
    let page = staff.submit_and_follow(USE, &[("code", &code)]).await.body;
    let text = words(&page);
    assert!(
        text.contains("Marked as used: Free repair.") && text.contains("· Wang Wei") && !page.contains("Mark as used"),
        "{text}"
    );
    let page = staff.submit_and_follow(USE, &[("code", &code)]).await.body;
    assert!(words(&page).contains("This code has been used already."), "{page}");
    let audit = staff.open("/admin/audit?action=benefit.use").await.body;
    assert_eq!((audit.matches("<del>Claimed</del>").count(), audit.matches("<ins>Used</ins>").count()), (1, 1), "{audit}");
    assert!(words(&member.open("/benefits").await.body).contains(&format!("{code} Used")));
    let page = staff.open("/admin/till?q=22222-22222").await.body;
    assert!(page.contains("No such code.") && page.contains("aria-invalid=\"true\""), "{page}");
}

#[tokio::test]
async fn a_code_that_is_no_good_says_so_and_offers_nothing() {
    let site = Site::open().await;
    tell(&site.state.ledger, PAID[0]).await.unwrap();
    let no = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().no;
    let wish = claims::Wish { member_no: no, benefit: "free-repair".to_owned(), key: "k1".into() };
    let claim = claims::claim(&site.state.ledger, wish).await.unwrap();
    site.state.ledger.clock.set(claim.row.valid_until);
    let staff = console::signed_in(&site, Role::Support).await;
    let page = staff.open(&format!("/admin/till?q={}", claim.row.code)).await.body;
    assert!(words(&page).contains("Free repair Expired") && !page.contains("Mark as used"), "{page}");
    let viewer = console::signed_in(&site, Role::Viewer).await;
    let page = viewer.open(&format!("/admin/till?q={}", claim.row.code)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(!viewer.open("/admin/benefits").await.body.contains("/admin/till"));
}

#[tokio::test]
async fn a_card_shows_the_till_who_it_is_and_what_waits_for_them() {
    let site = Site::open().await;
    let member = signed_in(&site, "m-1", PAID).await;
    assert!(member.open("/").await.body.contains("href=\"/card\""));
    let card = member.open("/card").await.body;
    let start = card.find("card-digits\">").expect("digits") + "card-digits\">".len();
    let digits = &card[start..start + 24];
    assert!(card.contains("class=\"qr\"") && words(&card).contains("Good until"), "{card}");
    let code = claimed(&member, "free-repair").await;
    let till = console::signed_in(&site, Role::Support).await;
    assert!(words(&till.open("/admin/till").await.body).contains("Ready to scan"));
    let page = till.open(&format!("/admin/till?q={}", digits.replace(' ', "+"))).await.body;
    let text = words(&page);
    assert!(text.contains("Claimed and ready to use Free repair") && text.contains("VIP"), "{text}");
    let page = till.submit_and_follow(USE, &[("code", &code)]).await.body;
    assert!(words(&page).contains("Marked as used: Free repair.") && page.contains("id=\"field-q\""), "{page}");
    let now = site.state.ledger.clock.now();
    site.state.ledger.clock.set(now + jiff::SignedDuration::from_mins(10));
    let page = till.open(&format!("/admin/till?q={}", digits.replace(' ', "+"))).await.body;
    assert!(words(&page).contains("This member card is out of date."), "{page}");
}
