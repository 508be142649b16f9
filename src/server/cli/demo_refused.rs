//! What the demo's till got wrong in its last week, sent as its other events are, but for the network: some was sent rightly later, some
//! was dismissed, some waits for whoever looks at the console.

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use laurel_domain::ids::StaffId;
use laurel_domain::ledger::event::EventKey;
use laurel_domain::program::Programme;
use laurel_domain::text::{EventId, Source};
use laurel_engine::auth::{self, ApiKey, Authority, Role};
use laurel_engine::clock::Clock;
use laurel_engine::store::StoreError;
use laurel_engine::store::access::staff;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::access::keys::{self, Wanted};
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::ledger::ingest::{self, Terms};
use laurel_engine::usecase::programme::demo::VISITOR;
use laurel_engine::usecase::programme::demo_staff::STAFF;
use laurel_engine::usecase::refused::{self, Filter, Picked};
use serde_json::{Value, json};

use crate::server::http::v1::events;
use crate::server::http::v1::refused::Refusals;

/// Of the events of the demo's history.
const SOURCE: &str = "demo";
/// When the till's key was made, in days ago.
const CONNECTED: i64 = 14;

/// Sends them, makes the till's key first, and has dismissed what is nobody's to correct.
///
/// # Errors
/// What the database said.
pub async fn send(ledger: &Ledger) -> Result<(), AppError> {
    let now = ledger.clock.now();
    let source = Source::new(SOURCE).map_err(|_| StoreError::Corrupt("a literal"))?;
    let admin = who(ledger, Role::Admin).await?;
    let connected = now.saturating_sub(SignedDuration::from_hours(24 * CONNECTED)).unwrap_or(now);
    let wanted =
        Wanted { name: "Till 1".to_owned(), scopes: "events:write".to_owned(), source: Some(source.to_string()), rate: None };
    let token = keys::create(&ledger.db, admin, &wanted, connected).await?.token;
    let key = auth::key(&ledger.db, token.as_str(), connected).await?.ok_or(StoreError::Corrupt("a key"))?;
    let refusals = Refusals::gathering(ledger.db.clone());
    let at = |when: Timestamp| ledger.at(Clock::fixed(when));
    let zone = TimeZone::get(&ledger.programme.time_zone).unwrap_or(TimeZone::UTC);
    let open = |days: i64, hour: i8, minute: i8| opening(&zone, now, days, hour, minute);
    let currency = ledger.programme.currency.code().to_owned();
    let payment = |id: &str, member: &str, amount: &str, when: Timestamp| {
        let occurred_at = when.saturating_sub(SignedDuration::from_mins(2)).unwrap_or(now).to_string();
        json!({"id": id, "kind": "payment", "member": member, "amount": amount, "currency": currency, "scene": "e_payment",
            "occurred_at": occurred_at})
    };
    let refund = |id: &str, member: &str, amount: &str, of: &str, when: Timestamp| {
        let mut event = payment(id, member, amount, when);
        event["kind"] = "refund".into();
        event["payment"] = of.into();
        event.as_object_mut().map(|event| event.remove("scene"));
        event
    };
    // a comma in an amount, mended within the hour
    let key_of = |id: &str| EventId::new(id).map_err(|_| StoreError::Corrupt("a literal"));
    let paid = EventKey { source: source.clone(), id: key_of("demo-001-d")? };
    if let Some((paid, _)) = ingest::find(ledger, &paid).await? {
        let when = paid.occurred_at.saturating_add(SignedDuration::from_mins(1)).unwrap_or(now).min(now);
        one(&at(when), &refusals, &key, &payment("demo-001-d", VISITOR, "139,12", when)).await?;
        let mended = when.saturating_add(SignedDuration::from_mins(40)).unwrap_or(now).min(now);
        refused::settle(&at(mended)).await?;
    }
    // somebody paid whom nobody has enrolled; the till tries again
    let first = open(5, 11, 20);
    for when in [first, open(5, 12, 20), open(4, 9, 5)] {
        one(&at(when), &refusals, &key, &payment("till-0431", "walk-in-7730", "26.00", first)).await?;
    }
    // a trial in another currency, and one for nobody: dismissed by a manager
    let mut trial = payment("till-test-1", VISITOR, "1.00", open(4, 15, 40));
    trial["currency"] = if currency == "USD" { "EUR".into() } else { "USD".into() };
    one(&at(open(4, 15, 40)), &refusals, &key, &trial).await?;
    one(&at(open(4, 15, 52)), &refusals, &key, &payment("till-test-2", "test", "1.00", open(4, 15, 52))).await?;
    dismiss(&at(open(3, 10, 4)), who(ledger, Role::Manager).await?).await?;
    // a till that counts from the beginning again
    one(&at(open(3, 18, 12)), &refusals, &key, &payment("demo-001-k", "demo-014", "32.80", open(3, 18, 12))).await?;
    // a return of goods whose payment the till never sent, and one with a decimal point too far to the right
    let when = open(2, 16, 31);
    one(&at(when), &refusals, &key, &refund("till-0502", "demo-022", "45.00", "till-0388", when)).await?;
    let when = open(0, 9, 40);
    one(&at(when), &refusals, &key, &refund("till-0547", VISITOR, "1391.20", "demo-001-d", when)).await
}

/// One event, as it is sent.
async fn one(then: &Ledger, refusals: &Refusals, key: &ApiKey, event: &Value) -> Result<(), AppError> {
    // nobody becomes a member by a till's mistake, whatever the programme says
    let terms = Terms { enrol: false, history: false };
    events::receive(then, refusals, key, terms, event.clone()).await?;
    // the next may be the same again, later
    refusals.write().await;
    Ok(())
}

/// Dismisses the trials.
async fn dismiss(then: &Ledger, manager: Authority) -> Result<(), AppError> {
    let open = refused::desk(then, manager, Filter::default(), None).await?.page.rows;
    let is_trial = |id: &Option<String>| id.as_deref().is_some_and(|id| id.starts_with("till-test"));
    let trials = open.into_iter().filter(|one| is_trial(&one.event_id)).map(|one| one.id).collect();
    refused::dismiss(then, manager, Picked::These(trials)).await.map(drop)
}

/// The demo's first of that role.
async fn who(ledger: &Ledger, role: Role) -> Result<Authority, AppError> {
    let (_, email, _) = STAFF.into_iter().find(|(one, ..)| *one == role).ok_or(AppError::NotFound)?;
    let account = staff::find_by_email(&mut ledger.db.reader().await?, email).await?.ok_or(AppError::NotFound)?;
    Ok(Authority::staff(StaffId::new(account.id), role))
}

/// So many days ago at that time of the day, where the programme is; of what is still to come today, a little while ago.
fn opening(zone: &TimeZone, now: Timestamp, days: i64, hour: i8, minute: i8) -> Timestamp {
    let day = Programme::day(zone, now).saturating_sub(days.days());
    let at = zone.to_ambiguous_timestamp(day.to_datetime(time(hour, minute, 0, 0))).compatible().unwrap_or(now);
    if at < now { at } else { now.saturating_sub(SignedDuration::from_mins(20)).unwrap_or(now) }
}
