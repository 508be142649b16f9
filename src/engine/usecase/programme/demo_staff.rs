//! The demo's staff, one of each role. Their passwords are nobody's to know: `laurel demo` sets new ones at every start.

use jiff::{SignedDuration, Timestamp};
use laurel_domain::ids::StaffId;

use crate::auth::{Auth, Authority, Role};
use crate::store::access::staff as accounts;
use crate::usecase::AppError;
use crate::usecase::access::staff::{self, Wanted};
use crate::usecase::ledger::Ledger;

/// The most powerful first.
pub const STAFF: [(Role, &str, &str); 4] = [
    (Role::Admin, "admin@example.com", "Demo Admin"),
    (Role::Manager, "manager@example.com", "陈洁 Jie Chen"),
    (Role::Support, "support@example.com", "周敏 Min Zhou"),
    (Role::Viewer, "viewer@example.com", "Alex Turner"),
];

/// On whose behalf things are done.
#[derive(Clone, Copy)]
pub(super) struct Team {
    pub admin: Authority,
    pub manager: Authority,
    pub support: Authority,
}

/// Makes the accounts, the first by whoever set the programme up and the others by the first. Those that are there stay.
pub(super) async fn hire(ledger: &Ledger, at: Timestamp) -> Result<Team, AppError> {
    let (mut by, mut now) = (Authority::command_line(), at);
    let mut hired = Vec::new();
    for (role, email, name) in STAFF {
        let known = accounts::find_by_email(&mut ledger.db.reader().await?, email).await?;
        let id = match known {
            Some(account) => StaffId::new(account.id),
            None => {
                let wanted =
                    Wanted { email: email.to_owned(), name: name.to_owned(), role, locale: "zh".to_owned(), password: None };
                staff::create(&ledger.db, &Auth::default(), by, &wanted, now).await?.staff
            }
        };
        let authority = Authority::staff(id, role);
        if hired.is_empty() {
            by = authority;
        }
        hired.push(authority);
        now = now.saturating_add(SignedDuration::from_mins(17)).unwrap_or(now);
    }
    match hired[..] {
        [admin, manager, support, _] => Ok(Team { admin, manager, support }),
        _ => Err(AppError::NotFound),
    }
}
