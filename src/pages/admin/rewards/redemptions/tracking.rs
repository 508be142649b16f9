//! Tracking numbers by the dozen: a gift each line.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rewards::payouts::ShipByLines;
use crate::pages::admin::{AdminPage, Here};
use crate::pages::components::{Card, Form, FormGuard, PostForm, Submit, TextArea};
use crate::pages::page;
use crate::server::web::RequestContext;
use laurel_engine::auth::Permission;

pub const PATH: &str = "/admin/redemptions/tracking";

#[component]
pub fn TrackingPage() -> impl IntoView {
    page(async {
        let (context, _staff) = RequestContext::staff(Permission::ManageRedemptions)?;
        let (t, form) = (context.lang.payouts(), Form::of(ShipByLines::PATH));
        Ok(view! {
            <AdminPage title=t.tracking_title here=Here::Redemptions>
                <div class="stack narrow">
                    <Card>
                        <p class="mute">{t.tracking_about}</p>
                        <PostForm form>
                            <TextArea form name="lines" label=t.lines hint=t.lines_hint rows=10 required=true/>
                            <FormGuard form/>
                            <div class="row">
                                <Submit label=t.ship/>
                                <a class="button" href="/admin/redemptions?kind=gift">{context.lang.common().cancel}</a>
                            </div>
                        </PostForm>
                    </Card>
                </div>
            </AdminPage>
        }
        .into_any())
    })
}
