//! What stands around every page of the console: navigation at the side; where one is, the page's title and its actions on top.

use leptos::prelude::*;

use super::keys::Dialogs;
use super::side::Side;
use crate::i18n::admin::Admin;
use crate::pages::components::{FlashNotice, Icon, PageTitle};
use crate::server::web::visit::Visit;
use laurel_engine::auth::Permission;

/// Where in the console a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Dashboard,
    Members,
    Rules,
    Lab,
    Experiments,
    Benefits,
    Till,
    Rewards,
    Redemptions,
    Adjustments,
    Staff,
    Keys,
    Refused,
    Mail,
    Transfers,
    Audit,
    Settings,
}

impl Here {
    pub const ALL: [Here; 17] = [
        Here::Dashboard,
        Here::Members,
        Here::Rules,
        Here::Lab,
        Here::Experiments,
        Here::Benefits,
        Here::Till,
        Here::Rewards,
        Here::Redemptions,
        Here::Adjustments,
        Here::Staff,
        Here::Keys,
        Here::Refused,
        Here::Mail,
        Here::Transfers,
        Here::Audit,
        Here::Settings,
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
            Here::Lab => "/admin/lab",
            Here::Experiments => "/admin/experiments",
            Here::Benefits => "/admin/benefits",
            Here::Till => "/admin/till",
            Here::Rewards => "/admin/rewards",
            Here::Redemptions => "/admin/redemptions",
            Here::Adjustments => "/admin/adjustments",
            Here::Staff => "/admin/staff",
            Here::Keys => "/admin/keys",
            Here::Refused => "/admin/refused",
            Here::Mail => "/admin/mail",
            Here::Transfers => "/admin/imports",
            Here::Audit => "/admin/audit",
            Here::Settings => "/admin/settings",
        }
    }

    pub const fn label(self, words: &Admin) -> &'static str {
        match self {
            Here::Dashboard => words.dashboard,
            Here::Members => words.members,
            Here::Rules => words.rules,
            Here::Lab => words.lab,
            Here::Experiments => words.experiments,
            Here::Benefits => words.benefits,
            Here::Till => words.till,
            Here::Rewards => words.rewards,
            Here::Redemptions => words.redemptions,
            Here::Adjustments => words.adjustments,
            Here::Staff => words.staff,
            Here::Keys => words.keys,
            Here::Refused => words.refused,
            Here::Mail => words.mail,
            Here::Transfers => words.transfers,
            Here::Audit => words.audit,
            Here::Settings => words.settings,
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Here::Dashboard => "chart",
            Here::Members => "people",
            Here::Rules => "rules",
            Here::Lab => "tool",
            Here::Experiments => "flask",
            Here::Benefits => "star",
            Here::Till => "qr",
            Here::Rewards => "gift",
            Here::Redemptions => "cash",
            Here::Adjustments => "shield",
            Here::Staff => "person",
            Here::Keys => "key",
            Here::Refused => "alert",
            Here::Mail => "mail",
            Here::Transfers => "upload",
            Here::Audit => "list",
            Here::Settings => "settings",
        }
    }

    /// Who may not open a page is not led there.
    pub const fn permission(self) -> Permission {
        match self {
            Here::Till => Permission::UseBenefits,
            Here::Staff => Permission::ManageStaff,
            Here::Keys => Permission::ManageKeys,
            Here::Transfers => Permission::ImportMembers,
            Here::Mail | Here::Settings => Permission::ManageSettings,
            _ => Permission::Read,
        }
    }
}

/// `head`: chips and actions beside the title. `above`: pages between the part of the console and this one, by name and path.
#[component]
pub fn AdminPage(
    #[prop(into)] title: String,
    #[prop(into)] here: Option<Here>,
    #[prop(optional, into)] head: ViewFnOnce,
    #[prop(optional)] above: Vec<(String, String)>,
    children: Children,
) -> impl IntoView {
    let visit = Visit::current();
    let words = visit.lang;
    let content = children();
    let crumbs = crumbs(here, above, &visit);
    view! {
        <PageTitle text=title.clone()/>
        <a class="skip" href="#content">{words.common().skip_to_content}</a>
        <div class="console">
            <Side here/>
            <div class="console-page">
                <header class="console-head">
                    <button class="button small quiet phone-only" popovertarget="side" aria-label=words.common().menu><Icon name="menu"/></button>
                    <div class="console-title">{crumbs}<h1>{title}</h1></div>
                    <div class="console-actions">{head.run()}</div>
                </header>
                <main id="content">
                    <FlashNotice/>
                    {content}
                </main>
            </div>
        </div>
        <Dialogs/>
    }
}

/// The way back up; nothing on the page that its part of the console begins with.
fn crumbs(here: Option<Here>, above: Vec<(String, String)>, visit: &Visit) -> Option<AnyView> {
    let words = visit.lang.admin();
    let path = visit.path.split('?').next().unwrap_or_default();
    let root = here.filter(|here| here.path() != path)?;
    let root = (root.label(words).to_owned(), root.path().to_owned());
    let link = |(name, href): (String, String)| view! { <li><a href=href>{name}</a></li> };
    let links = std::iter::once(root).chain(above).map(link).collect_view();
    Some(view! { <nav class="crumbs" aria-label=words.crumbs><ol>{links}</ol></nav> }.into_any())
}
