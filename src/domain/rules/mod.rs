//! Rule sets: everything about a programme that its staff can change, numbered and immutable once published.
//!
//! [`rule_set`] is the definition and its compiled form, [`timeline`] says which version is in force when and for whom ([`experiment`]), `figures` the whole numbers in that; [`tier`], [`window`] and [`period`] say who is in which tier;
//! [`terms`] how long points last and how many there can be. The `form` modules read and write a rule set as form fields, [`file`] as JSON.

pub mod tier;
pub mod window;
pub mod period;
pub mod terms;
pub mod rule_set;
pub mod experiment;
pub mod timeline;
pub(crate) mod figures;
pub(crate) mod fractions;
#[cfg(test)]
mod definition;
pub mod changes;
pub mod form;
pub mod form_terms;
pub mod form_edit;
pub mod file;
pub(crate) mod json;
pub mod lasting;
pub mod preview;
pub mod safety;
