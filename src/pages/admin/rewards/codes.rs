//! The codes of a reward: `?state=free|held|given`, `?q=` a whole code, `sort=-code`; `page` and `back` are its pages, by keyset.

use laurel_domain::ids::RewardId;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{AdminPage, Here};
use crate::i18n::{Lang, format};
use crate::pages::admin::list::{
    Beside, Chosen, Column, ExportLink, FilterChips, FilterSelect, ListTable, Pages, ROWS, asked_place, filter,
};
use crate::pages::admin::rewards::redemptions::short;
use crate::pages::components::{Chip, EmptyState, Icon};
use crate::pages::page;
use crate::server::web::visit::Visit;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::keyset::Window;
use laurel_engine::store::rewards::code_list::{Code, CodeState};
use laurel_engine::usecase::members::search::Counted;
use laurel_engine::usecase::rewards::codes::{Wanted, list};

/// How much is shown of a code that nobody has seen.
const SHOWN: usize = 4;

/// What is shown of a code: one that nobody has seen yet is worth something to whoever reads it.
pub fn shown(code: &Code) -> String {
    if code.state == CodeState::Given {
        return code.code.clone();
    }
    let hidden = code.code.chars().count().saturating_sub(SHOWN);
    format!("…{}", code.code.chars().skip(hidden).collect::<String>())
}

/// What the address asks for. What it does not understand it ignores.
pub fn asked_codes(visit: &Visit) -> Wanted {
    Wanted {
        state: filter(visit, "state").and_then(|name| CodeState::named(&name)),
        code: filter(visit, "q"),
        page: Window {
            from: asked_place(visit, |code| Some(code.to_owned())),
            ascending: filter(visit, "sort").as_deref() != Some("-code"),
            most: usize::try_from(ROWS).unwrap_or(1),
        },
    }
}

#[component]
pub fn RewardCodesPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::ManageRewards)?;
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let wanted = asked_codes(&context.visit);
        let found = list(&context.state.ledger, Authority::from(&staff), id, wanted.clone()).await?;
        let (lang, t) = (context.lang, context.lang.reward_desk());
        let (shown, beside, counted) = (found.page.rows.len(), Beside::of(&found.page), found.counted);
        let is_filtered = wanted.state.is_some() || wanted.code.is_some();
        let content = match (shown, is_filtered) {
            (0, false) => view! { <EmptyState icon="list" title=t.no_codes/> }.into_any(),
            (0, true) => {
                let (title, all) = (lang.lists().nothing_found, format!("/admin/rewards/{id}/codes"));
                view! { <EmptyState icon="search" title><a href=all>{lang.console().clear_filter}</a></EmptyState> }.into_any()
            }
            _ => {
                let row = |code| view! { <Row context=context.clone() code/> };
                let rows = found.page.rows.into_iter().map(row).collect_view();
                let [code, state, added, redemption, given] = t.code_columns;
                let columns = vec![
                    Column::rising(code, "code"),
                    Column::plain(state),
                    Column::plain(added),
                    Column::plain(redemption),
                    Column::plain(given),
                ];
                let sorted = if wanted.page.ascending { "code" } else { "-code" };
                view! {
                    <ListTable label=t.codes columns sorted is_flat=true>{rows}</ListTable>
                    <Pages rows=shown beside counted=Some(counted)/>
                }
                .into_any()
            }
        };
        let name = lang.of(&found.reward.terms.name).to_owned();
        let head = move || view! { <a class="button small" href=format!("/admin/rewards/{id}")>{name}</a> };
        Ok(view! {
            <AdminPage title=t.codes here=Here::Rewards head>
                <p class="mute measure" id="find-code-about">{t.find_code_about}</p>
                <Filters lang wanted=wanted.clone()/>
                <ChosenOnes lang id wanted counted/>
                {content}
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Filters(lang: Lang, wanted: Wanted) -> impl IntoView {
    let (t, common) = (lang.reward_desk(), lang.common());
    let states = CodeState::ALL.map(|state| (state.name().to_owned(), state_word(lang, state).to_owned()));
    let sort = (!wanted.page.ascending).then(|| view! { <input type="hidden" name="sort" value="-code"/> });
    view! {
        <form class="filters" method="get" role="search">
            <div class="field grow">
                <label for="filter-q">{t.find_code}</label>
                <input type="search" id="filter-q" name="q" value=wanted.code maxlength="100" autocomplete="off"
                    aria-describedby="find-code-about" aria-keyshortcuts="/" data-search=""/>
            </div>
            <FilterSelect name="state" label=lang.console().state_label any=common.all options=states.to_vec()
                chosen=wanted.state.map(|state| state.name().to_owned())/>
            {sort}
            <button class="button"><Icon name="search"/>{common.search}</button>
        </form>
    }
}

#[component]
fn ChosenOnes(lang: Lang, id: RewardId, wanted: Wanted, counted: Counted) -> impl IntoView {
    let t = lang.reward_desk();
    let text = wanted.code.map(|code| ("q", t.find_code, code));
    let state = wanted.state.map(|state| ("state", lang.console().state_label, state_word(lang, state).to_owned()));
    let chosen: Vec<Chosen> = [text, state].into_iter().flatten().collect();
    let page = format!("/admin/rewards/{id}/codes");
    let file = format!("{page}.csv");
    view! { <div class="list-foot"><FilterChips chosen/><ExportLink page file counted/></div> }
}

fn state_word(lang: Lang, state: CodeState) -> &'static str {
    lang.reward_desk().code_states[state as usize]
}

#[component]
fn Row(context: RequestContext, code: Code) -> impl IntoView {
    let tone = match code.state {
        CodeState::Free => "good",
        CodeState::Held => "warn",
        CodeState::Given => "",
    };
    let redemption = code.redemption.map(|id| {
        let id = id.to_string();
        view! { <a class="mono" href=format!("/admin/redemptions/{id}") title=id.clone()>{short(&id)}</a> }
    });
    let time = |at| format::date_time(context.lang, context.local(at));
    view! {
        <tr>
            <th scope="row" class="mono card-name">{shown(&code)}</th>
            <td class="card-sum"><Chip tone>{state_word(context.lang, code.state)}</Chip></td>
            <td class="small nowrap card-more">{time(code.added_at)}</td>
            <td class="card-state">{redemption}</td>
            <td class="small nowrap">{code.given_at.map(time)}</td>
        </tr>
    }
}
