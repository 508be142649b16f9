//! What a new programme needs first. Each step ticks itself off; when all are done they are gone.

use leptos::prelude::*;

use crate::i18n::Lang;
use crate::pages::components::Icon;
use laurel_engine::auth::{Permission, Role};
use laurel_engine::usecase::programme::overview::Steps;

#[component]
pub fn FirstSteps(lang: Lang, steps: Steps, role: Role) -> impl IntoView {
    let t = lang.dashboard();
    let all = [
        (true, t.step_founded, "", None),
        (steps.has_rules, t.step_rules, t.step_rules_about, Some(("/admin/rules/draft", Permission::ManageRules))),
        (steps.has_key, t.step_key, t.step_key_about, Some(("/admin/keys", Permission::ManageKeys))),
        (steps.has_event, t.step_event, t.step_event_about, None),
        (steps.has_reward, t.step_reward, t.step_reward_about, Some(("/admin/rewards/new", Permission::ManageRewards))),
    ];
    let done = all.iter().filter(|(is_done, ..)| *is_done).count();
    let number = all.len();
    let step = |(is_done, title, about, way): (bool, &'static str, &'static str, Option<(&'static str, Permission)>)| {
        let title = match way.filter(|(_, permission)| !is_done && role.may(*permission)) {
            Some((href, _)) => view! { <a href=href>{title}</a> }.into_any(),
            None => title.into_any(),
        };
        let (class, mark) = if is_done {
            ("done", view! { <Icon name="check"/><span class="unseen">{t.step_done}</span> }.into_any())
        } else {
            ("ahead", ().into_any())
        };
        let about = (!is_done && !about.is_empty()).then(|| view! { <small>{about}</small> });
        view! { <li class=class><span class="step-mark">{mark}</span><div>{title}{about}</div></li> }
    };
    view! {
        <section class="card first-steps">
            <div class="section-head"><h2>{t.steps}</h2><span class="mute small">{(t.steps_about)(done, number)}</span></div>
            <ol>{all.map(step).collect_view()}</ol>
        </section>
    }
}
