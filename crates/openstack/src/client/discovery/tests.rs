//! Version documents as real services answer them.
use super::*;
use serde_json::json;

const P: &str = "e500069ed30248e0ab2e6920ae9f89fb";

static COMPUTE: Service = Service {
    title: "Compute (Nova)",
    service_type: "compute",
    aliases: &[],
    major: 2,
    path: "v2.1",
    project_in_path: false,
    microversions: None,
};
static STACKS: Service = Service { path: "v1", major: 1, project_in_path: true, ..COMPUTE };

fn address(url: &str) -> Address {
    Address::read(url, Some(P)).unwrap()
}

#[test]
fn an_address_is_taken_apart_wherever_its_version_and_project_stand() {
    for (url, root, version, suffix) in [
        ("http://h:8774/v2.1".to_owned(), "http://h:8774/", Some("v2.1"), None),
        ("http://h:9696".to_owned(), "http://h:9696/", None, None),
        ("http://h/compute/v2.1/".to_owned(), "http://h/compute/", Some("v2.1"), None),
        ("https://h/placement".to_owned(), "https://h/placement/", None, None),
        (format!("http://h:8776/v3/{P}"), "http://h:8776/", Some("v3"), Some(P)),
        (format!("http://h/volume/v3/{P}/"), "http://h/volume/", Some("v3"), Some(P)),
        ("http://h/v1/other".to_owned(), "http://h/", Some("v1"), Some("other")),
    ] {
        let read = address(&url);
        assert_eq!(
            (read.root.as_str(), read.version.as_deref(), read.suffix.as_deref()),
            (root, version, suffix),
            "{url}"
        );
    }
    assert_eq!(address(&format!("http://h:8080/v1/AUTH_{P}")).suffix, Some(format!("AUTH_{P}")));
    assert!(Address::read("ftp://h/", None).is_err());
    assert!(Address::read("nonsense", None).is_err());
}

#[test]
fn without_a_document_the_catalogues_address_stands() {
    for (url, service, base) in [
        ("http://h:8774/v2.1/".to_owned(), &COMPUTE, "http://h:8774/v2.1".to_owned()),
        ("http://h/compute".to_owned(), &COMPUTE, "http://h/compute/v2.1".to_owned()),
        (format!("http://h:8080/v1/AUTH_{P}"), &COMPUTE, format!("http://h:8080/v1/AUTH_{P}")),
        ("http://h:8004".to_owned(), &STACKS, format!("http://h:8004/v1/{P}")),
        (format!("http://h:8004/v1/{P}"), &STACKS, format!("http://h:8004/v1/{P}")),
    ] {
        assert_eq!(address(&url).base(service, None, Some(P)), base);
    }
}

#[test]
fn a_documents_links_never_move_requests_to_another_host() {
    let document = json!({"versions": [{"id": "v2.1", "status": "CURRENT", "version": "2.104", "min_version": "2.1",
        "links": [{"rel": "self", "href": "http://10.0.0.7:18774/inside/v2.1/"}]}]});
    let offered = choose(&document, 2).unwrap();
    let base = |url: &str| address(url).base(&COMPUTE, Some(&offered), Some(P));
    assert_eq!(base("https://cloud.example/compute/v2"), "https://cloud.example/compute/v2.1");
    assert_eq!(base("https://cloud.example/compute"), "https://cloud.example/compute/v2.1");
}

#[track_caller]
fn chosen(document: &Value, major: u32, id: &str, segment: Option<&str>, range: Option<(&str, &str)>) {
    let offered = choose(document, major).unwrap();
    let range = range.map(|(min, max)| (min.parse().unwrap(), max.parse().unwrap()));
    assert_eq!((offered.id.as_str(), offered.segment.as_deref()), (id, segment));
    assert_eq!(offered.min.zip(offered.max), range);
}

#[test]
fn nova_offers_the_current_of_two() {
    let document = json!({"versions": [
        {"id": "v2.0", "status": "DEPRECATED", "version": "", "min_version": "", "updated": "2025-07-04T12:00:00Z",
         "links": [{"rel": "self", "href": "http://127.0.0.1:18774/v2/"}]},
        {"id": "v2.1", "status": "CURRENT", "version": "2.104", "min_version": "2.1", "updated": "2013-07-23T11:33:21Z",
         "links": [{"rel": "self", "href": "http://127.0.0.1:18774/v2.1/"}]}]});
    chosen(&document, 2, "v2.1", Some("v2.1"), Some(("2.1", "2.104")));
    let one = json!({"version": {"id": "v2.1", "status": "CURRENT", "version": "2.104", "min_version": "2.1",
        "links": [{"rel": "self", "href": "http://127.0.0.1:18774/v2.1/"}, {"rel": "describedby", "href": "http://docs.openstack.org/"}]}});
    chosen(&one, 2, "v2.1", Some("v2.1"), Some(("2.1", "2.104")));
    assert_eq!(choose(&document, 3), None);
}

#[test]
fn each_service_has_its_own_shape() {
    let cinder = json!({"versions": [{"id": "v3.0", "status": "CURRENT", "version": "3.71", "min_version": "3.0", "links": [
        {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
        {"rel": "self", "href": "http://127.0.0.1:18776/v3/"}]}]});
    chosen(&cinder, 3, "v3.0", Some("v3"), Some(("3.0", "3.71")));
    let keystone = json!({"versions": {"values": [{"id": "v3.14", "status": "stable",
        "links": [{"rel": "self", "href": "http://127.0.0.1:15000/v3/"}]}]}});
    chosen(&keystone, 3, "v3.14", Some("v3"), None);
    let glance = json!({"versions": [
        {"id": "v2.15", "status": "SUPPORTED", "links": [{"rel": "self", "href": "http://127.0.0.1:19292/v2/"}]},
        {"id": "v2.9", "status": "SUPPORTED", "links": [{"rel": "self", "href": "http://127.0.0.1:19292/v2/"}]},
        {"id": "v2.17", "status": "CURRENT", "links": [{"rel": "self", "href": "http://127.0.0.1:19292/v2/"}]}]});
    chosen(&glance, 2, "v2.17", Some("v2"), None);
    let neutron = json!({"versions": [{"id": "v2.0", "status": "CURRENT",
        "links": [{"rel": "self", "href": "http://127.0.0.1:19696/v2.0/"}]}]});
    chosen(&neutron, 2, "v2.0", Some("v2.0"), None);
    let magnum = json!({"name": "OpenStack Magnum API", "versions": [{"id": "v1", "status": "CURRENT", "max_version": "1.14",
        "min_version": "1.1", "links": [{"href": "http://127.0.0.1:19511/v1/", "rel": "self"}]}]});
    chosen(&magnum, 1, "v1", Some("v1"), Some(("1.1", "1.14")));
    let octavia = json!({"versions": [
        {"id": "v2.0", "status": "SUPPORTED", "links": [{"href": "http://127.0.0.1:19876/v2", "rel": "self"}]},
        {"id": "v2.27", "status": "CURRENT", "links": [{"href": "http://127.0.0.1:19876/v2", "rel": "self"}]}]});
    chosen(&octavia, 2, "v2.27", Some("v2"), None);
}

#[test]
fn a_version_at_the_unversioned_root_keeps_the_root() {
    let placement = json!({"versions": [{"id": "v1.0", "max_version": "1.39", "min_version": "1.0", "status": "CURRENT",
        "links": [{"rel": "self", "href": ""}]}]});
    chosen(&placement, 1, "v1.0", None, Some(("1.0", "1.39")));
    let offered = choose(&placement, 1).unwrap();
    assert_eq!(address("http://h:8778").base(&STACKS, Some(&offered), None), "http://h:8778");
}

#[test]
fn what_is_no_version_document_offers_nothing() {
    for document in [json!({"resources": []}), json!("v2"), json!(null), json!([{"id": "latest"}, {"id": 2}])] {
        assert_eq!(choose(&document, 2), None);
    }
}
