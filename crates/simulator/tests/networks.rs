//! Neutron: what belongs together, what conflicts, how lists are filtered.

use serde_json::{Value, json};

use crate::support::{Session, instant, start};

fn id(body: &Value, one: &str) -> String {
    body[one]["id"].as_str().unwrap_or_else(|| panic!("no {one} in {body}")).to_owned()
}

async fn routed(session: &Session) -> (String, String, String) {
    let network = id(&session.post("network", "/networks", json!({"network": {"name": "n"}})).await.1, "network");
    let subnet = json!({"subnet": {"network_id": network, "cidr": "10.9.0.7/24", "ip_version": 4}});
    let subnet = id(&session.post("network", "/subnets", subnet).await.1, "subnet");
    let public = session.id("network", "/networks", "networks", "public").await;
    let router = json!({"router": {"name": "r", "external_gateway_info": {"network_id": public}}});
    let router = id(&session.post("network", "/routers", router).await.1, "router");
    let path = format!("/routers/{router}/add_router_interface");
    let (status, body) = session.put("network", &path, json!({"subnet_id": subnet})).await;
    assert_eq!(status, 200, "{body}");
    (network, subnet, router)
}

#[tokio::test]
async fn a_router_and_its_network_are_deleted_in_the_right_order_only() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let (network, subnet, router) = routed(&session).await;
    let conflicts = [
        (format!("/routers/{router}"), "RouterInUse"),
        (format!("/networks/{network}"), "NetworkInUse"),
        (format!("/subnets/{subnet}"), "SubnetInUse"),
    ];
    for (path, kind) in &conflicts {
        let (status, body) = session.delete("network", path).await;
        assert_eq!((status, &body["NeutronError"]["type"]), (409, &json!(kind)));
    }
    let path = format!("/routers/{router}/remove_router_interface");
    assert_eq!(session.put("network", &path, json!({"subnet_id": subnet})).await.0, 200);
    for path in [format!("/routers/{router}"), format!("/networks/{network}")] {
        assert_eq!(session.delete("network", &path).await.0, 204);
    }
    assert_eq!(session.get("network", &format!("/subnets/{subnet}")).await.0, 404);
}

#[tokio::test]
async fn host_bits_are_cut_off_and_the_first_address_is_the_gateway() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let (_, subnet, _) = routed(&session).await;
    let (_, body) = session.get("network", &format!("/subnets/{subnet}")).await;
    assert_eq!(body["subnet"]["cidr"], "10.9.0.0/24");
    assert_eq!(body["subnet"]["gateway_ip"], "10.9.0.1");
    assert_eq!(body["subnet"]["allocation_pools"], json!([{"start": "10.9.0.2", "end": "10.9.0.254"}]));
}

#[tokio::test]
async fn a_floating_ip_leads_to_a_server_and_comes_loose_when_it_is_deleted() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let server = session.new_server("web").await;
    let (_, ports) = session.get("network", &format!("/ports?device_id={server}")).await;
    let public = session.id("network", "/networks", "networks", "public").await;
    let body = json!({"floatingip": {"floating_network_id": public, "port_id": ports["ports"][0]["id"]}});
    let (status, made) = session.post("network", "/floatingips", body.clone()).await;
    assert_eq!((status, &made["floatingip"]["status"]), (201, &json!("ACTIVE")), "{made}");
    assert!(made["floatingip"]["floating_ip_address"].as_str().unwrap().starts_with("172.24."));
    let (status, refused) = session.post("network", "/floatingips", body).await;
    assert_eq!((status, &refused["NeutronError"]["type"]), (409, &json!("FloatingIPPortAlreadyAssociated")));

    let (_, shown) = session.get("compute", &format!("/servers/{server}")).await;
    assert_eq!(shown["server"]["addresses"]["private"][1]["OS-EXT-IPS:type"], "floating");
    session.delete("compute", &format!("/servers/{server}")).await;
    let path = format!("/floatingips/{}", id(&made, "floatingip"));
    let (_, loose) = session.get("network", &path).await;
    assert_eq!((&loose["floatingip"]["status"], &loose["floatingip"]["port_id"]), (&json!("DOWN"), &Value::Null));
    assert_eq!(session.delete("network", &path).await.0, 204);
}

#[tokio::test]
async fn tags_are_set_after_creation_and_found_by_filter() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = json!({"network": {"name": "n", "tags": ["a"]}});
    let (status, refused) = session.post("network", "/networks", body).await;
    assert_eq!((status, &refused["NeutronError"]["message"]), (400, &json!("Attribute 'tags' not allowed in POST")));
    let network = id(&session.post("network", "/networks", json!({"network": {"name": "n"}})).await.1, "network");
    let path = format!("/networks/{network}/tags");
    assert_eq!(session.put("network", &path, json!({"tags": ["a", "b"]})).await.0, 200);
    for (query, found) in [("tags=a,b", 1), ("tags=a,c", 0), ("tags-any=a,c", 1), ("tags=a&name=other", 0)] {
        let (_, body) = session.get("network", &format!("/networks?{query}&fields=id")).await;
        assert_eq!(body["networks"].as_array().unwrap().len(), found, "{query}");
    }
    let (status, body) = session.get("network", "/networks?nonsense=1").await;
    let message = "['nonsense'] is invalid attribute for filtering";
    assert_eq!((status, &body["NeutronError"]["message"]), (400, &json!(message)));
}

#[tokio::test]
async fn every_page_of_a_list_is_reached_by_its_links() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    for number in 0..4 {
        session.post("network", "/networks", json!({"network": {"name": format!("n{number}")}})).await;
    }
    let (mut path, mut seen) = ("/networks?limit=2".to_owned(), 0);
    loop {
        let (_, body) = session.get("network", &path).await;
        seen += body["networks"].as_array().unwrap().len();
        let links = body["networks_links"].as_array().cloned().unwrap_or_default();
        let Some(next) = links.iter().find(|link| link["rel"] == "next") else { break };
        path = next["href"].as_str().unwrap().strip_prefix(&session.endpoint("network")).unwrap().to_owned();
    }
    assert_eq!(seen, 6, "four of ours, the private and the public one");
}

#[tokio::test]
async fn another_projects_network_is_not_there() {
    let cloud = start(instant()).await;
    let owner = cloud.sign_in("atonix-service", "payments-dev").await;
    let network = id(&owner.post("network", "/networks", json!({"network": {"name": "n"}})).await.1, "network");
    let stranger = cloud.sign_in("atonix-service", "devops-dev").await;
    assert_eq!(stranger.delete("network", &format!("/networks/{network}")).await.0, 404);
    let public = stranger.id("network", "/networks", "networks", "public").await;
    assert_eq!(stranger.delete("network", &format!("/networks/{public}")).await.0, 403);
}

#[tokio::test]
async fn a_rule_is_made_once_and_goes_with_its_group() {
    let cloud = start(instant()).await;
    let session = cloud.sign_in("atonix-service", "devops-dev").await;
    let body = json!({"security_group": {"name": "web"}});
    let group = id(&session.post("network", "/security-groups", body).await.1, "security_group");
    let rule = json!({"security_group_rule": {"security_group_id": group, "direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": "0.0.0.0/0"}});
    assert_eq!(session.post("network", "/security-group-rules", rule.clone()).await.0, 201);
    let (status, body) = session.post("network", "/security-group-rules", rule).await;
    assert_eq!((status, &body["NeutronError"]["type"]), (409, &json!("SecurityGroupRuleExists")));
    let (_, body) = session.get("network", &format!("/security-groups/{group}")).await;
    assert_eq!(body["security_group"]["security_group_rules"].as_array().unwrap().len(), 3);
    assert_eq!(session.delete("network", &format!("/security-groups/{group}")).await.0, 204);
    let (_, body) = session.get("network", &format!("/security-group-rules?security_group_id={group}")).await;
    assert!(body["security_group_rules"].as_array().unwrap().is_empty());
}
