//! The console's navigation, with how much waits behind its links, and what belongs to the person at the desk.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Here;
use super::access::role_name;
use crate::api::admin::access::entry::StaffSignOut;
use crate::i18n::{Lang, format};
use crate::pages::components::{Brand, Form, Icon, LanguageSwitch, PostForm, Submit, ThemeSwitch};
use crate::server::AppState;
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::programme::overview::{self, Waiting};

/// A popover on a phone, which needs no script; at a desk the style sheet keeps it in place.
#[component]
pub fn Side(here: Option<Here>) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.admin();
    let role = visit.staff.as_ref().map(|staff| staff.role);
    let links = move |waiting: Waiting, places: &[Here]| {
        // a draft is for those who manage rules: nobody else is told of one
        let of_rules = role.is_some_and(|role| role.may(Permission::ManageRules));
        let waiting = Waiting { draft_of: waiting.draft_of.filter(|_| of_rules), ..waiting };
        let link = |place: &Here| {
            let current = (Some(*place) == here).then_some("page");
            let count = count(visit.lang, *place, waiting);
            view! { <a href=place.path() aria-current=current><Icon name=place.icon()/><span>{place.label(words)}</span>{count}</a> }
        };
        let may = |place: &&Here| role.is_some_and(|role| role.may(place.permission()));
        places.iter().filter(may).map(link).collect_view()
    };
    let all = move |waiting: Waiting| {
        view! {
            {links(waiting, &[Here::Dashboard, Here::Members])}
            <b>{words.programme}</b>
            {links(waiting, &[Here::Rules, Here::Lab, Here::Experiments, Here::Benefits, Here::Till, Here::Rewards, Here::Redemptions, Here::Adjustments])}
            <b>{words.system}</b>
            {links(waiting, &[Here::Staff, Here::Keys, Here::Refused, Here::Mail, Here::Transfers, Here::Audit, Here::Settings])}
        }
    };
    let counted = Suspend::new(async move { all(waiting().await) });
    view! {
        <nav class="side" id="side" popover="auto" aria-label=words.navigation>
            <Brand href="/admin"/>
            <form class="side-find" method="get" action="/admin/find" role="search" aria-label=words.find_label>
                <label class="unseen" for="find">{words.find_label}</label>
                // a field of text, as the keyboard of a phone has its own key to search
                <input type="text" id="find" name="q" placeholder=words.find_placeholder maxlength="100" autocomplete="off"
                    enterkeyhint="search" aria-keyshortcuts="Control+K Meta+K"/>
            </form>
            // where a window is low these scroll, and whoever is at the desk stays in sight below them
            <div class="side-pages"><Suspense>{counted}</Suspense></div>
            <Person/>
        </nav>
    }
}

/// What waits. Navigation works without it, so a failure is told in the log and nowhere else.
async fn waiting() -> Waiting {
    let Some(state) = use_context::<AppState>() else { return Waiting::default() };
    overview::waiting(&state.ledger).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what waits for the staff could not be counted");
        Waiting::default()
    })
}

/// How much waits behind a link, or that a draft does.
fn count(lang: Lang, place: Here, waiting: Waiting) -> Option<AnyView> {
    let words = lang.admin();
    let number = match place {
        Here::Redemptions => waiting.payouts.saturating_add(waiting.gifts),
        Here::Adjustments => waiting.approvals,
        Here::Refused => waiting.refused,
        Here::Mail => waiting.failed_emails,
        Here::Rules => {
            return waiting.draft_of.map(|_| view! { <small class="side-draft">{words.has_draft}</small> }.into_any());
        }
        _ => 0,
    };
    (number > 0).then(|| {
        let shown = format::many(number);
        view! { <small class="side-count"><span class="unseen">{words.waiting}" "</span>{shown}</small> }.into_any()
    })
}

/// Who is at the desk, and what that opens: their account, the keys, language, appearance, and the way out.
#[component]
fn Person() -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.admin();
    let staff = visit.staff.as_ref().map(|staff| {
        let (name, role) = (staff.name.clone(), role_name(visit.lang, staff.role.number()));
        view! {
            <span class="person-mark" aria-hidden="true">{name.chars().next().map(String::from)}</span>
            <span>{name}<small>{role}</small></span>
        }
    });
    let is_here = visit.path.starts_with("/admin/account").then_some("page");
    view! {
        <div class="side-foot">
            <details class="person-menu">
                <summary class="person">{staff}</summary>
                <div class="person-choices">
                    <a href="/admin/account" aria-current=is_here>{words.account}</a>
                    <a href="/admin/shortcuts" aria-keyshortcuts="?">{visit.lang.keys().shortcuts}</a>
                    <ThemeSwitch/>
                    <div class="row">
                        <LanguageSwitch/>
                        <PostForm form=Form::of(StaffSignOut::PATH) class="inline"><Submit label=words.sign_out kind="small quiet"/></PostForm>
                    </div>
                </div>
            </details>
        </div>
    }
}
