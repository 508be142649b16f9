//! The check of a statement as a WASM module of its own, without Leptos: only the page that needs it loads it, and once it is
//! there it needs no server. `.ci/prover` builds it into `public/prover/`.

use laurel_domain::ledger::statement::Statement;
use laurel_domain::ledger::statement::check::{Report, check, unreadable};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks the text of a statement and returns the report as JSON: `{"findings": […], "entries": …, "head": …, …}`.
#[wasm_bindgen]
pub fn check_statement(text: &str) -> String {
    let report = match serde_json::from_str::<Statement>(text) {
        Ok(statement) => check(&statement),
        Err(error) => Report { findings: vec![unreadable(&error.to_string())], ..Report::default() },
    };
    serde_json::to_string(&report).unwrap_or_default()
}
