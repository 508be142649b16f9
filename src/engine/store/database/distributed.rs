//! Members on several machines (Citus): how one knows, and how texts differ that plain PostgreSQL takes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use sqlx::PgConnection;

use crate::store::StoreError;

/// Whether members lie on several machines. What is told to one clone all know.
#[derive(Clone, Debug, Default)]
pub struct Distribution(Arc<AtomicBool>);

impl Distribution {
    pub(in crate::store) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(in crate::store) fn begins(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const KNOWS_DISTRIBUTED: &str = "select to_regclass('pg_dist_partition') is not null";
const IS_DISTRIBUTED: &str = "select exists (select from pg_dist_partition where logicalrelid = to_regclass('members'))";

pub(super) async fn found(conn: &mut PgConnection) -> Result<Distribution, StoreError> {
    let knows: bool = sqlx::query_scalar(KNOWS_DISTRIBUTED).fetch_one(&mut *conn).await?;
    let is_there = knows && sqlx::query_scalar(IS_DISTRIBUTED).fetch_one(conn).await?;
    Ok(Distribution(Arc::new(AtomicBool::new(is_there))))
}

/// What has PostgreSQL look row by row, whatever it knows of a table. Citus refuses it beside a column of another row; its machines
/// plan for themselves.
const FENCE: &str = " offset 0)";

/// The same text without. Each is made once.
pub(super) fn without_fences(text: &'static str) -> &'static str {
    static MADE: LazyLock<RwLock<HashMap<&'static str, &'static str>>> = LazyLock::new(RwLock::default);
    if !text.contains(FENCE) {
        return text;
    }
    let made = MADE.read().unwrap_or_else(PoisonError::into_inner).get(text).copied();
    made.unwrap_or_else(|| {
        let mut all = MADE.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(text).or_insert_with(|| Box::leak(text.replace(FENCE, ")").into_boxed_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::without_fences;

    #[test]
    fn a_text_is_made_once() {
        let text = "select l.* from w cross join lateral (select own.* from lots own where own.member_no = w.no offset 0) l";
        let made = without_fences(text);
        assert_eq!(made, "select l.* from w cross join lateral (select own.* from lots own where own.member_no = w.no) l");
        assert!(std::ptr::eq(made, without_fences(text)));
        assert!(std::ptr::eq("select 1", without_fences("select 1")));
    }
}
