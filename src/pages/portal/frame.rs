//! What stands around every page of the portal: navigation at the bottom of a phone, on top of a desk.

use leptos::prelude::*;

use crate::i18n::portal::Portal;
use crate::pages::components::{Brand, FlashNotice, Icon, LanguageSwitch, PageTitle};
use crate::server::web::visit::Visit;

/// Where in the portal a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Home,
    Activity,
    Rewards,
    Benefits,
    Me,
}

impl Here {
    const ALL: [Here; 5] = [Here::Home, Here::Activity, Here::Rewards, Here::Benefits, Here::Me];

    /// The part that an address belongs to, if there is one.
    pub fn of(path: &str) -> Option<Here> {
        match path.split('/').nth(1) {
            Some("activity" | "statement") => Some(Here::Activity),
            Some("rewards" | "redeem" | "redemptions") => Some(Here::Rewards),
            Some("benefits" | "tiers") => Some(Here::Benefits),
            Some("profile" | "invite" | "card") => Some(Here::Me),
            _ => None,
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Here::Home => "/",
            Here::Activity => "/activity",
            Here::Rewards => "/rewards",
            Here::Benefits => "/benefits",
            Here::Me => "/profile",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Here::Home => "leaf",
            Here::Activity => "clock",
            Here::Rewards => "gift",
            Here::Benefits => "star",
            Here::Me => "person",
        }
    }

    const fn label(self, words: &Portal) -> &'static str {
        match self {
            Here::Home => words.home,
            Here::Activity => words.activity,
            Here::Rewards => words.rewards,
            Here::Benefits => words.benefits,
            Here::Me => words.me,
        }
    }
}

/// `plain_title`: the heading is there for those who hear the page, where the page shows something larger instead.
#[component]
pub fn PortalPage(
    #[prop(into)] title: String,
    #[prop(into)] here: Option<Here>,
    #[prop(optional)] plain_title: bool,
    children: Children,
) -> impl IntoView {
    let words = Visit::current().lang.common();
    let content = children();
    let heading = if plain_title { "unseen" } else { "page-title" };
    view! {
        <PageTitle text=title.clone()/>
        <a class="skip" href="#content">{words.skip_to_content}</a>
        <header class="portal-top">
            <div class="portal-top-inner">
                <Brand href="/"/>
                <Navigation here/>
                <div class="portal-top-end"><Bell/><LanguageSwitch/></div>
            </div>
        </header>
        <main id="content" class="portal">
            <h1 class=heading>{title}</h1>
            <FlashNotice/>
            {content}
        </main>
    }
}

/// The way to the notifications, with how many are unread: the session that brought the member here knows.
#[component]
fn Bell() -> impl IntoView {
    let visit = Visit::current();
    let t = visit.lang.notifications();
    let is_here = visit.path.split('?').next() == Some("/notifications");
    visit.member.as_ref().map(|session| {
        let count =
            (session.unread > 0).then(|| view! { <span class="bell-count" aria-hidden="true">{few(session.unread)}</span> });
        view! {
            <a class="bell" href="/notifications" aria-label=(t.bell)(session.unread) aria-current=is_here.then_some("page")>
                <Icon name="bell"/>{count}
            </a>
        }
    })
}

/// More than fit into a dot are just many.
fn few(unread: i64) -> String {
    if unread > 99 { "99+".to_owned() } else { unread.to_string() }
}

#[component]
fn Navigation(here: Option<Here>) -> impl IntoView {
    let words = Visit::current().lang.portal();
    let links = Here::ALL.map(|place| {
        let current = (Some(place) == here).then_some("page");
        view! { <a href=place.path() aria-current=current><Icon name=place.icon()/><span>{place.label(words)}</span></a> }
    });
    view! { <nav class="portal-nav" aria-label=words.navigation>{links.collect_view()}</nav> }
}
