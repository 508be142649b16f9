use super::Merging;
use crate::i18n::wording::Noun;

pub fn merging(noun: &'static Noun) -> Merging {
    Merging {
        title: "Merge into another member",
        about: "If this person also has a member known to the payment system, make both one. The next page shows what it comes to; nothing happens before you confirm.",
        into: "Id of that member in the payment system",
        into_hint: noun.say("All {units} of this registration go to that member."),
        go_on: "Review",
        title_of: |name| format!("Merge {name} into another member"),
        ends: "Ends: the registration",
        goes_on: "Goes on: the member",
        afterwards: "The member afterwards",
        who: "Account",
        available: ">Available",
        pending: ">Pending",
        debt: ">Owed",
        earned: ">Earned for the tier",
        what_happens: noun.say("The registration ends and cannot be used again. Its {units} keep their expiry, pending {units} become available at once, and debt of either is repaid from the other. Both histories stay as they are. The registration’s sign-in leads to the member, unless the member has one already; contacts are taken over where the member has none."),
        reason: "Reason",
        reason_hint: "For the staff only. Up to 500 characters.",
        do_it: "Merge the two",
        done: "Merged. This member now has everything that both had.",
        merged_into: |when| format!("Merged on {when} into"),
        not_here: "Only a portal registration that the payment system does not know can be merged into a member.",
    }
}
