//! Rewards to tell stories about, and members who want them.

use laurel_domain::ids::{RedemptionId, RewardId};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use laurel_domain::rewards::reward::{Contact, RewardTerms, Supply};
use laurel_domain::text::Both;
use laurel_engine::auth::{Actor, Authority};
use laurel_engine::store::members::member::By;
use laurel_engine::usecase::AppError;
use laurel_engine::usecase::ledger::Ledger;
use laurel_engine::usecase::members::view;
use laurel_engine::usecase::rewards::buy::{self, Order};
use laurel_engine::usecase::rewards::edit;
use laurel_engine::usecase::rewards::redeem::{self, Advance, Found, Redeemed};

/// 80 points, for everybody, always.
pub fn terms() -> RewardTerms {
    RewardTerms {
        name: Both::new("杯子", "Mug"),
        about: Both::default(),
        price: "80".parse().expect("points"),
        least_tier: None,
        limit: None,
        starts: None,
        ends: None,
        valid_days: None,
    }
}

pub async fn reward(ledger: &Ledger, supply: Supply, change: impl FnOnce(&mut RewardTerms)) -> RewardId {
    let mut terms = terms();
    change(&mut terms);
    edit::create(ledger, Authority::command_line(), supply, terms).await.expect("a reward")
}

/// A gift with so many in stock.
pub async fn gift(ledger: &Ledger, stock: i64) -> RewardId {
    let id = reward(ledger, Supply::Stock, |_| ()).await;
    edit::change_stock(ledger, Authority::command_line(), id, stock, "first delivery").await.expect("stock");
    id
}

/// A voucher with these codes.
pub async fn pool(ledger: &Ledger, codes: &str) -> RewardId {
    let id = reward(ledger, Supply::Pool, |_| ()).await;
    edit::add_codes(ledger, Authority::command_line(), id, codes).await.expect("codes");
    id
}

pub async fn left(ledger: &Ledger, id: RewardId) -> Option<i64> {
    edit::file(ledger, id).await.expect("a reward").reward.left
}

pub fn contact() -> Contact {
    Contact::parse("李雷", "+86 138 1234 5678", "上海市延安路 1 号").expect("an address")
}

/// A file with a picture, each number with another.
pub fn picture(number: u8) -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([number.wrapping_mul(40), (x % 256) as u8, (y % 256) as u8]);
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(480, 320, pixel).write_to(&mut file, image::ImageFormat::Png).expect("a picture");
    file.into_inner()
}

/// A file of several megabytes with a picture that nothing makes smaller.
pub fn large_picture() -> Vec<u8> {
    let mut drawn = 1_u32;
    let mut pixel = |_, _| {
        image::Rgb([0; 3].map(|_: u8| {
            drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (drawn >> 24) as u8
        }))
    };
    let mut file = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(1_200, 900, &mut pixel);
    picture.write_to(&mut file, image::ImageFormat::Png).expect("a picture");
    file.into_inner()
}

/// An order of one by the member with this external id; gifts go to [`contact`].
pub async fn order(ledger: &Ledger, member: &str, reward: RewardId, key: &str) -> Order {
    let member = view::find(ledger, By::External(member)).await.expect("a look").expect("a member");
    let supply = edit::file(ledger, reward).await.expect("a reward").reward.supply;
    let contact = (supply.kind() == RedemptionKind::Gift).then(contact);
    let actor = Actor::Member(member.id().uuid());
    Order { member_no: member.no, reward, quantity: 1, quoted: None, contact, key: key.into(), actor }
}

pub async fn buy(ledger: &Ledger, member: &str, reward: RewardId, key: &str) -> Result<Redeemed, AppError> {
    buy::buy(ledger, order(ledger, member, reward, key).await).await
}

pub async fn bought(ledger: &Ledger, member: &str, reward: RewardId, key: &str) -> RedemptionId {
    buy(ledger, member, reward, key).await.expect("a redemption").redemption.id
}

pub async fn go(ledger: &Ledger, id: RedemptionId, to: RedemptionState) -> Result<(), AppError> {
    let advance = Advance { id, steps: vec![to], tracking: None, note: None, actor: Actor::CommandLine, of_member: None };
    redeem::advance(ledger, advance).await.map(drop)
}

pub async fn look(ledger: &Ledger, id: RedemptionId) -> Found {
    redeem::find(ledger, id).await.expect("a look").expect("a redemption")
}
