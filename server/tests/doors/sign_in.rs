//! Sessions: none before the sign-in, a new id at it, none after the sign-out.
use crate::world::{PASSWORD, Person, everywhere};
use http::StatusCode;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_a_session_before_the_sign_in() {
    everywhere(async |world| {
        for path in ["/sign-in", "/sign-in?next=/tokens", "/", "/w/devops-team/dev", "/nowhere"] {
            let answer = world.browse(path, "").await;
            assert_eq!(answer.header("set-cookie"), "", "{path}");
        }
        let wrong = world.form("/sign-in", "", "username=operator&password=wrong").await;
        assert_eq!(wrong.status, StatusCode::SEE_OTHER);
        assert_eq!(wrong.header("location"), "/sign-in?error=credentials&next=%2F");
        assert_eq!(wrong.header("set-cookie"), "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_session_id_is_worth_nothing_after_the_sign_in() {
    everywhere(async |world| {
        let planted = "atonix=AAAAAAAAAAAAAAAAAAAAAA";
        let form = format!("username=operator&password={}", PASSWORD.replace(' ', "+"));
        let answer = world.form("/sign-in", planted, &form).await;
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert_ne!(cookie, planted);
        assert_eq!(world.browse("/tokens", &cookie).await.status, StatusCode::OK);
        assert_eq!(world.browse("/tokens", planted).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_in_ends_the_first_session_of_that_browser() {
    everywhere(async |world| {
        let first = world.cookie(Person::Operator).await;
        let form = format!("username=viewer&password={}", PASSWORD.replace(' ', "+"));
        let answer = world.form("/sign-in", &first, &form).await;
        let second = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert_ne!(first, second);
        assert_eq!(world.browse("/tokens", &first).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_sign_out_the_old_cookie_opens_nothing() {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Operator).await;
        assert_eq!(world.browse("/tokens", &cookie).await.status, StatusCode::OK);
        let answer = world.form("/sign-out", &cookie, "").await;
        assert_eq!(answer.header("location"), "/sign-in");
        let answer = world.browse("/tokens", &cookie).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=%2Ftokens"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_leads_back_to_the_page_and_to_no_other_site() {
    everywhere(async |world| {
        for (next, leads) in [
            ("%2Fw%2Fdevops-team%2Fdev%3Fstatus%3Dactive", "/w/devops-team/dev?status=active"),
            ("%2F%2Fevil.example", "/"),
            ("%2F%5Cevil.example", "/"),
            ("https%3A%2F%2Fevil.example%2Ftokens", "/"),
            ("%2F%09%2Fevil.example", "/"),
            ("%2F%2540evil.example", "/"),
        ] {
            let form = format!("username=operator&password={}&next={next}", PASSWORD.replace(' ', "+"));
            let answer = world.form("/sign-in", "", &form).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, leads), "{next}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_gets_a_token_for_name_and_password() {
    everywhere(async |world| {
        let path = "/api/services/auth/token/";
        let wrong = world.post(Person::Nobody, path, json!({"username": "operator", "password": "wrong"})).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        assert_eq!(wrong.json()["code"], "bad_credentials");
        let answer = world.post(Person::Nobody, path, json!({"username": "operator", "password": PASSWORD})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert!(answer.json()["token"].is_string() && answer.json()["expires_at"].is_string());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_the_password_goes_on_under_a_new_id_and_other_sessions_end() {
    everywhere(async |world| {
        let (here, elsewhere) = (world.cookie(Person::Operator).await, world.cookie(Person::Operator).await);
        let old = PASSWORD.replace(' ', "+");
        let form = |again: &str| format!("old_password={old}&new_password=another+horse+battery&again={again}");
        let refused = world.form("/rpc/change_password", &here, &form("different")).await;
        assert_eq!(refused.status.as_u16() / 100, 3, "{}", refused.text);
        assert_eq!(world.browse("/tokens", &here).await.status, StatusCode::OK);
        let answer = world.form("/rpc/change_password", &here, &form("another+horse+battery")).await;
        let rotated = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(rotated.starts_with("atonix=") && rotated != here, "{rotated}");
        assert_eq!(world.browse("/tokens", &rotated).await.status, StatusCode::OK);
        for ended in [here, elsewhere] {
            assert_eq!(world.browse("/tokens", &ended).await.status, StatusCode::SEE_OTHER);
        }
    })
    .await;
}
