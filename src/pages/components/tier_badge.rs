//! The name of a tier in the tier's colour.

use laurel_domain::rules::tier::TierRank;
use leptos::prelude::*;

/// There are colours for this many tiers; those above share the last.
const COLOURS: u16 = 6;

#[component]
pub fn TierBadge(rank: TierRank, #[prop(into)] name: String) -> impl IntoView {
    view! { <span class=format!("tier {}", tier_class(rank))>{name}</span> }
}

/// Sets `--tier`, `--tier-wash` and `--tier-ink` for everything inside.
pub fn tier_class(rank: TierRank) -> String {
    format!("tier-{}", rank.get().min(COLOURS))
}
