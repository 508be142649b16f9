use laurel_domain::rewards::redemption::RedemptionState;

use super::Notifications;
use crate::i18n::wording::Noun;

pub fn notifications(noun: &'static Noun) -> Notifications {
    Notifications {
        title: "Notifications",
        bell: |unread| if unread == 0 { "Notifications".to_owned() } else { format!("Notifications, {unread} unread") },
        about: noun.say("Your tier, your {units}, your redemptions and new rules: what changed, newest first."),
        none: "Nothing new yet",
        none_about: noun.say("When your tier changes, {units} are about to expire or a redemption moves on, you read it here."),
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
        tier_down_about: Box::new(move |from, gone| match gone {
            [] => format!("You were {from} before. Your {units} stay as they are.", units = noun.units),
            gone => format!(
                "You were {from} before. No longer included: {}. Your {units} stay as they are.",
                gone.join(", "),
                units = noun.units
            ),
        }),
        see_tiers: "See the tiers",

        expiring: Box::new(move |points, day| format!("{} expire on {day}", noun.counted(points))),
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

        given: Box::new(move |points| format!("You received {}", noun.counted(points))),
        taken: Box::new(move |points| format!("{} were deducted", noun.counted(points))),
        by_team: noun.say("Our team adjusted your {units}. The entry says why."),
        see_entry: "See the entry",

        rules: "The programme’s rules change",
        rules_withdrawn: "This announcement has been withdrawn.",
        see_rules: "See the rules",
    }
}
