//! What administrators set for the whole programme.

mod look;

use laurel_domain::ledger::adjustment::Limit;
use laurel_domain::program::Programme;
use laurel_domain::rules::safety::Limits;
use laurel_domain::unit::UnitName;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::settings::ChangeProgramme;
use crate::i18n::{Lang, format};
use crate::pages::admin::rules::limits_in_words;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, CheckBox, Field, Form, FormGuard, Hidden, Icon, PostForm, Submit};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;
use laurel_engine::usecase::ledger::adjust_limit;
use laurel_engine::usecase::programme::settings;
use laurel_engine::usecase::rules;
use look::LookCards;

#[component]
pub fn SettingsPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageSettings)?;
        let (lang, ledger) = (context.lang, &context.state.ledger);
        let programme = (*ledger.settings()).clone();
        let is_fixed = settings::is_fixed(ledger).await?;
        let (adjusting, publishing) = (adjust_limit::limit(ledger).await?, rules::limits(ledger).await?);
        let look = ledger.look();
        let sends_mail = ledger.sends_mail();
        Ok(view! {
            <AdminPage title=lang.admin().settings here=Here::Settings>
                <div class="halves">
                    <div class="stack">
                        <ProgrammeCard lang programme is_fixed/>
                        <LimitsCard context adjusting publishing/>
                        <MailCard lang sends_mail/>
                    </div>
                    <div class="stack"><LookCards lang look/></div>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

#[component]
fn ProgrammeCard(lang: Lang, programme: Programme, is_fixed: bool) -> impl IntoView {
    let (t, form) = (lang.settings(), Form::of(ChangeProgramme::PATH));
    view! {
        <Card title=t.programme>
            <PostForm form>
                <Field form name="name" label=t.name hint=t.name_about value=programme.name maxlength=80 required=true/>
                <UnitFields form lang unit=programme.unit/>
                <div class="field">
                    <CheckBox form name="enrol" label=t.enrol checked=programme.enrol_on_event/>
                    <p class="hint">{t.enrol_about}</p>
                </div>
                <Submit label=lang.common().save/>
                <FormGuard form/>
            </PostForm>
            <dl class="facts settled">
                <dt>{t.currency}</dt><dd>{programme.currency.to_string()}</dd>
                <dt>{t.time_zone}</dt><dd>{programme.time_zone}</dd>
            </dl>
            <p class="hint">{if is_fixed { t.fixed } else { t.not_fixed_yet }}</p>
        </Card>
    }
}

/// English has a word for one of them besides.
#[component]
fn UnitFields(form: Form, lang: Lang, unit: UnitName) -> impl IntoView {
    let t = lang.settings();
    let most = UnitName::MOST as u32;
    view! {
        <fieldset>
            <legend>{t.unit}</legend>
            <p class="hint">{t.unit_about}</p>
            <Hidden name="unit" value="yes"/>
            <div class="halves">
                <Field form name="unit_many" label=t.unit_many value=unit.en_many() maxlength=most required=true/>
                <Field form name="unit_one" label=t.unit_one value=unit.en_one() maxlength=most required=true/>
            </div>
            <Field form name="unit_zh" label=t.unit_zh value=unit.zh() maxlength=most required=true/>
        </fieldset>
    }
}

/// They are changed where what they limit is done.
#[component]
fn LimitsCard(context: RequestContext, adjusting: Limit, publishing: Limits) -> impl IntoView {
    let t = context.lang.settings();
    let adjusted = (context.lang.adjust().limit_now)(&format::points(adjusting.points), adjusting.hours);
    let published = limits_in_words(&context, publishing);
    let change = |what: &str, href: &'static str| {
        view! { <a class="button small" href=href aria-label=format!("{}: {what}", t.change_it)>{t.change_it}</a> }
    };
    view! {
        <Card title=t.limits>
            <ul class="list">
                <li><span class="tile"><Icon name="shield"/></span><div><b>{t.adjusting}</b><p class="small mute">{adjusted}</p></div>{change(t.adjusting, "/admin/adjustments")}</li>
                <li><span class="tile"><Icon name="rules"/></span><div><b>{t.publishing}</b><p class="small mute">{published}</p></div>{change(t.publishing, "/admin/rules")}</li>
            </ul>
            <p class="hint">{t.limits_about}</p>
        </Card>
    }
}

#[component]
fn MailCard(lang: Lang, sends_mail: bool) -> impl IntoView {
    let t = lang.settings();
    view! {
        <Card title=t.mail>
            <p>{if sends_mail { t.mail_on } else { t.mail_off }}</p>
            <p><a href="/admin/mail">{t.mail_more}</a></p>
        </Card>
    }
}
