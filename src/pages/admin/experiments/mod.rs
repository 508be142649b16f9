//! Experiments: the list, a new one out of the draft of the rules, and one with its groups and results.

mod new;
mod one;
mod results;

use leptos::prelude::*;

use super::list::{Column, ListTable};
use super::{AdminPage, Here};
use crate::i18n::Lang;
use crate::pages::components::{Chip, EmptyState};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_domain::ids::ExperimentId;
use laurel_domain::rules::experiment::{Group, percent};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rules::experiments::{self, EndedEarly, Experiment, State};

pub use new::NewExperimentPage;
pub use one::ExperimentPage;

const LIST: &str = "/admin/experiments";
const NEW: &str = "/admin/experiments/new";

/// Where an experiment is shown.
pub(in crate::pages::admin) fn experiment_path(id: ExperimentId) -> String {
    format!("{LIST}/{id}")
}

pub(in crate::pages::admin) fn group_name(lang: Lang, group: Group) -> &'static str {
    lang.experiments().groups[group as usize]
}

#[component]
pub fn ExperimentsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let (t, now) = (context.lang.experiments(), context.now());
        let all = experiments::list(&context.state.ledger).await?;
        let may_start = staff.role.may(Permission::ManageRules) && all.iter().all(|one| !one.is_on(now));
        let head = move || may_start.then(|| view! { <a class="button main small" href=NEW>{t.new}</a> });
        let row = |one: Experiment| {
            let split = &one.split;
            let shares = Group::ALL.into_iter().filter(|group| split.share(*group) > 0);
            let shares = shares.map(|group| format!("{} {}%", group_name(context.lang, group), percent(split.share(group))));
            let shares: Vec<String> = shares.collect();
            view! {
                <tr>
                    <th scope="row" class="card-name wraps"><a href=experiment_path(one.id)>{one.name.clone()}</a></th>
                    <td class="card-sum"><StateChip lang=context.lang state=one.state(now)/></td>
                    <td class="card-wide">{(t.from_until)(&context.moment(one.starts_at), &context.moment(one.ends_at))}</td>
                    <td class="small card-more">{shares.join(" · ")}</td>
                </tr>
            }
        };
        let list = match all.is_empty() {
            true => view! { <EmptyState icon="tool" title=t.none><p>{t.none_about}</p></EmptyState> }.into_any(),
            false => {
                let rows = all.into_iter().map(row).collect_view();
                view! { <ListTable label=t.title columns=t.list_columns.map(Column::plain).to_vec()>{rows}</ListTable> }
                    .into_any()
            }
        };
        Ok(view! {
            <AdminPage title=t.title here=Here::Experiments head>
                <p class="mute measure">{t.about}</p>
                {list}
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn StateChip(lang: Lang, state: State) -> impl IntoView {
    let (at, tone) = match state {
        State::Scheduled => (0, "warn"),
        State::Running => (1, "good"),
        State::Over => (2, ""),
        State::Early(EndedEarly::Stopped) => (3, ""),
        State::Early(EndedEarly::Adopted) => (4, ""),
        State::Early(EndedEarly::Withdrawn) => (5, ""),
    };
    view! { <Chip tone>{lang.experiments().states[at]}</Chip> }
}
