//! Two processes serve one database, and what holds for all of it holds between them.

use std::process::{Child, Stdio};

use futures::future::join_all;
use reqwest::header::{ACCEPT, COOKIE, ORIGIN, SET_COOKIE};
use serde_json::Value;

use crate::crashes::{Laurel, kill, serve};
use laurel_testing::database::Throwaway;
use laurel_testing::people::PASSWORD;

/// Somebody of the staff with a browser that reaches both servers.
struct StaffBrowser {
    http: reqwest::Client,
    cookie: String,
}

impl StaffBrowser {
    async fn sign_in(address: &str, email: &str) -> StaffBrowser {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let form = [("sign_in_name", email), ("password", PASSWORD)];
        let request = http.post(format!("{address}/api/admin/sign-in")).header(ORIGIN, address).header(ACCEPT, "text/html");
        let answer = request.form(&form).send().await.expect("an answer");
        let cookies = answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
        let cookie = cookies.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ");
        StaffBrowser { http, cookie }
    }

    async fn send(&self, address: &str, path: &str, form: &[(&str, &str)]) -> u16 {
        let request = self.http.post(format!("{address}{path}")).header(ORIGIN, address).header(COOKIE, &self.cookie);
        request.header(ACCEPT, "text/html").form(form).send().await.expect("an answer").status().as_u16()
    }
}

fn member(laurel: &Laurel, external_id: &str) -> Value {
    serde_json::from_str(&laurel.expect(0, &["member", "show", external_id, "--format", "json"])).expect("a member")
}

fn account(laurel: &Laurel, email: &str, role: &str) {
    use std::io::Write as _;
    let arguments = ["admin", "create", "--email", email, "--role", role, "--password-stdin"];
    let mut child = laurel.command(&arguments).stdin(Stdio::piped()).spawn().expect("the binary runs");
    child.stdin.take().expect("its input").write_all(PASSWORD.as_bytes()).expect("a password");
    assert!(child.wait().expect("an end").success());
}

/// Someone sends 40 gifts of 100 through two servers at once: 10 are posted, as the limit of 1,000 allows, and 30 wait.
async fn gifts_sent_through_both_come_to_no_more_than_the_limit(url: Option<String>) {
    let laurel = Laurel::new(url);
    laurel.expect(0, &["init", "--enrol-on-event"]);
    let file = laurel.events(4, 1);
    laurel.expect(0, &["import", &file, "--enrol"]);
    account(&laurel, "s@example.com", "support");
    let ids: Vec<String> =
        (0..4).map(|n| member(&laurel, &format!("m-{n}"))["id"].as_str().expect("an id").to_owned()).collect();
    let before: f64 = available(&laurel);
    let servers: Vec<(Child, String)> = (0..2).map(|_| serve(&laurel)).collect();
    let browser = StaffBrowser::sign_in(&servers[0].1, "s@example.com").await;
    let sent = (0..40_usize).map(|n| {
        let (key, id, address) = (format!("k{n}"), ids[n / 2 % 4].clone(), servers[n % 2].1.clone());
        let browser = &browser;
        async move {
            let form = [("id", id.as_str()), ("points", "100"), ("reason", "a favour"), ("key", key.as_str())];
            browser.send(&address, "/api/admin/adjustments/make", &form).await
        }
    });
    let answers = join_all(sent).await;
    assert!(answers.iter().all(|status| *status == 303), "{answers:?}");
    servers.into_iter().for_each(|(server, _)| kill(server));
    assert!((available(&laurel) - before - 1_000.0).abs() < 0.001, "{} after {before}", available(&laurel));
    laurel.expect(0, &["verify"]);
}

fn available(laurel: &Laurel) -> f64 {
    let points = |n: usize| member(laurel, &format!("m-{n}"))["points"]["available"].as_str().expect("points").to_owned();
    (0..4).map(|n| points(n).parse::<f64>().expect("a number")).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gifts_sent_through_both_come_to_no_more_than_the_limit_on_sqlite() {
    gifts_sent_through_both_come_to_no_more_than_the_limit(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gifts_sent_through_both_come_to_no_more_than_the_limit_on_postgres() {
    let database = Throwaway::postgres().await;
    gifts_sent_through_both_come_to_no_more_than_the_limit(Some(database.url())).await;
    database.tell(|_| async {}).await;
}
