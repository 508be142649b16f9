//! What points can be redeemed for: cash, and the rewards of the catalogue.

use std::collections::BTreeMap;

use laurel_domain::ids::PictureId;
use laurel_domain::numbers::money::Currency;
use laurel_domain::pictures::PictureKind;
use laurel_domain::rewards::reward::Reward;
use laurel_domain::text::{Both, Key};
use serde::Serialize;

use super::call::{Answer, Call};
use super::problem::Stop;
use super::redemptions::CASH;
use crate::server::config::PublicUrl;
use crate::server::web::pictures::picture_url;
use laurel_engine::usecase::rewards::catalogue;

#[derive(Serialize)]
struct Cash {
    id: &'static str,
    kind: &'static str,
    /// How many points pay one unit of currency.
    rate: String,
    currency: Currency,
    rules_version: u32,
}

#[derive(Serialize)]
struct OfCatalogue<'a> {
    id: String,
    kind: &'static str,
    name: &'a Both,
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<&'a Both>,
    /// Of one.
    points: String,
    /// The key of a tier of the rules.
    least_tier: Option<&'a str>,
    limit: Option<Limit>,
    starts: Option<String>,
    ends: Option<String>,
    /// How long a voucher is good for after its day of issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_days: Option<u32>,
    /// Of gifts and of codes in a pool; null where there is no end of them.
    left: Option<i64>,
    /// Null where none was uploaded.
    picture: Option<Picture>,
}

/// The addresses of a picture by how wide it is there at most, in pixels.
#[derive(Serialize)]
struct Picture {
    media_type: &'static str,
    sizes: BTreeMap<u32, String>,
}

impl Picture {
    fn of(id: PictureId, public_url: &PublicUrl) -> Picture {
        let kind = PictureKind::Reward;
        let sizes = kind.widths().map(|width| (width, public_url.to(&picture_url(id, kind, width))));
        Picture { media_type: kind.media_type(), sizes: sizes.into() }
    }
}

#[derive(Serialize)]
struct Limit {
    most: u32,
    period: &'static str,
}

impl<'a> OfCatalogue<'a> {
    fn of(reward: &'a Reward, public_url: &PublicUrl) -> OfCatalogue<'a> {
        let terms = &reward.terms;
        OfCatalogue {
            id: reward.id.to_string(),
            kind: reward.supply.kind().name(),
            name: &terms.name,
            about: Some(&terms.about).filter(|about| **about != Both::default()),
            points: terms.price.to_string(),
            least_tier: terms.least_tier.as_ref().map(Key::as_str),
            limit: terms.limit.map(|limit| Limit { most: limit.most, period: limit.period.name() }),
            starts: terms.starts.map(|day| day.to_string()),
            ends: terms.ends.map(|day| day.to_string()),
            valid_days: terms.valid_days,
            left: reward.left,
            picture: reward.picture.map(|id| Picture::of(id, public_url)),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Item<'a> {
    Cash(Cash),
    Reward(Box<OfCatalogue<'a>>),
}

#[derive(Serialize)]
struct List<'a> {
    data: Vec<Item<'a>>,
    /// There are never so many that they need another page.
    next_cursor: Option<String>,
}

pub async fn list(call: Call) -> Result<Answer, Stop> {
    let rulebook = call.ledger().rulebook().await?;
    let terms = rulebook.general().at(call.now()).cash_terms();
    let (rate, currency, rules_version) = (terms.rate.to_string(), terms.currency, terms.rules_version);
    let rewards = catalogue::all(call.ledger()).await?;
    let mut data = vec![Item::Cash(Cash { id: CASH, kind: CASH, rate, currency, rules_version })];
    let public_url = &call.state.config.public_url;
    data.extend(rewards.iter().map(|reward| Item::Reward(Box::new(OfCatalogue::of(reward, public_url)))));
    Answer::ok(&List { data, next_cursor: None })
}
