//! Taking rewards by plain forms, as a browser without WASM does it.

use axum::http::StatusCode;
use laurel_domain::rewards::redemption::RedemptionState::{Shipped, Used};
use laurel_domain::rewards::reward::{Limit, Period, Supply};
use laurel_domain::text::Key;
use laurel_engine::auth::Authority;
use laurel_engine::usecase::rewards::take_back;

use crate::support::portal::{hidden, signed_in, words};
use crate::support::site::{Answer, Browser, Site};
use laurel_testing::programme::{check, standing};
use laurel_testing::rewards::{gift, go, left, pool, reward};

const TAKE: &str = "/api/portal/rewards/redeem";
const REVEAL: &str = "/api/portal/redemptions/reveal";
const CANCEL: &str = "/api/portal/redemptions/cancel";
const PAID: &[&str] = &["id=p1 member=m-1 pay=200"];
const ADDRESS: [(&str, &str); 3] = [("recipient", "李雷"), ("phone", "+86 138"), ("address", "延安路 1 号\r\n上海")];

/// Sends the page's form with these fields besides.
async fn send(browser: &Browser<'_>, page: &str, more: &[(&str, &str)]) -> Answer {
    let own = ["reward", "quantity", "points", "key"].map(|name| (name, hidden(page, name)));
    let mut fields: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend(more);
    browser.submit(TAKE, &fields).await
}

#[tokio::test]
async fn the_catalogue_says_what_is_missing_where_something_is() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let browser = signed_in(&site, "m-1", PAID).await;
    let empty = words(&browser.open("/rewards").await.body);
    assert!(empty.contains("No vouchers or gifts at the moment") && empty.contains("100 points pay ¥1.00."), "{empty}");
    let mug = gift(ledger, 3).await;
    let dear = reward(ledger, Supply::Generated, |terms| terms.price = "250.50".parse().unwrap()).await;
    let vip = reward(ledger, Supply::Generated, |terms| terms.least_tier = Key::new("vip").ok()).await;
    let empty = pool(ledger, "A").await;
    let body = browser.open("/rewards").await.body;
    let page = words(&body);
    for text in ["80 points", "3 left", "50.50 points more to go.", "This reward is for VIP members and above."] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for (id, offered) in [(mug, true), (empty, true), (dear, false), (vip, false)] {
        assert_eq!(body.contains(&format!("href=\"/rewards/{id}\"")), offered, "{id}");
    }
    let refused = browser.open(&format!("/rewards/{vip}")).await.body;
    assert!(words(&refused).contains("for VIP members and above") && !refused.contains(TAKE), "{refused}");
    assert_eq!(browser.open("/rewards/nonsense").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_gift_is_ordered_followed_and_cancelled_while_it_can_be() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let mug = gift(ledger, 3).await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open(&format!("/rewards/{mug}?quantity=2")).await.body;
    let confirm = words(&page);
    for text in ["Mug × 2", "Available before 200", "Points taken −160", "Available after 40"] {
        assert!(confirm.contains(text), "{text}: {confirm}");
    }
    let nowhere = send(&browser, &page, &[("recipient", "李雷")]).await;
    assert_eq!(nowhere.location(), format!("/rewards/{mug}?quantity=2"));
    let again = browser.open(nowhere.location()).await.body;
    assert!(again.contains("id=\"field-address-error\"") && again.contains("id=\"field-phone-error\""), "{again}");
    assert!(again.contains("value=\"李雷\"") && hidden(&again, "key") == hidden(&page, "key"), "{again}");
    let sent = send(&browser, &again, &ADDRESS).await;
    let receipt = sent.location().to_owned();
    assert!(receipt.starts_with("/redemptions/"), "{receipt}");
    assert_eq!(send(&browser, &again, &ADDRESS).await.location(), receipt, "twice is once");
    let page = words(&browser.open(&receipt).await.body);
    for text in
        ["Mug × 2 is ordered", "Ordered", "For one 80", "Points taken −160", "延安路 1 号 上海", "Cancel this redemption"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    let id = receipt.rsplit('/').next().unwrap();
    let page = words(&browser.submit_and_follow(CANCEL, &[("redemption", id)]).await.body);
    assert!(page.contains("You got back 160 points"), "{page}");
    assert_eq!((left(ledger, mug).await, standing(ledger, "m-1").await), (Some(3), "200.00/0.00/200.00/2".into()));
    let page = browser.open(&format!("/rewards/{mug}")).await.body;
    let receipt = send(&browser, &page, &ADDRESS).await.location().to_owned();
    go(ledger, receipt.rsplit('/').next().unwrap().parse().unwrap(), Shipped).await.unwrap();
    let page = words(&browser.open(&receipt).await.body);
    assert!(page.contains("It is on its way") && !page.contains("Cancel this redemption"), "{page}");
    let id = receipt.rsplit('/').next().unwrap().parse().unwrap();
    take_back::take_back(ledger, Authority::command_line(), id, true, "refused at the door").await.unwrap();
    let page = words(&browser.open(&receipt).await.body);
    for text in ["It came back to us; all points were returned.", "Reason: refused at the door", "Returned"] {
        assert!(page.contains(text) && !page.contains("next"), "{text}: {page}");
    }
    let activity = words(&browser.open("/activity").await.body);
    assert!(activity.contains("Mug"), "{activity}");
    check(ledger).await;
}

#[tokio::test]
async fn a_code_is_hidden_until_its_member_asks_for_it() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let voucher = pool(ledger, "SECRET-1\nSECRET-2").await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open(&format!("/rewards/{voucher}")).await.body;
    assert!(!page.contains("name=\"address\""), "a voucher is not sent");
    let receipt = send(&browser, &page, &[]).await.location().to_owned();
    let hidden_code = browser.open(&receipt).await.body;
    assert!(!hidden_code.contains("SECRET") && words(&hidden_code).contains("Reveal the code"), "{hidden_code}");
    let other = signed_in(&site, "m-2", &["id=p2 member=m-2 pay=10"]).await;
    let id = receipt.rsplit('/').next().unwrap();
    assert_eq!(other.call(REVEAL, &[("redemption", id)]).await.status, StatusCode::NOT_FOUND);
    let shown = browser.submit_and_follow(REVEAL, &[("redemption", id)]).await.body;
    assert!(
        shown.contains("SECRET-1") && shown.contains("class=\"qr\"") && words(&shown).contains("Never expires."),
        "{shown}"
    );
    assert!(!shown.contains(CANCEL), "what was seen is not given back");
    assert_eq!(browser.call(CANCEL, &[("redemption", id)]).await.status, StatusCode::CONFLICT);
    assert_eq!(browser.call(REVEAL, &[("redemption", id)]).await.status, StatusCode::CONFLICT);
    go(ledger, id.parse().unwrap(), Used).await.unwrap();
    let used = browser.open(&receipt).await.body;
    assert!(!used.contains("class=\"qr\"") && words(&used).contains("The code has been used."), "{used}");
    check(ledger).await;
}

#[tokio::test]
async fn what_changed_since_the_page_was_made_is_told_on_it() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let once = reward(ledger, Supply::Generated, |terms| terms.limit = Some(Limit { most: 1, period: Period::Ever })).await;
    let browser = signed_in(&site, "m-1", PAID).await;
    let page = browser.open(&format!("/rewards/{once}")).await.body;
    send(&browser, &page, &[]).await;
    let fields = |key, points| [("reward", once.to_string()), ("quantity", "1".into()), ("points", points), ("key", key)];
    let call = async |key: &str, points: &str| {
        let fields = fields(key.to_owned(), points.to_owned());
        let fields = fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        browser.call(TAKE, &fields).await.body
    };
    assert!(call("another", "80").await.contains("reward_limit_reached"));
    let other = reward(ledger, Supply::Generated, |_| ()).await;
    let dearer = [("reward", other.to_string()), ("quantity", "1".into()), ("points", "79".into()), ("key", "k".into())];
    let dearer = dearer.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    assert!(browser.call(TAKE, &dearer).await.body.contains("price_changed"));
    for (field, value) in [("quantity", "many"), ("points", "x"), ("key", "")] {
        let mut broken = dearer.clone();
        broken.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
        let refused = browser.call(TAKE, &broken).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(&format!("\"field\":\"{field}\"")), "{}", refused.body);
    }
    assert_eq!(standing(ledger, "m-1").await, "120.00/0.00/200.00/2");
}

#[tokio::test]
async fn rewards_are_found_by_name_and_by_what_can_be_had_now() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let browser = signed_in(&site, "m-1", PAID).await;
    gift(ledger, 3).await;
    reward(ledger, Supply::Generated, |terms| {
        terms.name = laurel_domain::text::Both::new("咖啡", "Coffee");
        terms.price = "250".parse().unwrap();
    })
    .await;
    let cards = async |path: &str| browser.open(path).await.body.matches("<li class=\"card reward-card").count();
    assert_eq!(cards("/rewards").await, 2);
    assert_eq!(cards("/rewards?for=me").await, 1);
    assert_eq!((cards("/rewards?q=COFF").await, cards("/rewards?q=%E5%92%96%E5%95%A1").await), (1, 1));
    let none = words(&browser.open("/rewards?q=coffee&for=me").await.body);
    assert!(none.contains("No rewards match") && none.contains("Show all rewards"), "{none}");
}
