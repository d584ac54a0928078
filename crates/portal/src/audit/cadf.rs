//! Events as other systems read them: CADF, the Cloud Auditing Data Federation of the DMTF (DSP0262 1.0.0), which
//! OpenStack's own services speak too. <https://www.dmtf.org/standards/cadf>
use model::{AuditEvent, AuditOutcome, Group};
use serde_json::{Value, json};

/// An event in CADF. What CADF has no word for (chain, number, hash, our own word for the action) stands in an attachment,
/// so that nothing is lost.
pub fn cadf(event: &AuditEvent) -> Value {
    let (outcome, reason) = outcome(event.outcome);
    let mut record = json!({
        "typeURI": "http://schemas.dmtf.org/cloud/audit/1.0/event",
        "eventType": "activity",
        "id": format!("atonix:{}:{}", event.chain, event.number),
        "eventTime": event.at,
        "action": action(&event.action),
        "outcome": outcome,
        "initiator": {
            "id": format!("atonix:user:{}", event.actor),
            "typeURI": initiator(&event.actor),
            "name": event.actor,
        },
        "target": {
            "id": target_id(event),
            "typeURI": target(&event.target_kind),
            "name": event.target_name,
        },
        "observer": { "id": "atonix:portal", "typeURI": "service/security", "name": "AtonixCorp Platform" },
        "attachments": [{
            "typeURI": "application/json",
            "name": "atonix",
            "content": {
                "chain": event.chain,
                "number": event.number,
                "hash": event.hash,
                "action": event.action,
                "environment": event.environment,
                "request_id": event.request_id,
                "detail": event.detail,
            },
        }],
    });
    if let Some(reason) = reason {
        record["reason"] = reason;
    }
    record
}

/// The standard's words for how it went (6.2.4): an attempt is pending until its outcome follows.
fn outcome(outcome: AuditOutcome) -> (&'static str, Option<Value>) {
    match outcome {
        AuditOutcome::Attempted => ("pending", None),
        AuditOutcome::Succeeded => ("success", None),
        AuditOutcome::Failed => ("failure", None),
        AuditOutcome::Denied => ("failure", Some(json!({ "reasonType": "HTTP", "reasonCode": "403" }))),
    }
}

/// The standard's action taxonomy (A.4): our words end in a verb.
fn action(word: &str) -> &'static str {
    match word.rsplit('.').next().unwrap_or(word) {
        "sign_in" | "sign_out" => "authenticate",
        "access" => "read",
        "create" | "add" | "issue" | "adopt" => "create",
        "delete" | "remove" | "revoke" | "archive" | "retire" | "forget" => "delete",
        "deactivate" => "disable",
        "activate" => "enable",
        "start" | "unpause" | "resume" => "start",
        "stop" | "pause" | "suspend" => "stop",
        "reboot" | "hard_reboot" => "restart",
        "attach" | "attach_volume" => "attach",
        "detach" | "detach_volume" => "detach",
        "vanish" | "reappear" | "twin" => "monitor",
        _ => "update",
    }
}

/// The standard's resource taxonomy (A.2).
fn initiator(actor: &str) -> &'static str {
    match actor {
        "system" | "system:cli" => "service/security",
        "anonymous" => "unknown",
        _ => "data/security/account/user",
    }
}

fn target(kind: &str) -> String {
    let fixed = match kind {
        "" => "unknown",
        "user" => "data/security/account/user",
        "token" => "data/security/credential",
        "workspace" => "data/security/project",
        "binding" => "data/security/policy",
        "vm" => "compute/machine",
        "volume" => "storage/volume",
        "network" => "network/network",
        _ => "",
    };
    if !fixed.is_empty() {
        return fixed.to_owned();
    }
    let group = services::find(kind).map(|definition| definition.kind.group);
    let root = match group {
        Some(Group::Compute) => "compute",
        Some(Group::Storage) => "storage",
        Some(Group::Networking) => "network",
        Some(_) => "service",
        None => return "unknown".to_owned(),
    };
    format!("{root}/{kind}")
}

fn target_id(event: &AuditEvent) -> String {
    match event.target_id.as_str() {
        "" => format!("atonix:{}", event.chain),
        id => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::view::Timestamp;

    fn event(action: &str, outcome: AuditOutcome) -> AuditEvent {
        AuditEvent {
            chain: "devops-team".to_owned(),
            number: 7,
            at: Timestamp(1_764_000_000_000_000),
            actor: "olga".to_owned(),
            action: action.to_owned(),
            outcome,
            environment: Some("staging".to_owned()),
            target_kind: "vm".to_owned(),
            target_id: "0195".to_owned(),
            target_name: "web".to_owned(),
            detail: json!({"region": "RegionOne"}),
            request_id: "req-1".to_owned(),
            hash: "ab".to_owned(),
        }
    }

    #[test]
    fn an_event_has_every_field_that_the_standard_requires() {
        let record = cadf(&event("vm.create", AuditOutcome::Attempted));
        for field in ["typeURI", "eventType", "id", "eventTime", "action", "outcome", "initiator", "target", "observer"]
        {
            assert!(!record[field].is_null(), "{field}");
        }
        assert_eq!((&record["action"], &record["outcome"]), (&json!("create"), &json!("pending")));
        assert_eq!(record["target"]["typeURI"], "compute/machine");
        assert_eq!(record["eventTime"], "2025-11-24T16:00:00Z");
        assert_eq!(record["attachments"][0]["content"]["hash"], "ab");
    }

    #[test]
    fn a_denial_is_a_failure_with_its_reason() {
        let record = cadf(&event("vm.stop", AuditOutcome::Denied));
        assert_eq!((&record["outcome"], &record["action"]), (&json!("failure"), &json!("stop")));
        assert_eq!(record["reason"]["reasonCode"], "403");
    }
}
