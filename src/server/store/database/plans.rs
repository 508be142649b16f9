//! How SQLite goes about a statement: jobs and batches look things up and scan no table, however large it is.

use sqlx::AssertSqlSafe;

use crate::server::store::{Db, on};

/// Fails if SQLite would read a whole table or index of ours, other than `but`.
pub async fn check_scans_nothing(sql: &str, but: &[&str]) {
    let folder = tempfile::TempDir::new().expect("a folder");
    let db = Db::create(&format!("sqlite:{}", folder.path().join("plans.db").display())).await.expect("an empty database");
    db.migrate().await.expect("migrations apply");
    let mut reader = db.reader().await.expect("a connection");
    let explain = AssertSqlSafe(format!("explain query plan {sql}"));
    let plan: Vec<(i64, i64, i64, String)> =
        on!(reader, conn => sqlx::query_as(explain).fetch_all(conn).await.map_err(|error| error.to_string())).expect("a plan");
    let what_it_does: Vec<&str> = plan.iter().map(|(_, _, _, step)| step.as_str()).collect();
    // rows that the statement brings along
    let harmless = |step: &&&str| {
        step.contains("CONSTANT ROW")
            || ["SCAN j", "SCAN w", "SCAN (subquery", "SCAN json_each", "SCAN jsonb_each"]
                .iter()
                .any(|scan| step.starts_with(scan))
    };
    let allowed = |step: &&&str| but.iter().any(|index| step.contains(index));
    let scans: Vec<&&str> =
        what_it_does.iter().filter(|step| step.contains("SCAN")).filter(|step| !harmless(step) && !allowed(step)).collect();
    assert_eq!(scans, Vec::<&&str>::new(), "{sql}\n{what_it_does:#?}");
    assert!(
        !what_it_does.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")) || sql.contains("_each("),
        "{what_it_does:#?}"
    );
}
