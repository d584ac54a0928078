//! One page of the inventory. It takes as long among a million rows as among a thousand, because it reads along an index
//! in the order of the page and from no place where the tallies show nothing:
//!
//! - without a filter, from each environment;
//! - with a kind or a state, or in an order by one of them, from each kind and state that has rows;
//! - with a search that finds few, from these.
//!
//! Only a search that finds many reads along like the first two and skips what does not fit.
use super::{
    cursor::Cursor,
    wish::{Order, States, Wish},
};
use crate::{
    Portal,
    db::Statement,
    error::{Error, Result},
    resources::{ResourceRow, SELECT, Search, Tally},
};
use model::{
    Environment, State,
    view::{Page, ResourceView},
};
use std::collections::BTreeMap;

/// A search that finds more than this reads along the list instead; what it finds is not counted.
const FEW: i64 = 2_000;
/// So many parts of a union at once; SQLite takes 500.
const PARTS: usize = 200;

/// Rows that stand in the page's order along one index.
#[derive(Debug, PartialEq, Eq)]
struct Lane<'a> {
    environment: Environment,
    /// One kind and state; all that are not gone, when absent.
    only: Option<(&'a str, State)>,
    /// Whether the cursor lies in it, rather than before it.
    cut: bool,
}

impl Portal {
    pub(super) async fn page(&self, workspace: &str, wish: Wish) -> Result<Page<ResourceView>> {
        let mut tallies = self.tallies(workspace).await?;
        tallies.retain(|tally| wish.fits(tally));
        let mut kinds: Vec<&str> = tallies.iter().map(|tally| tally.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return Ok(Page { items: Vec::new(), next: None, total: Some(0) });
        }
        let few = match &wish.search {
            Some(search) => self.finds_few(workspace, &wish, search, &kinds).await?,
            None => false,
        };
        let (inner, statement, total) = match (&wish.search, few) {
            (Some(search), true) => {
                let total = self.count_found(workspace, &wish, search, &kinds).await?;
                let mut statement = Statement::default();
                (found(&mut statement, workspace, &wish, search, &kinds, false), statement, Some(total))
            }
            (search, _) => {
                let lanes = lanes(&wish, &tallies);
                let total = search.is_none().then(|| tallies.iter().map(|tally| tally.count).sum());
                if lanes.is_empty() {
                    return Ok(Page { items: Vec::new(), next: None, total });
                }
                let mut statement = Statement::default();
                (along(&mut statement, workspace, &wish, &lanes), statement, total)
            }
        };
        let sql = format!("{SELECT} JOIN ({inner}) page ON page.id = r.id {}", ordered(&wish, "page"));
        let rows = self.db().all_built(sql, &statement.values).await?;
        let mut rows = rows.iter().map(ResourceRow::read).collect::<Result<Vec<_>>>()?;
        let more = rows.len() as i64 > wish.limit;
        rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| Cursor::behind(row, wish.order).to_string());
        Ok(Page { items: rows.into_iter().map(ResourceRow::into_view).collect(), next, total })
    }

    async fn finds_few(&self, workspace: &str, wish: &Wish, search: &Search, kinds: &[&str]) -> Result<bool> {
        let mut statement = Statement::default();
        let Some(words) = words(&mut statement, workspace, wish, search, kinds) else { return Ok(true) };
        let sql = format!("SELECT count(*) AS n FROM ({words} LIMIT {}) few", FEW + 1);
        Ok(self.counted(sql, &statement).await? <= FEW)
    }

    async fn count_found(&self, workspace: &str, wish: &Wish, search: &Search, kinds: &[&str]) -> Result<i64> {
        let mut statement = Statement::default();
        let found = found(&mut statement, workspace, wish, search, kinds, true);
        self.counted(found, &statement).await
    }

    async fn counted(&self, sql: String, statement: &Statement) -> Result<i64> {
        let rows = self.db().all_built(sql, &statement.values).await?;
        Ok(rows.first().ok_or(Error::Corrupt("count"))?.int("n")?)
    }
}

/// Where the page has to look, given what there is.
fn lanes<'a>(wish: &Wish, tallies: &'a [Tally]) -> Vec<Lane<'a>> {
    let cut = wish.cursor.is_some();
    if let Some(groups) = wish.order.group().map(|_| groups(wish, tallies)) {
        let lane = |(tally, cut): (&'a Tally, bool)| Lane { cut, ..Lane::of(tally) };
        return groups.into_iter().map(lane).collect();
    }
    let whole = wish.kind.is_none() && !matches!(wish.states, States::Only(_));
    let mut lanes: Vec<Lane<'a>> = Vec::new();
    for tally in tallies {
        let mut lane = Lane::of(tally);
        if whole && tally.state != State::Gone {
            lane.only = None;
        }
        if !lanes.iter().any(|known| lane.only.is_none() && *known == Lane { cut, ..lane }) {
            lanes.push(Lane { cut, ..lane });
        }
    }
    lanes
}

impl<'a> Lane<'a> {
    fn of(tally: &'a Tally) -> Self {
        Self { environment: tally.environment, only: Some((&tally.kind, tally.state)), cut: false }
    }
}

/// The tallies of the groups that the page can reach, from the cursor's on: each, and whether the cursor is in its group.
fn groups<'a>(wish: &Wish, tallies: &'a [Tally]) -> Vec<(&'a Tally, bool)> {
    let mut groups: BTreeMap<&str, Vec<&Tally>> = BTreeMap::new();
    for tally in tallies {
        groups.entry(wish.order.group_of(tally)).or_default().push(tally);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    if wish.descending {
        groups.reverse();
    }
    let at = wish.cursor.as_ref().map(|cursor| cursor.group.as_str());
    let behind = |group: &str| at.is_none_or(|at| if wish.descending { group <= at } else { group >= at });
    let (mut reached, mut enough) = (Vec::new(), 0);
    for (group, tallies) in groups.into_iter().filter(|(group, _)| behind(group)) {
        let cut = at == Some(group);
        // A search shows fewer rows than there are, and nobody knows how many.
        if enough > wish.limit && wish.search.is_none() {
            break;
        }
        // How much of the cursor's own group lies behind it nobody knows.
        enough += if cut { 0 } else { tallies.iter().map(|tally| tally.count).sum() };
        reached.extend(tallies.into_iter().map(|tally| (tally, cut)));
    }
    reached
}

/// The ids of the page's rows along their lanes, with what orders them.
fn along(statement: &mut Statement, workspace: &str, wish: &Wish, lanes: &[Lane<'_>]) -> String {
    let workspace = statement.bind(workspace);
    let pattern = wish.search.as_ref().map(|search| statement.bind(search.pattern.as_str()));
    let cursor =
        wish.cursor.as_ref().map(|cursor| (statement.bind(cursor.value.clone()), statement.bind(cursor.id.as_str())));
    let column = wish.order.column();
    let parts: Vec<String> = lanes
        .iter()
        .map(|lane| {
            let mut sql = format!(
                "SELECT * FROM (SELECT {} FROM resources r WHERE r.workspace_id = {workspace} AND r.environment = {}",
                shown(wish),
                statement.bind(&lane.environment)
            );
            match lane.only {
                None => sql.push_str(" AND r.state <> 'gone'"),
                Some((kind, state)) => {
                    let (kind, state) = (statement.bind(kind), statement.bind(&state));
                    sql.push_str(&format!(" AND r.kind = {kind} AND r.state = {state}"));
                }
            }
            if let Some((value, id)) = cursor.as_ref().filter(|_| lane.cut) {
                sql.push_str(&format!(" AND (r.{column}, r.id) {} ({value}, {id})", compare(wish)));
            }
            if let Some(pattern) = &pattern {
                sql.push_str(&format!(" AND r.folded LIKE {pattern} ESCAPE '!'"));
            }
            let way = way(wish);
            sql.push_str(&format!(" ORDER BY r.{column} {way}, r.id {way} LIMIT {}) lane", wish.limit + 1));
            sql
        })
        .collect();
    let united: Vec<String> = parts.chunks(PARTS).map(|parts| parts.join(" UNION ALL ")).collect();
    let united = match united.as_slice() {
        [one] => one.clone(),
        many => many.iter().map(|part| format!("SELECT * FROM ({part}) part")).collect::<Vec<_>>().join(" UNION ALL "),
    };
    format!("SELECT * FROM ({united}) lanes {}", ordered(wish, "lanes"))
}

/// The ids of the rows in whose names a word begins as it is searched. Nothing, when no name has what is searched.
fn words(statement: &mut Statement, workspace: &str, wish: &Wish, search: &Search, kinds: &[&str]) -> Option<String> {
    let (from, to) = search.word.as_ref()?;
    let (workspace, environments) = (statement.bind(workspace), statement.bind_all(&wish.environments));
    let (kinds, from, to) =
        (statement.bind_all(kinds.iter().copied()), statement.bind(from.as_str()), statement.bind(to.as_str()));
    Some(format!(
        "SELECT resource_id AS id FROM resource_words WHERE workspace_id = {workspace}
            AND environment IN ({environments}) AND kind IN ({kinds}) AND suffix >= {from} AND suffix < {to}"
    ))
}

/// The rows that a search finds, when these are few: how many, or the page's, with what orders them. SQLite takes the
/// two sides of a `CROSS JOIN` in the order in which they stand; otherwise it would read all rows and look each up among
/// those found.
fn found(
    statement: &mut Statement,
    workspace: &str,
    wish: &Wish,
    search: &Search,
    kinds: &[&str],
    count: bool,
) -> String {
    let words = words(statement, workspace, wish, search, kinds);
    let words = words.map(|words| format!("SELECT * FROM ({words} LIMIT {FEW}) few UNION ")).unwrap_or_default();
    let (place, id) = (statement.bind(workspace), statement.bind(search.id.as_str()));
    let (pattern, environments) = (statement.bind(search.pattern.as_str()), statement.bind_all(&wish.environments));
    let shown = if count { "count(*) AS n".to_owned() } else { shown(wish) };
    let mut sql = format!(
        "WITH found AS MATERIALIZED ({words}SELECT r.id FROM resources r WHERE r.id = {id}
            UNION SELECT r.id FROM resources r WHERE r.workspace_id = {place} AND r.external_id = {id})
        SELECT {shown} FROM found CROSS JOIN resources r
        WHERE r.id = found.id AND r.workspace_id = {place} AND r.environment IN ({environments})
            AND (r.folded LIKE {pattern} ESCAPE '!' OR r.id = {id} OR r.external_id = {id})"
    );
    if let Some(kind) = &wish.kind {
        sql.push_str(&format!(" AND r.kind = {}", statement.bind(kind.as_str())));
    }
    match &wish.states {
        States::There => sql.push_str(" AND r.state <> 'gone'"),
        States::All => {}
        States::Only(state) => sql.push_str(&format!(" AND r.state = {}", statement.bind(state))),
    }
    if count {
        return sql;
    }
    if let Some(cursor) = &wish.cursor {
        let (value, id) = (statement.bind(cursor.value.clone()), statement.bind(cursor.id.as_str()));
        let (column, compare) = (wish.order.column(), compare(wish));
        sql.push_str(&match wish.order.group() {
            None => format!(" AND (r.{column}, r.id) {compare} ({value}, {id})"),
            Some(group) => {
                let at = statement.bind(cursor.group.as_str());
                format!(" AND (r.{group}, r.{column}, r.id) {compare} ({at}, {value}, {id})")
            }
        });
    }
    format!("SELECT * FROM ({sql}) found {}", ordered(wish, "found"))
}

/// What a part shows of its rows: their ids, and what orders them.
fn shown(wish: &Wish) -> String {
    let group = wish.order.group().map_or("''".to_owned(), |group| format!("r.{group}"));
    format!("r.id, {group} AS grouped, r.{} AS placed", wish.order.column())
}

fn ordered(wish: &Wish, of: &str) -> String {
    let way = way(wish);
    let group = match wish.order {
        Order::Created | Order::Name => String::new(),
        Order::State | Order::Kind => format!("{of}.grouped {way}, "),
    };
    format!("ORDER BY {group}{of}.placed {way}, {of}.id {way} LIMIT {}", wish.limit + 1)
}

const fn way(wish: &Wish) -> &'static str {
    if wish.descending { "DESC" } else { "ASC" }
}

const fn compare(wish: &Wish) -> &'static str {
    if wish.descending { "<" } else { ">" }
}
