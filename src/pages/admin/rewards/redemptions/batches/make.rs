//! What is asked before a payout batch is made: which payouts, and what they come to. `?ids[]=…`

use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rewards::payouts::MakePayoutBatch;
use crate::api_error::ApiError;
use crate::i18n::format;
use crate::pages::admin::rewards::redemptions::confirm::Which;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{ErrorSummary, Form, Hidden, Notice, PostForm, Submit, Tone};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::{Authority, Permission};
use laurel_engine::usecase::rewards::{fulfil, payouts};

#[component]
pub fn MakeBatchPage() -> impl IntoView {
    page(async {
        let (context, staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let (ledger, t, lang) = (&context.state.ledger, context.lang.payouts(), context.lang);
        let ids: Vec<RedemptionId> = context.visit.queries("ids[]").iter().filter_map(|id| id.parse().ok()).collect();
        let found = fulfil::selected(ledger, Authority::from(&staff), &ids).await?;
        let batched = payouts::batches_of(ledger, &ids).await?;
        let selected = found.len();
        let fits = |one: &laurel_engine::store::rewards::redemptions::Redemption| {
            let waits = matches!(one.state, RedemptionState::Reserved | RedemptionState::Processing);
            one.kind() == RedemptionKind::Cash && waits && batched.iter().all(|(id, _, _)| *id != one.id)
        };
        let found: Vec<_> = found.into_iter().filter(fits).collect();
        let left_out = selected - found.len();
        let sum = fulfil::sum(ledger, &found)?;
        let back = context.visit.query("back").filter(|path| path.starts_with("/admin/redemptions"));
        let back = back.unwrap_or_else(|| "/admin/redemptions".to_owned());
        if found.is_empty() {
            let message = if ids.is_empty() { lang.fulfil().nothing_selected } else { t.none_for_batch };
            let error = ApiError::new(422, "invalid", message);
            let title = t.batches;
            return Ok(view! {
                <AdminPage title here=Here::Redemptions>
                    <div class="stack confirm-page"><ErrorSummary error/><p><a class="button" href=back>{lang.common().back}</a></p></div>
                </AdminPage>
            }
            .into_any());
        }
        let cash = format::money(sum.cash);
        let left_out = (left_out > 0).then(|| view! { <Notice tone=Tone::Warn>{(lang.fulfil().left_out)(left_out)}</Notice> });
        let hidden = found.iter().map(|one| view! { <Hidden name="ids[]" value=one.id.to_string()/> }).collect_view();
        let label = (t.make_confirm)(sum.count, &cash);
        Ok(view! {
            <AdminPage title=(t.make_title)(sum.count, &cash) here=Here::Redemptions>
                <div class="stack confirm-page">
                    {left_out}
                    <p class="mute measure">{t.make_about}</p>
                    <Which context=context.clone() sum found/>
                    <PostForm form=Form::of(MakePayoutBatch::PATH)>
                        {hidden}
                        <div class="row"><Submit label/><a class="button" href=back>{lang.common().cancel}</a></div>
                    </PostForm>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}
