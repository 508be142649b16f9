//! Lists that somebody of the staff has named to come back to.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::{StoreError, Tx, on};

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SavedView {
    pub id: Uuid,
    pub name: String,
    /// What the list's address asks for.
    pub query: String,
}

const OF_STAFF: &str = "select id, name, query from saved_views where staff = $1 and list = $2 order by name";

pub async fn of_staff(db: &mut Tx, staff: Uuid, list: &str) -> Result<Vec<SavedView>, StoreError> {
    Ok(on!(db, conn => sqlx::query_as(OF_STAFF).bind(staff).bind(list).fetch_all(conn).await?))
}

const SAVE: &str = "insert into saved_views (id, staff, list, name, query) values ($1, $2, $3, $4, $5)
on conflict (staff, list, name) do update set query = excluded.query";

/// Under a name that they have already it takes the place of what that was.
pub async fn save(tx: &mut Tx, staff: Uuid, list: &str, view: &SavedView) -> Result<(), StoreError> {
    on!(tx, conn => sqlx::query(SAVE)
        .bind(view.id).bind(staff).bind(list).bind(&view.name).bind(&view.query)
        .execute(conn).await.map(drop)?);
    Ok(())
}

const DELETE: &str = "delete from saved_views where id = $1 and staff = $2 returning list, id, name, query";

/// The list that it was of, and what it was, if it was theirs.
pub async fn delete(tx: &mut Tx, staff: Uuid, id: Uuid) -> Result<Option<(String, SavedView)>, StoreError> {
    type Row = (String, Uuid, String, String);
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(DELETE).bind(id).bind(staff).fetch_optional(conn).await?);
    Ok(row.map(|(list, id, name, query)| (list, SavedView { id, name, query })))
}
