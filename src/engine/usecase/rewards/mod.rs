//! Rewards: keeping the catalogue, redeeming points for cash, vouchers and gifts, and fulfilling redemptions.

pub mod desk;
pub mod edit;
pub mod catalogue;
pub mod codes;
pub mod offer;
pub mod redeem;
pub mod buy;
pub mod fulfil;
pub mod payouts;
pub mod parcels;
pub mod queue;
pub mod take_back;
pub(super) mod verify_rewards;
