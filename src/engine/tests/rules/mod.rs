//! Rule sets: drafts and publication.

mod publication;
mod scheduling;
mod safety;
mod discarding;
pub(crate) mod experiments;
mod experiments_merging;
mod experiments_kept_and_told;
mod experiments_proposed;
mod too_new;
