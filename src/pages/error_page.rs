//! What is shown instead of a page: what happened and where to go from there, in the frame of the part of Laurel that
//! somebody is signed in to.

use leptos::prelude::*;

use super::admin::{self, AdminPage};
use super::components::PageTitle;
use super::gate::Gate;
use super::portal::{self, PortalPage};
use crate::server::web::visit::Visit;

#[component]
pub fn ErrorPage(#[prop(into)] title: String, #[prop(into)] message: String) -> impl IntoView {
    let visit = Visit::current();
    let t = visit.lang.errors();
    let path = visit.path.split('?').next().unwrap_or_default();
    if visit.is_in_console() && visit.staff.is_some() {
        let here = admin::Here::of(path);
        let section = here.filter(|place| *place != admin::Here::Dashboard).map(|place| {
            view! { <a class="button" href=place.path()>{place.label(visit.lang.admin())}</a> }
        });
        return view! {
            <AdminPage title here>
                <div class="card narrow stack">
                    <p>{message}</p>
                    <p class="row"><a class="button main" href="/admin">{t.to_dashboard}</a>{section}</p>
                </div>
            </AdminPage>
        }
        .into_any();
    }
    if !visit.is_in_console() && visit.member.is_some() {
        return view! {
            <PortalPage title here=portal::Here::of(path)>
                <div class="card stack">
                    <p>{message}</p>
                    <p class="row">
                        <a class="button main" href="/">{t.to_portal}</a>
                        <a class="button" href="/activity">{visit.lang.portal().activity}</a>
                    </p>
                </div>
            </PortalPage>
        }
        .into_any();
    }
    let home = if visit.is_in_console() { "/admin" } else { "/" };
    view! {
        <PageTitle text=title.clone()/>
        <Gate title>
            <p class="mute">{message}</p>
            <p><a class="button main" href=home>{visit.lang.common().home}</a></p>
        </Gate>
    }
    .into_any()
}
