//! A member's entries as the staff lists them: filtered, in one of several orders, counted, each with what explains it.

use crate::store::keyset::{Slice, Window};
use crate::store::ledger::entries;
use crate::store::ledger::entry_list::{self, EntryFilter, EntryOrder, EntryPlace, LOOKED_THROUGH};
use crate::store::members::member::{self, By};
use crate::usecase::AppError;
use crate::usecase::ledger::Ledger;
use crate::usecase::ledger::activity::{Line, explained};
use crate::usecase::ledger::due;
use crate::usecase::members::search::Counted;

/// What is asked for of a member's entries.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub filter: EntryFilter,
    pub order: EntryOrder,
    pub page: Window<EntryPlace>,
}

#[derive(Clone, Debug)]
pub struct EntryList {
    pub page: Slice<Line, EntryPlace>,
    /// How many the filter lets through.
    pub counted: Counted,
    /// The order that they are in: that of posting where there are too many for another.
    pub order: EntryOrder,
    /// Whether they can be ordered by more than their posting.
    pub has_orders: bool,
}

/// A page of a member's entries of one moment, after what is due has been posted.
///
/// # Errors
/// `NotFound`.
pub async fn list(ledger: &Ledger, member_no: i64, wanted: Wanted) -> Result<EntryList, AppError> {
    due::settled(ledger, By::No(member_no)).await?.ok_or(AppError::NotFound)?;
    ledger
        .db
        .snapshot((ledger.clone(), member_no, wanted), |tx, (ledger, member_no, wanted)| {
            Box::pin(async move {
                let (currency, filter) = (ledger.programme.currency, &wanted.filter);
                let member = member::find(tx, By::No(*member_no)).await?.ok_or(AppError::NotFound)?;
                let rulebook = ledger.rulebook_of(tx).await?;
                let has = member.account.seq;
                let has_orders = has <= LOOKED_THROUGH;
                let order = if has_orders { wanted.order } else { EntryOrder::Posted };
                let found = entry_list::places(tx, *member_no, has, filter, order, &wanted.page).await?;
                let Slice { rows, next, previous } = wanted.page.cut(found, |place| *place);
                let seqs: Vec<i64> = rows.iter().map(|place| place.seq).collect();
                let mut entries = entries::with_seqs(tx, currency, *member_no, &seqs).await?;
                entries.sort_by_key(|entry| seqs.iter().position(|seq| *seq == entry.seq));
                let lines = explained(tx, currency, &rulebook.of(member.id()), *member_no, entries).await?;
                let counted = match filter.restricts() {
                    true => Counted::up_to_counted(entry_list::count(tx, *member_no, filter).await?),
                    false => Counted { number: has, is_exact: true },
                };
                Ok(EntryList { page: Slice { rows: lines, next, previous }, counted, order, has_orders })
            })
        })
        .await
}
