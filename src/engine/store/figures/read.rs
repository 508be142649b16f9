//! Reading figures, and making them anew to hold them against what is kept.

use jiff::Timestamp;
use laurel_domain::numbers::calendar::Calendar;

use super::follow::entries;
use super::gather::{Activity, Figures, Origin};
use crate::store::ledger::events;
use crate::store::{StoreError, Tx, on, timestamp};

const STATE: &str = "select entries, members, swept_at, ordered_at from figures_state where id = 1";

/// How far the figures go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub entries: i64,
    pub members: i64,
    /// What was posted before is in the figures; `None` while what there was before is still being followed.
    pub swept_at: Option<Timestamp>,
    /// What members had by then is in the order of points; `None` while it is still being made.
    pub ordered_at: Option<Timestamp>,
}

pub async fn state(db: &mut Tx) -> Result<State, StoreError> {
    type Row = (i64, i64, Option<i64>, Option<i64>);
    let (entries, members, swept_at, ordered_at): Row = on!(db, conn => sqlx::query_as(STATE).fetch_one(conn).await?);
    let at = |micros: Option<i64>| micros.map(timestamp).transpose();
    Ok(State { entries, members, swept_at: at(swept_at)?, ordered_at: at(ordered_at)? })
}

const SCENES: &str = "select day, cast(origin as bigint), events, points from figures_scenes where day >= $1";
// what came before is one sum
const TIERS: &str = "select on_day, tier, cast(sum(members) as bigint) from
    (select case when day < $1 then $1 - 1 else day end as on_day, cast(tier as bigint) as tier, members from figures_tiers) d
group by on_day, tier";

/// From the day of that number on; tiers with what came before on the day before it. Without active members.
pub async fn since(db: &mut Tx, first: i32) -> Result<Figures, StoreError> {
    let mut figures = Figures::default();
    let rows: Vec<(i32, i64, i64, i64)> = on!(db, conn => sqlx::query_as(SCENES).bind(first).fetch_all(conn).await?);
    for (day, origin, events, points) in rows {
        figures.scenes.insert((day, Origin::of_number(origin)?), (events, points));
    }
    let rows: Vec<(i32, i64, i64)> = on!(db, conn => sqlx::query_as(TIERS).bind(first).fetch_all(conn).await?);
    figures.tiers = rows.into_iter().map(|(day, tier, members)| ((day, tier), members)).collect();
    Ok(figures)
}

const ACTIVE: &str = "select at, cast(sum(members) as bigint), cast(sum(case when before = 0
    or before < case when at >= $3 then $3 else $2 end then members else 0 end) as bigint)
from figures_active where is_month = $1 and at >= $2 group by at";

/// A day or month, the members who were active in it, and those of them who had not been before in the same span.
pub type Active = (i32, i64, i64);

/// Of two spans: from the second number on, and from the first up to it.
pub async fn active(db: &mut Tx, of: Activity, before: i32, first: i32) -> Result<Vec<Active>, StoreError> {
    let is_month = i16::from(of == Activity::Month);
    Ok(on!(db, conn => sqlx::query_as(ACTIVE).bind(is_month).bind(before).bind(first).fetch_all(conn).await?))
}

const ALL_ACTIVE: &str = "select cast(is_month as bigint), at, before, members from figures_active";

/// Everything that is kept. In a snapshot.
pub async fn kept(tx: &mut Tx) -> Result<Figures, StoreError> {
    // no day is as early: what comes before it is none
    let first = i32::MIN + 1;
    let mut figures = since(tx, first).await?;
    let rows: Vec<(i64, i32, i32, i64)> = on!(tx, conn => sqlx::query_as(ALL_ACTIVE).fetch_all(conn).await?);
    let of = |is_month: i64| if is_month == 1 { Activity::Month } else { Activity::Day };
    figures.active = rows.into_iter().map(|(is_month, at, before, members)| ((of(is_month), at, before), members)).collect();
    let state = state(tx).await?;
    (figures.entries, figures.members) = (state.entries, state.members);
    Ok(figures.reduced())
}

const FOLLOWED: &str = "select f.member_no, m.registered_at, f.seq, cast(f.changes as bigint), f.active_on
from figures_members f join members m on m.no = f.member_no where f.member_no > $1 and m.no > $1 order by f.member_no limit $2";
const CHUNK: i64 = 1_000;

/// The same, made anew of the ledgers of those who have been followed and as far as they have been; and the numbers of members who
/// were not active last on the day that is noted. In a snapshot.
pub async fn recounted(tx: &mut Tx, calendar: &Calendar) -> Result<(Figures, Vec<i64>), StoreError> {
    let (mut figures, mut wrong, mut after) = (Figures::default(), Vec::new(), i64::MIN);
    loop {
        let members: Vec<(i64, i64, i64, i64, i32)> =
            on!(tx, conn => sqlx::query_as(FOLLOWED).bind(after).bind(CHUNK).fetch_all(conn).await?);
        let Some((last, ..)) = members.last() else { return Ok((figures.reduced(), wrong)) };
        after = *last;
        let numbers: Vec<i64> = members.iter().map(|(no, ..)| *no).collect();
        let parts: Vec<(i64, i64, i64)> = members.iter().map(|(no, _, seq, ..)| (*no, 0, *seq)).collect();
        let (entries, changes) = (entries(tx, &parts).await?, events::tier_changes(tx, &numbers).await?);
        for (no, registered_at, _, seen, active_on) in members {
            figures.registered(calendar, timestamp(registered_at)?);
            let changes = changes.get(&no).map(Vec::as_slice).unwrap_or_default();
            changes.iter().take(usize::try_from(seen).unwrap_or(0)).for_each(|change| figures.changed(calendar, change));
            let from = entries.partition_point(|(of, ..)| *of < no);
            let mut day = 0;
            for entry in entries[from..].iter().take_while(|(of, ..)| *of == no) {
                day = figures.posted(calendar, entry, day)?;
            }
            if day != active_on {
                wrong.push(no);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn figures_are_read_by_their_days() {
        check_scans_nothing(TIERS, &["figures_tiers"]).await;
        for sql in [STATE, SCENES, ACTIVE, FOLLOWED] {
            check_scans_nothing(sql, &[]).await;
        }
    }
}
