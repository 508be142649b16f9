//! What the staff has noted about a member, and the line to note more.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::members::notes::{AddNote, RemoveNote};
use crate::pages::components::{Card, Form, Hidden, PostForm, Submit, TextArea};
use crate::server::web::RequestContext;
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::store::members::notes::{Note, NoteKind};
use laurel_engine::usecase::members::notes::may_remove;
use laurel_engine::usecase::members::search::File;

#[component]
pub fn Notes(context: RequestContext, file: File, notes: Vec<Note>, staff: StaffSession) -> impl IntoView {
    let t = context.lang.lists();
    let id = file.view.id.clone();
    let may_write = staff.role.may(Permission::EditMembers) && file.member.erased_at.is_none();
    let add = may_write.then(|| {
        let (form, id) = (Form::of(AddNote::PATH), id.clone());
        view! {
            <PostForm form>
                <Hidden name="id" value=id/>
                <TextArea form name="text" label=t.note rows=2 maxlength=500 required=true/>
                <Submit label=t.add_note kind=""/>
            </PostForm>
        }
    });
    let empty = notes.is_empty().then(|| view! { <p class="mute small">{t.no_notes}</p> });
    let one = |note: Note| {
        let remove = (may_write && may_remove(Authority::from(&staff), &note)).then(|| {
            view! { <Remove context=context.clone() member=id.clone() note=note.id.to_string()/> }
        });
        let kind = match note.kind {
            NoteKind::Note => None,
            NoteKind::Suspended => Some(view! { <b class="down">{t.was_suspended}</b> }.into_any()),
            NoteKind::Reactivated => Some(view! { <b class="up">{t.was_reactivated}</b> }.into_any()),
        };
        let who = note.author.clone().unwrap_or_else(|| context.lang.console().actor_named("command_line").to_owned());
        view! {
            <li>
                <p>{kind.map(|kind| view! { {kind}" · " })}{note.text}</p>
                <small class="mute"><time datetime=note.made_at.to_string()>{context.moment(note.made_at)}</time>" · "{who}</small>
                {remove}
            </li>
        }
    };
    let list = (!notes.is_empty()).then(|| view! { <ul class="notes">{notes.into_iter().map(one).collect_view()}</ul> });
    view! { <Card title=t.notes>{list}{empty}{add}</Card> }
}

/// Asks first: after a day it is gone for good.
#[component]
fn Remove(context: RequestContext, member: String, note: String) -> impl IntoView {
    let t = context.lang.lists();
    view! {
        <details class="ask">
            <summary class="button small quiet">{t.remove_note}</summary>
            <div class="card">
                <p>{t.remove_note_sure}</p>
                <PostForm form=Form::about(RemoveNote::PATH, "note", &note) class="inline">
                    <Hidden name="id" value=member/>
                    <Hidden name="note" value=note.clone()/>
                    <Submit label=t.remove_note kind="danger small"/>
                </PostForm>
            </div>
        </details>
    }
}
