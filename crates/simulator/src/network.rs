//! Neutron: networks, subnets, ports, routers, floating IPs, security groups, their tags and quotas.
//!
//! What all its collections have in common is here, driven by one [`Kind`] each; the files below hold what is special.

mod address;
mod attributes;
pub(crate) mod boot;
mod extensions;
pub(crate) mod filters;
mod floating;
mod groups;
mod networks;
pub(crate) mod ports;
pub(crate) mod quotas;
mod routers;
mod rules;
mod subnets;
mod tags;
pub(crate) mod vip;

use serde_json::{Value, json};

use crate::answer::{Answer, Reply, refuse};
use crate::call::Call;
use crate::store::{Doc, Row};
use crate::wire;

use attributes::Attribute;

pub(crate) const NETWORKS: &str = "networks";
pub(crate) const SUBNETS: &str = "subnets";
pub(crate) const PORTS: &str = "ports";
pub(crate) const ROUTERS: &str = "routers";
pub(crate) const FLOATING: &str = "floatingips";
pub(crate) const GROUPS: &str = "security_groups";
pub(crate) const RULES: &str = "security_group_rules";

/// One collection of Neutron.
pub(crate) struct Kind {
    /// In bodies: `security_group`.
    pub(crate) one: &'static str,
    /// In bodies, and the table's name: `security_groups`.
    pub(crate) many: &'static str,
    /// In URLs: `security-groups`.
    path: &'static str,
    /// `SecurityGroupNotFound`, and the sentence around the id.
    missing: (&'static str, &'static str, &'static str),
    /// What a body may carry.
    attributes: &'static [Attribute],
    /// Filters that are no attributes.
    filters: &'static [&'static str],
    tagged: bool,
    /// Who may see it without owning it.
    shared: fn(&Call<'_>, &Row) -> bool,
    view: fn(&Call<'_>, &Row) -> Value,
    create: fn(&mut Call<'_>, Doc) -> Result<Row, Answer>,
    update: fn(&mut Call<'_>, &Row, Doc) -> Result<(), Answer>,
    delete: fn(&mut Call<'_>, &Row) -> Result<(), Answer>,
}

const KINDS: [&Kind; 7] =
    [&networks::KIND, &subnets::KIND, &ports::KIND, &routers::KIND, &floating::KIND, &groups::KIND, &rules::KIND];

pub(crate) fn not_shared(_: &Call<'_>, _: &Row) -> bool {
    false
}

pub(crate) fn bad(message: &str) -> Answer {
    refuse::network(400, "HTTPBadRequest", message)
}

/// `BadRequest`: what the plug-ins refuse, against what the parser refuses.
pub(crate) fn bad_request(what: &str, message: &str) -> Answer {
    refuse::network(400, "BadRequest", &format!("Bad {what} request: {message}"))
}

pub(crate) fn conflict(kind: &str, message: &str) -> Answer {
    refuse::network(409, kind, message)
}

pub(crate) fn disallowed(rule: &str) -> Answer {
    refuse::network(403, "PolicyNotAuthorized", &format!("{rule} is disallowed by policy"))
}

fn nowhere() -> Answer {
    refuse::network(404, "HTTPNotFound", "The resource could not be found.")
}

impl Kind {
    pub(crate) fn missing(&self, id: &str) -> Answer {
        let (kind, before, after) = self.missing;
        refuse::network(404, kind, &format!("{before}{id}{after}"))
    }

    fn sees(&self, call: &Call<'_>, row: &Row) -> bool {
        call.who.may(row) || (self.shared)(call, row)
    }

    /// A row that the caller may see.
    pub(crate) fn find(&self, call: &Call<'_>, id: &str) -> Result<Row, Answer> {
        call.get(self.many, id).filter(|row| self.sees(call, row)).cloned().ok_or_else(|| self.missing(id))
    }

    /// A row that the caller may change: seeing it is not enough.
    fn find_own(&self, call: &Call<'_>, id: &str, verb: &str) -> Result<Row, Answer> {
        let row = self.find(call, id)?;
        if call.who.may(&row) { Ok(row) } else { Err(disallowed(&format!("rule:{verb}_{}", self.one))) }
    }

    fn show(&self, call: &Call<'_>, row: &Row) -> Value {
        let mut value = (self.view)(call, row);
        value["id"] = json!(row.id);
        value["project_id"] = json!(row.project);
        value["tenant_id"] = json!(row.project);
        value["created_at"] = json!(wire::seconds(row.at));
        value["updated_at"] = json!(wire::seconds(row.changed));
        value["revision_number"] = json!(row.number("revision"));
        if self.tagged {
            value["tags"] = json!(row.texts("tags").collect::<Vec<_>>());
        }
        value
    }

    fn body(&self, call: &Call<'_>) -> Result<Doc, Answer> {
        let mut body = call.object().ok_or_else(|| bad("Body contains invalid data"))?;
        match body.remove(self.one) {
            Some(Value::Object(given)) => Ok(given),
            _ => Err(bad(&format!("Unable to find '{}' in request body", self.one))),
        }
    }

    fn list(&self, call: &Call<'_>) -> Reply {
        let mut rows: Vec<&Row> = call.rows(self.many).filter(|row| self.sees(call, row)).collect();
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        let items = rows.into_iter().map(|row| self.show(call, row)).collect();
        filters::answer(call, self, items)
    }

    fn post(&self, call: &mut Call<'_>) -> Reply {
        let given = self.body(call)?;
        let given = attributes::for_create(call, self, given)?;
        quotas::check(call, self.many, self.one)?;
        let row = (self.create)(call, given)?;
        Ok(Answer::json(201, json!({self.one: self.show(call, &row)})))
    }

    fn put(&self, call: &mut Call<'_>, id: &str) -> Reply {
        let given = self.body(call)?;
        let row = self.find_own(call, id, "update")?;
        let given = attributes::for_update(self, &self.show(call, &row), given)?;
        (self.update)(call, &row, given)?;
        touch(call, self.many, id);
        let row = self.find(call, id)?;
        Ok(Answer::ok(json!({self.one: self.show(call, &row)})))
    }
}

/// Counts the revision of a row up.
pub(crate) fn touch(call: &mut Call<'_>, table: &str, id: &str) {
    call.change(table, id, |row| {
        let revision = row.number("revision") + 1;
        row.set("revision", revision);
    });
}

/// The plain update: what is given is set.
pub(crate) fn set_all(call: &mut Call<'_>, table: &str, id: &str, given: Doc) {
    call.change(table, id, |row| row.doc.extend(given));
}

pub(crate) fn serve(call: &mut Call<'_>, path: &[&str]) -> Reply {
    let path = match path {
        [] => {
            let link = format!("{}/v2.0/", call.base);
            let version = json!({"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": link}]});
            return Ok(Answer::ok(json!({"versions": [version]})));
        }
        ["v2.0", rest @ ..] => rest,
        _ => return Err(nowhere()),
    };
    let (collection, rest) = match path {
        [] => {
            let resources: Vec<Value> = KINDS
                .iter()
                .map(|kind| json!({"name": kind.one, "collection": kind.path, "links": [{"rel": "self", "href": format!("{}/v2.0/{}", call.base, kind.path)}]}))
                .collect();
            return Ok(Answer::ok(json!({"resources": resources})));
        }
        ["extensions", rest @ ..] => return extensions::serve(call, rest),
        ["quotas", rest @ ..] => return quotas::serve(call, rest),
        [collection, rest @ ..] => (collection.trim_end_matches(".json"), rest),
    };
    let kind = KINDS.into_iter().find(|kind| kind.path == collection).ok_or_else(nowhere)?;
    match (call.method.as_str(), rest) {
        ("GET", []) => kind.list(call),
        ("POST", []) => kind.post(call),
        ("GET", [id]) => {
            let row = kind.find(call, id)?;
            Ok(Answer::ok(json!({kind.one: filters::only_fields(call, kind.show(call, &row))})))
        }
        ("PUT", [id]) => kind.put(call, id),
        ("DELETE", [id]) => {
            let row = kind.find_own(call, id, "delete")?;
            (kind.delete)(call, &row)?;
            call.remove(kind.many, id);
            Ok(Answer::empty(204))
        }
        ("PUT", [id, action]) if kind.many == ROUTERS && action.ends_with("_router_interface") => {
            routers::interface(call, id, action)
        }
        (_, [id, "tags", rest @ ..]) if kind.tagged => tags::serve(call, kind, id, rest),
        _ => Err(nowhere()),
    }
}
