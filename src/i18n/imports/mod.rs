//! Files that the console takes in, and files of everything that there is.

mod en;
mod zh;

use super::Lang;
use super::wording::SaysWith;

/// By what a file holds: members, events, codes. Further on by what an export holds: members, entries, redemptions, codes, audit.
pub struct Imports {
    pub title: &'static str,
    pub tabs: [&'static str; 2],
    pub about: &'static str,
    pub content: &'static str,
    pub kinds: [&'static str; 3],
    pub kinds_about: [&'static str; 3],
    pub columns: &'static str,
    /// Events as NDJSON.
    pub lines_about: &'static str,
    pub columns_about: &'static str,
    pub required: &'static str,
    pub example: &'static str,
    pub source: &'static str,
    pub source_hint: &'static str,
    pub enrol: &'static str,
    pub reward: &'static str,
    pub no_pools: &'static str,
    pub file: &'static str,
    pub file_hint: fn(u64) -> String,
    pub upload: &'static str,
    pub list: &'static str,
    pub none: &'static str,
    pub none_about: &'static str,
    pub list_columns: [&'static str; 6],
    /// By `imports::State`.
    pub states: [&'static str; 7],
    pub uploaded_by: fn(&str, &str) -> String,
    pub started_by: fn(&str, &str) -> String,
    pub ended_at: fn(&str) -> String,
    // a first look
    pub looked_at: &'static str,
    pub rows: fn(&str) -> String,
    pub event_kinds: [(&'static str, &'static str); 4],
    pub from_to: fn(&str, &str) -> String,
    pub first_rows: &'static str,
    pub at_fault: fn(&str) -> String,
    pub at_fault_some: fn(usize) -> String,
    pub line: fn(u64) -> String,
    pub line_is: fn(u64, &str) -> String,
    pub fault_of: fn(&str, &str) -> String,
    pub whole_row: &'static str,
    pub other_fault: fn(&str) -> String,
    pub what_happens: &'static str,
    pub members_happen: &'static str,
    pub events_happen: SaysWith<bool>,
    pub codes_happen: fn(&str) -> String,
    /// How many rows, and how many of the file are known to be refused.
    pub start: fn(&str, &str) -> String,
    pub started: &'static str,
    pub discard: &'static str,
    pub discarded: &'static str,
    // under way
    pub under_way: &'static str,
    pub waiting: &'static str,
    pub progress: fn(&str, &str) -> String,
    pub leave: &'static str,
    pub stopping: &'static str,
    pub stopped: &'static str,
    // what came of it
    pub result: &'static str,
    pub added: [&'static str; 3],
    pub updated: &'static str,
    pub known: [&'static str; 3],
    pub refused: &'static str,
    pub go_on: fn(u64) -> String,
    pub go_on_about: fn(i64) -> String,
    pub file_gone: &'static str,
    pub failed: fn(&str) -> String,
    pub refused_rows: &'static str,
    pub refused_about: fn(i64) -> String,
    pub refused_most: fn(&str) -> String,
    pub refused_csv: &'static str,
    pub refused_gone: &'static str,
    pub refused_columns: [&'static str; 3],
    pub more: &'static str,
    // what is wrong with a file
    pub empty: &'static str,
    pub missing_column: fn(&str) -> String,
    pub unknown_column: fn(&str) -> String,
    pub column_twice: fn(&str) -> String,
    pub too_large: fn(u64) -> String,
    pub too_many: &'static str,
    pub broke_off: &'static str,
    // exports
    pub export_about: &'static str,
    pub exports: [&'static str; 5],
    pub exports_about: [&'static str; 5],
    pub from: &'static str,
    pub to: &'static str,
    pub days_hint: fn(&str) -> String,
    pub download: &'static str,
    /// From how many rows on a file is made first.
    pub export_large: fn(&str) -> String,
    pub export_keep: &'static str,
    pub export_list: &'static str,
    pub export_columns: [&'static str; 6],
    /// By `exports::kept::State`.
    pub export_states: [&'static str; 5],
    pub export_under_way: &'static str,
    pub export_counting: &'static str,
    /// How far it is, how many rows the file has, and how large it is.
    pub export_progress: fn(&str, &str, &str) -> String,
    pub export_leave: &'static str,
    /// Nobody has written to it for a while.
    pub export_forsaken: &'static str,
    pub export_is_stopped: &'static str,
    pub export_ready: &'static str,
    pub export_fetch: &'static str,
    pub export_has: fn(&str, &str) -> String,
    pub export_kept_for: fn(i64) -> String,
    /// That files are deleted when somebody is erased, on the page of all.
    pub export_erasure: &'static str,
    pub export_outdated: &'static str,
    /// When.
    pub export_outdated_about: fn(&str) -> String,
    pub export_again: &'static str,
    pub export_remove: &'static str,
    pub export_stopped: &'static str,
    pub export_broke_off: &'static str,
    pub export_go_on: fn(&str) -> String,
    pub export_discard: &'static str,
    pub export_discarded: &'static str,
    pub export_too_many: &'static str,
    pub entry_columns: [&'static str; 14],
    pub code_columns: [&'static str; 6],
    pub code_states: [&'static str; 3],
    pub audit_columns: [&'static str; 6],
}

/// As the audit log names what a file holds.
const NAMES: [&str; 3] = ["members", "events", "codes"];
/// As it names what is exported.
pub const EXPORTS: [&str; 5] = ["members", "entries", "redemptions", "codes", "audit"];

impl Imports {
    /// What a file holds, by the audit log's name for it.
    pub fn named(&self, name: &str) -> Option<&'static str> {
        let import = NAMES.iter().position(|known| *known == name).map(|at| self.kinds[at]);
        import.or_else(|| EXPORTS.iter().position(|known| *known == name).map(|at| self.exports[at]))
    }
}

impl Lang {
    pub fn imports(self) -> &'static Imports {
        self.texts(|areas| &areas.imports, [zh::imports, en::imports])
    }
}
