//! Rules with other tiers are published while events come in, and every member is rated anew.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::Bench;
use crate::client::{Caller, Client};
use crate::events::Events;
use crate::laurel::{self, Site};
use crate::load::{self, Pace};

const NAME: &str = "re-rating";
const EDITOR: &str = "/admin/rules/draft";
const PUBLISH: &str = "/admin/rules/publish";
const PUBLISH_NOW: &str = "/api/admin/rules/publish";
const EVENTS: f64 = 200.0;
/// Also on a slow machine, a million members take less.
const PATIENCE: Duration = Duration::from_secs(600);

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let (settings, kind) = (bench.settings, bench.kind);
    let database = bench.base.copy("laurel").await?;
    let key = laurel::key(settings, &database).await?;
    let site = Site::open(settings, &database, &[]).await?;
    let caller = Caller::with_key(site.server.address, &key);
    let (mut browser, admin) = (Client::connect(caller.address).await?, site.admin().await?);
    let rules = fields(&open(&mut browser, &admin, EDITOR).await?, EDITOR)?;
    let form = typed(&rules, &[("tiers.1.from", "150"), ("do", "publish")]);
    let sent = browser.send(&admin.form(EDITOR, &form)).await?.expect(&[302, 303])?;
    anyhow::ensure!(sent.header("location") == Some(PUBLISH), "the draft was not taken: {:?}", sent.header("location"));
    let question = fields(&open(&mut browser, &admin, PUBLISH).await?, PUBLISH_NOW)?;
    let events = Events::new("rate", settings.members)?;
    let next = |n| Some(caller.post("/api/v1/events", &events.json(n)));

    let publishing = async {
        // in the middle of a steady load
        tokio::time::sleep(Duration::from_millis(300)).await;
        let began = Instant::now();
        browser.send(&admin.form(PUBLISH_NOW, &typed(&question, &[]))).await?.expect(&[200, 302, 303])?;
        let published = began.elapsed();
        while database.number("select cast(count(*) as bigint) from members where rated_by < 2").await? > 0.0 {
            anyhow::ensure!(began.elapsed() < PATIENCE, "members are still rated by the old rules");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        anyhow::Ok((published, began.elapsed()))
    };
    let most = Duration::from_secs_f64(2.0 + settings.members as f64 / 10_000.0);
    let addresses = [caller.address];
    let (outcome, (published, rated)) =
        tokio::try_join!(load::run(&addresses, 32, Pace::Open(EVENTS), most, &next), publishing)?;
    let outcome = outcome.sound()?;
    let figures = &mut bench.figures;
    figures.add(NAME, kind, "publishing rules with other tiers", "ms", published.as_secs_f64() * 1_000.0);
    figures.add(NAME, kind, "members rated anew", "a second", settings.members as f64 / rated.as_secs_f64());
    figures.add(NAME, kind, "200 events a second meanwhile: p99", "ms", outcome.within(0.99));
    figures.add(NAME, kind, "200 events a second meanwhile: the slowest", "ms", outcome.within(1.0));
    site.server.stop().await?;
    bench.check(NAME, &database, outcome.accepted.len() as u64).await?;
    database.remove().await
}

async fn open(browser: &mut Client, who: &Caller, path: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8(browser.send(&who.get(path)).await?.expect(&[200])?.body)?)
}

/// The fields of the page's form that calls `action`, as a browser would send them.
fn fields(page: &str, action: &str) -> anyhow::Result<Vec<(String, String)>> {
    let start = page.find(&format!("action=\"{action}\"")).with_context(|| format!("no form for {action}"))?;
    let form = &page[start..];
    let form = &form[..form.find("</form>").context("a form without an end")?];
    let mut fields: Vec<(String, String)> = Vec::new();
    for tag in form.split('<').filter(|tag| ["input", "select", "option"].iter().any(|name| tag.starts_with(name))) {
        match attribute(tag, "name") {
            Some(name) if attribute(tag, "type").as_deref() != Some("checkbox") => {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
            None if tag.contains(" selected") => {
                if let Some(last) = fields.last_mut() {
                    last.1 = attribute(tag, "value").unwrap_or_default();
                }
            }
            _ => {}
        }
    }
    Ok(fields)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..start + tag[start..].find('"')?];
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

/// A form with some fields typed over, as it is sent.
fn typed(form: &[(String, String)], over: &[(&str, &str)]) -> String {
    let mut sent: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, value) in over {
        match sent.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => sent.push((name, value)),
        }
    }
    let pairs: Vec<String> = sent.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_it_stands_but_for_what_is_typed() {
        let page = r#"<form action="/other"></form><form method="post" action="/here"><input type="hidden" name="a" value="1 &amp; 2">
            <select name="b"><option value="x">X</option><option value="y" selected>Y</option></select>
            <input type="checkbox" name="c" value="on"></form>"#;
        let form = fields(page, "/here").unwrap();
        assert_eq!(typed(&form, &[("b", "z"), ("do", "save")]), "a=1%20%26%202&b=z&do=save");
        assert_eq!(typed(&form, &[]), "a=1%20%26%202&b=y");
        assert!(fields(page, "/nowhere").is_err());
    }
}
