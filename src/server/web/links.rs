//! Addresses that leave this site: in messages, on paper, on a terminal.

use laurel_domain::ids::MemberId;
use laurel_engine::usecase::notifications::Kind;

use super::paths;
use crate::server::config::PublicUrl;

/// Where a member uses a one-time code: a first password, or a new one.
pub fn activation(public_url: &PublicUrl, code: &str) -> String {
    public_url.to(&format!("/activate?code={}", escaped(code)))
}

/// Where somebody of the staff uses a one-time code.
pub fn staff_activation(public_url: &PublicUrl, code: &str) -> String {
    public_url.to(&format!("/admin/activate?code={}", escaped(code)))
}

/// Where a member says that an e-mail address is theirs.
pub fn confirmation(public_url: &PublicUrl, code: &str) -> String {
    public_url.to(&format!("/confirm-email?code={}", escaped(code)))
}

/// Where the first administrator makes their account.
pub fn first_staff(public_url: &PublicUrl, code: &str) -> String {
    public_url.to(&format!("/admin/first?code={}", escaped(code)))
}

/// Where a member does without a kind of e-mails, which needs no sign-in.
pub fn unsubscribe(public_url: &PublicUrl, member: MemberId, kind: Kind, token: &str) -> String {
    public_url.to(&format!("{}?member={member}&kind={}&token={}", paths::UNSUBSCRIBE, kind.name(), escaped(token)))
}

/// Where a friend registers.
pub fn invitation(public_url: &PublicUrl, referral_code: &str) -> String {
    public_url.to(&format!("/register?ref={}", escaped(referral_code)))
}

fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
