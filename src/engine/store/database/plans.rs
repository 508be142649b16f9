//! How a database goes about a statement: jobs and batches look things up and scan no table, however large it is.

use laurel_testing::database::Throwaway;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::store::{Db, on};

/// Among `but`: what a statement finds is put in order afterwards.
pub const SORTS: &str = "puts in order";

/// Fails if SQLite would read a whole table or index of ours, other than `but`, or put rows in order without it; or if PostgreSQL, where
/// it takes the same text, would read a whole table, or put rows in order to find the first of them: its indexes have no number behind
/// their columns.
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
    let plan = postgres_plan(sql).await.unwrap_or_default();
    let scans: Vec<&String> = whole_tables(&plan).filter(|step| !allowed(step)).collect();
    assert_eq!(scans, Vec::<&String>::new(), "{sql}\n{plan:#?}");
    let sorts = plan.iter().any(|step| step.contains("Sort") && !step.contains("Sort Key"));
    assert!(!sorts || !sql.contains("limit") || but.contains(&SORTS), "{sql}\n{plan:#?}");
}

/// Fails if SQLite would not use this index.
pub async fn check_uses(sql: &str, index: &str) {
    let plan = plan(sql).await;
    assert!(plan.iter().any(|step| step.contains(index)), "{sql}\n{plan:#?}");
}

/// How PostgreSQL would go about it, which has to go by an index where there is one; none if the text is SQLite's alone.
async fn postgres_plan(sql: &str) -> Option<Vec<String>> {
    let database = Throwaway::postgres().await;
    let mut connection = PgConnection::connect(&database.url()).await.expect("a connection");
    let values = vec!["null"; values(sql)];
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let prepare = format!(
        "set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan; prepare it as {sql}"
    );
    let plan = match sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await {
        Ok(_) => {
            let explain = AssertSqlSafe(format!("explain (costs off) execute it {values}"));
            Some(sqlx::query_scalar(explain).persistent(false).fetch_all(&mut connection).await.expect("a plan"))
        }
        Err(_) => None,
    };
    connection.close().await.expect("the end of a connection");
    database.tell(async |_| {}).await;
    plan
}

/// The steps of PostgreSQL's that read all of a table, by itself or by its key.
fn whole_tables(plan: &[String]) -> impl Iterator<Item = &String> {
    let by_condition = |at: usize| plan.get(at + 1).is_some_and(|next| next.contains("Index Cond"));
    let is_whole = move |at: usize, step: &str| step.contains("Seq Scan") || step.contains("_pkey on") && !by_condition(at);
    plan.iter().enumerate().filter(move |(at, step)| is_whole(*at, step)).map(|(_, step)| step)
}

/// How many values a statement takes: the highest number of them.
fn values(sql: &str) -> usize {
    (1..).take_while(|number| sql.contains(&format!("${number}"))).count()
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
