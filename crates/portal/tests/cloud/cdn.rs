//! The simulated content delivery network: made, asked and removed like what stands in a cloud.
use crate::scene::everywhere;
use model::{Environment, State};
use serde_json::json;

#[tokio::test]
async fn a_distribution_is_on_its_way_first_stands_then_and_says_that_it_is_simulated() {
    everywhere((10, 10, 100), async |scene| {
        let asked = json!({"name": "site", "origin": "www.example.com", "domains": ["static.example.com"]});
        let made = scene.provision("cdn_distribution", asked).await.unwrap().view;
        assert_eq!(made.status, State::Building);
        let made = scene.until(&made.id, State::Active).await;
        assert_eq!(made.metadata["simulated"], true);
        assert!(made.metadata["domain_name"].as_str().unwrap().ends_with(".cdn.invalid"));
        let metrics = async || scene.act(&made, "metrics", json!({})).await.unwrap().output.unwrap();
        let first = metrics().await;
        assert!(first.starts_with("Simulated:") && first.lines().count() == 3 + 24, "{first}");
        assert_eq!(first, metrics().await, "who looks twice sees the same");
        scene.pass(3 * 3600).await;
        assert_ne!(first, metrics().await, "hours go by");
        scene.remove(&made).await.unwrap();
        scene.until(&made.id, State::Gone).await;
        let left = scene.world.rows("SELECT id FROM cdn_distributions".to_owned()).await;
        assert!(left.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_origin_that_not_everybody_can_reach_is_refused_at_its_field() {
    everywhere((10, 10, 100), async |scene| {
        for origin in ["127.0.0.1", "localhost", "169.254.169.254", "https://u:p@h.example/"] {
            let refused = scene.provision("cdn_distribution", json!({"name": "site", "origin": origin})).await;
            assert!(refused.unwrap_err().fields().contains_key("origin"), "{origin}");
        }
        assert!(scene.world.rows("SELECT id FROM cdn_distributions".to_owned()).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_of_another_region_is_not_there() {
    everywhere((10, 10, 100), async |scene| {
        let made = scene.made("cdn_distribution", scene.example("cdn_distribution").await).await;
        let elsewhere = scene.bind(Environment::Dev, "RegionTwo", (1, 1, 1)).await;
        let portal = &scene.world.portal;
        let there = portal.list(&scene.operator, &elsewhere, "cdn_distribution").await.unwrap();
        assert!(there.items.is_empty(), "{there:?}");
        let here = portal.list(&scene.operator, &scene.place, "cdn_distribution").await.unwrap();
        assert_eq!(here.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), [made.resource_name]);
    })
    .await;
}
