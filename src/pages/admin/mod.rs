//! The console: for operators, at a desk.

mod adjustments;
mod audit;
mod benefits;
mod dashboard;
mod entry;
mod frame;
mod list;
mod members;
mod redemptions;
mod take_back;
mod rewards;
mod rules;
mod team;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use frame::{AdminPage, Here};
pub use team::role_name;

/// One `<Route>` for each page, all below `/admin`.
#[component(transparent)]
pub fn AdminRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("/admin") view=Outlet>
            <Route path=path!("") view=dashboard::DashboardPage/>
            <Route path=path!("/members") view=members::MembersPage/>
            <Route path=path!("/members/:id") view=members::MemberPage/>
            <Route path=path!("/members/:id/adjust") view=adjustments::AdjustPage/>
            <Route path=path!("/members/:id/close") view=members::CloseMemberPage/>
            <Route path=path!("/members/:id/merge") view=members::MergeMemberPage/>
            <Route path=path!("/adjustments") view=adjustments::AdjustmentsPage/>
            <Route path=path!("/adjustments/:id") view=adjustments::DecidePage/>
            <Route path=path!("/rules") view=rules::RulesPage/>
            <Route path=path!("/rules/draft") view=rules::RulesDraftPage/>
            <Route path=path!("/rules/publish") view=rules::PublishRulesPage/>
            <Route path=path!("/rules/history") view=rules::RulesHistoryPage/>
            <Route path=path!("/rules/versions/:version") view=rules::RulesVersionPage/>
            <Route path=path!("/benefits") view=benefits::BenefitsPage/>
            <Route path=path!("/rewards") view=rewards::RewardsPage/>
            <Route path=path!("/rewards/new") view=rewards::NewRewardPage/>
            <Route path=path!("/rewards/:id") view=rewards::RewardPage/>
            <Route path=path!("/redemptions") view=redemptions::RedemptionsPage/>
            <Route path=path!("/redemptions/confirm") view=redemptions::ConfirmRedemptionsPage/>
            <Route path=path!("/redemptions/:id") view=redemptions::RedemptionPage/>
            <Route path=path!("/redemptions/:id/return") view=take_back::TakeBackPage/>
            <Route path=path!("/staff") view=team::StaffPage/>
            <Route path=path!("/staff/:id") view=team::AccountPage/>
            <Route path=path!("/keys") view=team::KeysPage/>
            <Route path=path!("/audit") view=audit::AuditPage/>
            <Route path=path!("/sign-in") view=entry::StaffSignInPage/>
            <Route path=path!("/activate") view=entry::StaffActivatePage/>
            <Route path=path!("/first") view=entry::FirstStaffPage/>
        </ParentRoute>
    }
    .into_inner()
}
