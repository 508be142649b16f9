//! The estimate of what is typed: a piece of the lab's page, which `public/lab.js` puts in its place.

use laurel_domain::lab::report::Report;
use laurel_domain::rules::changes::Change;
use laurel_domain::rules::rule_set::RuleSet;
use leptos::prelude::*;

use super::drawn::Drawn;
use super::result::AsOf;
use crate::api_error::ApiError;
use crate::islands::changed;
use crate::pages::components::{Card, Markup, field_id};
use crate::server::web::RequestContext;

/// `changes`: what the draft says otherwise than the rules in force.
pub fn estimated(context: &RequestContext, changes: &[Change], sets: [&RuleSet; 2], report: Report) -> String {
    let (context, t) = (context.clone(), context.lang.lab());
    let changes = context.lang.changes(changes, &sets);
    piece(move || {
        view! {
            <Card title=t.changes><Markup content=vec![changed(context.lang, changes)]/></Card>
            <Drawn context=context.clone() report=report.clone() run=None/>
            <AsOf context report/>
        }
        .into_any()
    })
}

/// What keeps the draft from being estimated. Each leads to its field, before which the browser puts what that is called.
pub fn at_fault(context: &RequestContext, error: &ApiError) -> String {
    let t = context.lang.lab();
    let faults = error.fields.clone();
    piece(move || {
        let fault = |fault: crate::api_error::FieldError| {
            view! { <li><a href=format!("#{}", field_id(&fault.field))>{fault.message}</a></li> }
        };
        let faults = faults.into_iter().map(fault).collect_view();
        view! { <div class="notice bad"><p>{t.live_faults}</p><ul>{faults}</ul></div> }.into_any()
    })
}

pub(super) fn piece(view: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| view().to_html())
}
