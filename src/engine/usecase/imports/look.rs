//! A first look at a file while it is uploaded: what is in it, and what is wrong with it at first sight. Nothing is looked up.

use std::collections::BTreeMap;

use jiff::Timestamp;
use laurel_domain::ledger::event::Activity;
use laurel_domain::row_refusal::RowRefusal;
use serde::{Deserialize, Serialize};

use super::lines::Format;
use super::rows::Row;
use super::run::ImportError;
use super::target::{Columns, Item, Target};

/// How many rows are shown, and how many that are at fault.
const SHOWN: usize = 5;
const FAULTS: usize = 20;

/// What is in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub columns: Vec<String>,
    /// Its rows are JSON, each a line.
    #[serde(default)]
    pub is_lines: bool,
    pub rows: u64,
    /// The first rows.
    pub shown: Vec<Vec<String>>,
    /// How many rows cannot be read, and the lines of the first of them.
    pub at_fault: u64,
    pub faults: Vec<(u64, RowRefusal)>,
    /// Events by kind, and when the first and the last of them occurred.
    pub kinds: BTreeMap<String, u64>,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
}

/// Somebody who looks at a file's rows one after the other.
pub(super) struct Looking {
    target: Target,
    columns: Option<Columns>,
    look: Look,
}

impl Looking {
    pub fn at(target: Target) -> Looking {
        Looking { target, columns: None, look: Look::default() }
    }

    /// # Errors
    /// What is wrong with the columns.
    pub fn row(&mut self, row: Row) -> Result<(), ImportError> {
        let line = row.line;
        let columns = match (self.columns.take(), row.format) {
            (Some(columns), _) => columns,
            (None, format) => {
                let fields = self.target.fields().filter(|_| format == Format::Lines);
                let columns = fields.map_or_else(|| self.target.columns(&row.cells), Ok)?;
                self.look.columns = columns.iter().map(|name| (*name).to_owned()).collect();
                self.look.is_lines = format == Format::Lines;
                if format == Format::Csv {
                    self.columns = Some(columns);
                    return Ok(());
                }
                columns
            }
        };
        let (text, item) = self.target.read(&columns, row);
        self.columns = Some(columns);
        self.look.rows += 1;
        if self.look.shown.len() < SHOWN {
            self.look.shown.push(text.iter().map(|cell| cell.chars().take(80).collect()).collect());
        }
        match item {
            Ok(Item::Event(event)) => {
                let kind = match event.activity {
                    Activity::Payment { .. } => "payment",
                    Activity::Refund { .. } => "refund",
                    Activity::Referral { .. } => "referral",
                    Activity::Review { .. } => "review",
                };
                match self.look.kinds.get_mut(kind) {
                    Some(number) => *number += 1,
                    None => drop(self.look.kinds.insert(kind.to_owned(), 1)),
                }
                let at = event.occurred_at;
                self.look.first = Some(self.look.first.map_or(at, |first| first.min(at)));
                self.look.last = Some(self.look.last.map_or(at, |last| last.max(at)));
            }
            Ok(_) => {}
            Err(refusal) => {
                self.look.at_fault += 1;
                if self.look.faults.len() < FAULTS {
                    self.look.faults.push((line, RowRefusal::from(&refusal)));
                }
            }
        }
        Ok(())
    }

    /// # Errors
    /// `Empty` where there are no rows.
    pub fn done(self) -> Result<Look, ImportError> {
        if self.look.rows == 0 { Err(ImportError::Empty) } else { Ok(self.look) }
    }
}
