//! The inventory: what is searched is found alike on every database.
use crate::scene::{Scene, everywhere};
use model::view::InventoryQuery;
use serde_json::json;

async fn found(scene: &Scene<'_>, search: &str) -> Vec<String> {
    let query = InventoryQuery { search: Some(search.to_owned()), sort: Some("name".to_owned()), ..Default::default() };
    let page = scene.world.portal.inventory(&scene.operator, scene.workspace(), None, &query).await.unwrap();
    page.items.into_iter().map(|view| view.resource_name).collect()
}

#[tokio::test]
async fn a_name_is_found_in_upper_and_lower_case_of_every_alphabet() {
    everywhere((0, 0, 100), async |scene| {
        for name in ["Übung", "data_1", "data-1"] {
            scene.provision("volume", json!({"name": name, "size_gb": 1})).await.unwrap();
        }
        for search in ["übung", "ÜBUNG", "Ü", "ü", " üb "] {
            assert_eq!(found(&scene, search).await, ["Übung"], "{search}");
        }
        assert_eq!(found(&scene, "Data_1").await, ["data_1"]);
        assert!(found(&scene, "_").await.is_empty(), "a sign is no word");
        assert_eq!(found(&scene, "1").await, ["data-1", "data_1"]);
        assert!(found(&scene, "bung").await.is_empty(), "a word is found by its beginning");
    })
    .await;
}

#[tokio::test]
async fn rows_from_before_names_were_kept_by_word_are_found_after_the_migration() {
    everywhere((0, 0, 100), async |scene| {
        scene.provision("volume", json!({"name": "Übung", "size_gb": 1})).await.unwrap();
        scene.world.sql("UPDATE resources SET folded = NULL".to_owned()).await;
        scene.world.sql("DELETE FROM resource_words".to_owned()).await;
        assert!(found(&scene, "übung").await.is_empty());
        scene.world.portal.migrate().await.unwrap();
        assert_eq!(found(&scene, "übung").await, ["Übung"]);
    })
    .await;
}

#[tokio::test]
async fn a_floating_ip_is_found_by_the_address_that_it_was_given() {
    everywhere((0, 0, 100), async |scene| {
        let ip = scene.provision("floating_ip", json!({})).await.unwrap().view;
        assert_eq!(found(&scene, &ip.resource_name).await, [ip.resource_name]);
    })
    .await;
}
