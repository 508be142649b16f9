//! Pieces that pages are made of: one purpose each, plain HTML, styled by `style/components.css`.

mod amount;
mod brand;
mod card;
mod empty_state;
mod field;
mod form;
mod icon;
mod labels;
mod markup;
mod notice;
mod pager;
mod preferences;
mod progress;
mod qr;
mod select;
mod table;
mod tier_badge;

pub use crate::api_error::field_id;
pub use amount::{PointsAmount, PointsChange};
pub use brand::{Brand, PageTitle};
pub use card::{Card, Chip};
pub use empty_state::EmptyState;
pub use field::{Field, TextArea};
pub use form::{Form, FormGuard, Hidden, OnceKey, PostForm, Submit};
pub use icon::{Icon, kind_icon};
pub use labels::Labels;
pub use markup::Markup;
pub use notice::{ErrorSummary, FlashNotice, Notice, Tone};
pub use pager::Pager;
pub use preferences::{LanguageSwitch, ThemeSwitch};
pub use progress::ProgressBar;
pub use qr::Qr;
pub use select::{CheckBox, Select};
pub use table::Table;
pub use tier_badge::{TierBadge, tier_class};
