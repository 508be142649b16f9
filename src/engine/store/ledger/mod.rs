//! Tables of the ledger: accounts, events with their entries, adjustments; and reading it all again for proof.

pub mod accounts;
pub mod caps;
pub mod changes;
pub mod entries;
pub mod entry_list;
pub mod event_keys;
pub mod events;
pub mod kept;
pub mod known;
pub mod late;
pub mod new_entries;
pub mod proof;
pub mod referrals;
pub mod since;
pub mod strays;
pub mod adjustments;
pub mod adjust_limits;
pub mod reversals;
