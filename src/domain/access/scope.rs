//! What an API key may do.

use std::str::FromStr;

use thiserror::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    EventsWrite,
    MembersRead,
    MembersWrite,
    RedemptionsWrite,
    /// Paying out, shipping, using: apart from making a redemption.
    RedemptionsFulfil,
    /// Checking and using up the codes of claimed benefits: for tills.
    BenefitsUse,
    RulesRead,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScopeFault {
    #[error("{0} is not a scope")]
    Unknown(String),
    #[error("names no scope")]
    Empty,
}

impl Scope {
    pub const ALL: [Self; 7] = [
        Self::EventsWrite,
        Self::MembersRead,
        Self::MembersWrite,
        Self::RedemptionsWrite,
        Self::RedemptionsFulfil,
        Self::BenefitsUse,
        Self::RulesRead,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::MembersRead => "members:read",
            Self::MembersWrite => "members:write",
            Self::RedemptionsWrite => "redemptions:write",
            Self::RedemptionsFulfil => "redemptions:fulfil",
            Self::BenefitsUse => "benefits:use",
            Self::RulesRead => "rules:read",
        }
    }
}

impl FromStr for Scope {
    type Err = ScopeFault;

    fn from_str(text: &str) -> Result<Self, ScopeFault> {
        let found = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| ScopeFault::Unknown(text.chars().take(40).collect()))
    }
}

/// A set of scopes, written with commas or spaces between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    pub fn new(mut scopes: Vec<Scope>) -> Result<Self, ScopeFault> {
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() { Err(ScopeFault::Empty) } else { Ok(Self(scopes)) }
    }

    pub fn contains(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }

    /// What a key may do a second if nobody said otherwise. One that posts events is a payment system's: a limit is there to
    /// stop a program that runs wild, not to slow down what earns points.
    pub fn default_rate(&self) -> u32 {
        if self.contains(Scope::EventsWrite) { 20_000 } else { 200 }
    }

    /// As tables hold it: in one order, commas between.
    pub fn to_text(&self) -> String {
        self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(",")
    }
}

impl FromStr for Scopes {
    type Err = ScopeFault;

    fn from_str(text: &str) -> Result<Self, ScopeFault> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        Self::new(words.map(str::parse).collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_as_they_are_written() {
        let scopes: Scopes = "members:read, events:write,events:write".parse().unwrap();
        assert_eq!(scopes.to_text(), "events:write,members:read");
        assert_eq!(scopes.to_text().parse::<Scopes>().unwrap(), scopes);
        assert!(scopes.contains(Scope::MembersRead) && !scopes.contains(Scope::RulesRead));
        assert_eq!("".parse::<Scopes>(), Err(ScopeFault::Empty));
        assert_eq!("events:read".parse::<Scopes>(), Err(ScopeFault::Unknown("events:read".into())));
    }
}
