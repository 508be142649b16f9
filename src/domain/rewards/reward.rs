//! Rewards: vouchers and gifts with a price in points, and who may have them when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::{PictureId, RewardId};
use crate::numbers::points::Points;
use crate::refusal::{Fault, FieldFault, Refusal, Unavailable};
use crate::rewards::redemption::RedemptionKind;
use crate::rules::rule_set::Rules;
use crate::rules::tier::TierRank;
use crate::text::{Both, Key, checked};

/// Where what a member gets comes from. Stays as it is for as long as the reward exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// Vouchers whose codes somebody else made.
    Pool,
    /// Vouchers whose codes Laurel makes; there is no end of them.
    Generated,
    /// Gifts that lie in stock.
    Stock,
}

impl Supply {
    pub const ALL: [Supply; 3] = [Supply::Pool, Supply::Generated, Supply::Stock];

    pub const fn name(self) -> &'static str {
        match self {
            Supply::Pool => "pool",
            Supply::Generated => "generated",
            Supply::Stock => "stock",
        }
    }

    pub fn named(name: &str) -> Option<Supply> {
        Supply::ALL.into_iter().find(|supply| supply.name() == name)
    }

    pub const fn kind(self) -> RedemptionKind {
        match self {
            Supply::Pool | Supply::Generated => RedemptionKind::Voucher,
            Supply::Stock => RedemptionKind::Gift,
        }
    }

    /// How many at once: each voucher goes its own way, so it is redeemed by itself.
    pub const fn most_at_once(self) -> u32 {
        match self.kind() {
            RedemptionKind::Gift => 100,
            RedemptionKind::Cash | RedemptionKind::Voucher => 1,
        }
    }
}

/// How long a limit counts, in the programme's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Day,
    Month,
    Year,
    Ever,
}

impl Period {
    pub const ALL: [Period; 4] = [Period::Day, Period::Month, Period::Year, Period::Ever];

    pub const fn name(self) -> &'static str {
        match self {
            Period::Day => "day",
            Period::Month => "month",
            Period::Year => "year",
            Period::Ever => "ever",
        }
    }

    pub fn named(name: &str) -> Option<Period> {
        Period::ALL.into_iter().find(|period| period.name() == name)
    }

    /// The day that the period of `today` began on; `None` since ever.
    pub fn begin(self, today: Date) -> Option<Date> {
        match self {
            Period::Day => Some(today),
            Period::Month => Some(today.first_of_month()),
            Period::Year => Some(today.first_of_year()),
            Period::Ever => None,
        }
    }
}

/// So many a member and period; what was given back does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub most: u32,
    pub period: Period,
}

/// What the staff decides about a reward, and can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewardTerms {
    pub name: Both,
    pub about: Both,
    /// Of one.
    pub price: Points,
    /// The key of a tier: ranks change with the ladder, keys stay.
    pub least_tier: Option<Key>,
    pub limit: Option<Limit>,
    /// The first day, and the last, of the programme's time zone.
    pub starts: Option<Date>,
    pub ends: Option<Date>,
    /// A voucher is good for its day of issue and so many more; `None` for ever.
    pub valid_days: Option<u32>,
}

impl RewardTerms {
    pub const LONGEST_NAME: usize = 60;
    pub const LONGEST_ABOUT: usize = 400;
    pub const MOST_LIMIT: u32 = 1_000;
    pub const MOST_VALID_DAYS: u32 = 3_660;

    /// Everything that is wrong, by field.
    pub fn faults(&self, supply: Supply) -> Vec<FieldFault> {
        let mut faults = self.name.faults("name", RewardTerms::LONGEST_NAME);
        if self.about != Both::default() {
            faults.extend(self.about.faults("about", RewardTerms::LONGEST_ABOUT));
        }
        let mut fault = |field: &str, fault: Fault| faults.push(FieldFault::new(field, fault));
        let too_large = |most: u32| Fault::TooLarge { most: most.to_string() };
        if !self.price.is_positive() {
            fault("price", Fault::NotPositive);
        }
        match self.limit {
            Some(limit) if limit.most == 0 => fault("limit", Fault::NotPositive),
            Some(limit) if limit.most > RewardTerms::MOST_LIMIT => fault("limit", too_large(RewardTerms::MOST_LIMIT)),
            _ => (),
        }
        if self.starts.zip(self.ends).is_some_and(|(starts, ends)| ends < starts) {
            fault("ends", Fault::BeforeStart);
        }
        match self.valid_days {
            Some(_) if supply.kind() != RedemptionKind::Voucher => fault("valid_days", Fault::NotExpected),
            Some(0) => fault("valid_days", Fault::NotPositive),
            Some(days) if days > RewardTerms::MOST_VALID_DAYS => fault("valid_days", too_large(RewardTerms::MOST_VALID_DAYS)),
            _ => (),
        }
        faults
    }
}

/// A reward as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    pub id: RewardId,
    pub supply: Supply,
    pub terms: RewardTerms,
    /// How many there are left; `None` for no end of them.
    pub left: Option<i64>,
    pub is_retired: bool,
    /// `None` where a drawing of its kind stands instead.
    pub picture: Option<PictureId>,
    /// Counts its changes, so that an edit of what has changed since is noticed.
    pub revision: i64,
}

/// What of a member decides whether they may have a reward.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    pub rules: &'a Rules,
    pub tier: TierRank,
    pub available: Points,
    pub today: Date,
    /// How many of this reward they took in the period of its limit.
    pub taken: u32,
}

impl Reward {
    /// What `quantity` of it costs.
    ///
    /// Refused: [`Refusal::Invalid`] (`quantity`), [`Refusal::PointsOutOfRange`].
    pub fn price(&self, quantity: u32) -> Result<Points, Refusal> {
        let most = self.supply.most_at_once();
        match quantity {
            0 => Err(Refusal::field("quantity", Fault::NotPositive)),
            _ if quantity > most => Err(Refusal::field("quantity", Fault::TooLarge { most: most.to_string() })),
            _ => {
                let price = self.terms.price.hundredths().checked_mul(i64::from(quantity));
                price.map(Points::from_hundredths).ok_or(Refusal::PointsOutOfRange)
            }
        }
    }

    /// Whether it is there for anybody on that day.
    ///
    /// Refused: [`Refusal::RewardNotAvailable`].
    pub fn check_day(&self, today: Date) -> Result<(), Refusal> {
        let because = |why| Err(Refusal::RewardNotAvailable { why });
        match (self.terms.starts, self.terms.ends) {
            _ if self.is_retired => because(Unavailable::Retired),
            (Some(starts), _) if today < starts => because(Unavailable::NotBefore { day: starts }),
            (_, Some(ends)) if today > ends => because(Unavailable::NotAfter { day: ends }),
            _ => Ok(()),
        }
    }

    /// What `quantity` costs this member, if they may have it now.
    ///
    /// Refused, the first that applies: [`Refusal::RewardNotAvailable`], [`Refusal::Invalid`] (`quantity`),
    /// [`Refusal::TierTooLow`], [`Refusal::OutOfStock`], [`Refusal::RewardLimitReached`], [`Refusal::NotEnoughPoints`].
    pub fn sell(&self, buyer: Buyer, quantity: u32) -> Result<Points, Refusal> {
        self.check_day(buyer.today)?;
        let price = self.price(quantity)?;
        if let Some(key) = &self.terms.least_tier {
            let ladder = &buyer.rules.set.ladder.tiers;
            let Some(least) = ladder.iter().position(|tier| tier.key == *key) else {
                // the ladder has lost the tier that the reward is for: nobody is in it
                return Err(Refusal::RewardNotAvailable { why: Unavailable::TierGone });
            };
            if buyer.tier.index() < least {
                return Err(Refusal::TierTooLow { needed: ladder[least].name.clone() });
            }
        }
        if let Some(left) = self.left.filter(|left| *left < i64::from(quantity)) {
            return Err(Refusal::OutOfStock { left: left.max(0), wanted: quantity });
        }
        if let Some(limit) = self.terms.limit {
            let left = limit.most.saturating_sub(buyer.taken);
            if quantity > left {
                return Err(Refusal::RewardLimitReached { most: limit.most, period: limit.period, left });
            }
        }
        if price > buyer.available {
            return Err(Refusal::NotEnoughPoints { available: buyer.available, wanted: price });
        }
        Ok(price)
    }
}

/// Where a gift is sent. Personal data: kept apart, so that it can be erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub recipient: String,
    pub phone: String,
    pub address: String,
}

impl Contact {
    /// Line breaks and white space around are taken out of what was typed.
    ///
    /// Refused: [`Refusal::Invalid`] (`recipient`, `phone`, `address`).
    pub fn parse(recipient: &str, phone: &str, address: &str) -> Result<Contact, Refusal> {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut faults = Vec::new();
        let mut field = |name: &str, text: &str, most: usize| {
            checked(&one_line(text), most).unwrap_or_else(|fault| {
                faults.push(FieldFault::new(name, fault));
                String::new()
            })
        };
        let contact = Contact {
            recipient: field("recipient", recipient, 60),
            phone: field("phone", phone, 30),
            address: field("address", address, 300),
        };
        if faults.is_empty() { Ok(contact) } else { Err(Refusal::Invalid { faults }) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::rules::rule_set::RuleSet;

    fn mug() -> Reward {
        let id = "0198a1c2-5b1e-7c31-9d1c-3f5c7b6a1e00".parse().unwrap();
        let terms = RewardTerms {
            name: Both::new("杯子", "Mug"),
            about: Both::default(),
            price: "80".parse().unwrap(),
            least_tier: Some(Key::new("gold").unwrap()),
            limit: Some(Limit { most: 2, period: Period::Month }),
            starts: Some("2026-11-01".parse().unwrap()),
            ends: Some("2026-11-30".parse().unwrap()),
            valid_days: None,
        };
        Reward { id, supply: Supply::Stock, terms, left: Some(5), is_retired: false, picture: None, revision: 1 }
    }

    fn rules() -> Rules {
        Rules::compile(RuleSet::default(), 1, Timestamp::MIN, "CNY".parse().unwrap()).unwrap()
    }

    fn sell(reward: &Reward, quantity: u32, change: fn(&mut Buyer)) -> Result<Points, Refusal> {
        let rules = rules();
        let (tier, available) = (TierRank::new(2).unwrap(), "1000".parse().unwrap());
        let mut buyer = Buyer { rules: &rules, tier, available, today: "2026-11-30".parse().unwrap(), taken: 0 };
        change(&mut buyer);
        reward.sell(buyer, quantity)
    }

    #[test]
    fn whoever_may_have_it_pays_its_price_for_each() {
        assert_eq!(sell(&mug(), 2, |_| ()), Ok("160".parse().unwrap()));
    }

    #[test]
    fn who_may_not_have_it_is_told_why_with_numbers() {
        let refused = |quantity, change| sell(&mug(), quantity, change).unwrap_err();
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(
            refused(1, |b| b.today = "2026-12-01".parse().unwrap()),
            Refusal::RewardNotAvailable { why: Unavailable::NotAfter { day: day("2026-11-30") } }
        );
        assert_eq!(
            refused(1, |b| b.today = "2026-10-31".parse().unwrap()),
            Refusal::RewardNotAvailable { why: Unavailable::NotBefore { day: day("2026-11-01") } }
        );
        assert_eq!(refused(1, |b| b.tier = TierRank::FIRST), Refusal::TierTooLow { needed: Both::new("金牌会员", "Gold") });
        assert_eq!(refused(6, |_| ()), Refusal::OutOfStock { left: 5, wanted: 6 });
        assert_eq!(refused(2, |b| b.taken = 1), Refusal::RewardLimitReached { most: 2, period: Period::Month, left: 1 });
        assert_eq!(
            refused(1, |b| b.available = "79.99".parse().unwrap()),
            Refusal::NotEnoughPoints { available: "79.99".parse().unwrap(), wanted: "80".parse().unwrap() }
        );
        assert!(matches!(refused(0, |_| ()), Refusal::Invalid { .. }));
        let retired = Reward { is_retired: true, ..mug() };
        assert_eq!(sell(&retired, 1, |_| ()), Err(Refusal::RewardNotAvailable { why: Unavailable::Retired }));
    }

    #[test]
    fn a_tier_that_the_ladder_has_lost_opens_nothing() {
        let mut lost = mug();
        lost.terms.least_tier = Some(Key::new("platinum").unwrap());
        assert_eq!(sell(&lost, 1, |_| ()), Err(Refusal::RewardNotAvailable { why: Unavailable::TierGone }));
    }

    #[test]
    fn each_voucher_is_redeemed_by_itself() {
        let voucher = Reward { supply: Supply::Generated, left: None, ..mug() };
        assert_eq!(voucher.price(2), Err(Refusal::field("quantity", Fault::TooLarge { most: "1".into() })));
    }

    #[test]
    fn a_period_begins_on_its_first_day() {
        let today: Date = "2028-02-29".parse().unwrap();
        let begins = Period::ALL.map(|period| period.begin(today).map(|day| day.to_string()).unwrap_or_default());
        assert_eq!(begins, ["2028-02-29", "2028-02-01", "2028-01-01", ""]);
    }

    #[test]
    fn terms_are_told_everything_that_is_wrong_with_them() {
        let mut terms = mug().terms;
        assert_eq!(terms.faults(Supply::Stock), []);
        terms.name.en = String::new();
        terms.about.zh = "只有中文".into();
        terms.price = Points::ZERO;
        terms.limit = Some(Limit { most: 0, period: Period::Ever });
        terms.ends = Some("2026-10-31".parse().unwrap());
        terms.valid_days = Some(30);
        let fields: Vec<String> = terms.faults(Supply::Stock).into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["name.en", "about.en", "price", "limit", "ends", "valid_days"]);
    }

    #[test]
    fn an_address_is_one_line_and_has_everything() {
        let contact = Contact::parse(" 李雷 ", "+86 138", "延安路 1 号\r\n上海").unwrap();
        assert_eq!((contact.recipient.as_str(), contact.address.as_str()), ("李雷", "延安路 1 号 上海"));
        let Err(Refusal::Invalid { faults }) = Contact::parse("", " ", "x") else { panic!("nobody to send it to") };
        assert_eq!(faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["recipient", "phone"]);
    }
}
