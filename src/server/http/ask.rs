//! What a page or a server function asks with: who is asking, and everything it may reach.

use jiff::Timestamp;
use leptos::context::use_context;

use super::errors;
use super::visit::{SignedInMember, SignedInStaff, Visit};
use crate::api::ApiError;
use crate::i18n::Lang;
use crate::server::AppState;
use crate::server::store::Db;

/// One request, as pages and server functions see it. The three ways to get one say who may call.
#[derive(Clone)]
pub struct Ask {
    pub state: AppState,
    pub visit: Visit,
    pub lang: Lang,
}

impl Ask {
    /// Anyone may call, signed in or not.
    ///
    /// # Errors
    /// 500 outside a request.
    pub fn anyone() -> Result<Ask, ApiError> {
        let visit = Visit::current();
        let lang = visit.lang;
        match use_context::<AppState>() {
            Some(state) => Ok(Ask { state, visit, lang }),
            None => Err(errors::internal(lang, "asked outside a request")),
        }
    }

    /// Signed-in members may call, and reach their own rows only.
    ///
    /// # Errors
    /// 401 `not_signed_in`.
    pub fn member() -> Result<(Ask, SignedInMember), ApiError> {
        let ask = Ask::anyone()?;
        let member = ask.visit.member.clone().ok_or_else(|| errors::not_signed_in(ask.lang))?;
        Ok((ask, member))
    }

    /// Signed-in staff may call.
    ///
    /// # Errors
    /// 401 `not_signed_in`.
    pub fn staff() -> Result<(Ask, SignedInStaff), ApiError> {
        let ask = Ask::anyone()?;
        let staff = ask.visit.staff.clone().ok_or_else(|| errors::not_signed_in(ask.lang))?;
        Ok((ask, staff))
    }

    pub fn db(&self) -> &Db {
        &self.state.db
    }

    pub fn now(&self) -> Timestamp {
        self.state.clock.now()
    }
}
