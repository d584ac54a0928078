//! What is the whole cloud's: who reaches it, what stands in the audit, and what is said when an answer was lost.
use crate::scene::{Scene, everywhere};
use model::{AuditEvent, AuditOutcome, Error, view::CloudItem};
use portal::{AuditQuery, Ctx, SpecInput};
use serde_json::{Value, json};
use simulator::{Effect, Fault};

const QUOTA: (i64, i64, i64) = (10, 20, 100);
const REGION: &str = "RegionOne";

fn spec(value: Value) -> SpecInput {
    SpecInput::Json(value.as_object().unwrap().clone())
}

async fn node(scene: &Scene<'_>, staff: &Ctx, name: &str) -> CloudItem {
    let asked = json!({"name": name, "driver": "ipmi", "management_address": "10.0.0.7",
        "management_user": "root", "management_password": "very-secret"});
    // The simulated hardware has one driver.
    let refused = scene.world.portal.create_whole(staff, REGION, "ironic_node", spec(asked)).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    let asked = spec(json!({"name": name, "driver": "fake-hardware", "vcpus": 8}));
    scene.world.portal.create_whole(staff, REGION, "ironic_node", asked).await.unwrap()
}

async fn told(scene: &Scene<'_>) -> Vec<AuditEvent> {
    let query = AuditQuery { action: Some("ironic_node".to_owned()), ..AuditQuery::default() };
    let mut events = scene.world.portal.platform_audit(&Ctx::cli(), &query).await.unwrap().items;
    events.reverse();
    events
}

#[tokio::test]
async fn intent_and_outcome_of_each_change_stand_in_the_platforms_audit_and_no_password_does() {
    everywhere(QUOTA, async |scene| {
        let staff = scene.world.staff("boss").await;
        let made = node(&scene, &staff, "metal-01").await;
        let portal = &scene.world.portal;
        let manage = || spec(json!({"target": "manage"}));
        let which = ("ironic_node", made.id.as_str());
        portal.act_whole(&staff, REGION, which, "set_provision_state", manage()).await.unwrap();
        portal.delete_whole(&staff, REGION, "ironic_node", made.id.as_str()).await.unwrap();
        let events = told(&scene).await;
        let said: Vec<_> = events.iter().map(|event| (event.action.as_str(), event.outcome)).collect();
        let (create, act) = ("ironic_node.create", "ironic_node.set_provision_state");
        let (asked, done, failed) = (AuditOutcome::Attempted, AuditOutcome::Succeeded, AuditOutcome::Failed);
        assert_eq!(
            said,
            [
                (create, asked),
                (create, failed),
                (create, asked),
                (create, done),
                (act, asked),
                (act, done),
                ("ironic_node.delete", asked),
                ("ironic_node.delete", done),
            ]
        );
        assert!(events.iter().all(|event| event.actor == "boss" && event.detail["region"] == REGION));
        assert_eq!(events[0].detail["fields"]["management_user"], "root");
        assert!(!format!("{events:?}").contains("very-secret"));
        assert_eq!(events[3].target_id, made.id.as_str());
        assert_eq!(portal.verify_audit().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn after_a_lost_answer_it_is_said_so_and_nothing_is_asked_twice() {
    everywhere(QUOTA, async |scene| {
        let staff = scene.world.staff("boss").await;
        let portal = &scene.world.portal;
        let lost = |method: &str| Fault {
            service: Some("baremetal".to_owned()),
            method: Some(method.to_owned()),
            count: Some(1),
            effect: Effect::LostAnswer,
            ..Fault::default()
        };
        scene.cloud.add(lost("POST"));
        let asked = spec(json!({"name": "metal-02", "driver": "fake-hardware"}));
        let answer = portal.create_whole(&staff, REGION, "ironic_node", asked).await;
        assert!(matches!(answer, Err(Error::InDoubt { .. })), "{answer:?}");
        let list = portal.whole_list(&staff, REGION, "ironic_node").await.unwrap();
        assert_eq!(list.items.len(), 1, "it was done all the same, and once");
        scene.cloud.add(lost("PUT"));
        let which = ("ironic_node", list.items[0].id.as_str());
        let on = spec(json!({"target": "power on"}));
        let answer = portal.act_whole(&staff, REGION, which, "set_power_state", on).await;
        assert!(matches!(answer, Err(Error::InDoubt { .. })), "{answer:?}");
        let puts = scene.cloud.requests().iter().filter(|one| one.method == "PUT").count();
        assert_eq!(puts, 1);
        let last = told(&scene).await.pop().unwrap();
        assert_eq!(last.outcome, AuditOutcome::Failed);
        assert!(last.detail["fault"].as_str().unwrap().contains("did not say whether this was done"), "{last:?}");
    })
    .await;
}

#[tokio::test]
async fn to_everybody_else_there_is_none_of_it_and_nothing_is_asked_of_the_cloud() {
    everywhere(QUOTA, async |scene| {
        let portal = &scene.world.portal;
        let owner = scene.operator.clone();
        let before = scene.cloud.requests().len();
        let asked = || spec(json!({"name": "metal-03", "driver": "fake-hardware"}));
        let which = ("ironic_node", "any");
        let power = portal.act_whole(&owner, REGION, which, "set_power_state", spec(json!({"target": "power on"})));
        let answers = [
            portal.whole_cloud(&owner).await.err(),
            portal.whole_list(&owner, REGION, "ironic_node").await.err(),
            portal.whole_form(&owner, REGION, "ironic_node").await.err(),
            portal.whole_item(&owner, REGION, "ironic_node", "any").await.err(),
            portal.create_whole(&owner, REGION, "ironic_node", asked()).await.err(),
            power.await.err(),
            portal.delete_whole(&owner, REGION, "ironic_node", "any").await.err(),
            portal.list(&owner, &scene.place, "ironic_node").await.err(),
        ];
        assert!(answers.iter().all(|one| matches!(one, Some(Error::NotFound { .. }))), "{answers:?}");
        assert_eq!(scene.cloud.requests().len(), before);
        // A kind of places is none of the whole cloud's either.
        let staff = scene.world.staff("boss").await;
        let answer = portal.whole_list(&staff, REGION, "vm").await;
        assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    })
    .await;
}
