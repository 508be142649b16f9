//! The editor's sheets of how many points there can be, when they come and when they go.

use laurel_domain::rules::form_terms::{EXPIRIES, NO_OR_YES};
use laurel_domain::rules::terms::EarnKind;
use leptos::prelude::*;

use super::sheet::Sheet;
use crate::pages::components::Card;

#[component]
pub fn Caps(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let caps = EarnKind::ALL.map(|kind| {
        let (name, of) = (kind.name(), words.earned_by(kind));
        [
            sheet.number(&format!("caps.{name}.day"), (words.cap_day)(of)),
            sheet.number(&format!("caps.{name}.month"), (words.cap_month)(of)),
        ]
    });
    let unit = sheet.currency.code().to_owned();
    view! {
        <Card title=desk.caps>
            <p class="hint measure">{desk.caps_about}</p>
            <div class="fields pairs">{caps.into_iter().flatten().collect_view()}</div>
            <div class="fields hinted pairs">
                {sheet.hinted_number("referral_least", words.referral_least, (desk.referral_least_hint)(&unit))}
                {sheet.choice("take_back_referral", "take_back_referral", words.take_back_referral, &NO_OR_YES)}
            </div>
            <p class="hint measure">{desk.take_back_referral_hint}</p>
        </Card>
    }
}

/// Which of the fields belong to the kind of expiry is shown by style alone, so that it needs no script.
#[component]
pub fn Lasting(sheet: Sheet) -> impl IntoView {
    let (words, desk) = (sheet.lang.rules(), sheet.lang.console());
    let held = EarnKind::ALL.map(|kind| sheet.number(&format!("holding.{}", kind.name()), words.earned_by(kind)));
    view! {
        <Card title=desk.lasting>
            <p class="hint measure">{desk.lasting_about}</p>
            <div class="kinds stack">
                {sheet.choice("expiry.kind", "expiry.kind", words.expiry, &EXPIRIES)}
                <div class="fields hinted of-months">
                    {sheet.hinted_number("expiry.months", words.expiry_months, desk.expiry_months_hint)}
                </div>
                <div class="fields hinted of-yearly">
                    {sheet.number("expiry.month", words.expiry_month)}
                    {sheet.hinted_number("expiry.day", words.expiry_day, desk.expiry_day_hint)}
                    {sheet.hinted_number("expiry.years", words.expiry_years, desk.expiry_years_hint)}
                </div>
            </div>
            <h3>{desk.holding}</h3>
            <p class="hint measure">{desk.holding_about}</p>
            <div class="fields tight">{held.into_iter().collect_view()}</div>
        </Card>
    }
}
