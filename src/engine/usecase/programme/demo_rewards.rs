//! The demo's rewards: vouchers and gifts of every sort, some of them taken.

use laurel_domain::ids::RewardId;
use laurel_domain::numbers::points::Points;
use laurel_domain::refusal::Refusal;
use laurel_domain::rewards::redemption::RedemptionState::{self, Cancelled, Delivered, Issued, Shipped, Used};
use laurel_domain::rewards::reward::{Contact, Limit, Period, RewardTerms, Supply};
use laurel_domain::text::{Both, Key};

use crate::auth::{Actor, Authority};
use crate::store::members::member::By;
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::view;
use crate::usecase::pictures;
use crate::usecase::request_key::RequestKey;
use crate::usecase::rewards::buy::{self, Order};
use crate::usecase::rewards::edit;
use crate::usecase::rewards::redeem::{self, Advance};

/// Who takes what, and how far it has come. Whoever cannot have it goes without.
const TAKEN: [(usize, usize, &[RedemptionState]); 10] = [
    (1, 1, &[]),
    (2, 3, &[]),
    (5, 0, &[Issued]),
    (8, 4, &[Shipped]),
    (11, 1, &[Issued, Used]),
    (14, 3, &[Shipped, Delivered]),
    (20, 3, &[]),
    (23, 4, &[Cancelled]),
    (26, 0, &[Issued]),
    (32, 1, &[]),
];

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

/// Makes the rewards and lets some members, named by `id`, take some.
pub(in crate::usecase) async fn fill(ledger: &Ledger, id: fn(usize) -> String) -> Result<(), AppError> {
    let by = Authority::command_line();
    let monthly = |most| Some(Limit { most, period: Period::Month });
    let coffee = RewardTerms {
        limit: monthly(2),
        valid_days: Some(90),
        ..terms(("咖啡券", "Coffee voucher"), ("任意门店兑换一杯中杯咖啡。", "One medium coffee at any shop."), 30)
    };
    let ride = RewardTerms {
        valid_days: Some(30),
        ..terms(("打车 10 元券", "Ride voucher"), ("下一次打车立减 10 元。", "10 off the next ride."), 60)
    };
    let lounge = RewardTerms {
        least_tier: Key::new("diamond").ok(),
        valid_days: Some(365),
        ..terms(("机场贵宾厅", "Airport lounge"), ("一次贵宾厅休息，可带一位同伴。", "One visit for you and a companion."), 400)
    };
    let bag = terms(("帆布袋", "Canvas bag"), ("厚帆布，可机洗。", "Heavy canvas, machine washable."), 50);
    let mug = RewardTerms {
        limit: Some(Limit { most: 1, period: Period::Year }),
        ..terms(("白瓷杯", "White mug"), ("景德镇白瓷，350 毫升。", "Jingdezhen porcelain, 350 ml."), 120)
    };
    let headphones = RewardTerms {
        least_tier: Key::new("gold").ok(),
        ..terms(("无线耳机", "Wireless headphones"), ("头戴式，续航 40 小时。", "Over the ear, 40 hours."), 900)
    };
    let mut made = Vec::new();
    for (supply, terms) in [
        (Supply::Pool, coffee),
        (Supply::Generated, ride),
        (Supply::Generated, lounge),
        (Supply::Stock, bag),
        (Supply::Stock, mug),
        (Supply::Stock, headphones),
    ] {
        made.push(edit::create(ledger, by, supply, terms).await?);
    }
    for (reward, picture) in made.iter().zip(PICTURES) {
        pictures::set_of_reward(ledger, by, *reward, picture.to_vec()).await?;
    }
    let codes: Vec<String> = (1..=200).map(|n| format!("COFFEE-{:05}", n * 7919 % 100_000)).collect();
    edit::add_codes(ledger, by, made[0], &codes.join("\n")).await?;
    for (reward, stock) in [(3, 80), (4, 25), (5, 2)] {
        edit::change_stock(ledger, by, made[reward], stock, "首批到货 / first delivery").await?;
    }
    for (member, reward, steps) in TAKEN {
        take(ledger, &id(member), made[reward], reward > 2, steps).await?;
    }
    Ok(())
}

async fn take(
    ledger: &Ledger,
    member: &str,
    reward: RewardId,
    is_sent: bool,
    steps: &[RedemptionState],
) -> Result<(), AppError> {
    let Some(member) = view::find(ledger, By::External(member)).await? else { return Ok(()) };
    let name = member.name.clone().unwrap_or_default();
    let contact = is_sent.then(|| Contact::parse(&name, "+86 139 0000 0000", "上海市徐汇区示例路 8 号")).transpose()?;
    let actor = Actor::Member(member.id().uuid());
    let order = Order {
        member_no: member.no,
        reward,
        quantity: 1,
        quoted: None,
        contact,
        key: RequestKey::of_form(&format!("demo-{reward}")),
        actor,
    };
    let made = match buy::buy(ledger, order).await {
        Ok(made) => made,
        Err(AppError::Refused(Refusal::NotEnoughPoints { .. } | Refusal::TierTooLow { .. })) => return Ok(()),
        Err(error) => return Err(error),
    };
    for to in steps {
        let by_member = matches!(to, Issued | Cancelled);
        let tracking = (*to == Shipped).then(|| "SF 1234 5678 9012".to_owned());
        let actor = if by_member { actor } else { Actor::System };
        let advance = Advance { id: made.redemption.id, steps: vec![*to], tracking, note: None, actor, of_member: None };
        redeem::advance(ledger, advance).await?;
    }
    Ok(())
}
