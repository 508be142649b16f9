//! A programme to tell stories about: Chinese yuan, Shanghai, default rules, and a clock that stands until it is moved.

use std::sync::Arc;

use jiff::Timestamp;
use laurel_domain::lab::outcome::Told;
use laurel_domain::ledger::event::{Event, RawEvent};
use laurel_domain::program::Programme;
use laurel_domain::refusal::Refusal;
use laurel_domain::rules::rule_set::RuleSet;
use laurel_domain::text::Source;
use laurel_domain::unit::UnitName;
use laurel_engine::auth::Authority;
use laurel_engine::clock::Clock;
use laurel_engine::store::Db;
use laurel_engine::store::ledger::entries::Page;
use laurel_engine::store::members::member::By;
use laurel_engine::store::members::roll::Filter;
use laurel_engine::usecase::lab;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::ingest::{self, Answer, Outcome, Terms};
use laurel_engine::usecase::ledger::{activity, verify};
use laurel_engine::usecase::members::search;
use laurel_engine::usecase::members::view::{self, MemberView};
use laurel_engine::usecase::programme::create;
use laurel_engine::usecase::rules;

/// When the clock starts.
pub const NOW: &str = "2026-11-22T10:00:00Z";
pub const LIVE: Terms = Terms { enrol: true, history: false };
pub const HISTORY: Terms = Terms { enrol: true, history: true };

pub fn clock() -> Clock {
    Clock::fixed(NOW.parse::<Timestamp>().expect("a time"))
}

/// Founds the programme in an empty database.
pub async fn programme(db: &Db) -> Ledger {
    programme_with(db, |_| ()).await
}

pub async fn programme_with(db: &Db, change: impl FnOnce(&mut RuleSet)) -> Ledger {
    let mut rules = RuleSet::default();
    change(&mut rules);
    let programme = Programme {
        name: "Laurel".into(),
        currency: "CNY".parse().expect("a currency"),
        time_zone: "Asia/Shanghai".into(),
        enrol_on_event: true,
        unit: UnitName::default(),
    };
    let clock = clock();
    assert!(create::create_programme(db, &clock, programme, rules).await.expect("a programme"));
    Ledger::open(db.clone(), clock).await.expect("a ledger").expect("the programme")
}

/// An event from `field=value` pairs, in yuan, occurred a minute ago unless said otherwise.
pub fn event(text: &str) -> Event {
    let mut raw = RawEvent { occurred_at: Some("2026-11-22T09:59:00Z".into()), ..RawEvent::default() };
    for pair in text.split_whitespace() {
        let (name, value) = pair.split_once('=').expect("name=value");
        let field = match name {
            "id" => &mut raw.id,
            "source" => &mut raw.source,
            "member" => &mut raw.member,
            "scene" => &mut raw.scene,
            "at" => &mut raw.occurred_at,
            "referee" => &mut raw.referee,
            "payment_source" => &mut raw.payment_source,
            "currency" => &mut raw.currency,
            "pay" | "refund" | "of" | "review" => {
                let (kind, field) = match name {
                    "pay" => ("payment", &mut raw.amount),
                    "refund" => ("refund", &mut raw.amount),
                    "of" => ("refund", &mut raw.payment),
                    _ => ("review", &mut raw.subject),
                };
                raw.kind = Some(kind.into());
                field
            }
            other => panic!("no field {other}"),
        };
        *field = Some(value.into());
    }
    if raw.referee.is_some() {
        raw.kind = Some("referral".into());
    }
    if raw.amount.is_some() && raw.currency.is_none() {
        raw.currency = Some("CNY".into());
    }
    raw.parse(&Source::new("default").expect("a source")).unwrap_or_else(|faults| panic!("{text}: {faults:?}"))
}

/// Posts events in one batch.
pub async fn post(ledger: &Ledger, terms: Terms, events: &[&str]) -> Vec<Outcome> {
    let events: Vec<Event> = events.iter().map(|text| event(text)).collect();
    ingest::post(ledger, Arc::new(events), terms).await.expect("a batch")
}

/// Posts one event, live.
pub async fn tell(ledger: &Ledger, text: &str) -> Result<Answer, Refusal> {
    match post(ledger, LIVE, &[text]).await.remove(0) {
        Outcome::Accepted(answer) | Outcome::Duplicate(answer) => Ok(answer),
        Outcome::Refused(refusal) => Err(refusal),
    }
}

pub async fn member(ledger: &Ledger, external_id: &str) -> MemberView {
    let member = view::find(ledger, By::External(external_id)).await.expect("a look").expect("a member");
    view::view(ledger, &member).await.expect("a view")
}

/// `available/debt/earned/tier`.
pub async fn standing(ledger: &Ledger, external_id: &str) -> String {
    let view = member(ledger, external_id).await;
    let p = view.points;
    format!("{}/{}/{}/{}", p.available, p.debt, p.earned, view.tier.rank.get())
}

/// What must hold of every ledger at any time: it proves itself, simulating its own rules changes nothing, and every entry explains
/// itself.
pub async fn check(ledger: &Ledger) {
    let verdict = verify::verify(ledger).await.expect("a verdict");
    assert_eq!(verdict.differences, [], "the ledger proves itself");
    let simulation = lab::check(ledger, Arc::default()).await.expect("a simulation").expect("its result");
    let differing = (simulation.report.differing, &simulation.report.strange, &simulation.report.left_out);
    assert_eq!(differing, (0, &Told::default(), &Told::default()), "the rules as they were make what there is");
    let everybody = search::page(ledger, &Filter { most: 500, ..Filter::default() }).await.expect("a search").members;
    for view in everybody.into_iter().take(30) {
        let id = view.id.parse().expect("an id");
        let member = view::find(ledger, By::Id(id)).await.expect("a look").expect("a member");
        let activity = activity::activity(ledger, member.no, Page::newest(300)).await.expect("their activity");
        for line in activity.lines {
            assert!(line.explanation.is_some(), "an entry explains itself: {:?}", line.entry);
        }
    }
}

/// Publishes other rules, in force at once.
pub async fn publish(ledger: &Ledger, change: impl FnOnce(&mut RuleSet)) {
    let desk = rules::overview(ledger).await.expect("the rules");
    let mut set = desk.in_force.set.clone();
    change(&mut set);
    let by = Authority::command_line();
    let revision = rules::save_draft(ledger, by, set, desk.in_force.version, 0).await.expect("a draft");
    // a version starts after all that has been posted
    ledger.clock.advance(jiff::SignedDuration::from_secs(1));
    rules::publish(ledger, by, revision, rules::Publication::default()).await.expect("a version");
}
