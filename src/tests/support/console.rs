//! Somebody of the staff at the console.

use laurel_engine::auth::{Authority, Role};
use laurel_engine::usecase::access::staff;

use super::site::{Browser, Site};
use laurel_testing::people::{PASSWORD, wanted};

/// A browser that somebody with this role has signed in with.
pub async fn signed_in(site: &Site, role: Role) -> Browser<'_> {
    let email = format!("{}@example.com", role.as_str());
    let state = &site.state;
    let wanted = wanted(&email, role, Some(PASSWORD));
    staff::create(&state.ledger.db, &state.auth, Authority::command_line(), &wanted, state.ledger.clock.now())
        .await
        .expect("an account");
    let browser = site.browser();
    let answer = browser.submit("/api/admin/sign-in", &[("sign_in_name", &email), ("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/admin", "{}", answer.body);
    browser
}

/// The fields of the page's form that calls `action`, as a browser would send them.
pub fn fields(page: &str, action: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form for {action} in {page}"));
    let form = &page[start..];
    let form = &form[..form.find("</form>").expect("an end")];
    let mut fields = Vec::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input") || tag.starts_with("select") || tag.starts_with("option"))
    {
        match attribute(tag, "name") {
            Some(name) if attribute(tag, "type").as_deref() != Some("checkbox") => {
                fields.push((name, attribute(tag, "value").unwrap_or_default()))
            }
            None if tag.contains(" selected") => {
                if let Some(last) = fields.last_mut() {
                    last.1 = attribute(tag, "value").unwrap_or_default();
                }
            }
            _ => (),
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..start + tag[start..].find('"')?];
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A form with some fields typed over.
pub fn typed<'a>(form: &'a [(String, String)], over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in over {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}
