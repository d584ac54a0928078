//! Transactions whose callers leave.
use crate::world::everywhere;
use portal::db::Db;
use std::time::Duration;
use tokio::{
    task::{JoinSet, yield_now},
    time::sleep,
};

/// How many statements, on a connection each, find a transaction that was begun a while before.
async fn left_open(db: &Db) -> usize {
    sleep(Duration::from_millis(30)).await;
    let sql = "SELECT CAST(EXTRACT(EPOCH FROM statement_timestamp() - now()) * 1000 AS BIGINT) AS age
        FROM pg_sleep(0.01)";
    let mut statements = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        statements.spawn(async move { db.one(sql, &[]).await.unwrap().unwrap().int("age").unwrap() });
    }
    statements.join_all().await.into_iter().filter(|age| *age >= 20).count()
}

#[tokio::test]
async fn who_leaves_while_one_begins_leaves_none_open() {
    everywhere(async |world| {
        // So that there is a connection to be found.
        drop(world.db.begin().await.unwrap());
        // To begin takes some hundred turns of the runtime; whoever is more patient has begun.
        for turns in (0..600).step_by(7) {
            for _ in 0..4 {
                let patience = async {
                    for _ in 0..turns {
                        yield_now().await;
                    }
                };
                tokio::select! {
                    biased;
                    begun = world.db.begin() => drop(begun.unwrap()),
                    () = patience => {}
                }
            }
            if world.db.is_postgres() {
                assert_eq!(left_open(&world.db).await, 0, "after {turns} turns");
            }
        }
        world.db.begin().await.unwrap().commit().await.unwrap();
    })
    .await;
}
