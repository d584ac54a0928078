//! Members: who manages them, and that somebody always does.
use crate::world::{World, code, everywhere, field};
use model::{Role, WorkspaceSlug, view::NewToken};
use portal::Ctx;

async fn roles(world: &World, team: &WorkspaceSlug) -> Vec<(String, Role)> {
    let detail = world.portal.workspace_detail(&Ctx::cli(), team).await.unwrap();
    detail.members.into_iter().map(|member| (member.username, member.role)).collect()
}

#[tokio::test]
async fn an_owner_adds_changes_and_removes_members() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let team = world.workspace("devops-team", "alice").await;
        let bob = bob.user_id().unwrap();
        world.portal.add_member(&alice, &team, " Bob ", Role::Viewer).await.unwrap();
        assert_eq!(world.last(Some(&team)).await, "alice member.add succeeded bob");
        assert_eq!(field(world.portal.add_member(&alice, &team, "bob", Role::Owner).await), "username");
        assert_eq!(field(world.portal.add_member(&alice, &team, "nobody", Role::Viewer).await), "username");
        world.portal.set_member_role(&alice, &team, bob, Role::Operator).await.unwrap();
        assert_eq!(world.last(Some(&team)).await, "alice member.role succeeded bob");
        assert_eq!(roles(world, &team).await[1], ("bob".to_owned(), Role::Operator));
        world.portal.remove_member(&alice, &team, bob).await.unwrap();
        assert_eq!(world.last(Some(&team)).await, "alice member.remove succeeded bob");
        assert_eq!(code(world.portal.remove_member(&alice, &team, bob).await), "not_found");
        assert_eq!(code(world.portal.set_member_role(&alice, &team, bob, Role::Viewer).await), "not_found");
        assert_eq!(roles(world, &team).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn staff_manage_members_of_every_workspace_without_being_one() {
    everywhere(async |world| {
        let root = world.staff("root").await;
        world.user("alice").await;
        let bob = world.user("bob").await;
        let team = world.workspace("devops-team", "alice").await;
        world.portal.add_member(&root, &team, "bob", Role::Owner).await.unwrap();
        world.portal.remove_member(&root, &team, bob.user_id().unwrap()).await.unwrap();
        assert_eq!(world.chain(Some(&team)).await.len(), 3, "nothing was denied on the way");
    })
    .await;
}

#[tokio::test]
async fn an_operator_does_not_manage_members_and_the_attempt_is_audited() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let bob = world.user("bob").await;
        let team = world.workspace("devops-team", "alice").await;
        world.member(&team, "bob", Role::Operator).await;
        let (alice, bob_id) = (alice.user_id().unwrap(), bob.user_id().unwrap());
        assert_eq!(code(world.portal.set_member_role(&bob, &team, bob_id, Role::Owner).await), "forbidden");
        assert_eq!(world.last(Some(&team)).await, "bob access denied ");
        assert_eq!(code(world.portal.remove_member(&bob, &team, alice).await), "forbidden");
        assert_eq!(code(world.portal.add_member(&bob, &team, "alice", Role::Viewer).await), "forbidden");
        assert_eq!(roles(world, &team).await, [("alice".to_owned(), Role::Owner), ("bob".to_owned(), Role::Operator)]);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_learns_nothing_of_a_workspaces_members() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let eve = world.user("eve").await;
        let team = world.workspace("devops-team", "alice").await;
        let unknown = WorkspaceSlug::new("no-such-team");
        for slug in [&team, &unknown] {
            let portal = &world.portal;
            assert_eq!(code(portal.add_member(&eve, slug, "eve", Role::Owner).await), "not_found");
            assert_eq!(code(portal.remove_member(&eve, slug, alice.user_id().unwrap()).await), "not_found");
        }
    })
    .await;
}

#[tokio::test]
async fn a_strangers_refused_write_stands_in_the_platforms_chain_and_never_in_the_workspaces() {
    everywhere(async |world| {
        world.user("alice").await;
        let eve = world.user("eve").await;
        let team = world.workspace("devops-team", "alice").await;
        let before = world.chain(Some(&team)).await;
        for slug in ["devops-team", "no-such-team"] {
            let events = world.chain(None).await.len();
            let slug = WorkspaceSlug::new(slug);
            assert_eq!(code(world.portal.add_member(&eve, &slug, "eve", Role::Owner).await), "not_found");
            assert_eq!(world.last(None).await, format!("eve access denied {slug}"));
            assert_eq!(world.chain(None).await.len(), events + 1, "the same trace for both");
        }
        assert_eq!(world.chain(Some(&team)).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_member_s_token_for_another_workspace_leaves_no_trace_in_this_one() {
    everywhere(async |world| {
        let bob = world.user("bob").await;
        let team = world.workspace("devops-team", "bob").await;
        let other = world.workspace("payments", "bob").await;
        let new = NewToken { name: "ci".to_owned(), workspace: Some(other.to_string()), ..NewToken::default() };
        let token = world.portal.issue_token(&bob, new).await.unwrap().token;
        let elsewhere = world.portal.ctx_for_token(&token, Ctx::new_request_id()).await.unwrap();
        let before = world.chain(Some(&team)).await;
        assert_eq!(code(world.portal.add_member(&elsewhere, &team, "bob", Role::Owner).await), "not_found");
        assert_eq!(world.chain(Some(&team)).await, before);
        assert_eq!(world.last(None).await, "bob access denied devops-team");
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let team = world.workspace("devops-team", "alice").await;
        world.member(&team, "bob", Role::Operator).await;
        let id = alice.user_id().unwrap();
        let removed = world.portal.remove_member(&alice, &team, id).await.unwrap_err();
        assert_eq!(removed.to_string(), "alice is the last owner. Make somebody else one first.");
        assert_eq!(code(world.portal.set_member_role(&alice, &team, id, Role::Viewer).await), "conflict");
        assert_eq!(code(world.portal.remove_member(&Ctx::cli(), &team, id).await), "conflict");
        world.portal.set_member_role(&alice, &team, bob.user_id().unwrap(), Role::Owner).await.unwrap();
        world.portal.remove_member(&alice, &team, id).await.unwrap();
        assert_eq!(code(world.portal.workspace_detail(&alice, &team).await), "not_found");
    })
    .await;
}

#[tokio::test]
async fn of_two_owners_who_are_removed_at_once_one_stays() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        for round in 0..10 {
            let team = world.workspace(&format!("team-{round}"), "alice").await;
            world.member(&team, "bob", Role::Owner).await;
            let (first, second) = tokio::join!(
                world.portal.remove_member(&alice, &team, bob.user_id().unwrap()),
                world.portal.set_member_role(&bob, &team, alice.user_id().unwrap(), Role::Viewer),
            );
            assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
            let owners = roles(world, &team).await.into_iter().filter(|(_, role)| *role == Role::Owner).count();
            assert_eq!(owners, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_removed_members_tokens_for_the_workspace_end_and_others_do_not() {
    everywhere(async |world| {
        world.user("alice").await;
        let bob = world.user("bob").await;
        let team = world.workspace("devops-team", "alice").await;
        let other = world.workspace("payments", "bob").await;
        world.member(&team, "bob", Role::Operator).await;
        let token = async |workspace: Option<&WorkspaceSlug>| {
            let workspace = workspace.map(ToString::to_string);
            let new = NewToken { name: "t".to_owned(), workspace, ..NewToken::default() };
            world.portal.issue_token(&bob, new).await.unwrap().token
        };
        let (here, there, broad) = (token(Some(&team)).await, token(Some(&other)).await, token(None).await);
        let broad_ctx = world.portal.ctx_for_token(&broad, Ctx::new_request_id()).await.unwrap();
        world.portal.remove_member(&Ctx::cli(), &team, bob.user_id().unwrap()).await.unwrap();
        let come = async |token: &str| world.portal.ctx_for_token(token, Ctx::new_request_id()).await;
        assert_eq!(code(come(&here).await), "unauthenticated");
        come(&there).await.unwrap();
        come(&broad).await.unwrap();
        assert_eq!(code(world.portal.workspace_detail(&broad_ctx, &team).await), "not_found", "with the next request");
    })
    .await;
}

#[tokio::test]
async fn members_of_an_archived_workspace_stay_as_they_are() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        world.user("bob").await;
        let team = world.workspace("devops-team", "alice").await;
        world.portal.archive_workspace(&Ctx::cli(), &team).await.unwrap();
        assert_eq!(code(world.portal.add_member(&alice, &team, "bob", Role::Viewer).await), "forbidden");
        assert_eq!(code(world.portal.add_member(&Ctx::cli(), &team, "bob", Role::Viewer).await), "conflict");
    })
    .await;
}
