//! Who somebody is and what they may do: passwords, tokens, sessions, keys, roles, and how often one may try.
//!
//! It must not know cookies, headers or pages: whoever calls has taken the token out of the request.

mod actor;
mod authority;
mod hashing;
mod key;
mod limits;
mod name;
mod password;
mod rate;
mod role;
mod scope;
mod session;
mod token;

pub use actor::Actor;
pub use authority::Authority;
pub use hashing::{HashingError, Passwords};
pub use key::{ApiKey, key};
pub use limits::{Address, Limits};
pub use name::{NotASignInName, SignInName};
pub use password::{Password, PasswordFault};
pub use rate::{Allowance, Rate};
pub use role::{Permission, Role};
pub use scope::{Scope, ScopeFault, Scopes};
pub use session::{MemberSession, StaffSession, ended_before, member_session, staff_session};
pub use token::{LinkCode, Token, TokenHash};

use std::sync::Arc;

/// What accounts need beside the database. One for a server; cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Auth {
    pub passwords: Passwords,
    pub limits: Arc<Limits>,
}
