//! The console's dashboard, its navigation, and the account of whoever is at the desk.

use axum::http::StatusCode;
use laurel_engine::auth::Role;
use laurel_engine::usecase::programme::figures::follow;
use laurel_testing::programme::{HISTORY, post, tell};
use laurel_testing::rewards::{bought, gift};

use crate::support::console::signed_in;
use crate::support::portal::words;
use crate::support::site::Site;

#[tokio::test]
async fn an_empty_programme_has_first_steps_that_tick_themselves_off() {
    let site = Site::open().await;
    let admin = signed_in(&site, Role::Admin).await;
    let empty = admin.open("/admin").await.body;
    assert!(words(&empty).contains("Getting started 1 of 5 done"), "{empty}");
    assert!(empty.contains("href=\"/admin/keys\">Create an API key</a>"), "{empty}");
    tell(&site.state.ledger, "id=p1 member=m-1 pay=50").await.unwrap();
    gift(&site.state.ledger, 40).await;
    let page = words(&admin.open("/admin").await.body);
    assert!(page.contains("Getting started 3 of 5 done") && page.contains("All caught up"), "{page}");
}

#[tokio::test]
async fn the_dashboard_compares_periods_and_has_a_table_behind_each_picture() {
    let site = Site::open().await;
    let payments = [
        "id=p0 member=m-1 pay=1 at=2026-09-01T00:00:00Z",
        "id=p1 member=m-1 pay=100 at=2026-10-10T00:00:00Z",
        "id=p2 member=m-1 pay=150 at=2026-11-10T00:00:00Z",
    ];
    post(&site.state.ledger, HISTORY, &payments).await;
    follow(&site.state.ledger).await.unwrap();
    let viewer = signed_in(&site, Role::Viewer).await;
    let month = viewer.open("/admin?span=30d").await.body;
    assert!(!month.contains("style="), "the policy for content forbids styles in attributes");
    let month = words(&month);
    for text in [
        "Issued 150 +50% on the period before",
        "22 Nov 2026 251 ¥2.51",
        "10 Nov 2026 150 0 0 0 0",
        "Active members 1 as in the period before of 1 member",
        "Other 1 event 150 100%",
    ] {
        assert!(month.contains(text), "{text}: {month}");
    }
    let year = words(&viewer.open("/admin").await.body);
    for text in [
        "Issued 251 nothing to compare with",
        "Oct 2026 101 ¥1.01",
        "Points outstanding 251 worth ¥2.51",
        "Sep 2026 1 0 0 0 1",
        "Oct 2026 0 1 0 0 1",
    ] {
        assert!(year.contains(text), "{text}: {year}");
    }
    let csv = viewer.open("/admin/overview.csv?span=12m").await;
    assert_eq!(csv.status, StatusCode::OK);
    assert!(
        csv.body.contains(
            "2026-10-01,2026-10-31,100.00,0.00,0.00,0.00,0.00,101.00,1,1,0,1,0,0,0.00,0.00,0.00,0.00,100.00,0.00,0.00\r\n"
        ),
        "{}",
        csv.body
    );
    assert!(csv.body.contains(",events,active_members,members_"), "{}", csv.body);
    assert_eq!(site.browser().open("/admin/overview.csv").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_navigation_counts_what_waits_and_leads_back_up() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    tell(ledger, "id=p1 member=m-1 pay=500").await.unwrap();
    let mug = gift(ledger, 50).await;
    bought(ledger, "m-1", mug, "k1").await;
    let admin = signed_in(&site, Role::Admin).await;
    let page = admin.open("/admin/rewards/new").await.body;
    assert!(page.contains("<small class=\"side-count\"><span class=\"unseen\">waiting: </span>1</small>"), "{page}");
    assert!(
        page.contains("aria-label=\"Where you are\"") && page.contains("<li><a href=\"/admin/rewards\">Rewards</a></li>"),
        "{page}"
    );
    assert!(words(&admin.open("/admin").await.body).contains("1 gift to send"));
}

#[tokio::test]
async fn staff_change_their_own_password_and_sign_out_elsewhere() {
    let site = Site::open().await;
    let here = signed_in(&site, Role::Support).await;
    let page = words(&here.open("/admin/account").await.body);
    assert!(page.contains("support@example.com") && page.contains("this device"), "{page}");
    let wrong = [("current_password", "nonsense and more"), ("password", "a better one for today")];
    let refused = here.submit("/api/admin/account/password", &wrong).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let right = [("current_password", laurel_testing::people::PASSWORD), ("password", "a better one for today")];
    assert_eq!(here.submit("/api/admin/account/password", &right).await.status, StatusCode::SEE_OTHER);
    let fields = [("sign_in_name", "support@example.com"), ("password", "a better one for today")];
    let elsewhere = site.browser();
    assert_eq!(elsewhere.submit("/api/admin/sign-in", &fields).await.location(), "/admin");
    let page = here.open("/admin/account").await.body;
    let id = page
        .split("name=\"device\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("another device")
        .to_owned();
    here.submit("/api/admin/account/sign-device-out", &[("device", &id)]).await;
    assert_eq!(elsewhere.open("/admin").await.location(), "/admin/sign-in");
    assert_eq!(here.submit("/api/admin/account/sign-out-everywhere", &[]).await.location(), "/admin/sign-in");
    assert_eq!(here.open("/admin").await.location(), "/admin/sign-in");
}
