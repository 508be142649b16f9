//! What points were redeemed for, in a few words: in pages and in what functions say.

use crate::i18n::{Lang, format};
use crate::server::store::rewards::redemptions::What;

/// `¥1.50`, `Mug`, `Mug × 2`.
pub fn describe_redemption(lang: Lang, what: &What) -> String {
    match what {
        What::Cash(cash) => format::money(*cash),
        What::Reward(bought) if bought.quantity > 1 => format!("{} × {}", lang.of(&bought.name), bought.quantity),
        What::Reward(bought) => lang.of(&bought.name).to_owned(),
    }
}
