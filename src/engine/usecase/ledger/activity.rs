//! A member's entries with what explains each of them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use laurel_domain::ids::RedemptionId;
use laurel_domain::ledger::entry::{Cause, Entry};
use laurel_domain::ledger::explanation::{Context, Cost, Explanation, explain};
use laurel_domain::ledger::invitation::Award;
use laurel_domain::ledger::refund::PaymentEntry;
use laurel_domain::numbers::money::{Currency, Money};
use laurel_domain::rules::rule_set::{Rulebook, Timeline};

use crate::store::ledger::entries::{self, Page, RefundOf};
use crate::store::ledger::reversals::{self, Reversing};
use crate::store::ledger::{adjustments, events};
use crate::store::members::member::{self, By, Member};
use crate::store::rewards::redemptions::{self, RedeemedFor, Redemption};
use crate::store::{StoreError, Tx};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::due;

/// An entry and everything that is told about it.
#[derive(Clone, Debug)]
pub struct Line {
    pub entry: Entry,
    /// `None` if it does not recompute to the entry's points, which is a fault of the ledger.
    pub explanation: Option<Explanation>,
    pub detail: Detail,
    /// The adjustments that took it back, the first first.
    pub reversed: Vec<Reversing>,
}

/// What an entry's cause refers to.
#[derive(Clone, Debug)]
pub enum Detail {
    Nothing,
    /// When the payment occurred that was refunded.
    PaidAt(Timestamp),
    Reviewed(String),
    Redeemed(Box<Redemption>),
    /// Why the staff gave or took points.
    Adjusted(String),
}

/// A page of lines, newest first.
#[derive(Clone, Debug)]
pub struct Activity {
    pub lines: Vec<Line>,
    /// Where the next page begins, if there is one: before this sequence number.
    pub next: Option<i64>,
}

/// A member as of one moment, the rules by then, and a page of their entries.
#[derive(Clone, Debug)]
pub struct Looked {
    pub member: Member,
    pub rulebook: Arc<Rulebook>,
    pub activity: Activity,
}

/// One page of a member's entries, each explained, after what is due has been posted. Reads six sets, however many
/// lines there are.
pub async fn activity(ledger: &Ledger, member_no: i64, page: Page) -> Result<Activity, AppError> {
    look(ledger, member_no, page).await.map(|looked| looked.activity)
}

/// The same with the member: all that their home shows, on one connection.
///
/// # Errors
/// `NotFound`.
pub async fn look(ledger: &Ledger, member_no: i64, page: Page) -> Result<Looked, AppError> {
    let looked = snapshot(ledger, member_no, page).await?;
    if !due::is_due(&looked.rulebook.of(looked.member.id()), ledger.clock.now(), &looked.member) {
        return Ok(looked);
    }
    due::settle_one(ledger, member_no).await?;
    snapshot(ledger, member_no, page).await
}

async fn snapshot(ledger: &Ledger, member_no: i64, page: Page) -> Result<Looked, AppError> {
    ledger
        .db
        .snapshot((ledger.clone(), member_no, page), |tx, (ledger, member_no, page)| {
            Box::pin(look_in(tx, ledger, *member_no, *page))
        })
        .await
}

/// The same within a snapshot, as the ledger stands: what is due has not been posted.
///
/// # Errors
/// `NotFound`.
pub(in crate::usecase) async fn look_in(tx: &mut Tx, ledger: &Ledger, member_no: i64, page: Page) -> Result<Looked, AppError> {
    let member = member::find(tx, By::No(member_no)).await?.ok_or(AppError::NotFound)?;
    let rulebook = ledger.rulebook_of(tx).await?;
    let activity = read(tx, ledger.programme.currency, &rulebook.of(member.id()), member_no, page).await?;
    Ok(Looked { member, rulebook, activity })
}

/// When a member's first entry occurred, if there is one.
pub async fn first(ledger: &Ledger, member_no: i64) -> Result<Option<Timestamp>, AppError> {
    let currency = ledger.programme.currency;
    let first = entries::with_seqs(&mut ledger.db.reader().await?, currency, member_no, &[1]).await?;
    Ok(first.first().map(|entry| entry.occurred_at))
}

async fn read(
    tx: &mut Tx,
    currency: Currency,
    timeline: &Timeline,
    member_no: i64,
    page: Page,
) -> Result<Activity, StoreError> {
    let mut found = entries::page(tx, currency, member_no, Page { most: page.most + 1, ..page }).await?;
    let most = usize::try_from(page.most).unwrap_or(0);
    let more = found.len() > most;
    found.truncate(most);
    let next = found.last().filter(|_| more).map(|entry| entry.seq);
    let lines = explained(tx, currency, timeline, member_no, found).await?;
    Ok(Activity { lines, next })
}

/// A member's entries, each with what is told about it.
pub(super) async fn explained(
    tx: &mut Tx,
    currency: Currency,
    timeline: &Timeline,
    member_no: i64,
    found: Vec<Entry>,
) -> Result<Vec<Line>, StoreError> {
    let about = About::of(tx, currency, member_no, &found).await?;
    Ok(found.into_iter().map(|entry| about.line(entry, timeline, currency)).collect())
}

/// Everything that the entries of a page refer to.
struct About {
    /// Payments that are refunded, and awards that are taken back.
    earned: HashMap<i64, Entry>,
    refunds: Vec<RefundOf>,
    subjects: HashMap<i64, String>,
    redemptions: HashMap<RedemptionId, Redemption>,
    reasons: HashMap<i64, String>,
    reversed: HashMap<i64, Vec<Reversing>>,
}

impl About {
    async fn of(tx: &mut Tx, currency: Currency, member_no: i64, found: &[Entry]) -> Result<About, StoreError> {
        let (mut payments, mut awards) = (Vec::new(), Vec::new());
        let (mut reviews, mut redemptions, mut adjusted) = (Vec::new(), Vec::new(), Vec::new());
        for entry in found {
            match &entry.cause {
                Cause::Refund { payment, .. } => payments.push(*payment),
                Cause::ReferralTakenBack { award, .. } => awards.push(*award),
                Cause::Review { .. } => reviews.push(entry.seq),
                Cause::Redemption { redemption } => redemptions.push(*redemption),
                Cause::Staff { .. } => adjusted.push(entry.seq),
                _ => (),
            }
        }
        awards.extend(&payments);
        let earned = match awards.is_empty() {
            true => Vec::new(),
            false => entries::with_seqs(tx, currency, member_no, &awards).await?,
        };
        let refunds = match payments.is_empty() {
            true => Vec::new(),
            false => entries::refunds_of(tx, member_no, &payments).await?,
        };
        let subjects = match reviews.is_empty() {
            true => HashMap::new(),
            false => events::subjects(tx, member_no, &reviews).await?,
        };
        let redeemed = match redemptions.is_empty() {
            true => Vec::new(),
            false => redemptions::with_ids(tx, currency, &redemptions).await?,
        };
        let reasons = match adjusted.is_empty() {
            true => HashMap::new(),
            false => adjustments::reasons(tx, member_no, &adjusted).await?,
        };
        let seqs: Vec<i64> = found.iter().map(|entry| entry.seq).collect();
        let mut reversed: HashMap<i64, Vec<Reversing>> = HashMap::new();
        for one in reversals::of_entries(tx, member_no, &seqs).await?.into_iter().filter(|one| one.seq.is_some()) {
            reversed.entry(one.reverses).or_default().push(one);
        }
        Ok(About {
            earned: earned.into_iter().map(|entry| (entry.seq, entry)).collect(),
            refunds,
            subjects,
            redemptions: redeemed.into_iter().map(|redemption| (redemption.id, redemption)).collect(),
            reasons,
            reversed,
        })
    }

    fn line(&self, entry: Entry, timeline: &Timeline, currency: Currency) -> Line {
        let detail = match &entry.cause {
            Cause::Refund { payment, .. } => self.earned.get(payment).map(|paid| Detail::PaidAt(paid.occurred_at)),
            Cause::Review { .. } => self.subjects.get(&entry.seq).cloned().map(Detail::Reviewed),
            Cause::Redemption { redemption } => {
                self.redemptions.get(redemption).map(|redemption| Detail::Redeemed(Box::new(redemption.clone())))
            }
            Cause::Staff { .. } => self.reasons.get(&entry.seq).cloned().map(Detail::Adjusted),
            _ => None,
        };
        let cost = match &detail {
            Some(Detail::Redeemed(redemption)) => Some(match &redemption.redeemed_for {
                RedeemedFor::Cash(cash) => Cost::Cash(*cash),
                RedeemedFor::Reward(bought) => Cost::Reward { price: bought.price, quantity: bought.quantity },
            }),
            _ => None,
        };
        let context = Context { payment: self.payment(&entry, currency), award: self.award(&entry), cost };
        let explanation = explain(&entry, timeline, &context).filter(|explanation| explanation.points() == Some(entry.points));
        if explanation.is_none() {
            tracing::error!(member.id = %entry.member, entry.seq = entry.seq, "an entry does not recompute");
        }
        let reversed = self.reversed.get(&entry.seq).cloned().unwrap_or_default();
        Line { entry, explanation, detail: detail.unwrap_or(Detail::Nothing), reversed }
    }

    /// The award that an entry takes back.
    fn award(&self, entry: &Entry) -> Option<Award> {
        let Cause::ReferralTakenBack { award, .. } = &entry.cause else { return None };
        self.earned.get(award).and_then(Award::of)
    }

    /// What a refund refunds, with what had been refunded before it.
    fn payment(&self, refund: &Entry, currency: Currency) -> Option<PaymentEntry> {
        let Cause::Refund { payment, .. } = &refund.cause else { return None };
        let paid = self.earned.get(payment)?;
        let before = self.refunds.iter().filter(|one| one.payment == *payment && one.seq < refund.seq);
        let refunded = Money::from_minor(before.map(|one| one.amount).sum(), currency).ok()?;
        PaymentEntry::of(paid, refunded)
    }
}
