//! A database and the model, held against one another: every entry with its moves, every change of a tier, every sum. And simulating
//! the rules as they were has to make the very same of everybody.

use std::sync::Arc;

use laurel_domain::lab::outcome::Told;
use laurel_domain::ledger::entry::Entry;
use laurel_domain::ledger::posting::{ChangedBy, TierChange};
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::ledger::events;
use laurel_engine::usecase::lab;
use laurel_engine::usecase::ledger::{due, verify};
use laurel_engine::usecase::members::view::{self as views, MemberView};

use super::account::{Account, Line, Place};
use super::deeds::decimal;
use super::driven::Driven;
use super::tiers::{Change, Why};
use super::world::{World, standing};

/// `Err` with what differs.
pub async fn compare(world: &mut World, driven: &Driven, turn: usize) -> Result<(), String> {
    let now = driven.now();
    let ledger = &driven.ledgers[turn % 2];
    due::settle(ledger).await.unwrap();
    due::re_rate(ledger).await.unwrap();
    let verdict = verify::verify(&driven.ledgers[0]).await.unwrap();
    if !verdict.differences.is_empty() {
        return Err(format!("verify says: {:?}", verdict.differences));
    }
    for member in 0..world.people.len() {
        let book = world.book_of(member);
        let Some(person) = &mut world.people[member] else { continue };
        person.accounts.ledger.catch_up(&book, now);
        let wanted = of_model(&person.accounts.ledger);
        let found = of_database(driven, member).await;
        if found != wanted {
            return Err(format!("m-{member}:\n{}", difference(&found, &wanted)));
        }
    }
    let report = lab::check(ledger, Arc::default()).await.unwrap().unwrap().report;
    let simulated = (report.differing, &report.strange, &report.left_out);
    match simulated == (0, &Told::default(), &Told::default()) {
        true => Ok(()),
        false => Err(format!("a simulation of the rules as they were differs: {simulated:?}")),
    }
}

/// Everything about a member, line by line.
fn of_model(account: &Account) -> Vec<String> {
    let mut texts: Vec<String> = account.lines.iter().map(line).collect();
    texts.extend(account.changes.iter().map(change));
    texts.push(standing(account));
    texts
}

async fn of_database(driven: &Driven, number: usize) -> Vec<String> {
    let (ledger, member) = (&driven.ledgers[0], driven.member(number).await);
    let mut entries = views::entries(ledger, &member, Page::newest(10_000)).await.unwrap();
    entries.reverse();
    let mut texts: Vec<String> = entries.iter().map(entry).collect();
    let changes = events::tier_changes(&mut ledger.db.reader().await.unwrap(), &[member.no]).await.unwrap();
    texts.extend(changes.get(&member.no).into_iter().flatten().map(tier_change));
    texts.push(view(&views::view(ledger, &member).await.unwrap()));
    texts
}

/// What the two have in common, and from where on they differ.
fn difference(found: &[String], wanted: &[String]) -> String {
    let same = found.iter().zip(wanted).take_while(|(one, other)| one == other).count();
    let part = |texts: &[String]| texts[same..].iter().take(6).map(|text| format!("\n    {text}")).collect::<String>();
    let before: String = found[..same].iter().rev().take(12).rev().map(|text| format!("\n    {text}")).collect();
    format!("  alike:{before}\n  the ledger:{}\n  the model:{}", part(found), part(wanted))
}

fn line(line: &Line) -> String {
    let place = |place: &Place| match place {
        Place::Pending(line) => format!("pending:{line}"),
        Place::Lot(None) => "lot:never".to_owned(),
        Place::Lot(Some(day)) => format!("lot:{day}"),
        Place::Debt => "debt".to_owned(),
    };
    let moves: Vec<String> = line.moves.iter().map(|(at, points)| format!("{} {}", place(at), decimal(*points))).collect();
    let points = decimal(line.moves.iter().map(|(_, points)| points).sum());
    let Line { kind, tier, occurred_at, instant, version, .. } = line;
    let balance = decimal(line.balance);
    format!("{kind} {points} = {balance} tier {tier} [{}] {occurred_at} posted {instant} v{version}", moves.join(","))
}

fn entry(entry: &Entry) -> String {
    let Entry { points, balance, moves, occurred_at, instant, rules, .. } = entry;
    let (kind, tier) = (entry.kind.name(), entry.tier.get());
    format!("{kind} {points} = {balance} tier {tier} [{moves}] {occurred_at} posted {instant} v{rules}")
}

fn change(change: &Change) -> String {
    let why = match change.why {
        Why::Entry => "an entry".to_owned(),
        Why::Rules(version) => format!("version {version}"),
        Why::Month => "a month".to_owned(),
        Why::Period => "a period's end".to_owned(),
    };
    format!("tier {} to {} at {} by {why}", change.from, change.to, change.at)
}

fn tier_change(change: &TierChange) -> String {
    let why = match change.by {
        ChangedBy::Entry => "an entry".to_owned(),
        ChangedBy::Rules { version } => format!("version {version}"),
        ChangedBy::Month => "a month".to_owned(),
        ChangedBy::Period => "a period's end".to_owned(),
    };
    format!("tier {} to {} at {} by {why}", change.from.get(), change.to.get(), change.at)
}

/// What a member sees of their account, as one text.
pub fn view(view: &MemberView) -> String {
    let lots: Vec<String> = view
        .lots
        .iter()
        .map(|lot| format!("{} {}", lot.day.map_or("never".into(), |day| day.to_string()), lot.points))
        .collect();
    let held: Vec<String> = view.pending.iter().map(|pending| format!("{} {}", pending.until, pending.points)).collect();
    let (points, tier) = (&view.points, view.tier.rank.get());
    format!(
        "available {} pending {} debt {} earned {} tier {tier} lots [{}] held [{}]",
        points.available,
        points.pending,
        points.debt,
        points.earned,
        lots.join(", "),
        held.join(", ")
    )
}
