//! Finding out what an e-mail needs to be sent now: whether anybody still wants it, their address, and a code of its own.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::member::Status;
use laurel_domain::text::Both;
use serde_json::Value;
use uuid::Uuid;

use super::{Content, Letter, MailKind, choices};
use crate::auth::{SignInName, Token};
use crate::store::access::credentials;
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::Owner;
use crate::store::access::staff::{self, StaffRow};
use crate::store::ledger::proof;
use crate::store::mail::choices::unwanted;
use crate::store::mail::outbox::{self, EmailRow, For};
use crate::store::members::member::{self, By, Member};
use crate::store::members::unconfirmed;
use crate::store::{StoreError, Tx, micros, programme};
use crate::usecase::access::activate::VALID_FOR;
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications::{Kind, News};

/// Whoever asks for a new password again and again gets one link in this time: nobody's inbox can be filled with them.
const RESETS_APART: SignedDuration = SignedDuration::from_mins(5);

/// A letter; `None`: there is nobody to send it to any more, and it is gone.
pub(super) async fn prepare(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let kind = MailKind::of_number(row.kind)?;
    let letter = match kind {
        MailKind::News(kind) => news(tx, row, kind).await?,
        MailKind::Activation => activation(tx, ledger, row).await?,
        MailKind::Reset => reset(tx, ledger, row).await?,
        MailKind::StaffInvitation => staff_invitation(tx, ledger, row).await?,
        MailKind::StaffReset => staff_reset(tx, ledger, row).await?,
        MailKind::ConfirmEmail => confirm_email(tx, ledger, row).await?,
        MailKind::EmailChanged => email_changed(tx, row).await?,
    };
    if letter.is_none() {
        outbox::drop_one(tx, row.id).await?;
    }
    Ok(letter)
}

async fn news(tx: &mut Tx, row: &EmailRow, kind: Kind) -> Result<Option<Letter>, AppError> {
    let Some(member) = reader_of(tx, row).await? else { return Ok(None) };
    if unwanted(tx, member.no).await? & choices::bit(kind) != 0 {
        return Ok(None);
    }
    let news = News::of_body(&row.body)?;
    let mut notice = None;
    if let News::Rules { version } = news {
        let told = programme::told_since(tx, Timestamp::MIN).await?;
        let stands = told.into_iter().find(|row| u32::try_from(row.version) == Ok(version));
        let Some(stands) = stands else { return Ok(None) };
        notice = Some(Both::new(&stands.notice_zh, &stands.notice_en));
    }
    let unsubscribe = choices::token(proof::identity_salt(tx).await?, member.id(), kind);
    let content = Content::News { news: Box::new(news), notice, member: member.id(), unsubscribe };
    Ok(letter_to(row, &member, member.email.clone(), content))
}

/// The member an e-mail is for, unless they are closed.
async fn reader_of(tx: &mut Tx, row: &EmailRow) -> Result<Option<Member>, StoreError> {
    let Some(no) = row.member_no else { return Ok(None) };
    Ok(member::find(tx, By::No(no)).await?.filter(|member| member.status != Status::Closed))
}

fn letter_to(row: &EmailRow, member: &Member, address: Option<String>, content: Content) -> Option<Letter> {
    let (name, locale) = (member.name.clone(), member.locale.clone());
    Some(Letter { id: row.id, address: address?, name, locale, content })
}

/// The team sends it: a first password, or a new one for who has one.
async fn activation(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let Some(no) = row.member_no else { return Ok(None) };
    let locked = member::lock(tx, no).await?.filter(|member| member.status != Status::Closed && member.email.is_some());
    let Some(member) = locked else { return Ok(None) };
    let resets = credentials::find_of(tx, no).await?.is_some();
    let purpose = if resets { Purpose::Reset } else { Purpose::Activate };
    let code = code(tx, ledger, purpose, Owner::Member(no)).await?;
    let content = if resets { Content::Reset { code } } else { Content::Activation { code } };
    Ok(letter_to(row, &member, member.email.clone(), content))
}

/// What somebody typed who has forgotten their password, and the language that they read the page in.
fn typed(row: &EmailRow) -> Result<(Option<String>, Option<String>), StoreError> {
    let body = body_of(row)?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    Ok((text("name"), text("language")))
}

fn body_of(row: &EmailRow) -> Result<Value, StoreError> {
    serde_json::from_str(&row.body).map_err(|_| StoreError::Corrupt("an e-mail"))
}

/// Whether this is the one that goes to this person, whom the caller holds: not if another one does, or went there a moment ago.
async fn is_the_one(tx: &mut Tx, ledger: &Ledger, row: &EmailRow, to: For) -> Result<bool, StoreError> {
    let since = ledger.clock.now().saturating_sub(RESETS_APART).unwrap_or(Timestamp::MIN);
    if outbox::has_other(tx, row, to, micros(since)).await? {
        return Ok(false);
    }
    outbox::goes_to(tx, row.id, to).await?;
    Ok(true)
}

/// Somebody typed a name and asks for a new password. Whether anybody has it is found out here, where nobody waits for the answer.
async fn reset(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let (Some(name), asked_in) = typed(row)? else { return Ok(None) };
    let Some(account) = credentials::find(tx, &name).await? else { return Ok(None) };
    let locked = member::lock(tx, account.no).await?.filter(|member| member.status != Status::Closed);
    let Some(member) = locked else { return Ok(None) };
    if !is_the_one(tx, ledger, row, For { member_no: Some(member.no), staff: None }).await? {
        return Ok(None);
    }
    // read again behind the lock; what they sign in with goes before the address on file, if it is known to be theirs
    let Some(account) = credentials::find_of(tx, member.no).await? else { return Ok(None) };
    let own = SignInName::parse(&account.sign_in_name).ok().and_then(|name| name.email().map(str::to_owned));
    let Some(address) = own.filter(|_| account.email_confirmed).or_else(|| member.email.clone()) else { return Ok(None) };
    let code = code(tx, ledger, Purpose::Reset, Owner::Member(member.no)).await?;
    let letter = letter_to(row, &member, Some(address), Content::Reset { code });
    Ok(letter.map(|letter| Letter { locale: letter.locale.or(asked_in), ..letter }))
}

async fn staff_invitation(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let Some(id) = row.staff else { return Ok(None) };
    staff::hold(tx, id).await?;
    let Some(account) = enabled(tx, id).await? else { return Ok(None) };
    let code = code(tx, ledger, Purpose::Activate, Owner::Staff(id)).await?;
    Ok(Some(letter_to_staff(row, account, Content::StaffInvitation { code })))
}

/// The same for the staff, whose address is what they sign in with. An account that was never activated waits for its invitation.
async fn staff_reset(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let (Some(name), _) = typed(row)? else { return Ok(None) };
    let Some(found) = staff::find_by_email(tx, &name).await? else { return Ok(None) };
    staff::hold(tx, found.id).await?;
    let account = enabled(tx, found.id).await?.filter(|account| account.password_hash.is_some());
    let Some(account) = account else { return Ok(None) };
    if !is_the_one(tx, ledger, row, For { member_no: None, staff: Some(account.id) }).await? {
        return Ok(None);
    }
    let code = code(tx, ledger, Purpose::Reset, Owner::Staff(account.id)).await?;
    Ok(Some(letter_to_staff(row, account, Content::StaffReset { code })))
}

async fn enabled(tx: &mut Tx, id: Uuid) -> Result<Option<StaffRow>, StoreError> {
    Ok(staff::find(tx, id).await?.filter(|account| account.disabled_at.is_none()))
}

fn letter_to_staff(row: &EmailRow, account: StaffRow, content: Content) -> Letter {
    let (address, name, locale) = (account.email, Some(account.name), Some(account.locale));
    Letter { id: row.id, address, name, locale, content }
}

/// To the address that the member has to confirm now, whichever it was when the e-mail was written.
async fn confirm_email(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let Some(no) = row.member_no else { return Ok(None) };
    let locked = member::lock(tx, no).await?.filter(|member| member.status != Status::Closed);
    let Some(member) = locked else { return Ok(None) };
    let Some(address) = unconfirmed::find(tx, no).await? else { return Ok(None) };
    let code = code(tx, ledger, Purpose::ConfirmEmail, Owner::Member(no)).await?;
    Ok(letter_to(row, &member, Some(address), Content::ConfirmEmail { code }))
}

async fn email_changed(tx: &mut Tx, row: &EmailRow) -> Result<Option<Letter>, AppError> {
    let Some(member) = reader_of(tx, row).await? else { return Ok(None) };
    let body = body_of(row)?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).map(str::to_owned);
    Ok(letter_to(row, &member, text("address"), Content::EmailChanged { to: text("to") }))
}

/// A code of its own, good for as long as any. The caller holds its owner.
async fn code(tx: &mut Tx, ledger: &Ledger, purpose: Purpose, owner: Owner) -> Result<Token, StoreError> {
    let (code, now) = (Token::random(), ledger.clock.now());
    let expires_at = micros(now.saturating_add(VALID_FOR).unwrap_or(now));
    one_time_codes::insert_beside(tx, code.hash(), purpose, Some(owner), expires_at).await?;
    Ok(code)
}
