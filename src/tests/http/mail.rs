//! E-mails from the portal's forms to the mailbox and back by their links.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use laurel_engine::auth::{Authority, Role};
use laurel_engine::usecase::mail::desk::{MailState, outbox};
use laurel_engine::usecase::mail::send::{Tried, send_waiting};
use laurel_engine::usecase::programme::settings::{self, Change, NewUnit};

use crate::support::console::{self, fields};
use crate::support::mailbox::{Mailbox, Sink, header, link, send_to};
use crate::support::portal::words;
use crate::support::site::{Browser, Site};
use laurel_testing::people::{PASSWORD, enrolled};
use laurel_testing::programme::tell;

const REGISTER: &str = "/api/portal/register";
const FORGOTTEN: &str = "/api/portal/forgotten";

async fn registered<'a>(site: &'a Site, name: &str) -> Browser<'a> {
    let browser = site.browser();
    let form = [("name", "Fang"), ("sign_in_name", name), ("password", "laurels grow slowly")];
    assert!(browser.call(REGISTER, &form).await.status.is_success());
    browser
}

/// Follows the link that was sent to the address, the only one that has come.
async fn confirm(site: &Site, mailbox: &Mailbox, browser: &Browser<'_>) {
    let mail = mailbox.come(&site.state.ledger, 1).await.remove(0);
    let path = link(&mail, "/confirm-email?code=");
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("Emails about your account will go to fang@example.com."), "{page}");
    let code = path.split('=').nth(1).unwrap();
    let done = browser.submit_and_follow("/api/portal/confirm-email", &[("code", code)]).await;
    assert!(words(&done.body).contains("fang@example.com is confirmed."), "{}", done.body);
    let again = browser.open(&path).await;
    assert!(again.status == StatusCode::OK && words(&again.body).contains("the address is confirmed"), "{}", again.body);
    let again = browser.submit_and_follow("/api/portal/confirm-email", &[("code", code)]).await;
    assert!(words(&again.body).contains("This link has been used: the address is confirmed."), "{}", again.body);
    let other = browser.open(&format!("/confirm-email?code={}", "x".repeat(code.len()))).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "a link that never was");
}

#[tokio::test]
async fn a_forgotten_password_comes_back_by_e_mail_and_strangers_learn_nothing() {
    let site = Site::open().await;
    let mailbox = Mailbox::of(&site.state.ledger, &site.state.config.public_url);
    let before = registered(&site, "fang@example.com").await;
    confirm(&site, &mailbox, &before).await;
    let browser = site.browser();
    assert!(browser.open("/sign-in").await.body.contains("href=\"/forgotten\""));
    assert_eq!(browser.open("/forgotten").await.status, StatusCode::OK);
    let mut answers = Vec::new();
    for name in ["fang@example.com", "nobody@example.com"] {
        let page = browser.submit_and_follow(FORGOTTEN, &[("sign_in_name", name)]).await;
        answers.push((page.status, words(&page.body)));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].1.contains("the link is on its way"), "{answers:?}");
    let mails = mailbox.come(&site.state.ledger, 2).await;
    let mail = mails.into_iter().find(|mail| mail.contains("/activate?code=")).unwrap();
    assert!(header(&mail, "Subject").contains("Set a new password") && header(&mail, "To").contains("fang@example.com"));
    assert!(!mail.contains("List-Unsubscribe"), "nobody does without these");
    let path = link(&mail, "/activate?code=");
    assert!(!header(&mail, "Subject").contains(path.split('=').nth(1).unwrap()));
    let page = browser.open(&path).await.body;
    assert!(words(&page).contains("Set a new password"), "{page}");
    let code = path.split('=').nth(1).unwrap();
    let set = browser.submit("/api/portal/activate", &[("code", code), ("password", PASSWORD)]).await;
    assert_eq!(set.location(), "/", "{}", set.body);
    assert_eq!(before.open("/").await.location(), "/sign-in", "the old session is over");
    let wrong = browser.submit_and_follow(FORGOTTEN, &[("sign_in_name", "not a name")]).await;
    assert!(words(&wrong.body).contains("must be an email address"), "{}", wrong.body);
}

#[tokio::test]
async fn without_a_server_for_e_mails_no_page_promises_any() {
    let site = Site::open().await;
    let browser = registered(&site, "fang@example.com").await;
    assert!(!browser.open("/profile").await.body.contains("id=\"emails\""));
    let stranger = site.browser();
    let page = stranger.open("/sign-in").await.body;
    assert!(!page.contains("/forgotten") && words(&page).contains("Contact support"), "{page}");
    assert_eq!(stranger.open("/forgotten").await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.call(FORGOTTEN, &[("sign_in_name", "fang@example.com")]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn news_come_in_the_reader_s_language_and_one_click_does_without_them() {
    let site = Site::behind_https().await;
    let ledger = &site.state.ledger;
    let mailbox = Mailbox::of(ledger, &site.state.config.public_url);
    enrolled(&ledger.db, "m-1", Some("han@example.com")).await;
    tell(ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    let mail = mailbox.come(ledger, 1).await.remove(0);
    assert!(mail.contains("您已升级为金牌会员") && mail.contains("lang=\"zh-CN\""), "{mail}");
    assert!(mail.contains("https://points.example.com/tiers"), "links go by the public address: {mail}");
    assert!(header(&mail, "Message-ID").ends_with("@points.example.com>"), "{mail}");
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let path = link(&mail, "/unsubscribe?");
    assert!(header(&mail, "List-Unsubscribe").contains(&path), "{mail}");
    let click = async |path: &str| {
        let request = Request::builder().method("POST").uri(path).header("host", "points.example.com");
        let body = Body::from("List-Unsubscribe=One-Click");
        site.send(request.header("content-type", "application/x-www-form-urlencoded").body(body).unwrap()).await.status
    };
    assert_eq!(click(&path.replace("kind=tier", "kind=rules")).await, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = site.browser();
    let page = stranger.open(&path).await.body;
    assert!(words(&page).contains("No more emails about this: Changes of my tier"), "{page}");
    assert_eq!((click(&path).await, click(&path).await), (StatusCode::OK, StatusCode::OK));
    tell(ledger, "id=p2 member=m-1 pay=400").await.unwrap();
    mailbox.come(ledger, 1).await;
    let form = fields(&page, "/api/portal/unsubscribe");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = stranger.submit_and_follow("/api/portal/unsubscribe", &form).await;
    assert!(words(&done.body).contains("You won’t get emails about this any more"), "{}", done.body);
    assert_eq!(stranger.open("/unsubscribe?member=x&kind=tier&token=y").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn emails_speak_of_what_members_collect() {
    let site = Site::behind_https().await;
    let ledger = &site.state.ledger;
    let mailbox = Mailbox::of(ledger, &site.state.config.public_url);
    let unit = NewUnit { zh: Some("星星".into()), en_one: Some("star".into()), en_many: Some("stars".into()) };
    settings::change(ledger, Authority::command_line(), Change { unit, ..Change::default() }).await.unwrap();
    enrolled(&ledger.db, "m-1", Some("han@example.com")).await;
    tell(ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    tell(ledger, "id=r1 member=m-1 of=p1 refund=150").await.unwrap();
    let mails = mailbox.come(ledger, 2).await;
    let fallen = mails.iter().find(|mail| mail.contains("您的星星不受影响")).unwrap_or_else(|| panic!("{mails:?}"));
    assert!(!fallen.contains("积分"), "{fallen}");
}

#[tokio::test]
async fn a_member_chooses_their_e_mails_in_the_profile() {
    let site = Site::open().await;
    let mailbox = Mailbox::of(&site.state.ledger, &site.state.config.public_url);
    let browser = registered(&site, "fang@example.com").await;
    let page = browser.open("/profile").await.body;
    assert!(words(&page).contains("fang@example.com is not confirmed yet."), "{page}");
    assert!(!page.contains("name=\"wanted[]\""), "there is nothing to choose while nothing is sent");
    confirm(&site, &mailbox, &browser).await;
    let page = browser.open("/profile").await.body;
    assert!(words(&page).contains("We write to fang@example.com") && !page.contains("not confirmed"), "{page}");
    assert_eq!(page.matches("name=\"wanted[]\"").count(), 5);
    let ticked = |page: &str| page.split("<input").filter(|tag| tag.contains("wanted[]") && tag.contains(" checked")).count();
    assert_eq!(ticked(&page), 5);
    let wanted = [("wanted[]", "expiring"), ("wanted[]", "rules")];
    let page = browser.submit_and_follow("/api/portal/profile/emails", &wanted).await.body;
    assert!(words(&page).contains("Your choice is saved."), "{page}");
    assert_eq!(ticked(&browser.open("/profile").await.body), 2);
    browser.submit("/api/portal/profile/emails", &[]).await;
    assert_eq!(ticked(&browser.open("/profile").await.body), 0, "nothing ticked is nothing wanted");
}

#[tokio::test]
async fn an_smtp_server_takes_refuses_and_puts_off() {
    let site = Site::open().await;
    let (ledger, sink) = (&site.state.ledger, Sink::start().await);
    sink.takes_from(ledger, &site.state.config.public_url);
    for (n, name) in ["han", "unknown", "busy"].iter().enumerate() {
        enrolled(&ledger.db, &format!("m-{n}"), Some(&format!("{name}@example.com"))).await;
        tell(ledger, &format!("id=p{n} member=m-{n} pay=150")).await.unwrap();
    }
    let mut tried = Tried::default();
    // the job of the site may have taken some of them
    let listed = async |state| outbox(ledger, Authority::command_line(), state, None).await.unwrap().page.rows;
    for _ in 0..100 {
        tried = send_waiting(ledger).await.unwrap();
        let (sent, failed) = (listed(MailState::Sent).await.len(), listed(MailState::GivenUp).await.len());
        if (sent, failed) == (1, 1) && listed(MailState::Waiting).await[0].fault.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let taken = sink.taken();
    assert_eq!(taken.len(), 1, "{tried:?}");
    let id = listed(MailState::Sent).await[0].id;
    assert_eq!(header(&taken[0], "Message-ID"), format!("<{id}@127.0.0.1>"));
    let failed = listed(MailState::GivenUp).await;
    assert!(failed[0].fault.as_deref().unwrap().contains("no such mailbox"), "{failed:?}");
    let waiting = listed(MailState::Waiting).await;
    assert!(waiting[0].fault.as_deref().unwrap().contains("come back later"), "{waiting:?}");
    assert!(waiting[0].next_at.unwrap() > ledger.clock.now());
    let admin = console::signed_in(&site, Role::Admin).await;
    let page = admin.open("/admin/mail?state=failed").await.body;
    assert!(words(&page).contains("Failed 1") && page.contains("no such mailbox"), "{page}");
    assert!(page.contains("side-count"), "the navigation tells of it");
    let form = [("id", failed[0].id.to_string())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = admin.submit_and_follow("/api/admin/mail/send-again", &form).await;
    assert!(words(&again.body).contains("It is being sent again."), "{}", again.body);
    let manager = console::signed_in(&site, Role::Manager).await;
    assert_eq!(manager.open("/admin/mail").await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.call("/api/admin/mail/send-again", &form).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    // nobody listens on a port that was just given back
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    send_to(ledger, &site.state.config.public_url, port);
    enrolled(&ledger.db, "m-1", Some("han@example.com")).await;
    tell(ledger, "id=p1 member=m-1 pay=150").await.unwrap();
    for _ in 0..100 {
        send_waiting(ledger).await.unwrap();
        let found = outbox(ledger, Authority::command_line(), MailState::Waiting, None).await.unwrap();
        if found.page.rows.first().is_some_and(|one| one.fault.is_some()) {
            assert_eq!((found.counts, found.page.rows[0].attempts), ([1, 0, 0], 1));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody noticed");
}

#[tokio::test]
async fn an_activation_is_shown_to_the_team_and_sent_to_the_member() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let mailbox = Mailbox::of(ledger, &site.state.config.public_url);
    let han = enrolled(&ledger.db, "m-1", Some("han@example.com")).await;
    let admin = console::signed_in(&site, Role::Admin).await;
    admin.open(&format!("/admin/members/{han}")).await;
    let page = admin.submit_and_follow("/api/admin/members/invite", &[("id", &han.to_string())]).await.body;
    assert!(page.contains("/activate?code=") && words(&page).contains("It has also been emailed."), "{page}");
    let mail = mailbox.come(ledger, 1).await.remove(0);
    let path = link(&mail, "/activate?code=");
    assert!(!page.contains(&path), "each link has a code of its own");
    assert_eq!(site.browser().open(&path).await.status, StatusCode::OK);
    let file = admin.open(&format!("/admin/members/{han}?tab=mail")).await.body;
    assert!(words(&file).contains("Account activation") && !file.contains(&path), "{file}");
}

#[tokio::test]
async fn another_address_is_shown_as_not_confirmed_to_its_owner_and_to_the_staff() {
    let site = Site::open().await;
    let ledger = &site.state.ledger;
    let mailbox = Mailbox::of(ledger, &site.state.config.public_url);
    let browser = registered(&site, "fang@example.com").await;
    confirm(&site, &mailbox, &browser).await;
    let form = [("name", "Fang"), ("email", "new@example.org"), ("phone", "")];
    let page = browser.submit_and_follow("/api/portal/profile/edit", &form).await.body;
    assert!(words(&page).contains("We’ve sent a link to new@example.org."), "{page}");
    let page = browser.open("/profile").await.body;
    assert!(words(&page).contains("until then we write to fang@example.com"), "{page}");
    assert!(page.contains("value=\"new@example.org\""), "what was typed stands in the form");
    let mails = mailbox.come(ledger, 3).await;
    let told = mails.iter().find(|mail| header(mail, "Subject") == "Your email address at Laurel").unwrap();
    assert!(header(told, "To").contains("fang@example.com") && told.contains("n•••@example.org"), "{told}");
    browser.submit_and_follow("/api/portal/profile/confirm-again", &[]).await;
    mailbox.come(ledger, 4).await;
    let admin = console::signed_in(&site, Role::Admin).await;
    let list = admin.open("/admin/members?q=new@example.org").await.body;
    let start = list.find("/admin/members/0").unwrap_or_else(|| panic!("found by it: {list}"));
    let path = list[start..].split(['"', '?']).next().unwrap();
    let file = admin.open(path).await.body;
    assert!(words(&file).contains("Email, not confirmed new@example.org"), "{file}");
    assert!(admin.open(&format!("{path}/edit")).await.body.contains("value=\"new@example.org\""));
}

#[tokio::test]
async fn the_staff_set_a_forgotten_password_anew_by_e_mail_and_strangers_learn_nothing() {
    const ASK: &str = "/api/admin/forgotten";
    let site = Site::open().await;
    let browser = site.browser();
    assert!(!browser.open("/admin/sign-in").await.body.contains("/admin/forgotten"), "without e-mails nothing is promised");
    assert_eq!(browser.open("/admin/forgotten").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.call(ASK, &[("email", "wang@example.com")]).await.status, StatusCode::NOT_FOUND);
    let mailbox = Mailbox::of(&site.state.ledger, &site.state.config.public_url);
    let before = console::signed_in(&site, Role::Admin).await;
    assert!(browser.open("/admin/sign-in").await.body.contains("href=\"/admin/forgotten\""));
    let mut answers = Vec::new();
    for email in ["admin@example.com", "nobody@example.com"] {
        let page = browser.submit_and_follow(ASK, &[("email", email)]).await;
        answers.push((page.status, words(&page.body)));
    }
    assert_eq!(answers[0], answers[1]);
    let mail = mailbox.come(&site.state.ledger, 1).await.remove(0);
    let path = link(&mail, "/admin/activate?code=");
    assert!(words(&browser.open(&path).await.body).contains("Set a new password"));
    let code = path.split('=').nth(1).unwrap();
    let set = browser.submit("/api/admin/activate", &[("code", code), ("password", "another long password")]).await;
    assert_eq!(set.location(), "/admin", "{}", set.body);
    assert_eq!(before.open("/admin").await.location(), "/admin/sign-in", "the old session is over");
    assert_eq!(site.browser().open(&path).await.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
    assert!(words(&browser.open("/admin/audit").await.body).contains("Password reset by team member"));
}
