//! What the demo's till got wrong in its last week, sent as its other events are, but for the network: some was sent rightly later, some
//! was dismissed, some waits for whoever looks at the console.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::StaffId;
use laurel_domain::ledger::event::EventKey;
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
    let connected = hours_ago(now, 24 * CONNECTED);
    let wanted = Wanted {
        name: "收银台 Till".to_owned(),
        scopes: "events:write".to_owned(),
        source: Some(source.to_string()),
        rate: None,
    };
    let token = keys::create(&ledger.db, admin, &wanted, connected).await?.token;
    let key = auth::key(&ledger.db, token.as_str(), connected).await?.ok_or(StoreError::Corrupt("a key"))?;
    let refusals = Refusals::gathering(ledger.db.clone());
    let at = |hours: i64| ledger.at(Clock::fixed(hours_ago(now, hours)));
    let currency = ledger.programme.currency.code().to_owned();
    let payment = |id: &str, member: &str, amount: &str, hours: i64| {
        let occurred_at = hours_ago(now, hours).saturating_sub(SignedDuration::from_mins(2)).unwrap_or(now).to_string();
        json!({"id": id, "kind": "payment", "member": member, "amount": amount, "currency": currency, "scene": "e_payment",
            "occurred_at": occurred_at})
    };
    let refund = |id: &str, member: &str, amount: &str, of: &str, hours: i64| {
        let mut event = payment(id, member, amount, hours);
        event["kind"] = "refund".into();
        event["payment"] = of.into();
        event.as_object_mut().map(|event| event.remove("scene"));
        event
    };
    // a comma in an amount, mended within the hour
    let paid =
        EventKey { source: source.clone(), id: EventId::new("demo-001-d").map_err(|_| StoreError::Corrupt("a literal"))? };
    if let Some((paid, _)) = ingest::find(ledger, &paid).await? {
        let hours = now.duration_since(paid.occurred_at).as_hours();
        one(&at(hours), &refusals, &key, &payment("demo-001-d", VISITOR, "139,12", hours)).await?;
        refused::settle(&at(hours - 1)).await?;
    }
    // somebody paid whom nobody has enrolled; the till tries again
    for hours in [118, 117, 94] {
        one(&at(hours), &refusals, &key, &payment("till-0431", "walk-in-7730", "26.00", 118)).await?;
    }
    // a trial in another currency, and one for nobody: dismissed by a manager
    let mut trial = payment("till-test-1", "demo-001", "1.00", 99);
    trial["currency"] = if currency == "USD" { "EUR".into() } else { "USD".into() };
    one(&at(99), &refusals, &key, &trial).await?;
    one(&at(98), &refusals, &key, &payment("till-test-2", "test", "1.00", 98)).await?;
    // a till that counts from the beginning again
    one(&at(70), &refusals, &key, &payment("demo-001-k", "demo-014", "32.80", 70)).await?;
    // a return of goods whose payment the till never sent, and one with a decimal point too far to the right
    one(&at(46), &refusals, &key, &refund("till-0502", "demo-022", "45.00", "till-0388", 46)).await?;
    one(&at(5), &refusals, &key, &refund("till-0547", "demo-001", "1391.20", "demo-001-d", 5)).await?;
    dismiss(&at(75), who(ledger, Role::Manager).await?).await
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

fn hours_ago(now: Timestamp, hours: i64) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now)
}
