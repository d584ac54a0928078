//! Users and platform administrators.
use crate::world::{DAY, PASSWORD, code, everywhere, field};
use model::{Role, view::NewToken};
use portal::Ctx;

#[tokio::test]
async fn only_staff_manage_users() {
    everywhere(async |world| {
        world.staff("root").await;
        let alice = world.user("alice").await;
        let id = alice.user_id().unwrap();
        let portal = &world.portal;
        assert_eq!(code(portal.users(&alice).await), "not_found");
        assert_eq!(code(portal.create_user(&alice, "eve", None, true).await), "not_found");
        assert_eq!(code(portal.set_user_staff(&alice, id, true).await), "not_found");
        assert_eq!(code(portal.set_user_active(&alice, id, false).await), "not_found");
        assert_eq!(code(portal.reset_password(&alice, id).await), "not_found");
        assert_eq!(portal.users(&Ctx::cli()).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_token_of_staff_administers_only_without_restrictions() {
    everywhere(async |world| {
        let root = world.staff("root").await;
        let team = world.workspace("devops-team", "root").await;
        let token = async |new: NewToken| {
            let issued = world.portal.issue_token(&root, NewToken { name: "t".to_owned(), ..new }).await.unwrap();
            world.portal.ctx_for_token(&issued.token, Ctx::new_request_id()).await.unwrap()
        };
        let broad = token(NewToken::default()).await;
        world.portal.create_user(&broad, "eve", None, false).await.unwrap();
        let reads = token(NewToken { read_only: true, ..NewToken::default() }).await;
        assert_eq!(world.portal.users(&reads).await.unwrap().len(), 2);
        assert_eq!(code(world.portal.create_user(&reads, "mallory", None, false).await), "forbidden");
        let narrow = token(NewToken { workspace: Some(team.to_string()), ..NewToken::default() }).await;
        assert_eq!(code(world.portal.users(&narrow).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_user_name_is_taken_once_whatever_its_case() {
    everywhere(async |world| {
        let (view, _) = world.portal.create_user(&Ctx::cli(), "Alice", Some(PASSWORD), false).await.unwrap();
        assert_eq!(view.username, "alice");
        assert_eq!(world.last(None).await, "system:cli user.create succeeded alice");
        let make = async |name: &str, password: &str| {
            field(world.portal.create_user(&Ctx::cli(), name, Some(password), false).await)
        };
        assert_eq!(make("ALICE", PASSWORD).await, "username");
        assert_eq!(make("a b", PASSWORD).await, "username");
        assert_eq!(make("system", PASSWORD).await, "username");
        assert_eq!(make("bob", "short").await, "password");
        assert_eq!(make("bob.the.builder", "Bob.The.Builder").await, "password");
        assert_eq!(world.portal.users(&Ctx::cli()).await.unwrap(), [view]);
    })
    .await;
}

#[tokio::test]
async fn a_generated_password_signs_in_and_is_given_back_once() {
    everywhere(async |world| {
        let (view, password) = world.portal.create_user(&Ctx::cli(), "alice", None, false).await.unwrap();
        assert_eq!(world.sign_in("alice", &password.unwrap()).await.unwrap(), view.id);
    })
    .await;
}

#[tokio::test]
async fn the_list_of_users_tells_their_workspaces() {
    everywhere(async |world| {
        world.user("alice").await;
        world.user("bob").await;
        let team = world.workspace("devops-team", "alice").await;
        world.member(&team, "bob", Role::Viewer).await;
        let users = world.portal.users(&Ctx::cli()).await.unwrap();
        assert_eq!(users[0].workspaces, [(team.clone(), Role::Owner)]);
        assert_eq!(users[1].workspaces, [(team, Role::Viewer)]);
    })
    .await;
}

#[tokio::test]
async fn a_deactivated_user_is_out_at_once_and_can_come_back() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let id = alice.user_id().unwrap();
        let team = world.workspace("devops-team", "alice").await;
        world.portal.session_create("s", id, "x", world.clock.now() + DAY).await.unwrap();
        world.portal.set_user_active(&root, id, false).await.unwrap();
        assert_eq!(world.last(None).await, "root user.deactivate succeeded alice");
        assert_eq!(world.portal.session_load("s").await.unwrap(), None);
        assert_eq!(code(world.sign_in("alice", PASSWORD).await), "bad_credentials");
        assert_eq!(code(world.portal.workspace_detail(&alice, &team).await), "not_found");
        assert!(world.portal.workspaces(&alice).await.unwrap().is_empty());
        world.portal.set_user_active(&root, id, true).await.unwrap();
        world.sign_in("alice", PASSWORD).await.unwrap();
        let unknown = model::UserId::new("unknown");
        assert_eq!(code(world.portal.set_user_active(&root, &unknown, false).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_reset_password_ends_sessions_and_replaces_the_old_one() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let id = alice.user_id().unwrap();
        world.portal.session_create("s", id, "x", world.clock.now() + DAY).await.unwrap();
        let password = world.portal.reset_password(&root, id).await.unwrap();
        assert_eq!(world.last(None).await, "root password.reset succeeded alice");
        assert_eq!(world.portal.session_load("s").await.unwrap(), None);
        assert_eq!(code(world.sign_in("alice", PASSWORD).await), "bad_credentials");
        world.sign_in("alice", &password).await.unwrap();
        assert_eq!(code(world.portal.reset_password(&root, &model::UserId::new("unknown")).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let (root_id, alice_id) = (root.user_id().unwrap(), alice.user_id().unwrap());
        assert_eq!(code(world.portal.set_user_staff(&root, root_id, false).await), "conflict");
        assert_eq!(code(world.portal.set_user_active(&root, root_id, false).await), "conflict");
        assert_eq!(code(world.portal.set_user_active(&Ctx::cli(), root_id, false).await), "conflict");
        world.portal.set_user_staff(&root, alice_id, true).await.unwrap();
        world.portal.set_user_staff(&root, root_id, false).await.unwrap();
        assert_eq!(code(world.portal.users(&root).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn two_administrators_who_depose_each_other_at_once_do_not_both_succeed() {
    everywhere(async |world| {
        for round in 0..10 {
            let (one, two) = (format!("one-{round}"), format!("two-{round}"));
            let (one, two) = (world.staff(&one).await, world.staff(&two).await);
            let (first, second) = tokio::join!(
                world.portal.set_user_staff(&one, two.user_id().unwrap(), false),
                world.portal.set_user_staff(&two, one.user_id().unwrap(), false),
            );
            assert!(first.is_ok() || second.is_ok());
            let left = "SELECT COUNT(*) AS n FROM users WHERE staff = 1 AND active = 1";
            assert_eq!(world.count(left).await, 1);
            world.sql("UPDATE users SET staff = 0".to_owned()).await;
        }
    })
    .await;
}
