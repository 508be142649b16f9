//! Packing slips to print, one to a page: of those ticked (`?ids[]=…`), or of all that are to be sent.

use std::collections::HashMap;

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::Contact;
use leptos::prelude::*;

use super::short;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::EmptyState;
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::store::rewards::redemptions::{RedeemedFor, Redemption};
use laurel_engine::usecase::rewards::queue::{self, Wanted};
use laurel_engine::usecase::rewards::{fulfil, redeem};

pub const PATH: &str = "/admin/redemptions/slips";

#[component]
pub fn SlipsPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let (ledger, t) = (&context.state.ledger, context.lang.payouts());
        let ids: Vec<RedemptionId> = context.visit.queries("ids[]").iter().filter_map(|id| id.parse().ok()).collect();
        let found = match ids.is_empty() {
            true => {
                let (kind, state) = (RedemptionKind::Gift, Some(RedemptionState::Ordered));
                let wanted = Wanted { kind, state, oldest_first: true, from: None, most: fulfil::MOST };
                queue::page(ledger, wanted).await?.redemptions
            }
            false => fulfil::selected(ledger, Authority::from(&staff), &ids).await?,
        };
        let found: Vec<Redemption> = found.into_iter().filter(|one| one.kind() == RedemptionKind::Gift).collect();
        let contacts = redeem::contacts_of(ledger, &found).await?;
        let programme = ledger.settings().name.clone();
        let title = if found.is_empty() { t.slips.to_owned() } else { (t.slips_title)(found.len()) };
        let content = match found.is_empty() {
            true => view! { <EmptyState icon="truck" title=t.no_slips/> }.into_any(),
            false => {
                let slip =
                    |one| view! { <Slip context=context.clone() programme=programme.clone() one contacts=contacts.clone()/> };
                let slips = found.into_iter().map(slip).collect_view();
                view! { <p class="mute no-print">{t.print}</p><div class="slips">{slips}</div> }.into_any()
            }
        };
        Ok(view! { <AdminPage title here=Here::Redemptions>{content}</AdminPage> }.into_any())
    })
}

#[component]
fn Slip(
    context: RequestContext,
    programme: String,
    one: Redemption,
    contacts: HashMap<RedemptionId, Contact>,
) -> impl IntoView {
    let (t, fulfil) = (context.lang.payouts(), context.lang.fulfil());
    let id = one.id.to_string();
    let (name, quantity) = match &one.redeemed_for {
        RedeemedFor::Reward(bought) => (context.lang.of(&bought.name).to_owned(), bought.quantity),
        RedeemedFor::Cash(_) => (String::new(), 1),
    };
    let to = contacts.get(&one.id).cloned().map(|to| {
        view! { <address><b>{to.recipient}</b><br/>{to.phone}<br/>{to.address}</address> }
    });
    view! {
        <section class="card slip">
            <h2>{programme}" · "{t.slip}</h2>
            <p class="label">{fulfil.deliver_to}</p>
            {to}
            <dl class="facts">
                <dt>{fulfil.what}</dt><dd><b>{name}</b></dd>
                <dt>{t.quantity}</dt><dd>{quantity}</dd>
                <dt>{t.ordered_on}</dt><dd>{context.moment(one.created_at)}</dd>
                <dt>{context.lang.console().number}</dt><dd class="mono">{short(&id)}<br/><small>{id}</small></dd>
            </dl>
        </section>
    }
}
