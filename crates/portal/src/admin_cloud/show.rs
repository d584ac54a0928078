//! What administrators see of the whole cloud.
use super::{AdminCloud, kind};
use crate::{
    Ctx, Portal,
    error::{Error, Result},
};
use model::{
    Field, Input, Scope, State,
    view::{Choice, CloudItem, CloudList, Timestamp, WholeCloud, WholeForm, WholeItem},
};
use serde_json::{Value, json};
use services::{Definition, Facts, Seen};

impl Portal {
    /// Which regions there are to look at, and which kinds.
    ///
    /// # Errors
    /// 404 for who is not staff; 409 without the administrators' credentials; 5xx when the cloud cannot be asked.
    pub async fn whole_cloud(&self, ctx: &Ctx) -> model::Result<WholeCloud> {
        let work = async {
            let cloud = AdminCloud::open(self, ctx, "").await?;
            let regions = cloud.cloud.regions(ctx.request_id.as_str()).await?;
            let kinds = crate::catalogue().filter(|kind| kind.scope == Scope::Admin).cloned().collect();
            Ok(WholeCloud { regions, kinds })
        };
        work.await.map_err(Error::report)
    }

    /// All of a kind in a region, as the cloud says at this moment.
    ///
    /// # Errors
    /// As [`Self::whole_cloud`]; 404 for a service that the region does not offer.
    pub async fn whole_list(&self, ctx: &Ctx, region: &str, slug: &str) -> model::Result<CloudList> {
        let work = async {
            let cloud = AdminCloud::open(self, ctx, region).await?;
            let (items, complete) = cloud.list(kind(slug)?).await?;
            let trouble = (!complete).then(|| "There are more than this page can show.".to_owned());
            let items = items.into_iter().map(item).collect();
            Ok(CloudList { items, as_of: Some(Timestamp(self.now())), trouble, next: None })
        };
        work.await.map_err(Error::report)
    }

    /// One of a kind in a region, by the cloud's id.
    ///
    /// # Errors
    /// As [`Self::whole_list`]; 404 when there is none.
    pub async fn whole_item(&self, ctx: &Ctx, region: &str, slug: &str, id: &str) -> model::Result<WholeItem> {
        let work = async {
            let cloud = AdminCloud::open(self, ctx, region).await?;
            let kind = kind(slug)?;
            Ok(shown(kind, cloud.get(kind, id).await?))
        };
        work.await.map_err(Error::report)
    }

    /// The create form of a kind in a region, with what there is to choose.
    ///
    /// # Errors
    /// As [`Self::whole_list`]; 404 when nothing can be created.
    pub async fn whole_form(&self, ctx: &Ctx, region: &str, slug: &str) -> model::Result<WholeForm> {
        let work = async {
            let cloud = AdminCloud::open(self, ctx, region).await?;
            let definition = kind(slug)?;
            if definition.unkept.is_none() {
                return Err(model::Error::not_found(format!("way to create a {slug}")).into());
            }
            let mut choices = Vec::new();
            for (field, of) in chosen(&definition.kind.fields) {
                let (found, _) = cloud.list(kind(of)?).await?;
                let of = kind(of)?;
                choices.push((field.name.to_string(), found.iter().map(|seen| choice(of, seen)).collect()));
            }
            Ok(WholeForm { kind: definition.kind.clone(), choices })
        };
        work.await.map_err(Error::report)
    }
}

/// The fields that name something of another kind, with its slug.
fn chosen(fields: &[Field]) -> impl Iterator<Item = (&Field, &str)> {
    fields.iter().filter_map(|field| match &field.input {
        Input::Choice { of, .. } => Some((field, of.as_ref())),
        _ => None,
    })
}

/// What the fields name, by id or name.
pub(super) async fn facts(cloud: &AdminCloud, fields: &[Field], spec: &model::Spec) -> Result<Facts> {
    let mut facts = Facts::default();
    for (field, of) in chosen(fields) {
        let Some(asked) = spec.get(field.name.as_ref()).and_then(Value::as_str) else { continue };
        let kind = kind(of)?;
        let (found, _) = cloud.list(kind).await?;
        let by_id = found.iter().find(|seen| seen.id.as_str() == asked);
        let mut by_name = found.iter().filter(|seen| seen.name == asked);
        let (noun, bad) = (kind.kind.title.to_lowercase(), |text| model::Error::invalid(field.name.to_string(), text));
        let seen = match (by_id, by_name.next(), by_name.next()) {
            (Some(seen), ..) | (None, Some(seen), None) => seen,
            (None, None, _) => return Err(bad(format!("There is no {noun} “{asked}” in {}.", cloud.region())).into()),
            (None, Some(_), Some(_)) => {
                return Err(bad(format!("There are several named “{asked}”. Give the id instead.")).into());
            }
        };
        facts.0.insert(field.name.to_string(), json!({ "id": seen.id, "name": seen.name }));
    }
    Ok(facts)
}

fn choice(kind: &Definition, seen: &Seen) -> Choice {
    let disabled = (seen.state == State::Deleting).then(|| "It is being deleted.".to_owned());
    let (value, label) = (seen.id.to_string(), seen.name.clone());
    Choice { value, label, detail: (kind.detail)(seen), disabled, usage: model::Usage::ZERO }
}

pub(super) fn shown(kind: &Definition, seen: Seen) -> WholeItem {
    WholeItem { kind: kind.kind.clone(), fault: seen.fault.clone(), item: item(seen) }
}

pub(super) fn item(seen: Seen) -> CloudItem {
    let Seen { id, name, state, metadata, .. } = seen;
    CloudItem { id, name, state, metadata, managed: None, shared: false }
}
