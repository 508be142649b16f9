//! The catalogue, the staff's side of it, redeeming and handing over.

pub mod catalogue;
pub mod desk;
pub mod fulfil;
pub mod payouts;
pub mod quote;
pub mod redeem;
