//! The member portal: phone first.

mod access;
mod benefits;
mod frame;
mod home;
pub mod ledger;
mod mail;
mod members;
mod notifications;
pub mod rewards;
mod rules;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use frame::{Here, PortalPage};
pub use home::TierProgress;
pub use rules::tiers::{gathered, icon as benefit_icon};

/// One `<Route>` for each page.
#[component(transparent)]
pub fn PortalRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("") view=home::HomePage/>
            <Route path=path!("/activity") view=ledger::activity::ActivityPage/>
            <Route path=path!("/rewards") view=rewards::RewardsPage/>
            <Route path=path!("/rewards/:id") view=rewards::TakeRewardPage/>
            <Route path=path!("/redeem") view=rewards::redeem::RedeemPage/>
            <Route path=path!("/redeem/confirm") view=rewards::redeem::ConfirmPage/>
            <Route path=path!("/redemptions") view=rewards::redeem::RedemptionsPage/>
            <Route path=path!("/redemptions/:id") view=rewards::redeem::ReceiptPage/>
            <Route path=path!("/benefits") view=benefits::BenefitsPage/>
            <Route path=path!("/card") view=members::card::CardPage/>
            <Route path=path!("/invite") view=members::invite::InvitePage/>
            <Route path=path!("/notifications") view=notifications::NotificationsPage/>
            <Route path=path!("/tiers") view=rules::tiers::TiersPage/>
            <Route path=path!("/profile") view=members::profile::ProfilePage/>
            <Route path=path!("/statement/verify") view=ledger::verify::VerifyPage/>
            <Route path=path!("/profile/close") view=members::profile::CloseAccountPage/>
            <Route path=path!("/sign-in") view=access::sign_in::SignInPage/>
            <Route path=path!("/register") view=members::register::RegisterPage/>
            <Route path=path!("/forgotten") view=mail::ForgottenPage/>
            <Route path=path!("/confirm-email") view=mail::ConfirmEmailPage/>
            <Route path=path!("/unsubscribe") view=mail::UnsubscribePage/>
            <Route path=path!("/activate") view=access::activate::ActivatePage/>
        </ParentRoute>
    }
    .into_inner()
}
