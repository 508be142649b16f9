//! Rewards at the console by plain forms: made, stocked, filled with codes, worked off.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use laurel_domain::rewards::redemption::RedemptionState::Issued;
use laurel_domain::rewards::reward::Supply;
use laurel_engine::auth::Role;

use crate::support::console::signed_in;
use crate::support::portal::{hidden, words};
use crate::support::site::Site;
use laurel_testing::programme::{check, standing, tell};
use laurel_testing::rewards::{bought, gift, go, large_picture, left, look, picture, pool, reward};

const CREATE: &str = "/api/admin/rewards/create";
const EDIT: &str = "/api/admin/rewards/edit";
const RETURN: &str = "/api/admin/redemptions/return";
const ADVANCE: &str = "/api/admin/redemptions/advance";

const MUG: [(&str, &str); 6] = [
    ("supply", "stock"),
    ("terms[name_zh]", "杯子"),
    ("terms[name_en]", "Mug"),
    ("terms[price]", "120"),
    ("terms[limit]", "1"),
    ("terms[period]", "year"),
];

#[tokio::test]
async fn a_reward_is_made_stocked_changed_and_retired() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    assert!(words(&browser.open("/admin/rewards").await.body).contains("No rewards yet"));
    browser.open("/admin/rewards/new?supply=stock").await;
    let made = browser.submit(CREATE, &MUG).await;
    let path = made.location().to_owned();
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("Reward created.") && page.contains("Used up"), "{page}");
    let id = path.rsplit('/').next().unwrap().to_owned();
    let stock = |change, reason| [("reward", id.clone()), ("change", String::from(change)), ("reason", String::from(reason))];
    let send = async |fields: [(&str, String); 3]| {
        let fields = fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
        browser.submit_and_follow("/api/admin/rewards/stock", &fields).await.body
    };
    let page = send(stock("20", "first delivery")).await;
    assert!(words(&page).contains("20 in stock") && words(&page).contains("first delivery +20"), "{page}");
    assert!(words(&send(stock("-21", "lost")).await).contains("Only 20 left."));
    assert!(send(stock("some", "")).await.contains("id=\"field-change-error\""));
    let page = browser.open(&path).await.body;
    let revision = hidden(&page, "revision");
    let mut edit = vec![("reward", id.as_str()), ("revision", revision.as_str())];
    edit.extend(MUG.iter().filter(|(name, _)| *name != "supply" && *name != "terms[price]"));
    edit.push(("terms[price]", "130.50"));
    let page = browser.submit_and_follow(EDIT, &edit).await.body;
    assert!(words(&page).contains("Reward saved.") && page.contains("value=\"130.50\""), "{page}");
    let stale = browser.submit_and_follow(EDIT, &edit).await.body;
    assert!(words(&stale).contains("Someone else has changed this reward in the meantime."), "{stale}");
    let revision = hidden(&browser.open(&path).await.body, "revision");
    let retire = [("reward", id.as_str()), ("revision", revision.as_str()), ("retired", "yes")];
    let page = browser.submit_and_follow("/api/admin/rewards/retire", &retire).await.body;
    assert!(words(&page).contains("Reward retired.") && words(&page).contains("Offer again"), "{page}");
    let audit = words(&browser.open("/admin/audit").await.body);
    for action in ["Reward created", "Reward changed", "Stock changed", "Reward retired or offered again"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
}

#[tokio::test]
async fn a_picture_is_uploaded_shown_to_everybody_kept_by_browsers_and_removed() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let mug = gift(&site.state.ledger, 3).await;
    let page = format!("/admin/rewards/{mug}");
    let upload = format!("{page}/picture");
    assert!(browser.open(&page).await.body.contains("#art-gift"), "a drawing of its kind");
    let wrong = browser.upload(&upload, "picture", "<svg onload='alert(1)'/>").await;
    let body = browser.open(wrong.location()).await.body;
    assert!(body.contains("id=\"field-picture-error\"") && words(&body).contains("PNG, JPEG or WebP file"), "{body}");
    let large = large_picture();
    assert!(large.len() > 3_000_000);
    let taken = browser.upload(&upload, "picture", large).await;
    assert!(browser.open(taken.location()).await.body.contains("notice good"), "photographs are that large");
    let saved = browser.upload(&upload, "picture", picture(1)).await;
    let body = browser.open(saved.location()).await.body;
    assert!(words(&body).contains("Picture saved.") && body.contains("alt=\"Mug\""), "{body}");
    let start = body.find("/pictures/").expect("an address");
    let url = &body[start..start + body[start..].find('"').unwrap()];
    let url = url.split(' ').next().unwrap();
    // no session: mail programs and payment apps show it, too
    let shown = site.browser().open(url).await;
    assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("content-security-policy").contains("default-src 'none'"));
    let again = async |path: &str, tag: &str| {
        let request = Request::get(path).header("host", "127.0.0.1:3000").header("if-none-match", tag);
        site.send(request.body(Body::empty()).unwrap()).await.status
    };
    for tag in ["\"same\"", "W/\"same\"", "\"other\", \"same\"", "*"] {
        assert_eq!(again(url, tag).await, StatusCode::NOT_MODIFIED, "{tag}");
    }
    assert_eq!(again(url, "\"other\"").await, StatusCode::OK, "who has something else gets it");
    let unknown = format!("/pictures/{}-640.jpg", "0f0e0d0c-0b0a-0908-0706-050403020100");
    for missing in [url.replace("-640.", "-641."), url.replace(".jpg", ".png"), "/pictures/x.jpg".to_owned(), unknown] {
        assert_eq!(site.browser().open(&missing).await.status, StatusCode::NOT_FOUND, "{missing}");
        assert_eq!(again(&missing, "\"same\"").await, StatusCode::NOT_FOUND, "{missing}, whatever the browser has");
    }
    let id = mug.to_string();
    let gone = browser.submit_and_follow("/api/admin/rewards/picture/remove", &[("reward", &id)]).await.body;
    assert!(words(&gone).contains("Picture removed.") && gone.contains("#art-gift"), "{gone}");
    let viewer = signed_in(&site, Role::Viewer).await;
    assert_eq!(viewer.upload(&upload, "picture", picture(1)).await.status, StatusCode::FORBIDDEN);
    let audit = words(&browser.open("/admin/audit").await.body);
    assert!(audit.contains("Reward picture changed"), "{audit}");
}

#[tokio::test]
async fn what_is_wrong_with_a_reward_stands_beside_its_fields_with_what_was_typed() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    browser.open("/admin/rewards/new?supply=pool").await;
    let wrong = [
        ("supply", "pool"),
        ("terms[name_zh]", "咖啡券"),
        ("terms[price]", "a lot"),
        ("terms[limit]", "-1"),
        ("terms[starts]", "tomorrow"),
    ];
    let page = browser.submit_and_follow(CREATE, &wrong).await.body;
    for field in ["price", "limit", "starts"] {
        assert!(page.contains(&format!("id=\"field-terms-{field}--error\"")), "{field}: {page}");
    }
    assert!(page.contains("value=\"咖啡券\"") && page.contains("value=\"a lot\""), "{page}");
    let half = [("supply", "pool"), ("terms[name_zh]", "咖啡券"), ("terms[price]", "0"), ("terms[about_zh]", "一杯")];
    let page = browser.submit_and_follow(CREATE, &half).await.body;
    for field in ["price", "name_en", "about_en"] {
        assert!(page.contains(&format!("id=\"field-terms-{field}--error\"")), "{field}: {page}");
    }
}

#[tokio::test]
async fn a_preview_says_what_saving_would_refuse() {
    let site = Site::open().await;
    let browser = signed_in(&site, Role::Manager).await;
    let typed = |price: &str| {
        let fields = [("supply", "stock"), ("terms[name_zh]", "杯子"), ("terms[name_en]", "Mug"), ("terms[price]", price)];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    for price in ["-5", "0", "1.005", "ten"] {
        let page = browser.open(&format!("/admin/rewards/new?{}", typed(price))).await.body;
        let preview = &page[page.find("id=\"preview\"").unwrap()..];
        assert!(preview.contains("role=\"alert\"") && words(preview).contains("– points"), "{price}: {preview}");
        let saved = browser
            .submit_and_follow(
                CREATE,
                &[("supply", "stock"), ("terms[name_zh]", "杯子"), ("terms[name_en]", "Mug"), ("terms[price]", price)],
            )
            .await
            .body;
        assert!(saved.contains("id=\"field-terms-price--error\""), "{price}: {saved}");
    }
    let page = browser.open(&format!("/admin/rewards/new?{}", typed("1234.5"))).await.body;
    let preview = &page[page.find("id=\"preview\"").unwrap()..];
    assert!(!preview.contains("role=\"alert\"") && words(preview).contains("1,234.50 points"), "{preview}");
}

#[tokio::test]
async fn codes_come_by_paste_and_by_file() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let voucher = pool(ledger, "A").await;
    let browser = signed_in(&site, Role::Manager).await;
    let path = format!("/admin/rewards/{voucher}");
    browser.open(&path).await;
    let page =
        browser.submit_and_follow("/api/admin/rewards/codes", &[("reward", &voucher.to_string()), ("codes", "A\r\nB")]).await;
    assert!(words(&page.body).contains("1 codes added, 1 already existed."), "{}", page.body);
    let sent = browser.upload(&format!("{path}/codes"), "file", "\u{feff}code,worth\r\nC,50\r\nD,50\r\n").await;
    assert_eq!(sent.location(), path);
    let page = words(&browser.open(&path).await.body);
    assert!(page.contains("2 codes added, 0 already existed.") && page.contains("4 available, 0 reserved"), "{page}");
    browser.upload(&format!("{path}/codes"), "other", "E").await;
    let page = browser.open(&path).await.body;
    assert!(page.contains("role=\"alert\"") && left(ledger, voucher).await == Some(4), "{page}");
    assert_eq!(browser.upload("/admin/rewards/nonsense/codes", "file", "E").await.status, StatusCode::NOT_FOUND);
    let viewer = signed_in(&site, Role::Viewer).await;
    assert_eq!(viewer.upload(&format!("{path}/codes"), "file", "E").await.status, StatusCode::FORBIDDEN);
    let stranger = site.browser();
    stranger.open(&path).await;
    let sent = stranger.upload(&format!("{path}/codes"), "file", "E").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(sent.location().starts_with("/admin/sign-in?next=%2Fadmin%2Frewards%2F"), "{}", sent.location());
    let page = viewer.open(&path).await.body;
    assert!(!page.contains("<form class=\"form\"") && words(&page).contains("4 available"), "{page}");
    assert_eq!(viewer.open("/admin/rewards/new").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn gifts_are_sent_and_vouchers_found_by_their_code_and_used() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    tell(ledger, "id=p1 member=m-1 pay=1000").await.unwrap();
    let mug = gift(ledger, 5).await;
    let orders = [bought(ledger, "m-1", mug, "k1").await, bought(ledger, "m-1", mug, "k2").await].map(|id| id.to_string());
    let voucher = reward(ledger, Supply::Generated, |_| ()).await;
    let vouchers = [bought(ledger, "m-1", voucher, "v1").await, bought(ledger, "m-1", voucher, "v2").await];
    for id in vouchers {
        go(ledger, id, Issued).await.unwrap();
    }
    let browser = signed_in(&site, Role::Manager).await;
    let page = words(&browser.open("/admin/redemptions?kind=gift").await.body);
    assert!(
        page.contains("Gifts 2") && page.contains("李雷 · +86 138 1234 5678") && page.contains("上海市延安路 1 号"),
        "{page}"
    );
    let ship = [("ids[]", orders[0].as_str()), ("to", "shipped"), ("tracking", "SF-1")];
    let page = words(&browser.submit_and_follow(ADVANCE, &ship).await.body);
    assert!(page.contains("1 redemption marked as on its way."), "{page}");
    assert!(browser.open("/admin/redemptions?kind=gift&state=shipped").await.body.contains("SF-1"));
    let page = browser.open("/admin/redemptions?kind=gift&state=shipped").await.body;
    let path = format!("/admin/redemptions/{}/return", orders[0]);
    assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
    let page = words(&browser.open(&path).await.body);
    assert!(page.contains("gets 80 points back") && page.contains("Put it back into stock"), "{page}");
    let back = [("redemption", orders[0].as_str()), ("restock", "yes"), ("reason", " ")];
    assert!(words(&browser.submit_and_follow(RETURN, &back).await.body).contains("is required"));
    let back = [("redemption", orders[0].as_str()), ("restock", "yes"), ("reason", "nobody <home>")];
    let page = words(&browser.submit_and_follow(RETURN, &back).await.body);
    assert!(page.contains("Taken back; the member has 80 points again.") && page.contains("Returned"), "{page}");
    assert!(words(&browser.open(&path).await.body).contains("can no longer be taken back"));
    browser.submit_and_follow(ADVANCE, &[("ids[]", &orders[1]), ("to", "cancelled"), ("note", "broken")]).await;
    assert_eq!(left(ledger, mug).await, Some(5));
    let code = look(ledger, vouchers[0]).await.code.unwrap();
    let found = browser.open(&format!("/admin/redemptions?q={code}")).await.body;
    assert_eq!(found.matches("name=\"ids[]\"").count(), 1, "{found}");
    assert!(!words(&found).contains(&look(ledger, vouchers[1]).await.code.unwrap()), "codes are not listed");
    let page = browser.submit_and_follow(ADVANCE, &[("ids[]", &vouchers[0].to_string()), ("to", "used")]).await.body;
    assert!(words(&page).contains("1 redemption marked as used.") && !page.contains("name=\"ids[]\""), "{page}");
    browser.submit_and_follow(ADVANCE, &[("ids[]", &vouchers[1].to_string()), ("to", "voided"), ("note", "by mistake")]).await;
    let none = words(&browser.open("/admin/redemptions?q=nothing").await.body);
    assert!(none.contains("No redemptions match."), "{none}");
    let reveal = browser.call(ADVANCE, &[("ids[]", &vouchers[1].to_string()), ("to", "issued")]).await;
    assert_eq!(reveal.status, StatusCode::FORBIDDEN);
    assert_eq!(standing(ledger, "m-1").await, "920.00/0.00/1000.00/4");
    check(ledger).await;
}
