//! What can be wrong with an account, as sentences.

pub struct Faults {
    pub not_a_sign_in_name: &'static str,
    pub sign_in_name_taken: &'static str,
    pub password_too_short: fn(usize) -> String,
    pub password_too_long: fn(usize) -> String,
    pub password_too_common: &'static str,
    pub wrong_sign_in: &'static str,
    pub wrong_password: &'static str,
    pub code_not_valid: &'static str,
    pub unknown_referral_code: &'static str,
    pub email_taken: &'static str,
    pub last_admin: &'static str,
    pub unknown_scope: &'static str,
    pub already_linked: &'static str,
    pub conflict: &'static str,
    pub wait_seconds: fn(u64) -> String,
}
