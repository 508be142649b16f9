use super::{MailDesk, Subject};
use crate::i18n::mail::en;
use crate::i18n::wording::Noun;

pub fn mail_desk(noun: &'static Noun) -> MailDesk {
    MailDesk {
        title: "Emails",
        about: "What is waiting to be sent, was sent in the last 90 days, or could not be sent. What an email says is not kept here.",
        is_off: "This server sends no emails: it was started without an SMTP server.",
        states: ["Waiting", "Sent", "Failed"],
        states_label: "Status",
        none: ["No email is waiting.", "No email has been sent yet.", "No email has failed."],
        columns: ["Created", "About", "To", "Status", "~Action"],
        csv_columns: ["created_at", "about", "to", "status", "attempts", "next_attempt_at", "sent_at", "error"],
        subject: Box::new(move |subject| match subject {
            Subject::News(topic) => en::topic(noun, topic),
            Subject::Activation => "Account activation",
            Subject::Reset => "New password",
            Subject::StaffInvitation => "Team invitation",
            Subject::StaffReset => "New password for the console",
            Subject::ConfirmEmail => "Confirm email address",
            Subject::EmailChanged => "Email address changed",
        }),
        nobody: "found out when it is sent",
        next_at: |at| format!("Next attempt {at}"),
        attempts: |count| if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") },
        send_again: "Send again",
        sent_again: "It is being sent again.",
        unconfirmed: "Email, not confirmed",
        none_of_member: "This member has had no emails in the last 90 days.",
        member_columns: ["Created", "About", "Status"],
    }
}
