//! Closing a member's account: what it comes to, and the last question; and erasing who a closed member was.

use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::name_of;
use crate::api::admin::members::closing::{CloseMember, EraseMember};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::closing::WhatClosingDoes;
use crate::pages::components::{Card, CheckBox, Form, Hidden, Notice, PostForm, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Permission, Role};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::close::preview;
use laurel_engine::usecase::members::search::File;
use laurel_engine::usecase::members::view;

#[component]
pub fn CloseMemberPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::CloseMembers)?;
        let (ledger, lang, t) = (&context.state.ledger, context.lang, context.lang.closing());
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').nth(1).and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let member = view::find(ledger, By::Id(id)).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let external_id = member.external_id.as_ref().map(|id| id.as_str().to_owned());
        let title = (t.close_of)(&name_of(lang, member.name.clone(), &external_id));
        let content = match member.status {
            Status::Closed => view! { <Notice>{t.is_closed}</Notice> }.into_any(),
            Status::Active | Status::Suspended => {
                let preview = preview(ledger, member.no).await?;
                let form = Form::of(CloseMember::PATH);
                let confirm = preview.waits.is_empty().then(|| {
                    view! {
                        <PostForm form>
                            <Hidden name="id" value=id.to_string()/>
                            <Hidden name="removes" value=preview.removes.to_string()/>
                            <CheckBox form name="sure" label=t.sure/>
                            <Submit label=t.close kind="danger"/>
                        </PostForm>
                    }
                });
                view! { <Card><WhatClosingDoes context=context.clone() preview=preview.clone()/>{confirm}</Card> }.into_any()
            }
        };
        Ok(view! {
            <AdminPage title here=Here::Members>
                <div class="stack narrow">{content}<p><a href=format!("/admin/members/{id}")>{lang.common().back}</a></p></div>
            </AdminPage>
        }
        .into_any())
    })
}

/// On the member's page: the way to closing, then to erasing, as far as the role goes.
#[component]
pub fn Leaving(context: RequestContext, file: File, role: Role) -> impl IntoView {
    let t = context.lang.closing();
    let id = file.view.id.clone();
    let is_closed = file.view.status == Status::Closed;
    let close = (!is_closed && role.may(Permission::CloseMembers)).then(|| {
        let href = format!("/admin/members/{id}/close");
        view! { <Card title=t.close><p class="mute small">{t.close_about}</p><p><a class="button danger" href=href>{t.go_to_close}</a></p></Card> }
    });
    let can_erase = is_closed && file.member.erased_at.is_none() && role.may(Permission::EraseMembers);
    let erase = can_erase.then(|| {
        let form = Form::of(EraseMember::PATH);
        view! {
            <Card title=t.erase>
                <PostForm form>
                    <p class="mute small">{t.erase_about}</p>
                    <Hidden name="id" value=id.clone()/>
                    <CheckBox form name="sure" label=t.erase_sure/>
                    <Submit label=t.erase_now kind="danger"/>
                </PostForm>
            </Card>
        }
    });
    view! { {close}{erase} }
}
