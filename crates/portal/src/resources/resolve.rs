//! From names to ids, before anything is stored: reads only. Whatever a person names is read from the cloud and checked
//! to be the project's own, or open to it, before it is used.
use super::{
    cloud::ScopedCloud,
    shelf::{Age, Listed},
};
use crate::{
    Portal,
    bindings::Binding,
    db::values,
    error::{Error, Result},
};
use model::{Field, Identity, Input, Spec, State};
use serde_json::{Map, Value};
use services::{Definition, Facts, Lookup, Seen, What};

/// Where names are looked up.
pub(super) struct Resolver<'a> {
    pub portal: &'a Portal,
    pub cloud: &'a ScopedCloud,
    pub binding: &'a Binding,
}

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
            let Input::Choice { of, only } = &field.input else { continue };
            let kind = super::kind(of)?;
            let only = only.as_ref().map(|(key, value)| (key.as_ref(), value.as_ref()));
            let seen = match spec.get(field.name.as_ref()).and_then(Value::as_str) {
                Some(asked) => Some(self.one(kind, asked, only, &field.name).await?),
                None if sole.contains(&field.name.as_ref()) => Some(self.sole(kind, field, only).await?),
                None => None,
            };
            if let Some(seen) = seen {
                facts.0.insert(field.name.to_string(), fact(&seen));
            }
        }
        for Lookup { fact: name, field, what } in lookups(spec, &facts) {
            let seen = match what {
                What::Of { kind, value } => self.one(super::kind(kind)?, &value, None, field).await?,
                What::First { kind, query, none } => self.first(super::kind(kind)?, query, field, none).await?,
            };
            facts.0.insert(name.to_owned(), fact(&seen));
        }
        Ok(facts)
    }

    /// The one of that id or name. What was just made may not be in memory yet, so a miss is asked again.
    async fn one(
        &self,
        kind: &'static Definition,
        asked: &str,
        only: Option<(&str, &str)>,
        field: &str,
    ) -> Result<Seen> {
        let asked_id = self.row_id(kind, asked).await?;
        let wanted = asked_id.as_deref().unwrap_or(asked);
        for age in [Age::Choice, Age::Now] {
            let mut by_name = Vec::new();
            for seen in self.candidates(kind, only, age).await? {
                if seen.id.as_str() == wanted {
                    return usable(seen, field);
                }
                if seen.name == asked {
                    by_name.push(seen);
                }
            }
            match by_name.len() {
                0 => {}
                1 => return usable(by_name.remove(0), field),
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
    async fn sole(&self, kind: &'static Definition, field: &Field, only: Option<(&str, &str)>) -> Result<Seen> {
        let mut found = self.candidates(kind, only, Age::Page).await?;
        if found.len() != 1 && !field.default.is_empty() {
            found.retain(|seen| seen.name == field.default);
        }
        let noun = kind.kind.title.to_lowercase();
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
        let listing = self.cloud.list(&kind.collection, &query).await?;
        let mut seen = listing.items.iter().filter_map(|value| (kind.read)(value));
        seen.find(|seen| seen.belongs_to(self.binding.project_id.as_str())).ok_or_else(|| bad(field, none))
    }

    /// What a field may name: from the cloud, or from our rows where the cloud has one drawer for all.
    pub(super) async fn candidates(
        &self,
        kind: &'static Definition,
        only: Option<(&str, &str)>,
        age: Age,
    ) -> Result<Vec<Seen>> {
        if kind.kind.identity == Identity::Name {
            return self.of_rows(kind).await;
        }
        let listed = self.portal.listed(self.cloud, self.binding, kind, age).await?;
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
pub(super) fn fitting(listed: &Listed, only: Option<(&str, &str)>) -> Vec<Seen> {
    let fits =
        |seen: &&Seen| only.is_none_or(|(key, value)| seen.metadata.get(key).is_some_and(|has| plain(has) == value));
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
