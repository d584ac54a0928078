//! Swift.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use simulator::{Config, Effect, Fault, Quotas};

use crate::replay::{Tape, quick, signed};
use crate::support::{Session, instant, start};

async fn ask(session: &Session, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    let mut request = session.request(method.parse().unwrap(), "object-store", path).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn put(session: &Session, path: &str, body: &str) {
    assert_eq!(ask(session, "PUT", path, &[], body).await.status(), 201);
}

async fn text(session: &Session, path: &str) -> String {
    ask(session, "GET", path, &[], "").await.text().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers()[name].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn containers_and_objects_answer_as_they_were_recorded() {
    let cloud = start(quick()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let mut tape = Tape::new(&session, "swift_container");
    tape.sign("scrubbed");
    tape.follow(&["create", "create_again", "create_bad_name", "get", "get_missing", "swift_object/list_empty"]).await;
    tape.follow(&["set_metadata", "get_public", "remove_metadata", "set_metadata_missing"]).await;
    put(&session, "/record-other", "").await;
    tape.follow(&["swift_object/put", "swift_object/put_in_missing"]).await;
    let kind = [("content-type", "application/octet-stream")];
    assert_eq!(ask(&session, "PUT", "/record-box/top.txt", &kind, "hi").await.status(), 201);
    tape.follow(&[
        "swift_object/get",
        "swift_object/get_missing",
        "swift_object/read",
        "swift_object/read_missing",
        "swift_object/copy",
    ])
    .await;
    tape.follow(&[
        "swift_object/copy_missing",
        "swift_object/delete",
        "swift_object/delete_missing",
        "swift_object/list",
    ])
    .await;
    tape.follow(&["swift_object/list_by_folder", "swift_object/list_of_folder", "swift_object/list_page"]).await;
    tape.follow(&["swift_object/list_next_page", "swift_object/list_missing", "get_used", "list", "list_page"]).await;
    tape.follow(&["list_next_page", "list_past_the_end", "find_by_name", "find_by_name_missing"]).await;
    tape.follow(&[
        "swift_object/read_by_temporary_address_without_key",
        "set_temporary_key",
        "swift_object/read_by_temporary_address",
    ])
    .await;
    tape.follow(&["swift_object/put_by_temporary_address_for_get", "swift_object/read_without_token"]).await;
    tape.sign("another key");
    tape.follow(&["swift_object/read_by_forged_address", "set_account_temporary_key", "delete_not_empty"]).await;
    for object in ["folder/note.txt", "top.txt"] {
        assert_eq!(ask(&session, "DELETE", &format!("/record-box/{object}"), &[], "").await.status(), 204);
    }
    tape.follow(&["delete", "delete_missing"]).await;
}

#[tokio::test]
async fn a_key_of_the_account_signs_uploads_also_as_swift_itself_sees_the_path() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    ask(&session, "POST", "", &[("x-account-meta-temp-url-key", "secret")], "").await;
    let path = format!("/v1/AUTH_{}/box/one.txt", session.project());
    let url = format!("{}/box/one.txt", session.endpoint("object-store"));
    for method in ["PUT", "GET", "DELETE"] {
        let (signature, until) = signed("secret", method, &path);
        let query = [("temp_url_sig", signature), ("temp_url_expires", until)];
        let request = session.http.request(method.parse().unwrap(), &url).query(&query).body("one");
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{method}: {}", response.status());
        if method == "GET" {
            let disposition = header(&response, "content-disposition");
            assert_eq!(disposition, "attachment; filename=\"one.txt\"; filename*=UTF-8''one.txt");
        }
    }
    let query = [("temp_url_sig", "00"), ("temp_url_expires", "1")];
    let response = session.http.get(&url).query(&query).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "401 Unauthorized: Temp URL invalid\n");
}

#[tokio::test]
async fn accounts_are_closed_to_other_projects_until_a_container_is_opened_to_everybody() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    put(&session, "/box/one.txt", "one").await;
    let other = cloud.sign_in("atonix-service", "payments-dev").await;
    let url = format!("{}/box/one.txt", session.endpoint("object-store"));
    let with_token = || session.http.get(&url).header("x-auth-token", &other.token).send();
    assert_eq!(with_token().await.unwrap().status(), 403);
    assert_eq!(session.http.get(&url).send().await.unwrap().status(), 401);
    ask(&session, "POST", "/box", &[("x-container-read", ".r:*")], "").await;
    assert_eq!(with_token().await.unwrap().status(), 200);
    assert_eq!(session.http.get(&url).send().await.unwrap().text().await.unwrap(), "one");
    let list = session.http.get(url.trim_end_matches("/one.txt")).send().await.unwrap();
    assert_eq!(list.status(), 401, "objects, but not the list of them");
}

#[tokio::test]
async fn names_of_objects_keep_their_slashes_and_letters() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    for name in ["folder/", "folder//two", "%C3%A4%20%2F%3F"] {
        put(&session, &format!("/box/{name}"), name).await;
        assert_eq!(text(&session, &format!("/box/{name}")).await, name);
    }
    assert_eq!(text(&session, "/box").await, "folder/\nfolder//two\nä /?\n");
    assert_eq!(text(&session, "/box?delimiter=/&prefix=folder/").await, "folder/\nfolder//\n");
}

#[tokio::test]
async fn a_part_of_an_object_can_be_read_and_a_wrong_checksum_is_refused() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    let wrong = [("etag", "00000000000000000000000000000000")];
    assert_eq!(ask(&session, "PUT", "/box/one.txt", &wrong, "hello").await.status(), 422);
    put(&session, "/box/one.txt", "hello").await;
    let part = ask(&session, "GET", "/box/one.txt", &[("range", "bytes=1-3")], "").await;
    assert_eq!((part.status().as_u16(), header(&part, "content-range")), (206, "bytes 1-3/5".to_owned()));
    assert_eq!(
        (header(&part, "content-type"), part.text().await.unwrap()),
        ("text/plain".to_owned(), "ell".to_owned())
    );
    assert_eq!(ask(&session, "GET", "/box/one.txt", &[("range", "bytes=9-")], "").await.status(), 416);
}

#[tokio::test]
async fn large_objects_are_their_parts_one_after_the_other() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    put(&session, "/box/parts/2", "world").await;
    put(&session, "/box/parts/1", "hello ").await;
    let manifest = [("x-object-manifest", "box/parts/")];
    assert_eq!(ask(&session, "PUT", "/box/dynamic", &manifest, "").await.status(), 201);
    let listed = json!([{"path": "/box/parts/2"}, {"path": "box/parts/1", "size_bytes": 6}]).to_string();
    let made = ask(&session, "PUT", "/box/static?multipart-manifest=put", &[], &listed).await;
    assert_eq!(made.status(), 201);
    let head = ask(&session, "HEAD", "/box/static", &[], "").await;
    assert_eq!((header(&head, "content-length"), header(&head, "etag")), ("11".to_owned(), header(&made, "etag")));
    assert_eq!(text(&session, "/box/dynamic").await, "hello world");
    assert_eq!(text(&session, "/box/static").await, "worldhello ");
    let (_, raw) = session.get("object-store", "/box/static?multipart-manifest=get").await;
    assert_eq!(raw[0]["name"], "/box/parts/2");
    let gone = ask(&session, "DELETE", "/box/static?multipart-manifest=delete", &[], "").await;
    assert!(gone.text().await.unwrap().starts_with("Number Deleted: 3\n"));
    assert_eq!(text(&session, "/box/dynamic").await, "");
    let missing = json!([{"path": "/box/parts/1"}]).to_string();
    let refused = ask(&session, "PUT", "/box/static?multipart-manifest=put", &[], &missing).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.text().await.unwrap(), "Errors:\n/box/parts/1, 404 Not Found\n");
}

#[tokio::test]
async fn a_project_stores_no_more_bytes_than_its_quota() {
    let cloud = start(Config { quotas: Quotas { object_bytes: 5, ..Quotas::default() }, ..instant() }).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    put(&session, "/box", "").await;
    put(&session, "/box/one", "four").await;
    let refused = ask(&session, "PUT", "/box/two", &[], "four").await;
    assert_eq!((refused.status().as_u16(), refused.text().await.unwrap()), (413, "Upload exceeds quota.".to_owned()));
    put(&session, "/box/one", "five!").await;
}

#[tokio::test]
async fn faults_of_objects_are_in_swifts_own_shape() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let fault = |effect| Fault { service: Some("object-store".to_owned()), count: Some(1), effect, ..Fault::default() };
    cloud.simulator.knobs().add(fault(Effect::Unavailable { retry_after: Some(3) }));
    let response = ask(&session, "GET", "", &[], "").await;
    assert_eq!((response.status().as_u16(), header(&response, "retry-after")), (503, "3".to_owned()));
    assert!(response.text().await.unwrap().starts_with("<html><h1>Service Unavailable</h1>"));
    cloud.simulator.knobs().add(fault(Effect::LostAnswer));
    assert!(session.request(Method::PUT, "object-store", "/box").send().await.is_err());
    let list: Value = serde_json::from_str(&text(&session, "?format=json").await).unwrap();
    assert_eq!(list[0]["name"], "box");
}
