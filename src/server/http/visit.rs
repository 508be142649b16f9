//! Who is asking, in which language and theme: made once for a request by the session layer, read by pages and server functions.

use std::net::IpAddr;
use std::sync::Arc;

use leptos::context::use_context;

use laurel_domain::ids::{MemberId, StaffId};

use super::flash::Flash;
use crate::i18n::{Lang, Theme};

/// One request's caller. Cheap to clone; in the request's extensions and in Leptos's context.
#[derive(Clone, Debug, Default)]
pub struct Visit(Arc<Facts>);

#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub lang: Lang,
    pub theme: Theme,
    /// Path and query, as asked for.
    pub path: String,
    pub address: Option<IpAddr>,
    pub flash: Option<Flash>,
    pub member: Option<SignedInMember>,
    pub staff: Option<SignedInStaff>,
}

/// A member with a valid session.
#[derive(Clone, Debug)]
pub struct SignedInMember {
    pub id: MemberId,
}

/// Somebody of the staff with a valid session. Members and staff are apart: one browser can be both.
#[derive(Clone, Debug)]
pub struct SignedInStaff {
    pub id: StaffId,
    pub name: String,
}

impl Visit {
    pub fn new(facts: Facts) -> Visit {
        Visit(Arc::new(facts))
    }

    /// The visit that is being answered: in pages and in server functions.
    ///
    /// Outside a request (the list of routes is made so) it is nobody's.
    pub fn current() -> Visit {
        use_context().unwrap_or_default()
    }
}

impl std::ops::Deref for Visit {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}
