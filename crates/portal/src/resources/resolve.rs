//! From names to ids, before anything is stored: reads only. Whatever a person names is read from the cloud and checked
//! to be the project's own, or open to it, before it is used.
use super::{
    cloud::ScopedCloud,
    shelf::{Age, Drawer, Listed, Wait},
};
use crate::{
    Portal,
    bindings::Binding,
    db::values,
    error::{Error, Result},
};
use model::{ExternalId, Field, Input, Spec, State};
use serde_json::{Map, Value};
use services::{Definition, Facts, Lookup, Seen, What};

/// Where names are looked up.
pub(super) struct Resolver<'a> {
    pub portal: &'a Portal,
    pub cloud: &'a ScopedCloud,
    pub binding: &'a Binding,
    /// The thing that is acted on, where one is.
    pub own: Option<Own<'a>>,
}

/// The thing that is acted on.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    pub kind: &'static Definition,
    pub id: &'a ExternalId,
}

/// What narrows a field's choices: an attribute and its value, which is a constant of the catalogue, or what another field
/// chose (`{network_id}`). Where that chose nothing, nothing narrows.
pub(super) fn narrowed(field: &Field, chosen: impl Fn(&str) -> Option<String>) -> Only {
    let Input::Choice { only: Some((key, value)), .. } = &field.input else { return None };
    let value = match field.follows() {
        Some(other) => chosen(other)?,
        None => value.to_string(),
    };
    Some((key.to_string(), value))
}

/// An attribute, and the value that it must have.
pub(super) type Only = Option<(String, String)>;

fn bad(field: &str, sentence: impl Into<String>) -> Error {
    model::Error::invalid(field, sentence).into()
}

fn fact(seen: &Seen) -> Value {
    let mut fact: Map<String, Value> = seen.metadata.clone();
    fact.insert("id".to_owned(), seen.id.to_string().into());
    fact.insert("name".to_owned(), seen.name.clone().into());
    Value::Object(fact)
}

impl Resolver<'_> {
    /// Resolves every field that names something of another kind, then what follows from them.
    pub(super) async fn facts(
        &self,
        fields: &[Field],
        spec: &Spec,
        sole: &[&str],
        lookups: fn(&Spec, &Facts) -> Vec<Lookup>,
    ) -> Result<Facts> {
        let mut facts = Facts::default();
        for field in fields {
            let Input::Choice { of, .. } = &field.input else { continue };
            let kind = super::kind(of)?;
            let asked = spec.get(field.name.as_ref()).and_then(Value::as_str);
            if asked.is_none() && !sole.contains(&field.name.as_ref()) {
                continue;
            }
            let only = narrowed(field, |other| facts.id(other).map(str::to_owned));
            let parent = fields.iter().filter(|other| kind.lies_in(other)).find_map(|other| facts.id(&other.name));
            let drawer = self.drawer(kind, parent, &field.name)?;
            let seen = match asked {
                Some(asked) => Some(self.one(&drawer, asked, &only, &field.name).await?),
                None => Some(self.sole(&drawer, field, &only).await?),
            };
            if let Some(seen) = seen {
                facts.0.insert(field.name.to_string(), fact(&seen));
            }
        }
        for Lookup { fact: name, field, what } in lookups(spec, &facts) {
            let seen = match what {
                What::Of { kind, value } => self.one(&Drawer::of(super::kind(kind)?), &value, &None, field).await?,
                What::First { kind, query, none } => self.first(super::kind(kind)?, query, field, none).await?,
            };
            facts.0.insert(name.to_owned(), fact(&seen));
        }
        Ok(facts)
    }

    /// Where a kind's things are looked for: of a kind that lies in things of another, in the one that is acted on, or else
    /// in what the form names.
    pub(super) fn drawer(&self, kind: &'static Definition, named: Option<&str>, field: &str) -> Result<Drawer> {
        let Some(parent) = &kind.kind.parent else { return Ok(Drawer::of(kind)) };
        let own = self.own.filter(|own| own.kind.slug() == parent.kind).map(|own| own.id.clone());
        let id = own.or_else(|| named.map(ExternalId::new));
        let title = || super::kind(&parent.kind).map_or_else(|_| String::new(), |kind| kind.kind.title.to_lowercase());
        let id = id.ok_or_else(|| bad(field, format!("Say first in which {} it is.", title())))?;
        Ok(Drawer::in_one(kind, id))
    }

    /// The same for choices, from memory or within a moment: what the form names lies in the thing that is acted on. None
    /// where that cannot be told.
    pub(super) async fn drawer_named(&self, kind: &'static Definition, named: Option<&str>) -> Result<Option<Drawer>> {
        let Some(parent) = &kind.kind.parent else { return Ok(Some(Drawer::of(kind))) };
        let outer = super::kind(&parent.kind)?;
        match (self.own, named) {
            (Some(own), _) if own.kind.slug() == outer.slug() => self.drawer(kind, None, "").map(Some),
            (Some(own), Some(named)) if outer.kind.parent.as_ref().is_some_and(|up| up.kind == own.kind.slug()) => {
                let around = Drawer::in_one(outer, own.id.clone());
                let glimpse = self.portal.glimpse(self.cloud, self.binding, &around, (Age::Choice, Wait::Glance)).await;
                let listed = glimpse.listed.iter().flat_map(|listed| &listed.items);
                let meant = listed.into_iter().find(|seen| seen.id.as_str() == named || seen.name == named);
                Ok(meant.map(|seen| Drawer::in_one(kind, seen.id.clone())))
            }
            _ => Ok(None),
        }
    }

    /// What of that kind has that id or name, to look at what lies in it; whatever state it is in.
    pub(super) async fn parent(&self, kind: &'static Definition, asked: &str) -> Result<Seen> {
        self.found(&Drawer::of(kind), asked, &None, "parent").await
    }

    /// The one of that id or name, for use. What lies in a thing is named to be changed or removed, whatever its state.
    async fn one(&self, drawer: &Drawer, asked: &str, only: &Only, field: &str) -> Result<Seen> {
        let found = self.found(drawer, asked, only, field).await?;
        if drawer.parent.is_some() { Ok(found) } else { usable(found, field) }
    }

    /// The one of that id or name. What was just made may not be in memory yet, so a miss is asked again.
    async fn found(&self, drawer: &Drawer, asked: &str, only: &Only, field: &str) -> Result<Seen> {
        let kind = drawer.kind;
        let asked_id = self.row_id(kind, asked).await?;
        let wanted = asked_id.as_deref().unwrap_or(asked);
        for age in [Age::Choice, Age::Now] {
            let mut by_name = Vec::new();
            for seen in self.candidates(drawer, only, age).await? {
                if seen.id.as_str() == wanted {
                    return Ok(seen);
                }
                if seen.name == asked {
                    by_name.push(seen);
                }
            }
            match by_name.len() {
                0 => {}
                1 => return Ok(by_name.remove(0)),
                several => {
                    let noun = kind.kind.plural.to_lowercase();
                    return Err(bad(
                        field,
                        format!("There are {several} {noun} named “{asked}”. Give the id instead."),
                    ));
                }
            }
        }
        Err(bad(field, format!("There is no {} “{asked}” in this project.", kind.kind.title.to_lowercase())))
    }

    /// The only one there is; else the one that the field names by default.
    async fn sole(&self, drawer: &Drawer, field: &Field, only: &Only) -> Result<Seen> {
        let mut found = self.candidates(drawer, only, Age::Page).await?;
        if found.len() != 1 && !field.default.is_empty() {
            found.retain(|seen| seen.name == field.default);
        }
        let noun = drawer.kind.kind.title.to_lowercase();
        match found.len() {
            1 => usable(found.remove(0), &field.name),
            0 => Err(bad(&field.name, format!("There is no {noun} to choose in this project. Create one first."))),
            _ => Err(bad(&field.name, format!("There are several; say which {noun}."))),
        }
    }

    async fn first(
        &self,
        kind: &'static Definition,
        (name, value): (&'static str, String),
        field: &str,
        none: &str,
    ) -> Result<Seen> {
        let mut query = kind.own_query(self.binding.project_id.as_str());
        query.push((name.into(), value));
        let listing = self.cloud.list(kind.collection, kind.list(None).queries(query)).await?;
        let mut seen = listing.items.iter().filter_map(|value| (kind.read)(value));
        seen.find(|seen| seen.belongs_to(self.binding.project_id.as_str())).ok_or_else(|| bad(field, none))
    }

    /// What a field may name: from the cloud, or from our rows where the cloud has one drawer for all.
    pub(super) async fn candidates(&self, drawer: &Drawer, only: &Only, age: Age) -> Result<Vec<Seen>> {
        if drawer.kind.is_pooled() {
            return self.of_rows(drawer.kind).await;
        }
        let listed = self.portal.listed(self.cloud, self.binding, drawer, age).await?;
        Ok(fitting(&listed, only))
    }

    /// What a field may name, of a kind that has one drawer for all in the cloud.
    pub(super) async fn of_rows(&self, kind: &'static Definition) -> Result<Vec<Seen>> {
        let rows = self.portal.rows_of(&self.binding.id, kind.slug()).await?;
        let seen = rows.iter().filter_map(|row| {
            let id = row.external_id.as_ref().filter(|_| row.state() == State::Active)?;
            let mut seen = Seen::new(id.as_str(), &row.name, None);
            seen.metadata = row.observed.clone();
            Some(seen)
        });
        Ok(seen.collect())
    }

    /// The cloud's id, if the asked one is the id of a row of ours.
    async fn row_id(&self, kind: &'static Definition, asked: &str) -> Result<Option<String>> {
        let sql = "SELECT external_id FROM resources
            WHERE id = $1 AND binding_id = $2 AND kind = $3 AND state <> 'gone' AND external_id IS NOT NULL";
        let row = self.portal.db().one(sql, values![asked, &self.binding.id, kind.slug()]).await?;
        Ok(row.map(|row| row.text("external_id")).transpose()?)
    }
}

/// Those of a list that a field takes.
pub(super) fn fitting(listed: &Listed, only: &Only) -> Vec<Seen> {
    let has = |seen: &Seen, key: &str, value: &str| seen.metadata.get(key).is_some_and(|has| plain(has) == value);
    let fits = |seen: &&Seen| only.as_ref().is_none_or(|(key, value)| has(seen, key, value));
    listed.items.iter().filter(fits).cloned().collect()
}

fn usable(seen: Seen, field: &str) -> Result<Seen> {
    match seen.state {
        State::Deleting | State::Gone => Err(bad(field, format!("“{}” is being deleted.", seen.name))),
        State::Failed => Err(bad(field, format!("“{}” has failed and cannot be used.", seen.name))),
        _ => Ok(seen),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
