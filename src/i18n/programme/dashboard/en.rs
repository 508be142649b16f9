use super::Dashboard;
use crate::i18n::wording::Noun;

pub fn dashboard(noun: &'static Noun) -> Dashboard {
    Dashboard {
        span: "Period",
        spans: ["30 days", "90 days", "12 months", "All time"],
        export: "Export CSV",
        than_before: |change| format!("{change} on the period before"),
        as_before: "as in the period before",
        no_before: "nothing to compare with",
        of_issued: |share| format!("{share} of what was issued"),
        needs: "Needs attention",
        all_done: "All caught up",
        all_done_about: "Payouts, parcels, approvals and dwindling stock will show up here.",
        payouts: |count| if count == "1" { "1 payout waiting".to_owned() } else { format!("{count} payouts waiting") },
        oldest: |ago| format!("the oldest from {ago}"),
        in_payment: |count| {
            if count == "1" { "1 payout in progress".to_owned() } else { format!("{count} payouts in progress") }
        },
        gifts: |count| if count == "1" { "1 gift to send".to_owned() } else { format!("{count} gifts to send") },
        approvals: |count| {
            if count == "1" { "1 adjustment to approve".to_owned() } else { format!("{count} adjustments to approve") }
        },
        draft: "The rules have an unpublished draft",
        draft_of: |ago| format!("last edited {ago}"),
        running_out: |name, left| format!("{name}: only {left} left"),
        ago: |days| match days {
            ..=0 => "today".to_owned(),
            1 => "yesterday".to_owned(),
            days => format!("{days} days ago"),
        },
        outstanding_picture: Box::new(move |span| format!("{Units} outstanding, {span}", Units = noun.capital())),
        outstanding_about: "worth in cash at the present rate",
        flows: "Issued and gone",
        flows_about: "Above the line what was issued, below it what was redeemed, expired or taken back by refunds",
        when: "When",
        worth: "Worth",
        issued: "Issued",
        gone: "Gone",
        clawed_back: "Taken back",
        refund_rate: "Taken back by refunds",
        lapsing: "About to expire",
        lapsing_about: "What lapses if members do not use it",
        within: |days| format!("within {days} days"),
        nothing_lapses: noun.say("Under these rules no {units} expire in the next 90 days."),
        in_force: "Rules in force",
        since: |version, day| format!("Version {version}, since {day}"),
        all_time: noun.say("{Units} since the start"),
        steps: "Getting started",
        steps_about: |done, all| format!("{done} of {all} done"),
        step_founded: "Create the programme: name, currency, time zone",
        step_rules: "Set your rules",
        step_rules_about: "Adjust rates, tiers and expiry, then publish a version of your own.",
        step_key: "Create an API key",
        step_key_about: "Payment systems send payments and refunds with it.",
        step_event: "Receive the first event",
        step_event_about: "Send or import a payment; the member appears by itself.",
        step_reward: "Add the first reward",
        step_reward_about: "Beside cash, members can choose vouchers and gifts.",
        step_done: "done",
        columns: ["from", "to", "issued", "taken_back", "redeemed", "expired", "adjusted", "outstanding", "events"],
    }
}
