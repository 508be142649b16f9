use super::Card;
use crate::i18n::wording::Noun;

pub fn card(noun: &'static Noun) -> Card {
    Card {
        title: "Member card",
        show: "Show member card",
        label: "QR code of your member card",
        good_until: |time| format!("Good until {time}"),
        renew: "New code",
        about: "Show this at the till: they see your name, your tier and what you can claim.",
        safe: noun.say("The code changes every few minutes and can’t be used to spend {units}, so that a photo of it is worth little. Show it only at the till."),
        codes: "Your benefit codes",
        codes_about: "Benefits with a quota have a code of their own: claim one, then show its code.",
        suspended: "Your account is suspended, so there is no card to show.",

        till: "Till",
        scan: "Scan or type a code",
        scan_hint: "A member card, a benefit’s code or a voucher’s code. Enter looks it up.",
        look_up: "Look up",
        nothing: "No such code. A member card has twenty digits, a benefit’s code ten letters and digits.",
        too_old: "This member card is out of date. Ask for a new code: the member taps “New code”.",
        waiting: "Ready to scan",
        waiting_about: "The field above is ready. A scanner types the code and presses Enter by itself.",
        points: noun.say("{Units} available"),
        since: |day| format!("Member since {day}"),
        always: "Always, without a code",
        may_claim: "Can be claimed in the portal",
        claimed: "Claimed and ready to use",
        nothing_claimed: "Nothing claimed that waits to be used.",
        nothing_held: "This tier has no benefits of its own.",
        not_active: "This account is not active: give nothing.",
        voucher: "Voucher",
        voucher_more: "Open the redemption",
        to_till: "Open the till",
    }
}
