//! What is wrong with what a page's script or form sends is said as such: nothing of it is our fault.
use crate::world::{HOST, Person, TEAM, World, everywhere};
use axum::body::Body;
use http::{Request, StatusCode, header};
use serde_json::json;

const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Posts a form as a browser without a script does, from that page.
async fn post(world: &World, name: &str, cookie: &str, from: &str, body: Vec<u8>) -> crate::world::Answer {
    let request = Request::post(format!("/rpc/{name}"))
        .header(header::HOST, HOST)
        .header(header::ORIGIN, format!("http://{HOST}"))
        .header(header::ACCEPT, "text/html")
        .header(header::REFERER, from)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, FORM);
    world.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_told_what_is_wrong_with_its_request() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        let long = "x".repeat(2 * 1024 * 1024);
        let ids: Vec<String> = (0..501).map(|number| number.to_string()).collect();
        let rows = json!({"question": {"Rows": [[TEAM, "dev"], ids]}}).to_string();
        let many: String = (0..501).map(|number| format!("&ids[{number}]={number}")).collect();
        let many = format!("workspace=devops-team&environment=dev&confirm=delete+501{many}");
        for (name, kind, body, status, code) in [
            ("ask", JSON, "{\"question\": ".to_owned(), 400, "invalid"),
            ("ask", JSON, "[]".to_owned(), 400, "invalid"),
            ("ask", JSON, "{\"question\": \"Everything\"}".to_owned(), 400, "invalid"),
            ("ask", JSON, "{\"question\": {\"Row\": 1}}".to_owned(), 400, "invalid"),
            ("ask", JSON, "[".repeat(100_000), 400, "invalid"),
            ("ask", JSON, json!({"question": {"Team": long}}).to_string(), 413, "too_large"),
            ("ask", JSON, rows, 400, "invalid"),
            ("ask", "text/plain", "{\"question\": \"Frame\"}".to_owned(), 415, "invalid"),
            ("ask", FORM, "question=Frame".to_owned(), 415, "invalid"),
            ("issue_token", JSON, "{\"name\": \"x\"}".to_owned(), 415, "invalid"),
            ("issue_token", FORM, String::new(), 400, "invalid"),
            ("issue_token", FORM, format!("name={long}"), 413, "too_large"),
            ("set_quota", FORM, "binding=x&vcpus=many&ram_gb=1&storage_gb=1".to_owned(), 400, "invalid"),
            ("remove_many", FORM, many, 400, "invalid"),
        ] {
            let start: String = body.chars().take(40).collect();
            let answer = world.rpc(name, &cookie, kind, body).await;
            assert_eq!(answer.status.as_u16(), status, "{name} {start}: {}", answer.text);
            assert_eq!(answer.json()["error"]["code"], code, "{name} {start}: {}", answer.text);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_none_of_ours_gets_a_page_that_says_so() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        let from = format!("http://{HOST}/tokens");
        for (body, status) in [(Vec::new(), 400), (b"name=\xff\xfe".to_vec(), 400), (vec![b'x'; 2 * 1024 * 1024], 413)]
        {
            let answer = post(world, "issue_token", &cookie, &from, body).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
            assert_eq!(answer.header("location"), "");
            assert!(answer.text.contains("<h1>This did not work</h1>"), "{}", answer.text);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_leads_back_to_its_page_whether_it_was_done_or_refused_and_never_elsewhere() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        for (from, leads) in [
            ("http://portal.test/tokens?sort=name", "/tokens?sort=name"),
            ("http://portal.test/rpc/issue_token", "/"),
            ("https://evil.example//evil.example/", "/"),
            ("http://portal.test/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("nonsense", "/"),
        ] {
            for (name, form) in [
                ("issue_token", "name=walked"),
                ("issue_token", "name="),
                ("revoke_token", "id=none"),
                ("set_theme", "theme=dark"),
            ] {
                let answer = post(world, name, &cookie, from, form.into()).await;
                let told = (answer.status, answer.header("location"));
                assert_eq!(told, (StatusCode::SEE_OTHER, leads), "{name} {form} {from}");
                let coloured = answer.header("set-cookie").starts_with("theme=dark");
                assert_eq!(coloured, name == "set_theme", "the colours that were chosen are kept");
            }
        }
    })
    .await;
}
