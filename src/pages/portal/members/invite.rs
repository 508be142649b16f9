//! Inviting friends: the link, its code and QR code, who joined, and what that brought.

use laurel_domain::numbers::factor::Factor;
use laurel_domain::numbers::money::Money;
use laurel_domain::rules::rule_set::Rules;
use leptos::prelude::*;

use crate::i18n::{Lang, format};
use crate::islands::CopyButton;
use crate::pages::components::{Card, EmptyState, Icon, Notice, Qr, Tone};
use crate::pages::page;
use crate::pages::portal::{Here, PortalPage};
use crate::server::web::{RequestContext, links};
use laurel_engine::usecase::members::invite::{Brought, Friend, Invitations, MOST, invitations};

#[component]
pub fn InvitePage() -> impl IntoView {
    page(async {
        let (context, session) = RequestContext::member()?;
        let t = context.lang.invite();
        let found = invitations(&context.state.ledger, session.no).await?;
        let share = match found.code.clone() {
            Some(code) => view! { <Share context=context.clone() code rules=found.rules.clone()/> }.into_any(),
            None => view! { <Notice tone=Tone::Warn>{t.no_code}</Notice> }.into_any(),
        };
        Ok(view! {
            <PortalPage title=t.title here=Here::Me>
                <div class="portal-columns even">
                    <div>{share}<Steps lang=context.lang rules=found.rules.clone()/></div>
                    <div><Friends context found/></div>
                </div>
            </PortalPage>
        }
        .into_any())
    })
}

#[component]
fn Share(context: RequestContext, code: String, rules: Rules) -> impl IntoView {
    let (lang, t) = (context.lang, context.lang.invite());
    let link = links::invitation(&context.state.config.public_url, &code);
    let about = match rules.set.beta > Factor::ZERO {
        true => (t.about)(&rules.set.beta.to_string()),
        false => t.about_nothing.to_owned(),
    };
    let row = move |label: &'static str, text: String| {
        view! {
            <p class="label">{label}</p>
            <div class="copyable"><code>{text.clone()}</code><CopyButton lang text/></div>
        }
    };
    view! {
        <section class="card invite">
            <h2>{about}</h2>
            <div class="invite-qr"><Qr text=link.clone() label=t.qr/><p class="mute small">{t.qr_about}</p></div>
            {row(t.your_link, link)}
            {row(t.your_code, code)}
        </section>
    }
}

#[component]
fn Steps(lang: Lang, rules: Rules) -> impl IntoView {
    let t = lang.invite();
    let minor = rules.set.referral_least.in_units(rules.currency.exponent()).filter(|least| *least > 0);
    let least = minor.and_then(|least| Money::from_minor(least, rules.currency).ok()).map(format::money);
    let step = |icon: &'static str, title: String, about: String| {
        view! { <li><span class="step-mark"><Icon name=icon/></span><div>{title}<small>{about}</small></div></li> }
    };
    let last = (rules.set.beta > Factor::ZERO)
        .then(|| step("star", (t.step_pay)(&rules.set.beta.to_string()), (t.step_pay_about)(least.as_deref())));
    view! {
        <Card title=t.how>
            <ol class="steps">
                {step("invite", t.step_share.to_owned(), t.step_share_about.to_owned())}
                {step("person", t.step_join.to_owned(), t.step_join_about.to_owned())}
                {last}
            </ol>
        </Card>
    }
}

#[component]
fn Friends(context: RequestContext, found: Invitations) -> impl IntoView {
    let t = context.lang.invite();
    if found.friends.is_empty() {
        return view! {
            <section>
                <h2>{t.friends}</h2>
                <EmptyState icon="invite" title=t.nobody><p>{t.nobody_about}</p></EmptyState>
            </section>
        }
        .into_any();
    }
    let joined = match found.has_more {
        true => format!("{}+", found.friends.len()),
        false => format::count(i64::try_from(found.friends.len()).unwrap_or(i64::MAX)),
    };
    let brought = format::points(found.points());
    let more = found.has_more.then(|| view! { <p class="mute small">{(t.latest_only)(MOST)}</p> });
    let rows = found.friends.into_iter().map(|friend| view! { <Row context=context.clone() friend/> }).collect_view();
    view! {
        <section>
            <h2>{t.friends}</h2>
            <div class="figures invite-figures">
                <div class="figure"><small>{t.joined}</small><b>{joined}</b></div>
                <div class="figure"><small>{t.brought}</small><b>{brought}</b></div>
            </div>
            <ul class="list friends">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn Row(context: RequestContext, friend: Friend) -> impl IntoView {
    let t = context.lang.invite();
    let name = friend.name.as_deref().and_then(masked).unwrap_or_else(|| t.nameless.to_owned());
    let joined = (t.joined_on)(&format::date(context.lang, context.local(friend.joined_at).date()));
    let brought = match friend.brought {
        Brought::Points(points) => view! { <b class="amount up">{format::points_change(points)}</b> }.into_any(),
        Brought::Nothing => view! { <span class="mute small">{t.waiting}</span> }.into_any(),
        Brought::TakenBack => view! { <span class="mute small">{t.taken_back}</span> }.into_any(),
    };
    view! {
        <li>
            <span class="tile"><Icon name="person"/></span>
            <div>{name}<small>{joined}</small></div>
            <div class="friend-brought">{brought}</div>
        </li>
    }
}

/// Enough for who knows them, too little for who does not: the first letter of each word, of Chinese names the first character.
fn masked(name: &str) -> Option<String> {
    let words: Vec<String> =
        name.split_whitespace().filter_map(|word| word.chars().next()).map(|first| format!("{first}**")).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_friends_name_is_told_by_its_first_letters() {
        assert_eq!(masked("林晓").as_deref(), Some("林**"));
        assert_eq!(masked(" Xiao  Lin ").as_deref(), Some("X** L**"));
        assert_eq!(masked("  "), None);
    }
}
