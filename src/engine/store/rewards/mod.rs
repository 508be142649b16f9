//! Tables of rewards: the catalogue with stock, voucher codes, redemptions, and where gifts are sent.

pub mod catalogue;
pub mod pace;
pub mod voucher_codes;
pub mod code_list;
pub mod redemptions;
pub mod payouts;
pub mod addresses;
pub mod stock_proof;
