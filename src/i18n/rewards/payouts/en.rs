use laurel_domain::rewards::paste::LineFaultKind;

use super::Payouts;
use crate::i18n::wording::Noun;

pub fn payouts(noun: &'static Noun) -> Payouts {
    Payouts {
        search: "Find a redemption",
        search_placeholder: "Member, number or voucher code",
        found: |text| format!("Found for “{text}”"),
        nothing_found: "No redemptions match.",
        nothing_found_about: "Search by the member’s name, phone or ID, by a voucher code, or by the number or its last eight characters.",
        make: "Make a payout batch…",
        make_title: |count, sum| format!("Make a payout batch ({count}, {sum})?"),
        make_about: "The payouts are marked as processing, and you get a file for the bank. Mark the batch as paid when the bank has confirmed it.",
        make_confirm: |count, sum| format!("Make a payout batch ({count}, {sum})"),
        made: |count, sum| format!("Payout batch made: {count} {}, {sum}.", if count == 1 { "payout" } else { "payouts" }),
        none_for_batch: "None of the selected payouts can go into a batch. They may have been paid, or be in another batch.",
        already_batched: "Some of these payouts are in another batch by now. Nothing was changed.",
        already_settled: "Somebody else has settled this batch in the meantime. Nothing was changed.",
        batches: "Payout batches",
        no_batches: "No payout batches yet",
        no_batches_about: "Select payouts in the list of redemptions to pay them together by one file.",
        batch: |number| format!("Payout batch {number}"),
        number: |count| if count == 1 { "1 payout".to_owned() } else { format!("{count} payouts") },
        batch_columns: ["Batch", "Made", "By", "Status", "Bank reference"],
        open: "To be paid",
        settled: "Settled",
        made_by: |name, at| format!("Made by {name}, {at}"),
        settled_by: |name, at| format!("Settled by {name}, {at}"),
        file: "File for the bank (CSV)",
        file_about: "One line for each payout that is still processing. The number goes into the payment’s text, so that whatever comes back can be found.",
        file_columns: ["number", "member", "external_id", "phone", "amount", "currency", "points", "requested_at"],
        settle: "Settle this batch",
        settle_about: noun.say("Payouts that failed give the {units} back to the members; all others are marked as paid."),
        reference: "Bank reference",
        reference_hint: "Kept in the history of each payout.",
        failures: "Payouts that failed",
        failures_hint: "One per line: number, reason. The number can be shortened to its last eight characters.",
        ticked_reason: "Reason for those ticked below",
        ticked_reason_hint: "Only needed if you tick payouts in the table.",
        failed_column: "Failed",
        review: "Review",
        paid_sum: "Paid",
        failed_sum: noun.say("Failed, {units} returned"),
        settle_confirm: |paid, sum, failed| match failed {
            0 => format!("Mark {paid} as paid, {sum}"),
            failed => format!("Mark {paid} as paid ({sum}) and {failed} as failed"),
        },
        settle_done: Box::new(move |paid, sum, failed| match failed {
            0 => format!("Batch settled: {paid} paid, {sum}."),
            failed => format!("Batch settled: {paid} paid, {sum}; {failed} failed, {units} returned.", units = noun.units),
        }),
        change: "Change",
        line_fault: |line, fault| {
            let told = match fault {
                LineFaultKind::Unknown => "no payout of this batch has this number",
                LineFaultKind::Several => "several payouts end in this number; use the whole number",
                LineFaultKind::NoReason => "a reason is missing",
                LineFaultKind::TooLong => "the reason is too long",
                LineFaultKind::Twice => "this payout is listed twice",
            };
            format!("Line {line}: {told}.")
        },
        tracking: "Paste tracking numbers",
        tracking_title: "Tracking numbers",
        tracking_about: "Each line marks one gift as shipped. You’ll see what each line means before anything is saved.",
        lines: "Number, tracking number",
        lines_hint: "One gift per line, as copied from a spreadsheet or the carrier’s list. The redemption number can be shortened to its last eight characters, as on the packing slip.",
        reviewed: |ready, left| {
            let ready = if ready == 1 {
                "1 gift can be marked as shipped".to_owned()
            } else {
                format!("{ready} gifts can be marked as shipped")
            };
            match left {
                0 => format!("{ready}."),
                1 => format!("{ready}; 1 line is left out."),
                left => format!("{ready}; {left} lines are left out."),
            }
        },
        review_columns: [">Line", "Gift", "Member", "Deliver to", "Tracking number", "Result"],
        ready: "Ready",
        ship_reviewed: |count| {
            if count == 1 { "Mark 1 gift as shipped".to_owned() } else { format!("Mark {count} gifts as shipped") }
        },
        was_shipped: "already shipped under this tracking number",
        gift_twice: "this gift is in a line above already",
        shipped: |count| {
            if count == 1 { "1 gift marked as shipped.".to_owned() } else { format!("{count} gifts marked as shipped.") }
        },
        some_shipped: |done, left| {
            format!("{done} marked as shipped. {left} {} not be used:", if left == 1 { "line could" } else { "lines could" })
        },
        line: |line, what| format!("Line {line}: {what}"),
        unknown_gift: "no gift has this number",
        several: "several gifts end in this number; use the whole number",
        no_tracking: "the tracking number is missing",
        too_long: "the tracking number is too long",
        in_state: |state| format!("this gift is “{state}” and can’t be shipped"),
        slips: "Packing slips",
        slips_title: |count| if count == 1 { "1 packing slip".to_owned() } else { format!("{count} packing slips") },
        slip: "Packing slip",
        print: "Print (Ctrl-P)",
        no_slips: "No gifts to pack",
        quantity: "Quantity",
        ordered_on: "Ordered",
    }
}
