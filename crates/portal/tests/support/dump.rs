//! Everything that stands in a database, for tests that hold that nothing was changed. It is here, and not beside its
//! users, because all SQL stands in this crate.
use portal::db::Db;
use std::collections::BTreeMap;

/// The rows of every table, each as the text of its columns.
pub(crate) type Dump = BTreeMap<String, Vec<BTreeMap<String, String>>>;

/// Tables and their columns, of the database that the connection is for.
const SQLITE: &str = "SELECT t.name AS tab, c.name AS col FROM sqlite_master t, pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY t.name, c.cid";
const POSTGRES: &str = "SELECT table_name::text AS tab, column_name::text AS col FROM information_schema.columns
    WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position";

/// Reads every column of every row of every table, whatever tables there are.
pub(crate) async fn dump(db: &Db) -> Dump {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.all(if db.is_postgres() { POSTGRES } else { SQLITE }, &[]).await.unwrap() {
        tables.entry(row.text("tab").unwrap()).or_default().push(row.text("col").unwrap());
    }
    assert!(tables.contains_key("audit_events"), "the tables were not found");
    let mut dump = Dump::new();
    for (table, columns) in tables {
        let as_text = |column: &String| match db.is_postgres() {
            true => format!("coalesce(\"{column}\"::text, 'NULL') AS \"{column}\""),
            false => format!("quote(\"{column}\") AS \"{column}\""),
        };
        let list: Vec<String> = columns.iter().map(as_text).collect();
        let order: Vec<String> = (1..=columns.len()).map(|number| number.to_string()).collect();
        let sql = format!("SELECT {} FROM \"{table}\" ORDER BY {}", list.join(", "), order.join(", "));
        // The portal takes constants only; a test lives short enough to afford to make some.
        let rows = db.all(Box::leak(sql.into_boxed_str()), &[]).await.unwrap();
        let read =
            |row: &portal::db::Row| columns.iter().map(|column| (column.clone(), row.text(column).unwrap())).collect();
        dump.insert(table, rows.iter().map(read).collect());
    }
    dump
}
