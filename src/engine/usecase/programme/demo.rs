//! A believable programme to look at: a year and a half of payments, refunds, referrals and reviews of 120 members, posted like any
//! others, and between them what members and staff did (`demo_agenda`), each after what it came of. The same every time, but for its
//! dates, which end today. Where more are wanted a crowd joins them (`demo_crowd`).

use std::sync::Arc;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use laurel_domain::ledger::event::{Event, RawEvent};
use laurel_domain::program::Programme;
use laurel_domain::text::Source;

use crate::auth::Actor;
use crate::clock::Clock;
use crate::store::{StoreError, programme};

use crate::usecase::AppError;
use crate::usecase::ledger::ingest::{self, Terms};
use crate::usecase::ledger::{Ledger, due};
use crate::usecase::members::enrol::{self, Enrolment};
pub use crate::usecase::programme::demo_crowd::Size;
use crate::usecase::programme::demo_desk::Desk;
use crate::usecase::programme::{demo_agenda, demo_crowd, demo_rules, demo_staff};

/// The fewest members that a demo has.
pub const FEWEST: u32 = MEMBERS as u32;
/// Whom the demo's visitor signs in as.
pub const VISITOR: &str = "demo-001";
pub(super) const MEMBERS: usize = 120;
/// So many days ago, and a few before the first member came.
const FOUNDED: u64 = 560;
const BATCH: usize = 500;
/// From nine to half past five, in minutes of the day.
const OFFICE: u64 = 9 * 60;
const OFFICE_MINUTES: u64 = 8 * 60 + 30;

const FAMILY: [(&str, &str); 16] = [
    ("林", "Lin"),
    ("王", "Wang"),
    ("陈", "Chen"),
    ("李", "Li"),
    ("张", "Zhang"),
    ("刘", "Liu"),
    ("黄", "Huang"),
    ("赵", "Zhao"),
    ("周", "Zhou"),
    ("吴", "Wu"),
    ("徐", "Xu"),
    ("孙", "Sun"),
    ("马", "Ma"),
    ("朱", "Zhu"),
    ("胡", "Hu"),
    ("郭", "Guo"),
];
const GIVEN: [(&str, &str); 15] = [
    ("晓", "Xiao"),
    ("伟", "Wei"),
    ("芳", "Fang"),
    ("娜", "Na"),
    ("敏", "Min"),
    ("静", "Jing"),
    ("磊", "Lei"),
    ("洋", "Yang"),
    ("勇", "Yong"),
    ("杰", "Jie"),
    ("涛", "Tao"),
    ("明", "Ming"),
    ("霞", "Xia"),
    ("平", "Ping"),
    ("婷", "Ting"),
];
const SCENES: [&str; 8] = ["e_payment", "e_payment", "e_payment", "bank_card", "bank_card", "investment", "lending", "other"];

/// Numbers that look like chance and are the same every time (Marsaglia's xorshift).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// When a programme that is to be filled was founded: before anybody joined it.
pub fn founded(now: Timestamp) -> Timestamp {
    days_ago(now, FOUNDED, 0)
}

/// Fills an empty programme. Whether it was empty.
///
/// # Errors
/// What the database said.
pub async fn fill(ledger: &Ledger) -> Result<bool, AppError> {
    fill_with(ledger, None, |_| {}).await
}

/// [`fill`], with a crowd of that size. `progress` is told how many events have been posted.
///
/// # Errors
/// What the database said.
pub async fn fill_with(ledger: &Ledger, crowd: Option<Size>, mut progress: impl FnMut(u64)) -> Result<bool, AppError> {
    if programme::has_entries(&mut ledger.db.reader().await?).await? {
        return Ok(false);
    }
    let now = ledger.clock.now();
    let mut chance = Chance(0x1a0_2e1);
    let zone = TimeZone::get(&ledger.programme.time_zone).unwrap_or(TimeZone::UTC);
    let calendar = Days { today: Programme::day(&zone, now), zone, now };
    let registered: Vec<u64> = (1..=MEMBERS).map(|n| registered(n, &mut chance)).collect();
    for (n, days) in (1..).zip(&registered) {
        enrol::enrol(&ledger.db, Actor::System, &person(n, calendar.at(*days, joining(n)), &mut chance), now).await?;
    }
    let currency = ledger.programme.currency;
    let mut events: Vec<RawEvent> =
        (1..).zip(&registered).flat_map(|(n, days)| history(n, *days, &calendar, &mut chance)).collect();
    for event in &mut events {
        event.currency = event.amount.as_ref().map(|_| currency.code().to_owned());
    }
    let source = Source::new("demo").map_err(|_| StoreError::Corrupt("a literal"))?;
    let mut parsed: Vec<Event> = events.iter().filter_map(|event| event.parse(&source).ok()).collect();
    parsed.sort_by(|a, b| a.occurred_at.cmp(&b.occurred_at).then_with(|| a.key.id.as_str().cmp(b.key.id.as_str())));
    live(ledger, &calendar, &parsed).await?;
    if let Some(size) = crowd {
        let posted = parsed.len() as u64;
        demo_crowd::fill(ledger, &calendar, size, posted, &mut progress).await?;
    }
    due::settle(ledger).await?;
    Ok(true)
}

/// Posts the events and does what the agenda says, in the order of time.
async fn live(ledger: &Ledger, calendar: &Days, events: &[Event]) -> Result<(), AppError> {
    let mut chance = Chance(0x5ca1_ab1e);
    let team = demo_staff::hire(ledger, calendar.at(FOUNDED - 1, 9 * 60 + 10)).await?;
    let mut agenda = demo_agenda::plan(calendar, &mut chance);
    let drafted = calendar.desk(3, &mut chance);
    let mut desk = Desk::new(team, calendar, chance);
    let mut left = events;
    while let Some((at, act)) = agenda.next(calendar.now) {
        let (before, after) = left.split_at(left.partition_point(|event| event.occurred_at < at));
        post(ledger, before).await?;
        left = after;
        desk.perform(ledger, at, act, &mut agenda).await?;
    }
    post(ledger, left).await?;
    demo_rules::draft_third(&ledger.at(Clock::fixed(drafted)), team.manager).await
}

async fn post(ledger: &Ledger, events: &[Event]) -> Result<(), AppError> {
    for batch in events.chunks(BATCH) {
        ingest::post(ledger, Arc::new(batch.to_vec()), Terms { enrol: false, history: true }).await?;
    }
    Ok(())
}

pub(super) fn id(n: usize) -> String {
    format!("demo-{n:03}")
}

fn days_ago(now: Timestamp, days: u64, minute: u64) -> Timestamp {
    let back = SignedDuration::from_hours(24 * i64::try_from(days).unwrap_or(0)) + SignedDuration::from_mins(minute as i64);
    now.saturating_sub(back).unwrap_or(now)
}

/// The days up to today, where the programme is.
pub(super) struct Days {
    today: Date,
    zone: TimeZone,
    now: Timestamp,
}

impl Days {
    /// So many days ago, at a minute of the day; what would come after now came a little before it.
    pub(super) fn at(&self, days: u64, minute: u64) -> Timestamp {
        let day = self.today.saturating_sub(i64::try_from(days).unwrap_or(0).days());
        let time = jiff::civil::time(i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0), 0, 0);
        let at = self.zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().unwrap_or(self.now);
        if at < self.now { at } else { days_ago(self.now, 0, 1 + minute % 50) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// When the month began, or now if that is only just.
    pub(super) fn this_month(&self) -> Timestamp {
        let first = self.today.first_of_month().to_datetime(jiff::civil::time(0, 5, 0, 0));
        self.zone.to_ambiguous_timestamp(first).compatible().unwrap_or(self.now).min(self.now)
    }

    /// Some time between morning and night.
    pub(super) fn open(&self, days: u64, chance: &mut Chance) -> Timestamp {
        self.at(days, 8 * 60 + chance.below(14 * 60))
    }

    /// Some time in the office, so many days ago or on the working day before.
    pub(super) fn desk(&self, days: u64, chance: &mut Chance) -> Timestamp {
        let day = self.today.saturating_sub(i64::try_from(days).unwrap_or(0).days());
        let back = match day.weekday() {
            Weekday::Saturday => 1,
            Weekday::Sunday => 2,
            _ => 0,
        };
        self.at(days + back, OFFICE + chance.below(OFFICE_MINUTES))
    }

    /// Some time in the office on the first working day after that.
    pub(super) fn next_desk(&self, at: Timestamp, chance: &mut Chance) -> Timestamp {
        let mut day = Programme::day(&self.zone, at).saturating_add(1.day());
        while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            day = day.saturating_add(1.day());
        }
        let minute = OFFICE + chance.below(OFFICE_MINUTES);
        let time = jiff::civil::time(i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0), 0, 0);
        self.zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().unwrap_or(at)
    }
}

/// How many days ago somebody registered. Nobody does anything before; who was referred came on the day of the referral.
fn registered(n: usize, chance: &mut Chance) -> u64 {
    match n {
        1 => 545,
        2..=4 => REFERRED[n - 2],
        n if is_referred(n) => 2 + chance.below(16),
        // more came at the beginning than lately
        _ => {
            let later = chance.below(520);
            540 - later * later / 520
        }
    }
}

/// How many days ago the visitor referred somebody.
const REFERRED: [u64; 3] = [13, 11, 9];

/// The minute of the day at which somebody registers: before shops open.
const fn joining(n: usize) -> u64 {
    7 * 60 + (n as u64 * 37) % 50
}

const fn is_referred(n: usize) -> bool {
    n > 4 && n.is_multiple_of(9)
}

pub(super) fn person(n: usize, registered_at: Timestamp, chance: &mut Chance) -> Enrolment {
    let (family, given) = (FAMILY[(n - 1) % FAMILY.len()], GIVEN[(n - 1) % GIVEN.len()]);
    let digits = (10_000_000 + n * 7919) % 100_000_000;
    let chinese = n == 1 || chance.below(4) > 0;
    Enrolment {
        external_id: id(n),
        name: Some(if chinese { format!("{}{}", family.0, given.0) } else { format!("{} {}", given.1, family.1) }),
        email: Some(format!("{}.{}.{n}@example.com", given.1, family.1).to_lowercase()),
        phone: (!n.is_multiple_of(3)).then(|| format!("+86139{digits:08}")),
        locale: Some(if chinese { "zh" } else { "en" }.to_owned()),
        registered_at: Some(registered_at),
        link_code: None,
    }
}

fn raw(kind: &str, id: String, member: usize, at: Timestamp) -> RawEvent {
    RawEvent {
        id: Some(id),
        kind: Some(kind.to_owned()),
        member: Some(self::id(member)),
        occurred_at: Some(at.to_string()),
        ..RawEvent::default()
    }
}

fn payment(id: String, member: usize, at: Timestamp, amount: &str, scene: &str) -> RawEvent {
    RawEvent { amount: Some(amount.to_owned()), scene: Some(scene.to_owned()), ..raw("payment", id, member, at) }
}

/// What one member did since they registered. The visitor's own is written by hand, so that every kind of entry is there to
/// look at.
fn history(n: usize, registered: u64, calendar: &Days, chance: &mut Chance) -> Vec<RawEvent> {
    if n == 1 {
        return visitor(calendar);
    }
    let habit = 1 + chance.below(12);
    let mut events = Vec::new();
    // who has been here for a few days has not paid as often as who came a year ago
    let payments = chance.below(3 + habit * 3).min(registered / 2);
    for p in 0..=payments {
        let days = payday(p, registered, chance);
        let whole = 3 + chance.below(20 + habit * 14);
        let amount = format!("{whole}.{:02}", chance.below(100));
        let scene = SCENES[chance.below(8) as usize];
        let id = format!("{}-p{p}", id(n));
        events.push(payment(id.clone(), n, calendar.open(days, chance), &amount, scene));
        // some goods come back within a week, all of them or half
        if days > 0 && chance.below(14) == 0 {
            let at = calendar.open(days - 1 - chance.below(days.min(6)), chance);
            let back = if chance.below(2) == 0 { amount } else { format!("{}.50", whole / 2) };
            let refund = raw("refund", format!("{}-r{p}", self::id(n)), n, at);
            events.push(RawEvent { payment: Some(id), amount: Some(back), ..refund });
        }
    }
    if chance.below(3) == 0 {
        let review = raw("review", format!("{}-v", id(n)), n, calendar.open(chance.below(registered.min(18)), chance));
        events.push(RawEvent { subject: Some(format!("order-{n}")), ..review });
    }
    if is_referred(n) {
        let referral = raw("referral", format!("{}-f", id(n)), n - 3, calendar.at(registered, joining(n) + 4));
        events.push(RawEvent { referee: Some(id(n)), ..referral });
    }
    events
}

/// How many days ago a payment was: any day since they registered, a few of the last weeks, so that most have been here lately, and
/// now and then a day of the busy weeks of half a year and a year ago instead.
fn payday(p: u64, registered: u64, chance: &mut Chance) -> u64 {
    let within = if p % 24 == 3 { 110 } else { 540 };
    let days = chance.below(registered.min(within));
    let busy = [150, 165, 340, 376][chance.below(4) as usize] + chance.below(14);
    if p % 4 == 1 && busy < registered { busy } else { days }
}

fn visitor(calendar: &Days) -> Vec<RawEvent> {
    let at = |days, minute| calendar.at(days, minute);
    let mut events = vec![
        payment("demo-001-g".into(), 1, at(345, 12 * 60 + 40), "96.00", "e_payment"),
        payment("demo-001-h".into(), 1, at(332, 19 * 60 + 5), "44.38", "bank_card"),
        payment("demo-001-i".into(), 1, at(236, 8 * 60 + 40), "12.00", "other"),
        payment("demo-001-j".into(), 1, at(180, 18 * 60 + 12), "25.30", "e_payment"),
        payment("demo-001-k".into(), 1, at(140, 13 * 60 + 26), "15.20", "e_payment"),
        payment("demo-001-a".into(), 1, at(96, 20 * 60 + 3), "38.00", "bank_card"),
        payment("demo-001-b".into(), 1, at(61, 12 * 60 + 18), "24.50", "e_payment"),
        payment("demo-001-c".into(), 1, at(14, 10 * 60 + 2), "60.00", "investment"),
        payment("demo-001-d".into(), 1, at(1, 18 * 60 + 37), "139.12", "e_payment"),
    ];
    let refund = raw("refund", "demo-001-e".into(), 1, at(12, 15 * 60 + 20));
    events.push(RawEvent { payment: Some("demo-001-c".into()), amount: Some("30.00".into()), ..refund });
    for (n, (subject, days)) in [("order-17", 40), ("order-23", 9)].into_iter().enumerate() {
        events.push(RawEvent {
            subject: Some(subject.into()),
            ..raw("review", format!("demo-001-v{n}"), 1, at(days, 21 * 60 + 10))
        });
    }
    for (n, days) in REFERRED.into_iter().enumerate() {
        let referral = raw("referral", format!("demo-001-f{n}"), 1, calendar.at(days, joining(n + 2) + 4));
        events.push(RawEvent { referee: Some(id(n + 2)), ..referral });
    }
    events
}
