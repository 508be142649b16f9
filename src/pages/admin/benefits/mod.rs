//! What each tier gives, in both languages, and the codes that were used last.

pub(super) mod check;
mod matrix;

use leptos::prelude::*;

use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::Card;
use crate::pages::page;
use crate::server::web::RequestContext;
use check::UsedLast;
use laurel_engine::auth::Permission;
use matrix::Matrix;

#[component]
pub fn BenefitsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let t = context.lang.benefits();
        let rules = context.state.ledger.rulebook().await?.general().at(context.now()).clone();
        let used = check::used_last(&context).await?;
        let (may_edit, may_use) = (staff.role.may(Permission::ManageRules), staff.role.may(Permission::UseBenefits));
        let till = context.lang.card().to_till;
        let head = move || {
            let till = may_use.then(|| view! { <a class="button small" href="/admin/till">{till}</a> });
            let edit = may_edit.then(|| view! { <a class="button small main" href="/admin/rules/draft">{t.edit}</a> });
            view! { {till}{edit} }
        };
        Ok(view! {
            <AdminPage title=context.lang.admin().benefits here=Here::Benefits head>
                <p class="mute measure">{t.about}</p>
                <Matrix lang=context.lang rules/>
                <Card title=t.used_last><UsedLast context used/></Card>
            </AdminPage>
        }
        .into_any())
    })
}
