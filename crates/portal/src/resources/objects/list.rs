//! What lies in a container, a folder and a page at a time: one request each.
use super::checked;
use crate::{
    Ctx, Portal,
    access::Need,
    error::{Error, Result},
};
use model::{
    Place,
    objects::{OBJECTS_PAGE, ObjectItem, ObjectPage, ObjectQuery},
    view::Timestamp,
};
use serde::Deserialize;
use services::object::{self, Listing};

/// One of a list: an object, or a folder. See
/// <https://docs.openstack.org/api-ref/object-store/#show-container-details-and-list-objects>.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Listed {
    Folder {
        subdir: String,
    },
    Object {
        name: String,
        bytes: i64,
        #[serde(default)]
        content_type: String,
        #[serde(default)]
        last_modified: String,
        #[serde(default)]
        hash: String,
    },
}

impl Listed {
    fn name(&self) -> &str {
        match self {
            Self::Folder { subdir } => subdir,
            Self::Object { name, .. } => name,
        }
    }
}

/// The answer to a list.
pub(super) fn read(body: serde_json::Value) -> Result<Vec<Listed>> {
    let unreadable = |error: serde_json::Error| openstack::Error::Unreadable {
        service: services::clients::SWIFT.title,
        cause: format!("a list of objects is not of the documented shape: {error}"),
    };
    Ok(Vec::deserialize(body).map_err(unreadable)?)
}

impl Portal {
    /// A page of what lies in a folder of a container. `container` is the row's id or the container's name.
    ///
    /// # Errors
    /// 404 to strangers and for containers that are not in the inventory; 503 when the cloud does not answer.
    pub async fn objects(
        &self,
        ctx: &Ctx,
        place: &Place,
        container: &str,
        query: &ObjectQuery,
    ) -> model::Result<ObjectPage> {
        self.folder_of(ctx, place, container, query).await.map_err(Error::report)
    }

    /// What is known of one object.
    ///
    /// # Errors
    /// As [`Self::objects`]; 404 when there is no such object.
    pub async fn object(&self, ctx: &Ctx, place: &Place, container: &str, name: &str) -> model::Result<ObjectItem> {
        let work = async {
            let container = self.container(ctx, place, container, Need::Read).await?;
            let request = object::about(http::Method::HEAD, container.name(), checked(name)?);
            let head = match container.cloud.send(&request).await {
                Err(error) if error.is_not_found() => return Err(model::Error::not_found("object").into()),
                head => head?.body,
            };
            let text = |name: &str| head.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            Ok(ObjectItem {
                name: name.to_owned(),
                bytes: text("content-length").parse().unwrap_or_default(),
                content_type: text("content-type"),
                last_modified: text("last-modified"),
                etag: text("etag").trim_matches('"').to_owned(),
            })
        };
        work.await.map_err(Error::report)
    }

    async fn folder_of(&self, ctx: &Ctx, place: &Place, container: &str, query: &ObjectQuery) -> Result<ObjectPage> {
        let container = self.container(ctx, place, container, Need::Read).await?;
        for name in [&query.prefix, &query.marker].into_iter().filter(|name| !name.is_empty()) {
            checked(name)?;
        }
        let as_of = Timestamp(self.now());
        let listing = Listing {
            prefix: &query.prefix,
            by_folder: true,
            marker: Some(query.marker.as_str()).filter(|marker| !marker.is_empty()),
            // One more than is shown tells whether there are more.
            limit: Some(OBJECTS_PAGE + 1),
        };
        let answer = container.cloud.send(&object::list(container.name(), listing)).await?;
        let mut listed = read(answer.body)?;
        let more = listed.len() > OBJECTS_PAGE;
        listed.truncate(OBJECTS_PAGE);
        let next = listed.last().filter(|_| more).map(|last| last.name().to_owned());
        let (mut folders, mut objects) = (Vec::new(), Vec::new());
        for one in listed {
            match one {
                Listed::Folder { subdir } => folders.push(subdir),
                Listed::Object { name, bytes, content_type, last_modified, hash } => {
                    objects.push(ObjectItem { name, bytes, content_type, last_modified, etag: hash });
                }
            }
        }
        Ok(ObjectPage { container: container.id.to_string(), folders, objects, next, as_of })
    }
}
