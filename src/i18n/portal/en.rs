use super::Portal;
use crate::i18n::wording::Noun;

pub fn portal(noun: &'static Noun) -> Portal {
    Portal {
        home: "Home",
        activity: "Activity",
        rewards: "Redeem",
        benefits: "Benefits",
        invite: "Invite",
        me: "Me",
        navigation: "Main",
        title: "My membership",
        available: noun.say("{Units} available"),
        worth: |cash| format!("worth {cash} in cash"),
        pending: Box::new(move |points| format!("{} pending", noun.counted(points))),
        debt: Box::new(move |points| format!("{} owed", noun.counted(points))),
        points_to_next: Box::new(move |tier, by| [String::new(), format!(" more {units}{} to {tier}", before(by), units = noun.units)]),
        spend_to_next: |tier, by| ["Spend ".to_owned(), format!(" more{} to reach {tier}", before(by))],
        keep: |needed, by, tier, so_far| format!("Reach {needed} by {by} to stay {tier}; {so_far} so far."),
        kept: |tier, by| format!("You have what you need to stay {tier} after {by}."),
        keep_in_grace: |missing, by, tier| {
            format!("Your {tier} period has ended, but you can still keep it: {missing} more by {by}.")
        },
        expiring: "About to expire",
        through: |day| format!("through {day}"),
        awaiting: "On their way",
        available_on: |day| format!("available on {day}"),
        more: |count| format!("{count} more"),
        highest_tier: "You are in the highest tier",
        progress: |gathered, next| format!("{gathered} so far; the next tier starts at {next}"),
        within_reach: "Yours today",
        all_rewards: |count| if count == 1 { "1 reward".to_owned() } else { format!("All {count}") },
        near_miss: Box::new(move |points, name| format!("{} more and you can have {name}", noun.counted(points))),
        year: "The past year",
        year_sum: |came, went| format!("{came} in, {went} out"),
        year_picture: noun.say("{Units} that came in and went out each month of the past year"),
        month: "Month",
        came: "In",
        went: "Out",
        debt_title: Box::new(move |points| format!("You owe {}", noun.counted(points))),
        debt_about: noun.say("A refund took back {units} that were already spent. What you earn next repays them first; then you can redeem again."),
        suspended_title: "Your account is suspended",
        suspended_about: noun.say("You still earn {units} but cannot redeem for now. Customer service can tell you why."),
        my_benefits: "My benefits",
        all_tiers: "All tiers",
        no_benefits: |tier| format!("{tier} has no benefits of its own yet."),
        next_brings: |tier| format!("{tier} will bring you"),
        latest: "Latest activity",
        all_activity: "All",
        nothing_yet: noun.say("Your first {units} are waiting"),
        nothing_yet_about: noun.say("Pay with your linked account, and the {units} appear here by themselves."),
        link_first: "Link your payment account first, so that your payments count.",
        link_account: "Link it",
        how_to_earn: "How to earn",
        earn_paying: Box::new(move |unit, points| format!("{} for every {unit} you pay", noun.counted(points))),
        earn_scene: |scene, factor| format!("{scene} ×{factor}"),
        earn_referring: Box::new(move |points| format!("{} for each friend you refer", noun.counted(points))),
        earn_reviewing: Box::new(move |points| format!("{} for each review you write", noun.counted(points))),
        rate: Box::new(move |points, cash| format!("{} pay {cash} in cash", noun.counted(points))),
        at_most_a_day: Box::new(|points| format!("at most {points} a day")),
        at_most_a_month: Box::new(|points| format!("at most {points} a month")),
        held_for: |days| if days == 1 { "available after a day".to_owned() } else { format!("available after {days} days") },
        expire_after: Box::new(move |months| if months == 1 { noun.say("{Units} last a month").to_owned() } else { format!("{Units} last {months} months", Units = noun.capital()) }),
        expire_on: Box::new(move |day, years| match years {
            1 => format!("{Units} last through {day} of the year after they were earned", Units = noun.capital()),
            years => format!("{Units} last through {day}, {years} years after they were earned", Units = noun.capital()),
        }),
        counts_this_year: "What counts is what you gather within a calendar year.",
        counts_months: |months| match months {
            1 => "What counts is what you gather within a calendar month.".to_owned(),
            months => format!("What counts is what you gathered in this month and the {} before it.", months - 1),
        },
        kept_for: |months| match months {
            1 => "A tier you reach is yours for a month; what you gather in it decides whether it stays.".to_owned(),
            months => format!("A tier you reach is yours for {months} months; what you gather in them decides whether it stays."),
        },
        grace: |days| {
            if days == 1 {
                "What is missing then can be made up in one more day.".to_owned()
            } else {
                format!("What is missing then can be made up in {days} more days.")
            }
        },
        tiers: "Tiers and benefits",
        your_tier: "Your tier",
        reached: "Reached",
        for_everyone: "For everyone",
        from_earned: Box::new(move |amount| format!("From {amount} {units} earned", units = noun.units)),
        from_balance: Box::new(move |amount| format!("From {amount} {units} held", units = noun.units)),
        from_spent: |amount| format!("From {amount} spent"),
        tier_multiplier: Box::new(move |factor| format!("{Units} on payments ×{factor}", Units = noun.capital())),
        points_on_payments: noun.say("{Units} on every payment"),
    }
}

fn before(by: Option<&str>) -> String {
    by.map(|day| format!(" by {day}")).unwrap_or_default()
}
