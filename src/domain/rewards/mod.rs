//! What points turn into: cash, vouchers and gifts, and the states of a redemption.

pub mod cash;
pub mod form;
pub mod reward;
pub mod redemption;
pub mod paste;
pub mod pace;
