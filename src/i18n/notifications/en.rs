use laurel_domain::rewards::redemption::RedemptionState;

use super::Notifications;
use crate::i18n::english::counted;

pub static NOTIFICATIONS: Notifications = Notifications {
    title: "Notifications",
    bell: |unread| if unread == 0 { "Notifications".to_owned() } else { format!("Notifications, {unread} unread") },
    about: "Your tier, your points, your redemptions and new rules: what changed, newest first.",
    none: "Nothing new yet",
    none_about: "When your tier changes, points are about to expire or a redemption moves on, you read it here.",
    read_all: "Mark all as read",
    all_read: |count| match count {
        0 => "Everything was read already.".to_owned(),
        1 => "1 notification marked as read.".to_owned(),
        count => format!("{count} notifications marked as read."),
    },
    unread: "Unread",
    older: "Older",
    newest: "Back to the newest",

    tier_up: |tier| format!("You are now {tier}"),
    tier_down: |tier| format!("Your tier is now {tier}"),
    tier_up_about: |from, new| match new {
        [] => format!("You were {from} before."),
        new => format!("You were {from} before. New for you: {}.", new.join(", ")),
    },
    tier_down_about: |from, gone| match gone {
        [] => format!("You were {from} before. Your points stay as they are."),
        gone => format!("You were {from} before. No longer included: {}. Your points stay as they are.", gone.join(", ")),
    },
    see_tiers: "See the tiers",

    expiring: |points, day| format!("{} expire on {day}", counted(points)),
    expiring_about: |day| format!("You can redeem them through the end of {day}."),
    see_rewards: "See what you can get",

    redemption: |what, state| match state {
        RedemptionState::Paid => format!("{what} has been paid out"),
        RedemptionState::Failed => format!("The payout of {what} failed"),
        RedemptionState::Cancelled => format!("{what} was cancelled"),
        RedemptionState::Shipped => format!("{what} is on its way"),
        RedemptionState::Delivered => format!("{what} has arrived"),
        RedemptionState::Returned => format!("{what} came back to us"),
        RedemptionState::Processing => format!("{what} is being paid out"),
        RedemptionState::Reserved => format!("{what} is set aside for you"),
        RedemptionState::Ordered => format!("{what} is ordered"),
        RedemptionState::Issued => format!("The code for {what} is ready"),
        RedemptionState::Used => format!("The code for {what} was used"),
        RedemptionState::Expired => format!("The code for {what} has expired"),
        RedemptionState::Voided => format!("{what} was voided"),
    },
    tracking: |tracking| format!("Tracking: {tracking}"),
    see_redemption: "See the redemption",

    given: |points| format!("You received {}", counted(points)),
    taken: |points| format!("{} were deducted", counted(points)),
    by_team: "Our team adjusted your points. The entry says why.",
    see_entry: "See the entry",

    rules: "The programme’s rules change",
    rules_withdrawn: "This change was announced and has been withdrawn since.",
    see_rules: "See the rules",
};
