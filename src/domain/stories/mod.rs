//! Stories of what becomes of a member's account: the worked examples of design/domain.md as far as they need no more than that,
//! corners, and what must hold of any history. Each file is a topic; all tell theirs with a [`Story`].

mod story;

mod worked;
mod lots;
mod holding;
mod caps;
mod tiers;
mod kept_tiers;
mod closing;
mod corners;
mod history;
mod invitations;
mod any_history;
mod recorded;
mod refused;
mod core;
mod lab;
mod plain;
mod experiments;
mod lab_find;

use crate::ids::{MemberId, RedemptionId, StaffId};
use crate::ledger::account::Account;
use crate::ledger::entry::{Cause, Entry, EntryKind, Hash, Moves, Place};
use crate::ledger::event::{EventKey, Scene};
use crate::ledger::explanation::{Context, Explanation, explain};
use crate::ledger::history::History;
use crate::ledger::invitation::Award;
use crate::ledger::posting::{ChangedBy, Posted, Posting, TierChange};
use crate::ledger::refund::PaymentEntry;
use crate::ledger::sink::Journal;
use crate::numbers::calendar::Calendar;
use crate::numbers::money::Money;
use crate::numbers::points::Points;
use crate::numbers::time::Moment;
use crate::refusal::Refusal;
use crate::rules::period::Validity;
use crate::rules::rule_set::{RuleSet, Rules, Shortfall, Timeline};
use crate::rules::terms::{Cap, Expiry};
use crate::rules::tier::Basis;
use crate::rules::window::Window;
use crate::text::{EventId, Source};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::BTreeMap;

use story::*;
