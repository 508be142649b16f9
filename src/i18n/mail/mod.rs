//! What e-mails say around their news, and the pages where members choose them.

pub mod desk;
mod en;
mod zh;

use super::Lang;
use crate::i18n::wording::{Says, SaysOf};

/// What members can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Tier,
    Expiring,
    Redemption,
    Adjustment,
    Rules,
}

pub struct Mail {
    /// With a name, if one is known.
    pub hello: fn(Option<&str>) -> String,
    pub activation_subject: fn(&str) -> String,
    pub activation: Says,
    pub activation_link: &'static str,
    pub reset_subject: fn(&str) -> String,
    pub reset: &'static str,
    pub reset_link: &'static str,
    pub invitation_subject: fn(&str) -> String,
    pub invitation: fn(&str) -> String,
    pub invitation_link: &'static str,
    pub staff_reset_subject: fn(&str) -> String,
    pub staff_reset: fn(&str) -> String,
    pub confirm_subject: fn(&str) -> String,
    pub confirm: fn(&str) -> String,
    pub confirm_link: &'static str,
    pub changed_subject: fn(&str) -> String,
    /// To which address e-mails are to go; `None` if it was taken away.
    pub changed: fn(Option<&str>) -> String,
    pub changed_not_you: &'static str,
    pub changed_link: &'static str,
    pub valid_for: &'static str,
    pub ignore: &'static str,
    /// Why somebody gets news by e-mail: of which programme they are a member, and how to do without.
    pub why: fn(&str) -> String,
    pub stop: SaysOf<Topic>,
    pub choose: &'static str,

    pub topic: SaysOf<Topic, &'static str>,
    pub choices_title: &'static str,
    pub choices_about: fn(&str) -> String,
    pub no_address: &'static str,
    pub save: &'static str,
    pub saved: &'static str,

    pub unsubscribe: &'static str,
    pub unsubscribe_about: fn(&str) -> String,
    pub unsubscribe_yes: &'static str,
    pub unsubscribed: fn(&str) -> String,

    pub confirm_title: &'static str,
    pub confirm_about: fn(&str) -> String,
    /// The link was followed before.
    pub confirmed_before: &'static str,
    pub confirmed_on: &'static str,
    pub confirm_yes: &'static str,
    pub confirmed: fn(&str) -> String,
    /// The link is on its way to this address.
    pub confirm_sent: fn(&str) -> String,
    /// An address, and where e-mails go until it is confirmed.
    pub unconfirmed: fn(&str, Option<&str>) -> String,
    pub confirm_again: &'static str,

    pub forgotten_title: &'static str,
    pub forgotten_about: &'static str,
    pub forgotten_send: &'static str,
    pub forgotten_sent: &'static str,
    pub forgotten_staff_about: &'static str,
    pub forgotten_staff_sent: &'static str,
    pub forgotten_no_address: &'static str,
    pub back_to_sign_in: &'static str,

    /// What the team reads after a link was made.
    pub link_mailed: &'static str,
}

impl Lang {
    pub fn mail(self) -> &'static Mail {
        self.texts(|areas| &areas.mail, [zh::mail, en::mail])
    }
}
