//! Rows of browser sessions.
use crate::world::{DAY, everywhere};

#[tokio::test]
async fn a_session_is_stored_under_the_hash_of_its_id() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let (user, until) = (alice.user_id().unwrap(), world.clock.now() + DAY);
        assert!(world.portal.session_create("id-of-the-session", user, "{\"a\":1}", until).await.unwrap());
        assert_eq!(world.portal.session_load("id-of-the-session").await.unwrap().as_deref(), Some("{\"a\":1}"));
        let rows = world.rows("SELECT id_hash FROM sessions".to_owned()).await;
        let stored = rows.first().unwrap().text("id_hash").unwrap();
        assert_eq!(stored.len(), 64);
        assert_eq!(world.portal.session_load(&stored).await.unwrap(), None, "the hash itself opens nothing");
    })
    .await;
}

#[tokio::test]
async fn an_id_is_taken_once() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let until = world.clock.now() + DAY;
        assert!(world.portal.session_create("s", alice.user_id().unwrap(), "a", until).await.unwrap());
        assert!(!world.portal.session_create("s", bob.user_id().unwrap(), "b", until).await.unwrap());
        world.portal.session_save("s", bob.user_id().unwrap(), "b", until).await.unwrap();
        assert_eq!(world.portal.session_load("s").await.unwrap().as_deref(), Some("a"));
    })
    .await;
}

#[tokio::test]
async fn a_rotated_session_lives_on_under_the_new_id_only() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let (user, until) = (alice.user_id().unwrap(), world.clock.now() + DAY);
        assert!(world.portal.session_create("old", user, "data", until).await.unwrap());
        world.portal.session_delete("old").await.unwrap();
        assert!(world.portal.session_create("new", user, "data", until).await.unwrap());
        world.portal.session_save("old", user, "late", until).await.unwrap();
        assert_eq!(world.portal.session_load("old").await.unwrap(), None, "a late save does not bring it back");
        assert_eq!(world.portal.session_load("new").await.unwrap().as_deref(), Some("data"));
    })
    .await;
}

#[tokio::test]
async fn an_expired_session_is_not_loaded_and_later_removed() {
    everywhere(async |world| {
        let alice = world.user("alice").await;
        let user = alice.user_id().unwrap();
        let now = world.clock.now();
        assert!(world.portal.session_create("short", user, "x", now + 10).await.unwrap());
        assert!(world.portal.session_create("long", user, "x", now + 10).await.unwrap());
        world.portal.session_save("long", user, "y", now + DAY).await.unwrap();
        world.clock.advance(10);
        assert_eq!(world.portal.session_load("short").await.unwrap(), None);
        assert_eq!(world.portal.session_load("long").await.unwrap().as_deref(), Some("y"));
        world.portal.sessions_delete_expired().await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) AS n FROM sessions").await, 1);
    })
    .await;
}

#[tokio::test]
async fn all_sessions_of_a_user_end_together() {
    everywhere(async |world| {
        let (alice, bob) = (world.user("alice").await, world.user("bob").await);
        let until = world.clock.now() + DAY;
        for (id, user) in [("a1", &alice), ("a2", &alice), ("b", &bob)] {
            assert!(world.portal.session_create(id, user.user_id().unwrap(), "x", until).await.unwrap());
        }
        world.portal.sessions_delete_user(alice.user_id().unwrap()).await.unwrap();
        assert_eq!(world.portal.session_load("a1").await.unwrap(), None);
        assert_eq!(world.portal.session_load("a2").await.unwrap(), None);
        assert!(world.portal.session_load("b").await.unwrap().is_some());
    })
    .await;
}
