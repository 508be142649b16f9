//! What a proposal about rules is for, as it is kept until a second person decides it.
//!
//! A field that is not known is refused, at every depth: a server that runs an older version must not do half of what was proposed.

use laurel_domain::ids::ExperimentId;
use serde::{Deserialize, Serialize};

use super::Effect;
use super::experiments::{self, Ended};
use super::limits::Limits;
use super::publish::Publication;
use crate::store::rules::proposals::Kind;

/// What is to be done once somebody else agrees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wanted {
    Publication {
        /// Of the draft.
        revision: i64,
        how: Box<Publication>,
        /// As it was when it was proposed.
        effect: Effect,
        /// The number that it was given once it was approved.
        version: Option<u32>,
    },
    /// The draft for the variant group of an experiment.
    Experiment {
        id: ExperimentId,
        start: Box<experiments::Start>,
        /// Of the variant group.
        effect: Effect,
    },
    /// The rules of an experiment's variant group for everybody.
    Adoption {
        experiment: ExperimentId,
        said: Box<Ended>,
        effect: Effect,
        version: Option<u32>,
    },
    Limits(Limits),
    /// What a newer version of Laurel has proposed and this one cannot read whole. Nothing is done of what would be half of it.
    #[serde(skip)]
    Unread(Kind),
}

impl Wanted {
    /// Of each kind one can wait: they would be done with the same draft, or while no experiment is on.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Wanted::Publication { .. } | Wanted::Experiment { .. } | Wanted::Adoption { .. } => Kind::Publication,
            Wanted::Limits(_) => Kind::Limits,
            Wanted::Unread(kind) => *kind,
        }
    }

    /// Who decides it sets limits themselves.
    pub fn is_about_limits(&self) -> bool {
        self.kind() == Kind::Limits
    }

    /// The draft or the experiment that it is about; what waits about another is out of date.
    pub(super) fn about(&self) -> (Option<i64>, Option<ExperimentId>) {
        match self {
            Wanted::Publication { revision, .. } => (Some(*revision), None),
            Wanted::Experiment { start, .. } => (Some(start.revision), None),
            Wanted::Adoption { experiment, .. } => (None, Some(*experiment)),
            Wanted::Limits(_) | Wanted::Unread(_) => (None, None),
        }
    }

    /// What it would do may have been measured differently; what is to be done is the same.
    pub(super) fn is_same(&self, other: &Wanted) -> bool {
        match (self, other) {
            (Wanted::Publication { revision: a, how: b, .. }, Wanted::Publication { revision: c, how: d, .. }) => {
                (a, b) == (c, d)
            }
            (Wanted::Experiment { start: a, .. }, Wanted::Experiment { start: b, .. }) => a == b,
            (Wanted::Adoption { experiment: a, said: b, .. }, Wanted::Adoption { experiment: c, said: d, .. }) => {
                (a, b) == (c, d)
            }
            (one, other) => one == other,
        }
    }

    /// Whether binaries from before an experiment could would read it as if it did not.
    pub(super) fn keeps_or_tells_by_experiment(&self) -> bool {
        match self {
            Wanted::Experiment { start, .. } => start.keeps_until.is_some() || start.notice.is_some(),
            Wanted::Adoption { said, .. } => **said != Ended::default(),
            Wanted::Publication { .. } | Wanted::Limits(_) | Wanted::Unread(_) => false,
        }
    }

    pub(super) fn came_of_it(&self) -> Option<Made> {
        match self {
            Wanted::Publication { version, .. } | Wanted::Adoption { version, .. } => version.map(Made::Version),
            Wanted::Experiment { id, .. } => Some(Made::Experiment(*id)),
            Wanted::Limits(_) => Some(Made::Limits),
            Wanted::Unread(_) => None,
        }
    }
}

/// What came of a proposal that was approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    Version(u32),
    Experiment(ExperimentId),
    Limits,
}
