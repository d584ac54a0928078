//! One page of the inventory. It takes as long among a million rows as among a thousand, because it reads along an index
//! in the order of the page and from no place where the tallies show nothing:
//!
//! - without a filter, from each environment;
//! - with a kind or a state, or in an order by one of them, from each kind and state that has rows;
//! - with a search that finds few, from these;
//! - with a search that finds many in the order of the names, from where these begin with it, and from each letter inside
//!   of them.
//!
//! Only a search that finds many in another order reads along like the first two and skips what does not fit.
use super::{
    alphabet,
    cursor::Cursor,
    wish::{Order, States, Wish},
};
use crate::{
    Portal,
    db::Statement,
    error::{Error, Result},
    resources::{Listed, Search, Tally},
};
use model::{
    Environment, State, WorkspaceSlug,
    view::{Page, ResourceView},
};
use std::collections::BTreeMap;

/// What is found at most to be sorted, however long the list is; what more than that finds is not counted either.
const FEW: i64 = 1_500;
/// So many parts of a union at once; SQLite takes 500.
const PARTS: usize = 200;

/// Rows that stand in the page's order along one index.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lane<'a> {
    pub environment: Environment,
    /// One kind and state; all that are not gone, when absent.
    pub only: Option<(&'a str, State)>,
    /// Whether the cursor lies in it, rather than before it.
    cut: bool,
}

impl Portal {
    /// A page of the workspace that is called so and has this id.
    pub(super) async fn page(&self, slug: &WorkspaceSlug, workspace: &str, wish: Wish) -> Result<Page<ResourceView>> {
        let mut tallies = self.tallies(workspace).await?;
        tallies.retain(|tally| wish.fits(tally));
        let mut kinds: Vec<&str> = tallies.iter().map(|tally| tally.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        if kinds.is_empty() {
            return Ok(Page { items: Vec::new(), next: None, total: Some(0) });
        }
        let there = tallies.iter().map(|tally| tally.count).sum();
        let few = few(there);
        let finds_few = match &wish.search {
            Some(search) => self.finds_few(workspace, &wish, search, &kinds, few).await?,
            None => false,
        };
        let mut statement = Statement::default();
        let inner = match &wish.search {
            Some(search) if finds_few => found(&mut statement, workspace, &wish, search, (&kinds, few)),
            search => {
                let lanes = lanes(&wish, &tallies);
                match search {
                    _ if lanes.is_empty() => {
                        let total = search.is_none().then_some(there);
                        return Ok(Page { items: Vec::new(), next: None, total });
                    }
                    Some(search) if wish.order == Order::Name => {
                        alphabet::along(&mut statement, workspace, &wish, search, &lanes)
                    }
                    _ => along(&mut statement, workspace, &wish, &lanes),
                }
            }
        };
        let counted = if finds_few { ", page.total" } else { "" };
        let select = Listed::select(self.db(), counted);
        let sql = format!("{select} JOIN ({inner}) page ON page.id = r.id {}", ordered(&wish, "page"));
        let rows = self.db().all_built(sql, &statement.values).await?;
        let total = match rows.first() {
            _ if wish.search.is_none() => Some(there),
            Some(row) if finds_few => Some(row.int("total")?),
            // Nothing is behind the cursor, which says nothing of what is before it.
            None if finds_few => wish.cursor.is_none().then_some(0),
            _ => None,
        };
        let mut rows = rows.iter().map(|row| Listed::read(self.db(), row)).collect::<Result<Vec<_>>>()?;
        let more = rows.len() as i64 > wish.limit;
        rows.truncate(usize::try_from(wish.limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| Cursor::behind(row, wish.order).to_string());
        Ok(Page { items: rows.into_iter().map(|row| row.into_view(slug.clone())).collect(), next, total })
    }

    /// Whether so few names or fewer have what is searched.
    async fn finds_few(&self, workspace: &str, wish: &Wish, search: &Search, kinds: &[&str], few: i64) -> Result<bool> {
        let mut statement = Statement::default();
        let Some(words) = words(&mut statement, workspace, wish, search, kinds) else { return Ok(true) };
        let sql = format!("SELECT count(*) AS n FROM ({words} LIMIT {}) few", few + 1);
        let rows = self.db().all_built(sql, &statement.values).await?;
        Ok(rows.first().ok_or(Error::Corrupt("count"))?.int("n")? <= few)
    }
}

/// How much a search may find to be sorted, in a list of so many. Sorting takes as long as much is found; reading along the
/// list until a page is full takes the longer, the less is found; at this number both take as long.
fn few(there: i64) -> i64 {
    there.saturating_mul(12).isqrt().clamp(200, FEW)
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
    let parts = lanes.iter().map(|lane| {
        let mut only = String::new();
        if let Some((value, id)) = cursor.as_ref().filter(|_| lane.cut) {
            only.push_str(&format!(" AND (r.{column}, r.id) {} ({value}, {id})", compare(wish)));
        }
        if let Some(pattern) = &pattern {
            only.push_str(&format!(" AND {}", has("r.folded", pattern)));
        }
        one_lane(statement, &workspace, wish, lane, &only)
    });
    united(parts.collect(), wish)
}

/// A page of one lane; `only` is what more its rows must fit.
pub(super) fn one_lane(statement: &mut Statement, workspace: &str, wish: &Wish, lane: &Lane<'_>, only: &str) -> String {
    let environment = statement.bind(&lane.environment);
    let state = match lane.only {
        None => "r.state <> 'gone'".to_owned(),
        Some((kind, state)) => format!("r.kind = {} AND r.state = {}", statement.bind(kind), statement.bind(&state)),
    };
    let (shown, column, way, limit) = (shown(wish, "r"), wish.order.column(), way(wish), wish.limit + 1);
    format!(
        "SELECT * FROM (SELECT {shown} FROM resources r WHERE r.workspace_id = {workspace}
            AND r.environment = {environment} AND {state}{only} ORDER BY r.{column} {way}, r.id {way} LIMIT {limit}) lane"
    )
}

/// The conditions that a row, or a word of its name, is of the kind and in a state that are wanted. The kind stands within
/// a CASE: SQLite would leave an index in the order of the page for one that begins with it.
pub(super) fn wanted(statement: &mut Statement, wish: &Wish, of: &str) -> String {
    let mut wanted = String::new();
    if let Some(kind) = &wish.kind {
        wanted.push_str(&format!(" AND CASE {of}.kind WHEN {} THEN 1 ELSE 0 END > 0", statement.bind(kind.as_str())));
    }
    match &wish.states {
        States::There => wanted.push_str(&format!(" AND {of}.state <> 'gone'")),
        States::All => {}
        States::Only(state) => wanted.push_str(&format!(" AND {of}.state = {}", statement.bind(state))),
    }
    wanted
}

/// The condition that a folded name has what is searched, within a CASE. PostgreSQL takes how few begin as a pattern ends
/// for how few fit it, and would rather read and sort all than read along an index; of a CASE it takes a third to fit. And
/// SQLite would compile the whole statement anew for each pattern.
pub(super) fn has(folded: &str, pattern: &str) -> String {
    format!("CASE WHEN {folded} LIKE {pattern} ESCAPE '!' THEN 1 ELSE 0 END > 0")
}

/// The page of all parts together.
pub(super) fn united(parts: Vec<String>, wish: &Wish) -> String {
    let united: Vec<String> = parts.chunks(PARTS).map(|parts| parts.join(" UNION ALL ")).collect();
    let united = match united.as_slice() {
        [one] => one.clone(),
        many => many.iter().map(|part| format!("SELECT * FROM ({part}) part")).collect::<Vec<_>>().join(" UNION ALL "),
    };
    format!("SELECT * FROM ({united}) lanes {}", ordered(wish, "lanes"))
}

/// The words that begin as it is searched, with all of their rows that is looked at. Nothing, when no name has what is
/// searched.
fn words(statement: &mut Statement, workspace: &str, wish: &Wish, search: &Search, kinds: &[&str]) -> Option<String> {
    let (from, to) = search.word.as_ref()?;
    let (workspace, environments) = (statement.bind(workspace), statement.bind_all(&wish.environments));
    let (kinds, from, to) =
        (statement.bind_all(kinds.iter().copied()), statement.bind(from.as_str()), statement.bind(to.as_str()));
    Some(format!(
        "SELECT resource_id AS id, kind, state, created_at, folded FROM resource_words WHERE workspace_id = {workspace}
            AND environment IN ({environments}) AND kind IN ({kinds}) AND suffix >= {from} AND suffix < {to}"
    ))
}

/// The page of the rows that a search finds, when these are few, with what orders them and their number.
fn found(
    statement: &mut Statement,
    workspace: &str,
    wish: &Wish,
    search: &Search,
    (kinds, few): (&[&str], i64),
) -> String {
    let by_word = words(statement, workspace, wish, search, kinds).map(|words| {
        let (shown, wanted) = (shown(wish, "w"), wanted(statement, wish, "w"));
        let has = has("w.folded", &statement.bind(search.pattern.as_str()));
        format!("SELECT {shown} FROM ({words} LIMIT {few}) w WHERE {has}{wanted} UNION ")
    });
    let wanted = wanted(statement, wish, "r");
    let (by_word, id, shown) = (by_word.unwrap_or_default(), statement.bind(search.id.as_str()), shown(wish, "r"));
    let (workspace, environments) = (statement.bind(workspace), statement.bind_all(&wish.environments));
    let by_id = |condition: String| {
        format!(
            "SELECT {shown} FROM resources r
                WHERE {condition} AND r.workspace_id = {workspace} AND r.environment IN ({environments}){wanted}"
        )
    };
    let (own, external) = (by_id(format!("r.id = {id}")), by_id(format!("r.external_id = {id}")));
    let sql = format!("SELECT *, count(*) OVER () AS total FROM ({by_word}{own} UNION {external}) hits");
    let mut behind = String::new();
    if let Some(cursor) = &wish.cursor {
        let (value, id) = (statement.bind(cursor.value.clone()), statement.bind(cursor.id.as_str()));
        let compare = compare(wish);
        behind = match wish.order.group() {
            None => format!(" WHERE (placed, id) {compare} ({value}, {id})"),
            Some(_) => {
                let at = statement.bind(cursor.group.as_str());
                format!(" WHERE (grouped, placed, id) {compare} ({at}, {value}, {id})")
            }
        };
    }
    format!("SELECT * FROM ({sql}) found{behind} {}", ordered(wish, "found"))
}

/// What a part shows of its rows: their ids, and what orders them. `of` is what of a statement has that: rows, or words.
fn shown(wish: &Wish, of: &str) -> String {
    let group = wish.order.group().map_or("''".to_owned(), |group| format!("{of}.{group}"));
    format!("{of}.id, {group} AS grouped, {of}.{} AS placed", wish.order.column())
}

fn ordered(wish: &Wish, of: &str) -> String {
    let way = way(wish);
    let group = match wish.order {
        Order::Created | Order::Name => String::new(),
        Order::State | Order::Kind => format!("{of}.grouped {way}, "),
    };
    format!("ORDER BY {group}{of}.placed {way}, {of}.id {way} LIMIT {}", wish.limit + 1)
}

pub(super) const fn way(wish: &Wish) -> &'static str {
    if wish.descending { "DESC" } else { "ASC" }
}

pub(super) const fn compare(wish: &Wish) -> &'static str {
    if wish.descending { "<" } else { ">" }
}
