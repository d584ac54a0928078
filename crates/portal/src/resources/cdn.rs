//! The simulated content delivery network: answers requests as a service would, from a table of its own. What it holds
//! belongs to a project and a region; it knows nothing of rows, workspaces or people.
use crate::{
    clock::Clock,
    db::{Db, Row, values},
};
use http::{HeaderMap, Method};
use model::{ProjectId, Region, view::Timestamp};
use openstack::{Answer, Body, Error, Request};
use serde_json::{Value, json};
use services::clients::CDN;
use sha2::{Digest, Sha256};

/// How long a new distribution is on its way to where it would be read, in microseconds.
const DEPLOYS: i64 = 2_000_000;
/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;
/// How many hours the metrics go back.
const HOURS: i64 = 24;

/// The service. Cheap to clone.
#[derive(Clone)]
pub(super) struct Cdn {
    db: Db,
    clock: Clock,
}

const SELECT: &str = "SELECT id, project_id, name, description, origin, domains, default_ttl, created_at
    FROM cdn_distributions WHERE project_id = $1 AND region = $2";

impl Cdn {
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Answers one request of a project in a region.
    ///
    /// # Errors
    /// As a service's: a status that the request does not expect; no answer, when the database does not answer.
    pub(super) async fn answer(
        &self,
        project: &ProjectId,
        region: &Region,
        request: &Request,
    ) -> openstack::Result<Answer> {
        let path: Vec<&str> = request.path.iter().map(AsRef::as_ref).collect();
        let place = (project.as_str(), region.as_str());
        let done = match (&request.method, path.as_slice(), &request.body) {
            (&Method::GET, ["distributions"], _) => self.list(place, request).await.map(|all| (200, all)),
            (&Method::POST, ["distributions"], Body::Json(asked)) => {
                self.create(place, asked).await.map(|one| (201, one))
            }
            (&Method::GET, ["distributions", id], _) => self.one(place, id).await.map(|one| status(one, 200)),
            (&Method::DELETE, ["distributions", id], _) => self.delete(place, id).await.map(|one| status(one, 204)),
            (&Method::GET, ["distributions", id, "metrics"], _) => {
                self.metrics(place, id).await.map(|one| status(one, 200))
            }
            _ => Ok(status(None, 404)),
        };
        // A write that was not confirmed may have been done.
        let (status, body) = done.map_err(|error| Error::Lost {
            service: CDN.title,
            cause: error.to_string(),
            maybe_done: !request.method.is_safe(),
        })?;
        match request.expect.contains(&status) {
            true => Ok(Answer { status, headers: HeaderMap::new(), body }),
            false => Err(Error::Status {
                service: CDN.title,
                status,
                message: "There is no such distribution.".to_owned(),
                request_id: None,
                retry_after: None,
                url: format!("cdn:/{}", path.join("/")),
            }),
        }
    }

    async fn list(&self, (project, region): (&str, &str), request: &Request) -> sqlx::Result<Value> {
        let rows = self.db.all_built(format!("{SELECT} ORDER BY id"), values![project, region]).await?;
        let all = rows.iter().map(|row| self.shown(row)).collect::<sqlx::Result<Vec<_>>>()?;
        let wanted = request.query.iter().find(|(name, _)| name == "description").map(|(_, text)| text.as_str());
        let fits = |one: &Value| wanted.is_none_or(|wanted| one["description"] == wanted);
        Ok(json!({ "distributions": all.into_iter().filter(fits).collect::<Vec<_>>() }))
    }

    async fn one(&self, (project, region): (&str, &str), id: &str) -> sqlx::Result<Option<Value>> {
        let rows = self.db.all_built(format!("{SELECT} AND id = $3"), values![project, region, id]).await?;
        rows.first().map(|row| self.shown(row)).transpose()
    }

    async fn create(&self, (project, region): (&str, &str), asked: &Value) -> sqlx::Result<Value> {
        let id = uuid::Uuid::new_v4().to_string();
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
        let (domains, ttl, now) = (asked["domains"].to_string(), asked["default_ttl"].as_i64(), self.clock.now());
        let sql = "INSERT INTO cdn_distributions
            (id, project_id, region, name, description, origin, domains, default_ttl, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let values = values![
            id.as_str(),
            project,
            region,
            text("name"),
            text("description"),
            text("origin"),
            domains,
            ttl.unwrap_or_default(),
            now
        ];
        self.db.execute(sql, values).await?;
        // It stands: what it looks like is read as everybody reads it.
        self.one((project, region), &id).await?.ok_or(sqlx::Error::RowNotFound)
    }

    async fn delete(&self, (project, region): (&str, &str), id: &str) -> sqlx::Result<Option<Value>> {
        let sql = "DELETE FROM cdn_distributions WHERE project_id = $1 AND region = $2 AND id = $3";
        let gone = self.db.execute(sql, values![project, region, id]).await?;
        Ok((gone > 0).then_some(Value::Null))
    }

    /// The last hours of one: made up of its id, its origin and the hour, so that who looks twice sees the same.
    async fn metrics(&self, place: (&str, &str), id: &str) -> sqlx::Result<Option<Value>> {
        let Some(one) = self.one(place, id).await? else { return Ok(None) };
        let (now, origin) = (self.clock.now(), one["origin"].as_str().unwrap_or_default());
        let since = one["created_micros"].as_i64().unwrap_or_default();
        let hours = (0..HOURS).rev().map(|back| {
            let begins = now.div_euclid(HOUR) * HOUR - back * HOUR;
            // Of an hour that it was not there for, or not for all of, nobody asked as much.
            let there = (begins + HOUR).min(now) - begins.max(since);
            let (requests, hits) = traffic(id, origin, begins.div_euclid(HOUR));
            let share = |count: i64| {
                i64::try_from(i128::from(count) * i128::from(there.max(0)) / i128::from(HOUR)).unwrap_or_default()
            };
            let requests = share(requests);
            json!({
                "hour": Timestamp(begins).to_string().get(..16).unwrap_or_default().replace('T', " "),
                "requests": requests,
                "hits": requests * hits / 100,
                // 48 KiB each: an ordinary picture.
                "bytes": requests * 48 * 1024,
            })
        });
        Ok(Some(json!({ "simulated": true, "hours": hours.collect::<Vec<_>>() })))
    }

    fn shown(&self, row: &Row) -> sqlx::Result<Value> {
        let (id, created) = (row.text("id")?, row.int("created_at")?);
        let domains: Value =
            serde_json::from_str(&row.text("domains")?).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(json!({
            // No such domain can exist: RFC 6761.
            "domain_name": format!("{id}.cdn.invalid"),
            "id": id,
            "simulated": true,
            "project_id": row.text("project_id")?,
            "name": row.text("name")?,
            "description": row.text("description")?,
            "origin": row.text("origin")?,
            "domains": domains,
            "default_ttl": row.int("default_ttl")?,
            "status": if self.clock.now() - created < DEPLOYS { "DEPLOYING" } else { "DEPLOYED" },
            "created_micros": created,
        }))
    }
}

/// What was asked of one, or that there is none.
fn status(found: Option<Value>, status: u16) -> (u16, Value) {
    found.map_or((404, Value::Null), |found| (status, found))
}

/// The requests of an hour (its number since 1970), and of how many in a hundred there was a copy: more by day than by night, and a
/// little different each hour.
fn traffic(id: &str, origin: &str, hour: i64) -> (i64, i64) {
    let of = |what: String| {
        let digest = Sha256::digest(what.as_bytes());
        i64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
    };
    let size = 500 + of(format!("{id}/{origin}")) % 20_000;
    let by_day = 20 + 80 - 10 * (hour.rem_euclid(24) - 14).abs().min(8);
    let chance = of(format!("{id}/{hour}"));
    (size * by_day * (90 + chance % 21) / 10_000, 80 + chance % 18)
}

#[cfg(test)]
mod tests {
    use super::traffic;

    #[test]
    fn an_hour_has_the_same_traffic_whenever_somebody_looks_and_another_one_differs() {
        let day: Vec<_> = (0..24).map(|hour| traffic("id", "www.example.com", hour)).collect();
        assert_eq!(day[3], traffic("id", "www.example.com", 3));
        assert!(day.iter().any(|hour| hour != &day[0]));
        assert!(day.iter().all(|(requests, hits)| *requests > 0 && (80..98).contains(hits)));
    }
}
