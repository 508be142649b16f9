//! What the console sees of the outbox: which e-mails wait, were sent or given up, and why. Never what they say.

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use uuid::Uuid;

use super::MailKind;
use crate::auth::{Authority, Permission};
use crate::store::audit::{self, Action};
use crate::store::keyset::{Place, Slice, Window};
use crate::store::mail::desk::{self, ListedRow};
use crate::store::{StoreError, timestamp};
use crate::usecase::error::{AppError, require};
use crate::usecase::ledger::Ledger;

/// How many a page shows.
pub const MOST: usize = 50;
/// How many of a member's are shown.
const MOST_OF_MEMBER: i64 = 50;

/// Where an e-mail is. Tables hold these by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    Waiting,
    Sent,
    GivenUp,
}

impl MailState {
    pub const ALL: [MailState; 3] = [MailState::Waiting, MailState::Sent, MailState::GivenUp];

    pub const fn name(self) -> &'static str {
        match self {
            MailState::Waiting => "waiting",
            MailState::Sent => "sent",
            MailState::GivenUp => "failed",
        }
    }

    pub fn named(name: &str) -> Option<MailState> {
        MailState::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[derive(Clone, Debug)]
pub struct Listed {
    pub id: Uuid,
    pub kind: MailKind,
    pub state: MailState,
    pub attempts: i32,
    pub made_at: Timestamp,
    pub next_at: Option<Timestamp>,
    pub sent_at: Option<Timestamp>,
    pub fault: Option<String>,
    pub member: Option<MemberId>,
    pub name: Option<String>,
}

impl Listed {
    fn read(row: ListedRow) -> Result<Listed, StoreError> {
        let state = usize::try_from(row.state).ok().and_then(|state| MailState::ALL.get(state).copied());
        Ok(Listed {
            id: row.id,
            kind: MailKind::of_number(row.kind)?,
            state: state.ok_or(StoreError::Corrupt("an e-mail"))?,
            attempts: row.attempts,
            made_at: timestamp(row.made_at)?,
            next_at: row.next_at.map(timestamp).transpose()?,
            sent_at: row.sent_at.map(timestamp).transpose()?,
            fault: row.fault,
            member: row.member.map(MemberId::new),
            name: row.name,
        })
    }
}

/// A page of the outbox, and how many are in each state.
#[derive(Clone, Debug)]
pub struct Outbox {
    pub page: Slice<Listed, Uuid>,
    /// In the order of [`MailState::ALL`]; each up to `COUNTED`.
    pub counts: [i64; 3],
}

/// A page of those in a state, for a file.
///
/// # Errors
/// `Forbidden`.
pub async fn listed(
    ledger: &Ledger,
    by: Authority,
    state: MailState,
    page: Window<Uuid>,
) -> Result<Slice<Listed, Uuid>, AppError> {
    require(by, Permission::ManageSettings)?;
    let rows = desk::in_state(&mut ledger.db.reader().await?, state as i16, &page).await?;
    Ok(page.cut(rows, |row| row.id).try_map(Listed::read)?)
}

/// The newest first. `from`: where the page begins, by an e-mail's identifier.
///
/// # Errors
/// `Forbidden`.
pub async fn outbox(ledger: &Ledger, by: Authority, state: MailState, from: Option<Place<Uuid>>) -> Result<Outbox, AppError> {
    require(by, Permission::ManageSettings)?;
    ledger
        .db
        .snapshot((state, Window { from, ascending: false, most: MOST }), |tx, (state, window)| {
            Box::pin(async move {
                let rows = desk::in_state(tx, *state as i16, window).await?;
                let page = window.cut(rows, |row| row.id).try_map(Listed::read)?;
                let mut counts = [0; 3];
                for (count, state) in counts.iter_mut().zip(MailState::ALL) {
                    *count = desk::count(tx, state as i16).await?;
                }
                Ok(Outbox { page, counts })
            })
        })
        .await
}

/// The e-mails of a member, newest first. Who may see the member is the caller's to say.
pub async fn of_member(ledger: &Ledger, member_no: i64) -> Result<Vec<Listed>, AppError> {
    let rows = desk::of_member(&mut ledger.db.reader().await?, member_no, MOST_OF_MEMBER).await?;
    Ok(rows.into_iter().map(Listed::read).collect::<Result<_, StoreError>>()?)
}

/// Tries one again at once that waits or was given up.
///
/// # Errors
/// `Forbidden`; `NotFound` if it was sent or is gone.
pub async fn send_again(ledger: &Ledger, by: Authority, id: Uuid) -> Result<(), AppError> {
    require(by, Permission::ManageSettings)?;
    ledger
        .db
        .write((by.actor(), id, ledger.clock.now()), |tx, (actor, id, now)| {
            Box::pin(async move {
                if !desk::again(tx, *id, *now).await? {
                    return Err(AppError::NotFound);
                }
                let subject = format!("email:{id}");
                let action = Action { actor: *actor, name: "email.send_again", subject: &subject, before: None, after: None };
                Ok(audit::append(tx, &action, *now).await?)
            })
        })
        .await
}
