//! An e-mail as the postman gets it.

use std::fmt;

use futures::future::BoxFuture;
use laurel_domain::ids::MemberId;
use laurel_domain::text::Both;
use uuid::Uuid;

use crate::auth::Token;
use crate::store::StoreError;
use crate::usecase::ledger::Ledger;
use crate::usecase::notifications::{Kind, News};

/// What an e-mail is about. Tables hold these by number: news as they do, then those that nobody can do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    News(Kind),
    Activation,
    Reset,
    StaffInvitation,
    StaffReset,
    /// To an address that a member gave: whether it is theirs.
    ConfirmEmail,
    /// To the address so far: that another is wished for.
    EmailChanged,
}

impl MailKind {
    pub const fn number(self) -> i16 {
        match self {
            MailKind::News(kind) => kind as i16,
            MailKind::Activation => 5,
            MailKind::Reset => 6,
            MailKind::StaffInvitation => 7,
            MailKind::StaffReset => 8,
            MailKind::ConfirmEmail => 9,
            MailKind::EmailChanged => 10,
        }
    }

    pub(super) fn of_number(number: i16) -> Result<MailKind, StoreError> {
        let news = usize::try_from(number).ok().and_then(|number| Kind::ALL.get(number).copied());
        match (news, number) {
            (Some(kind), _) => Ok(MailKind::News(kind)),
            (None, 5) => Ok(MailKind::Activation),
            (None, 6) => Ok(MailKind::Reset),
            (None, 7) => Ok(MailKind::StaffInvitation),
            (None, 8) => Ok(MailKind::StaffReset),
            (None, 9) => Ok(MailKind::ConfirmEmail),
            (None, 10) => Ok(MailKind::EmailChanged),
            _ => Err(StoreError::Corrupt("an e-mail")),
        }
    }
}

/// One e-mail, with everything in it that is known only now.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The same however often it is sent.
    pub id: Uuid,
    pub address: String,
    pub name: Option<String>,
    /// The language that its reader has chosen.
    pub locale: Option<String>,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    News {
        news: Box<News>,
        /// What a version of the rules says to members.
        notice: Option<Both>,
        /// Whose news it is, and what lets them do without this kind.
        member: MemberId,
        unsubscribe: String,
    },
    /// A first password for a member.
    Activation {
        code: Token,
    },
    /// A new password for a member; somebody asked for it, or the team sends it.
    Reset {
        code: Token,
    },
    StaffInvitation {
        code: Token,
    },
    /// Somebody of the staff has forgotten their password.
    StaffReset {
        code: Token,
    },
    ConfirmEmail {
        code: Token,
    },
    /// Another address is wished for, most of it hidden; none if the address was taken away.
    EmailChanged {
        to: Option<String>,
    },
}

/// Takes e-mails to people.
pub trait Postman: Send + Sync + fmt::Debug {
    /// Says what the letter has to say and hands it on.
    ///
    /// # Errors
    /// Why it could not be handed on, and whether trying again makes sense.
    fn send<'a>(&'a self, ledger: &'a Ledger, letter: &'a Letter) -> BoxFuture<'a, Result<(), Undelivered>>;
}

/// Why an e-mail was not sent: for the console, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// Nobody was reached who takes e-mails.
    Unreachable(String),
    /// It was not taken this time.
    Later(String),
    /// It is never going to be taken as it is.
    Never(String),
}
