//! What the rows of a file are: members, events of a source, or codes of a reward. Which columns it has, what a row of it says,
//! and how some of them are posted, in one transaction.

use std::collections::HashSet;

use csv::{ByteRecord, StringRecord};
use jiff::Timestamp;
use laurel_domain::ids::RewardId;
use laurel_domain::ledger::event::{Event, RawEvent};
use laurel_domain::refusal::{Fault, FieldFault, Refusal};
use laurel_domain::rewards::reward::Supply;
use laurel_domain::text::Source;

use super::json_event;
use super::lines::Format;
use super::rows::{LONGEST_ROW, Row};
use super::run::ImportError;
use crate::auth::Actor;
use crate::store::rewards::{catalogue, voucher_codes};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::ingest::{self, Outcome, Terms};
use crate::usecase::members::enrol::Enrolment;
use crate::usecase::members::enrol_many::{self, Many};
use crate::usecase::rewards::edit;

const EVENT: [&str; 11] = [
    "event_id",
    "kind",
    "member",
    "amount",
    "currency",
    "occurred_at",
    "payment",
    "payment_source",
    "scene",
    "referee",
    "subject",
];
const MEMBER: [&str; 6] = ["external_id", "name", "email", "phone", "locale", "registered_at"];
const CODE: [&str; 1] = ["code"];
/// What files of refused rows say beside the rows: such a file, put right, can be imported as it is.
const BESIDE: [&str; 3] = ["line", "error", "reason"];
/// The command line's call their reasons so.
const BESIDE_AT_COMMAND_LINE: &str = "code";

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Members,
    /// `enrol`: unknown members are created, registered at the time of their first event.
    Events {
        source: Source,
        enrol: bool,
    },
    Codes {
        reward: RewardId,
    },
}

impl Target {
    /// As tables and the audit log have it.
    pub fn kind(&self) -> i16 {
        match self {
            Target::Members => 0,
            Target::Events { .. } => 1,
            Target::Codes { .. } => 2,
        }
    }

    pub fn name(&self) -> &'static str {
        ["members", "events", "codes"][self.kind() as usize]
    }

    /// The columns that a file of the kind may have, those that it needs first.
    pub fn known_columns(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Target::Members => (&MEMBER, &["external_id"]),
            Target::Events { .. } => (&EVENT, &["event_id", "kind", "member", "occurred_at"]),
            Target::Codes { .. } => (&CODE, &["code"]),
        }
    }

    /// # Errors
    /// `UnknownColumn`, `ColumnTwice`, `MissingColumn`.
    pub(super) fn columns(&self, header: &ByteRecord) -> Result<Columns, ImportError> {
        let (known, required) = self.known_columns();
        let mut columns: Columns = Vec::new();
        for name in header {
            let name = String::from_utf8_lossy(name);
            let name = name.trim_start_matches('\u{feff}').trim();
            let Some(column) = known.iter().chain(&BESIDE).chain(self.also_beside()).find(|known| **known == name) else {
                return Err(ImportError::UnknownColumn(name.chars().take(80).collect()));
            };
            if columns.contains(column) {
                return Err(ImportError::ColumnTwice(name.to_owned()));
            }
            columns.push(column);
        }
        match required.iter().find(|required| !columns.contains(required)) {
            Some(missing) => Err(ImportError::MissingColumn(missing)),
            None => Ok(columns),
        }
    }

    fn also_beside(&self) -> Option<&'static &'static str> {
        if matches!(self, Target::Codes { .. }) { None } else { Some(&BESIDE_AT_COMMAND_LINE) }
    }

    /// The columns of a file whose rows are objects; none of one that cannot be written so.
    pub(super) fn fields(&self) -> Option<Columns> {
        matches!(self, Target::Events { .. }).then(|| EVENT.to_vec())
    }

    /// The row as text, and what it says.
    pub(super) fn read(&self, columns: &[&'static str], row: Row) -> (StringRecord, Result<Item, Refusal>) {
        let Row { cells: bytes, is_too_long, format, .. } = row;
        let refused = |fault| Err(Refusal::field("row", fault));
        let is_text = std::str::from_utf8(bytes.as_slice()).is_ok();
        let row = StringRecord::from_byte_record_lossy(bytes);
        if is_too_long {
            return (row, refused(Fault::TooLong { most: LONGEST_ROW }));
        }
        if !is_text {
            return (row, refused(Fault::Characters));
        }
        if let (Format::Lines, Target::Events { source, .. }) = (format, self) {
            let (row, event) = json_event::read(&row.iter().collect::<String>(), columns, source);
            return (row, event.map(Item::Event));
        }
        if row.len() != columns.len() {
            return (row, refused(Fault::Count { least: columns.len(), most: columns.len() }));
        }
        let item = match self {
            Target::Members => member(columns, &row).map(Item::Member),
            Target::Events { source, .. } => event(columns, &row, source).map(Item::Event),
            Target::Codes { .. } => code(columns, &row).map(Item::Code),
        };
        (row, item)
    }
}

/// The names of a file's columns, in order.
pub(super) type Columns = Vec<&'static str>;

/// What a row says.
pub(super) enum Item {
    Member(Enrolment),
    Event(Event),
    Code(String),
}

/// What became of a row.
pub(super) enum RowOutcome {
    Added,
    Changed,
    Known,
    Refused(Refusal),
}

fn given<'r>(columns: &'r [&'static str], row: &'r StringRecord) -> impl Iterator<Item = (&'static str, &'r str)> {
    columns.iter().copied().zip(row.iter().map(plain)).filter(|(_, value)| !value.is_empty())
}

/// Without the apostrophe that our own files put before what a spreadsheet would take for a formula.
fn plain(value: &str) -> &str {
    value.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(value)
}

fn event(columns: &[&'static str], row: &StringRecord, source: &Source) -> Result<Event, Refusal> {
    let mut raw = RawEvent::default();
    for (column, value) in given(columns, row) {
        if let Some(field) = raw.field(json_event::field_of(column)) {
            *field = Some(value.to_owned());
        }
    }
    raw.parse(source).map_err(|mut faults| {
        // the file calls it `event_id`
        faults.iter_mut().filter(|fault| fault.field == "id").for_each(|fault| fault.field = "event_id".into());
        Refusal::Invalid { faults }
    })
}

fn member(columns: &[&'static str], row: &StringRecord) -> Result<Enrolment, Refusal> {
    let mut enrolment = Enrolment::default();
    for (column, value) in given(columns, row) {
        let field = match column {
            "external_id" => {
                enrolment.external_id = value.to_owned();
                continue;
            }
            "registered_at" => {
                let at: Result<Timestamp, _> = value.parse();
                enrolment.registered_at = Some(at.map_err(|_| Refusal::field("registered_at", Fault::NotATime))?);
                continue;
            }
            "name" => &mut enrolment.name,
            "email" => &mut enrolment.email,
            "phone" => &mut enrolment.phone,
            "locale" => &mut enrolment.locale,
            _ => continue,
        };
        *field = Some(value.to_owned());
    }
    if enrolment.external_id.is_empty() {
        return Err(Refusal::Invalid { faults: vec![FieldFault::new("external_id", Fault::Missing)] });
    }
    Ok(enrolment)
}

fn code(columns: &[&'static str], row: &StringRecord) -> Result<String, Refusal> {
    let code = given(columns, row).find(|(column, _)| *column == "code").map(|(_, code)| code.trim()).unwrap_or_default();
    match code.is_empty() {
        true => Err(Refusal::field("code", Fault::Missing)),
        false => edit::checked_code(code).map_err(|fault| Refusal::field("code", fault)),
    }
}

/// Posts items of one target.
#[derive(Clone)]
pub(super) struct Post {
    pub ledger: Ledger,
    pub target: Target,
    pub actor: Actor,
}

impl Post {
    /// Posts them; each outcome stands where its item stood.
    pub async fn post(&self, items: Vec<Item>) -> Result<Vec<RowOutcome>, ImportError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        match &self.target {
            Target::Members => {
                let people = items.into_iter().filter_map(|item| if let Item::Member(one) = item { Some(one) } else { None });
                let enrolled = enrol_many::enrol_many(&self.ledger, self.actor, people.collect()).await?;
                Ok(enrolled.into_iter().map(member_outcome).collect())
            }
            Target::Events { enrol, .. } => {
                let events = items.into_iter().filter_map(|item| if let Item::Event(one) = item { Some(one) } else { None });
                let terms = Terms { enrol: *enrol, history: true };
                let outcomes = ingest::post_history(&self.ledger, events.collect(), terms).await?;
                Ok(outcomes.into_iter().map(event_outcome).collect())
            }
            Target::Codes { reward } => {
                let codes = items.into_iter().filter_map(|item| if let Item::Code(one) = item { Some(one) } else { None });
                self.add_codes(*reward, codes.collect()).await
            }
        }
    }

    async fn add_codes(&self, reward: RewardId, codes: Vec<String>) -> Result<Vec<RowOutcome>, ImportError> {
        let input = (reward, codes.clone(), self.ledger.clock.now());
        let new: Result<Vec<String>, AppError> = self
            .ledger
            .db
            .write(input, |tx, (reward, codes, now)| {
                Box::pin(async move {
                    let found = catalogue::share(tx, *reward).await?.filter(|reward| reward.supply == Supply::Pool);
                    found.ok_or(Refusal::UnknownReward)?;
                    let mut once: Vec<&str> = codes.iter().map(String::as_str).collect();
                    once.sort_unstable();
                    once.dedup();
                    Ok(voucher_codes::add_each(tx, *reward, &once, *now).await?)
                })
            })
            .await;
        // the first row with a new code has put it there
        let mut new: HashSet<String> = new?.into_iter().collect();
        Ok(codes.iter().map(|code| if new.remove(code) { RowOutcome::Added } else { RowOutcome::Known }).collect())
    }
}

fn event_outcome(outcome: Outcome) -> RowOutcome {
    match outcome {
        Outcome::Accepted(_) => RowOutcome::Added,
        Outcome::Duplicate(_) => RowOutcome::Known,
        Outcome::Refused(refusal) => RowOutcome::Refused(refusal),
    }
}

fn member_outcome(outcome: Result<Many, Refusal>) -> RowOutcome {
    match outcome {
        Ok(Many::New) => RowOutcome::Added,
        Ok(Many::Changed) => RowOutcome::Changed,
        Ok(Many::Same) => RowOutcome::Known,
        Err(refusal) => RowOutcome::Refused(refusal),
    }
}
