//! The console: for operators, at a desk.

mod access;
mod benefits;
mod experiments;
mod find;
mod keys;
mod frame;
mod imports;
mod lab;
mod ledger;
mod list;
mod mail;
mod refused;
mod members;
mod programme;
mod rewards;
mod rules;
mod side;
mod till;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use access::audit::{asked_audit, audit_lines};
pub use access::role_name;
pub use find::{Hit, hits};
pub use frame::{AdminPage, Here};
pub use imports::{reason_of_row, told_kind};
pub use lab::{Exact as LabExact, at_fault as lab_at_fault, estimated as lab_estimated, exact as lab_exact, span as lab_span};
pub use ledger::adjustments::{adjustment_cells, asked_decided};
pub use mail::{asked_mail, mail_cells};
pub use members::{asked_in, asked_ledger, asked_members};
pub use programme::dashboard::{asked_span, origin_name};
pub use refused::{asked_refused, refused_cells};
pub use rewards::redemptions::asked_redemptions;
pub use rewards::{asked_codes, shown_of_code};

/// One `<Route>` for each page, all below `/admin`.
#[component(transparent)]
pub fn AdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/admin") view=Outlet>
            <Route path=path!("") view=programme::dashboard::DashboardPage/>
            <Route path=path!("/find") view=find::FindPage/>
            <Route path=path!("/shortcuts") view=keys::ShortcutsPage/>
            <Route path=path!("/members") view=members::MembersPage/>
            <Route path=path!("/members/selected") view=members::SelectedMembersPage/>
            <Route path=path!("/members/:id") view=members::MemberPage/>
            <Route path=path!("/members/:id/edit") view=members::EditMemberPage/>
            <Route path=path!("/members/:id/adjust") view=ledger::adjustments::AdjustPage/>
            <Route path=path!("/members/:id/close") view=members::CloseMemberPage/>
            <Route path=path!("/members/:id/merge") view=members::MergeMemberPage/>
            <Route path=path!("/adjustments") view=ledger::adjustments::AdjustmentsPage/>
            <Route path=path!("/adjustments/:id") view=ledger::adjustments::DecidePage/>
            <Route path=path!("/rules") view=rules::RulesPage/>
            <Route path=path!("/rules/draft") view=rules::RulesDraftPage/>
            <Route path=path!("/rules/publish") view=rules::PublishRulesPage/>
            <Route path=path!("/rules/history") view=rules::RulesHistoryPage/>
            <Route path=path!("/rules/proposals/:id") view=rules::RuleProposalPage/>
            <Route path=path!("/rules/versions/:version") view=rules::RulesVersionPage/>
            <Route path=path!("/lab") view=lab::LabPage/>
            <Route path=path!("/lab/compare") view=lab::ComparePage/>
            <Route path=path!("/lab/runs") view=lab::RunsPage/>
            <Route path=path!("/lab/explain") view=lab::ExplainPage/>
            <Route path=path!("/lab/find") view=lab::FindPage/>
            <Route path=path!("/experiments") view=experiments::ExperimentsPage/>
            <Route path=path!("/experiments/new") view=experiments::NewExperimentPage/>
            <Route path=path!("/experiments/:id") view=experiments::ExperimentPage/>
            <Route path=path!("/benefits") view=benefits::BenefitsPage/>
            <Route path=path!("/till") view=till::TillPage/>
            <Route path=path!("/rewards") view=rewards::RewardsPage/>
            <Route path=path!("/rewards/new") view=rewards::NewRewardPage/>
            <Route path=path!("/rewards/:id") view=rewards::RewardPage/>
            <Route path=path!("/rewards/:id/codes") view=rewards::RewardCodesPage/>
            <Route path=path!("/redemptions") view=rewards::redemptions::RedemptionsPage/>
            <Route path=path!("/redemptions/confirm") view=rewards::redemptions::ConfirmRedemptionsPage/>
            <Route path=path!("/redemptions/batch") view=rewards::redemptions::MakeBatchPage/>
            <Route path=path!("/redemptions/batches") view=rewards::redemptions::BatchesPage/>
            <Route path=path!("/redemptions/batches/:id") view=rewards::redemptions::BatchPage/>
            <Route path=path!("/redemptions/tracking") view=rewards::redemptions::TrackingPage/>
            <Route path=path!("/redemptions/slips") view=rewards::redemptions::SlipsPage/>
            <Route path=path!("/redemptions/:id") view=rewards::redemptions::RedemptionPage/>
            <Route path=path!("/redemptions/:id/return") view=rewards::take_back::TakeBackPage/>
            <Route path=path!("/staff") view=access::StaffPage/>
            <Route path=path!("/staff/:id") view=access::AccountPage/>
            <Route path=path!("/keys") view=access::KeysPage/>
            <Route path=path!("/account") view=access::own_account::OwnAccountPage/>
            <Route path=path!("/refused") view=refused::RefusedPage/>
            <Route path=path!("/mail") view=mail::MailPage/>
            <Route path=path!("/imports") view=imports::ImportsPage/>
            <Route path=path!("/imports/:id") view=imports::ImportPage/>
            <Route path=path!("/exports") view=imports::ExportsPage/>
            <Route path=path!("/exports/:id") view=imports::ExportPage/>
            <Route path=path!("/settings") view=programme::settings::SettingsPage/>
            <Route path=path!("/audit") view=access::audit::AuditPage/>
            <Route path=path!("/sign-in") view=access::entry::StaffSignInPage/>
            <Route path=path!("/forgotten") view=access::entry::StaffForgottenPage/>
            <Route path=path!("/activate") view=access::entry::StaffActivatePage/>
            <Route path=path!("/first") view=access::entry::FirstStaffPage/>
        </ParentRoute>
    }
    .into_inner()
}
