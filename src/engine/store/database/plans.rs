//! How a database goes about a statement: jobs and batches look things up and scan no table, however large it is.

use laurel_testing::database::Throwaway;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::store::{Db, on};

/// Among `but`: what a statement finds is put in order afterwards.
pub const SORTS: &str = "puts in order";

/// Fails if SQLite would read a whole table or index of ours, other than `but`, or put rows in order without it.
pub async fn check_scans_nothing(sql: &str, but: &[&str]) {
    let plan = plan(sql).await;
    // rows that the statement brings along
    let harmless = |step: &&String| {
        step.contains("CONSTANT ROW")
            || ["SCAN j", "SCAN w", "SCAN (subquery", "SCAN json_each", "SCAN jsonb_each"]
                .iter()
                .any(|scan| step.starts_with(scan))
    };
    let allowed = |step: &&String| but.iter().any(|index| step.contains(index));
    let scans: Vec<&String> =
        plan.iter().filter(|step| step.contains("SCAN")).filter(|step| !harmless(step) && !allowed(step)).collect();
    assert_eq!(scans, Vec::<&String>::new(), "{sql}\n{plan:#?}");
    let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
    assert!(!sorts || sql.contains("_each(") || but.contains(&SORTS), "{sql}\n{plan:#?}");
}

/// Fails if SQLite would not use this index.
pub async fn check_uses(sql: &str, index: &str) {
    let plan = plan(sql).await;
    assert!(plan.iter().any(|step| step.contains(index)), "{sql}\n{plan:#?}");
}

/// Fails if PostgreSQL, which has to go by an index where there is one, would put rows in order without it.
pub async fn check_sorts_nothing_on_postgres(sql: &str) {
    let database = Throwaway::postgres().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("a connection");
    let values = vec!["null"; sql.matches('$').count()].join(", ");
    let prepare = format!(
        "set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan; prepare it as {sql}"
    );
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.expect("a statement");
    let explain = AssertSqlSafe(format!("explain (costs off) execute it ({values})"));
    let plan: Vec<String> = sqlx::query_scalar(explain).persistent(false).fetch_all(&mut connection).await.expect("a plan");
    connection.close().await.expect("the end of a connection");
    database.tell(async |_| {}).await;
    assert!(!plan.iter().any(|step| step.contains("Sort")), "{sql}\n{plan:#?}");
}

async fn plan(sql: &str) -> Vec<String> {
    let folder = tempfile::TempDir::new().expect("a folder");
    let db = Db::create(&format!("sqlite:{}", folder.path().join("plans.db").display())).await.expect("an empty database");
    db.migrate().await.expect("migrations apply");
    let mut reader = db.reader().await.expect("a connection");
    let explain = AssertSqlSafe(format!("explain query plan {sql}"));
    let plan: Vec<(i64, i64, i64, String)> =
        on!(reader, conn => sqlx::query_as(explain).fetch_all(conn).await.map_err(|error| error.to_string())).expect("a plan");
    plan.into_iter().map(|(_, _, _, step)| step).collect()
}
