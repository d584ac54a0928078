//! What a fresh cloud holds: projects, users, and in each region flavors, images, volume types, networks, templates,
//! and a share type where there are shares.

mod region;

use serde_json::Value;

use crate::call::fields;
use crate::config::{Seed, SeedUser};
use crate::identity::catalog::regions_of;
use crate::identity::{PROJECTS, USERS};
use crate::store::{Doc, New, Store};
use crate::{REGIONS, wire};

/// The project that owns what is offered to all.
const OPERATOR: &str = "admin";

fn id_by_name(store: &Store, table: &str, name: &str) -> Option<String> {
    store.rows(table).find(|row| row.text("name") == name).map(|row| row.id.clone())
}

/// Adds what is missing; what is there stays as people left it.
pub(crate) fn plant(store: &mut Store, seed: &Seed, now: i64) {
    let operator = match id_by_name(store, PROJECTS, OPERATOR) {
        Some(id) => id,
        None => {
            let id = project(store, OPERATOR, "Bootstrap project for initializing the cloud.", now);
            for region in REGIONS {
                region::offer(store, region, &id, now);
            }
            id
        }
    };
    for region in regions_of("shared-file-system") {
        region::offer_shares(store, region, &operator, now);
    }
    for region in regions_of("accelerator") {
        region::plug_in(store, region, &operator, now);
    }
    for wanted in &seed.projects {
        if id_by_name(store, PROJECTS, &wanted.name).is_none() {
            let number = store.rows(PROJECTS).count() - 1;
            let id = project(store, &wanted.name, &wanted.description, now);
            for region in REGIONS {
                region::furnish(store, region, &id, &wanted.name, number, now);
            }
        }
    }
    for wanted in &seed.users {
        let grants = grants(store, seed, wanted, &operator);
        match id_by_name(store, USERS, &wanted.name) {
            Some(id) => {
                store.change(USERS, &id, now, |row| row.set("grants", Value::Object(grants)));
            }
            None => {
                let doc = fields! {"name": wanted.name, "grants": grants};
                store.insert(USERS, New { id: wire::hex_id(), project: "", at: now, doc, then: Vec::new() });
            }
        }
    }
}

fn project(store: &mut Store, name: &str, description: &str, now: i64) -> String {
    let id = wire::hex_id();
    let doc = fields! {"name": name, "description": description};
    store.insert(PROJECTS, New { id: id.clone(), project: "", at: now, doc, then: Vec::new() });
    id
}

/// Role by project id. Administrators hold theirs in the operator's project too.
fn grants(store: &Store, seed: &Seed, user: &SeedUser, operator: &str) -> Doc {
    let listed = |name: &str| user.projects.iter().any(|wanted| wanted == name);
    let mut grants: Doc = seed
        .projects
        .iter()
        .filter(|project| user.projects.is_empty() || listed(&project.name))
        .filter_map(|project| id_by_name(store, PROJECTS, &project.name))
        .map(|id| (id, Value::from(user.role.name())))
        .collect();
    if user.role == crate::config::Role::Admin {
        grants.insert(operator.to_owned(), Value::from(user.role.name()));
    }
    grants
}
