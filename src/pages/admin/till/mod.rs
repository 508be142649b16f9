//! The till: one field for whatever is shown there, a member's card, a benefit's code or a voucher's. Made for a scanner, which
//! types and presses Enter: the field has the focus after every answer, so that nothing that is scanned next presses a button.

mod member;

use laurel_domain::benefits::claim::ClaimCode;
use laurel_domain::card::CardCode;
use leptos::prelude::*;

use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::benefits::check::{Found, Seen};
use crate::pages::admin::list::filter;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Chip, EmptyState, Icon};
use crate::pages::page;
use crate::pages::portal::rewards::redeem::tone;
use crate::server::web::{RequestContext, describe_redemption};
use laurel_engine::auth::{Authority, Permission, StaffSession};
use laurel_engine::store::rewards::redemptions::Redemption;
use laurel_engine::usecase::audit;
use laurel_engine::usecase::benefits::claims;
use laurel_engine::usecase::members::card::{self, Shown};
use laurel_engine::usecase::rewards::redeem;
use member::MemberAtTill;

const LONGEST: usize = 80;

/// What a code turned out to be.
enum Scanned {
    Nothing,
    Member(Box<Shown>),
    Benefit(Box<Seen>),
    Vouchers(Vec<Redemption>),
    /// A card that is too old, or nobody's.
    OldCard,
    Unknown,
}

#[component]
pub fn TillPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::UseBenefits)?;
        let t = context.lang.card();
        let typed = filter(&context.visit, "q").unwrap_or_default();
        let scanned = scanned(&context, &staff, &typed).await?;
        let fault = match scanned {
            Scanned::OldCard => Some(t.too_old),
            Scanned::Unknown => Some(t.nothing),
            _ => None,
        };
        let result = match scanned {
            Scanned::Nothing => {
                view! { <EmptyState icon="qr" title=t.waiting><p>{t.waiting_about}</p></EmptyState> }.into_any()
            }
            Scanned::Member(shown) => view! { <MemberAtTill context=context.clone() shown=*shown/> }.into_any(),
            Scanned::Benefit(seen) => {
                view! { <section class="card"><Found context=context.clone() seen=*seen/></section> }.into_any()
            }
            Scanned::Vouchers(found) => view! { <Vouchers context=context.clone() found/> }.into_any(),
            Scanned::OldCard | Scanned::Unknown => ().into_any(),
        };
        Ok(view! {
            <AdminPage title=t.till here=Here::Till>
                <div class="till stack">
                    <ScanField context typed fault/>
                    {result}
                </div>
            </AdminPage>
        }
        .into_any())
    })
}

async fn scanned(context: &RequestContext, staff: &StaffSession, typed: &str) -> Result<Scanned, ApiError> {
    let ledger = &context.state.ledger;
    if typed.is_empty() {
        return Ok(Scanned::Nothing);
    }
    if typed.len() > LONGEST {
        return Ok(Scanned::Unknown);
    }
    if let Some(code) = CardCode::parse(typed) {
        let shown = card::shown(ledger, Authority::from(staff), &code).await?;
        return Ok(shown.map_or(Scanned::OldCard, |shown| Scanned::Member(Box::new(shown))));
    }
    if ClaimCode::parse(typed).is_some()
        && let Some(claim) = claims::find(ledger, typed).await?
    {
        let names = audit::staff_names(context.db()).await?;
        return Ok(Scanned::Benefit(Box::new(Seen::of(context.lang, claim, &names))));
    }
    let vouchers = redeem::with_code(ledger, typed).await?;
    Ok(if vouchers.is_empty() { Scanned::Unknown } else { Scanned::Vouchers(vouchers) })
}

#[component]
fn ScanField(context: RequestContext, typed: String, fault: Option<&'static str>) -> impl IntoView {
    let t = context.lang.card();
    let described = if fault.is_some() { "field-q-hint field-q-error" } else { "field-q-hint" };
    let error = fault.map(|fault| view! { <p class="error" role="alert" id="field-q-error">{fault}</p> });
    // what stands there is over: the next code is typed into an empty field
    let last = (!typed.is_empty()).then(|| view! { <p class="mute small mono till-last">{typed}</p> });
    view! {
        <form class="card till-scan" method="get" role="search">
            <label for="field-q">{t.scan}</label>
            <div class="till-row">
                <input type="text" id="field-q" name="q" class="mono" maxlength="80" autocomplete="off" spellcheck="false"
                    autofocus=true required=true aria-describedby=described aria-invalid=fault.map(|_| "true")/>
                <button class="button main"><Icon name="search"/>{t.look_up}</button>
            </div>
            <p class="hint" id="field-q-hint">{t.scan_hint}</p>
            {error}
            {last}
        </form>
    }
}

#[component]
fn Vouchers(context: RequestContext, found: Vec<Redemption>) -> impl IntoView {
    let t = context.lang.card();
    let one = |redemption: Redemption| {
        let ends = redemption.expires_at.map(|until| format::date(context.lang, context.last_day(until)));
        let href = format!("/admin/redemptions/{}", redemption.id);
        let what = describe_redemption(context.lang, &redemption.redeemed_for);
        let ends = ends.map(|day| view! { <p class="mute">{context.lang.benefits().good_until}" "{day}</p> });
        view! {
            <section class="card">
                <div class="spread">
                    <h2>{what}</h2>
                    <Chip tone=tone(redemption.state)>{(context.lang.redeem().state)(redemption.state)}</Chip>
                </div>
                <p class="label">{t.voucher}</p>
                {ends}
                <p><a class="button main" href=href>{t.voucher_more}</a></p>
            </section>
        }
    };
    found.into_iter().map(one).collect_view()
}
