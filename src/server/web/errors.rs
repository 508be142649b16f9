//! How a refusal inside becomes an [`ApiError`] outside: its status, its code, its sentence in the caller's language.
//!
//! Internal causes are logged here, once, and never cross the wire.

use laurel_domain::refusal::Refusal;

use super::visit::Visit;
use crate::api_error::{ApiError, FieldError};
use crate::i18n::Lang;
use laurel_engine::auth::PasswordFault;
use laurel_engine::store::StoreError;
use laurel_engine::usecase::{AccountError, AppError};

pub fn not_signed_in(lang: Lang) -> ApiError {
    ApiError::new(401, "not_signed_in", lang.errors().not_signed_in)
}

pub fn forbidden(lang: Lang) -> ApiError {
    ApiError::new(403, "forbidden", lang.errors().forbidden)
}

pub fn not_found(lang: Lang) -> ApiError {
    ApiError::new(404, "not_found", lang.errors().not_found)
}

/// The cause goes to the log, the caller gets a sentence without it.
pub fn internal(lang: Lang, cause: impl std::fmt::Display) -> ApiError {
    tracing::error!(error = %cause, "an operation failed");
    ApiError::new(500, "internal", lang.errors().internal)
}

/// A database that is busy is no fault of ours or the caller's: 503. Everything else is ours.
pub fn of_store(lang: Lang, error: StoreError) -> ApiError {
    match error.is_unavailable() {
        true => unavailable(lang),
        false => internal(lang, error),
    }
}

fn unavailable(lang: Lang) -> ApiError {
    ApiError::new(503, "unavailable", lang.errors().unavailable).after(1)
}

/// Whatever a use case refuses or fails with, for the caller.
pub fn of_app(lang: Lang, error: AppError) -> ApiError {
    match error {
        AppError::Refused(refusal) => of_refusal(lang, &refusal),
        AppError::Account(error) => of_account(lang, &error),
        AppError::Several(errors) => {
            let fields = errors.into_iter().flat_map(|error| of_app(lang, error).fields).collect();
            ApiError { fields, ..ApiError::new(422, "invalid", lang.common().check_form) }
        }
        AppError::NotSignedIn => not_signed_in(lang),
        AppError::Forbidden => forbidden(lang),
        AppError::NotFound => not_found(lang),
        AppError::Conflict { code } => {
            let faults = &lang.account().faults;
            let message = match code {
                "already_linked" => faults.already_linked,
                "too_many_exports" => lang.imports().export_too_many,
                _ => faults.conflict,
            };
            ApiError::new(409, code, message)
        }
        AppError::RateLimited { retry_after } => {
            let seconds = retry_after.as_secs().max(1);
            ApiError::new(429, "rate_limited", (lang.account().faults.wait_seconds)(seconds)).after(seconds)
        }
        AppError::Unavailable { .. } => unavailable(lang),
        AppError::Internal(cause) => internal(lang, format!("{cause:#}")),
    }
}

/// What is wrong with an account: beside its field, if it has one.
fn of_account(lang: Lang, error: &AccountError) -> ApiError {
    let words = &lang.account().faults;
    let sentence = match error {
        AccountError::NotASignInName(_) => words.not_a_sign_in_name.to_owned(),
        AccountError::SignInNameTaken => words.sign_in_name_taken.to_owned(),
        AccountError::Password(PasswordFault::TooShort { least }) => (words.password_too_short)(*least),
        AccountError::Password(PasswordFault::TooLong { most }) => (words.password_too_long)(*most),
        AccountError::Password(PasswordFault::TooCommon) => words.password_too_common.to_owned(),
        AccountError::WrongSignIn => words.wrong_sign_in.to_owned(),
        AccountError::WrongPassword => words.wrong_password.to_owned(),
        AccountError::CodeNotValid => words.code_not_valid.to_owned(),
        AccountError::AddressConfirmed => lang.mail().confirmed_before.to_owned(),
        AccountError::UnknownReferralCode => words.unknown_referral_code.to_owned(),
        AccountError::EmailTaken => words.email_taken.to_owned(),
        AccountError::LastAdmin => words.last_admin.to_owned(),
        AccountError::Scope(_) => words.unknown_scope.to_owned(),
    };
    let answer = ApiError::new(422, error.code(), sentence.clone());
    match error.field() {
        Some(field) => answer.with_field(field, sentence),
        None => answer,
    }
}

/// In pages and server functions, where `?` knows the caller's language.
impl From<AppError> for ApiError {
    fn from(error: AppError) -> ApiError {
        of_app(Visit::current().lang, error)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        of_store(Visit::current().lang, error)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> ApiError {
        of_refusal(Visit::current().lang, &refusal)
    }
}

/// What the rules forbid, as an answer: 422, or the status that says more.
pub fn of_refusal(lang: Lang, refusal: &Refusal) -> ApiError {
    let status = match refusal {
        Refusal::EventConflict
        | Refusal::StaleQuote { .. }
        | Refusal::PriceChanged { .. }
        | Refusal::StaleReward
        | Refusal::StaleDraft
        | Refusal::AlreadyInForce { .. }
        | Refusal::NoSuchTransition { .. } => 409,
        Refusal::ClaimUsed | Refusal::ClaimWithdrawn | Refusal::ClaimExpired => 409,
        Refusal::AlreadyDecided { .. } | Refusal::WaitsForRedemptions { .. } | Refusal::ClosingChanged { .. } => 409,
        // nothing that the caller sent is wrong
        Refusal::AccountDamaged => 500,
        _ => 422,
    };
    let mut error = ApiError::new(status, refusal.code(), lang.refusal(refusal));
    match refusal {
        Refusal::Invalid { faults } => {
            error.message = lang.common().check_form.to_owned();
            error.fields = faults
                .iter()
                .map(|fault| FieldError { field: fault.field.clone(), message: lang.fault(&fault.fault) })
                .collect();
        }
        _ => {
            if let Some(field) = refusal.at() {
                error = error.with_field(field, lang.refusal(refusal));
            }
        }
    }
    error
}
