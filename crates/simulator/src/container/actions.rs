//! What can be done with a container: power, its log, a command in it.

use serde_json::{Value, json};

use super::schema::{self, QUERY, Rules};
use super::{CONTAINERS, find, nowhere, query, refuse, rules, says_yes};
use crate::answer::{Answer, Reply};
use crate::call::{Call, fields};
use crate::store::Row;

/// What is printed where nothing runs.
const SILENCE: &str = "no engine, no output\n";

/// An action that goes through a task to a status.
struct Move {
    verb: &'static str,
    from: &'static [&'static str],
    /// What the query may hold; nobody looks where there is nothing.
    query: Option<&'static Rules>,
    task: &'static str,
    /// Shown while the task runs, when it differs from before.
    meanwhile: Option<&'static str>,
    status: &'static str,
}

const MOVES: [Move; 5] = [
    Move {
        verb: "start",
        from: &["Created", "Stopped", "Error"],
        query: None,
        task: "container_starting",
        meanwhile: None,
        status: "Running",
    },
    Move {
        verb: "stop",
        from: &["Running"],
        query: Some(rules::TIMEOUT),
        task: "container_stopping",
        meanwhile: None,
        status: "Stopped",
    },
    Move {
        verb: "reboot",
        from: &["Created", "Running", "Stopped", "Error"],
        query: Some(rules::TIMEOUT),
        task: "container_rebooting",
        meanwhile: Some("Restarting"),
        status: "Running",
    },
    Move {
        verb: "pause",
        from: &["Running"],
        query: None,
        task: "container_pausing",
        meanwhile: None,
        status: "Paused",
    },
    Move {
        verb: "unpause",
        from: &["Paused"],
        query: None,
        task: "container_unpausing",
        meanwhile: None,
        status: "Running",
    },
];

/// Refuses what the status does not allow.
pub(super) fn permitted(row: &Row, verb: &str, from: &[&str]) -> Result<(), Answer> {
    let status = row.text("status");
    if from.contains(&status) {
        return Ok(());
    }
    let message = format!("Cannot {verb} container {} in {status} state", row.id);
    Err(refuse(409, "invalid-state-exception", &message))
}

fn query_fits(call: &Call<'_>, rules: &Rules) -> Result<(), Answer> {
    let asked = query(call);
    schema::values_fit(rules, &asked, &QUERY)?;
    schema::whole_refused(schema::unexpected(rules, &asked))
}

pub(super) fn act(call: &mut Call<'_>, id: &str, verb: &str) -> Reply {
    let moved = MOVES.iter().find(|held| held.verb == verb).ok_or_else(|| nowhere(404))?;
    if let Some(rules) = moved.query {
        query_fits(call, rules)?;
    }
    let row = find(call, CONTAINERS, id)?;
    permitted(&row, moved.verb, moved.from)?;
    let then = call.settling(call.later(), fields! {"status": moved.status, "task_state": null});
    call.change(CONTAINERS, &row.id, |row| {
        row.set("task_state", moved.task);
        if let Some(status) = moved.meanwhile {
            row.set("status", status);
        }
        row.then = then;
    });
    Ok(Answer::json(202, Value::Null))
}

pub(super) fn logs(call: &Call<'_>, id: &str) -> Reply {
    query_fits(call, rules::LOGS)?;
    let row = find(call, CONTAINERS, id)?;
    permitted(&row, "logs", &["Created", "Error", "Paused", "Running", "Stopped", "Unknown"])?;
    Ok(Answer::ok(json!(SILENCE)))
}

pub(super) fn execute(call: &Call<'_>, id: &str) -> Reply {
    query_fits(call, rules::EXECUTE)?;
    let row = find(call, CONTAINERS, id)?;
    permitted(&row, "execute", &["Running"])?;
    Ok(Answer::ok(match says_yes(call, "run", true) {
        true => json!({"output": SILENCE, "exit_code": 0, "exec_id": null, "proxy_url": null}),
        false => json!({"output": null, "exit_code": null, "exec_id": row.id, "proxy_url": null}),
    }))
}
