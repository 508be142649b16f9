//! A reward as one sees it: its picture, or a drawing of its kind.

use laurel_domain::pictures::PictureKind;
use laurel_domain::rewards::redemption::RedemptionKind;
use laurel_domain::rewards::reward::Reward;
use leptos::prelude::*;
use uuid::Uuid;

use crate::server::web::pictures::picture_url;
use laurel_domain::ids::PictureId;

/// How many tints there are for drawings: `style/pictures.css`.
const TINTS: u128 = 4;

/// What is shown of a reward.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    pub picture: Option<PictureId>,
    pub kind: RedemptionKind,
    /// Of the reward: the same one always has the same tint.
    pub id: Uuid,
}

impl From<&Reward> for Shown {
    fn from(reward: &Reward) -> Shown {
        Shown { picture: reward.picture, kind: reward.supply.kind(), id: reward.id.uuid() }
    }
}

/// `sizes`: how wide it stands in the page, for the browser to choose a file by; `first`: among what is seen without scrolling.
#[component]
pub fn RewardPicture(
    #[prop(into)] of: Shown,
    #[prop(into)] alt: String,
    #[prop(default = "(min-width: 900px) 320px, 92vw")] sizes: &'static str,
    #[prop(optional)] first: bool,
) -> impl IntoView {
    match of.picture {
        Some(id) => {
            let files = PictureKind::Reward.widths().map(|width| (picture_url(id, PictureKind::Reward, width), width));
            let srcset = files.iter().map(|(url, width)| format!("{url} {width}w")).collect::<Vec<_>>().join(", ");
            let [_, (src, _), _] = files;
            let loading = if first { "eager" } else { "lazy" };
            view! { <img class="picture" src=src srcset=srcset sizes=sizes alt=alt loading=loading decoding="async" width="640" height="427"/> }
                .into_any()
        }
        None => {
            let drawing = if of.kind == RedemptionKind::Gift { "art-gift" } else { "art-voucher" };
            let class = format!("picture drawn tint-{}", of.id.as_u128() % TINTS + 1);
            view! {
                <svg class=class viewBox="0 0 480 320" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
                    <use href=format!("/icons.svg#{drawing}")></use>
                </svg>
            }
            .into_any()
        }
    }
}
