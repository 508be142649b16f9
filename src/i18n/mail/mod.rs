//! What e-mails say around their news, and the pages where members choose them.

pub mod desk;
mod en;
mod zh;

use super::Lang;

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
    pub activation: fn(&str) -> String,
    pub activation_link: &'static str,
    pub reset_subject: fn(&str) -> String,
    pub reset: &'static str,
    pub reset_link: &'static str,
    pub invitation_subject: fn(&str) -> String,
    pub invitation: fn(&str) -> String,
    pub invitation_link: &'static str,
    pub valid_for: &'static str,
    pub ignore: &'static str,
    /// Why somebody gets news by e-mail: of which programme they are a member, and how to do without.
    pub why: fn(&str) -> String,
    pub stop: fn(Topic) -> String,
    pub choose: &'static str,

    pub topic: fn(Topic) -> &'static str,
    pub choices_title: &'static str,
    pub choices_about: fn(&str) -> String,
    pub no_address: &'static str,
    pub save: &'static str,
    pub saved: &'static str,

    pub unsubscribe: &'static str,
    pub unsubscribe_about: fn(&str) -> String,
    pub unsubscribe_yes: &'static str,
    pub unsubscribed: fn(&str) -> String,

    pub forgotten_title: &'static str,
    pub forgotten_about: &'static str,
    pub forgotten_send: &'static str,
    pub forgotten_sent: &'static str,
    pub forgotten_no_address: &'static str,
    pub back_to_sign_in: &'static str,

    /// What the team reads after a link was made.
    pub link_mailed: &'static str,
}

impl Lang {
    pub const fn mail(self) -> &'static Mail {
        match self {
            Lang::Zh => &zh::MAIL,
            Lang::En => &en::MAIL,
        }
    }
}
