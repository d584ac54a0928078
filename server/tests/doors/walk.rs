//! Every route, walked as everybody. The router is built from the very table that is read here.
use crate::world::{Answer, Person, TEAM, World, everywhere};
use http::{Method, StatusCode};
use model::{Input, Role};
use serde_json::{Map, Value, json};
use server::routes::{Door, Needs, Row, table};

/// An id that nothing has.
const NO_ID: &str = "00000000-0000-7000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_who_may_and_nobody_else_and_a_refusal_changes_nothing() {
    everywhere(async |world| {
        let mut cookies = Vec::new();
        for person in Person::ALL {
            cookies.push((person, world.cookie(person).await));
        }
        let mut before = world.picture().await;
        let mut wrong = Vec::new();
        for row in table(&world.server) {
            for (person, cookie) in &cookies {
                let mut sentences = Vec::new();
                let (answer, sentence) = walk(world, &row, *person, cookie).await;
                sentences.extend(sentence);
                // What a page, a file or a list changes shows after the next one that may change something.
                if row.method != Method::GET {
                    let after = world.picture().await;
                    let denied = row.needs != Needs::Nobody && matches!(answer.status.as_u16(), 401 | 403 | 404);
                    // Of signing in and out, sessions are the very point.
                    if row.door != Door::Page {
                        sentences.extend(before.differs(&after, denied));
                    }
                    before = after;
                }
                let line = |sentence| format!("{} {} as {person:?}: {sentence}", row.method, row.path);
                wrong.extend(sentences.into_iter().map(line));
            }
        }
        wrong.extend(before.differs(&world.picture().await, true));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// What was answered, and what is wrong with it, if anything.
async fn walk(world: &World, row: &Row, person: Person, cookie: &str) -> (Answer, Option<String>) {
    match row.door {
        Door::Rest => {
            let answer = world.call(person, row.method.clone(), &address(row), body(row)).await;
            let sentence = rest(row, person, &answer);
            (answer, sentence)
        }
        Door::Page if row.method == Method::GET => {
            // Restricted tokens are no browsers: their user's cookie sees what the user sees.
            let answer = world.browse(&address(row), cookie).await;
            let sentence = page(row, person, &answer);
            (answer, sentence)
        }
        Door::Page => {
            // With a cookie of its own, because one of the two forms ends it.
            let answer = world.form(&row.path, &world.cookie(person).await, "").await;
            let holds = answer.status == StatusCode::SEE_OTHER && answer.header("location").starts_with("/sign-in");
            let sentence = expect(holds, &answer);
            (answer, sentence)
        }
        // A token opens no call of a page, whosever it is. With cookies they are walked in `rpc`.
        Door::Rpc => {
            let answer = world.call(person, row.method.clone(), &row.path, None).await;
            let sentence = expect(answer.status == StatusCode::UNAUTHORIZED, &answer);
            (answer, sentence)
        }
        Door::Asset => {
            let answer = world.call(person, row.method.clone(), &address(row), None).await;
            let sentence = expect(!matches!(answer.status.as_u16(), 401 | 403 | 500..), &answer);
            (answer, sentence)
        }
    }
}

fn expect(holds: bool, answer: &Answer) -> Option<String> {
    (!holds).then(|| format!("{} {}", answer.status, answer.text.chars().take(200).collect::<String>()))
}

/// A refusal because the workspace is not there for the caller.
fn unseen(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && answer.text.contains("No such workspace.")
}

fn rest(row: &Row, person: Person, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    let through = !matches!(status, 401 | 403 | 405 | 413 | 415 | 500..) && !unseen(answer);
    let holds = match (row.needs, person) {
        (Needs::Nobody, _) => status != 403 && status < 500,
        (_, Person::Nobody) => status == 401,
        // A token that was restricted makes no other tokens.
        (Needs::User, Person::Reader | Person::Elsewhere) => through || status == 403,
        (Needs::User, _) => through,
        (Needs::Staff, Person::Staff) => through || unseen(answer),
        (Needs::Staff, _) => status == 404,
        (Needs::Member(_), Person::Stranger | Person::Elsewhere) => unseen(answer),
        (Needs::Member(needed), Person::Reader) => {
            if needed == Role::Viewer {
                through
            } else {
                status == 403
            }
        }
        (Needs::Member(needed), Person::Staff) => {
            if needed == Role::Operator {
                status == 403
            } else {
                through
            }
        }
        (Needs::Member(needed), Person::Viewer) => {
            if needed == Role::Viewer {
                through
            } else {
                status == 403
            }
        }
        (Needs::Member(needed), Person::Operator) => {
            if needed <= Role::Operator {
                through
            } else {
                status == 403
            }
        }
        (Needs::Member(_), Person::Owner) => through,
    };
    let shape = status < 400 || answer.header("content-type") == "application/problem+json";
    expect(holds && shape, answer)
}

fn page(row: &Row, person: Person, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    let seen = status == 200 || (status == 404 && row.path.contains("{id}")) || (status == 303 && row.path == "/");
    let holds = match (row.needs, person) {
        (Needs::Nobody, _) => status == 200 || status == 303,
        (_, Person::Nobody) => status == 303 && answer.header("location").starts_with("/sign-in"),
        (Needs::Staff, Person::Staff) => seen,
        (Needs::Staff, _) => status == 404,
        (Needs::Member(_), Person::Stranger) => status == 404,
        _ => seen,
    };
    expect(holds, answer)
}

/// The row's address, for a thing in the team's development that does not exist.
fn address(row: &Row) -> String {
    // Administrators may really close a workspace.
    let workspace = if row.needs == Needs::Staff && row.door == Door::Rest { "no-such-team" } else { TEAM };
    let known = [
        ("{workspace}", workspace),
        ("{environment}", "dev"),
        ("{kind}", if row.path.starts_with("/admin/") { "ironic_node" } else { "volume" }),
        ("{region}", "RegionOne"),
        ("{action}", "none"),
        ("{*file}", "none.js"),
        ("{file}", "index.html"),
    ];
    let part = |part: &str| match known.iter().find(|(name, _)| *name == part) {
        Some((_, value)) => (*value).to_owned(),
        None if part.starts_with('{') => NO_ID.to_owned(),
        None => part.to_owned(),
    };
    let path: Vec<String> = row.path.split('/').map(part).collect();
    let query = match row.path.as_ref() {
        "/events" => vec![format!("workspace={TEAM}")],
        _ => {
            let required = row.doc.iter().flat_map(|doc| &doc.query).filter(|(_, required)| *required);
            required.map(|(name, _)| format!("{name}={}", if *name == "workspace_id" { TEAM } else { "dev" })).collect()
        }
    };
    format!("{}?{}", path.join("/"), query.join("&"))
}

/// A body that gets through to the question who asks, and no further: with its place and nothing else, or with fields
/// that nothing fits.
fn body(row: &Row) -> Option<Value> {
    let doc = row.doc.as_ref()?;
    let in_a_place = doc.body.iter().any(|field| field.name == "environment_id");
    let mut body = Map::new();
    if in_a_place {
        // A floating IP needs nothing: an owner's request would make one.
        body.insert("no_such_field".to_owned(), json!(1));
    }
    for field in doc.body.iter().filter(|field| field.required) {
        let value = match (field.name.as_ref(), &field.input) {
            ("workspace_id", _) if in_a_place => json!(TEAM),
            ("environment_id", _) => json!("dev"),
            _ if in_a_place => continue,
            ("role", _) => json!("viewer"),
            (_, Input::Number { .. }) => json!(-1),
            (_, Input::Flag) => json!(false),
            _ => json!(""),
        };
        body.insert(field.name.to_string(), value);
    }
    (row.method != Method::GET && row.method != Method::DELETE).then_some(Value::Object(body))
}
