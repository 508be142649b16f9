//! Who is asking, in which language and theme: made once for a request by the session layer, read by pages and server functions.

use std::net::IpAddr;
use std::sync::Arc;

use leptos::context::use_context;

use super::flash::Flash;
use super::list_choices::ListChoices;
use crate::i18n::{Lang, Theme};
use laurel_engine::auth::{MemberSession, StaffSession};

/// One request's caller. Cheap to clone; in the request's extensions and in Leptos's context.
#[derive(Clone, Debug, Default)]
pub struct Visit(Arc<Facts>);

#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub lang: Lang,
    pub theme: Theme,
    pub lists: ListChoices,
    /// Path and query, as asked for.
    pub path: String,
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub device: String,
    pub flash: Option<Flash>,
    /// Members and staff are apart: one browser can be both.
    pub member: Option<MemberSession>,
    pub staff: Option<StaffSession>,
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

    /// Whether it is about the console rather than the portal.
    pub fn is_in_console(&self) -> bool {
        self.path == "/admin" || ["/admin/", "/admin?", "/api/admin/"].iter().any(|root| self.path.starts_with(root))
    }

    /// All values that the query has under a name.
    pub fn queries(&self, name: &str) -> Vec<String> {
        let (_, query) = self.path.split_once('?').unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
    }

    /// A value of the query: filters, pages, one-time codes.
    pub fn query(&self, name: &str) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl std::ops::Deref for Visit {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}
