//! Finding out what an e-mail needs to be sent now: whether anybody still wants it, their address, and a code of its own.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::member::Status;
use laurel_domain::text::Both;
use serde_json::Value;

use super::{Content, Letter, MailKind, choices};
use crate::auth::{SignInName, Token};
use crate::store::access::one_time_codes::{self, Purpose};
use crate::store::access::sessions::Owner;
use crate::store::access::{credentials, staff};
use crate::store::ledger::proof;
use crate::store::mail::choices::unwanted;
use crate::store::mail::outbox::{self, EmailRow};
use crate::store::members::member::{self, By, Member};
use crate::store::{StoreError, Tx, micros, programme};
use crate::usecase::access::activate::VALID_FOR;
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications::{Kind, News};

/// Whoever asks for a new password again and again gets one link in this time: nobody's inbox can be filled with them.
const RESETS_APART: SignedDuration = SignedDuration::from_mins(5);

/// A letter, and the member it goes to. `None`: there is nobody to send it to any more, and it is gone.
pub(super) async fn prepare(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<(Letter, Option<i64>)>, AppError> {
    let kind = MailKind::of_number(row.kind)?;
    let letter = match kind {
        MailKind::News(kind) => news(tx, row, kind).await?,
        MailKind::Activation => activation(tx, ledger, row).await?,
        MailKind::Reset => reset(tx, ledger, row).await?,
        MailKind::StaffInvitation => staff_invitation(tx, ledger, row).await?,
    };
    if letter.is_none() {
        outbox::drop_one(tx, row.id).await?;
    }
    Ok(letter)
}

async fn news(tx: &mut Tx, row: &EmailRow, kind: Kind) -> Result<Option<(Letter, Option<i64>)>, AppError> {
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

fn letter_to(row: &EmailRow, member: &Member, address: Option<String>, content: Content) -> Option<(Letter, Option<i64>)> {
    let (name, locale) = (member.name.clone(), member.locale.clone());
    Some((Letter { id: row.id, address: address?, name, locale, content }, Some(member.no)))
}

/// The team sends it: a first password, or a new one for who has one.
async fn activation(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<(Letter, Option<i64>)>, AppError> {
    let Some(no) = row.member_no else { return Ok(None) };
    let locked = member::lock(tx, no).await?.filter(|member| member.status != Status::Closed && member.email.is_some());
    let Some(member) = locked else { return Ok(None) };
    let resets = credentials::find_of(tx, no).await?.is_some();
    let purpose = if resets { Purpose::Reset } else { Purpose::Activate };
    let code = code(tx, ledger, purpose, Owner::Member(no)).await?;
    let content = if resets { Content::Reset { code } } else { Content::Activation { code } };
    Ok(letter_to(row, &member, member.email.clone(), content))
}

/// Somebody typed a name and asks for a new password. Whether anybody has it is found out here, where nobody waits for the answer.
async fn reset(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<(Letter, Option<i64>)>, AppError> {
    let body: Value = serde_json::from_str(&row.body).map_err(|_| StoreError::Corrupt("an e-mail"))?;
    let Some(name) = body.get("name").and_then(Value::as_str) else { return Ok(None) };
    let Some(account) = credentials::find(tx, name).await? else { return Ok(None) };
    let locked = member::lock(tx, account.no).await?.filter(|member| member.status != Status::Closed);
    let Some(member) = locked else { return Ok(None) };
    let since = ledger.clock.now().saturating_sub(RESETS_APART).unwrap_or(Timestamp::MIN);
    if outbox::latest(tx, member.no, row.kind).await?.is_some_and(|at| at > micros(since)) {
        return Ok(None);
    }
    // what they sign in with is theirs; the address on file is for those who sign in with a phone number
    let own = SignInName::parse(name).ok().and_then(|name| name.email().map(str::to_owned));
    let Some(address) = own.or_else(|| member.email.clone()) else { return Ok(None) };
    let code = code(tx, ledger, Purpose::Reset, Owner::Member(member.no)).await?;
    let asked_in = body.get("language").and_then(Value::as_str).map(str::to_owned);
    let letter = letter_to(row, &member, Some(address), Content::Reset { code });
    Ok(letter.map(|(letter, no)| (Letter { locale: letter.locale.or(asked_in), ..letter }, no)))
}

async fn staff_invitation(tx: &mut Tx, ledger: &Ledger, row: &EmailRow) -> Result<Option<(Letter, Option<i64>)>, AppError> {
    let Some(id) = row.staff else { return Ok(None) };
    staff::hold(tx, id).await?;
    let account = staff::find(tx, id).await?.filter(|account| account.disabled_at.is_none());
    let Some(account) = account else { return Ok(None) };
    let code = code(tx, ledger, Purpose::Activate, Owner::Staff(id)).await?;
    let content = Content::StaffInvitation { code };
    let (address, name, locale) = (account.email, Some(account.name), Some(account.locale));
    Ok(Some((Letter { id: row.id, address, name, locale, content }, None)))
}

/// A code of its own, good for as long as any. The caller holds its owner.
async fn code(tx: &mut Tx, ledger: &Ledger, purpose: Purpose, owner: Owner) -> Result<Token, StoreError> {
    let (code, now) = (Token::random(), ledger.clock.now());
    let expires_at = micros(now.saturating_add(VALID_FOR).unwrap_or(now));
    one_time_codes::insert_beside(tx, code.hash(), purpose, Some(owner), expires_at).await?;
    Ok(code)
}
