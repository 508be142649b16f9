//! A reward's terms as a form: for a new one, and for one that is there.

use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::{Period, RewardTerms, Supply};
use laurel_domain::text::Key;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use uuid::Uuid;

use super::preview::{MARK, Preview, PreviewButton};
use super::{AdminPage, Here, tiers};
use crate::api::admin::rewards::CreateReward;
use crate::i18n::Lang;
use crate::pages::components::{Card, Field, Form, Hidden, PostForm, Select, Shown, Submit, TextArea, field_id};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::rewards::edit;

/// `?supply=`: the kind comes first, because what can be said about a reward depends on it.
#[component]
pub fn NewRewardPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageRewards)?;
        let t = context.lang.reward_desk();
        let rules = context.state.ledger.rulebook().await?.general().at(context.now()).clone();
        // another reward to begin with
        let like = match context.visit.query("like").and_then(|id| id.parse().ok()) {
            Some(id) => Some(edit::file(&context.state.ledger, id).await?.reward),
            None => None,
        };
        let asked = context.visit.query("supply").and_then(|name| Supply::named(&name));
        let content = match asked.or(like.as_ref().map(|reward| reward.supply)) {
            None => view! { <Kinds lang=context.lang/> }.into_any(),
            Some(supply) => {
                let form = Form::previewed(CreateReward::PATH, MARK);
                let about = like.as_ref().map(|like| (t.duplicate_about)(context.lang.of(&like.terms.name)));
                let about = about.map(|about| view! { <p class="mute">{about}</p> });
                let terms = like.map(|like| like.terms);
                let previewed = terms.clone();
                let shown = Shown { picture: None, kind: supply.kind(), id: Uuid::nil() };
                view! {
                    <div class="halves">
                        <Card title=t.supplies[supply as usize]>
                            {about}
                            <PostForm form>
                                <Hidden name="supply" value=supply.name()/>
                                <TermsFields lang=context.lang form supply terms=terms.clone() tiers=tiers(context.lang, &rules)/>
                                <div class="form-foot">
                                    <Submit label=t.create/>
                                <PreviewButton path="/admin/rewards/new"/>
                                    <a class="button quiet" href="/admin/rewards">{context.lang.common().cancel}</a>
                                </div>
                            </PostForm>
                        </Card>
                        <Preview form shown terms=previewed supply/>
                    </div>
                }
                .into_any()
            }
        };
        Ok(view! { <AdminPage title=t.new here=Here::Rewards>{content}</AdminPage> }.into_any())
    })
}

#[component]
fn Kinds(lang: Lang) -> impl IntoView {
    let t = lang.reward_desk();
    let kind = |supply: Supply| {
        view! {
            <li>
                <a class="card plain-link" href=format!("/admin/rewards/new?supply={}", supply.name())>
                    <b>{t.supplies[supply as usize]}</b>
                    <span class="mute small">{t.supplies_about[supply as usize]}</span>
                </a>
            </li>
        }
    };
    view! {
        <p class="mute">{t.choose_kind}</p>
        <ul class="reward-kinds">{Supply::ALL.map(kind).collect_view()}</ul>
    }
}

#[component]
pub fn TermsFields(
    lang: Lang,
    form: Form,
    supply: Supply,
    terms: Option<RewardTerms>,
    tiers: Vec<(String, String)>,
) -> impl IntoView {
    let t = lang.reward_desk();
    let of = |read: fn(&RewardTerms) -> String| terms.as_ref().map(read).unwrap_or_default();
    let valid_days = (supply.kind() == RedemptionKind::Voucher).then(|| {
        let value = of(|terms| terms.valid_days.map(|days| days.to_string()).unwrap_or_default());
        view! { <Field form name="terms[valid_days]" label=t.valid_days hint=t.valid_days_about value inputmode="numeric"/> }
    });
    let periods = Period::ALL.map(|period| (period.name().to_owned(), t.periods[period as usize].to_owned()));
    let period = of(|terms| terms.limit.map_or(Period::Month, |limit| limit.period).name().to_owned());
    // a tier that the ladder has lost is still what the reward says
    let least = of(|terms| terms.least_tier.as_ref().map(Key::as_str).unwrap_or_default().to_owned());
    let mut tiers = tiers;
    if tiers.iter().all(|(key, _)| *key != least) {
        tiers.push((least.clone(), least.clone()));
    }
    view! {
        <fieldset>
            <legend>{t.terms}</legend>
            <div class="fields">
                <Field form name="terms[name_zh]" label=t.name_zh value=of(|terms| terms.name.zh.clone()) maxlength=60 required=true/>
                <Field form name="terms[name_en]" label=t.name_en value=of(|terms| terms.name.en.clone()) maxlength=60 required=true/>
            </div>
            <div class="fields">
                <TextArea form name="terms[about_zh]" label=t.about_zh value=of(|terms| terms.about.zh.clone()) rows=3 maxlength=400/>
                <TextArea form name="terms[about_en]" label=t.about_en value=of(|terms| terms.about.en.clone()) rows=3 maxlength=400 hint=t.terms_about/>
            </div>
        </fieldset>
        <fieldset>
            <legend>{t.conditions}</legend>
            <div class="fields">
                <Field form name="terms[price]" label=t.price hint=t.price_about value=of(|terms| plain(&terms.price.to_string())) inputmode="decimal" required=true/>
                <Select form name="terms[least_tier]" label=t.least_tier options=tiers value=least/>
            </div>
            <div class="fields">
                <Field form name="terms[limit]" label=t.limit hint=t.limit_about value=of(|terms| terms.limit.map(|limit| limit.most.to_string()).unwrap_or_default()) inputmode="numeric"/>
                <Select form name="terms[period]" label=t.period options=periods.to_vec() value=period/>
            </div>
            <div class="fields">
                <Field form name="terms[starts]" label=t.starts hint=t.day_about kind="date" value=of(|terms| terms.starts.map(|day| day.to_string()).unwrap_or_default())/>
                <Field form name="terms[ends]" label=t.ends kind="date" value=of(|terms| terms.ends.map(|day| day.to_string()).unwrap_or_default())/>
            </div>
            {valid_days}
        </fieldset>
        <span id=field_id("terms[revision]")></span>
    }
}

/// As it would be typed.
fn plain(points: &str) -> String {
    points.strip_suffix(".00").unwrap_or(points).to_owned()
}
