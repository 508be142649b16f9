//! A rule set: everything about earning, tiers and redeeming that a programme can change.

use serde::{Deserialize, Serialize};

use crate::benefits::benefit::{Benefit, BenefitKind, Period, Quota};
use crate::ledger::event::Scene;
use crate::numbers::factor::Factor;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::numbers::rounding::Rounding;
use crate::numbers::time::Moment;
use crate::refusal::{Fault, FieldFault, NumberError, Refusal};
use crate::rewards::cash::CashTerms;
use crate::rules::experiment::Split;
use crate::rules::figures::Figures;
use crate::rules::fractions::Fractions;
use crate::rules::terms::{Cap, EarnKind, Expiry, Kinds, holding_faults};
use crate::rules::tier::{Ladder, Tier, TierRank, rank_of};
use crate::rules::window::Window;
use crate::text::{Both, Key};

pub use crate::rules::timeline::{Rulebook, Timeline};

/// What a refund does with points that are not there any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortfall {
    /// They are owed: later earnings repay them first.
    #[default]
    Debt,
    /// They are forgiven; the tier basis falls in full.
    Forgive,
}

/// Multipliers of payments by scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenes {
    pub e_payment: Factor,
    pub bank_card: Factor,
    pub investment: Factor,
    pub lending: Factor,
    pub other: Factor,
}

impl Default for Scenes {
    fn default() -> Scenes {
        let one = Factor::ONE;
        Scenes { e_payment: one, bank_card: one, investment: one, lending: one, other: one }
    }
}

impl Scenes {
    pub fn of(&self, scene: Scene) -> Factor {
        match scene {
            Scene::EPayment => self.e_payment,
            Scene::BankCard => self.bank_card,
            Scene::Investment => self.investment,
            Scene::Lending => self.lending,
            Scene::Other => self.other,
        }
    }

    pub fn of_mut(&mut self, scene: Scene) -> &mut Factor {
        match scene {
            Scene::EPayment => &mut self.e_payment,
            Scene::BankCard => &mut self.bank_card,
            Scene::Investment => &mut self.investment,
            Scene::Lending => &mut self.lending,
            Scene::Other => &mut self.other,
        }
    }
}

/// Earning, tiers and redemption as one immutable whole. Numbered when it is published.
///
/// Wherever it is read, what is not known is refused, at every depth: a release that does not know a rule must not post without it. One
/// that adds a rule leaves it out of what it writes where it is not used, so that the releases before go on beside it until it is.
///
/// `points = α × payment amount + β × referrals + γ × reviews` (../shared/source, section 3.2), each event one term of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// Points for one unit of currency paid.
    pub alpha: Factor,
    /// Points for a referral.
    pub beta: Factor,
    /// Points for a review.
    pub gamma: Factor,
    #[serde(default)]
    pub scenes: Scenes,
    #[serde(default)]
    pub rounding: Rounding,
    pub ladder: Ladder,
    /// How many points pay one unit of currency.
    pub rate: Factor,
    #[serde(default)]
    pub shortfall: Shortfall,
    #[serde(default)]
    pub expiry: Expiry,
    /// Days that points are held back.
    #[serde(default)]
    pub holding: Kinds<u16>,
    /// Published sets without any were made before there were caps.
    #[serde(default)]
    pub caps: Kinds<Cap>,
    /// What somebody invited at the portal has to pay at once for the invitation to earn β, in units of currency.
    #[serde(default = "nothing")]
    pub referral_least: Factor,
    /// Whether an award for an invitation is taken back when the payment that completed it is refunded. See
    /// [`crate::ledger::invitation`].
    #[serde(default)]
    pub take_back_referral: bool,
}

const fn nothing() -> Factor {
    Factor::ZERO
}

impl Default for RuleSet {
    fn default() -> RuleSet {
        let tier = |key: &str, zh: &str, en: &str, from: i64, benefits: Vec<Benefit>| Tier {
            key: Key::new(key).unwrap_or_else(|_| unreachable!("a literal key")),
            name: Both::new(zh, en),
            from: Factor::whole(from),
            multiplier: Factor::ONE,
            benefits,
        };
        let benefit = |key: &str, kind, zh: &str, en: &str| Benefit {
            key: Key::new(key).unwrap_or_else(|_| unreachable!("a literal key")),
            kind,
            text: Both::new(zh, en),
            percent: None,
            quota: None,
        };
        let off = |percent: i64, zh: &str, en: &str| Benefit {
            percent: Some(Factor::whole(percent)),
            ..benefit(&format!("discount-{percent}"), BenefitKind::Discount, zh, en)
        };
        let once = |period, benefit| Benefit { quota: Some(Quota { count: 1, period }), ..benefit };
        let gift = || once(Period::Year, benefit("birthday-gift", BenefitKind::Gift, "生日礼品", "A birthday gift"));
        let repair = || once(Period::Quarter, benefit("free-repair", BenefitKind::Repair, "免费维修", "Free repair"));
        RuleSet {
            alpha: Factor::ONE,
            beta: Factor::whole(10),
            gamma: Factor::whole(5),
            scenes: Scenes::default(),
            rounding: Rounding::default(),
            ladder: Ladder {
                basis: Default::default(),
                window: Default::default(),
                validity: None,
                tiers: vec![
                    tier("standard", "普通会员", "Standard", 0, vec![]),
                    tier("gold", "金牌会员", "Gold", 100, vec![off(5, "全场 95 折", "5% off everything")]),
                    tier("diamond", "钻石会员", "Diamond", 500, vec![off(10, "全场 9 折", "10% off everything"), gift()]),
                    tier("vip", "VIP会员", "VIP", 1000, vec![off(15, "全场 85 折", "15% off everything"), gift(), repair()]),
                ],
            },
            rate: Factor::whole(100),
            shortfall: Shortfall::default(),
            expiry: Expiry::Never,
            holding: Kinds::default(),
            caps: Kinds { referral: Cap { day: Some(Points::from_hundredths(10_000)), month: None }, ..Kinds::default() },
            referral_least: nothing(),
            take_back_referral: false,
        }
    }
}

impl RuleSet {
    /// Everything that is wrong with it, by field.
    pub fn faults(&self, currency: Currency) -> Vec<FieldFault> {
        let weights = [("alpha", self.alpha), ("beta", self.beta), ("gamma", self.gamma)];
        let mut faults: Vec<FieldFault> =
            weights.into_iter().filter_map(|(field, weight)| weight.fault(field, Factor::MOST_WEIGHT)).collect();
        faults.extend(
            Scene::ALL
                .into_iter()
                .filter_map(|scene| self.scenes.of(scene).fault(&format!("scenes.{}", scene.name()), Factor::MOST_MULTIPLIER)),
        );
        if self.rate == Factor::ZERO {
            faults.push(FieldFault::new("rate", Fault::NotPositive));
        }
        faults.extend(self.rate.fault("rate", Factor::MOST_RATE));
        faults.extend(self.expiry.faults());
        faults.extend(holding_faults(&self.holding));
        for kind in EarnKind::ALL {
            faults.extend(self.caps.of(kind).faults(&format!("caps.{}", kind.name())));
        }
        faults.extend(self.referral_least.fault("referral_least", Factor::whole(Money::MOST_MINOR / 100)));
        if self.least_referred(currency).is_none() {
            let most = currency.exponent();
            faults.push(FieldFault::new("referral_least", NumberError::TooManyDecimals { most }));
        }
        faults.extend(self.ladder.faults(currency));
        faults
    }
}

impl RuleSet {
    /// [`RuleSet::referral_least`] in minor units; `None` if it has more decimals than the currency.
    fn least_referred(&self, currency: Currency) -> Option<i64> {
        self.referral_least.in_units(currency.exponent())
    }
}

/// A valid rule set made ready for whole-number arithmetic in one currency, with its number and when it is in force.
#[derive(Clone, Debug)]
pub struct Rules {
    pub version: u32,
    /// In force from here until the next version's; the first since ever.
    pub from: Moment,
    pub set: RuleSet,
    pub currency: Currency,
    /// Whether its coming into force demotes inside a validity period.
    pub demotes: bool,
    /// Until when whoever falls short of their tier by its coming into force keeps it.
    pub keeps_until: Option<Moment>,
    /// The experiment for whose variant group alone it is in force; `None`: for everybody.
    pub only_for: Option<Split>,
    /// What the set says in decimals, as whole millionths: events are worth what these come to.
    pub(crate) figures: Figures,
    pub(crate) fractions: Fractions,
    thresholds: Vec<i64>,
}

impl Rules {
    /// Refused: [`Refusal::Invalid`] with every fault of the set.
    pub fn compile(set: RuleSet, version: u32, from: impl Into<Moment>, currency: Currency) -> Result<Rules, Refusal> {
        let faults = set.faults(currency);
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        let (figures, thresholds) = (Figures::of(&set), set.ladder.thresholds(currency));
        let fractions = Fractions::of(&figures, set.rounding, currency);
        let (from, demotes, keeps_until, only_for) = (from.into(), false, None, None);
        Ok(Rules { version, from, set, currency, demotes, keeps_until, only_for, figures, fractions, thresholds })
    }

    /// The same, published so that it demotes inside validity periods or not.
    pub fn demoting(self, demotes: bool) -> Rules {
        Rules { demotes, ..self }
    }

    /// The same, published so that nobody loses a tier by it before then.
    pub fn keeping(self, keeps_until: Option<impl Into<Moment>>) -> Rules {
        Rules { keeps_until: keeps_until.map(Into::into), ..self }
    }

    /// The same, in force for the variant group of an experiment alone.
    pub fn only_for(self, only_for: Option<Split>) -> Rules {
        Rules { only_for, ..self }
    }

    /// The tier of what was gathered, in hundredths of a point or minor units as the basis counts.
    #[inline]
    pub fn rank(&self, gathered: i64) -> TierRank {
        rank_of(&self.thresholds, gathered)
    }

    /// [`Rules::rank`] of somebody who was in that tier before: most stay in theirs.
    #[inline]
    pub(crate) fn rank_after(&self, before: TierRank, gathered: i64) -> TierRank {
        let (at, thresholds) = (before.index(), &self.thresholds);
        let is_reached = thresholds.get(at).is_some_and(|from| at == 0 || *from <= gathered);
        let is_below_next = thresholds.get(at + 1).is_none_or(|next| gathered < *next);
        if is_reached && is_below_next { before } else { self.rank(gathered) }
    }

    /// The rank here of what was the tier `rank` in `before`: that of the same key, else the same as far as there is one.
    pub fn rank_of_same(&self, before: &Rules, rank: TierRank) -> TierRank {
        let key = &before.tier(rank).key;
        let same = self.set.ladder.tiers.iter().position(|tier| tier.key == *key);
        let index = same.unwrap_or(rank.index()).min(self.set.ladder.tiers.len() - 1);
        TierRank::new(u16::try_from(index + 1).unwrap_or(u16::MAX)).unwrap_or(TierRank::FIRST)
    }

    /// Whether a first payment of that much makes an invitation earn.
    pub fn completes_invitation(&self, paid: Money) -> bool {
        self.set.least_referred(self.currency).is_some_and(|least| paid.minor() >= least)
    }

    /// Whether an award for an invitation stands as long as its payment is not refunded, and is taken back when so much is left of
    /// it.
    pub fn takes_back_award(&self, left: Money) -> bool {
        self.set.take_back_referral && (left.minor() == 0 || !self.completes_invitation(left))
    }

    /// Whether a payment and its refunds do nothing but add to what is available and to the tier basis: nothing is held back, lapses,
    /// is capped or leaves a window, and no tier is valid for a time.
    pub(crate) fn is_plain(&self) -> bool {
        let RuleSet { expiry, holding, caps, ladder, .. } = &self.set;
        let plain = (*expiry, holding.payment, caps.payment, ladder.window, ladder.validity);
        plain == (Expiry::Never, 0, Cap::default(), Window::Lifetime, None)
    }

    /// The tier of that rank, or the highest there is when the ladder has become shorter.
    pub fn tier(&self, rank: TierRank) -> &Tier {
        let tiers = &self.set.ladder.tiers;
        &tiers[rank.index().min(tiers.len() - 1)]
    }

    /// The tier above, if there is one.
    pub fn next_above(&self, rank: TierRank) -> Option<TierRank> {
        TierRank::new(rank.get() + 1).filter(|next| next.index() < self.thresholds.len())
    }

    pub fn thresholds(&self) -> &[i64] {
        &self.thresholds
    }

    pub fn cash_terms(&self) -> CashTerms {
        CashTerms { rate: self.set.rate, currency: self.currency, rules_version: self.version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::period::Validity;
    use serde_json::{Value, json};

    /// Every place in it where a field more can stand, as pointers.
    fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                found.push(at.to_owned());
                fields.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, value)| objects(value, &format!("{at}/{i}"), found));
            }
            _ => {}
        }
    }

    #[test]
    fn rules_that_say_more_than_is_known_are_not_read_as_if_they_did_not() {
        let expiry = Expiry::Yearly { month: 6, day: 30, years: 2 };
        let mut set = RuleSet { expiry, ..RuleSet::default() };
        set.ladder.window = Window::Months(3);
        set.ladder.validity = Some(Validity { months: 12, grace_days: 3 });
        set.caps.payment.day = Some("100".parse().unwrap());
        set.ladder.tiers[1].benefits[0].quota = Some(Quota { count: 1, period: Period::Month });
        let value = serde_json::to_value(&set).unwrap();
        assert_eq!(serde_json::from_value::<RuleSet>(value.clone()).unwrap(), set);
        let mut places = Vec::new();
        objects(&value, "", &mut places);
        for place in [
            "",
            "/scenes",
            "/rounding",
            "/expiry/yearly",
            "/caps/payment",
            "/ladder/validity",
            "/ladder/tiers/1/benefits/0/quota",
        ] {
            assert!(places.iter().any(|found| found == place), "{place} in {places:?}");
        }
        for place in places {
            let mut more = value.clone();
            more.pointer_mut(&place).unwrap()["of_a_newer_version"] = json!(1);
            assert!(serde_json::from_value::<RuleSet>(more).is_err(), "{place}");
        }
    }
}
