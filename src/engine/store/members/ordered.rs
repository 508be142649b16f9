//! Very many members in the order of their points, as it was when their ledgers were followed last: `figures_members` has an index
//! for it in each tier. What they have by now, and whether they are still what is asked for, stands in their own rows.

use sqlx::FromRow;

use super::last_activity::last_activity;
use super::roll::{Asked, SortBy, filters, idle};
use super::row::{MemberRow, columns};
use crate::store::{StoreError, Tx, on};

/// A member, and what their place in the order is.
#[derive(FromRow)]
pub(super) struct Placed {
    pub(super) place: i64,
    #[sqlx(flatten)]
    pub(super) member: MemberRow,
}

/// In one tier, by a value and then by number, downwards and upwards.
macro_rules! of_tier {
    ($value:literal) => {
        [of_tier!($value, "<", " desc"), of_tier!($value, ">", "")]
    };
    ($value:literal, $beyond:literal, $way:literal) => {
        concat!(
            "select ",
            $value,
            " as place, ",
            columns!(),
            " from figures_members f cross join members m
where m.no = f.member_no and f.tier = $8 and (",
            $value,
            ", f.member_no) ",
            $beyond,
            " ($1, $7) and ",
            filters!(),
            "
order by ",
            $value,
            $way,
            ", f.member_no",
            $way,
            " limit $2"
        )
    };
}

const AVAILABLE: [&str; 2] = of_tier!("f.available");
const EARNED: [&str; 2] = of_tier!("f.earned");

/// Where a page begins, which way it goes, and how long it is.
#[derive(Clone, Copy)]
pub(super) struct Begin {
    pub(super) by: SortBy,
    pub(super) up: bool,
    pub(super) value: i64,
    pub(super) no: i64,
    pub(super) most: i64,
}

/// The next members of these tiers. Each tier has an order of its own; the first of all of them are the first of each.
pub(super) async fn next(db: &mut Tx, asked: &Asked, from: Begin, tiers: &[i64]) -> Result<Vec<Placed>, StoreError> {
    let texts = if from.by == SortBy::Earned { EARNED } else { AVAILABLE };
    let sql = texts[usize::from(from.up)];
    let mut all: Vec<Placed> = Vec::new();
    for tier in tiers {
        let of_tier: Vec<Placed> = on!(db, conn => sqlx::query_as(sql)
            .bind(from.value).bind(from.most).bind(asked.tier).bind(asked.status).bind(asked.in_debt).bind(asked.idle_since)
            .bind(from.no).bind(tier).fetch_all(conn).await?);
        all.extend(of_tier);
    }
    all.sort_unstable_by_key(|placed| (placed.place, placed.member.no));
    if !from.up {
        all.reverse();
    }
    all.truncate(usize::try_from(from.most).unwrap_or(0));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_uses;

    #[tokio::test]
    async fn the_order_of_points_goes_by_its_index() {
        for (texts, index) in [(AVAILABLE, "figures_members_available"), (EARNED, "figures_members_earned")] {
            for sql in texts {
                check_uses(sql, index).await;
            }
        }
    }
}
