//! The outbox: what waits, was sent, or failed and why. `?state=failed`; `page` and `back` are its pages, by keyset.

use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::mail::MailKind;
use laurel_engine::usecase::mail::desk::{Listed, MailState, of_member, outbox};
use laurel_engine::usecase::members::search::Counted;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::mail::SendMailAgain;
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::i18n::mail::desk::Subject;
use crate::pages::admin::list::{Beside, Column, ExportLink, ListTable, Pages, asked_place, filter};
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, Form, Hidden, Notice, PostForm, Submit, Table};
use crate::pages::page;
use crate::server::web::RequestContext;
use crate::server::web::csv::Cell;
use crate::server::web::news::topic;
use crate::server::web::paths::MAIL_CSV;
use crate::server::web::visit::Visit;

#[component]
pub fn MailPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageSettings)?;
        let t = context.lang.mail_desk();
        let from = asked_place(&context.visit, |id| id.parse().ok());
        let state = asked_mail(&context.visit);
        let found = outbox(&context.state.ledger, Authority::from(&staff), state, from).await?;
        let tab = |(one, count): (MailState, i64)| {
            let href = format!("/admin/mail?state={}", one.name());
            let label = format!("{} {}", t.states[one as usize], format::many(count));
            view! { <a href=href aria-current=(one == state).then_some("page")>{label}</a> }
        };
        let tabs = MailState::ALL.into_iter().zip(found.counts).map(tab).collect_view();
        let off = (!context.state.ledger.sends_mail()).then(|| view! { <Notice>{t.is_off}</Notice> });
        let (shown, beside) = (found.page.rows.len(), Beside::of(&found.page));
        let counted = found.counts.get(state as usize).map(|count| Counted::up_to_counted(*count));
        let list = match found.page.rows.is_empty() {
            true => view! { <EmptyState icon="mail" title=t.none[state as usize]/> }.into_any(),
            false => {
                let row = |listed| view! { <Row context=context.clone() listed/> };
                let rows = found.page.rows.into_iter().map(row).collect_view();
                let columns = t.columns.map(Column::plain).to_vec();
                view! { <ListTable label=t.title columns>{rows}</ListTable><Pages rows=shown beside counted/> }.into_any()
            }
        };
        let export = counted.filter(|_| shown > 0).map(|counted| {
            view! { <div class="list-foot"><ExportLink page="/admin/mail" file=MAIL_CSV counted/></div> }
        });
        Ok(view! {
            <AdminPage title=t.title here=Here::Mail>
                <p class="mute measure">{t.about}</p>
                {off}
                <nav class="tabs" aria-label=t.states_label>{tabs}</nav>
                {export}
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

/// What the address asks for: what waits, if it says nothing that there is.
pub fn asked_mail(visit: &Visit) -> MailState {
    filter(visit, "state").and_then(|name| MailState::named(&name)).unwrap_or(MailState::Waiting)
}

/// An e-mail of the list for a spreadsheet.
pub fn mail_cells(context: &RequestContext, one: &Listed) -> [Cell; 8] {
    let time = |at| Cell::text(context.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let maybe = |at: Option<_>| at.map_or_else(|| Cell::text(""), time);
    [
        time(one.made_at),
        Cell::text(subject(context, one.kind)),
        Cell::text(one.name.clone().unwrap_or_default()),
        Cell::text(context.lang.mail_desk().states[one.state as usize]),
        Cell::number(one.attempts),
        maybe(one.next_at.filter(|_| one.state == MailState::Waiting)),
        maybe(one.sent_at),
        Cell::text(one.fault.clone().unwrap_or_default()),
    ]
}

#[component]
fn Row(context: RequestContext, listed: Listed) -> impl IntoView {
    let t = context.lang.mail_desk();
    let to = match (listed.member, listed.name.clone()) {
        (Some(id), name) => {
            let name = name.unwrap_or_else(|| id.to_string());
            view! { <a href=format!("/admin/members/{id}?tab=mail")>{name}</a> }.into_any()
        }
        (None, Some(name)) => view! { {name} }.into_any(),
        (None, None) => view! { <span class="mute">{t.nobody}</span> }.into_any(),
    };
    let again = (listed.state != MailState::Sent).then(|| {
        view! {
            <PostForm form=Form::about(SendMailAgain::PATH, "id", &listed.id.to_string()) class="inline">
                <Hidden name="id" value=listed.id.to_string()/>
                <Submit label=t.send_again kind="small"/>
            </PostForm>
        }
    });
    view! {
        <tr>
            <td class="small nowrap card-more">{context.moment(listed.made_at)}</td>
            <th scope="row" class="card-name">{subject(&context, listed.kind)}</th>
            <td class="card-sum">{to}</td>
            <td class="card-wide"><StateOf context=context.clone() listed/></td>
            <td class="card-state">{again}</td>
        </tr>
    }
}

fn subject(context: &RequestContext, kind: MailKind) -> &'static str {
    let subject = match kind {
        MailKind::News(kind) => Subject::News(topic(kind)),
        MailKind::Activation => Subject::Activation,
        MailKind::Reset => Subject::Reset,
        MailKind::StaffInvitation => Subject::StaffInvitation,
        MailKind::StaffReset => Subject::StaffReset,
        MailKind::ConfirmEmail => Subject::ConfirmEmail,
        MailKind::EmailChanged => Subject::EmailChanged,
    };
    (context.lang.mail_desk().subject)(subject)
}

/// Where an e-mail is, when that was or will be, and why it is not further.
#[component]
fn StateOf(context: RequestContext, listed: Listed) -> impl IntoView {
    let t = context.lang.mail_desk();
    let tone = match listed.state {
        MailState::Waiting => "",
        MailState::Sent => "good",
        MailState::GivenUp => "bad",
    };
    let sent = listed.sent_at.map(|at| context.moment(at));
    let failed = listed.fault.is_some();
    let next = listed.next_at.filter(|_| failed).map(|at| (t.next_at)(&context.moment(at)));
    let attempts = failed.then(|| (t.attempts)(listed.attempts));
    let when: Vec<_> = [sent, attempts, next].into_iter().flatten().map(|text| view! { <span>{text}</span> }).collect();
    let fault = listed.fault.map(|fault| view! { <small class="mono">{fault}</small> });
    view! {
        <div class="row"><Chip tone>{t.states[listed.state as usize]}</Chip><small class="parts">{when}</small></div>
        {fault}
    }
}

/// A member's e-mails, for their file.
pub async fn tab(context: &RequestContext, member_no: i64) -> Result<AnyView, ApiError> {
    let t = context.lang.mail_desk();
    let listed = of_member(&context.state.ledger, member_no).await?;
    if listed.is_empty() {
        return Ok(view! { <EmptyState icon="mail" title=t.none_of_member/> }.into_any());
    }
    let row = |listed: Listed| {
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(context.lang, context.local(listed.made_at))}</td>
                <td>{subject(context, listed.kind)}</td>
                <td><StateOf context=context.clone() listed/></td>
            </tr>
        }
    };
    let rows = listed.into_iter().map(row).collect_view();
    Ok(view! { <Table label=t.title head=t.member_columns.to_vec()>{rows}</Table> }.into_any())
}
