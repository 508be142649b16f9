//! What members are told: of a change of their tier, of points about to expire, of their redemptions, of points that the team gave or
//! took, and of new rules. Each once, in the transaction of what it tells of; what only time brings is told by a job.

pub mod expiring;
pub mod inbox;
mod news;
pub mod rules;
mod tell;

use jiff::SignedDuration;

pub use news::{Kind, News};
pub(in crate::usecase) use tell::{forget, tell, tell_tiers};

/// What happened longer ago is no news any more: a history that is imported tells nobody of years past.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How long members find what they were told.
pub(in crate::usecase) const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);
