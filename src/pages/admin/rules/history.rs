//! Every version that was ever published: when, by whom, and what it changed.

use std::cmp::Ordering;

use laurel_domain::rules::rule_set::Timeline;
use leptos::prelude::*;

use crate::i18n::format;
use crate::islands::changed;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Chip, Markup};
use crate::pages::page;
use crate::server::auth::Permission;
use crate::server::http::Ask;
use crate::server::usecase::audit;
use crate::server::usecase::rules::{self, Version};

#[component]
pub fn RulesHistoryPage() -> impl IntoView {
    page(async {
        let (ask, _staff) = Ask::staff(Permission::Read)?;
        let history = rules::history(&ask.state.ledger).await?;
        let timeline = ask.state.ledger.timeline().await?;
        let names = audit::staff_names(ask.db()).await?;
        let t = ask.lang.console();
        let in_force = timeline.at(ask.now()).version;
        let versions = history.into_iter().map(|version| {
            let by = match version.published_by.strip_prefix("staff:").and_then(|id| names.get(id)) {
                Some(name) => name.clone(),
                None => t.by_laurel.to_owned(),
            };
            one(&ask, &timeline, version, by, in_force)
        });
        let versions = versions.collect_view();
        let head = move || view! { <a class="button small" href="/admin/rules">{t.back_to_editor}</a> };
        Ok(view! { <AdminPage title=t.history_title here=Here::Rules head><div class="narrow stack">{versions}</div></AdminPage> }.into_any())
    })
}

fn one(ask: &Ask, timeline: &Timeline, version: Version, by: String, in_force: u32) -> AnyView {
    let t = ask.lang.console();
    let published = format::date_time(ask.lang, ask.local(version.published_at));
    let sets = [timeline.version(version.version), timeline.version(version.version.saturating_sub(1))];
    let sets: Vec<_> = sets.into_iter().flatten().map(|rules| &rules.set).collect();
    let what = match version.version {
        1 => view! { <p class="mute">{t.first_version}</p> }.into_any(),
        _ => {
            let changes = ask.lang.changes(&version.changes, &sets);
            view! { <Markup content=vec![changed(ask.lang, changes)]/> }.into_any()
        }
    };
    let from = (t.in_force_from)(&format::date_time(ask.lang, ask.local(version.from)));
    let chip = match version.version.cmp(&in_force) {
        Ordering::Equal => view! { <Chip tone="good">{t.in_force}</Chip> }.into_any(),
        Ordering::Greater => view! { <Chip tone="warn">{t.scheduled_chip}</Chip> }.into_any(),
        Ordering::Less => ().into_any(),
    };
    // the first has been in force since ever
    let from = (version.version > 1).then(|| view! { " · "{from} });
    view! {
        <Card>
            <div class="spread version-head"><h2>{(t.version)(version.version)}</h2>{chip}</div>
            <p class="mute small version-by">{published}" · "{by}{from}</p>
            {what}
        </Card>
    }
    .into_any()
}
