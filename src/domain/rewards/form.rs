//! The terms of a reward as somebody typed them, and what they mean.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reward::{Limit, Period, RewardTerms};
use crate::numbers::points::Points;
use crate::refusal::{Fault, FieldFault, NumberError, Refusal};
use crate::text::{Both, Key};

/// A reward's terms as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedTerms {
    pub name_zh: String,
    pub name_en: String,
    pub about_zh: String,
    pub about_en: String,
    pub price: String,
    pub least_tier: String,
    pub limit: String,
    pub period: String,
    pub starts: String,
    pub ends: String,
    pub valid_days: String,
}

impl TypedTerms {
    /// The terms that are meant. Whether they may be so is for [`RewardTerms`] to say.
    ///
    /// # Errors
    /// `Invalid` with every field that cannot be read.
    pub fn read(&self) -> Result<RewardTerms, Refusal> {
        let mut faults = Vec::new();
        let text = |typed: &str| typed.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut fault = |field: &str, fault: Fault| faults.push(FieldFault::new(field, fault));
        let price = match self.price.trim() {
            "" => Err(Fault::Missing),
            price => price.parse::<Points>().map_err(Fault::from),
        };
        let price = price.map_err(|wrong| fault("price", wrong)).unwrap_or(Points::ZERO);
        let mut whole = |field: &str, typed: &str| match typed.trim() {
            "" => None,
            number => number.parse::<u32>().map_err(|_| fault(field, NumberError::NotANumber.into())).ok(),
        };
        let limit = whole("limit", &self.limit);
        let valid_days = whole("valid_days", &self.valid_days);
        let mut day = |field: &str, typed: &str| match typed.trim() {
            "" => None,
            day => day.parse::<Date>().map_err(|_| fault(field, Fault::NotADay)).ok(),
        };
        let (starts, ends) = (day("starts", &self.starts), day("ends", &self.ends));
        let least_tier = match self.least_tier.as_str() {
            "" => None,
            key => Key::new(key).map_err(|wrong| fault("least_tier", wrong)).ok(),
        };
        let period = Period::named(&self.period).unwrap_or(Period::Ever);
        if !faults.is_empty() {
            return Err(Refusal::Invalid { faults });
        }
        Ok(RewardTerms {
            name: Both { zh: text(&self.name_zh), en: text(&self.name_en) },
            about: Both { zh: text(&self.about_zh), en: text(&self.about_en) },
            price,
            least_tier,
            limit: limit.map(|most| Limit { most, period }),
            starts,
            ends,
            valid_days,
        })
    }
}
