//! People and their pages: signed in on one server is signed in on all, and what one server is told all tell.
use crate::{
    cluster::{Cluster, TEAM},
    stream::Stream,
};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::Value;
use std::time::Instant;

/// Signs in; gives the cookie.
pub(crate) async fn sign_in(cluster: &Cluster, at: &str, user: &str, password: &str) -> String {
    let form = cluster.client.post(format!("{at}/sign-in")).header(header::ORIGIN, at);
    let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = form.body(format!("username={user}&password={password}")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_knows_who_is_signed_in_and_who_is_out() {
    let Some(cluster) = Cluster::up(&[]).await else { return };
    let password = cluster.member("vera", "viewer").await;
    let cookie = sign_in(&cluster, cluster.server(1), "vera", &password).await;
    for server in 1..=3 {
        let page = cluster.client.get(format!("{}/w/{TEAM}/staging", cluster.server(server)));
        let page = page.header(header::COOKIE, &cookie).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "server {server}");
    }

    let mut stream = Stream::open(&cluster, cluster.server(2), ("cookie", &cookie), None).await;
    let row = cluster.volume(cluster.server(1), "heard").await;
    let heard = stream.hears_of(row["id"].as_str().unwrap()).await;
    // It breaks off; something happens; the browser comes back, to another server.
    drop(stream);
    let missed = cluster.volume(cluster.server(1), "missed").await;
    let last = heard.id.to_string();
    let mut stream = Stream::open(&cluster, cluster.server(3), ("cookie", &cookie), Some(&last)).await;
    stream.hears_of(missed["id"].as_str().unwrap()).await;

    let (_, team) = cluster.call(cluster.server(1), Method::GET, &format!("workspaces/{TEAM}/"), None).await.unwrap();
    let vera = member(&team, "vera");
    let path = format!("workspaces/{TEAM}/members/{vera}/");
    let began = Instant::now();
    let (status, body) = cluster.call(cluster.server(1), Method::DELETE, &path, None).await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT, "{body}");
    assert!(stream.ends().await);
    println!("removed through server 1, the stream at server 3 ended after {:?}", began.elapsed());

    // The same by an operator's command, which is another process.
    cluster.atonix(["workspace", "add-member", TEAM, "vera", "--role", "viewer"]).await;
    let mut stream = Stream::open(&cluster, cluster.server(2), ("cookie", &cookie), None).await;
    cluster.atonix(["user", "deactivate", "vera"]).await;
    assert!(stream.ends().await);
}

/// The cookies that an answer sets, as a browser sends them back; one that it takes away is empty.
fn cookies(answer: &Response) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE).iter();
    set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_without_javascript_shows_once_is_shown_by_whichever_server_comes_next() {
    let Some(cluster) = Cluster::up(&[]).await else { return };
    let password = cluster.member("vera", "viewer").await;
    let at = cluster.server(1);
    let session = sign_in(&cluster, at, "vera", &password).await;
    let form = cluster.client.post(format!("{at}/rpc/issue_token")).header(header::ORIGIN, at);
    let form = form.header(header::REFERER, format!("{at}/tokens")).header(header::ACCEPT, "text/html");
    let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header(header::COOKIE, &session);
    let answer = form.body("name=laptop&key=one").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let key = cookies(&answer);
    assert!(key.starts_with("atonix-once=") && !key.contains("atx_"), "{key}");
    assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().contains("HttpOnly"));

    let page = async |server: usize, cookies: &str| {
        let page = cluster.client.get(format!("{}/tokens", cluster.server(server)));
        page.header(header::ACCEPT, "text/html").header(header::COOKIE, cookies).send().await.unwrap()
    };
    let shown = page(2, &format!("{session}; {key}")).await;
    assert!(cookies(&shown).contains("atonix-once="), "the key is taken back");
    assert!(shown.text().await.unwrap().contains("atx_"));
    let again = page(3, &format!("{session}; {key}")).await;
    assert!(!again.text().await.unwrap().contains("atx_"), "it is shown once");
}

fn member(team: &Value, name: &str) -> String {
    let members = team["members"].as_array().unwrap();
    members.iter().find(|member| member["username"] == name).unwrap()["user"].as_str().unwrap().to_owned()
}
