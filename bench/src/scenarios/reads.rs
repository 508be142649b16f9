//! What is looked at: balances by the API under load, and every page by a browser, one after the other.

use std::time::{Duration, Instant};

use super::Bench;
use crate::client::{Caller, Client};
use crate::events::{Events, mixed};
use crate::laurel::{self, Site};
use crate::load::{self, Pace, quantile};

const NAME: &str = "reads";
const BALANCE: &str = "balance by API";
const PORTAL: [(&str, &str); 7] = [
    ("member's home", "/"),
    ("activity", "/activity"),
    ("rewards", "/rewards"),
    ("redeem", "/redeem"),
    ("redemptions", "/redemptions"),
    ("benefits", "/benefits"),
    ("profile", "/profile"),
];
const CONSOLE: [(&str, &str); 13] = [
    ("console: dashboard", "/admin"),
    ("console: members", "/admin/members"),
    ("console: members of the highest tier", "/admin/members?tier=4"),
    ("console: members suspended, of whom there are none", "/admin/members?status=suspended"),
    ("console: search by a name", "/admin/members?q=Lin"),
    ("console: search by an id", "/admin/members?q=demo-777"),
    ("console: search for what nobody has", "/admin/members?q=nobodyhasthis"),
    ("console: redemptions", "/admin/redemptions"),
    ("console: rewards", "/admin/rewards"),
    ("console: benefits", "/admin/benefits"),
    ("console: adjustments", "/admin/adjustments"),
    ("console: rules", "/admin/rules"),
    ("console: audit", "/admin/audit"),
];
const API: [(&str, &str); 4] = [
    ("API: entries of a member", "/api/v1/members/demo-130/entries"),
    ("API: benefits of a member", "/api/v1/members/demo-130/benefits"),
    ("API: rewards", "/api/v1/rewards"),
    ("API: rules", "/api/v1/rules"),
];

pub async fn run(bench: &mut Bench<'_>) -> anyhow::Result<()> {
    let settings = bench.settings;
    let database = bench.base.copy("laurel").await?;
    let key = laurel::key(settings, &database).await?;
    let site = Site::open(settings, &database, &[]).await?;
    let caller = Caller::with_key(site.server.address, &key);
    for _ in 0..settings.rounds {
        balance(bench, &caller, settings.members).await?;
        sign_in(bench, &site).await?;
    }
    let times = if settings.quick { 40 } else { 200 };
    pages(bench, NAME, &site, &caller, times).await?;
    site.server.stop().await?;
    bench.check(NAME, &database, 0).await?;
    database.remove().await
}

/// As many as there can be, then 5,000 a second.
async fn balance(bench: &mut Bench<'_>, caller: &Caller, members: u64) -> anyhow::Result<()> {
    let events = Events::new("any", members);
    let next = |n| Some(caller.get(&format!("/api/v1/members/{}", events.member(n))));
    for (what, pace) in [("64 connections", Pace::Closed), ("5,000 a second", Pace::Open(5_000.0))] {
        let outcome = load::run(&[caller.address], 64, pace, bench.settings.time, &next).await?.sound()?;
        bench.figures.add(NAME, bench.kind, format!("{BALANCE}, {what}"), "a second", outcome.rate());
        bench.figures.add(NAME, bench.kind, format!("{BALANCE}, {what}: p50"), "ms", outcome.within(0.5));
        bench.figures.add(NAME, bench.kind, format!("{BALANCE}, {what}: p99"), "ms", outcome.within(0.99));
    }
    Ok(())
}

async fn sign_in(bench: &mut Bench<'_>, site: &Site) -> anyhow::Result<()> {
    let began = Instant::now();
    site.member().await?;
    bench.figures.add(NAME, bench.kind, "sign-in, its password hashed", "ms", began.elapsed().as_secs_f64() * 1000.0);
    Ok(())
}

/// Opens each page so many times; the slowest of all pages is told as well.
pub async fn pages(
    bench: &mut Bench<'_>,
    scenario: &'static str,
    site: &Site,
    caller: &Caller,
    times: u64,
) -> anyhow::Result<()> {
    let (member, admin) = (site.member().await?, site.admin().await?);
    let of = |caller: &Caller, pages: &[(&'static str, &'static str)]| {
        pages.iter().map(|(what, path)| (*what, *path, caller.clone())).collect::<Vec<_>>()
    };
    let mut slowest: (f64, &str) = (0.0, "");
    for (what, path, caller) in [of(&member, &PORTAL), of(&admin, &CONSOLE), of(caller, &API)].concat() {
        let took = page(&caller, path, times).await?;
        let (half, most) = (quantile(&took, 0.5), quantile(&took, 0.99));
        bench.figures.add(scenario, bench.kind, format!("{what}: p50"), "ms", half);
        bench.figures.add(scenario, bench.kind, format!("{what}: p99"), "ms", most);
        if most > slowest.0 {
            slowest = (most, what);
        }
    }
    eprintln!("  the slowest: {} with {:.1} ms", slowest.1, slowest.0);
    Ok(())
}

async fn page(caller: &Caller, path: &str, times: u64) -> anyhow::Result<Vec<Duration>> {
    let mut client = Client::connect(caller.address).await?;
    let mut took = Vec::new();
    for n in 0..=times {
        let began = Instant::now();
        client.send(&caller.get(path)).await?.expect(&[200])?;
        // the first one finds nothing in memory that belongs to the page
        if n > 0 {
            took.push(began.elapsed());
        }
    }
    took.sort_unstable();
    Ok(took)
}

/// The pages of random members in the console, found by the API.
pub async fn random_members(site: &Site, caller: &Caller, members: u64) -> anyhow::Result<Vec<Duration>> {
    let events = Events::new("any", members);
    let mut api = Client::connect(caller.address).await?;
    let admin = site.admin().await?;
    let mut browser = Client::connect(caller.address).await?;
    let mut took = Vec::new();
    for n in 0..40 {
        let answer = api.send(&caller.get(&format!("/api/v1/members/{}", events.member(mixed(n))))).await?.expect(&[200])?;
        let member: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let path = format!("/admin/members/{}", member["id"].as_str().unwrap_or_default());
        let began = Instant::now();
        browser.send(&admin.get(&path)).await?.expect(&[200])?;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    Ok(took)
}
