//! The writer task: a batch that fails does not fail the others, and readiness tells when the task has ended.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures::future::join_all;

use serde_json::json;

use crate::support::api::Api;
use laurel_testing::tamper::tamper;

const BOOM_SQLITE: &str = "create trigger boom before insert on entries when new.event_id = 'bad'
begin select raise(abort, 'boom'); end";
const BOOM_POSTGRES: &str = "create function boom() returns trigger language plpgsql as
$$ begin if new.event_id = 'bad' then raise exception 'boom'; end if; return new; end $$;
create trigger boom before insert on entries for each row execute function boom()";

async fn ready(api: &Api) -> StatusCode {
    api.send(Request::get("/readyz").body(Body::empty()).expect("a request")).await.status
}

async fn pay(api: &Api, id: &str) -> StatusCode {
    let event = json!({"id": id, "kind": "payment", "member": format!("m-{id}"), "amount": "1", "currency": "CNY",
        "occurred_at": "2026-11-22T09:59:00Z"});
    api.post("/events", event.to_string()).await.status
}

stories! {
    async fn an_event_that_the_database_refuses_costs_nobody_else_theirs(db: Db) {
        let api = Api::on(&db).await;
        tamper(&db, if db.is_postgres() { BOOM_POSTGRES } else { BOOM_SQLITE }).await;
        let ids: Vec<String> = (0..64).map(|n| if n == 40 { "bad".to_owned() } else { format!("e{n}") }).collect();
        let statuses = join_all(ids.iter().map(|id| pay(&api, id))).await;
        for (id, status) in ids.iter().zip(statuses) {
            let wanted = if id == "bad" { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::CREATED };
            assert_eq!(status, wanted, "{id}");
        }
        assert_eq!(ready(&api).await, StatusCode::OK);
    }

    async fn a_writer_that_has_ended_makes_the_server_not_ready(db: Db) {
        let api = Api::on(&db).await;
        assert_eq!((ready(&api).await, pay(&api, "e1").await), (StatusCode::OK, StatusCode::CREATED));
        api.state.writer.stop();
        while api.state.writer.is_running() {
            tokio::task::yield_now().await;
        }
        assert_eq!((ready(&api).await, pay(&api, "e2").await), (StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE));
    }
}
