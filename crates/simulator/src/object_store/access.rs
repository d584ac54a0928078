//! Who may do what: the project's members, whom a container's own rules let in, and who has a signed address.

use super::{Place, container, meta, page, signed, unauthenticated};
use crate::answer::Answer;
use crate::call::Call;
use crate::config::Role;

/// What the caller was let in for.
pub(super) struct Pass {
    /// A member of the project: sees keys and rules, too.
    pub(super) owner: bool,
    /// The only container that may be looked into; without one all of the account's.
    pub(super) within: Option<String>,
    /// When the signed address that lets in ends, seconds since the epoch.
    pub(super) signed_until: Option<i64>,
}

impl Pass {
    /// Whether what is needed from this container may be read.
    pub(super) fn reads(&self, container: &str) -> bool {
        self.within.as_deref().is_none_or(|within| within == container)
    }
}

pub(super) fn admitted(call: &Call<'_>, place: &Place) -> Result<Pass, Answer> {
    if let Some(pass) = signed::opened(call, place)? {
        return Ok(pass);
    }
    let known = !call.who.user.is_empty();
    let member = known && !place.project.is_empty() && call.who.project == place.project;
    if member && call.who.role >= Role::Member {
        return Ok(Pass { owner: true, within: None, signed_until: None });
    }
    if let Some(name) = &place.container
        && lets_in(call, place, name)
    {
        return Ok(Pass { owner: false, within: Some(name.clone()), signed_until: None });
    }
    Err(if known { page(403) } else { unauthenticated(&format!("{}/identity/v3", call.root)) })
}

/// Whether the container's rules let the caller in. They are for objects and for reading the list of them.
fn lets_in(call: &Call<'_>, place: &Place, name: &str) -> bool {
    let Ok(row) = container(call, &place.project, name) else { return false };
    let rules = |which: &str| meta::held(row, which).unwrap_or_default().to_owned();
    match call.method.as_str() {
        "GET" | "HEAD" => {
            let rules = rules("x-container-read");
            let everybody = has(&rules, ".r:*") && (place.object.is_some() || has(&rules, ".rlistings"));
            everybody || names(call, &rules)
        }
        "PUT" | "POST" | "DELETE" if place.object.is_some() => names(call, &rules("x-container-write")),
        _ => false,
    }
}

fn has(rules: &str, wanted: &str) -> bool {
    rules.split(',').any(|rule| rule.trim() == wanted)
}

/// Whether a rule `project:user` means the caller; either may be `*`.
fn names(call: &Call<'_>, rules: &str) -> bool {
    let who = &call.who;
    !who.user.is_empty()
        && [who.project.as_str(), "*"].iter().any(|project| {
            [who.user.as_str(), who.user_name.as_str(), "*"].iter().any(|user| has(rules, &format!("{project}:{user}")))
        })
}
