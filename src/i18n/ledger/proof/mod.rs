//! Statements: their download, and the page that checks one.

mod en;
mod zh;

use laurel_domain::ledger::statement::finding::{Field, Rule};

use crate::i18n::Lang;
use crate::i18n::wording::SaysOf;

pub struct Proof {
    pub statement: &'static str,
    pub statement_about: &'static str,
    pub as_csv: &'static str,
    pub as_json: &'static str,
    pub to_print: &'static str,
    pub check: &'static str,
    /// The columns of the CSV, in order.
    pub columns: [&'static str; 11],

    pub title: &'static str,
    pub about: &'static str,
    pub stays_here: &'static str,
    pub choose: &'static str,
    pub checking: &'static str,
    /// Where there is no script or no WebAssembly.
    pub without_title: &'static str,
    pub without: &'static str,
    pub too_large: &'static str,
    pub whole_title: &'static str,
    /// `{entries}` of them.
    pub whole: &'static str,
    pub broken_title: &'static str,
    /// `{count}` of them.
    pub broken: &'static str,
    pub file: &'static str,
    pub issued_by: &'static str,
    pub issued_at: &'static str,
    pub entries: &'static str,
    pub last_hash: &'static str,
    pub what_it_shows: &'static str,
    pub shows: &'static str,
    pub does_not_show: &'static str,
    /// Before what is wrong with entry `{seq}`.
    pub of_entry: &'static str,
    pub of_whole: &'static str,
    pub field: SaysOf<Field, &'static str>,
    /// What is broken, with `{field}`, `{stated}` and `{expected}` in it.
    pub rule: SaysOf<Rule, &'static str>,
}

impl Lang {
    pub fn proof(self) -> &'static Proof {
        self.texts(|areas| &areas.proof, [zh::proof, en::proof])
    }
}
