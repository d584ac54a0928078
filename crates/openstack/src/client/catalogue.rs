//! The service catalogue of a token.
use super::config::Interface;
use crate::Service;
use serde::Deserialize;

/// What a token may reach, and where.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(transparent)]
pub struct Catalogue(Vec<Entry>);

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Entry {
    #[serde(rename = "type")]
    service_type: String,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Endpoint {
    interface: String,
    region_id: Option<String>,
    region: Option<String>,
    url: String,
}

impl Endpoint {
    fn region(&self) -> Option<&str> {
        self.region_id.as_deref().or(self.region.as_deref())
    }
}

impl Catalogue {
    /// The address of a service in a region, by its official type first, then by its aliases in their order.
    pub fn find(&self, service: &Service, region: &str, interface: Interface) -> Option<&str> {
        std::iter::once(&service.service_type).chain(service.aliases).find_map(|wanted| {
            self.0
                .iter()
                .filter(|entry| entry.service_type == **wanted)
                .flat_map(|entry| &entry.endpoints)
                .find(|endpoint| endpoint.region() == Some(region) && interface.is(&endpoint.interface))
                .map(|endpoint| endpoint.url.as_str())
        })
    }

    /// The regions that it mentions, in its order.
    pub fn regions(&self) -> Vec<String> {
        let mut regions: Vec<String> = Vec::new();
        for region in self.0.iter().flat_map(|entry| &entry.endpoints).filter_map(Endpoint::region) {
            if !regions.iter().any(|known| known == region) {
                regions.push(region.to_owned());
            }
        }
        regions
    }

    /// The types of the services that a region has, in its order.
    pub fn service_types(&self, region: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|entry| entry.endpoints.iter().any(|endpoint| endpoint.region() == Some(region)))
            .map(|entry| entry.service_type.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static VOLUMES: Service = Service {
        title: "Block Storage (Cinder)",
        service_type: "block-storage",
        aliases: &["volumev3", "volume"],
        major: 3,
        path: "v3",
        project_in_path: true,
        microversions: None,
    };

    fn catalogue() -> Catalogue {
        serde_json::from_value(json!([
            {"type": "volume", "name": "old", "endpoints": [
                {"interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://one/v1"}]},
            {"type": "volumev3", "name": "cinderv3", "endpoints": [
                {"interface": "admin", "region_id": "RegionTwo", "region": "RegionTwo", "url": "http://admin.two/v3/p"},
                {"interface": "public", "region_id": "RegionTwo", "region": "RegionTwo", "url": "http://two/v3/p"},
                {"interface": "public", "region_id": "RegionOne", "region": "RegionOne", "url": "http://one/v3/p"}]},
            {"type": "block-storage", "name": "cinder", "endpoints": [
                {"interface": "publicURL", "region_id": null, "region": "RegionThree", "url": "http://three/v3"}]},
            {"type": "empty"}
        ]))
        .unwrap()
    }

    #[test]
    fn a_service_is_found_under_its_best_name_in_the_asked_region_and_interface() {
        let catalogue = catalogue();
        let find = |region, interface| catalogue.find(&VOLUMES, region, interface);
        assert_eq!(find("RegionOne", Interface::Public), Some("http://one/v3/p"));
        assert_eq!(find("RegionTwo", Interface::Public), Some("http://two/v3/p"));
        assert_eq!(find("RegionTwo", Interface::Admin), Some("http://admin.two/v3/p"));
        assert_eq!(find("RegionThree", Interface::Public), Some("http://three/v3"));
        assert_eq!(find("RegionTwo", Interface::Internal), None);
        assert_eq!(find("RegionFour", Interface::Public), None);
    }

    #[test]
    fn regions_and_types_keep_the_catalogues_order() {
        assert_eq!(catalogue().regions(), ["RegionOne", "RegionTwo", "RegionThree"]);
        assert_eq!(catalogue().service_types("RegionOne"), ["volume", "volumev3"]);
    }
}
