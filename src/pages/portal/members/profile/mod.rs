//! What a member sees of themselves, and may change.

mod close;
mod password;
mod sharing;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::portal::access::{SignOut, SignOutEverywhere};
use crate::api::portal::members::{EditProfile, SignDeviceOut};
use crate::i18n::format;
use crate::pages::components::{Card, Field, Form, FormGuard, LanguageSwitch, PostForm, Submit, ThemeSwitch};
use crate::pages::portal::mail::{MailChoices, Unconfirmed};
use crate::pages::portal::{Here, PortalPage};
use crate::pages::{Devices, page};
use crate::server::web::RequestContext;
use crate::server::web::paths::STATEMENT_JSON as JSON;
pub use close::CloseAccountPage;
use laurel_engine::usecase::mail::choices;
use laurel_engine::usecase::members::profile::{Profile, own};
use password::PasswordForm;
use sharing::{Invite, Link};

#[component]
pub fn ProfilePage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let profile = own(context.db(), &session).await?;
        let mail = match context.state.ledger.sends_mail() {
            true => {
                let (address, wanted) = (profile.member.email.clone(), choices::wanted(context.db(), session.no).await?);
                let waits = profile.unconfirmed_email.clone();
                let unconfirmed = waits.map(|email| view! { <Unconfirmed email so_far=address.clone()/> });
                Some(view! { {unconfirmed}<MailChoices address wanted/> })
            }
            false => None,
        };
        let t = context.lang.account();
        let member = profile.member.clone();
        let link = member.external_id.is_none().then(|| view! { <Link/> });
        let invite = member.referral_code.is_some().then(|| view! { <Invite/> });
        Ok(view! {
            <PortalPage title=t.profile here=Here::Me>
                <div class="portal-halves">
                    <div>
                        <Details context=context.clone() profile=profile.clone()/>
                        {mail}
                        <Card title=t.display>
                            <div class="spread"><ThemeSwitch/><LanguageSwitch/></div>
                        </Card>
                        <PasswordForm sign_in_name=profile.sign_in_name.clone()/>
                    </div>
                    <div>
                        {link}
                        {invite}
                        <Devices context=context.clone() devices=profile.devices present=session.id one=SignDeviceOut::PATH
                            everywhere=SignOutEverywhere::PATH/>
                        <Card title=context.lang.proof().statement>
                            <p class="mute">{context.lang.proof().statement_about}</p>
                            <div class="choices">
                                <a class="button" href=JSON download="">{context.lang.proof().as_json}</a>
                                <a class="button quiet" href="/statement/verify">{context.lang.proof().check}</a>
                            </div>
                        </Card>
                        <Card title=context.lang.closing().close_mine class="quiet">
                            <p class="mute">{context.lang.closing().close_mine_about}</p>
                            <p><a href="/profile/close">{context.lang.closing().go_to_close}</a></p>
                        </Card>
                        <PostForm form=Form::of(SignOut::PATH) class="portal-end"><Submit label=t.sign_out kind="wide"/></PostForm>
                    </div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Details(context: RequestContext, profile: Profile) -> impl IntoView {
    let (t, form) = (context.lang.account(), Form::of(EditProfile::PATH));
    let (member, waits) = (profile.member, profile.unconfirmed_email);
    let email = waits.or(member.email).unwrap_or_default();
    let since = format::date(context.lang, context.local(member.registered_at).date());
    let known_as = member.external_id.map_or_else(|| t.not_linked.to_owned(), |id| id.as_str().to_owned());
    let fact = |name: &'static str, value: Option<String>| value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <Card title=t.details>
            <dl class="facts">
                {fact(t.sign_in_name, profile.sign_in_name)}
                {fact(t.member_since, Some(since))}
                {fact(t.known_to_payment_system_as, Some(known_as))}
            </dl>
            <PostForm form>
                <Field form name="name" label=t.name value=member.name.unwrap_or_default() autocomplete="name" maxlength=100 required=true/>
                <div class="fields">
                    <Field form name="email" label=t.email value=email kind="email" autocomplete="email"/>
                    <Field form name="phone" label=t.phone value=member.phone.unwrap_or_default() kind="tel" autocomplete="tel"/>
                </div>
                <Submit label=context.lang.common().save kind=""/>
                <FormGuard form/>
            </PostForm>
        </Card>
    }
}
