//! What points were redeemed for, in a few words: in pages and in what functions say.

use crate::i18n::{Lang, format};
use laurel_engine::store::rewards::redemptions::RedeemedFor;

/// `¥1.50`, `Mug`, `Mug × 2`.
pub fn describe_redemption(lang: Lang, what: &RedeemedFor) -> String {
    match what {
        RedeemedFor::Cash(cash) => format::money(*cash),
        RedeemedFor::Reward(bought) if bought.quantity > 1 => format!("{} × {}", lang.of(&bought.name), bought.quantity),
        RedeemedFor::Reward(bought) => lang.of(&bought.name).to_owned(),
    }
}
