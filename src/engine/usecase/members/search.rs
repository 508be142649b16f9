//! Searching members, for the staff.

use laurel_domain::ids::MemberId;
use laurel_domain::ledger::posting::TierChange;
use uuid::Uuid;

use crate::auth::SignInName;
use crate::store::access::credentials;
use crate::store::ledger::events;
use crate::store::members::member::{self, By, Member};
use crate::store::members::search::{self, Filter, Find, Text};
use crate::store::rewards::redemptions::{self, Redemption, Which};
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::due;
use crate::usecase::members::view::{MemberView, view_at};

/// How many redemptions of a member are shown at once.
const MOST_REDEMPTIONS: i64 = 20;

/// A page of members; whether there are more is for whoever asks for one more than they show. The first way to look for the
/// text that finds somebody is the one that counts, on every page.
pub async fn list(ledger: &Ledger, filter: &Filter) -> Result<Vec<MemberView>, AppError> {
    let found = found(&mut ledger.db.reader().await?, filter).await?;
    let (rulebook, now) = (ledger.rulebook().await?, ledger.clock.now());
    Ok(found.iter().map(|member| view_at(&rulebook, now, member)).collect())
}

async fn found(db: &mut Tx, filter: &Filter) -> Result<Vec<Member>, StoreError> {
    for way in ways(filter.text.as_deref().unwrap_or_default()) {
        let page = search::list(db, filter, &way).await?;
        let first = Filter { before: None, most: 1, ..filter.clone() };
        if !page.is_empty() || (filter.before.is_some() && !search::list(db, &first, &way).await?.is_empty()) {
            return Ok(page);
        }
    }
    Ok(Vec::new())
}

/// The ways to look for what was typed, those that an index serves first.
fn ways(typed: &str) -> Vec<Find> {
    let typed: String = typed.trim().chars().map(half_width).collect();
    if typed.is_empty() {
        return vec![Find::Everybody];
    }
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
        assert_eq!(ways("  "), [Find::Everybody]);
        assert_eq!(ways("胡 伟"), [anywhere("胡 伟", "胡伟", None)]);
        assert_eq!(ways("Han@Example.com"), [anywhere("han@example.com", "han@example.com", None)]);
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
