//! Security groups and what lies in them: rules have no row, and are made and removed by actions of their group.
use crate::scene::{Scene, everywhere};
use model::{Error, FormValues, State, drift::Class, view::ResourceView};
use serde_json::json;

impl Scene<'_> {
    /// The names of a group's rules, as a script is told them.
    async fn rules(&self, group: &str) -> Vec<String> {
        let portal = &self.world.portal;
        let list = portal.list_in(&self.operator, &self.place, "neutron_security_group_rule", group).await.unwrap();
        assert_eq!(list.trouble, None);
        list.items.into_iter().map(|item| item.name).collect()
    }

    async fn group(&self, name: &str) -> ResourceView {
        self.made("neutron_security_group", json!({ "name": name })).await
    }
}

#[tokio::test]
async fn a_rule_is_added_to_its_group_and_removed_from_it() {
    everywhere((10, 10, 100), async |scene| {
        let group = scene.group("web").await;
        assert_eq!(scene.rules("web").await, ["egress any 0.0.0.0/0", "egress any ::/0"]);
        let rule = json!({"protocol": "tcp", "port_min": 80, "port_max": 443, "remote_cidr": "203.0.113.0/24"});
        assert!(scene.act(&group, "add_rule", rule.clone()).await.unwrap().confirmed);
        let added = "ingress tcp 80–443 203.0.113.0/24".to_owned();
        assert!(scene.rules("web").await.contains(&added), "at once: the list of before is no longer true");
        let again = scene.act(&group, "add_rule", rule).await.unwrap_err();
        assert!(again.to_string().contains("already exists"), "{again}");
        scene.act(&group, "remove_rule", json!({ "rule_id": added })).await.unwrap();
        assert_eq!(scene.rules(group.id.as_str()).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_rule_of_one_group_is_nothing_to_choose_in_another() {
    everywhere((10, 10, 100), async |scene| {
        let (one, other) = (scene.group("one").await, scene.group("other").await);
        scene.act(&one, "add_rule", json!({"port_min": 22})).await.unwrap();
        let offered = async |group: &ResourceView| {
            let (portal, on) = (&scene.world.portal, ("neutron_security_group", group.id.as_str()));
            let none = FormValues::new();
            let found = portal.action_choices(&scene.operator, &scene.place, on, "remove_rule", &none).await.unwrap();
            assert_eq!(found.len(), 1);
            found.into_iter().flat_map(|(_, found)| found.unwrap()).map(|choice| choice.label).collect::<Vec<_>>()
        };
        let rule = "ingress tcp 22 0.0.0.0/0".to_owned();
        assert!(offered(&one).await.contains(&rule) && !offered(&other).await.contains(&rule));
        let refused = scene.act(&other, "remove_rule", json!({ "rule_id": rule })).await.unwrap_err();
        assert!(refused.fields().contains_key("rule_id"), "{refused:?}");
        assert_eq!(scene.rules("one").await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_lies_in_a_thing_is_listed_of_things_of_the_place_only() {
    everywhere((10, 10, 100), async |scene| {
        let (portal, slug) = (&scene.world.portal, "neutron_security_group_rule");
        let group = scene.group("web").await;
        let stranger = scene.world.user("sam").await;
        let id = group.id.as_str();
        let refused = portal.list_in(&stranger, &scene.place, slug, id).await.unwrap_err();
        assert!(matches!(refused, Error::NotFound { .. }), "{refused:?}");
        let elsewhere = portal.list_in(&scene.operator, &scene.place, slug, "none-such").await.unwrap_err();
        assert!(elsewhere.fields().contains_key("parent"), "{elsewhere:?}");
        let nowhere = portal.list(&scene.operator, &scene.place, slug).await.unwrap_err();
        assert!(nowhere.fields().contains_key("parent"), "{nowhere:?}");
        // The project's own group has no row, and is looked into all the same.
        assert!(!scene.rules("default").await.is_empty());
        scene.remove(&group).await.unwrap();
        scene.until(&group.id, State::Gone).await;
        assert_eq!(scene.rules(id).await, Vec::<String>::new(), "nothing lies in what is gone");
    })
    .await;
}

#[tokio::test]
async fn a_rule_that_says_two_things_at_once_is_refused_before_anything_is_sent() {
    everywhere((10, 10, 100), async |scene| {
        let group = scene.group("web").await;
        for (rule, field) in [
            (json!({"protocol": "icmp", "port_min": 22}), "port_min"),
            (json!({"port_max": 22}), "port_min"),
            (json!({"port_min": 443, "port_max": 80}), "port_max"),
            (json!({"remote_cidr": "10.0.0.0/8", "remote_group_id": "web"}), "remote_group_id"),
            (json!({"remote_cidr": "10.0.0.1/8"}), "remote_cidr"),
        ] {
            let refused = scene.act(&group, "add_rule", rule.clone()).await.unwrap_err();
            assert!(refused.fields().contains_key(field), "{rule}: {refused:?}");
        }
        assert!(scene.posts("/security-group-rules").is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_group_that_every_project_has_is_nobodys_drift() {
    everywhere((10, 10, 100), async |scene| {
        scene.make_outside("neutron_security_group", json!({"name": "by-hand"})).await;
        let found = Scene::only(&scene.compare().await, "neutron_security_group");
        assert_eq!((found.class, found.resource_name.as_str()), (Class::CreatedOutside, "by-hand"));
    })
    .await;
}

#[tokio::test]
async fn a_server_is_put_into_the_group_that_is_named() {
    everywhere((10, 10, 100), async |scene| {
        let group = scene.group("web").await;
        let spec = json!({
            "name": "front", "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts", "security_group_id": "web",
        });
        scene.made("vm", spec).await;
        let refused = scene.remove(&group).await.unwrap();
        scene.pass(5).await;
        let fault = scene.view(&refused.id).await.fault.unwrap_or_default();
        assert!(fault.contains("in use"), "{fault}");
    })
    .await;
}

#[tokio::test]
async fn what_lies_in_a_thing_is_read_through_the_binding_that_it_was_made_through() {
    everywhere((10, 10, 100), async |scene| {
        let group = scene.group("web").await;
        scene.retire().await;
        let (portal, place) = (&scene.world.portal, &scene.place);
        let contents = portal.contents(&scene.operator, place, &group.id).await.unwrap();
        let found: Vec<_> = contents.iter().map(|one| (one.kind.slug.as_ref(), one.list.items.len())).collect();
        assert_eq!(found, [("neutron_security_group_rule", 2)], "{contents:?}");
        let on = ("neutron_security_group", group.id.as_str());
        let none = FormValues::new();
        let choices = portal.action_choices(&scene.operator, place, on, "remove_rule", &none).await.unwrap();
        assert_eq!(choices[0].1.as_ref().unwrap().len(), 2);
        let stranger = scene.world.user("sam").await;
        let refused = portal.contents(&stranger, place, &group.id).await.unwrap_err();
        assert!(matches!(refused, Error::NotFound { .. }), "{refused:?}");
    })
    .await;
}
