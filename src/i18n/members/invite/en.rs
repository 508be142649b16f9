use super::Invite;
use crate::i18n::wording::Noun;

pub fn invite(noun: &'static Noun) -> Invite {
    Invite {
        title: "Invite friends",
        about: Box::new(move |points| format!("{} for every friend who joins", noun.counted(points))),
        about_nothing: noun.say("Invitations earn no {units} at the moment"),
        your_link: "Your invitation link",
        your_code: "Your referral code",
        qr: "Your invitation link as a QR code",
        qr_about: "Let your friend scan this",
        how: "How it works",
        step_share: "Share your link or code",
        step_share_about: "Side by side? Just let them scan the QR code.",
        step_join: "Your friend registers",
        step_join_about: "Your code is filled in for them.",
        step_pay: Box::new(move |points| format!("They make their first payment, you get {}", noun.counted(points))),
        step_pay_about: |least| match least {
            Some(least) => format!("It counts from {least}."),
            None => "Any amount counts.".to_owned(),
        },
        friends: "Friends you invited",
        joined: "Joined",
        brought: noun.say("{Units} earned"),
        joined_on: |day| format!("joined {day}"),
        waiting: "First payment to come",
        taken_back: noun.say("Payment refunded, {units} taken back"),
        nobody: "No one has joined yet",
        nobody_about: "Friends who register with your link will appear here.",
        nameless: "A friend",
        latest_only: |count| format!("The latest {count} are shown"),
        no_code: "Your account has no referral code yet. Please ask customer service for one.",
    }
}
