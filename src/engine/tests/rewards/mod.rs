//! Redeeming points for cash, vouchers and gifts.

mod codes;
mod desk;
mod pictures;
mod payouts;
mod races;
mod redemptions;
mod vouchers_and_gifts;
