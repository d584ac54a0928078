//! Signing in and out, and the limit of failures.
use crate::world::{DAY, PASSWORD, SECOND, World, code, everywhere, field};
use futures_util::future::join_all;
use model::{Error, view::NewToken};
use portal::{Actor, Ctx};

const WRONG: &str = "not the password";

async fn from(world: &World, name: &str, password: &str, client: &str) -> Result<model::UserId, Error> {
    world.portal.sign_in(name, password, client, &Ctx::new_request_id()).await
}

#[tokio::test]
async fn the_right_password_signs_in_whatever_the_case_of_the_name() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        assert_eq!(world.sign_in(" Alice ", PASSWORD).await.unwrap(), *alice.user_id().unwrap());
        assert_eq!(world.last(None).await, "alice sign_in succeeded alice");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_an_unknown_user_and_an_inactive_one_are_told_the_same_and_cost_the_same() {
    everywhere(async |world| {
        world.user("alice").await;
        let bob = world.user("bob").await;
        world.portal.set_user_active(&Ctx::cli(), bob.user_id().unwrap(), false).await.unwrap();
        for name in ["alice", "bob", "nobody"] {
            let password = if name == "alice" { WRONG } else { PASSWORD };
            assert_eq!(world.sign_in(name, password).await.unwrap_err(), Error::BadCredentials);
            assert_eq!(world.last(None).await, format!("anonymous sign_in failed {name}"));
            let counted = format!("SELECT failures AS n FROM sign_in_failures WHERE subject = 'name:{name}'");
            assert_eq!(world.count(&counted).await, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn ten_failures_stop_a_name_for_a_quarter_of_an_hour() {
    everywhere(async |world| {
        world.user("alice").await;
        for _ in 0..10 {
            assert_eq!(world.sign_in("alice", WRONG).await.unwrap_err(), Error::BadCredentials);
        }
        world.clock.advance(60 * SECOND);
        let stopped = world.sign_in("ALICE", PASSWORD).await.unwrap_err();
        assert_eq!(stopped, Error::TooMany { retry_after: 14 * 60 });
        assert_eq!(world.last(None).await, "anonymous sign_in denied alice");
        let events = world.chain(None).await.len();
        assert_eq!(code(world.sign_in("alice", PASSWORD).await), "too_many");
        assert_eq!(world.chain(None).await.len(), events, "only the first stop is audited");
        world.clock.advance(14 * 60 * SECOND);
        world.sign_in("alice", PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_success_starts_the_name_afresh() {
    everywhere(async |world| {
        world.user("alice").await;
        for _ in 0..3 {
            for _ in 0..9 {
                assert_eq!(code(world.sign_in("alice", WRONG).await), "bad_credentials");
            }
            world.sign_in("alice", PASSWORD).await.unwrap();
        }
        let address = "SELECT failures AS n FROM sign_in_failures WHERE subject = 'address:192.0.2.1'";
        assert_eq!(world.count(address).await, 27, "a success takes back only itself from the address");
    })
    .await;
}

#[tokio::test]
async fn fifty_failures_stop_an_address_and_no_name_of_others() {
    everywhere(async |world| {
        world.user("alice").await;
        for attempt in 0..50 {
            let name = format!("guess-{attempt}");
            assert_eq!(code(from(world, &name, WRONG, "2001:db8::1").await), "bad_credentials");
        }
        for _ in 0..20 {
            assert_eq!(code(from(world, "alice", PASSWORD, "2001:db8::2").await), "too_many");
        }
        from(world, "alice", PASSWORD, "2001:db8:0:1::1").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_attempts_at_once_are_no_way_around_the_limit() {
    everywhere(async |world| {
        world.user("alice").await;
        let answers = join_all((0..30).map(|_| world.sign_in("alice", WRONG))).await;
        let tried = answers.iter().filter(|answer| **answer == Err(Error::BadCredentials)).count();
        let stopped = answers.iter().filter(|answer| matches!(answer, Err(Error::TooMany { .. }))).count();
        assert_eq!((tried, stopped), (10, 20));
    })
    .await;
}

#[tokio::test]
async fn a_typed_name_stands_capped_and_escaped_in_the_audit() {
    everywhere(async |world| {
        assert_eq!(code(world.sign_in("eve\n<b>\u{202e}", WRONG).await), "bad_credentials");
        assert_eq!(world.last(None).await, "anonymous sign_in failed eve\\n<b>\\u{202e}");
        assert_eq!(code(world.sign_in(&"x".repeat(5000), &"y".repeat(5000)).await), "bad_credentials");
        assert_eq!(world.last(None).await, format!("anonymous sign_in failed {}", "x".repeat(64)));
    })
    .await;
}

#[tokio::test]
async fn what_no_longer_counts_is_forgotten() {
    everywhere(async |world| {
        assert_eq!(code(world.sign_in("alice", WRONG).await), "bad_credentials");
        world.clock.advance(DAY);
        world.portal.sessions_delete_expired().await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM sign_in_failures").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_sign_out_is_audited() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        world.portal.sign_out(&alice).await.unwrap();
        assert_eq!(world.last(None).await, "alice sign_out succeeded alice");
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_and_the_old_one_no_longer_works() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let id = alice.user_id().unwrap();
        assert!(world.portal.session_create("s", id, "{}", world.clock.now() + DAY).await.unwrap());
        let new = "another long password";
        world.portal.change_password(&alice, PASSWORD, new).await.unwrap();
        assert_eq!(world.last(None).await, "alice password.change succeeded alice");
        assert_eq!(world.portal.session_load("s").await.unwrap(), None);
        assert_eq!(code(world.sign_in("alice", PASSWORD).await), "bad_credentials");
        world.sign_in("alice", new).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_only_by_who_knows_it_and_never_by_a_token() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let change = async |old: &str, new: &str| world.portal.change_password(&alice, old, new).await;
        assert_eq!(field(change(WRONG, "another long password").await), "old_password");
        assert_eq!(world.last(None).await, "alice password.change failed alice");
        assert_eq!(field(change(PASSWORD, "short").await), "new_password");
        let new = NewToken { name: "ci".to_owned(), ..NewToken::default() };
        let token = world.portal.issue_token(&alice, new).await.unwrap().token;
        let ctx = world.portal.ctx_for_token(&token, Ctx::new_request_id()).await.unwrap();
        assert_eq!(code(world.portal.change_password(&ctx, PASSWORD, "another long password").await), "forbidden");
        for _ in 0..9 {
            assert_eq!(field(change(WRONG, "another long password").await), "old_password");
        }
        assert_eq!(code(change(PASSWORD, "another long password").await), "too_many");
    })
    .await;
}

#[tokio::test]
async fn a_session_of_an_unknown_or_inactive_user_is_nobody() {
    everywhere(async |world| {
        let bob = world.user("bob").await;
        let id = bob.user_id().unwrap();
        assert!(matches!(&bob.actor, Actor::User { username, staff: false, token: None, .. } if username == "bob"));
        world.portal.set_user_active(&Ctx::cli(), id, false).await.unwrap();
        assert_eq!(code(world.portal.ctx_for_user(id, Ctx::new_request_id()).await), "unauthenticated");
        let nobody = model::UserId::new("nobody");
        assert_eq!(code(world.portal.ctx_for_user(&nobody, Ctx::new_request_id()).await), "unauthenticated");
    })
    .await;
}
