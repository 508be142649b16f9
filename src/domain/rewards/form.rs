//! The terms of a reward as somebody typed them, and what they mean.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reward::{Limit, Period, RewardTerms, Supply};
use crate::numbers::points::Points;
use crate::refusal::{Fault, FieldFault, NumberError};
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

/// The terms of a reward as far as they could be read, and the fields that could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTerms {
    pub terms: RewardTerms,
    pub unreadable: Vec<FieldFault>,
}

impl From<RewardTerms> for ReadTerms {
    fn from(terms: RewardTerms) -> ReadTerms {
        ReadTerms { terms, unreadable: Vec::new() }
    }
}

impl ReadTerms {
    /// Everything that is wrong, one fault a field: what cannot be read, and what the terms may not be.
    pub fn faults(&self, supply: Supply) -> Vec<FieldFault> {
        let mut faults = self.unreadable.clone();
        let is_new = |fault: &FieldFault| self.unreadable.iter().all(|unreadable| unreadable.field != fault.field);
        faults.extend(self.terms.faults(supply).into_iter().filter(is_new));
        faults
    }
}

impl TypedTerms {
    /// The terms that are meant.
    pub fn read(&self) -> ReadTerms {
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
        let terms = RewardTerms {
            name: Both { zh: text(&self.name_zh), en: text(&self.name_en) },
            about: Both { zh: text(&self.about_zh), en: text(&self.about_en) },
            price,
            least_tier,
            limit: limit.map(|most| Limit { most, period }),
            starts,
            ends,
            valid_days,
        };
        ReadTerms { terms, unreadable: faults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_typed_terms_is_said_at_once() {
        let typed = TypedTerms {
            name_zh: "杯子".to_owned(),
            price: "ten".to_owned(),
            limit: "0".to_owned(),
            starts: "2026-12-01".to_owned(),
            ends: "2026-11-01".to_owned(),
            valid_days: "soon".to_owned(),
            ..TypedTerms::default()
        };
        let mut fields: Vec<String> = typed.read().faults(Supply::Stock).into_iter().map(|fault| fault.field).collect();
        fields.sort();
        assert_eq!(fields, ["ends", "limit", "name.en", "price", "valid_days"]);
    }
}
