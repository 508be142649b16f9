//! Who acts and what they may do: staff roles and their permissions, scopes of API keys. How somebody proves who they are
//! (passwords, sessions, tokens) is the server's business.

mod actor;
mod authority;
mod role;
mod scope;

pub use actor::Actor;
pub use authority::Authority;
pub use role::{Permission, Role};
pub use scope::{Scope, ScopeFault, Scopes};
