//! Lists in pages: whoever hands `next` back as `cursor` sees everything once.
use crate::world::{Person, TEAM, World, everywhere};
use serde_json::{Value, json};

/// Everything that a list shows, page by page.
async fn walked(world: &World, path: &str, field: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let answer = world.get(Person::Operator, &format!("{path}{cursor}")).await;
        assert_eq!(answer.status, 200, "{path}{cursor} {}", answer.text);
        let page = answer.json();
        all.extend(page[field].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", next.replace('~', "%7E").replace(' ', "%20")),
            None => return all,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_resources_and_of_the_audit_add_up_to_the_whole_list() {
    everywhere(async |world| {
        for name in ["web 1", "data~2", "data-3"] {
            let body = json!({"workspace_id": TEAM, "environment_id": "staging", "name": name, "size_gb": 1});
            let answer = world.post(Person::Operator, "/api/services/provision/storage/volume/", body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        }
        for (path, field) in [("provision/resources", "resources"), ("audit", "events")] {
            for more in ["", "&sort=resource_name", "&sort=-status", "&status=all&sort=resource_type", "&search=data"] {
                if field == "events" && !more.is_empty() {
                    continue;
                }
                let path = format!("/api/services/{path}/?workspace_id={TEAM}{more}");
                let whole = walked(world, &format!("{path}&limit=500"), field).await;
                assert!(whole.len() >= 2, "{path} {whole:?}");
                assert_eq!(walked(world, &format!("{path}&limit=1"), field).await, whole, "{path}");
            }
        }
    })
    .await;
}
