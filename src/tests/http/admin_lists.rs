//! Lists of the console that are of one thing: a member's ledger, a reward's codes, the outbox, the lab's runs.

use axum::http::StatusCode;
use laurel_domain::lab::scope::Span;
use laurel_domain::rewards::redemption::RedemptionState;
use laurel_engine::auth::{Authority, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::lab::runs::{self, RunState, Wanted};
use laurel_engine::usecase::members::view;

use crate::support::console::signed_in;
use crate::support::mailbox::Mailbox;
use crate::support::portal::words;
use crate::support::site::Site;
use laurel_testing::people::enrolled;
use laurel_testing::programme::tell;
use laurel_testing::rewards::{bought, go, pool};

/// Where each of these first stands in a text.
fn places(text: &str, wanted: &[&str]) -> Vec<usize> {
    wanted.iter().map(|one| text.find(one).unwrap_or_else(|| panic!("{one} is not in {text}"))).collect()
}

#[tokio::test]
async fn a_member_s_ledger_is_sorted_counted_and_filtered_and_leaves_as_a_file() {
    let site = Site::open().await;
    for (id, pay) in [("p1", "20"), ("p2", "90.50"), ("p3", "40")] {
        tell(&site.state.ledger, &format!("id={id} member=m-1 pay={pay}")).await.unwrap();
    }
    tell(&site.state.ledger, "id=r1 member=m-1 of=p2 refund=5").await.unwrap();
    let id = view::find(&site.state.ledger, By::External("m-1")).await.unwrap().unwrap().id();
    let (browser, file) = (signed_in(&site, Role::Viewer).await, format!("/admin/members/{id}"));
    let page = browser.open(&file).await.body;
    assert!(words(&page).contains("1–4 of 4") && page.contains("Export CSV (4)"), "{page}");
    assert!(page.contains("aria-sort=\"descending\""), "{page}");
    let rows = |page: &str| words(&page[page.find("<tbody>").unwrap()..]);
    let most = rows(&browser.open(&format!("{file}?sort=-points")).await.body);
    assert!(places(&most, &["+90.50", "+40", "+20", "−5"]).is_sorted(), "{most}");
    let least = rows(&browser.open(&format!("{file}?sort=points")).await.body);
    assert!(places(&least, &["−5", "+20", "+40", "+90.50"]).is_sorted(), "{least}");
    let filtered = browser.open(&format!("{file}?kind=clawback&sort=points")).await.body;
    assert!(words(&filtered).contains("1–1 of 1") && filtered.contains("class=\"filter-chip\""), "{filtered}");
    assert!(filtered.contains("<input type=\"hidden\" name=\"sort\" value=\"points\">"), "{filtered}");
    let csv = browser.open(&format!("{file}/ledger.csv?kind=earn&sort=-points")).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(places(&csv.body, &["default/p2", "default/p3", "default/p1"]).is_sorted(), "{}", csv.body);
    assert!(!csv.body.contains("default/r1"), "{}", csv.body);
}

#[tokio::test]
async fn codes_are_listed_in_part_until_they_are_given_out() {
    let site = Site::open().await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=3000").await.unwrap();
    let reward = pool(&site.state.ledger, "TEA-0001\nTEA-0002\nTEA-0003").await;
    let taken = bought(&site.state.ledger, "m-1", reward, "k1").await;
    go(&site.state.ledger, taken, RedemptionState::Issued).await.unwrap();
    let (browser, list) = (signed_in(&site, Role::Manager).await, format!("/admin/rewards/{reward}/codes"));
    assert!(browser.open(&format!("/admin/rewards/{reward}")).await.body.contains(&format!("href=\"{list}\"")));
    let page = browser.open(&list).await.body;
    assert!(words(&page).contains("1–3 of 3") && page.contains("TEA-0001") && !page.contains("TEA-0002"), "{page}");
    let free = words(&browser.open(&format!("{list}?state=free&sort=-code")).await.body);
    assert!(free.contains("1–2 of 2") && places(&free, &["…0003", "…0002"]).is_sorted(), "{free}");
    let found = words(&browser.open(&format!("{list}?q=TEA-0002")).await.body);
    assert!(found.contains("…0002 Available") && !found.contains("…0003"), "{found}");
    assert!(words(&browser.open(&format!("{list}?q=TEA")).await.body).contains("Nothing matches"));
    let csv = browser.open(&format!("{list}.csv?state=free")).await.body;
    assert!(csv.contains("…0002") && csv.contains("…0003") && !csv.contains("TEA"), "{csv}");
    let support = signed_in(&site, Role::Support).await;
    assert_eq!(support.open(&list).await.status, StatusCode::FORBIDDEN);
    assert_eq!(support.open(&format!("{list}.csv")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.open("/admin/rewards/nothing/codes").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_outbox_leaves_as_a_file_without_what_its_e_mails_say() {
    let site = Site::open().await;
    let mailbox = Mailbox::of(&site.state.ledger, &site.state.config.public_url);
    enrolled(&site.state.ledger.db, "m-1", Some("han@example.com")).await;
    tell(&site.state.ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    mailbox.come(&site.state.ledger, 1).await;
    let browser = signed_in(&site, Role::Admin).await;
    let page = browser.open("/admin/mail?state=sent").await.body;
    assert!(page.contains("href=\"/admin/mail.csv?state=sent\"") && page.contains("Export CSV (1)"), "{page}");
    let csv = browser.open("/admin/mail.csv?state=sent").await.body;
    assert!(csv.contains(",韩梅梅,Sent,") && !csv.contains("han@example.com"), "{csv}");
    let waiting = browser.open("/admin/mail.csv").await.body;
    assert_eq!(waiting.lines().count(), 1, "{waiting}");
    assert_eq!(signed_in(&site, Role::Manager).await.open("/admin/mail.csv").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn runs_of_the_lab_are_listed_by_what_became_of_them() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let by = Authority::command_line();
    let set = ledger.rulebook().await.unwrap().general().at(ledger.clock.now()).set.clone();
    let wanted = || Wanted::Draft { set: Box::new(set.clone()), span: Span::Whole, demotes: false, one_in: None };
    let (first, second) = (runs::start(ledger, by, wanted()).await.unwrap(), runs::start(ledger, by, wanted()).await.unwrap());
    // the site's own job may be at them, too
    for run in [first, second] {
        while runs::find(ledger, run).await.unwrap().unwrap().state != RunState::Done {
            runs::work(ledger).await.unwrap();
        }
    }
    let browser = signed_in(&site, Role::Viewer).await;
    assert!(browser.open("/admin/lab").await.body.contains("href=\"/admin/lab/runs\""));
    let page = browser.open("/admin/lab/runs").await.body;
    assert!(words(&page).contains("1–2 of 2") && page.contains(&first.to_string()), "{page}");
    let page = browser.open("/admin/lab/runs?state=done").await.body;
    assert!(words(&page).contains("1–2 of 2") && page.contains(&second.to_string()), "{page}");
    assert!(words(&browser.open("/admin/lab/runs?state=failed").await.body).contains("Nothing matches"));
}
