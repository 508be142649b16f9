//! The roll of members, and one of them.

mod actions;
mod benefits_tab;
mod close;
mod detail;
mod edit;
mod ledger_filter;
mod ledger_tab;
mod merge;
mod notes;
mod roll;
mod selected;
mod tabs;

use laurel_domain::member::Status;
use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::Chip;

pub use close::CloseMemberPage;
pub use detail::MemberPage;
pub use edit::EditMemberPage;
pub use ledger_filter::asked_ledger;
pub use merge::MergeMemberPage;
pub use roll::{MembersPage, asked_in, asked_members};
pub use selected::SelectedMembersPage;

/// Who has told no name goes by the payment system's id.
pub fn name_of(lang: Lang, name: Option<String>, external_id: &Option<String>) -> String {
    name.or_else(|| external_id.clone()).unwrap_or_else(|| lang.console().nameless.to_owned())
}

#[component]
pub fn StatusChip(lang: Lang, status: Status) -> impl IntoView {
    let tone = match status {
        Status::Active => "good",
        Status::Suspended => "warn",
        Status::Closed => "bad",
    };
    view! { <Chip tone>{lang.console().status(status)}</Chip> }
}
