//! A member's inbox, newest first; the place in it is in the URL: `?before=<microseconds>.<about>`.

use jiff::Timestamp;
use laurel_engine::usecase::notifications::News;
use laurel_engine::usecase::notifications::inbox::{Before, Notice, inbox};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::notifications::{OpenNotification, ReadAllNotifications};
use crate::pages::components::{EmptyState, Form, Hidden, Icon, PostForm, Submit, kind_icon, tier_class};
use crate::pages::page;
use crate::pages::portal::PortalPage;
use crate::server::web::RequestContext;
use crate::server::web::news::{Said, said};

#[component]
pub fn NotificationsPage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.notifications();
        let before = context.visit.query("before").and_then(|place| place_of(&place));
        let is_first = before.is_none();
        let found = inbox(context.db(), &session, before).await?;
        let older = found.next.map(|next| {
            let place = format!("{}.{}", next.at.as_microsecond(), next.about);
            let place: String = form_urlencoded::byte_serialize(place.as_bytes()).collect();
            view! { <a class="button" rel="next" href=format!("/notifications?before={place}")>{t.older}</a> }
        });
        let newest = (!is_first).then(|| view! { <a class="button" rel="first" href="/notifications">{t.newest}</a> });
        let read_all = (session.unread > 0).then(|| {
            view! { <PostForm form=Form::of(ReadAllNotifications::PATH) class="inline"><Submit label=t.read_all kind="small"/></PostForm> }
        });
        let list = match found.notices.is_empty() {
            true => view! { <EmptyState icon="bell" title=t.none><p>{t.none_about}</p></EmptyState> }.into_any(),
            false => {
                let row = |notice| view! { <Row context=context.clone() notice/> };
                let rows = found.notices.into_iter().map(row).collect_view();
                view! { <ul class="list notices">{rows}</ul> }.into_any()
            }
        };
        Ok(view! {
            <PortalPage title=t.title here=None>
                <div class="narrow">
                    <p class="mute page-about">{t.about}</p>
                    {read_all}
                    {list}
                    <div class="pager">{newest}{older}</div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

fn place_of(text: &str) -> Option<Before> {
    let (at, about) = text.split_once('.')?;
    Some(Before { at: Timestamp::from_microsecond(at.parse().ok()?).ok()?, about: about.to_owned() })
}

/// Opening one marks it as read, so its way on is a form.
#[component]
fn Row(context: RequestContext, notice: Notice) -> impl IntoView {
    let t = context.lang.notifications();
    let Said { title, text, link, .. } = said(context.lang, context.today(), &notice.news, notice.text.as_ref());
    let (icon, tier) = picture(&notice.news);
    let unread = (!notice.is_read).then(|| view! { <span class="dot"><span class="unseen">{t.unread}</span></span> });
    let at = context.moment(notice.at);
    let form = Form::about(OpenNotification::PATH, "about", &notice.about);
    view! {
        <li class:unread=!notice.is_read>
            <span class=format!("tile {tier}")><Icon name=icon/></span>
            <div>
                <p class="notice-title">{unread}<b>{title}</b></p>
                <p class="mute small">{text}</p>
                <div class="notice-foot">
                    <small class="mute">{at}</small>
                    <PostForm form class="inline">
                        <Hidden name="about" value=notice.about/>
                        <Submit label=link kind="link"/>
                    </PostForm>
                </div>
            </div>
        </li>
    }
}

fn picture(news: &News) -> (&'static str, String) {
    match news {
        News::Tier { rank, .. } => ("star", tier_class(*rank)),
        News::Expiring { .. } => ("clock", String::new()),
        News::Redemption { of, .. } => (kind_icon(*of), String::new()),
        News::Adjustment { points, .. } => (if points.is_negative() { "minus" } else { "plus" }, String::new()),
        News::Rules { .. } => ("rules", String::new()),
    }
}
