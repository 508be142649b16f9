//! What the staff can do to a member besides adjusting points, as far as their role goes.

use laurel_domain::member::Status;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::members::{InviteMember, SuspendMember};
use crate::pages::components::{Card, Field, Form, Hidden, PostForm, Submit};
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, Role};
use laurel_engine::usecase::members::search::File;

#[component]
pub fn Actions(context: RequestContext, file: File, role: Role) -> impl IntoView {
    let t = context.lang.console();
    let id = file.view.id.clone();
    let is_open = file.view.status != Status::Closed;
    let (is_suspended, is_in) = (file.view.status == Status::Suspended, file.sign_in_name.is_some());
    let invite = (is_open && role.may(Permission::SendActivation)).then(|| {
        let (label, about) =
            if is_in { (t.send_reset, t.send_reset_about) } else { (t.send_activation, t.send_activation_about) };
        let id = id.clone();
        view! {
            <PostForm form=Form::of(InviteMember::PATH)>
                <p class="mute small">{about}</p>
                <Hidden name="id" value=id/>
                <Submit label kind=""/>
            </PostForm>
        }
    });
    let suspend = (is_open && role.may(Permission::SuspendMembers)).then(|| {
        let (label, about, to, kind) = match is_suspended {
            true => (t.reactivate, t.reactivate_about, "no", ""),
            false => (t.suspend, t.suspend_about, "yes", "danger"),
        };
        let l = context.lang.lists();
        let reasons = if is_suspended { l.reactivate_reasons.to_vec() } else { l.suspend_reasons.to_vec() };
        let form = Form::of(SuspendMember::PATH);
        view! {
            <details class="ask" open=form.is_refused()>
                <summary class=format!("button {kind}")>{label}"…"</summary>
                <div class="card">
                    <PostForm form>
                        <p class="mute small">{about}</p>
                        <Hidden name="id" value=id/>
                        <Hidden name="suspended" value=to/>
                        <Field form name="reason" label=l.reason hint=l.reason_hint maxlength=500 required=true suggestions=reasons/>
                        <Submit label kind/>
                    </PostForm>
                </div>
            </details>
        }
    });
    (invite.is_some() || suspend.is_some()).then(|| view! { <Card title=t.actions class="actions">{invite}{suspend}</Card> })
}
