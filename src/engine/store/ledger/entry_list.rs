//! A member's entries as a list for the staff: which come on a page, in which order, and how many there are.
//!
//! A member's first thousand entries are looked through, so that whoever has no more than those can be listed by date and by points,
//! too. What lies beyond is found by indexes, which know of no order but that of posting.

use jiff::Timestamp;
use laurel_domain::ledger::entry::EntryKind;

use crate::store::keyset::Window;
use crate::store::{COUNTED, StoreError, Tx, micros, on};

/// How many of a member's entries are looked through.
pub const LOOKED_THROUGH: i64 = 1_000;

/// What a list is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryOrder {
    /// As they were posted.
    #[default]
    Posted,
    /// As they occurred.
    Occurred,
    Points,
}

/// An entry's place in a list: what it is ordered by, and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryPlace {
    pub value: i64,
    pub seq: i64,
}

impl EntryPlace {
    pub fn of_seq(seq: i64) -> EntryPlace {
        EntryPlace { value: seq, seq }
    }
}

impl std::fmt::Display for EntryPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.value == self.seq { self.seq.fmt(f) } else { write!(f, "{}_{}", self.value, self.seq) }
    }
}

impl std::str::FromStr for EntryPlace {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<EntryPlace, Self::Err> {
        match text.split_once('_') {
            None => text.parse().map(EntryPlace::of_seq),
            Some((value, seq)) => Ok(EntryPlace { value: value.parse()?, seq: seq.parse()? }),
        }
    }
}

/// What of a member's entries is listed.
#[derive(Clone, Copy, Debug)]
pub struct EntryFilter {
    pub kind: Option<EntryKind>,
    /// Only what occurred from here (inclusive) to there (exclusive).
    pub from: Timestamp,
    pub to: Timestamp,
}

impl EntryFilter {
    pub const ALL: EntryFilter = EntryFilter { kind: None, from: Timestamp::MIN, to: Timestamp::MAX };

    pub fn restricts(&self) -> bool {
        self.kind.is_some() || self.is_of_a_time()
    }

    fn is_of_a_time(&self) -> bool {
        self.from > Timestamp::MIN || self.to < Timestamp::MAX
    }
}

macro_rules! few {
    ($value:literal) => {
        [few!($value, "<", " desc"), few!($value, ">", "")]
    };
    ($value:literal, $beyond:literal, $way:literal) => {
        concat!(
            "select ",
            $value,
            ", seq from entries where member_no = $1 and seq <= 1000 and (",
            $value,
            ", seq) ",
            $beyond,
            " ($2, $3) and occurred_at >= $4 and occurred_at < $5 and ($6 is null or kind = $6) order by ",
            $value,
            $way,
            ", seq",
            $way,
            " limit $7"
        )
    };
}

/// By [`EntryOrder`], downwards and upwards.
const FEW: [[&str; 2]; 3] = [few!("seq"), few!("occurred_at"), few!("points")];

macro_rules! many {
    ($condition:literal, $seq:literal) => {
        [many!($condition, $seq, "<", " desc"), many!($condition, $seq, ">", "")]
    };
    ($condition:literal, $seq:literal, $beyond:literal, $way:literal) => {
        concat!(
            "select seq, seq from (
    select * from (select seq from entries where member_no = $1 and seq > 1000 and ",
            $seq,
            $beyond,
            " $2 and ",
            $condition,
            " order by ",
            $seq,
            $way,
            " limit $3) often
    union all
    select * from (select seq from entries where member_no = $1 and seq <= 1000 and seq ",
            $beyond,
            " $2 and ",
            $condition,
            " order by seq",
            $way,
            " limit $3) seldom) w order by 1",
            $way,
            " limit $3"
        )
    };
}

const ANY: [&str; 2] = [
    "select seq, seq from entries where member_no = $1 and seq < $2 order by seq desc limit $3",
    "select seq, seq from entries where member_no = $1 and seq > $2 order by seq limit $3",
];
const OF_KIND: [&str; 2] = many!("kind = $4", "seq");
// the plus keeps both databases from walking by number, which for an old month is far
const OF_TIME: [&str; 2] = many!("occurred_at >= $4 and occurred_at < $5", "+seq");
const OF_TIME_AND_KIND: [&str; 2] = many!("occurred_at >= $4 and occurred_at < $5 and +kind = $6", "+seq");

/// The places of those on a page, one more than it shows if there is, as its statement reads them. `has`: how many entries the
/// member has; of more than [`LOOKED_THROUGH`] the order is that of posting.
pub async fn places(
    db: &mut Tx,
    member_no: i64,
    has: i64,
    filter: &EntryFilter,
    order: EntryOrder,
    page: &Window<EntryPlace>,
) -> Result<Vec<EntryPlace>, StoreError> {
    let (way, end) = if page.is_up() { (1, EntryPlace::of_seq(i64::MIN)) } else { (0, EntryPlace::of_seq(i64::MAX)) };
    let start = page.from.map_or(end, |from| from.key);
    let (from, to, kind) = (micros(filter.from), micros(filter.to), filter.kind.map(|kind| kind as i16));
    let rows: Vec<(i64, i64)> = on!(db, conn => {
        if has <= LOOKED_THROUGH {
            sqlx::query_as(FEW[order as usize][way])
                .bind(member_no).bind(start.value).bind(start.seq).bind(from).bind(to).bind(kind).bind(page.limit())
                .fetch_all(conn).await?
        } else {
            let of = |sql: [&'static str; 2]| sqlx::query_as(sql[way]).bind(member_no).bind(start.seq).bind(page.limit());
            match (filter.is_of_a_time(), kind) {
                (false, None) => of(ANY).fetch_all(conn).await?,
                (false, Some(kind)) => of(OF_KIND).bind(kind).fetch_all(conn).await?,
                (true, None) => of(OF_TIME).bind(from).bind(to).fetch_all(conn).await?,
                (true, Some(kind)) => of(OF_TIME_AND_KIND).bind(from).bind(to).bind(kind).fetch_all(conn).await?,
            }
        }
    });
    Ok(rows.into_iter().map(|(value, seq)| EntryPlace { value, seq }).collect())
}

macro_rules! count {
    ($condition:literal) => {
        concat!(
            "select (select count(*) from entries where member_no = $1 and seq <= 1000 and ",
            $condition,
            ") + (select count(*) from (select 1 from entries where member_no = $1 and seq > 1000 and ",
            $condition,
            " limit $2) often)"
        )
    };
}

const COUNT_KIND: &str = count!("kind = $3");
const COUNT_TIME: &str = count!("occurred_at >= $3 and occurred_at < $4");
const COUNT_TIME_AND_KIND: &str = count!("occurred_at >= $3 and occurred_at < $4 and +kind = $5");

/// How many a filter lets through, up to `COUNTED`; of one that restricts nothing the member's account knows.
pub async fn count(db: &mut Tx, member_no: i64, filter: &EntryFilter) -> Result<i64, StoreError> {
    let (from, to) = (micros(filter.from), micros(filter.to));
    let count: i64 = on!(db, conn => {
        let of = |sql: &'static str| sqlx::query_scalar(sql).bind(member_no).bind(COUNTED);
        match (filter.is_of_a_time(), filter.kind) {
            (false, Some(kind)) => of(COUNT_KIND).bind(kind as i16).fetch_one(conn).await?,
            (_, None) => of(COUNT_TIME).bind(from).bind(to).fetch_one(conn).await?,
            (true, Some(kind)) => of(COUNT_TIME_AND_KIND).bind(from).bind(to).bind(kind as i16).fetch_one(conn).await?,
        }
    });
    Ok(count.min(COUNTED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::{SORTS, check_scans_nothing, check_uses};

    #[tokio::test]
    async fn a_page_and_a_count_look_through_a_thousand_entries_at_most() {
        for sql in FEW.into_iter().chain([ANY]).flatten() {
            check_scans_nothing(sql, &[SORTS]).await;
        }
        let indexes = ["entries_often_kind", "entries_often_time", "entries_often_time"];
        let counts = [COUNT_KIND, COUNT_TIME, COUNT_TIME_AND_KIND];
        for (at, lists) in [OF_KIND, OF_TIME, OF_TIME_AND_KIND].into_iter().enumerate() {
            for sql in lists.into_iter().chain([counts[at]]) {
                check_scans_nothing(sql, &["often", "seldom", "CONSTANT", SORTS]).await;
                check_uses(sql, indexes[at]).await;
            }
        }
    }
}
