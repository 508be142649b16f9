//! Pictures as they are served. Each stays what it is: another picture has another id.

use jiff::Timestamp;
use laurel_domain::ids::{PictureId, RewardId};
use laurel_domain::pictures::PictureKind;
use uuid::Uuid;

use crate::store::{StoreError, Tx, micros, on};

const PUT: &str = "insert into pictures (id, kind, made_at) values ($1, $2, $3)
on conflict (id) do update set made_at = excluded.made_at where excluded.made_at > pictures.made_at";
const PUT_SIZE: &str =
    "insert into picture_sizes (picture, width, body) values ($1, $2, $3) on conflict (picture, width) do nothing";

/// Keeps a picture, unless it is there already; either way nobody clears it out before it can be shown somewhere.
pub async fn put(
    tx: &mut Tx,
    id: PictureId,
    kind: PictureKind,
    sizes: &[(u32, Vec<u8>)],
    now: Timestamp,
) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(PUT).bind(id.uuid()).bind(kind as i16).bind(micros(now)).execute(conn).await.map(drop)?);
    for (width, body) in sizes {
        let width = i32::try_from(*width).map_err(|_| StoreError::Corrupt("a picture's width"))?;
        on!(tx, conn => sqlx::query(PUT_SIZE).bind(id.uuid()).bind(width).bind(body).execute(conn).await.map(drop)?);
    }
    Ok(())
}

const SIZE: &str =
    "select p.kind, s.body from pictures p join picture_sizes s on s.picture = p.id where p.id = $1 and s.width = $2";

/// One size of a picture.
pub async fn size(db: &mut Tx, id: PictureId, width: u32) -> Result<Option<(PictureKind, Vec<u8>)>, StoreError> {
    let Ok(width) = i32::try_from(width) else { return Ok(None) };
    let row: Option<(i16, Vec<u8>)> =
        on!(db, conn => sqlx::query_as(SIZE).bind(id.uuid()).bind(width).fetch_optional(conn).await?);
    row.map(|(kind, body)| Ok((kind_of(kind)?, body))).transpose()
}

const KIND: &str = "select p.kind from pictures p join picture_sizes s on s.picture = p.id where p.id = $1 and s.width = $2";

/// What a picture of this size is, without its body.
pub async fn kind(db: &mut Tx, id: PictureId, width: u32) -> Result<Option<PictureKind>, StoreError> {
    let Ok(width) = i32::try_from(width) else { return Ok(None) };
    let kind: Option<i16> = on!(db, conn => sqlx::query_scalar(KIND).bind(id.uuid()).bind(width).fetch_optional(conn).await?);
    kind.map(kind_of).transpose()
}

fn kind_of(number: i16) -> Result<PictureKind, StoreError> {
    let kind = usize::try_from(number).ok().and_then(|number| PictureKind::ALL.get(number).copied());
    kind.ok_or(StoreError::Corrupt("a picture"))
}

const OF_REWARD: &str = "update rewards set picture = $2 where id = $1";

/// The caller holds the reward's lock.
pub async fn set_of_reward(tx: &mut Tx, reward: RewardId, picture: Option<PictureId>) -> Result<(), StoreError> {
    let picture = picture.map(PictureId::uuid);
    on!(tx, conn => sqlx::query(OF_REWARD).bind(reward.uuid()).bind(picture).execute(conn).await.map(drop)?);
    Ok(())
}

const PRUNE: &str = "delete from pictures where id in (select p.id from pictures p where p.made_at < $1
    and not exists (select 1 from rewards w where w.picture = p.id)
    and not exists (select 1 from programme g where g.logo = p.id) order by p.made_at limit $2) and made_at < $1";

/// Forgets up to `most` pictures that nothing shows. Whoever uploads one of them meanwhile has moved its time on.
pub async fn prune(tx: &mut Tx, before: i64, most: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, conn => sqlx::query(PRUNE).bind(before).bind(most).execute(conn).await?.rows_affected()))
}

/// The picture that a row has.
pub(in crate::store) fn of_row(id: Option<Uuid>) -> Option<PictureId> {
    id.map(PictureId::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::database::plans::check_scans_nothing;

    #[tokio::test]
    async fn a_picture_is_looked_up_and_none_is_read_to_find_what_nothing_shows() {
        check_scans_nothing(SIZE, &[]).await;
        check_scans_nothing(KIND, &[]).await;
        // of the programme there is one
        check_scans_nothing(PRUNE, &["g"]).await;
    }
}
