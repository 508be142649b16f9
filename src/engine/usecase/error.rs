//! How a use case can end without having done anything. `Display` is for logs; people's texts are made from the codes.

use std::time::Duration;

use laurel_domain::refusal::Refusal;
use thiserror::Error;

use crate::auth::{Authority, HashingError, NotASignInName, NotNow, PasswordFault, Permission, ScopeFault};
use crate::store::{FromStore, StoreError};

const A_MOMENT: Duration = Duration::from_secs(1);

#[derive(Debug, Error)]
pub enum AppError {
    /// The rules forbid it.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Something is wrong with an account, a password, a code.
    #[error("refused: {0}")]
    Account(#[from] AccountError),
    /// Several inputs are wrong, each as one of the other errors says it.
    #[error("refused: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Several(Vec<AppError>),
    #[error("not signed in")]
    NotSignedIn,
    #[error("signed in, but not allowed")]
    Forbidden,
    #[error("there is no such thing")]
    NotFound,
    /// It contradicts something that is there already, which the code names.
    #[error("conflict: {code}")]
    Conflict { code: &'static str },
    #[error("too often, try again in {retry_after:?}")]
    RateLimited { retry_after: Duration },
    /// Nothing is wrong with the request.
    #[error("unavailable: {}", cause.as_ref().map_or_else(|| "too busy".to_owned(), ToString::to_string))]
    Unavailable { retry_after: Duration, cause: Option<StoreError> },
    /// A defect or a broken machine.
    #[error("internal: {0:#}")]
    Internal(anyhow::Error),
}

/// What is wrong with an account, and with which field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AccountError {
    #[error("sign-in name {0}")]
    NotASignInName(#[from] NotASignInName),
    #[error("the sign-in name is taken")]
    SignInNameTaken,
    #[error("password {0}")]
    Password(#[from] PasswordFault),
    /// No account, another password, closed: all the same to whoever asks.
    #[error("name or password are wrong")]
    WrongSignIn,
    #[error("the present password is another")]
    WrongPassword,
    /// Unknown, used or expired.
    #[error("the code is not valid")]
    CodeNotValid,
    /// By the link that somebody follows once more.
    #[error("the address has been confirmed")]
    AddressConfirmed,
    #[error("no member has this referral code")]
    UnknownReferralCode,
    #[error("somebody on the staff has this e-mail address")]
    EmailTaken,
    #[error("nobody could administer Laurel any more")]
    LastAdmin,
    #[error("scope {0}")]
    Scope(#[from] ScopeFault),
}

impl AppError {
    /// The stable code that programs go by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::Account(error) => error.code(),
            Self::Several(_) => "invalid",
            Self::NotSignedIn => "not_signed_in",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict { code } => code,
            Self::RateLimited { .. } => "rate_limited",
            Self::Unavailable { .. } => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// The field at fault, by the name it has in what was sent.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.at(),
            Self::Account(error) => error.field(),
            Self::Several(errors) => errors.first().and_then(Self::field),
            _ => None,
        }
    }

    /// How long to wait before trying again, if that may help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Unavailable { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    pub fn unavailable() -> Self {
        Self::Unavailable { retry_after: A_MOMENT, cause: None }
    }

    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(cause.into())
    }
}

/// What is wrong with several inputs, gathered so that all of it is said at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<AppError>);

impl Faults {
    /// The input, or `None` and its fault noted.
    pub fn note<T, E: Into<AppError>>(&mut self, read: Result<T, E>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault.into())).ok()
    }

    /// What to end with once something was noted.
    pub fn into_error(mut self) -> AppError {
        match self.0.len() {
            1 => self.0.remove(0),
            _ => AppError::Several(self.0),
        }
    }
}

/// The first line of what only some of the staff may do.
///
/// # Errors
/// `Forbidden` if they may not.
pub fn require(authority: Authority, permission: Permission) -> Result<(), AppError> {
    if authority.may(permission) { Ok(()) } else { Err(AppError::Forbidden) }
}

impl AccountError {
    /// The stable code that programs go by.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotASignInName(_) => "not_a_sign_in_name",
            Self::SignInNameTaken => "sign_in_name_taken",
            Self::Password(PasswordFault::TooShort { .. }) => "password_too_short",
            Self::Password(PasswordFault::TooLong { .. }) => "password_too_long",
            Self::Password(PasswordFault::TooCommon) => "password_too_common",
            Self::WrongSignIn => "wrong_sign_in",
            Self::WrongPassword => "wrong_password",
            Self::CodeNotValid => "code_not_valid",
            Self::AddressConfirmed => "address_confirmed",
            Self::UnknownReferralCode => "unknown_referral_code",
            Self::EmailTaken => "email_taken",
            Self::LastAdmin => "last_admin",
            Self::Scope(_) => "unknown_scope",
        }
    }

    /// The field at fault, by the name it has in forms.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotASignInName(_) | Self::SignInNameTaken => Some("sign_in_name"),
            Self::Password(_) => Some("password"),
            Self::WrongSignIn => None,
            Self::WrongPassword => Some("current_password"),
            Self::CodeNotValid | Self::AddressConfirmed => Some("code"),
            Self::UnknownReferralCode => Some("referral_code"),
            Self::EmailTaken => Some("email"),
            Self::LastAdmin => Some("role"),
            Self::Scope(_) => Some("scopes"),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable { retry_after: A_MOMENT, cause: Some(error) }
        } else {
            Self::Internal(error.into())
        }
    }
}

impl From<NotNow> for AppError {
    fn from(error: NotNow) -> Self {
        match error {
            NotNow::TooEarly { retry_after } => Self::RateLimited { retry_after },
            NotNow::Store(error) => error.into(),
        }
    }
}

impl FromStore for AppError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Unavailable { cause, .. } => cause.as_ref(),
            Self::Internal(error) => error.downcast_ref(),
            _ => None,
        }
    }
}

impl From<HashingError> for AppError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::unavailable(),
            HashingError::Failed => Self::internal(error),
        }
    }
}

macro_rules! from_account_fault {
    ($($fault:ty),*) => {
        $(impl From<$fault> for AppError {
            fn from(error: $fault) -> Self {
                AccountError::from(error).into()
            }
        })*
    };
}
from_account_fault!(NotASignInName, PasswordFault, ScopeFault);
