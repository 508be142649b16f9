//! Rules in three places: those in force (for everybody on the staff), the draft of what comes next and its publication (for those
//! who manage rules), and every version there ever was.

mod discarded;
mod draft;
mod editor;
mod effect;
mod history;
mod in_force;
mod lasting;
mod proposal;
mod publish;
mod typed_form;
mod readable;
mod sheet;

use crate::pages::admin::{AdminPage, Here};

pub use draft::RulesDraftPage;
pub(super) use editor::{Earning, Redeeming, Tiers};
pub use history::{RulesHistoryPage, RulesVersionPage};
pub use in_force::RulesPage;
pub(super) use lasting::{Caps, Lasting};
pub(super) use proposal::KeptAndTold;
pub use proposal::RuleProposalPage;
pub(super) use proposal::in_words as limits_in_words;
pub use publish::PublishRulesPage;
pub(super) use publish::Telling;
pub(super) use sheet::Sheet;
pub(super) use typed_form::TypedForm;

const IN_FORCE: &str = "/admin/rules";
const HISTORY: &str = "/admin/rules/history";

/// Where a version is shown.
fn version_path(version: u32) -> String {
    format!("/admin/rules/versions/{version}")
}

/// Where a proposal is decided.
fn proposal_path(id: &str) -> String {
    format!("/admin/rules/proposals/{id}")
}
