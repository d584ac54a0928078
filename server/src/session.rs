//! Browser sessions: rows of the portal, reached through a cookie that scripts cannot read.
use async_trait::async_trait;
use model::{RequestId, UserId};
use portal::{Ctx, Portal};
use std::{collections::HashMap, fmt};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

const USER: &str = "user";
const SEEN: &str = "seen";

/// Keeps sessions in the portal's database. Nothing is written for a visitor who has not signed in.
#[derive(Clone)]
pub(crate) struct Store(Portal);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

fn backend(error: impl fmt::Display) -> Error {
    Error::Backend(error.to_string())
}

fn expires_at(record: &Record) -> i64 {
    i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)
}

fn parts(record: &Record) -> Result<(UserId, String)> {
    let user =
        record.data.get(USER).and_then(|user| user.as_str()).ok_or_else(|| backend("a session without a user"))?;
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    Ok((UserId::new(user), data))
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let (user, data) = parts(record)?;
        while !self.0.session_create(&record.id.to_string(), &user, &data, expires_at(record)).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (user, data) = parts(record)?;
        self.0.session_save(&record.id.to_string(), &user, &data, expires_at(record)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(data) = self.0.session_load(&id.to_string()).await.map_err(backend)? else { return Ok(None) };
        let data: HashMap<_, _> = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        // The portal only loads what has not expired; when exactly it will is told anew at the next save.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::now_utc() + Duration::minutes(1) }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.session_delete(&id.to_string()).await.map_err(backend)
    }
}

/// The layer that reads and writes the cookie. Over https the name says to the browser that no other host may set it.
pub(crate) fn layer(portal: &Portal, https: bool, lifetime: std::time::Duration) -> SessionManagerLayer<Store> {
    let lifetime = Duration::try_from(lifetime).unwrap_or(Duration::DAY);
    SessionManagerLayer::new(Store(portal.clone()))
        .with_name(if https { "__Host-atonix" } else { "atonix" })
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(lifetime))
}

/// Begins a session for a user: under a new id, so that one planted in the browser before is worth nothing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn begin(session: &Session, user: &UserId) -> std::result::Result<(), tower_sessions::session::Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(USER, user.as_str()).await?;
    session.insert(SEEN, now()).await
}

/// Who has this session, if it is one and its user may still sign in.
///
/// # Errors
/// When the database fails.
pub(crate) async fn caller(
    portal: &Portal,
    session: &Session,
    lifetime: std::time::Duration,
    request_id: &RequestId,
) -> model::Result<Option<Ctx>> {
    let user = session.get::<String>(USER).await.map_err(unavailable)?;
    let Some(user) = user else { return Ok(None) };
    match portal.ctx_for_user(&UserId::new(user), request_id.clone()).await {
        Ok(ctx) => {
            refresh(session, lifetime).await?;
            Ok(Some(ctx))
        }
        Err(model::Error::Unauthenticated) => {
            session.flush().await.map_err(unavailable)?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A session lasts from its last use; it is written anew only when a tenth of its time has passed.
async fn refresh(session: &Session, lifetime: std::time::Duration) -> model::Result<()> {
    let seen = session.get::<i64>(SEEN).await.map_err(unavailable)?.unwrap_or_default();
    if now() - seen > i64::try_from(lifetime.as_secs() / 10).unwrap_or(i64::MAX) {
        session.insert(SEEN, now()).await.map_err(unavailable)?;
    }
    Ok(())
}

fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

fn unavailable(_: tower_sessions::session::Error) -> model::Error {
    // The portal has logged the cause.
    model::Error::Unavailable { what: "The database".to_owned(), retry_after: 5 }
}
