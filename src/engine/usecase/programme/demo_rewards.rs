//! The demo's rewards: vouchers and gifts of every sort.

use jiff::SignedDuration;
use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::numbers::points::Points;
use laurel_domain::rewards::reward::{Contact, Limit, Period, RewardTerms, Supply};
use laurel_domain::text::{Both, Key};

use crate::auth::{Actor, Authority};
use crate::clock::Clock;
use crate::store::members::member::Member;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::pictures;
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::buy::{self, Order};
use crate::usecase::rewards::edit;

/// How many there are.
pub(super) const KINDS: usize = PICTURES.len();

/// Drawn for the demo, one for each reward in their order; they come by the way of any upload.
const PICTURES: [&[u8]; 6] = [
    include_bytes!("demo_pictures/coffee.webp"),
    include_bytes!("demo_pictures/ride.webp"),
    include_bytes!("demo_pictures/lounge.webp"),
    include_bytes!("demo_pictures/bag.webp"),
    include_bytes!("demo_pictures/mug.webp"),
    include_bytes!("demo_pictures/headphones.webp"),
];

fn terms(name: (&str, &str), about: (&str, &str), price: i64) -> RewardTerms {
    RewardTerms {
        name: Both::new(name.0, name.1),
        about: Both::new(about.0, about.1),
        price: Points::from_hundredths(price * 100),
        least_tier: None,
        limit: None,
        starts: None,
        ends: None,
        valid_days: None,
    }
}

/// Gifts come after the vouchers.
pub(super) fn is_sent(reward: usize) -> bool {
    reward > 2
}

fn supply_and_terms(reward: usize) -> (Supply, RewardTerms) {
    let monthly = |most| Some(Limit { most, period: Period::Month });
    match reward {
        0 => {
            let terms =
                terms(("咖啡券", "Coffee voucher"), ("任意门店兑换一杯中杯咖啡。", "One medium coffee at any shop."), 25);
            (Supply::Pool, RewardTerms { limit: monthly(2), valid_days: Some(90), ..terms })
        }
        1 => {
            let terms = terms(("打车 10 元券", "Ride voucher"), ("下一次打车立减 10 元。", "10 off the next ride."), 50);
            (Supply::Generated, RewardTerms { valid_days: Some(30), ..terms })
        }
        2 => {
            let about = ("一次贵宾厅休息，可带一位同伴。", "One visit for you and a companion.");
            let least_tier = Key::new("diamond").ok();
            let terms = terms(("机场贵宾厅", "Airport lounge"), about, 400);
            (Supply::Generated, RewardTerms { least_tier, valid_days: Some(365), ..terms })
        }
        3 => (Supply::Stock, terms(("帆布袋", "Canvas bag"), ("厚帆布，可机洗。", "Heavy canvas, machine washable."), 50)),
        4 => {
            let limit = Some(Limit { most: 1, period: Period::Year });
            let terms = terms(("白瓷杯", "White mug"), ("景德镇白瓷，350 毫升。", "Jingdezhen porcelain, 350 ml."), 120);
            (Supply::Stock, RewardTerms { limit, ..terms })
        }
        _ => {
            let least_tier = Key::new("gold").ok();
            let terms = terms(("无线耳机", "Wireless headphones"), ("头戴式，续航 40 小时。", "Over the ear, 40 hours."), 900);
            (Supply::Stock, RewardTerms { least_tier, ..terms })
        }
    }
}

/// Makes one of them, with its picture and, where it has a pool, the codes.
pub(super) async fn create(then: &Ledger, by: Authority, reward: usize) -> Result<RewardId, AppError> {
    let (supply, terms) = supply_and_terms(reward);
    let id = edit::create(then, by, supply, terms).await?;
    let a_little_later = |minutes| then.clock.now().saturating_add(SignedDuration::from_mins(minutes));
    let later = then.at(Clock::fixed(a_little_later(6).unwrap_or_default()));
    if let Some(picture) = PICTURES.get(reward) {
        pictures::set_of_reward(&later, by, id, picture.to_vec()).await?;
    }
    if supply == Supply::Pool {
        let codes: Vec<String> = (1..=240).map(|n| format!("COFFEE-{:05}", n * 7919 % 100_000)).collect();
        let later = then.at(Clock::fixed(a_little_later(14).unwrap_or_default()));
        edit::add_codes(&later, by, id, &codes.join("\n")).await?;
    }
    Ok(id)
}

/// Gives a reward another price; what was taken before keeps its own.
pub(super) async fn reprice(then: &Ledger, by: Authority, id: RewardId, points: i64) -> Result<(), AppError> {
    let file = edit::file(then, id).await?;
    let terms = RewardTerms { price: Points::from_hundredths(points * 100), ..file.reward.terms };
    edit::edit(then, by, id, file.reward.revision, terms).await
}

/// A member takes one. Its redemption.
pub(super) async fn take(
    then: &Ledger,
    member: &Member,
    reward: RewardId,
    is_sent: bool,
    key: RequestKey,
) -> Result<RedemptionId, AppError> {
    let name = member.name.clone().unwrap_or_default();
    let contact = is_sent.then(|| Contact::parse(&name, "+86 139 0000 0000", "上海市徐汇区示例路 8 号")).transpose()?;
    let actor = Actor::Member(member.id().uuid());
    let order = Order { member_no: member.no, reward, quantity: 1, quoted: None, contact, key, actor };
    Ok(buy::buy(then, order).await?.redemption.id)
}
