//! The names of floating IPs: what an address is called when somebody asks for its name. Actions of the floating IP.
use super::{absolute, is_domain};
use crate::{Act, ActAsk, Again, clients::DESIGNATE};
use http::Method;
use model::{Action, Field, kind::Output};
use openstack::Request;
use serde_json::{Value, json};

/// Gives it a name.
pub(in crate::networking) const SET: Action = Action::new("set_ptr", "Set name", "set_floatingip_ptr")
    .asks(
        const {
            &[
                Field::text("ptrdname", "Name").help("Such as www.example.com."),
                Field::number("ttl", "Keep for", 1, 2_147_483_647, "seconds").optional().advanced(),
            ]
        },
    )
    .example(r#"{"ptrdname": "www.one.example"}"#)
    .inline();
/// How that is asked.
pub(in crate::networking) const SET_ACT: Act = Act {
    refuse: |fields| {
        let name = fields.get("ptrdname").and_then(Value::as_str).unwrap_or_default();
        (!is_domain(name)).then(|| ("ptrdname", "Give a name such as www.example.com.".to_owned()))
    },
    ..Act::change(Again::Same, |ask| {
        let mut ptr = json!({ "ptrdname": absolute(ask.fields.get("ptrdname")?.as_str()?) });
        if let Some(ttl) = ask.fields.get("ttl") {
            ptr["ttl"] = ttl.clone();
        }
        Some(about(ask, Method::PATCH).json(ptr).expect(&[200, 202]))
    })
};

/// Takes its name away.
pub(in crate::networking) const UNSET: Action = Action::new("unset_ptr", "Remove name", "unset_floatingip_ptr")
    .after("set_ptr")
    .danger("Who asks for the name of this address is told none.");
/// How that is asked.
pub(in crate::networking) const UNSET_ACT: Act = Act::change(Again::Same, |ask| {
    Some(about(ask, Method::PATCH).json(json!({ "ptrdname": null })).expect(&[200, 202, 204]))
});

/// Shows its name.
pub(in crate::networking) const SHOW: Action =
    Action::new("ptr", "Show name", "get_floatingip_ptr").output(Output::Text).inline();
/// How that is asked.
pub(in crate::networking) const SHOW_ACT: Act = Act::reading(
    |ask| Some(about(ask, Method::GET)),
    |answer| {
        let name = answer.get("ptrdname").and_then(Value::as_str).map(|name| name.trim_end_matches('.'));
        Some(name.unwrap_or("It has none.").to_owned())
    },
);

/// Designate knows a floating IP by its region and its id.
fn about(ask: &ActAsk<'_>, method: Method) -> Request {
    Request::new(&DESIGNATE, method, ["reverse", "floatingips", &format!("{}:{}", ask.region, ask.id)])
}
