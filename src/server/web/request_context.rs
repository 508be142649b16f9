//! What a page or a server function asks with: who is asking, and everything it may reach.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use laurel_domain::numbers::calendar::day_number;
use laurel_domain::program::Basis;
use laurel_domain::refusal::{Fault, Refusal};
use leptos::context::use_context;

use super::errors;
use super::visit::Visit;
use crate::api_error::ApiError;
use crate::i18n::{Lang, format};
use crate::server::AppState;
use laurel_engine::auth::{Auth, MemberSession, Permission, StaffSession};
use laurel_engine::store::Db;
use laurel_engine::usecase::AppError;

/// One request, as pages and server functions see it. The ways to get one say who may call.
#[derive(Clone)]
pub struct RequestContext {
    pub state: AppState,
    pub visit: Visit,
    pub lang: Lang,
}

impl RequestContext {
    /// Anyone may call, signed in or not.
    ///
    /// # Errors
    /// 500 outside a request.
    pub fn anyone() -> Result<RequestContext, ApiError> {
        let visit = Visit::current();
        let lang = visit.lang;
        match use_context::<AppState>() {
            Some(state) => Ok(RequestContext { state, visit, lang }),
            None => Err(errors::internal(lang, "asked outside a request")),
        }
    }

    /// Signed-in members may call, and reach their own rows only.
    ///
    /// # Errors
    /// 401 `not_signed_in`.
    pub fn member() -> Result<(RequestContext, MemberSession), ApiError> {
        let context = RequestContext::anyone()?;
        let member = context.visit.member.clone().ok_or_else(|| errors::not_signed_in(context.lang))?;
        Ok((context, member))
    }

    /// Signed-in staff may call whose role has the permission. `Authority::from(&staff)` is what use cases ask for.
    ///
    /// # Errors
    /// 401 `not_signed_in`, 403 `forbidden`.
    pub fn staff(permission: Permission) -> Result<(RequestContext, StaffSession), ApiError> {
        let context = RequestContext::anyone()?;
        let staff = context.visit.staff.clone().ok_or_else(|| errors::not_signed_in(context.lang))?;
        match staff.role.may(permission) {
            true => Ok((context, staff)),
            false => Err(errors::forbidden(context.lang)),
        }
    }

    pub fn db(&self) -> &Db {
        &self.state.ledger.db
    }

    pub fn auth(&self) -> &Auth {
        &self.state.auth
    }

    pub fn programme(&self) -> &Basis {
        &self.state.ledger.programme
    }

    pub fn now(&self) -> Timestamp {
        self.state.ledger.clock.now()
    }

    /// A time where the programme is, the only place whose days count; for `i18n::format`.
    pub fn local(&self, at: Timestamp) -> DateTime {
        let zone = TimeZone::get(&self.programme().time_zone).unwrap_or(TimeZone::UTC);
        zone.to_datetime(at)
    }

    /// The day that it is where the programme is.
    pub fn today(&self) -> Date {
        self.local(self.now()).date()
    }

    /// The first instant of a day where the programme is; `None` where no calendar reaches.
    pub fn start_of(&self, day: Date) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.programme().time_zone).unwrap_or(TimeZone::UTC);
        day.to_zoned(zone).ok().map(|start| start.timestamp())
    }

    /// A day as people read it: with its year if that is not the present one.
    pub fn day(&self, day: Date) -> String {
        format::day(self.lang, day, self.today())
    }

    /// A day and time as people read it: with its year if that is not the present one.
    pub fn moment(&self, at: Timestamp) -> String {
        format::moment(self.lang, self.local(at), self.today())
    }

    /// A time with its year and the programme's time zone: where somebody decides by it.
    pub fn in_full(&self, at: Timestamp) -> String {
        let zone = TimeZone::get(&self.programme().time_zone).unwrap_or(TimeZone::UTC);
        let minutes = zone.to_offset(at).seconds() / 60;
        let (sign, minutes) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
        let offset = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        format!("{} ({}, {offset})", format::date_time(self.lang, self.local(at)), self.programme().time_zone)
    }

    /// How many days from today on an instant is.
    pub fn days_until(&self, at: Timestamp) -> i64 {
        i64::from(day_number(self.local(at).date())) - i64::from(day_number(self.local(self.now()).date()))
    }

    /// The day that ends with an instant: people read the last day on which something is good, not the first when it is not.
    pub fn last_day(&self, until: Timestamp) -> Date {
        self.local(until.saturating_sub(SignedDuration::from_micros(1)).unwrap_or(until)).date()
    }

    /// The instant of a local time as a form sends it (`2026-12-01T00:00`); `None` if the field was left empty.
    ///
    /// # Errors
    /// `invalid` with the field.
    pub fn instant_of(&self, field: &str, local: &str) -> Result<Option<Timestamp>, ApiError> {
        Ok(self.local_time(local).map_err(|fault| AppError::from(Refusal::field(field, fault)))?)
    }

    /// A local time of the programme; nothing if it was left empty.
    pub fn local_time(&self, typed: &str) -> Result<Option<Timestamp>, Fault> {
        if typed.trim().is_empty() {
            return Ok(None);
        }
        let zone = TimeZone::get(&self.programme().time_zone).unwrap_or(TimeZone::UTC);
        let at = typed.trim().parse::<DateTime>().ok().and_then(|time| time.to_zoned(zone).ok());
        at.map(|at| Some(at.timestamp())).ok_or(Fault::NotATime)
    }

    /// The end of a day of the programme (`2026-12-01`), for what holds through it; nothing if it was left empty.
    pub async fn end_of_day(&self, typed: &str) -> Result<Result<Option<Timestamp>, Fault>, ApiError> {
        if typed.trim().is_empty() {
            return Ok(Ok(None));
        }
        let Ok(day) = typed.trim().parse::<Date>() else { return Ok(Err(Fault::NotADay)) };
        Ok(Ok(Some(self.state.ledger.rulebook().await?.calendar().end_of(day).time())))
    }

    /// The full address of a path, as others reach it: for links that leave this site.
    pub fn link(&self, path: &str) -> String {
        self.state.config.public_url.to(path)
    }
}
