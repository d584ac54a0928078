//! Containers: what they take, and what is run in them.
use crate::scene::everywhere;
use model::{Error, State};
use portal::SpecInput;
use serde_json::json;

#[tokio::test]
async fn a_container_takes_its_processors_and_memory_and_gives_them_back() {
    everywhere((4, 1, 100), async |scene| {
        let spec = json!({"name": "worker", "image": "nginx:latest", "vcpus": 3, "ram_mib": 512});
        let container = scene.made("zun_container", spec).await;
        assert_eq!(scene.used().await, (3, 512, 0));
        let more = json!({"name": "second", "image": "nginx:latest", "vcpus": 2, "ram_mib": 64});
        let refused = scene.provision("zun_container", more).await.unwrap_err();
        assert!(matches!(refused, Error::QuotaExceeded { left, .. } if left.vcpus == 1), "{refused:?}");
        // One that runs is stopped, and goes.
        scene.remove(&container).await.unwrap();
        scene.until(&container.id, State::Gone).await;
        assert_eq!(scene.used().await, (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_command_is_run_once_under_a_key() {
    everywhere((4, 8, 100), async |scene| {
        let container = scene.made("zun_container", json!({"name": "worker", "image": "nginx:latest"})).await;
        let (portal, id) = (&scene.world.portal, container.id.as_str());
        let run = async || {
            let fields = json!({"command": "date"}).as_object().unwrap().clone();
            let input = SpecInput::Json(fields);
            let key = Some("key-1");
            portal.act(&scene.operator, &scene.place, "zun_container", id, "execute", input, key).await.unwrap()
        };
        let (first, second) = (run().await, run().await);
        assert!(first.output.is_some());
        assert_eq!(second.output, None, "what it said was told once, and is kept nowhere");
        assert_eq!(scene.posts("/execute").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_audit_learns_which_program_was_run_and_nothing_of_what_was_said_to_it() {
    everywhere((4, 8, 100), async |scene| {
        let container = scene.made("zun_container", json!({"name": "worker", "image": "nginx:latest"})).await;
        scene.act(&container, "execute", json!({"command": "mysql --password=s3cret -e x"})).await.unwrap();
        let query = portal::AuditQuery { action: Some("zun_container.execute".to_owned()), ..Default::default() };
        let events = scene.world.portal.audit(&scene.operator, &scene.place.workspace, &query).await.unwrap().items;
        assert_eq!(events.len(), 2, "{events:?}");
        for event in &events {
            assert_eq!(event.detail, json!({"program": "mysql", "arguments": 3}));
        }
        assert!(!format!("{events:?}").contains("s3cret"));
    })
    .await;
}
