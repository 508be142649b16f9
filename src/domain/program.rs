//! A programme: its name, its currency, its time zone, what it calls its points.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::numbers::money::Currency;
use crate::unit::UnitName;

/// A programme has one currency and one time zone, both fixed once the first event is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    pub name: String,
    pub currency: Currency,
    /// IANA name. A day and a month are meant in it, never in the server's or the browser's.
    pub time_zone: String,
    /// Whether an event of an unknown member enrols them.
    pub enrol_on_event: bool,
    /// What members collect.
    pub unit: UnitName,
}

/// What of a programme never changes once the first event is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    pub currency: Currency,
    pub time_zone: String,
}

impl Programme {
    pub fn basis(&self) -> Basis {
        Basis { currency: self.currency, time_zone: self.time_zone.clone() }
    }

    /// The day an instant falls on in the programme's time zone.
    pub fn day(zone: &TimeZone, at: Timestamp) -> Date {
        zone.to_datetime(at).date()
    }
}
