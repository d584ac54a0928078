//! Pages of the inventory and of the audit: whatever filter, order and cursor, they show what fits, once, in order.
use crate::world::{World, everywhere};
use model::{
    Environment, Place, State, WorkspaceSlug,
    view::{InventoryQuery, ResourceView},
};
use portal::{AuditQuery, Ctx, Seeding};
use std::collections::BTreeSet;

const ROWS: i64 = 60;
const TWO: [Environment; 2] = [Environment::Dev, Environment::Prod];

/// More than a search sorts among so many.
const THOUSANDS: i64 = 2_100;

/// A workspace with so many rows in each of the environments, and its owner.
async fn seeded(world: &World, environments: &[Environment], rows: i64) -> (WorkspaceSlug, Ctx) {
    let owner = world.user("owner").await;
    let workspace = WorkspaceSlug::new("seeded");
    for environment in environments {
        let place = Place { workspace: workspace.clone(), environment: *environment };
        let seeding = Seeding { place, resources: rows, owner: Some("owner".to_owned()) };
        assert_eq!(world.portal.seed(&Ctx::cli(), &seeding).await.unwrap().added, rows);
    }
    (workspace, owner)
}

async fn walked(
    world: &World,
    (workspace, owner): &(WorkspaceSlug, Ctx),
    environment: Option<Environment>,
    query: &InventoryQuery,
) -> (Vec<ResourceView>, Option<i64>) {
    let (mut rows, mut query) = (Vec::new(), query.clone());
    loop {
        let page = world.portal.inventory(owner, workspace, environment, &query).await.unwrap();
        rows.extend(page.items);
        query.cursor = page.next;
        if query.cursor.is_none() {
            return (rows, page.total);
        }
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

#[tokio::test]
async fn every_page_of_every_list_holds_what_fits_once_and_in_order() {
    everywhere(async |world| {
        let place = seeded(world, &TWO, ROWS).await;
        let all = InventoryQuery { status: text("all"), limit: Some(500), ..InventoryQuery::default() };
        let (all, total) = walked(world, &place, None, &all).await;
        assert_eq!((all.len() as i64, total), (2 * ROWS, Some(2 * ROWS)));
        for environment in [None, Some(Environment::Prod)] {
            for (kind, status) in
                [("", ""), ("vm", ""), ("", "gone"), ("", "all"), ("volume", "active"), ("cluster", ""), ("vm", "all")]
            {
                for search in ["", "web", "web-007"] {
                    let fits = |row: &&ResourceView| {
                        environment.is_none_or(|only| row.environment_id == only)
                            && fits(row, kind, status)
                            && row.resource_name.contains(search)
                    };
                    let expected: BTreeSet<_> = all.iter().filter(fits).map(|row| row.id.clone()).collect();
                    for sort in ["created_at", "name", "status", "resource_type"] {
                        for sort in [sort.to_owned(), format!("-{sort}")] {
                            let query = InventoryQuery {
                                resource_type: text(kind),
                                status: text(status),
                                search: text(search),
                                sort: Some(sort),
                                limit: Some(17),
                                cursor: None,
                            };
                            let (rows, total) = walked(world, &place, environment, &query).await;
                            let found: BTreeSet<_> = rows.iter().map(|row| row.id.clone()).collect();
                            assert_eq!(found, expected, "{query:?}");
                            assert_eq!(rows.len(), expected.len(), "{query:?}");
                            assert_eq!(total, Some(rows.len() as i64), "{query:?}");
                            assert_ordered(&rows, query.sort.as_deref().unwrap());
                        }
                    }
                }
            }
        }
    })
    .await;
}

fn fits(row: &ResourceView, kind: &str, status: &str) -> bool {
    let state = match status {
        "" => row.status != State::Gone,
        "all" => true,
        word => row.status.as_str() == word,
    };
    state && (kind.is_empty() || row.resource_type == kind)
}

fn assert_ordered(rows: &[ResourceView], sort: &str) {
    let key = |row: &ResourceView| match sort.trim_start_matches('-') {
        "created_at" => (String::new(), row.created_at.0),
        "name" => (row.resource_name.to_lowercase(), 0),
        "status" => (row.status.to_string(), row.created_at.0),
        _ => (row.resource_type.clone(), row.created_at.0),
    };
    let falls = sort.starts_with('-');
    for pair in rows.windows(2) {
        let (one, next) = (key(&pair[0]), key(&pair[1]));
        assert!(if falls { one >= next } else { one <= next }, "{sort}: {one:?} {next:?}");
    }
}

#[tokio::test]
async fn a_search_that_finds_thousands_shows_them_without_counting() {
    everywhere(async |world| {
        let (workspace, owner) = seeded(world, &[Environment::Dev], THOUSANDS).await;
        let query = |search: &str| InventoryQuery { search: text(search), ..InventoryQuery::default() };
        let page = world.portal.inventory(&owner, &workspace, None, &query("0")).await.unwrap();
        assert_eq!((page.items.len(), page.total), (50, None));
        assert!(page.items.iter().all(|row| row.resource_name.contains("-0")));
        let one = world.portal.inventory(&owner, &workspace, None, &query("0002099")).await.unwrap();
        assert_eq!(one.total, Some(one.items.len() as i64));
    })
    .await;
}

#[tokio::test]
async fn a_search_that_finds_thousands_finds_each_once_in_every_order() {
    everywhere(async |world| {
        let place = seeded(world, &[Environment::Dev], THOUSANDS).await;
        // A third begins with it, a third has it inside or twice, and a third has it at the end.
        for (rest, name) in [(0, "'Web-' || name"), (1, "'a-web-' || name || '-web'"), (2, "name || '-WEB'")] {
            let sql = format!("UPDATE resources SET folded = NULL, name = {name} WHERE created_at % 3 = {rest}");
            world.sql(sql).await;
        }
        world.portal.migrate().await.unwrap();
        let all = InventoryQuery { status: text("all"), limit: Some(500), ..InventoryQuery::default() };
        let (all, _) = walked(world, &place, None, &all).await;
        for (kind, status) in [("", ""), ("vm", "all"), ("", "failed")] {
            for sort in ["name", "-name", "-created_at"] {
                let query = InventoryQuery {
                    resource_type: text(kind),
                    status: text(status),
                    search: text("web"),
                    sort: text(sort),
                    limit: Some(290),
                    cursor: None,
                };
                let (rows, _) = walked(world, &place, None, &query).await;
                let found: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
                let expected: BTreeSet<_> =
                    all.iter().filter(|row| fits(row, kind, status)).map(|row| &row.id).collect();
                assert_eq!((rows.len(), found), (expected.len(), expected), "{query:?}");
                assert_ordered(&rows, sort);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_goes_by_what_has_become_of_rows_since_their_names_were_written() {
    everywhere(async |world| {
        let place = seeded(world, &[Environment::Dev], ROWS).await;
        world.sql("UPDATE resources SET state = 'gone' WHERE name LIKE 'web-%-vm-%'".to_owned()).await;
        world.sql("UPDATE resources SET state = 'building' WHERE name LIKE 'web-%-volume-%'".to_owned()).await;
        let all = ("all", "1 = 1");
        for (status, condition) in
            [("", "state <> 'gone'"), ("gone", "state = 'gone'"), ("building", "state = 'building'"), all]
        {
            let rows = world.rows(format!("SELECT id FROM resources WHERE name LIKE 'web-%' AND {condition}")).await;
            let expected: BTreeSet<_> = rows.iter().map(|row| row.text("id").unwrap()).collect();
            assert!(!expected.is_empty(), "{status}");
            for sort in ["name", "-created_at", "status"] {
                let query = InventoryQuery {
                    status: text(status),
                    search: text("web"),
                    sort: text(sort),
                    ..InventoryQuery::default()
                };
                let (rows, _) = walked(world, &place, None, &query).await;
                let found: BTreeSet<_> = rows.iter().map(|row| row.id.to_string()).collect();
                assert_eq!(found, expected, "{query:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_overview_counts_each_kind_and_state_as_rows_come_and_change() {
    everywhere(async |world| {
        let place = seeded(world, &TWO, ROWS).await;
        for round in 0..2 {
            world.portal.add_up_tallies().await.unwrap();
            for environment in [Environment::Dev, Environment::Prod] {
                let sql = format!(
                    "SELECT kind, state, COUNT(*) AS n FROM resources WHERE environment = '{environment}'
                        AND state <> 'gone' GROUP BY kind, state ORDER BY kind, state"
                );
                let rows = world.rows(sql).await;
                let counted: Vec<_> = rows
                    .iter()
                    .map(|row| {
                        (row.text("kind").unwrap(), row.text("state").unwrap().parse().unwrap(), row.int("n").unwrap())
                    })
                    .collect();
                let here = Place { workspace: place.0.clone(), environment };
                let mut shown = world.portal.overview(&place.1, &here).await.unwrap().counts;
                shown.sort_by_key(|(kind, state, _): &(String, State, i64)| (kind.clone(), state.to_string()));
                assert_eq!(shown, counted, "round {round}");
            }
            world.sql("UPDATE resources SET state = 'gone' WHERE name LIKE 'web-%'".to_owned()).await;
            world.sql("UPDATE resources SET state = 'building' WHERE name LIKE 'data-%'".to_owned()).await;
        }
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_audit_holds_what_fits_once_and_newest_first() {
    everywhere(async |world| {
        let (workspace, owner) = seeded(world, &TWO, ROWS).await;
        let all = AuditQuery { limit: Some(500), ..AuditQuery::default() };
        let all = world.portal.audit(&owner, &workspace, &all).await.unwrap().items;
        let middle = &all[all.len() / 2];
        let query = AuditQuery { limit: Some(13), ..AuditQuery::default() };
        let queries = [
            query.clone(),
            AuditQuery { environment: text("prod"), ..query.clone() },
            AuditQuery { actor: text(&middle.actor), outcome: text("failed"), ..query.clone() },
            AuditQuery { action: text("vm"), ..query.clone() },
            AuditQuery { action: text("vm.delete"), environment: text("dev"), ..query.clone() },
            AuditQuery { action: text("v"), ..query.clone() },
            AuditQuery { target: text(&middle.target_id), ..query.clone() },
            AuditQuery { outcome: text("denied"), ..query.clone() },
        ];
        for query in queries {
            let is = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
            let fits = |event: &&model::AuditEvent| {
                is(&query.environment, event.environment.as_deref().unwrap_or_default())
                    && is(&query.actor, &event.actor)
                    && is(&query.target, &event.target_id)
                    && is(&query.outcome, event.outcome.as_str())
                    && query
                        .action
                        .as_ref()
                        .is_none_or(|action| event.action == *action || event.action.starts_with(&format!("{action}.")))
            };
            let expected: Vec<i64> = all.iter().filter(fits).map(|event| event.number).collect();
            let (mut found, mut query) = (Vec::new(), query.clone());
            loop {
                let page = world.portal.audit(&owner, &workspace, &query).await.unwrap();
                found.extend(page.items.iter().map(|event| event.number));
                query.cursor = page.next;
                if query.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "{query:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn seeded_rows_keep_the_books_and_stay_out_of_real_workspaces() {
    everywhere(async |world| {
        let (workspace, owner) = seeded(world, &TWO, ROWS).await;
        assert_eq!(world.portal.verify_audit().await.unwrap(), []);
        let ledgers = world.portal.ledgers(&Ctx::cli(), Some(&workspace)).await.unwrap();
        assert!(ledgers.iter().all(|ledger| ledger.used == ledger.rows), "{ledgers:?}");
        world.sql("UPDATE bindings SET project_id = 'real' WHERE environment = 'prod'".to_owned()).await;
        let place = Place { workspace: workspace.clone(), environment: Environment::Dev };
        let seeding = Seeding { place, resources: 2 * ROWS, owner: None };
        let refused = world.portal.seed(&Ctx::cli(), &seeding).await.unwrap_err();
        assert!(refused.to_string().contains("real project"), "{refused}");
        assert!(world.portal.seed(&owner, &seeding).await.is_err());
    })
    .await;
}
