//! The rules lab: a draft on the left, on the right what it would have done to everybody. A run is asked for with a form, carried out
//! beside the requests and shown here whenever somebody looks.

mod automatic;
mod charts;
mod compare;
mod drawn;
mod editor;
mod explain;
mod figures;
mod find;
mod ladder;
mod live;
mod of_draft;
mod result;
mod runs;
mod segments;
pub(in crate::pages::admin) mod under_way;
pub(in crate::pages::admin) mod words;

use super::{AdminPage, Here};

pub use automatic::{Exact, exact};
pub use compare::ComparePage;
pub use editor::{LabPage, span};
pub use explain::ExplainPage;
pub use find::FindPage;
pub use live::{at_fault, estimated};
pub(in crate::pages::admin) use of_draft::{Known, OfDraft, known};
pub use runs::RunsPage;

/// Where a run is shown.
pub(in crate::pages::admin) fn run_path(id: laurel_domain::ids::LabRunId) -> String {
    format!("/admin/lab?run={id}")
}
