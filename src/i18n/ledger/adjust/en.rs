use super::Adjust;
use crate::i18n::wording::Noun;

pub fn adjust(noun: &'static Noun) -> Adjust {
    Adjust {
        title: noun.say("Adjust {units}"),
        about: noun
            .say("Add {units}, or enter a negative number to deduct them. You’ll see the result before anything is posted."),
        about_limit: Box::new(|give, take, limit, hours| {
            format!(
                "On your own you can still give {give} and take {take} here. One person, and one member's account, may come to {limit} \
                 in each direction within {}; beyond that a second person has to approve it.",
                in_hours(hours)
            )
        }),
        points: noun.say("{Units} to add or deduct"),
        points_hint: "For example 50 or -12.50",
        go_on: "Review",
        title_of: Box::new(move |member| format!("Adjust {units}: {member}", units = noun.units)),
        before: "Available now",
        given: "Given",
        taken: "Taken",
        after: "Available afterwards",
        debt_before: "Owed now",
        debt_after: "Owed afterwards",
        large: Box::new(|left, limit, hours| {
            format!(
                "This is over the {left} left of the {limit} limit within {}. It will be posted once someone else approves it.",
                in_hours(hours)
            )
        }),
        reason: "Reason",
        reason_hint: "Shown to the member next to the entry. Up to 500 characters.",
        give: Box::new(move |points| format!("Give {}", noun.counted(points))),
        take: Box::new(move |points| format!("Take {}", noun.counted(points))),
        propose: "Send for approval",
        posted: Box::new(move |points| format!("Adjusted by {}.", noun.counted(points))),
        proposed: "Sent for approval. It will be posted once someone else approves it.",
        closed: "The account is closed.",
        was_reversed: |entry, by, points, at, who| {
            format!("Entry {entry} has been reversed already: by entry {by} ({points}) on {at}, by {who}.")
        },
        reversal_waits: |entry, points, at, who| {
            format!("A reversal of entry {entry} ({points}) is waiting for approval: proposed on {at} by {who}.")
        },
        reverses_again: "Approving this reverses the entry once more.",
        reverse_again: "Reverse it again anyway",
        already_reversed: "This entry has been reversed already, or a reversal is waiting for approval. Tick “Reverse it again anyway” if that is what you want.",
        form_used: "This form has already been sent. Check the ledger or the approvals for what it did.",

        proposals: "Adjustments",
        proposals_about: "Large adjustments need a second person’s approval. Whoever proposed one can withdraw it but not approve it.",
        waiting: "Waiting",
        nothing_waits: "Nothing to approve",
        nothing_waits_about: "Adjustments over the limit appear here for someone else to approve.",
        decided: "Decided",
        nothing_decided: "Nothing decided yet.",
        member: "Member",
        points_column: noun.say(">{Units}"),
        proposed_by: "Proposed by",
        decided_by: "Decided by",
        when: "When",
        state_label: "State",
        states: ["Waiting", "Posted", "Rejected", "Withdrawn"],
        review: "Review",
        approve_title: Box::new(move |points, member| format!("Approve {} for {member}?", noun.counted(points))),
        decided_already: |state| format!("This adjustment has already been decided: {}.", state.to_lowercase()),
        approve: "Approve",
        approve_points: Box::new(move |points| format!("Approve {}", noun.counted(points))),
        reject: "Reject",
        objection: "Reason for rejecting",
        withdraw: "Withdraw",
        approved: Box::new(move |points| format!("Approved and posted: {}.", noun.counted(points))),
        rejected: "Rejected.",
        withdrawn: "Withdrawn.",
        for_others: "needs someone else’s approval",
        pick_a_decision: "There is no such decision.",
        erased: "erased",

        limit: "Limit without a second person",
        limit_about: "Everything that one person gives, whoever it goes to, counts together, and so does everything that one member gets, whoever gives it; likewise what is taken. What a second person approved does not count.",
        limit_now: Box::new(move |limit, hours| {
            format!("In force: {limit} {units} within {}.", in_hours(hours), units = noun.units)
        }),
        limit_points: noun.say("{Units}, given and taken each"),
        limit_hint: "0 sends every adjustment to a second person.",
        limit_hours: "Within how many hours",
        limit_hours_hint: "24 is a day, 720 are 30 days.",
        limit_reason: "Why it is raised",
        limit_reason_hint: "Needed to raise the limit or shorten its time: a second administrator has to approve that. A stricter limit takes effect at once.",
        limit_saved: "Limit saved.",
        limit_proposed: "Proposed. The limit changes as soon as another administrator approves it.",
        limit_waits: Box::new(move |(now, now_hours), (to, to_hours)| {
            format!(
                "From {now} {units} within {} to {to} {units} within {}",
                in_hours(now_hours),
                in_hours(to_hours),
                units = noun.units
            )
        }),
        limit_asked: |who, when| format!("Asked for by {who} on {when}"),
        limit_own: "Another administrator has to approve this; you can take it back.",
        limit_approved: "Approved: the new limit is in force.",
        limit_decided: "Decided changes of the limit",
        limit_states: ["Waiting", "Approved", "Rejected", "Withdrawn"],
        limit_column: "Limit",
        limit_now_of: |limit, hours| format!("{limit} within {}", in_hours(hours)),
    }
}

fn in_hours(hours: u32) -> String {
    match hours {
        1 => "an hour".to_owned(),
        hours if hours > 24 && hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}
