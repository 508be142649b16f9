use super::{Mail, Topic};
use crate::i18n::wording::Noun;

pub fn mail(noun: &'static Noun) -> Mail {
    Mail {
        hello: |name| name.map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},")),
        activation_subject: |programme| format!("Activate your {programme} account"),
        activation: Box::new(move |programme| {
            format!(
                "You are a member of {programme}. Set a password, and you can see your {units} and redeem them.",
                units = noun.units
            )
        }),
        activation_link: "Activate my account",
        reset_subject: |programme| format!("Set a new password for {programme}"),
        reset: "Someone asked for a new password for your account. With this link you set one; you are then signed out on all other devices.",
        reset_link: "Set a new password",
        invitation_subject: |programme| format!("Your account in the {programme} console"),
        invitation: |programme| format!("You have an account in the console of {programme}. Set a password to sign in."),
        invitation_link: "Set my password",
        staff_reset_subject: |programme| format!("Set a new password for the {programme} console"),
        staff_reset: |programme| {
            format!(
                "Someone asked for a new password for your account in the console of {programme}. With this link you set one; you are then signed out on all other devices."
            )
        },
        confirm_subject: |programme| format!("Confirm your email address for {programme}"),
        confirm: |programme| {
            format!(
                "This address was given for an account at {programme}. Please confirm that it is yours: until then, no other emails come here."
            )
        },
        confirm_link: "Confirm my address",
        changed_subject: |programme| format!("Your email address at {programme}"),
        changed: |to| match to {
            Some(to) => format!(
                "Your emails are to go to {to} from now on. That happens once the new address is confirmed; until then they come here as before."
            ),
            None => "This address was removed from your account. No more emails come here.".to_owned(),
        },
        changed_not_you: "If it wasn’t you, sign in, change your password and put your address back, or contact support.",
        changed_link: "Check my details",
        valid_for: "The link works once and for 24 hours. Please don’t forward this email.",
        ignore: "If you didn’t expect this, ignore this email and nothing changes.",
        why: |programme| format!("You get this email because you are a member of {programme}."),
        stop: Box::new(move |topic| format!("No more emails about {}", about(noun, topic))),
        choose: "Choose which emails you get",

        topic: Box::new(move |topic| self::topic(noun, topic)),
        choices_title: "Emails",
        choices_about: |address| format!("We write to {address}. In the portal you are told in any case."),
        no_address: "Add an email address above to get these by email, too.",
        save: "Keep this choice",
        saved: "Your choice is saved.",

        unsubscribe: "Fewer emails",
        unsubscribe_about: |topic| {
            format!("No more emails about this: {topic}. You still find it under Notifications in the portal.")
        },
        unsubscribe_yes: "Stop these emails",
        unsubscribed: |topic| format!("You won’t get emails about this any more: {topic}."),

        confirm_title: "Confirm your email address",
        confirm_about: |address| format!("Emails about your account will go to {address}."),
        confirmed_before: "This link has been used: the address is confirmed.",
        confirmed_on: "Go to your account",
        confirm_yes: "Confirm",
        confirmed: |address| format!("{address} is confirmed."),
        confirm_sent: |address| format!("We’ve sent a link to {address}. Follow it to confirm that the address is yours."),
        unconfirmed: |address, so_far| match so_far {
            Some(so_far) => {
                format!("{address} is not confirmed yet. Follow the link we sent there; until then we write to {so_far}.")
            }
            None => format!("{address} is not confirmed yet. Follow the link we sent there; until then you get no emails."),
        },
        confirm_again: "Send the link again",

        forgotten_title: "Forgot your password?",
        forgotten_about: "Enter what you sign in with, and we email you a link to set a new password.",
        forgotten_send: "Send the link",
        forgotten_sent: "If there is an account with this name and an email address, the link is on its way. It works for 24 hours.",
        forgotten_staff_about: "Enter your email address, and we send you a link to set a new password.",
        forgotten_staff_sent: "If there is an account with this address, the link is on its way. It works for 24 hours.",
        forgotten_no_address: "No email address on file? Contact support for a one-time link.",
        back_to_sign_in: "Back to sign-in",

        link_mailed: "It has also been emailed.",
    }
}

pub(super) fn topic(noun: &Noun, topic: Topic) -> &'static str {
    match topic {
        Topic::Tier => "Changes of my tier",
        Topic::Expiring => noun.say("{Units} about to expire"),
        Topic::Redemption => "Progress of my redemptions",
        Topic::Adjustment => noun.say("{Units} added or deducted by the team"),
        Topic::Rules => "Changes of the rules",
    }
}

fn about(noun: &Noun, topic: Topic) -> &'static str {
    match topic {
        Topic::Tier => "my tier",
        Topic::Expiring => noun.say("{units} that expire"),
        Topic::Redemption => "my redemptions",
        Topic::Adjustment => noun.say("{units} from the team"),
        Topic::Rules => "new rules",
    }
}
