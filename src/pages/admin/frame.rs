//! What stands around every page of the console: navigation at the side, the page's title and actions on top.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::access::entry::StaffSignOut;
use crate::i18n::admin::Admin;
use crate::pages::components::{
    Brand, FlashNotice, Form, Icon, Labels, LanguageSwitch, PageTitle, PostForm, Submit, ThemeSwitch,
};
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;

/// Where in the console a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Dashboard,
    Members,
    Rules,
    Benefits,
    Rewards,
    Redemptions,
    Adjustments,
    Staff,
    Keys,
    Audit,
}

impl Here {
    const ALL: [Here; 10] = [
        Here::Dashboard,
        Here::Members,
        Here::Rules,
        Here::Benefits,
        Here::Rewards,
        Here::Redemptions,
        Here::Adjustments,
        Here::Staff,
        Here::Keys,
        Here::Audit,
    ];

    /// The part that an address belongs to, if there is one.
    pub fn of(path: &str) -> Option<Here> {
        Here::ALL.into_iter().find(|place| {
            let rest = path.strip_prefix(place.path());
            rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && *place != Here::Dashboard))
        })
    }

    pub const fn path(self) -> &'static str {
        match self {
            Here::Dashboard => "/admin",
            Here::Members => "/admin/members",
            Here::Rules => "/admin/rules",
            Here::Benefits => "/admin/benefits",
            Here::Rewards => "/admin/rewards",
            Here::Redemptions => "/admin/redemptions",
            Here::Adjustments => "/admin/adjustments",
            Here::Staff => "/admin/staff",
            Here::Keys => "/admin/keys",
            Here::Audit => "/admin/audit",
        }
    }

    pub const fn label(self, words: &Admin) -> &'static str {
        match self {
            Here::Dashboard => words.dashboard,
            Here::Members => words.members,
            Here::Rules => words.rules,
            Here::Benefits => words.benefits,
            Here::Rewards => words.rewards,
            Here::Redemptions => words.redemptions,
            Here::Adjustments => words.adjustments,
            Here::Staff => words.staff,
            Here::Keys => words.keys,
            Here::Audit => words.audit,
        }
    }

    /// Who may not open a page is not led there.
    const fn permission(self) -> Permission {
        match self {
            Here::Staff => Permission::ManageStaff,
            Here::Keys => Permission::ManageKeys,
            _ => Permission::Read,
        }
    }
}

/// `head`: chips and actions beside the title.
#[component]
pub fn AdminPage(
    #[prop(into)] title: String,
    #[prop(into)] here: Option<Here>,
    #[prop(optional, into)] head: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let words = Visit::current().lang;
    Labels::begin();
    let content = children();
    view! {
        <PageTitle text=title.clone()/>
        <a class="skip" href="#content">{words.common().skip_to_content}</a>
        <div class="console">
            <Side here/>
            <div class="console-page">
                <header class="console-head">
                    <button class="button small quiet phone-only" popovertarget="side" aria-label=words.common().menu><Icon name="menu"/></button>
                    <h1>{title}</h1>
                    <div class="console-actions">{head.run()}</div>
                </header>
                <main id="content">
                    <FlashNotice/>
                    {content}
                </main>
            </div>
        </div>
    }
}

/// A popover on a phone, which needs no script; at a desk the style sheet keeps it in place.
#[component]
fn Side(here: Option<Here>) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang.admin();
    let role = visit.staff.as_ref().map(|staff| staff.role);
    let links = move |places: &[Here]| {
        let link = |place: &Here| {
            let current = (Some(*place) == here).then_some("page");
            view! { <a href=place.path() aria-current=current>{place.label(words)}</a> }
        };
        let may = |place: &&Here| role.is_some_and(|role| role.may(place.permission()));
        places.iter().filter(may).map(link).collect_view()
    };
    let name = visit.staff.as_ref().map(|staff| staff.name.clone());
    view! {
        <nav class="side" id="side" popover="auto" aria-label=words.navigation>
            <Brand href="/admin"/>
            {links(&[Here::Dashboard, Here::Members])}
            <b>{words.programme}</b>
            {links(&[Here::Rules, Here::Benefits, Here::Rewards, Here::Redemptions, Here::Adjustments])}
            <b>{words.system}</b>
            {links(&[Here::Staff, Here::Keys, Here::Audit])}
            <div class="side-foot">
                <span class="mute small">{name}</span>
                <ThemeSwitch/>
                <div class="row">
                    <LanguageSwitch/>
                    <PostForm form=Form::of(StaffSignOut::PATH) class="inline"><Submit label=words.sign_out kind="small quiet"/></PostForm>
                </div>
            </div>
        </nav>
    }
}
