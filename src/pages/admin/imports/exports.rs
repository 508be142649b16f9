//! Files of everything that there is: what, and from when to when.

use leptos::prelude::*;

use super::Tabs;
use super::kept::KeptExports;
use crate::i18n::format;
use crate::i18n::imports::EXPORTS as NAMES;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Icon};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::paths::EXPORTS;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::exports::What;
use laurel_engine::usecase::exports::kept;

#[component]
pub fn ExportsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Export)?;
        let (lang, t) = (context.lang, context.lang.imports());
        let all = kept::latest(&context.state.ledger).await?;
        let of_kept = context.clone();
        let cards = What::ALL.into_iter().filter(|what| staff.role.may(what.permission()));
        let cards = cards.map(|what| view! { <One context=context.clone() what/> }).collect_view();
        Ok(view! {
            <AdminPage title=t.tabs[1] here=Here::Transfers>
                <Tabs lang role=staff.role exports=true/>
                <p class="mute measure">{t.export_about}</p>
                <p class="mute small">{(t.days_hint)(&context.programme().time_zone)}</p>
                <p class="mute small measure">{(t.export_large)(&format::count(kept::SMALL))}" "{t.export_erasure}</p>
                <div class="exports">{cards}</div>
                <KeptExports context=of_kept role=staff.role all/>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn One(context: RequestContext, what: What) -> impl IntoView {
    let (t, at) = (context.lang.imports(), what as usize);
    let name = NAMES[at];
    let day = move |field: &'static str, label: &'static str| {
        let id = format!("{name}-{field}");
        view! {
            <div class="field">
                <label for=id.clone()>{label}</label>
                <input type="date" id=id name=field/>
            </div>
        }
    };
    let keep = format!("{name}-keep");
    let of = format!("{}: {}", t.download, t.exports[at]);
    view! {
        <Card title=t.exports[at]>
            <p class="mute">{t.exports_about[at]}</p>
            <form class="form" method="post" action=EXPORTS>
                <input type="hidden" name="what" value=name/>
                <div class="halves even">{day("from", t.from)}{day("to", t.to)}</div>
                <div class="check">
                    <input type="checkbox" id=keep.clone() name="keep" value="yes"/>
                    <label for=keep>{t.export_keep}</label>
                </div>
                <div class="form-foot"><button class="button" aria-label=of><Icon name="download"/>{t.download}</button></div>
            </form>
        </Card>
    }
}
