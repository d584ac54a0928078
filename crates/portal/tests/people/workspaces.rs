//! Workspaces: who sees them, and how they begin and end.
use crate::world::{code, everywhere, field};
use model::{Environment, Role, view::NewToken};
use portal::Ctx;

#[tokio::test]
async fn a_workspace_begins_with_its_owner() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let made = world.portal.create_workspace(&root, "devops-team", " DevOps ", "Alice").await.unwrap();
        assert_eq!((made.display_name.as_str(), made.archived), ("DevOps", false));
        assert_eq!(
            (made.members[0].user.clone(), made.members[0].role),
            (alice.user_id().unwrap().clone(), Role::Owner)
        );
        let team = made.workspace_id.clone();
        assert_eq!(world.last(Some(&team)).await, "root workspace.create succeeded devops-team");
        assert_eq!(world.last(None).await, "root workspace.create succeeded devops-team");
        assert_eq!(world.portal.workspace_detail(&alice, &team).await.unwrap(), made);
        assert_eq!(world.portal.all_workspaces(&root).await.unwrap(), [made]);
    })
    .await;
}

#[tokio::test]
async fn a_slug_is_never_used_twice_not_even_after_its_workspace_was_archived() {
    everywhere(async |world| {
        world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        let again = async |slug: &str, name: &str, owner: &str| {
            field(world.portal.create_workspace(&Ctx::cli(), slug, name, owner).await)
        };
        assert_eq!(again("devops-team", "x", "alice").await, "workspace_id");
        world.portal.archive_workspace(&Ctx::cli(), &team).await.unwrap();
        assert_eq!(again("devops-team", "x", "alice").await, "workspace_id");
        assert_eq!(again("platform", "x", "alice").await, "workspace_id");
        assert_eq!(again("Not A Slug", "x", "alice").await, "workspace_id");
        assert_eq!(again("payments", " ", "alice").await, "display_name");
        assert_eq!(again("payments", "x", "nobody").await, "owner");
    })
    .await;
}

#[tokio::test]
async fn only_staff_manage_workspaces() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        assert_eq!(code(world.portal.all_workspaces(&alice).await), "not_found");
        assert_eq!(code(world.portal.create_workspace(&alice, "x", "x", "alice").await), "not_found");
        assert_eq!(code(world.portal.rename_workspace(&alice, &team, "x").await), "not_found");
        assert_eq!(code(world.portal.archive_workspace(&alice, &team).await), "not_found");
        assert!(!world.portal.workspace_detail(&alice, &team).await.unwrap().archived);
    })
    .await;
}

#[tokio::test]
async fn a_workspace_is_seen_by_members_and_staff_and_unknown_to_strangers() {
    everywhere(async |world| {
        let (root, alice) = (world.staff("root").await, world.user("alice").await);
        let eve = world.user("eve").await;
        let team = world.workspace("devops-team", "alice").await;
        for ctx in [&root, &alice] {
            assert_eq!(world.portal.workspace_detail(ctx, &team).await.unwrap().workspace_id, team);
        }
        let unknown = model::WorkspaceSlug::new("no-such-team");
        let seen = world.portal.workspace_detail(&eve, &team).await;
        assert_eq!(seen, world.portal.workspace_detail(&eve, &unknown).await);
        assert_eq!(code(seen), "not_found");
    })
    .await;
}

#[tokio::test]
async fn somebody_sees_their_own_workspaces_with_environments_in_order() {
    everywhere(async |world| {
        let root = world.staff("root").await;
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        world.workspace("payments", "root").await;
        for (environment, project) in [("prod", "p3"), ("staging", "p2"), ("dev", "p1")] {
            world.binding(&team, environment, project).await;
        }
        let me = world.portal.me(&alice).await.unwrap();
        assert_eq!((me.username.as_str(), me.staff), ("alice", false));
        let [only] = me.workspaces.as_slice() else { panic!("{me:?}") };
        assert_eq!((&only.workspace_id, only.role), (&team, Role::Owner));
        let order: Vec<_> = only.environments.iter().map(|one| one.environment).collect();
        assert_eq!(order, Environment::ALL);
        assert_eq!(only.environments[0].quota.ram_mib, 81_920);
        let root = world.portal.me(&root).await.unwrap();
        assert!(root.staff);
        assert_eq!(root.workspaces.len(), 1, "staff are offered only what they are members of");
        assert_eq!(code(world.portal.me(&Ctx::cli()).await), "unauthenticated");
    })
    .await;
}

#[tokio::test]
async fn a_token_for_one_environment_shows_no_other() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        world.binding(&team, "dev", "p1").await;
        world.binding(&team, "prod", "p2").await;
        let environments = vec!["dev".to_owned()];
        let new = NewToken { name: "dev".to_owned(), environments, ..NewToken::default() };
        let token = world.portal.issue_token(&alice, new).await.unwrap().token;
        let ctx = world.portal.ctx_for_token(&token, Ctx::new_request_id()).await.unwrap();
        assert_eq!(world.portal.workspaces(&ctx).await.unwrap()[0].environments.len(), 1);
        assert_eq!(world.portal.workspace_detail(&ctx, &team).await.unwrap().bindings.len(), 1);
        assert_eq!(world.portal.workspace_detail(&alice, &team).await.unwrap().bindings.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_workspace_is_renamed_and_keeps_its_slug() {
    everywhere(async |world| {
        world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        let renamed = world.portal.rename_workspace(&Ctx::cli(), &team, "Équipe <DevOps>").await.unwrap();
        assert_eq!((renamed.workspace_id, renamed.display_name.as_str()), (team.clone(), "Équipe <DevOps>"));
        assert_eq!(world.last(Some(&team)).await, "system:cli workspace.rename succeeded devops-team");
        assert_eq!(field(world.portal.rename_workspace(&Ctx::cli(), &team, "a\nb").await), "display_name");
        let unknown = model::WorkspaceSlug::new("unknown");
        assert_eq!(code(world.portal.rename_workspace(&Ctx::cli(), &unknown, "x").await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn a_workspace_is_archived_only_when_nothing_kept_is_left() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let team = world.workspace("devops-team", "alice").await;
        let binding = world.binding(&team, "dev", "p1").await;
        for state in ["active", "failed", "gone"] {
            world.resource(&binding, state).await;
        }
        let refused = world.portal.archive_workspace(&Ctx::cli(), &team).await.unwrap_err();
        assert_eq!(refused.to_string(), "2 resources are left in devops-team. Delete what is left first.");
        assert!(!world.portal.workspace_detail(&alice, &team).await.unwrap().bindings[0].retired);

        let new = NewToken { name: "t".to_owned(), workspace: Some(team.to_string()), ..NewToken::default() };
        let token = world.portal.issue_token(&alice, new).await.unwrap().token;
        world.sql("UPDATE resources SET state = 'gone'".to_owned()).await;
        world.portal.archive_workspace(&Ctx::cli(), &team).await.unwrap();
        assert_eq!(world.last(Some(&team)).await, "system:cli workspace.archive succeeded devops-team");
        let detail = world.portal.workspace_detail(&alice, &team).await.unwrap();
        assert!(detail.archived && detail.bindings[0].retired);
        assert!(world.portal.workspaces(&alice).await.unwrap().is_empty());
        assert_eq!(code(world.portal.ctx_for_token(&token, Ctx::new_request_id()).await), "unauthenticated");
        assert_eq!(code(world.portal.archive_workspace(&Ctx::cli(), &team).await), "conflict");
    })
    .await;
}
