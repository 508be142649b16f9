//! Members at the portal: enrolled by what the payment system told, let in by an invitation.

use laurel_engine::auth::Authority;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::access::activate;
use laurel_engine::usecase::members::view;

use super::site::{Browser, Site};
use laurel_testing::people::PASSWORD;
use laurel_testing::programme::tell;

/// Tells events, then signs in as the member `external_id`, who must be among them.
pub async fn signed_in<'a>(site: &'a Site, external_id: &str, events: &[&str]) -> Browser<'a> {
    let ledger = &site.state.ledger;
    for event in events {
        tell(ledger, event).await.expect("an event that is accepted");
    }
    let member = view::find(ledger, By::External(external_id)).await.expect("a look").expect("a member");
    let invited = activate::invite(&ledger.db, Authority::command_line(), member.id(), ledger.clock.now()).await;
    let code = invited.expect("an invitation").code.as_str().to_owned();
    let name = format!("{external_id}@example.com");
    let browser = site.browser();
    let answer =
        browser.call("/api/portal/activate", &[("code", &code), ("sign_in_name", &name), ("password", PASSWORD)]).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    browser
}

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let field = format!("type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&field).unwrap_or_else(|| panic!("no hidden {name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// What a page says, without its tags: words apart by single spaces.
pub fn words(page: &str) -> String {
    // where a line may be broken is no space
    let page = page.replace("<wbr>", "");
    let body = page.split_once("<main").map_or(page.as_str(), |(_, main)| main);
    let mut text = String::new();
    let mut in_tag = false;
    for letter in body.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                text.push(' ');
            }
            letter if !in_tag => text.push(letter),
            _ => (),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
