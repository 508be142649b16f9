//! The exact run that begins by itself: a piece of the lab's page, which `public/lab.js` puts beside the estimate while the run is
//! under way, and in its place once it is done. What it is stands in its `data-exact`.

use leptos::prelude::*;

use super::live::piece;
use super::result::{ResultOf, Whole};
use super::words;
use crate::i18n::{Lang, format};
use crate::pages::components::{Card, Hidden, Notice, ProgressBar};
use crate::server::web::RequestContext;
use crate::server::web::paths::LAB;
use laurel_engine::usecase::lab::Reckoned;
use laurel_engine::usecase::lab::runs::{Run, RunState};

/// What there is of it.
pub enum Exact {
    Nothing,
    TooLong { reckoned: Reckoned },
    Run(Box<Run>),
}

pub fn exact(context: &RequestContext, found: Exact) -> String {
    let context = context.clone();
    piece(move || {
        let lang = context.lang;
        match found {
            Exact::Nothing => view! { <div data-exact="none"></div> }.into_any(),
            Exact::TooLong { reckoned } => {
                let minutes = words::minutes(reckoned.seconds);
                let told =
                    (lang.lab().automatic_too_long)(&words::count(reckoned.events), &format::count(minutes), minutes == 1);
                view! { <div data-exact="over"><Notice>{told}</Notice></div> }.into_any()
            }
            Exact::Run(run) => match (run.state, run.report.clone()) {
                (RunState::Done, Some(report)) => {
                    view! { <div class="stack" data-exact="done"><Whole context run=*run report/></div> }.into_any()
                }
                (RunState::Waiting | RunState::Running, _) => {
                    view! { <div data-exact="open"><UnderWay lang run=*run/></div> }.into_any()
                }
                (RunState::Cancelled, _) => {
                    view! { <div data-exact="over"><Notice>{lang.lab().automatic_stopped}</Notice></div> }.into_any()
                }
                _ => view! { <div data-exact="over"><ResultOf context run=Some(*run)/></div> }.into_any(),
            },
        }
    })
}

#[component]
fn UnderWay(lang: Lang, run: Run) -> impl IntoView {
    let t = lang.lab();
    let told = match run.state {
        _ if run.is_stopping => t.automatic_stopping.to_owned(),
        RunState::Waiting => t.automatic_waiting.to_owned(),
        _ if run.is_reading => (t.reading)(&format::count(run.done), &format::count(run.total)),
        _ => (t.automatic_running)(&format::count(run.done), &format::count(run.total)),
    };
    let stop =
        (!run.is_stopping).then(|| view! { <button type="button" class="button small quiet" data-stop>{t.stop}</button> });
    view! {
        <Card class="lab-exact">
            <div class="spread"><p class="small">{told}</p>{stop}</div>
            <ProgressBar value=run.done most=run.total.max(1) label=t.progress/>
        </Card>
    }
}

/// Above the result of a run that began by itself: it is in the list only once it is kept.
#[component]
pub fn Keep(lang: Lang, run: Run) -> impl IntoView {
    let t = lang.lab();
    view! {
        <Card class="lab-exact">
            <form method="post" action=LAB class="spread">
                <p class="small">{t.automatic_done}</p>
                <Hidden name="run" value=run.id.to_string()/>
                <button class="button small" name="do" value="keep">{t.automatic_keep}</button>
            </form>
        </Card>
    }
}
