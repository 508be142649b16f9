use laurel_domain::rewards::redemption::RedemptionState;

use super::Fulfil;
use crate::i18n::wording::Noun;

pub fn fulfil(noun: &'static Noun) -> Fulfil {
    Fulfil {
        ask: Box::new(move |to, count, sum| match to {
            RedemptionState::Paid if count == 1 => format!("Mark 1 redemption as paid, {sum}?"),
            RedemptionState::Paid => format!("Mark {count} redemptions as paid, {sum} in all?"),
            RedemptionState::Failed => format!("Mark {} as failed and return {}?", of(count, "payout"), noun.counted(sum)),
            RedemptionState::Voided => format!("Void {} and return {}?", of(count, "voucher"), noun.counted(sum)),
            RedemptionState::Processing => format!("Start paying {}, {sum} in all?", of(count, "payout")),
            RedemptionState::Used => format!("Mark {} as used?", of(count, "voucher")),
            RedemptionState::Shipped => format!("Mark {} as sent?", of(count, "gift")),
            RedemptionState::Delivered => format!("Mark {} as delivered?", of(count, "gift")),
            _ => format!("Cancel {} and return {}?", of(count, "redemption"), noun.counted(sum)),
        }),
        confirm: Box::new(move |to, sum| match to {
            RedemptionState::Paid => format!("Mark as paid: {sum}"),
            RedemptionState::Failed => format!("Mark as failed, return {}", noun.counted(sum)),
            RedemptionState::Voided => format!("Void, return {}", noun.counted(sum)),
            RedemptionState::Processing => format!("Start paying {sum}"),
            RedemptionState::Used => "Mark as used".to_owned(),
            RedemptionState::Shipped => "Mark as sent".to_owned(),
            RedemptionState::Delivered => "Mark as delivered".to_owned(),
            _ => format!("Cancel, return {}", noun.counted(sum)),
        }),
        done: Box::new(move |to, count, sum, state| match to {
            RedemptionState::Paid if count == 1 => format!("1 redemption marked as paid, {sum}."),
            RedemptionState::Paid => format!("{count} redemptions marked as paid, {sum} in all."),
            RedemptionState::Failed => format!("{} marked as failed, {} returned.", of(count, "payout"), noun.counted(sum)),
            RedemptionState::Voided => format!("{} voided, {} returned.", of(count, "voucher"), noun.counted(sum)),
            RedemptionState::Cancelled => format!("{} cancelled, {} returned.", of(count, "redemption"), noun.counted(sum)),
            _ => format!("{} marked as {}.", of(count, "redemption"), state.to_lowercase()),
        }),
        about: Box::new(move |to| match to {
            RedemptionState::Paid => "Only mark what has actually been paid. This can’t be undone.",
            RedemptionState::Failed => {
                noun.say("The {units} go back to the members, who can redeem them again. This can’t be undone.")
            }
            RedemptionState::Processing => "Members can no longer cancel once their payout has begun.",
            RedemptionState::Used => "The codes can’t be used again. This can’t be undone.",
            RedemptionState::Shipped => {
                "Members are told that their gift is on its way, and can no longer cancel. A gift that comes back can be taken back."
            }
            RedemptionState::Delivered => "Members are told that their gift has arrived.",
            RedemptionState::Voided => {
                noun.say("The codes stop working and the {units} go back to the members. This can’t be undone.")
            }
            _ => noun.say("The gifts go back into stock and the {units} to the members. This can’t be undone."),
        }),
        reference: "Payment reference (optional)",
        reference_hint: "For example a bank or batch number. Kept in the history of each redemption; members don’t see it.",
        reason: "Reason",
        reason_hint: "Kept in the history of each redemption; members don’t see it.",
        total: "Total",
        left_out: |count| match count {
            1 => "1 of the selected redemptions has changed in the meantime and is left out.".to_owned(),
            count => format!("{count} of the selected redemptions have changed in the meantime and are left out."),
        },
        none_left: "None of the selected redemptions can be marked this way. They may have changed in the meantime.",
        nothing_selected: "Select at least one redemption.",
        no_such_state: "Choose what to mark the selected redemptions as.",
        selected: "With selected:",
        history: "History",
        details: "Details",
        by: |name| format!("by {name}"),
        member_did: "by the member",
        noted_reference: |note| format!("Reference: {note}"),
        noted_reason: |note| format!("Reason: {note}"),
        what: "Redeemed for",
        points: noun.say("{Units}"),
        rules: "Rules version",
        tracking: "Tracking number",
        deliver_to: "Deliver to",
        good_until: "Valid through",
        to_list: "All redemptions",
        next_step: "Next step",
    }
}

fn of(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
