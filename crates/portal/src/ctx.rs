//! Who is asking: made once per request by a door, handed to every method of the portal.
use crate::Claim;
use model::{Environment, Place, RequestId, TokenId, UserId, WorkspaceSlug};

/// The caller and the request. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ctx {
    /// Who.
    pub actor: Actor,
    /// Which request, for logs, the audit and OpenStack's own logs.
    pub request_id: RequestId,
    /// The idempotency key under which it is carried out, if it came with one.
    pub claim: Option<Claim>,
}

/// Who is asking. What a user may is read from the database at each call, never kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in user, or the holder of one of its tokens.
    User {
        /// The user.
        id: UserId,
        /// Its name, for the audit.
        username: String,
        /// Platform administrator. Tokens carry it too, unless they are restricted.
        staff: bool,
        /// What the token may, if it came with one.
        token: Option<TokenLimits>,
    },
    /// The portal itself: `system` (the reconciler) or `system:cli` (an operator at the database).
    System(&'static str),
}

/// The restrictions of an API token; it never reaches beyond its user's roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLimits {
    /// The token.
    pub id: TokenId,
    /// Only this workspace.
    pub workspace: Option<WorkspaceSlug>,
    /// Only these environments; all when empty.
    pub environments: Vec<Environment>,
    /// Only reads.
    pub read_only: bool,
}

impl TokenLimits {
    /// Whether the token reaches a place.
    pub fn reach(&self, place: &Place) -> bool {
        self.reach_workspace(&place.workspace)
            && (self.environments.is_empty() || self.environments.contains(&place.environment))
    }

    /// Whether the token reaches a workspace at all.
    pub fn reach_workspace(&self, workspace: &WorkspaceSlug) -> bool {
        self.workspace.as_ref().is_none_or(|only| only == workspace)
    }
}

impl Ctx {
    /// A request of somebody's.
    pub(crate) fn new(actor: Actor, request_id: RequestId) -> Self {
        Self { actor, request_id, claim: None }
    }

    /// The reconciler.
    pub fn system() -> Self {
        Self::new(Actor::System("system"), Self::new_request_id())
    }

    /// An operator at the command line, with the database in hand.
    pub fn cli() -> Self {
        Self::new(Actor::System("system:cli"), Self::new_request_id())
    }

    /// A fresh request id in OpenStack's shape.
    pub fn new_request_id() -> RequestId {
        RequestId::new(format!("req-{}", uuid::Uuid::new_v4()))
    }

    /// The name that the audit records.
    pub fn actor_name(&self) -> &str {
        match &self.actor {
            Actor::User { username, .. } => username,
            Actor::System(name) => name,
        }
    }

    /// The user's id, if a user asks.
    pub fn user_id(&self) -> Option<&UserId> {
        match &self.actor {
            Actor::User { id, .. } => Some(id),
            Actor::System(_) => None,
        }
    }

    /// Whose idempotency keys these are: a user's, whichever of its tokens it comes with.
    pub(crate) fn key_owner(&self) -> String {
        self.user_id().map_or_else(|| self.actor_name().to_owned(), ToString::to_string)
    }

    /// The limits of the token that was used, if one was.
    pub fn token(&self) -> Option<&TokenLimits> {
        match &self.actor {
            Actor::User { token, .. } => token.as_ref(),
            Actor::System(_) => None,
        }
    }
}
