//! The member portal: phone first.

mod activate;
pub mod activity;
mod benefits;
pub mod entries;
mod explanation;
mod frame;
mod home;
mod profile;
mod redeem;
mod register;
pub mod rewards;
mod sign_in;
mod tiers;
mod verify;

use leptos::prelude::*;
use leptos_router::components::{Outlet, ParentRoute, Route};
use leptos_router::path;

pub use frame::{Here, PortalPage};

/// One `<Route>` for each page.
#[component(transparent)]
pub fn PortalRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("") view=home::HomePage/>
            <Route path=path!("/activity") view=activity::ActivityPage/>
            <Route path=path!("/rewards") view=rewards::RewardsPage/>
            <Route path=path!("/rewards/:id") view=rewards::TakeRewardPage/>
            <Route path=path!("/redeem") view=redeem::RedeemPage/>
            <Route path=path!("/redeem/confirm") view=redeem::ConfirmPage/>
            <Route path=path!("/redemptions") view=redeem::RedemptionsPage/>
            <Route path=path!("/redemptions/:id") view=redeem::ReceiptPage/>
            <Route path=path!("/benefits") view=benefits::BenefitsPage/>
            <Route path=path!("/tiers") view=tiers::TiersPage/>
            <Route path=path!("/profile") view=profile::ProfilePage/>
            <Route path=path!("/statement/verify") view=verify::VerifyPage/>
            <Route path=path!("/profile/close") view=profile::CloseAccountPage/>
            <Route path=path!("/sign-in") view=sign_in::SignInPage/>
            <Route path=path!("/register") view=register::RegisterPage/>
            <Route path=path!("/activate") view=activate::ActivatePage/>
        </ParentRoute>
    }
    .into_inner()
}
