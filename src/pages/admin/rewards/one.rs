//! One reward: its terms, what there is of it, and the way out of use.

use laurel_domain::rewards::reward::{Reward, Supply};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::form::TermsFields;
use super::picture::Picture;
use super::preview::{MARK, Preview, PreviewButton};
use super::supply::{Codes, Stock};
use super::{AdminPage, Here, Standing, tiers};
use crate::api::admin::rewards::{EditReward, RetireReward};
use crate::i18n::Lang;
use crate::pages::components::{Card, Form, FormGuard, Hidden, PostForm, Shown, Submit};
use crate::pages::page;
use crate::pages::portal::rewards::conditions;
use crate::server::web::{RequestContext, errors};
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rewards::edit;

#[component]
pub fn RewardPage() -> impl IntoView {
    let id = use_params_map().read_untracked().get("id");
    page(async move {
        let (context, staff) = RequestContext::staff(Permission::Read)?;
        let id = id.and_then(|id| id.parse().ok()).ok_or_else(|| errors::not_found(context.lang))?;
        let file = edit::file(&context.state.ledger, id).await?;
        let rules = context.state.ledger.rulebook().await?.general().at(context.now()).clone();
        let may_edit = staff.role.may(Permission::ManageRewards);
        let (t, reward) = (context.lang.reward_desk(), file.reward.clone());
        let terms = match may_edit {
            true => {
                let tiers = tiers(context.lang, &rules);
                view! { <Terms lang=context.lang reward=reward.clone() tiers/> }.into_any()
            }
            false => {
                let about = context.lang.of(&reward.terms.about).to_owned();
                let conditions = conditions(&context, &rules, &reward).join(" · ");
                view! { <Card title=t.supplies[reward.supply as usize]><p>{about}</p><p class="mute">{conditions}</p></Card> }
                    .into_any()
            }
        };
        let left = match reward.supply {
            Supply::Stock => view! { <Stock context=context.clone() file=file.clone() may_edit/> }.into_any(),
            Supply::Pool => view! { <Codes context=context.clone() file=file.clone() may_edit may_list=may_edit/> }.into_any(),
            Supply::Generated => {
                view! { <Codes context=context.clone() file=file.clone() may_edit=false may_list=may_edit/> }.into_any()
            }
        };
        let preview = may_edit.then(|| {
            let form = Form::previewed(EditReward::PATH, MARK);
            view! { <Preview form shown=Shown::from(&reward) terms=Some(reward.terms.clone()) supply=reward.supply/> }
        });
        let picture = may_edit.then(|| view! { <Picture lang=context.lang reward=reward.clone()/> });
        let retire = may_edit.then(|| view! { <Retire lang=context.lang reward=reward.clone()/> });
        let (asked, standing) = (context.clone(), reward.clone());
        let duplicate = may_edit.then(|| format!("/admin/rewards/new?like={}", reward.id));
        let duplicate = duplicate.map(|href| view! { <a class="button small" href=href>{t.duplicate}</a> });
        let head = move || view! { <Standing context=asked rules reward=standing/>{duplicate} };
        Ok(view! {
            <AdminPage title=context.lang.of(&reward.terms.name).to_owned() here=Here::Rewards head>
                <div class="halves">
                    {terms}
                    <div class="stack">{preview}{picture}{left}{retire}</div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn Terms(lang: Lang, reward: Reward, tiers: Vec<(String, String)>) -> impl IntoView {
    let form = Form::previewed(EditReward::PATH, MARK);
    let Reward { supply, terms, .. } = reward;
    // what is looked at before it is saved was typed over what the reward said then
    let revision = form.typed("revision").filter(|_| form.is_previewed());
    let revision = revision.unwrap_or_else(|| reward.revision.to_string());
    let path = format!("/admin/rewards/{}", reward.id);
    view! {
        <Card title=lang.reward_desk().supplies[supply as usize]>
            <PostForm form>
                <Hidden name="reward" value=reward.id.to_string()/>
                <Hidden name="revision" value=revision/>
                <TermsFields lang form supply terms=Some(terms) tiers/>
                <FormGuard form/>
                <div class="row">
                    <Submit label=lang.common().save/>
                    <PreviewButton path/>
                </div>
            </PostForm>
        </Card>
    }
}

#[component]
fn Retire(lang: Lang, reward: Reward) -> impl IntoView {
    let (t, form) = (lang.reward_desk(), Form::of(RetireReward::PATH));
    let fields = view! {
        <Hidden name="reward" value=reward.id.to_string()/>
        <Hidden name="revision" value=reward.revision.to_string()/>
    };
    match reward.is_retired {
        true => view! {
            <Card>
                <p class="mute">{t.offer_again_about}</p>
                <PostForm form>{fields}<Submit label=t.offer_again kind=""/></PostForm>
            </Card>
        }
        .into_any(),
        false => view! {
            <details class="ask">
                <summary class="button danger">{t.retire}</summary>
                <div class="card">
                    <p>{t.retire_about}</p>
                    <PostForm form>
                        {fields}
                        <Hidden name="retired" value="yes"/>
                        <Submit label=t.retire_yes kind="danger"/>
                    </PostForm>
                </div>
            </details>
        }
        .into_any(),
    }
}
