//! Telling members of points that are about to expire, thirty days ahead and once more a week ahead. A job goes through the days
//! that have come near since it ran last, so that running it twice tells nobody twice, and late nobody too little.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use laurel_domain::numbers::calendar::{day_number, day_of_number};
use laurel_domain::numbers::points::Points;
use laurel_domain::program::Programme;

use super::News;
use super::tell::tell;
use crate::store::notifications::told::{self, Told};
use crate::store::{StoreError, Tx};
use crate::usecase::error::AppError;
use crate::usecase::ledger::Ledger;

/// How many days ahead members are told, the first time and the last.
pub const AHEAD: [i32; 2] = [30, 7];
/// How many members one transaction tells.
const CHUNK: i64 = 500;

/// Tells everybody who has not been told. How many lots.
pub async fn tell_of_expiring(ledger: &Ledger) -> Result<usize, AppError> {
    let mut all = 0;
    // the later notice first: what expires this week needs no other
    for (at, ahead) in AHEAD.into_iter().enumerate().rev() {
        let nearest = AHEAD.get(at + 1).map_or(0, |nearer| nearer + 1);
        loop {
            let input = (ledger.clone(), ahead, nearest);
            let step =
                ledger.db.write(input, |tx, (ledger, ahead, nearest)| Box::pin(chunk(tx, ledger, *ahead, *nearest))).await?;
            match step {
                Some(lots) => all += lots,
                None => break,
            }
        }
    }
    Ok(all)
}

/// Tells the next members. `None` when there are no more; `nearest` is the first day ahead that this notice is for.
async fn chunk(tx: &mut Tx, ledger: &Ledger, ahead: i32, nearest: i32) -> Result<Option<usize>, AppError> {
    let now = ledger.clock.now();
    let today = day_number(today(ledger, now)?);
    let first = Told { upto: i64::from(today + nearest), member_no: 0 };
    let name = format!("expiring/{ahead}");
    let mut at = told::lock(tx, &name, first).await?;
    if at.upto < first.upto {
        // days that went by while no server ran have come too near for this notice
        at = first;
    }
    let day = i32::try_from(at.upto).map_err(|_| StoreError::Corrupt("a day"))?;
    if day > today + ahead {
        return Ok(None);
    }
    let members = told::with_lots(tx, day, at.member_no, CHUNK).await?;
    let Some(last) = members.last() else {
        told::set(tx, &name, Told { upto: at.upto + 1, member_no: 0 }).await?;
        return Ok(Some(0));
    };
    told::hold(tx, &members).await?;
    let date = day_of_number(day).ok_or(StoreError::Corrupt("a day"))?;
    let news: Vec<(i64, Timestamp, News)> = told::points_of(tx, &members, day)
        .await?
        .into_iter()
        .map(|(no, points)| (no, now, News::Expiring { day: date, points: Points::from_hundredths(points), ahead }))
        .collect();
    tell(tx, ledger, &news).await?;
    told::set(tx, &name, Told { member_no: *last, ..at }).await?;
    Ok(Some(news.len()))
}

fn today(ledger: &Ledger, now: Timestamp) -> Result<Date, StoreError> {
    let zone = TimeZone::get(&ledger.programme.time_zone).map_err(|_| StoreError::Corrupt("a time zone"))?;
    Ok(Programme::day(&zone, now))
}
