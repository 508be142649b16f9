//! A rule set: everything about earning, tiers and redeeming that a programme can change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::benefits::benefit::{Benefit, BenefitKind, Period, Quota};
use crate::ledger::event::Scene;
use crate::numbers::calendar::Calendar;
use crate::numbers::factor::Factor;
use crate::numbers::money::{Currency, Money};
use crate::numbers::points::Points;
use crate::numbers::rounding::Rounding;
use crate::refusal::{Fault, FieldFault, NumberError, Refusal};
use crate::rewards::cash::CashTerms;
use crate::rules::figures::Figures;
use crate::rules::fractions::Fractions;
use crate::rules::terms::{Cap, CapKey, EarnKind, Expiry, Kinds, Through, holding_faults};
use crate::rules::tier::{Ladder, Tier, TierRank, rank_of};
use crate::rules::window::Window;
use crate::text::{Both, Key};

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
/// `points = α × payment amount + β × referrals + γ × reviews` (../shared/source, section 3.2), each event one term of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    pub from: Timestamp,
    pub set: RuleSet,
    pub currency: Currency,
    /// Whether its coming into force demotes inside a validity period.
    pub demotes: bool,
    /// Until when whoever falls short of their tier by its coming into force keeps it.
    pub keeps_until: Option<Timestamp>,
    /// What the set says in decimals, as whole millionths: events are worth what these come to.
    pub(crate) figures: Figures,
    pub(crate) fractions: Fractions,
    thresholds: Vec<i64>,
}

impl Rules {
    /// Refused: [`Refusal::Invalid`] with every fault of the set.
    pub fn compile(set: RuleSet, version: u32, from: Timestamp, currency: Currency) -> Result<Rules, Refusal> {
        let faults = set.faults(currency);
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        let (figures, thresholds) = (Figures::of(&set), set.ladder.thresholds(currency));
        let fractions = Fractions::of(&figures, set.rounding, currency);
        Ok(Rules { version, from, set, currency, demotes: false, keeps_until: None, figures, fractions, thresholds })
    }

    /// The same, published so that it demotes inside validity periods or not.
    pub fn demoting(self, demotes: bool) -> Rules {
        Rules { demotes, ..self }
    }

    /// The same, published so that nobody loses a tier by it before then.
    pub fn keeping(self, keeps_until: Option<Timestamp>) -> Rules {
        Rules { keeps_until, ..self }
    }

    /// The tier of what was gathered, in hundredths of a point or minor units as the basis counts.
    #[inline]
    pub fn rank(&self, gathered: i64) -> TierRank {
        rank_of(&self.thresholds, gathered)
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
    fn is_plain(&self) -> bool {
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

/// Every published version, oldest first, and the calendar that days and months are counted by.
#[derive(Clone, Debug)]
pub struct Timeline {
    versions: Vec<Rules>,
    /// Where in `versions` those stand that rate otherwise than the one before.
    ratings: Vec<usize>,
    /// Whether some versions have a cap that others have not.
    caps_differ: bool,
    is_plain: bool,
    calendar: Calendar,
}

impl Timeline {
    /// `versions` by number from 1, each starting after the one before. `None` when there is none.
    pub fn new(versions: Vec<Rules>, calendar: Calendar) -> Option<Timeline> {
        let rates = |at: &usize| {
            let (before, rules) = (&versions[*at - 1], &versions[*at]);
            rules.demotes || rules.set.ladder.rates_otherwise_than(&before.set.ladder)
        };
        let ratings = (1..versions.len()).filter(rates).collect();
        let caps =
            |rules: &Rules| EarnKind::ALL.map(|kind| rules.set.caps.of(kind)).map(|c| (c.day.is_some(), c.month.is_some()));
        let caps_differ = versions.windows(2).any(|pair| caps(&pair[0]) != caps(&pair[1]));
        let is_plain = versions.iter().all(Rules::is_plain);
        (!versions.is_empty()).then_some(Timeline { versions, ratings, caps_differ, is_plain, calendar })
    }

    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether payments and refunds are plain under every version. See [`crate::ledger::plain`].
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// What is in force at an instant: the last version that has started, and before them all the first.
    #[inline]
    pub fn at(&self, instant: Timestamp) -> &Rules {
        self.versions.iter().rev().find(|rules| rules.from <= instant).unwrap_or(&self.versions[0])
    }

    #[inline]
    pub fn version(&self, number: u32) -> Option<&Rules> {
        self.versions.iter().find(|rules| rules.version == number)
    }

    pub fn latest(&self) -> &Rules {
        &self.versions[self.versions.len() - 1]
    }

    pub fn all(&self) -> &[Rules] {
        &self.versions
    }

    /// The first version after `rated_by` that rates otherwise than the one before it.
    #[inline]
    pub fn next_rating(&self, rated_by: u32) -> Option<&Rules> {
        self.ratings.iter().map(|at| &self.versions[*at]).find(|rules| rules.version > rated_by)
    }

    /// The version that everybody has to have been rated by at an instant.
    pub fn rating_at(&self, instant: Timestamp) -> u32 {
        let mut rated_by = self.versions[0].version;
        while let Some(next) = self.next_rating(rated_by).filter(|next| next.from <= instant) {
            rated_by = next.version;
        }
        rated_by
    }

    /// Whether part of that day or month lies under rules without the cap that another part has. Then the cap counts all of the
    /// day or month, also what was earned without it.
    pub fn is_partly_capped(&self, key: CapKey) -> bool {
        self.caps_differ && self.has_within(key, true) && self.has_within(key, false)
    }

    /// The day and the month of an event that comes under no cap itself, as far as a cap is in force in another part of them.
    pub fn uncapped_within_caps(&self, kind: EarnKind, occurred_at: Timestamp) -> Vec<CapKey> {
        if !self.caps_differ {
            return Vec::new();
        }
        let cap = self.at(occurred_at).set.caps.of(kind);
        let throughs = [Through::Day(self.calendar.day(occurred_at)), Through::Month(self.calendar.month(occurred_at))];
        let keys = throughs.into_iter().filter(|through| !cap.limits_through(*through)).map(|through| CapKey { kind, through });
        keys.filter(|key| self.has_within(*key, true)).collect()
    }

    /// Whether some version that is in force in that day or month has such a cap, or has none.
    fn has_within(&self, key: CapKey, capped: bool) -> bool {
        let (start, end) = key.through.bounds(&self.calendar);
        let untils = self.versions[1..].iter().map(|rules| rules.from).chain([Timestamp::MAX]);
        let mut parts = self.versions.iter().enumerate().zip(untils);
        parts.any(|((i, rules), until)| {
            let overlaps = (i == 0 || rules.from < end) && until > start;
            overlaps && rules.set.caps.of(key.kind).limits_through(key.through) == capped
        })
    }

    /// Whether any version needs to know what was gathered month by month.
    pub fn is_windowed(&self) -> bool {
        self.versions.iter().any(|rules| rules.set.ladder.window != Window::Lifetime)
    }
}
