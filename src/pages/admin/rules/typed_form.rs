//! The editor's form as it was sent, for the page that shows it again.

use laurel_domain::rules::form::Fields;

use crate::api_error::ApiError;
use crate::server::web::visit::Visit;

#[derive(Clone, Debug, Default)]
pub struct TypedForm {
    pub fields: Fields,
    pub error: Option<ApiError>,
}

impl TypedForm {
    /// In a page: the form of that path that came back, if one did.
    pub fn of(visit: &Visit, path: &str) -> Option<TypedForm> {
        let flash = visit.flash.as_ref().filter(|flash| flash.path == path)?;
        Some(TypedForm { fields: flash.typed.iter().cloned().collect(), error: flash.error.clone() })
    }
}
