//! One symbol of the sprite `public/icons.svg`.

use laurel_domain::rewards::redemption::RedemptionKind;
use leptos::prelude::*;

/// Decoration: whatever it stands beside or in has to say the same in words.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" width="20" height="20" aria-hidden="true"><use href=format!("/icons.svg#{name}")></use></svg>
    }
}

/// The icon of what points are redeemed for.
pub const fn kind_icon(kind: RedemptionKind) -> &'static str {
    match kind {
        RedemptionKind::Cash => "cash",
        RedemptionKind::Voucher => "ticket",
        RedemptionKind::Gift => "gift",
    }
}
