//! Who somebody is and what they may do: passwords, tokens, sessions, keys, and how often one may try. Roles and scopes are the domain's.
//!
//! It must not know cookies, headers or pages: whoever calls has taken the token out of the request.

mod hashing;
mod key;
mod limits;
mod name;
mod password;
mod rate;
mod session;
mod token;
mod tries;

pub use laurel_domain::access::{Actor, Authority, Permission, Role, Scope, ScopeFault, Scopes};

pub use hashing::{HashingError, Passwords};
pub use key::{ApiKey, hour_of, key, note_call, rate_of};
pub use limits::Limits;
pub use name::{NotASignInName, SignInName};
pub use password::{Password, PasswordFault};
pub use rate::{Allowance, Rate};
pub use session::{MemberSession, StaffSession, ended_before, member_session, staff_session};
pub use token::{LinkCode, Token, TokenHash};
pub use tries::{Address, NotNow, count_link, signed_in, try_keeping, try_registration, try_reset, try_sign_in};

use std::sync::Arc;

/// What accounts need beside the database. One for a server; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    pub passwords: Passwords,
    pub limits: Arc<Limits>,
}
