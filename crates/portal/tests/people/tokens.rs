//! API tokens: what they reach, who makes them, who ends them.
use crate::world::{DAY, SECOND, START, World, code, everywhere, field};
use model::{
    Environment, Place, Role, WorkspaceSlug,
    view::{IssuedToken, NewToken, Timestamp},
};
use portal::Ctx;

fn named(name: &str) -> NewToken {
    NewToken { name: name.to_owned(), ..NewToken::default() }
}

fn only(workspace: &WorkspaceSlug) -> NewToken {
    NewToken { workspace: Some(workspace.to_string()), ..named("only") }
}

async fn issue(world: &World, ctx: &Ctx, new: NewToken) -> IssuedToken {
    world.portal.issue_token(ctx, new).await.unwrap()
}

async fn with(world: &World, token: &str) -> model::Result<Ctx> {
    world.portal.ctx_for_token(token, Ctx::new_request_id()).await
}

async fn as_token(world: &World, ctx: &Ctx, new: NewToken) -> Ctx {
    let issued = issue(world, ctx, new).await;
    with(world, &issued.token).await.unwrap()
}

#[tokio::test]
async fn a_token_is_shown_once_and_stored_hashed() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let issued = issue(world, &alice, named("ci")).await;
        assert!(issued.token.starts_with("atx_") && issued.token.len() == 47, "{}", issued.token);
        assert_eq!(issued.view.expires_at, Some(Timestamp(START + 90 * DAY)));
        let rows = world.rows("SELECT hash FROM tokens".to_owned()).await;
        let hash = rows.first().unwrap().text("hash").unwrap();
        assert!(hash.len() == 64 && !issued.token.contains(&hash));
        assert_eq!(code(with(world, &hash).await), "unauthenticated");
        assert_eq!(world.portal.tokens(&alice).await.unwrap(), [issued.view]);
        assert_eq!(world.last(None).await, "alice token.issue succeeded ci");
    })
    .await;
}

#[tokio::test]
async fn a_token_comes_as_its_user_and_notes_its_use_to_the_minute() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let issued = issue(world, &alice, named("ci")).await;
        world.clock.advance(90 * SECOND);
        let ctx = with(world, &issued.token).await.unwrap();
        assert_eq!(ctx.user_id(), alice.user_id());
        let used = async || world.portal.tokens(&alice).await.unwrap()[0].last_used_at;
        assert_eq!(used().await, Some(Timestamp(START + 60 * SECOND)));
        world.clock.advance(29 * SECOND);
        with(world, &issued.token).await.unwrap();
        assert_eq!(used().await, Some(Timestamp(START + 60 * SECOND)));
        world.clock.advance(SECOND);
        with(world, &issued.token).await.unwrap();
        assert_eq!(used().await, Some(Timestamp(START + 120 * SECOND)));
    })
    .await;
}

#[tokio::test]
async fn an_ended_revoked_or_unknown_token_is_nobody_and_so_is_that_of_an_inactive_user() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let day = issue(world, &alice, NewToken { expires_in_days: Some(1), ..named("day") }).await;
        let long = issue(world, &alice, named("long")).await;
        let other = issue(world, &alice, named("other")).await;
        world.portal.revoke_token(&alice, &long.view.id).await.unwrap();
        assert_eq!(world.last(None).await, "alice token.revoke succeeded long");
        assert_eq!(code(world.portal.revoke_token(&alice, &long.view.id).await), "not_found");
        assert_eq!(code(with(world, &long.token).await), "unauthenticated");
        assert_eq!(code(with(world, "atx_unknown").await), "unauthenticated");
        world.clock.advance(DAY);
        assert_eq!(code(with(world, &day.token).await), "unauthenticated");
        with(world, &other.token).await.unwrap();
        assert_eq!(world.portal.tokens(&alice).await.unwrap().len(), 1);
        world.portal.set_user_active(&Ctx::cli(), alice.user_id().unwrap(), false).await.unwrap();
        assert_eq!(code(with(world, &other.token).await), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn every_bad_field_of_a_token_is_named() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let ask = async |new: NewToken| field(world.portal.issue_token(&alice, new).await);
        assert_eq!(ask(named(" ")).await, "name");
        assert_eq!(ask(named(&"x".repeat(101))).await, "name");
        assert_eq!(ask(NewToken { expires_in_days: Some(0), ..named("x") }).await, "expires_in_days");
        assert_eq!(ask(NewToken { expires_in_days: Some(366), ..named("x") }).await, "expires_in_days");
        assert_eq!(ask(NewToken { environments: vec!["moon".to_owned()], ..named("x") }).await, "environments");
        assert!(world.portal.tokens(&alice).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_token_is_for_a_workspace_only_when_its_user_is_a_member() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let team = world.workspace("devops-team", "alice").await;
        let refused = world.portal.issue_token(&bob, only(&team)).await;
        let unknown = world.portal.issue_token(&bob, only(&WorkspaceSlug::new("no-such-team"))).await;
        assert_eq!(refused, unknown, "a stranger does not learn that it exists");
        assert_eq!(field(refused), "workspace");
        let issued = issue(world, &alice, only(&team)).await;
        assert_eq!(issued.view.workspace, Some(team.clone()));
        assert_eq!(world.last(Some(&team)).await, "alice token.issue succeeded only");
    })
    .await;
}

#[tokio::test]
async fn a_narrow_token_reaches_only_what_it_is_for() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        let other = world.workspace("payments", "alice").await;
        let new = NewToken { environments: vec!["staging".to_owned(), "dev".to_owned()], ..only(&team) };
        let token = as_token(world, &alice, new).await;
        let limits = token.token().unwrap();
        assert_eq!(limits.environments, [Environment::Dev, Environment::Staging]);
        assert!(!limits.reach(&Place { workspace: team.clone(), environment: Environment::Prod }));
        assert!(world.portal.workspace_detail(&token, &team).await.is_ok());
        assert_eq!(code(world.portal.workspace_detail(&token, &other).await), "not_found");
        assert_eq!(world.portal.workspaces(&token).await.unwrap().len(), 1);
        assert_eq!(world.portal.workspaces(&alice).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_token_with_restrictions_makes_no_tokens_and_ends_only_itself() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        let other = issue(world, &alice, named("other")).await;
        let environments = vec!["dev".to_owned()];
        let narrow =
            [only(&team), NewToken { environments, ..named("dev") }, NewToken { read_only: true, ..named("ro") }];
        for new in narrow {
            let token = as_token(world, &alice, new).await;
            assert_eq!(code(world.portal.issue_token(&token, named("broad")).await), "forbidden");
            assert_eq!(code(world.portal.revoke_token(&token, &other.view.id).await), "forbidden");
            world.portal.revoke_token(&token, &token.token().unwrap().id).await.unwrap();
        }
        assert_eq!(world.portal.tokens(&alice).await.unwrap(), [other.view]);
    })
    .await;
}

#[tokio::test]
async fn a_narrow_token_sees_no_other_tokens() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        issue(world, &alice, named("other")).await;
        let token = as_token(world, &alice, only(&team)).await;
        let seen = world.portal.tokens(&token).await.unwrap();
        assert_eq!(seen.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), ["only"]);
    })
    .await;
}

#[tokio::test]
async fn a_token_makes_no_token_that_lasts_longer_than_itself() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let token = as_token(world, &alice, NewToken { expires_in_days: Some(30), ..named("month") }).await;
        world.clock.advance(DAY);
        let longer = NewToken { expires_in_days: Some(30), ..named("longer") };
        assert_eq!(field(world.portal.issue_token(&token, longer).await), "expires_in_days");
        let issued = issue(world, &token, named("same")).await;
        assert_eq!(issued.view.expires_at, Some(Timestamp(START + 30 * DAY)));
        issue(world, &token, NewToken { expires_in_days: Some(29), ..named("shorter") }).await;
    })
    .await;
}

#[tokio::test]
async fn an_owner_sees_and_ends_every_token_that_reaches_the_workspace_and_no_other() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let eve = world.user("eve").await;
        let team = world.workspace("devops-team", "alice").await;
        let other = world.workspace("payments", "bob").await;
        world.member(&team, "bob", Role::Viewer).await;
        let broad = issue(world, &bob, named("broad")).await;
        let here = issue(world, &bob, only(&team)).await;
        let elsewhere = issue(world, &bob, only(&other)).await;
        issue(world, &eve, named("strange")).await;
        let seen = world.portal.workspace_tokens(&alice, &team).await.unwrap();
        assert_eq!(seen, [here.view.clone(), broad.view.clone()]);
        assert_eq!(code(world.portal.workspace_tokens(&bob, &team).await), "forbidden");
        assert_eq!(code(world.portal.workspace_tokens(&eve, &team).await), "not_found");
        let read_only = as_token(world, &alice, NewToken { read_only: true, ..named("ro") }).await;
        assert_eq!(code(world.portal.revoke_token(&read_only, &here.view.id).await), "forbidden");
        for id in [&here.view.id, &broad.view.id] {
            assert_eq!(code(world.portal.revoke_token(&eve, id).await), "not_found");
            world.portal.revoke_token(&alice, id).await.unwrap();
        }
        assert_eq!(world.last(Some(&team)).await, "alice token.revoke succeeded broad");
        assert_eq!(code(world.portal.revoke_token(&alice, &elsewhere.view.id).await), "not_found");
        with(world, &elsewhere.token).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn staff_see_and_end_any_token() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let team = world.workspace("devops-team", "alice").await;
        let issued = issue(world, &alice, named("ci")).await;
        assert_eq!(world.portal.workspace_tokens(&root, &team).await.unwrap().len(), 1);
        world.portal.revoke_token(&root, &issued.view.id).await.unwrap();
        assert_eq!(world.last(None).await, "root token.revoke succeeded ci");
    })
    .await;
}

#[tokio::test]
async fn only_the_command_line_makes_tokens_for_others() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let id = alice.user_id().unwrap();
        assert_eq!(code(world.portal.issue_token_for(&root, id, named("x")).await), "not_found");
        assert_eq!(code(world.portal.issue_token(&Ctx::cli(), named("x")).await), "unauthenticated");
        let issued = world.portal.issue_token_for(&Ctx::cli(), id, named("x")).await.unwrap();
        assert_eq!(with(world, &issued.token).await.unwrap().user_id(), Some(id));
        assert_eq!(world.last(None).await, "system:cli token.issue succeeded x");
    })
    .await;
}
