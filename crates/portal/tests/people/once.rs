//! A request under an idempotency key, and servers that die while they carry it out.
use crate::world::{World, code, everywhere};
use model::Error;
use portal::{Begun, Ctx, Given};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

fn given() -> Given {
    Given { status: 201, headers: Vec::new(), body: "made".to_owned() }
}

async fn begin(world: &World, ctx: &Ctx) -> model::Result<Begun> {
    world.portal.begin_once(ctx, "the-key", "POST /workspaces {}").await
}

/// Begins as the first one.
async fn first(world: &World, ctx: &Ctx) -> Ctx {
    match begin(world, ctx).await.unwrap() {
        Begun::First(ctx) => ctx,
        Begun::Again(given) => panic!("this was answered before: {given:?}"),
    }
}

#[tokio::test]
async fn what_was_done_is_answered_alike_for_a_day_and_then_done_anew() {
    everywhere(async |world| {
        let staff = world.staff("stella").await;
        let ctx = first(world, &staff).await;
        world.portal.create_workspace(&ctx, "team", "Team", "stella").await.unwrap();
        world.portal.end_once(&ctx, Some(&given())).await.unwrap();
        world.clock.advance(24 * HOUR - SECOND);
        assert!(matches!(begin(world, &staff).await, Ok(Begun::Again(again)) if again == given()));
        let other = world.portal.begin_once(&staff, "the-key", "POST /workspaces {\"other\": 1}").await;
        assert!(matches!(other, Err(Error::KeyReused)));
        world.clock.advance(SECOND);
        first(world, &staff).await;
    })
    .await;
}

#[tokio::test]
async fn a_key_under_which_nothing_was_done_is_free_again() {
    everywhere(async |world| {
        let staff = world.staff("stella").await;
        let ctx = first(world, &staff).await;
        assert!(world.portal.create_workspace(&ctx, "No Slug", "Team", "stella").await.is_err());
        world.portal.end_once(&ctx, Some(&given())).await.unwrap();
        first(world, &staff).await;
    })
    .await;
}

#[tokio::test]
async fn who_took_over_from_a_server_that_hung_does_it_and_that_server_no_longer_can() {
    everywhere(async |world| {
        let staff = world.staff("stella").await;
        let hung = first(world, &staff).await;
        world.clock.advance(150 * SECOND);
        let next = first(world, &staff).await;
        let late = world.portal.create_workspace(&hung, "team", "Team", "stella").await;
        assert_eq!(code(late), "conflict");
        world.portal.create_workspace(&next, "team", "Team", "stella").await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM workspaces").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_server_did_before_it_died_is_not_done_again() {
    everywhere(async |world| {
        let staff = world.staff("stella").await;
        let ctx = first(world, &staff).await;
        world.portal.create_workspace(&ctx, "team", "Team", "stella").await.unwrap();
        world.clock.advance(150 * SECOND);
        assert!(matches!(begin(world, &staff).await, Err(Error::AlreadyDelivered)));
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_once_is_not_kept() {
    everywhere(async |world| {
        let staff = world.staff("stella").await;
        let ctx = first(world, &staff).await;
        world.portal.create_user(&ctx, "ursula", None, false).await.unwrap();
        world.portal.end_once(&ctx, None).await.unwrap();
        assert!(matches!(begin(world, &staff).await, Err(Error::AlreadyDelivered)));
    })
    .await;
}
