//! The reconciler: whose turn it is, and what it does when something does not go on.
use crate::{
    scene::{Scene, everywhere},
    world::SECOND,
};
use model::{
    Environment, Place, State,
    view::{NewBinding, ResourceView},
};
use portal::Ctx;
use serde_json::json;
use simulator::{Effect, Fault};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PLENTY: (i64, i64, i64) = (50, 200, 2000);

/// Answers of a region take longer than any test.
fn dead(region: &str) -> Fault {
    let effect = Effect::Latency { millis: 25_000 };
    Fault { region: Some(region.to_owned()), service: Some("block-storage".to_owned()), effect, ..Fault::default() }
}

/// Waits, in real time, until a count in the database is that.
async fn count_becomes(scene: &Scene<'_>, sql: &str, wanted: i64) {
    for _ in 0..1000 {
        if scene.world.count(sql).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never {wanted}: {sql}");
}

/// So many deletions of volumes in staging that have been due for longer than anything else.
async fn overdue(scene: &Scene<'_>, count: u64) {
    let first = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    let rows =
        "INSERT INTO resources (id, binding_id, workspace_id, environment, kind, name, external_id, wanted, state,
            standing, spec, facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb, counted,
            created_by_name, request_id, created_at, updated_at, due_at)
        SELECT 'row-' || n.i, b.id, b.workspace_id, b.environment, 'volume', 'data', 'volume-' || n.i, 'absent',
            'deleting', '{\"is\":\"deleting\",\"id\":\"volume-' || n.i || '\",\"last_error\":null}', '{}', '{}',
            '[]', '{}', 0, 0, 0, 0, 'system', 'req', 0, 0, n.i FROM bindings b, n WHERE b.environment = 'staging'";
    assert_eq!(scene.world.sql(format!("{first} {rows}")).await, count);
}

#[tokio::test]
async fn thousands_of_rows_of_a_dead_region_hold_up_nobody_else() {
    everywhere(PLENTY, async |scene| {
        let far = scene.bind(Environment::Dev, "RegionTwo", PLENTY).await;
        let volume = scene.provision_at(&far, "volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        // All of these have waited longer than the volume.
        overdue(&scene, 1500).await;
        scene.cloud.add(dead("RegionOne"));
        scene.world.clock.advance(5 * SECOND);
        let stop = CancellationToken::new();
        let portal = scene.world.portal.clone();
        let run = tokio::spawn(async move { portal.run(stop).await });
        let active = format!("SELECT count(*) AS n FROM resources WHERE id = '{}' AND state = 'active'", volume.id);
        count_becomes(&scene, &active, 1).await;
        assert_eq!(scene.world.count("SELECT count(*) AS n FROM resources WHERE state = 'gone'").await, 0);
        run.abort();
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_due_rows_of_one_workspace_do_not_delay_another_s_first() {
    everywhere(PLENTY, async |scene| {
        let payments = scene.world.workspace("payments", "olga").await;
        let binding = NewBinding {
            workspace_id: payments.to_string(),
            environment: "dev".to_owned(),
            openstack_project: "payments-dev".to_owned(),
            openstack_region: "RegionOne".to_owned(),
            quota_storage_gb: 100,
            ..NewBinding::default()
        };
        scene.world.portal.create_binding(&Ctx::cli(), &binding).await.unwrap();
        let place = Place { workspace: payments, environment: Environment::Dev };
        let volume = scene.provision_at(&place, "volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        overdue(&scene, 10_000).await;
        scene.pass(5).await;
        let state = format!("SELECT count(*) AS n FROM resources WHERE id = '{}' AND state = 'active'", volume.id);
        assert_eq!(scene.world.count(&state).await, 1, "in the first round");
        let gone = scene.world.count("SELECT count(*) AS n FROM resources WHERE state = 'gone'").await;
        assert!((1..=200).contains(&gone), "a share of the others: {gone}");
    })
    .await;
}

#[tokio::test]
async fn more_dead_bindings_than_a_service_has_turns_hold_up_no_other_service() {
    everywhere(PLENTY, async |scene| {
        let server = scene.server("web").await.unwrap().view;
        // Forty bindings of a region whose volumes do not answer, each with enough to do for all of its turns.
        let bindings = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
            INSERT INTO bindings (id, workspace_id, environment, cloud, project_id, project_name, project_domain, region,
                quota_vcpus, quota_ram_mib, quota_storage_gb, created_at, retired_at)
            SELECT 'binding-' || n.i, b.workspace_id, 'prod', b.cloud, b.project_id, b.project_name, b.project_domain,
                b.region, 0, 0, 0, 0, 1 FROM bindings b, n WHERE b.environment = 'staging'";
        assert_eq!(scene.world.sql(bindings.to_owned()).await, 40);
        let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
            INSERT INTO resources (id, binding_id, workspace_id, environment, kind, name, external_id, wanted, state,
                standing, spec, facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb, counted,
                created_by_name, request_id, created_at, updated_at, due_at)
            SELECT b.id || '-' || n.i, b.id, b.workspace_id, b.environment, 'volume', 'data', b.id || n.i, 'absent',
                'deleting', '{\"is\":\"deleting\",\"id\":\"' || b.id || n.i || '\",\"last_error\":null}', '{}',
                '{}', '[]', '{}', 0, 0, 0, 0, 'system', 'req', 0, 0, n.i FROM bindings b, n WHERE b.quota_vcpus = 0";
        assert_eq!(scene.world.sql(rows.to_owned()).await, 320);
        scene.cloud.add(dead("RegionOne"));
        scene.world.clock.advance(5 * SECOND);
        let portal = scene.world.portal.clone();
        let run = tokio::spawn(async move { portal.run(CancellationToken::new()).await });
        let active = format!("SELECT count(*) AS n FROM resources WHERE id = '{}' AND state = 'active'", server.id);
        count_becomes(&scene, &active, 1).await;
        assert_eq!(scene.world.count("SELECT count(*) AS n FROM resources WHERE state = 'gone'").await, 0);
        run.abort();
    })
    .await;
}

#[tokio::test]
async fn what_is_under_way_when_the_reconciler_stops_is_finished() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        scene.cloud.add(Fault { effect: Effect::Latency { millis: 1500 }, ..dead("RegionOne") });
        scene.world.clock.advance(5 * SECOND);
        let stop = CancellationToken::new();
        let run = tokio::spawn({
            let (portal, stop) = (scene.world.portal.clone(), stop.clone());
            async move { portal.run(stop).await }
        });
        count_becomes(&scene, "SELECT count(*) AS n FROM resources WHERE lease_until IS NOT NULL", 1).await;
        stop.cancel();
        run.await.unwrap();
        assert_eq!(scene.view(&volume.id).await.status, State::Active);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_tried_again_later_and_later() {
    everywhere(PLENTY, async |scene| {
        let volume = scene.provision("volume", json!({"name": "a", "size_gb": 1})).await.unwrap().view;
        scene.world.sql(format!("UPDATE resources SET spec = 'no JSON', tries = 0 WHERE id = '{}'", volume.id)).await;
        let mut tried = 0;
        for _ in 0..60 {
            scene.world.clock.advance(SECOND);
            tried += scene.world.portal.reconcile_once(&Ctx::cli()).await.unwrap();
        }
        assert_eq!(tried, 5, "after 2, 4, 8, 16 and 32 seconds");
        scene.world.sql(format!("UPDATE resources SET spec = '{{}}' WHERE id = '{}'", volume.id)).await;
        scene.until(&volume.id, State::Active).await;
    })
    .await;
}

/// How often a service was asked to read: lists of a collection, single things of it.
fn reads(scene: &Scene<'_>, collection: &str) -> (usize, usize) {
    let (list, one) = (format!("/{collection}/detail"), format!("/{collection}/"));
    let requests = scene.cloud.requests();
    let reads = requests.iter().filter(|request| request.method == "GET" && request.path.contains(&one));
    let (lists, ones): (Vec<_>, Vec<_>) = reads.partition(|request| request.path.ends_with(&list));
    (lists.len(), ones.len())
}

async fn volumes(scene: &Scene<'_>, count: usize) -> Vec<ResourceView> {
    let mut volumes = Vec::new();
    for number in 0..count {
        let spec = json!({"name": format!("volume-{number}"), "size_gb": 1});
        volumes.push(scene.provision("volume", spec).await.unwrap().view);
    }
    for volume in &mut volumes {
        *volume = scene.until(&volume.id, State::Active).await;
    }
    volumes
}

#[tokio::test]
async fn ten_servers_that_are_due_are_read_by_one_list() {
    everywhere(PLENTY, async |scene| {
        let mut servers = Vec::new();
        for number in 0..10 {
            servers.push(scene.server(&format!("web-{number}")).await.unwrap().view);
        }
        for server in &servers {
            scene.until(&server.id, State::Active).await;
        }
        scene.pass(300).await;
        scene.cloud.forget_requests();
        scene.pass(300).await;
        assert_eq!(reads(&scene, "servers"), (1, 0));
        assert_eq!(scene.view(&servers[9].id).await.metadata["power"], "active");
    })
    .await;
}

#[tokio::test]
async fn what_a_list_lacks_is_looked_at_by_itself() {
    everywhere(PLENTY, async |scene| {
        let volumes = volumes(&scene, 5).await;
        scene.pass(300).await;
        scene.lose_outside("volume", volumes[2].resource_id.as_ref().unwrap().as_str()).await;
        scene.cloud.forget_requests();
        scene.pass(300).await;
        assert_eq!(reads(&scene, "volumes"), (1, 1));
        let mut states = Vec::new();
        for volume in &volumes {
            states.push(scene.view(&volume.id).await.status);
        }
        assert_eq!(states, [State::Active, State::Active, State::Vanished, State::Active, State::Active]);
    })
    .await;
}

#[tokio::test]
async fn where_the_list_fails_a_few_are_looked_at_each_time() {
    everywhere(PLENTY, async |scene| {
        volumes(&scene, 5).await;
        scene.pass(300).await;
        let requests = scene.cloud.requests();
        let list = requests.into_iter().find(|request| request.path.ends_with("/volumes/detail")).unwrap().path;
        scene.cloud.add(Fault { path: Some(list), ..Fault::default() });
        scene.cloud.forget_requests();
        scene.pass(300).await;
        assert_eq!(reads(&scene, "volumes").1, 3);
        scene.pass(0).await;
        assert_eq!(reads(&scene, "volumes").1, 5);
    })
    .await;
}

#[tokio::test]
async fn an_action_goes_out_though_a_list_was_read_for_the_row() {
    everywhere(PLENTY, async |scene| {
        let mut servers = Vec::new();
        for number in 0..4 {
            servers.push(scene.server(&format!("web-{number}")).await.unwrap().view);
        }
        for server in &servers {
            scene.until(&server.id, State::Active).await;
        }
        let stop = "INSERT INTO operations (id, resource_id, action, fields, standing, created_by_name, request_id,
                created_at, updated_at) VALUES ('op', 'ROW', 'stop', '{\"fields\":{},\"facts\":{}}', 'pending', 'olga', 'req', 0, 0)";
        scene.world.sql(stop.replace("ROW", servers[0].id.as_str())).await;
        scene.pass(300).await;
        assert_eq!(scene.posts("/action").len(), 1);
        assert_eq!(scene.view(&servers[0].id).await.metadata["power"], "shutoff");
        assert_eq!(scene.view(&servers[1].id).await.metadata["power"], "active");
    })
    .await;
}
