use super::Closing;
use crate::i18n::wording::Noun;

pub fn closing(noun: &'static Noun) -> Closing {
    Closing {
        cancels: noun.say("These redemptions are cancelled, and their {units} come back first:"),
        waits: "These redemptions have to arrive first:",
        waits_about: "While something is being paid or is on its way, the account cannot be closed.",
        vouchers: |count| match count {
            1 => "One voucher code stays good, but is shown nowhere any more: note it down before.".to_owned(),
            count => format!("{count} voucher codes stay good, but are shown nowhere any more: note them down before."),
        },
        claims: |count| match count {
            1 => "One claimed benefit is withdrawn.".to_owned(),
            count => format!("{count} claimed benefits are withdrawn."),
        },
        removes: Box::new(move |points| format!("The remaining {} will be removed.", noun.counted(points))),
        forgives: Box::new(move |points| format!("The remaining debt of {} will be written off.", noun.counted(points))),
        removes_nothing: noun.say("No {units} are left to remove."),
        sure: "I understand that this permanently closes the account.",
        say_sure: "Tick this box to continue.",

        close_mine: "Close my account",
        close_mine_about: noun.say("You leave the programme: {units} go, and nobody can sign in any more."),
        go_to_close: "See what closing does…",
        for_ever: "Closing cannot be undone. The record of what was earned and spent stays.",
        erase_mine: "Erase my personal data, too",
        erase_mine_about: "Name, contacts, addresses, the link to the payment system, and what was reviewed: nobody can tell any more who the record is about.",
        password: "Your password, once more",
        close_now: "Close my account permanently",
        goodbye: "Your account is closed. Goodbye!",
        goodbye_erased: "Your account is closed and your personal data is erased. Goodbye!",

        close_of: |member| format!("Close the account of {member}"),
        close: "Close the account",
        close_about: noun.say("Cancels what can be cancelled, removes the {units} that are left and signs the member out for ever. The next page shows what it comes to."),
        closed: "The account is closed.",
        is_closed: "This account is closed. Later refunds are recorded and take nothing; all else is refused.",
        erase: "Erase personal data",
        erase_about: "Name, contacts, ids, addresses, review subjects and reasons go for ever. The entries stay and can still be verified.",
        erase_sure: "Erase permanently",
        erase_now: "Erase personal data",
        erased: "The personal data is erased.",
        erased_at: "Erased on",
    }
}
