//! The comparison itself. Pure: rows, a list, and when it was begun; out of it what does not agree.
//!
//! Four rules keep it from crying wolf. What a list lacks proves something only when the list is complete. What changed
//! while the list was read, or shortly before, is left for the next time. What is under way is nobody's drift. And what
//! belongs to others is not looked at.
use super::is_ours_to_see;
use crate::resources::{
    lifecycle::{Standing, Wanted},
    row::Row,
};
use model::{
    BindingId, ExternalId, ResourceId, State,
    drift::{Class, Difference},
};
use serde_json::{Value, json};
use services::{Definition, Seen, Tag};
use std::collections::HashMap;

/// What the comparison knows beside the list.
pub(super) struct Scene<'a> {
    pub kind: &'static Definition,
    pub binding: &'a BindingId,
    pub project: &'a str,
    /// A retired binding answers for its rows only: what is new in its project is another's to find.
    pub retired: bool,
    /// When the list was begun, in microseconds.
    pub begun: i64,
    /// How long a request, and a service that answers before it knows, may be at work, in microseconds.
    pub quiet: i64,
    /// The fences of the rows before the list was begun.
    pub fences: &'a HashMap<ResourceId, i64>,
    /// The rows after it was read, of all bindings of the project.
    pub rows: &'a [Row],
    /// The rows that unowned things are marked with, `gone` ones too.
    pub marked: &'a HashMap<String, Row>,
}

/// Something that does not agree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub class: Class,
    pub id: ExternalId,
    pub name: String,
    pub state: State,
    pub row: Option<ResourceId>,
    pub differences: Vec<Difference>,
    /// How it looks: what somebody who ignores it has seen.
    pub looks: String,
}

/// What came of a comparison.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub found: Vec<Found>,
    /// Inventory and cloud agree about these.
    pub agreed: Vec<ExternalId>,
    /// These have a row, and nothing more can be said now.
    pub owned: Vec<ExternalId>,
    /// Nothing can be said of these now.
    pub open: Vec<ExternalId>,
    /// Rows whose things the complete list lacks, to be looked at one by one.
    pub missing: Vec<ResourceId>,
}

impl Scene<'_> {
    /// Holds a list against the rows.
    pub(super) fn compare(&self, list: &[Seen], complete: bool) -> Verdict {
        let mut verdict = Verdict::default();
        let owners = self.owners();
        for seen in list.iter().filter(|seen| is_ours_to_see(self.kind, seen, self.binding, self.project)) {
            match owners.get(seen.id.as_str()) {
                Some(row) => self.owned(row, seen, &mut verdict),
                None => self.unowned(seen, &mut verdict),
            }
        }
        if complete {
            let listed: std::collections::HashSet<&str> = list.iter().map(|seen| seen.id.as_str()).collect();
            let absent = |row: &&Row| {
                let id = row.external_id.as_ref();
                row.binding_id == *self.binding
                    && row.kind.slug() == self.kind.slug()
                    && id.is_some_and(|id| !listed.contains(id.as_str()))
            };
            self.rows.iter().filter(absent).for_each(|row| self.absent(row, &mut verdict));
        }
        verdict
    }

    /// The cloud's ids that rows answer for: things and their parts.
    fn owners(&self) -> HashMap<&str, &Row> {
        let mut owners = HashMap::new();
        for row in self.rows {
            if row.kind.slug() == self.kind.slug()
                && let Some(id) = &row.external_id
            {
                owners.insert(id.as_str(), row);
            }
            owners.extend(row.made.iter().map(|id| (id.as_str(), row)));
        }
        owners
    }

    fn owned(&self, row: &Row, seen: &Seen, verdict: &mut Verdict) {
        let rests = matches!(row.standing, Standing::Active { .. })
            && row.wanted == Wanted::Present
            && row.busy.is_none()
            && seen.state == State::Active
            && !seen.moving
            && self.fences.get(&row.id) == Some(&row.fence);
        let whole = row.external_id.as_ref() == Some(&seen.id) && row.kind.slug() == self.kind.slug();
        if row.binding_id != *self.binding || !whole {
            verdict.agreed.push(seen.id.clone());
        } else if !rests {
            verdict.owned.push(seen.id.clone());
        } else {
            let differences = differences(row, seen);
            match differences.is_empty() {
                true => verdict.agreed.push(seen.id.clone()),
                false => {
                    verdict.found.push(Found { row: Some(row.id.clone()), differences, ..found(Class::Changed, seen) })
                }
            }
        }
    }

    fn unowned(&self, seen: &Seen, verdict: &mut Verdict) {
        let native = self.kind.kept.as_ref().is_some_and(|kept| (kept.native)(seen));
        let (class, row) = match &seen.tag {
            None if native => (None, None),
            // On its way out by itself.
            _ if seen.state == State::Deleting => (None, None),
            None if self.tag() == Some(Tag::Name) => (self.unclaimed(seen).then_some(Class::Orphaned), None),
            // Lists do not show their marks.
            None if self.tag() == Some(Tag::Mark) && !self.unclaimed(seen) => (None, None),
            None => ((!self.retired).then_some(Class::CreatedOutside), None),
            Some(tag) => match self.marked.get(tag) {
                None => (Some(Class::Orphaned), None),
                Some(row) => (self.has_let_go(row, seen).then_some(Class::Orphaned), Some(row.id.clone())),
            },
        };
        match class {
            Some(class) => verdict.found.push(Found { row, ..found(class, seen) }),
            None => verdict.open.push(seen.id.clone()),
        }
    }

    fn tag(&self) -> Option<Tag> {
        self.kind.kept.as_ref().map(|kept| kept.tag)
    }

    /// Whether no row is about to answer for a name that we chose.
    fn unclaimed(&self, seen: &Seen) -> bool {
        let pooled = self.kind.is_pooled();
        let name = |row: &Row| if pooled { format!("{}-{}", row.binding_id, row.name) } else { row.name.clone() };
        !self.rows.iter().any(|row| row.external_id.is_none() && name(row) == seen.id.as_str())
    }

    /// Whether the row that a thing is marked with has nothing to do with it any more, and that for long enough: a
    /// request may still be under way, and a list may be older than a deletion.
    fn has_let_go(&self, row: &Row, seen: &Seen) -> bool {
        let settled = row.updated_at.saturating_add(self.quiet) <= self.begun;
        let elsewhere =
            row.external_id.as_ref().is_some_and(|id| *id != seen.id) && !row.made.contains(&seen.id.to_string());
        let given_up = matches!(row.standing, Standing::Gone | Standing::Failed { id: None, .. });
        settled && (given_up || elsewhere)
    }

    /// A row whose thing a complete list lacks.
    fn absent(&self, row: &Row, verdict: &mut Verdict) {
        let Some(id) = row.external_id.clone() else { return };
        // What was just made may not be listed yet; what changed meanwhile is another's turn.
        let old = row.created_at.saturating_add(self.quiet) <= self.begun;
        let still = self.fences.get(&row.id) == Some(&row.fence);
        match (&row.standing, row.wanted) {
            (Standing::Vanished { .. }, Wanted::Present) => verdict.found.push(vanished(row, id)),
            (Standing::Failed { id: Some(_), .. }, Wanted::Present)
                if still && row.updated_at.saturating_add(self.quiet) <= self.begun =>
            {
                verdict.found.push(vanished(row, id));
            }
            (Standing::Active { .. } | Standing::Building { .. }, Wanted::Present) if old && still => {
                verdict.missing.push(row.id.clone());
                verdict.open.push(id);
            }
            _ => verdict.open.push(id),
        }
    }
}

fn found(class: Class, seen: &Seen) -> Found {
    let looks = json!([seen.name, seen.asked, seen.takes]).to_string();
    let (name, state) = (seen.name.clone(), seen.state);
    Found { class, id: seen.id.clone(), name, state, row: None, differences: Vec::new(), looks }
}

fn vanished(row: &Row, id: ExternalId) -> Found {
    Found {
        class: Class::Vanished,
        id,
        name: row.name.clone(),
        state: State::Vanished,
        row: Some(row.id.clone()),
        differences: Vec::new(),
        looks: String::new(),
    }
}

/// The fields that are not as they were asked for. Fields that were not asked for are the cloud's to choose.
pub(super) fn differences(row: &Row, seen: &Seen) -> Vec<Difference> {
    let difference = |(name, theirs): (&String, &Value)| {
        let field = row.kind.kind.fields.iter().find(|field| field.name == **name)?;
        let theirs = plain(theirs);
        let (ours, same) = match name.as_str() {
            "name" => (row.name.clone(), row.name.trim() == theirs.trim()),
            name => {
                let asked = plain(row.spec.get(name)?);
                let known = [Some(asked.as_str()), row.facts.id(name), row.facts.name(name)];
                let same = known.contains(&Some(theirs.as_str()));
                (row.facts.name(name).map_or(asked.clone(), str::to_owned), same)
            }
        };
        (!same).then(|| Difference { field: name.clone(), label: field.label.to_string(), ours, theirs })
    };
    seen.asked.iter().filter_map(difference).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests;
