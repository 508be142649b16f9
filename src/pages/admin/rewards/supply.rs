//! What there is of a reward: stock with its history, or codes.

use laurel_domain::rewards::reward::Supply;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::admin::rewards::{AddCodes, ChangeStock};
use crate::i18n::format;
use crate::pages::components::{Card, Field, Form, Hidden, PostForm, Submit, Table, TextArea};
use crate::server::web::RequestContext;
use laurel_engine::store::rewards::catalogue::StockChange;
use laurel_engine::usecase::rewards::edit::File;

#[component]
pub fn Stock(context: RequestContext, file: File, may_edit: bool) -> impl IntoView {
    let (t, form) = (context.lang.reward_desk(), Form::of(ChangeStock::PATH));
    let left = (t.in_stock)(&format::count(file.reward.left.unwrap_or(0)));
    let change = may_edit.then(|| {
        view! {
            <PostForm form>
                <Hidden name="reward" value=file.reward.id.to_string()/>
                <div class="fields">
                    <Field form name="change" label=t.change hint=t.change_about inputmode="text" maxlength=8 required=true/>
                    <Field form name="reason" label=t.reason maxlength=120 required=true/>
                </div>
                <Submit label=t.change_stock kind=""/>
            </PostForm>
        }
    });
    let row = |line: StockChange| {
        let sign = if line.change > 0 { "+" } else { "" };
        view! {
            <tr>
                <td class="small nowrap">{format::date_time(context.lang, context.local(line.at))}</td>
                <td>{line.reason}</td>
                <td class="num amount">{format!("{sign}{}", format::count(line.change))}</td>
            </tr>
        }
    };
    let history = (!file.stock.is_empty()).then(|| {
        let words = context.lang.console();
        let rows = file.stock.into_iter().map(row).collect_view();
        view! { <Table label=t.stock head=vec![words.when, t.reason, t.change_column]>{rows}</Table> }
    });
    view! { <Card title=t.stock class="supply"><p class="supply-left" id="field-quantity">{left}</p>{change}{history}</Card> }
}

/// `may_edit`: add codes. `may_list`: see what became of each.
#[component]
pub fn Codes(context: RequestContext, file: File, may_edit: bool, may_list: bool) -> impl IntoView {
    let (t, form, codes) = (context.lang.reward_desk(), Form::of(AddCodes::PATH), file.codes);
    let made = (file.reward.supply == Supply::Generated).then(|| view! { <p class="mute">{t.codes_made}</p> });
    let sum = (t.codes_sum)(&format::many(codes.free), &format::many(codes.held), &format::many(codes.revealed));
    let id = file.reward.id.to_string();
    let list = format!("/admin/rewards/{id}/codes");
    let add = may_edit.then(|| {
        let upload = format!("/admin/rewards/{id}/codes");
        view! {
            <PostForm form>
                <Hidden name="reward" value=id/>
                <TextArea form name="codes" label=t.paste hint=t.paste_about rows=4 required=true/>
                <Submit label=t.add_codes kind=""/>
            </PostForm>
            <form class="form" method="post" enctype="multipart/form-data" action=upload>
                <div class="field">
                    <label for="field-file">{t.file}</label>
                    <input type="file" id="field-file" name="file" accept=".csv,.txt,text/csv,text/plain" required aria-describedby="file-hint"/>
                    <p class="hint" id="file-hint">{t.file_about}</p>
                </div>
                <button class="button">{t.upload}</button>
            </form>
        }
    });
    let list = may_list.then(|| view! { <p><a href=list>{t.all_codes}</a></p> });
    view! { <Card title=t.codes class="supply">{made}<p>{sum}</p>{list}{add}</Card> }
}
