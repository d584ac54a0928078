//! Objects in a container of ours. There are no rows of them: intent and outcome of each change are audited, and their
//! bytes pass through as they come.
mod list;
mod stream;
mod sweep;
mod uploads;

pub use stream::{Bytes, Incoming, Outgoing};
pub(super) use uploads::doubt_in;

use super::{cloud::ScopedCloud, row::Row};
use crate::{
    Ctx, Portal,
    access::Need,
    audit::Event,
    error::{Error, Result},
};
use model::{AuditOutcome, ExternalId, Place, Spec, objects::SEGMENTS};
use serde_json::{Value, json};
use services::{Facts, object};

/// The kind that objects lie in.
const CONTAINER: &str = "swift_container";
/// What is done, in the audit: `swift_container.upload_object`.
const UPLOAD: &str = "upload_object";
const DOWNLOAD: &str = "download_object";

/// A container that the caller may use, and how its cloud is reached: through the binding that it was made through.
struct Container {
    row: Row,
    id: ExternalId,
    cloud: ScopedCloud,
}

impl Container {
    fn name(&self) -> &str {
        self.id.as_str()
    }

    /// An event about an object in it.
    fn event(&self, action: &str, outcome: AuditOutcome, detail: Value) -> Event<'_> {
        Event::new(self.row.slug.as_str(), format!("{CONTAINER}.{action}"), outcome)
            .within(self.row.environment)
            .about(CONTAINER, self.row.id.as_str(), &self.row.name)
            .detail(detail)
    }
}

/// Which object an action on a container may have changed: the names of its container and of itself.
pub(super) fn written<'a>(row: &'a Row, fields: &'a Spec, facts: &'a Facts) -> Option<(String, String)> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let own = row.standing.id().filter(|_| row.kind.slug() == CONTAINER)?;
    let container = facts.id("to_container").unwrap_or(own.as_str());
    Some((container.to_owned(), text("to_name").or_else(|| text("object"))?.to_owned()))
}

impl Portal {
    async fn container(&self, ctx: &Ctx, place: &Place, id: &str, need: Need) -> Result<Container> {
        let access = self.may(ctx, place, need).await?;
        let row = self.find_row(&access, place, CONTAINER, id).await?;
        let why = || format!("{} is {}; there is nothing in it to look at.", row.name, row.state());
        let id = row.standing.id().cloned().ok_or_else(|| model::Error::Conflict { why: why() })?;
        let binding = self.binding(&row.binding_id).await?;
        let cloud = self.cloud_of(&binding, &ctx.request_id)?;
        Ok(Container { row, id, cloud })
    }
}

/// A name that an object can have.
fn checked(name: &str) -> Result<&str> {
    let bad = |sentence: String| Err(Error::from(model::Error::invalid("object", sentence)));
    match name {
        "" => bad("Give the object's name.".to_owned()),
        "." | ".." => bad("This is no name for an object.".to_owned()),
        _ if name.len() > object::NAME_MAX => {
            bad(format!("This is {} bytes long; {} at most.", name.len(), object::NAME_MAX))
        }
        _ if name.chars().any(char::is_control) => bad("Use no control characters.".to_owned()),
        _ => Ok(name),
    }
}

/// The same, for one that somebody sends: where the parts of large objects lie, nobody else puts anything.
fn writable(name: &str) -> Result<&str> {
    if name.starts_with(SEGMENTS) {
        let sentence = format!("Names that begin with {SEGMENTS} are those of parts of large objects.");
        return Err(model::Error::invalid("object", sentence).into());
    }
    checked(name)
}

fn of(object: &str) -> Value {
    json!({ "object": object })
}
