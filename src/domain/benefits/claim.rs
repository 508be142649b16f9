//! Claiming a benefit that has a quota: the code that stands for the claim, and what becomes of it.

use std::fmt;

use jiff::Timestamp;

use crate::refusal::Refusal;

/// What a member shows to get a claimed benefit: 50 bits in ten characters of which none looks like another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimCode(String);

impl ClaimCode {
    pub const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    pub const LENGTH: usize = 10;
    const LONGEST_TYPED: usize = 40;

    /// The code that somebody typed, in whatever groups and case, if it can be one.
    pub fn parse(typed: &str) -> Option<ClaimCode> {
        if typed.len() > ClaimCode::LONGEST_TYPED {
            return None;
        }
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let is_code = code.len() == ClaimCode::LENGTH && code.bytes().all(|byte| ClaimCode::ALPHABET.contains(&byte));
        is_code.then_some(ClaimCode(code))
    }

    /// Without groups, as tables and addresses have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `ABCDE-FGHJK`, as people read it out.
impl fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = self.0.split_at(ClaimCode::LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

/// `claimed → used | withdrawn`; what is still claimed when its period ends has expired, without anybody doing anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimState {
    Claimed,
    Used,
    /// Given up by the member before it was used: it counts for no quota.
    Withdrawn,
    /// Never kept in a table: it follows from the time.
    Expired,
}

impl ClaimState {
    pub const ALL: [ClaimState; 4] = [ClaimState::Claimed, ClaimState::Used, ClaimState::Withdrawn, ClaimState::Expired];

    pub const fn name(self) -> &'static str {
        match self {
            ClaimState::Claimed => "claimed",
            ClaimState::Used => "used",
            ClaimState::Withdrawn => "withdrawn",
            ClaimState::Expired => "expired",
        }
    }

    pub fn named(name: &str) -> Option<ClaimState> {
        ClaimState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What it is at an instant. It is good until just before the end of its period, also for who has left the tier since.
    pub fn at(self, now: Timestamp, valid_until: Timestamp) -> ClaimState {
        match self {
            ClaimState::Claimed if now >= valid_until => ClaimState::Expired,
            state => state,
        }
    }

    /// Whether it can still be used or withdrawn. Refused: [`Refusal::ClaimUsed`], [`Refusal::ClaimWithdrawn`],
    /// [`Refusal::ClaimExpired`].
    pub fn open(self) -> Result<(), Refusal> {
        match self {
            ClaimState::Claimed => Ok(()),
            ClaimState::Used => Err(Refusal::ClaimUsed),
            ClaimState::Withdrawn => Err(Refusal::ClaimWithdrawn),
            ClaimState::Expired => Err(Refusal::ClaimExpired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_typed_in_any_way_and_is_shown_in_two_groups() {
        let code = ClaimCode::parse("abcde-fgh23").unwrap();
        assert_eq!((code.as_str(), code.to_string().as_str()), ("ABCDEFGH23", "ABCDE-FGH23"));
        for typed in ["ABCDEFGH23", " abc de fgh 23 ", "ABCDE-FGH23"] {
            assert_eq!(ClaimCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
        for typed in ["", "ABCDE-FGH2", "ABCDE-FGH230", "ABCDE-FGH20", "ABCDE-FGH2O", "ÄBCDE-FGH2", &"-".repeat(50)] {
            assert_eq!(ClaimCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_claim_expires_with_its_period_unless_it_was_used_or_withdrawn() {
        let end: Timestamp = "2026-11-30T16:00:00Z".parse().unwrap();
        let before: Timestamp = "2026-11-30T15:59:59.999999Z".parse().unwrap();
        assert_eq!([before, end].map(|now| ClaimState::Claimed.at(now, end)), [ClaimState::Claimed, ClaimState::Expired]);
        for state in [ClaimState::Used, ClaimState::Withdrawn] {
            assert_eq!(state.at(end, end), state);
        }
    }

    #[test]
    fn only_what_is_claimed_can_be_used_or_withdrawn() {
        let codes = ClaimState::ALL.map(|state| state.open().map_or_else(|refusal| refusal.code(), |()| "open"));
        assert_eq!(codes, ["open", "claim_used", "claim_withdrawn", "claim_expired"]);
        for state in ClaimState::ALL {
            assert_eq!(ClaimState::named(state.name()), Some(state));
        }
    }
}
