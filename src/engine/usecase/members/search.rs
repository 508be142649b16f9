//! Searching members, for the staff.

use std::collections::HashMap;

use jiff::Timestamp;
use laurel_domain::ids::MemberId;
use laurel_domain::ledger::posting::TierChange;
use laurel_domain::refusal::{Fault, Refusal};
use uuid::Uuid;

use crate::auth::SignInName;
use crate::store::access::credentials;
use crate::store::ledger::events;
use crate::store::members::ids;
use crate::store::members::last_activity::last_activities;
use crate::store::members::member::{self, By, Member};
use crate::store::members::roll::{self, Among, Cursor, Filter, Listed};
use crate::store::members::search::{self, Find, Text};
use crate::store::members::unconfirmed;
use crate::store::rewards::redemptions::{self, Redemption, Which};
use crate::store::{COUNTED, StoreError, Tx, timestamp};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::due;
use crate::usecase::members::view::{MemberView, view_at};
use crate::usecase::programme::figures;
use crate::usecase::programme::report::report;

/// How many redemptions of a member are shown at once.
const MOST_REDEMPTIONS: i64 = 20;

/// How many of those that a text finds are put in order and counted for a page.
const MOST_FOUND: i64 = 1_000;
/// Beyond these a file ends.
pub const MOST_EXPORTED: i64 = 100_000;
/// Further than this nothing is counted.
const MOST_COUNTED: i64 = 10_000;
/// So many members are put in the order of their points in milliseconds; more are taken in the order that a job keeps.
const MOST_SORTED: i64 = 50_000;

/// A page of members, in its order, and where those beside it begin.
#[derive(Clone, Debug)]
pub struct Page {
    pub members: Vec<MemberView>,
    /// When an event, a redemption or an adjustment last happened to them, by their ids.
    pub last_activity: HashMap<String, Timestamp>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
    /// When the order was this one, where it is not as of now.
    pub ordered_at: Option<Timestamp>,
}

/// How many members there are; at least so many where not all were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub number: i64,
    pub is_exact: bool,
}

impl Counted {
    /// Of what a statement counts up to `COUNTED`: one beyond the most that is told.
    pub fn up_to_counted(number: i64) -> Counted {
        Counted { number: number.min(COUNTED - 1), is_exact: number < COUNTED }
    }
}

/// The first way to look for the text that finds somebody is the one that counts. A text that finds very many finds the newest
/// thousand.
pub async fn page(ledger: &Ledger, filter: &Filter) -> Result<Page, AppError> {
    page_of(ledger, filter, MOST_FOUND, MOST_SORTED).await
}

/// The same, of all that the text finds as far as a file goes.
pub async fn page_for_file(ledger: &Ledger, filter: &Filter) -> Result<Page, AppError> {
    page_of(ledger, filter, MOST_EXPORTED, MOST_SORTED).await
}

/// A page of a programme in which more than so many members are not sorted for it.
pub async fn page_beyond(ledger: &Ledger, filter: &Filter, most_sorted: i64) -> Result<Page, AppError> {
    page_of(ledger, filter, MOST_FOUND, most_sorted).await
}

async fn page_of(ledger: &Ledger, filter: &Filter, most_found: i64, most_sorted: i64) -> Result<Page, AppError> {
    let most = usize::try_from(filter.most).unwrap_or(1);
    let one_more = Filter { most: filter.most + 1, ..filter.clone() };
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let mut reader = ledger.db.reader().await?;
    let found = among(&mut reader, filter, most_found).await?;
    let order = match filter.goes_by_order() {
        true => {
            Some(figures::order(&mut reader, now).await?).filter(|order| order.members > most_sorted && order.as_of.is_some())
        }
        false => None,
    };
    let among = match (&found, &order) {
        (Some(numbers), _) => Among::Numbers(numbers),
        (None, Some(order)) => Among::Ordered(&order.tiers),
        (None, None) => Among::Everybody,
    };
    let mut found = roll::page(&mut reader, &one_more, among).await?;
    let is_back = filter.from.is_some_and(|from| from.backwards);
    let has_more = found.len() > most;
    match is_back {
        true => drop(found.drain(..found.len().saturating_sub(most))),
        false => found.truncate(most),
    }
    let numbers: Vec<i64> = found.iter().map(|listed| listed.member.no).collect();
    let activities = last_activities(&mut reader, &numbers).await?;
    drop(reader);
    let activity = |member: &Member| {
        let at = activities.get(&member.no).map(|at| timestamp(*at))?;
        Some(at.map(|at| (member.id().to_string(), at)))
    };
    let at = |listed: &Listed, backwards| Cursor { value: listed.value, member: listed.member.id(), backwards };
    let has_next = is_back || has_more;
    let has_previous = if is_back { has_more } else { filter.from.is_some() };
    Ok(Page {
        next: found.last().filter(|_| has_next).map(|last| at(last, false)),
        previous: found.first().filter(|_| has_previous).map(|first| at(first, true)),
        last_activity: found.iter().filter_map(|listed| activity(&listed.member)).collect::<Result<_, StoreError>>()?,
        members: found.iter().map(|listed| view_at(&rulebook, now, &listed.member)).collect(),
        ordered_at: order.and_then(|order| order.as_of).filter(|at| *at < now),
    })
}

/// Of the members with these ids those who are there, the newest first.
///
/// # Errors
/// `Invalid` (`ids`): more than a page for files has.
pub async fn with_ids(ledger: &Ledger, ids: &[MemberId]) -> Result<Vec<MemberView>, AppError> {
    const MOST: usize = 1_001;
    if ids.len() > MOST {
        return Err(Refusal::field("ids", Fault::Count { least: 1, most: MOST }).into());
    }
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    let mut reader = ledger.db.reader().await?;
    let numbers: Vec<i64> = ids::of(&mut reader, ids).await?.into_iter().map(|named| named.no).collect();
    let wanted = Filter { most: MOST as i64, ..Filter::default() };
    let found = roll::page(&mut reader, &wanted, Among::Numbers(&numbers)).await?;
    drop(reader);
    Ok(found.iter().map(|listed| view_at(&rulebook, now, &listed.member)).collect())
}

/// How many members a filter leaves; where none is set all of them, however many.
pub async fn count(ledger: &Ledger, filter: &Filter) -> Result<Counted, AppError> {
    if !filter.restricts() {
        return Ok(Counted { number: report(&ledger.db).await?.members, is_exact: true });
    }
    let mut reader = ledger.db.reader().await?;
    let among = among(&mut reader, filter, MOST_FOUND + 1).await?;
    let is_all_found = among.as_ref().is_none_or(|found| found.len() as i64 <= MOST_FOUND);
    let number = roll::count(&mut reader, filter, among.as_deref(), MOST_COUNTED + 1).await?;
    let most = if among.is_some() { MOST_FOUND } else { MOST_COUNTED };
    Ok(Counted { number: number.min(most), is_exact: is_all_found && number <= most })
}

/// The numbers that the text finds; none where nothing was typed.
async fn among(db: &mut Tx, filter: &Filter, most: i64) -> Result<Option<Vec<i64>>, StoreError> {
    match filter.text.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => numbers(db, text, most).await.map(Some),
        None => Ok(None),
    }
}

/// The numbers of at most so many members whom a text finds, the newest first.
pub(in crate::usecase) async fn numbers(db: &mut Tx, text: &str, most: i64) -> Result<Vec<i64>, StoreError> {
    for way in ways(text) {
        let found = search::numbers(db, &way, most).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// The ways to look for what was typed, those that an index serves first.
fn ways(typed: &str) -> Vec<Find> {
    let typed: String = typed.trim().chars().map(half_width).collect();
    let mut ways = Vec::new();
    if let Ok(SignInName::Phone(phone)) = SignInName::parse(&typed) {
        ways.push(Find::Phone(phone));
    }
    let is_id = !typed.contains(char::is_whitespace) && typed.contains(|c: char| c.is_ascii_digit());
    if is_id && !typed.contains('@') {
        ways.push(Find::External(typed.clone()));
    }
    ways.extend(id_range(&typed));
    let plain = typed.to_lowercase();
    let name = plain.chars().filter(|c| !c.is_whitespace()).collect();
    ways.push(Find::Anywhere(Text { name, digits: digits(&typed), plain }));
    if let Ok(SignInName::Email(email)) = SignInName::parse(&typed) {
        ways.push(Find::Unconfirmed(email));
    }
    ways
}

/// Digits and marks as Chinese keyboards type them, as they are kept.
fn half_width(typed: char) -> char {
    match typed {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(typed) - 0xfee0).unwrap_or(typed),
        other => other,
    }
}

/// The digits of what can be a part of a phone number.
fn digits(typed: &str) -> Option<String> {
    let is_phone = typed.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '+'));
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    (is_phone && digits.len() >= 3).then_some(digits)
}

/// The first and the last id that begin so. Shorter than eight digits it is more likely something else.
fn id_range(typed: &str) -> Option<Find> {
    let hex: String = typed.chars().filter(|c| *c != '-').collect();
    let fits = (8..=32).contains(&hex.len()) && hex.chars().all(|c| c.is_ascii_hexdigit());
    let bound = |filler: char| Uuid::try_parse(&format!("{hex}{}", filler.to_string().repeat(32 - hex.len()))).ok();
    fits.then(|| Some(Find::Id(bound('0')?, bound('f')?))).flatten()
}

/// Everything that the staff sees of one member.
#[derive(Clone, Debug)]
pub struct File {
    pub member: Member,
    pub view: MemberView,
    /// They come into the portal by this; none if they have never been in.
    pub sign_in_name: Option<String>,
    /// An e-mail address that they have still to confirm.
    pub unconfirmed_email: Option<String>,
    /// Oldest first.
    pub tiers: Vec<TierChange>,
    pub redemptions: Vec<Redemption>,
}

/// A member's file, all of one moment, after what is due has been posted. Their entries are `activity`'s.
///
/// # Errors
/// `NotFound`.
pub async fn file(ledger: &Ledger, id: MemberId) -> Result<File, AppError> {
    due::settled(ledger, By::Id(id)).await?;
    let rulebook = ledger.rulebook().await?;
    ledger
        .db
        .snapshot((ledger.clone(), rulebook, id), |tx, (ledger, rulebook, id)| {
            Box::pin(async move {
                let member = member::find(tx, By::Id(*id)).await?.ok_or(AppError::NotFound)?;
                let currency = ledger.programme.currency;
                let of_member = redemptions::Filter { which: Which::OfMember(member.no), after: None, most: MOST_REDEMPTIONS };
                Ok(File {
                    view: view_at(rulebook, ledger.clock.now(), &member),
                    sign_in_name: credentials::find_of(tx, member.no).await?.map(|found| found.sign_in_name),
                    unconfirmed_email: unconfirmed::find(tx, member.no).await?,
                    tiers: events::tier_changes(tx, &[member.no]).await?.remove(&member.no).unwrap_or_default(),
                    redemptions: redemptions::list(tx, currency, of_member, ledger.clock.now()).await?,
                    member,
                })
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anywhere(plain: &str, name: &str, digits: Option<&str>) -> Find {
        Find::Anywhere(Text { plain: plain.into(), name: name.into(), digits: digits.map(str::to_owned) })
    }

    #[test]
    fn what_was_typed_says_how_to_look_for_it() {
        assert_eq!(ways("胡 伟"), [anywhere("胡 伟", "胡伟", None)]);
        let unconfirmed = Find::Unconfirmed("han@example.com".into());
        assert_eq!(ways("Han@Example.com"), [anywhere("han@example.com", "han@example.com", None), unconfirmed]);
        for typed in ["+86 139 1037 2193", "139-1037-2193", "１３９１０３７２１９３"] {
            assert_eq!(ways(typed)[0], Find::Phone("+8613910372193".into()), "{typed}");
        }
        assert_eq!(ways("1037 21"), [anywhere("1037 21", "103721", Some("103721"))]);
        assert_eq!(ways("demo-0")[0], Find::External("demo-0".into()));
        let id = Find::Id(
            "0192f0c1-2345-7000-8000-000000000000".parse().unwrap(),
            "0192f0c1-2345-7fff-8fff-ffffffffffff".parse().unwrap(),
        );
        assert!(!ways("0192f0c1-2345-7").contains(&id), "the marks of a version are digits, too");
        let range =
            ("0192f0c1-2345-0000-0000-000000000000".parse().unwrap(), "0192f0c1-2345-ffff-ffff-ffffffffffff".parse().unwrap());
        assert_eq!(ways("0192F0C1-2345")[1], Find::Id(range.0, range.1));
    }
}
