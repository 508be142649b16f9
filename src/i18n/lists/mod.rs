//! Lists of the console, and what is done with many of what they show.

mod en;
mod zh;

use super::Lang;
use crate::i18n::wording::Says;

pub struct Lists {
    /// From, to, of how many.
    pub shown: fn(&str, &str, &str) -> String,
    /// From, to, of more than how many.
    pub shown_of_more: fn(&str, &str, &str) -> String,
    /// Of those that a text finds, only so many were put in order.
    pub found_only: fn(&str) -> String,
    /// When members were in this order, where it is not as of now.
    pub ordered_at: fn(&str) -> String,
    pub sort_up: fn(&str) -> String,
    pub sort_down: fn(&str) -> String,
    pub previous: &'static str,
    pub next: &'static str,
    pub views: &'static str,
    pub save_view: &'static str,
    pub view_name: &'static str,
    pub view_saved: &'static str,
    pub view_removed: &'static str,
    pub remove_view: fn(&str) -> String,
    pub standing: &'static str,
    pub in_debt: &'static str,
    pub idle: &'static str,
    /// A built-in view of the tier called so.
    pub most_earned_of: Says,
    pub last_activity: &'static str,
    pub earned: &'static str,
    pub select: fn(&str) -> String,
    pub selected: &'static str,
    pub all_of_filter: fn(&str) -> String,
    pub export_selected: &'static str,
    pub export_all: fn(&str) -> String,
    pub suspend_selected: &'static str,
    pub redemption_columns: [&'static str; 9],
    pub audit_columns: [&'static str; 6],
    /// So many changes besides those that are shown.
    pub more_changes: fn(usize) -> String,
    pub adjustment_columns: [&'static str; 9],
    pub columns: &'static str,
    pub columns_about: &'static str,
    pub apply_columns: &'static str,
    pub density: &'static str,
    pub comfortable: &'static str,
    pub compact: &'static str,
    pub nothing_found: &'static str,
    /// The list, of one thing alone.
    pub only_about: fn(&str) -> String,
    pub from_day: &'static str,
    pub to_day: &'static str,

    // suspending many
    pub suspend_title: fn(usize) -> String,
    pub suspend_confirm: fn(usize) -> String,
    pub suspended: fn(usize) -> String,
    /// How many are active again, and how many were changed meanwhile.
    pub suspensions_undone: fn(usize, usize) -> String,
    pub none_to_suspend: &'static str,
    pub too_many: fn(usize) -> String,
    pub left_out: fn(usize) -> String,
    pub reason: &'static str,
    pub reason_hint: &'static str,
    pub suspend_reasons: [&'static str; 4],
    pub reactivate_reasons: [&'static str; 3],
    pub adjust_reasons: [&'static str; 5],

    // notes and details of a member
    pub notes: &'static str,
    pub note: &'static str,
    pub add_note: &'static str,
    pub no_notes: &'static str,
    pub note_added: &'static str,
    pub note_removed: &'static str,
    pub remove_note: &'static str,
    pub remove_note_sure: &'static str,
    /// Why somebody is suspended or let go on again.
    pub undone_reason: &'static str,
    pub was_suspended: &'static str,
    pub was_reactivated: &'static str,
    pub edit: &'static str,
    pub edit_title: fn(&str) -> String,
    pub edit_about: &'static str,
    pub details_saved: &'static str,
    pub email_hint: &'static str,
    pub phone_hint: &'static str,
    pub language: &'static str,
    pub language_any: &'static str,
}

impl Lang {
    pub fn lists(self) -> &'static Lists {
        self.texts(|areas| &areas.lists, [zh::lists, en::lists])
    }
}
