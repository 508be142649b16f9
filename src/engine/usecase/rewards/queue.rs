//! Redemptions as the staff works them off: a page of those in a state, and finding them by whatever somebody has at hand.

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::rewards::paste::{Meant, Numbers};
use laurel_domain::rewards::redemption::{RedemptionKind, RedemptionState};
use serde::{Deserialize, Serialize};

use crate::store::rewards::redemptions::{self, Filter, Redemption, Which};
use crate::store::rewards::voucher_codes;
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::members::search;

/// Where a page begins: after one, or before it when somebody goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub created_at: Timestamp,
    pub id: RedemptionId,
    pub backwards: bool,
}

/// What to list.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub kind: RedemptionKind,
    /// None: in any state.
    pub state: Option<RedemptionState>,
    /// What has waited longest comes first.
    pub oldest_first: bool,
    pub from: Option<Cursor>,
    pub most: usize,
}

/// A page of redemptions in its order, and where those beside it begin.
#[derive(Clone, Debug)]
pub struct Page {
    pub redemptions: Vec<Redemption>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
}

pub async fn page(ledger: &Ledger, wanted: Wanted) -> Result<Page, AppError> {
    let (currency, now) = (ledger.programme.currency, ledger.clock.now());
    let is_back = wanted.from.is_some_and(|from| from.backwards);
    let after = wanted.from.map(|from| (from.created_at, from.id));
    let most = i64::try_from(wanted.most).unwrap_or(i64::MAX).saturating_add(1);
    let mut reader = ledger.db.reader().await?;
    let mut found = match wanted.oldest_first != is_back {
        true => redemptions::oldest(&mut reader, currency, wanted.kind, wanted.state, (after, most), now).await?,
        false => {
            let filter = Filter { which: Which::OfKind(wanted.kind, wanted.state), after, most };
            redemptions::list(&mut reader, currency, filter, now).await?
        }
    };
    let has_more = found.len() > wanted.most;
    found.truncate(wanted.most);
    if is_back {
        found.reverse();
    }
    let (has_next, has_previous) = if is_back { (true, has_more) } else { (has_more, wanted.from.is_some()) };
    let at = |one: &Redemption, backwards| Cursor { created_at: one.created_at, id: one.id, backwards };
    Ok(Page {
        next: found.last().filter(|_| has_next).map(|last| at(last, false)),
        previous: found.first().filter(|_| has_previous).map(|first| at(first, true)),
        redemptions: found,
    })
}

/// How many are found at most.
pub const MOST_FOUND: i64 = 100;
/// How many members a name may find.
const MOST_MEMBERS: i64 = 200;
/// How many of those that wait the end of a number is looked for among.
const MOST_WAITING: i64 = 10_000;

/// What somebody has to do something about.
const WAITING: [(RedemptionKind, RedemptionState); 5] = [
    (RedemptionKind::Cash, RedemptionState::Reserved),
    (RedemptionKind::Cash, RedemptionState::Processing),
    (RedemptionKind::Voucher, RedemptionState::Issued),
    (RedemptionKind::Gift, RedemptionState::Ordered),
    (RedemptionKind::Gift, RedemptionState::Shipped),
];

/// By a number, whole or by its end; a voucher's code; or whoever it is of. The first that finds something.
pub async fn find(ledger: &Ledger, typed: &str) -> Result<Vec<Redemption>, AppError> {
    let (typed, currency, now) = (typed.trim(), ledger.programme.currency, ledger.clock.now());
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = ledger.db.reader().await?;
    let mut ids: Vec<RedemptionId> = typed.parse().into_iter().collect();
    if ids.is_empty() {
        ids = voucher_codes::holders(&mut reader, typed).await?;
    }
    if ids.is_empty() && could_be_an_end(typed) {
        let mut waiting = Vec::new();
        for (kind, state) in WAITING {
            waiting.extend(redemptions::ids_in_state(&mut reader, kind, state, MOST_WAITING).await?);
        }
        if let Meant::One(id) = Numbers::of(waiting).meant(typed) {
            ids.push(id);
        }
    }
    let mut found = redemptions::with_ids(&mut reader, currency, &ids).await?;
    if found.is_empty() {
        let members = search::numbers(&mut reader, typed, MOST_MEMBERS).await?;
        found = redemptions::of_members(&mut reader, currency, &members, MOST_FOUND).await?;
    }
    Ok(found.into_iter().map(|redemption| redemption.as_of(now)).collect())
}

fn could_be_an_end(typed: &str) -> bool {
    let typed = typed.trim_start_matches('…');
    typed.len() >= 6 && typed.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}
