//! What a piece of news says, in the inbox and in an e-mail alike.

use jiff::civil::Date;
use laurel_domain::ids::MemberId;
use laurel_domain::numbers::points::Points;
use laurel_domain::text::Both;
use laurel_engine::usecase::notifications::{Kind, News};
use laurel_engine::usecase::{AccountError, AppError};

use super::errors;
use crate::api_error::ApiError;
use crate::i18n::mail::Topic;
use crate::i18n::{Lang, format};

/// News in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub title: String,
    pub text: String,
    /// Where there is more about it, and what the link says.
    pub path: String,
    pub link: &'static str,
}

/// `notice` is what a version of the rules says to members; `today`, where the programme is.
pub fn said(lang: Lang, today: Date, news: &News, notice: Option<&Both>) -> Said {
    let t = lang.notifications();
    let (title, text, link) = match news {
        News::Tier { from, to, is_up, benefits, .. } => {
            let benefits: Vec<&str> = benefits.iter().map(|benefit| lang.of(benefit)).collect();
            let (from, to) = (lang.of(from), lang.of(to));
            match is_up {
                true => ((t.tier_up)(to), (t.tier_up_about)(from, &benefits), t.see_tiers),
                false => ((t.tier_down)(to), (t.tier_down_about)(from, &benefits), t.see_tiers),
            }
        }
        News::Expiring { day, points, .. } => {
            let day = format::day(lang, *day, today);
            ((t.expiring)(&format::points(*points), &day), (t.expiring_about)(&day), t.see_rewards)
        }
        News::Redemption { of, state, cash, name, tracking, .. } => {
            let what = match (cash, name) {
                (Some(cash), _) => format::money(*cash),
                (None, Some(name)) => lang.of(name).to_owned(),
                (None, None) => lang.redeem().mine.to_owned(),
            };
            let about = (lang.redeem().state_about)(*of, *state);
            let tracking = tracking.as_ref().map(|tracking| (t.tracking)(tracking));
            let text = tracking.map_or_else(|| about.to_owned(), |tracking| format!("{about} {tracking}"));
            ((t.redemption)(&what, *state), text, t.see_redemption)
        }
        News::Adjustment { points, .. } => {
            let amount = format::points(positive(*points));
            (if points.is_negative() { (t.taken)(&amount) } else { (t.given)(&amount) }, t.by_team.to_owned(), t.see_entry)
        }
        News::Rules { .. } => {
            let text = notice.map_or(t.rules_withdrawn, |notice| lang.of(notice));
            (t.rules.to_owned(), text.to_owned(), t.see_rules)
        }
    };
    Said { title, text, path: path(news), link }
}

/// Where there is more about it.
pub fn path(news: &News) -> String {
    match news {
        News::Tier { .. } | News::Rules { .. } => "/tiers".to_owned(),
        News::Expiring { .. } => "/rewards".to_owned(),
        News::Redemption { id, .. } => format!("/redemptions/{id}"),
        News::Adjustment { seq, .. } => format!("/activity?before={}#entry-{seq}", seq.saturating_add(1)),
    }
}

fn positive(points: Points) -> Points {
    if points.is_negative() { points.checked_neg().unwrap_or(points) } else { points }
}

/// What a kind of news is called where members choose.
pub const fn topic(kind: Kind) -> Topic {
    match kind {
        Kind::Tier => Topic::Tier,
        Kind::Expiring => Topic::Expiring,
        Kind::Redemption => Topic::Redemption,
        Kind::Adjustment => Topic::Adjustment,
        Kind::Rules => Topic::Rules,
    }
}

/// Whom and what a link for fewer e-mails names.
///
/// # Errors
/// `code_not_valid`.
pub fn unsubscribing(lang: Lang, member: &str, kind: &str) -> Result<(MemberId, Kind), ApiError> {
    let both = member.parse().ok().zip(Kind::named(kind));
    both.ok_or_else(|| errors::of_app(lang, AppError::from(AccountError::CodeNotValid)))
}
