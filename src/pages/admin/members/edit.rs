//! Changing what is known of a member: name, e-mail address, phone number and language.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::name_of;
use crate::api::admin::members::EditMember;
use crate::i18n::Lang;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Field, Form, FormGuard, Hidden, Notice, PostForm, Select, Submit};
use crate::pages::page;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::members::{address, view};

#[component]
pub fn EditMemberPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::EditMembers)?;
        let path = context.visit.path.split('?').next().unwrap_or_default();
        let id = path.rsplit('/').nth(1).and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let member = view::find(&context.state.ledger, By::Id(id)).await?.ok_or_else(|| errors::not_found(context.lang))?;
        let waits = address::waiting(context.db(), member.no).await?;
        let (t, console) = (context.lang.lists(), context.lang.console());
        let external_id = member.external_id.as_ref().map(|id| id.as_str().to_owned());
        let name = name_of(context.lang, member.name.clone(), &external_id);
        let (title, back) = ((t.edit_title)(&name), format!("/admin/members/{id}"));
        let above = vec![(name, back.clone())];
        let form = Form::of(EditMember::PATH);
        let locales = Lang::ALL.map(|lang| (lang.code().to_owned(), lang.name().to_owned()));
        let locales = [(String::new(), t.language_any.to_owned())].into_iter().chain(locales).collect::<Vec<_>>();
        let content = match member.erased_at {
            Some(_) => view! { <Notice>{context.lang.closing().is_closed}</Notice> }.into_any(),
            None => view! {
                <section class="card">
                    <p class="mute">{t.edit_about}</p>
                    <PostForm form>
                        <Hidden name="id" value=id.to_string()/>
                        <Field form name="name" label=console.name value=member.name.unwrap_or_default() maxlength=100 required=true autocomplete="off"/>
                        <Field form name="email" label=console.email hint=t.email_hint value=waits.or(member.email).unwrap_or_default() autocomplete="off"/>
                        <Field form name="phone" label=console.phone hint=t.phone_hint value=member.phone.unwrap_or_default() inputmode="tel" autocomplete="off"/>
                        <Select form name="locale" label=t.language options=locales value=member.locale.unwrap_or_default()/>
                        <FormGuard form/>
                        <div class="row">
                            <Submit label=context.lang.common().save/>
                            <a class="button" href=back.clone()>{context.lang.common().cancel}</a>
                        </div>
                    </PostForm>
                </section>
            }
            .into_any(),
        };
        Ok(view! { <AdminPage title here=Here::Members above><div class="stack narrow">{content}</div></AdminPage> }.into_any())
    })
}
