//! The limit of what one person may adjust: what is in force, the wish for a looser one that waits, and what became of earlier ones.

use std::collections::HashMap;

use laurel_domain::ledger::adjustment::{AdjustmentState, Limit};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::called;
use crate::api::admin::ledger::{DecideLimitChange, SetAdjustLimit};
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Chip, Field, Form, Hidden, Notice, PostForm, Submit, Table, Tone};
use crate::server::web::RequestContext;
use laurel_engine::auth::{Permission, StaffSession};
use laurel_engine::store::ledger::adjust_limits::LimitChange;

#[derive(Clone)]
pub(super) struct Limits {
    pub now: Limit,
    pub waiting: Option<LimitChange>,
    pub decided: Vec<LimitChange>,
}

#[component]
pub(super) fn LimitCard(
    context: RequestContext,
    staff: StaffSession,
    names: HashMap<String, String>,
    limits: Limits,
) -> impl IntoView {
    let t = context.lang.adjust();
    let may_set = staff.role.may(Permission::ManageSettings);
    let now = limits.now;
    let waiting = limits.waiting.map(|change| {
        view! { <Waiting context=context.clone() staff names=names.clone() now change/> }
    });
    // one at a time; a stricter limit can be set meanwhile
    let form = may_set.then(|| view! { <SetForm lang=context.lang now/> });
    let decided = (!limits.decided.is_empty()).then(|| view! { <Decided context names rows=limits.decided/> });
    view! {
        <Card title=t.limit>
            <p>{(t.limit_now)(&format::points(now.points), now.hours)}</p>
            <p class="mute small">{t.limit_about}</p>
            {waiting}
            {form}
            {decided}
        </Card>
    }
}

#[component]
fn SetForm(lang: Lang, now: Limit) -> impl IntoView {
    let (t, form) = (lang.adjust(), Form::of(SetAdjustLimit::PATH));
    view! {
        <PostForm form>
            <Field form name="limit" label=t.limit_points hint=t.limit_hint value=now.points.to_string() inputmode="decimal" maxlength=20 required=true/>
            <Field form name="hours" label=t.limit_hours hint=t.limit_hours_hint value=now.hours.to_string() inputmode="numeric" maxlength=5 required=true/>
            <Field form name="reason" label=t.limit_reason hint=t.limit_reason_hint maxlength=500/>
            <Submit label=lang.common().save kind=""/>
        </PostForm>
    }
}

#[component]
fn Waiting(
    context: RequestContext,
    staff: StaffSession,
    names: HashMap<String, String>,
    now: Limit,
    change: LimitChange,
) -> impl IntoView {
    let t = context.lang.adjust();
    let told = |limit: Limit| (format::points(limit.points), limit.hours);
    let ((now, now_hours), (to, to_hours)) = (told(now), told(change.to));
    let reason = change.reason.clone();
    let asked = (t.limit_asked)(
        &called(&names, change.approval.made_by),
        &format::date_time(context.lang, context.local(change.approval.made_at)),
    );
    view! {
        <Notice tone=Tone::Warn>
            <b>{t.limit_states[0]}": "{(t.limit_waits)((&now, now_hours), (&to, to_hours))}</b>
            <br/>{asked}": "{reason}
        </Notice>
        <Choices lang=context.lang staff change/>
    }
}

#[component]
fn Choices(lang: Lang, staff: StaffSession, change: LimitChange) -> impl IntoView {
    let t = lang.adjust();
    let form = Form::of(DecideLimitChange::PATH);
    let id = change.id.to_string();
    let again = id.clone();
    if !staff.role.may(Permission::ManageSettings) {
        return view! { <p class="mute small">{t.for_others}</p> }.into_any();
    }
    if change.approval.made_by == staff.staff {
        return view! {
            <p class="mute small">{t.limit_own}</p>
            <PostForm form class="inline">
                <Hidden name="change" value=id/>
                <Submit label=t.withdraw kind="small" name="decision" value="withdraw"/>
            </PostForm>
        }
        .into_any();
    }
    view! {
        <div class="stack">
            <PostForm form class="inline">
                <Hidden name="change" value=again/>
                <Submit label=t.approve kind="small main" name="decision" value="approve"/>
            </PostForm>
            <details class="fold" open=form.is_refused()>
                <summary class="small">{t.reject}</summary>
                <PostForm form>
                    <Hidden name="change" value=id/>
                    <Field form name="objection" label=t.objection maxlength=500 required=true/>
                    <Submit label=t.reject kind="small danger" name="decision" value="reject"/>
                </PostForm>
            </details>
        </div>
    }
    .into_any()
}

#[component]
fn Decided(context: RequestContext, names: HashMap<String, String>, rows: Vec<LimitChange>) -> impl IntoView {
    let t = context.lang.adjust();
    let row = |row: LimitChange| {
        let tone = match row.approval.state {
            AdjustmentState::Posted => "good",
            AdjustmentState::Rejected => "bad",
            AdjustmentState::Proposed | AdjustmentState::Withdrawn => "",
        };
        let objection = row.approval.objection.clone().map(|objection| view! { <br/><small class="mute">{objection}</small> });
        view! {
            <tr>
                <td class="small nowrap">{row.approval.decided_at.map(|at| format::date_time(context.lang, context.local(at)))}</td>
                <th scope="row">{(t.limit_now_of)(&format::points(row.to.points), row.to.hours)}</th>
                <td>{row.reason}</td>
                <td>{called(&names, row.approval.made_by)}</td>
                <td>{row.approval.decided_by.map(|by| called(&names, by))}</td>
                <td><Chip tone>{t.limit_state(row.approval.state)}</Chip>{objection}</td>
            </tr>
        }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let head = vec![t.when, t.limit_column, t.reason, t.proposed_by, t.decided_by, t.state_label];
    view! { <h3>{t.limit_decided}</h3><Table label=t.limit_decided head>{rows}</Table> }
}
