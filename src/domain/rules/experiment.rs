//! Two rule sets in force side by side: who is in which group.
//!
//! A member's group follows from the experiment's id and the member's alone. Nothing is stored of it, anybody can work it out again,
//! and whoever enrols while the experiment runs joins by the same rule.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::ids::{ExperimentId, MemberId};
use crate::refusal::{Fault, FieldFault};

/// Where a member stands in an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Under the rules that are tried out.
    Variant,
    /// Under the rules in force, compared with the variant.
    Control,
    /// Under the rules in force, and counted apart.
    Holdout,
}

impl Group {
    pub const ALL: [Group; 3] = [Group::Variant, Group::Control, Group::Holdout];

    pub const fn name(self) -> &'static str {
        match self {
            Group::Variant => "variant",
            Group::Control => "control",
            Group::Holdout => "holdout",
        }
    }
}

/// How an experiment divides the members. Shares are in hundredths of a percent; what they leave is the holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    pub experiment: ExperimentId,
    pub variant: u16,
    pub control: u16,
}

impl Split {
    /// All members, in hundredths of a percent.
    pub const WHOLE: u16 = 10_000;
    /// The least share of a group that is compared.
    pub const LEAST: u16 = 100;

    /// Whole where every member is in one of the two groups.
    pub fn share(&self, group: Group) -> u16 {
        match group {
            Group::Variant => self.variant,
            Group::Control => self.control,
            Group::Holdout => Split::WHOLE.saturating_sub(self.variant).saturating_sub(self.control),
        }
    }

    /// The member's group: the first eight bytes of SHA-256(experiment ‖ member), both as the 16 bytes of their ids, modulo 10,000,
    /// stand below the variant's share, below both shares, or above.
    pub fn group_of(&self, member: MemberId) -> Group {
        let place = self.place_of(member);
        match place {
            place if place < self.variant => Group::Variant,
            place if place < self.variant.saturating_add(self.control) => Group::Control,
            _ => Group::Holdout,
        }
    }

    fn place_of(&self, member: MemberId) -> u16 {
        let digest =
            Sha256::new().chain_update(self.experiment.uuid().as_bytes()).chain_update(member.uuid().as_bytes()).finalize();
        let first = digest.iter().take(8).fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        u16::try_from(first % u64::from(Split::WHOLE)).unwrap_or(Split::WHOLE)
    }

    /// What is wrong with the shares, by field.
    pub fn faults(&self) -> Vec<FieldFault> {
        let least = |share: u16| (share < Split::LEAST).then(|| Fault::TooSmall { least: "1".to_owned() });
        let mut faults: Vec<FieldFault> = [("variant", self.variant), ("control", self.control)]
            .into_iter()
            .filter_map(|(field, share)| least(share).map(|fault| FieldFault::new(field, fault)))
            .collect();
        if faults.is_empty() && u32::from(self.variant) + u32::from(self.control) > u32::from(Split::WHOLE) {
            let most = Split::WHOLE.saturating_sub(self.variant);
            faults.push(FieldFault::new("control", Fault::TooLarge { most: percent(most) }));
        }
        faults
    }
}

/// A share as a percentage, with as many decimals as it needs.
pub fn percent(share: u16) -> String {
    let text = format!("{}.{:02}", share / 100, share % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn split(variant: u16, control: u16) -> Split {
        Split { experiment: ExperimentId::new(Uuid::from_u128(7)), variant, control }
    }

    fn member(n: u128) -> MemberId {
        MemberId::new(Uuid::from_u128(n))
    }

    #[test]
    fn groups_have_their_shares() {
        let split = split(3_000, 5_000);
        let mut counts = [0_u32; 3];
        for n in 0..20_000 {
            counts[split.group_of(member(n)) as usize] += 1;
        }
        for (count, share) in counts.into_iter().zip([6_000.0, 10_000.0, 4_000.0_f64]) {
            // five standard deviations
            let most = 5.0 * (share * (1.0 - share / 20_000.0)).sqrt();
            assert!((f64::from(count) - share).abs() < most, "{counts:?}");
        }
    }

    #[test]
    fn another_experiment_divides_otherwise() {
        let (one, other) =
            (split(5_000, 5_000), Split { experiment: ExperimentId::new(Uuid::from_u128(8)), ..split(5_000, 5_000) });
        let alike = (0..10_000).filter(|n| one.group_of(member(*n)) == other.group_of(member(*n))).count();
        assert!((4_700..5_300).contains(&alike), "{alike}");
    }

    #[test]
    fn a_group_can_be_worked_out_by_hand() {
        // printf '%032x' 7 1 | xxd -r -p | sha256sum
        let digest = Sha256::digest([7_u128.to_be_bytes(), 1_u128.to_be_bytes()].concat());
        let first = u64::from_be_bytes(digest[..8].try_into().unwrap());
        let place = u16::try_from(first % 10_000).unwrap();
        let just_in = Split { variant: place + 1, control: 1, ..split(0, 0) };
        assert_eq!(just_in.group_of(member(1)), Group::Variant);
        assert_eq!(Split { variant: place, ..just_in }.group_of(member(1)), Group::Control);
        assert_eq!(Split { variant: place - 1, ..just_in }.group_of(member(1)), Group::Holdout);
    }

    #[test]
    fn shares_are_at_least_one_percent_and_together_at_most_all() {
        let fields = |split: Split| split.faults().into_iter().map(|fault| fault.field).collect::<Vec<_>>();
        assert!(fields(split(5_000, 5_000)).is_empty());
        assert_eq!(fields(split(99, 0)), ["variant", "control"]);
        assert_eq!(fields(split(5_000, 5_001)), ["control"]);
        assert_eq!([percent(5_000), percent(1_250), percent(5)], ["50", "12.5", "0.05"]);
    }
}
