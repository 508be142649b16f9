//! The list of tables is the schema's, and keeps the law: what belongs to members is led by their numbers.

use std::collections::BTreeSet;

use laurel_engine::store::schema::tables::{Belongs, TABLES};
use laurel_engine::store::{Db, on};

const NAMES_SQLITE: &str = "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'
    and substr(name, 1, 14) <> 'member_search_' and name <> '_sqlx_migrations'";
const NAMES_POSTGRES: &str = "select relname::text from pg_class where relnamespace = current_schema()::regnamespace
    and relkind in ('r', 'p') and not relispartition and relname not in ('_sqlx_migrations', 'pg_dist_partition')";
/// The first column of each unique key of each table.
const KEYS_SQLITE: &str = "select t.name, c.name from sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
    where t.type = 'table' and i.\"unique\" = 1 and c.seqno = 0";
const KEYS_POSTGRES: &str = "select c.relname::text, a.attname::text from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisunique and c.relnamespace = current_schema()::regnamespace";

async fn names(db: &Db) -> BTreeSet<String> {
    let mut reader = db.reader().await.unwrap();
    let sql = reader.pick(NAMES_SQLITE, NAMES_POSTGRES);
    let names: Vec<String> = on!(reader, conn => sqlx::query_scalar(sql).fetch_all(conn).await).unwrap();
    names.into_iter().collect()
}

async fn keys(db: &Db) -> Vec<(String, String)> {
    let mut reader = db.reader().await.unwrap();
    let sql = reader.pick(KEYS_SQLITE, KEYS_POSTGRES);
    on!(reader, conn => sqlx::query_as(sql).fetch_all(conn).await).unwrap()
}

stories! {
    async fn every_table_is_in_the_list_and_nothing_else(db: Db) {
        let mut listed: BTreeSet<String> = TABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed.len(), TABLES.len(), "each once");
        // a file is not divided, and keeps unique keys of members
        assert!(db.is_postgres() || listed.remove("member_keys"));
        assert_eq!(names(&db).await, listed);
    }

    async fn each_key_of_what_belongs_to_members_is_led_by_their_number(db: Db) {
        let keys = keys(&db).await;
        assert!(keys.iter().any(|(table, first)| table == "entries" && first == "member_no"), "{keys:?}");
        // found from anywhere: by the directory, or on SQLite, which is not divided, by unique keys
        const FOUND: [&str; 5] = ["members", "redemptions", "adjustments", "benefit_claims", "member_notes"];
        for (table, first) in keys {
            if !db.is_postgres() && FOUND.contains(&table.as_str()) {
                continue;
            }
            if let Some((_, Belongs::Member(column))) = TABLES.iter().find(|(name, _)| *name == table) {
                assert_eq!(first, *column, "{table}");
            }
        }
    }
}
