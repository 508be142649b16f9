//! Members of a distributed database by the shard that they lie in. A statement that locks names members of one shard alone: no
//! machine is asked to lock what lies on several.

use crate::store::{Either, StoreError, Tx};

const SHARDS: &str = "select array_agg(w.no order by w.no) from (
    select distinct no, get_shard_id_for_distribution_column('members', no) as shard from unnest($1::bigint[]) as no
) w group by w.shard order by w.shard";

/// These numbers by shards, each once: everybody locks them in this order.
pub(in crate::store) async fn of(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<Vec<i64>>, StoreError> {
    let Either::Postgres(conn) = tx.either() else { return Ok(vec![numbers.to_vec()]) };
    Ok(sqlx::query_scalar(SHARDS).bind(numbers).fetch_all(conn).await?)
}
