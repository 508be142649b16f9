use super::RulesDesk;
use crate::i18n::wording::Noun;

pub fn rules_desk(_: &'static Noun) -> RulesDesk {
    RulesDesk {
        about: "These rules hold now. Changes are prepared in a draft; members see no change until it is published.",
        start_draft: "Start a draft",
        edit_draft: "Edit draft",
        put_back: "Put back",
        draft_put_back: "The draft is back.",
        was_discarded: |when| format!("A draft was discarded on {when}."),
        discarded_title: "Discarded drafts",
        discarded_about: |days| format!("A discarded draft can be put back for {days} days."),
        discarded_about_draft: |days| {
            format!("A discarded draft can be put back for {days} days, once there is no other draft.")
        },
        discarded_by: |when, who| match who {
            Some(who) => format!("Discarded on {when} by {who}"),
            None => format!("Discarded on {when}"),
        },
        draft_title: "Draft of the rules",
        back_to_rules: "Rules in force",
        versions: "Versions",
        from_the_start: "from the start",
        since: |day| format!("since {day}"),
        comes: |at, days| format!("{at}{}", within(days)),
        edit: "Edit",
        withdraw: "Withdraw…",
        withdraw_sure: |version| {
            format!("Version {version} will not take effect. What it says becomes the draft, unless there is one already.")
        },
        withdraw_yes: |version| format!("Withdraw version {version}"),
        withdrawn: |version| format!("Version {version} is withdrawn and will not take effect."),
        withdrawn_chip: "Withdrawn",
        withdrawn_by: |at, who| format!("withdrawn {at} · {who}"),
        show_version: |version| format!("Show version {version}"),
        compared_with_force: "Compared with the rules in force",

        payment_earns: |unit, points| ["A payment earns ".to_owned(), format!(" {points} for each {unit}")],
        referral_earns: |points| ["A referral earns ".to_owned(), format!(" {points}.")],
        review_earns: |points| ["A review earns ".to_owned(), format!(" {points}.")],
        times: ", times the multipliers of its scene and of the member's tier.",
        scenes: "Scenes",
        scenes_alike: "All scenes count alike.",
        rounded: Box::new(|precision, mode| format!("Rounded to: {precision}. Halves: {mode}.")),
        tiers: "Tiers and benefits",
        by: |basis| format!("Starts at ({basis})"),
        limits: "Limits and lifetimes",
        no_cap: "no limit",
        a_day: |points| format!("{points} a day"),
        a_month: |points| format!("{points} a month"),
        cap_of: Box::new(|kind| format!("Earning cap, {kind}")),
        first_payment: "An invitation earns with a first payment of",
        any_payment: "any amount",
        at_least: |amount| format!("{amount} or more"),
        redeeming: "Redeeming and refunds",
        rate: "Redeeming to cash",
        rate_is: |points, cash| format!("{points} for {cash}"),
        no_benefits: "none",

        at_once_title: "Publish now",
        at_once: |at| format!("In force as soon as you publish: {at}."),
        later_title: "Schedule for later",
        later_hint: |zone| format!("In the programme's time zone, {zone}; at most a year ahead."),
        review: "Review the time",
        from_then: |version, at, days| format!("Version {version} takes effect on {at}{}.", within(days)),
        other_time: "Choose another time",
        takes_place_of: |version, at| {
            format!("Version {version}, scheduled for {at}, is withdrawn when you publish: this draft takes its place.")
        },
        publish_scheduled: "Schedule",
        stays: "Until it is in force, it can be edited or withdrawn.",
    }
}

fn within(days: i64) -> String {
    match days {
        ..=0 => " (today)".to_owned(),
        1 => " (tomorrow)".to_owned(),
        days => format!(" (in {days} days)"),
    }
}
