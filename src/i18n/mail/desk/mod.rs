//! The outbox in the console.

mod en;
mod zh;

use crate::i18n::Lang;
use crate::i18n::mail::Topic;
use crate::i18n::wording::SaysOf;

/// What an e-mail in the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    News(Topic),
    Activation,
    Reset,
    StaffInvitation,
    StaffReset,
    ConfirmEmail,
    EmailChanged,
}

pub struct MailDesk {
    pub title: &'static str,
    pub about: &'static str,
    pub is_off: &'static str,
    /// Waiting, sent, failed.
    pub states: [&'static str; 3],
    pub states_label: &'static str,
    pub none: [&'static str; 3],
    pub columns: [&'static str; 5],
    pub csv_columns: [&'static str; 8],
    pub subject: SaysOf<Subject, &'static str>,
    pub nobody: &'static str,
    pub next_at: fn(&str) -> String,
    pub attempts: fn(i32) -> String,
    pub send_again: &'static str,
    pub sent_again: &'static str,
    /// An address that a member has not confirmed yet, in their file.
    pub unconfirmed: &'static str,
    /// Of a member's file.
    pub none_of_member: &'static str,
    pub member_columns: [&'static str; 3],
}

impl Lang {
    pub fn mail_desk(self) -> &'static MailDesk {
        self.texts(|areas| &areas.mail_desk, [zh::mail_desk, en::mail_desk])
    }
}
