//! Whose session a token opens. A session ends when it was idle for too long, and at a certain age whatever happens.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::{MemberId, StaffId};
use uuid::Uuid;

use super::{Authority, Role, Token, TokenHash};
use crate::store::access::sessions::{self, SessionRow};
use crate::store::{Db, StoreError, micros};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How long sessions of one kind last.
struct Lifetime {
    idle: SignedDuration,
    absolute: SignedDuration,
}

const MEMBER: Lifetime = Lifetime { idle: SignedDuration::from_hours(14 * 24), absolute: SignedDuration::from_hours(90 * 24) };
const STAFF: Lifetime = Lifetime { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(12) };

/// A member who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSession {
    /// Of the session, to tell it from the member's others.
    pub id: Uuid,
    pub token_hash: TokenHash,
    /// The member's number inside the database.
    pub no: i64,
    pub member: MemberId,
    pub name: Option<String>,
    pub locale: Option<String>,
    /// How many notifications they had not read as the session was looked up, up to a hundred.
    pub unread: i64,
}

/// Somebody of the staff who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffSession {
    pub id: Uuid,
    pub token_hash: TokenHash,
    pub staff: StaffId,
    pub name: String,
    pub role: Role,
    pub locale: String,
}

impl From<&StaffSession> for Authority {
    fn from(session: &StaffSession) -> Self {
        Self::staff(session.staff, session.role)
    }
}

/// The member whose session this token opens, if it opens one.
pub async fn member_session(db: &Db, token: &str, now: Timestamp) -> Result<Option<MemberSession>, StoreError> {
    let Some(token_hash) = Token::hash_of(token) else { return Ok(None) };
    let Some(mut found) = sessions::find_member(&mut db.reader().await?, token_hash).await? else { return Ok(None) };
    db.last_uses().tell(&mut found.session);
    if !MEMBER.is_alive(&found.session, now) {
        return Ok(None);
    }
    touch(db, &found.session, now);
    let member = MemberId::new(found.member);
    let (id, unread) = (found.session.id, found.unread);
    Ok(Some(MemberSession { id, token_hash, no: found.no, member, name: found.name, locale: found.locale, unread }))
}

/// The staff member whose session this token opens, if it opens one and the account is enabled.
pub async fn staff_session(db: &Db, token: &str, now: Timestamp) -> Result<Option<StaffSession>, StoreError> {
    let Some(token_hash) = Token::hash_of(token) else { return Ok(None) };
    let Some(mut found) = sessions::find_staff(&mut db.reader().await?, token_hash).await? else { return Ok(None) };
    db.last_uses().tell(&mut found.session);
    if !STAFF.is_alive(&found.session, now) {
        return Ok(None);
    }
    touch(db, &found.session, now);
    let role = Role::from_number(found.role).ok_or(StoreError::Corrupt("a role"))?;
    let staff = StaffId::new(found.staff);
    Ok(Some(StaffSession { id: found.session.id, token_hash, staff, name: found.name, role, locale: found.locale }))
}

/// Before which times sessions of members and of staff can be deleted, as (last seen, made).
pub fn ended_before(now: Timestamp) -> [(i64, i64); 2] {
    [MEMBER, STAFF].map(|lifetime| (micros(now) - whole(lifetime.idle), micros(now) - whole(lifetime.absolute)))
}

impl Lifetime {
    fn is_alive(&self, session: &SessionRow, now: Timestamp) -> bool {
        let now = micros(now);
        now < session.last_seen_at + whole(self.idle) && now < session.created_at + whole(self.absolute)
    }
}

/// Remembers that the session is in use, at most once a minute; it is written with others.
fn touch(db: &Db, session: &SessionRow, now: Timestamp) {
    if micros(now) - session.last_seen_at >= whole(MINUTE) {
        db.last_uses().note_session(session.id, micros(now));
    }
}

fn whole(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
