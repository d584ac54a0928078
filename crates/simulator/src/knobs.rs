//! The handles by which a test makes the cloud misbehave and looks at what it was asked.

mod http;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{Config, Quotas, Speed};

pub(crate) use http::serve;

/// So many requests are remembered; older ones are forgotten.
const REMEMBERED: usize = 50_000;

/// The knobs of one simulator; cheap to clone, all clones turn the same ones.
#[derive(Clone)]
pub struct Knobs {
    state: Arc<Mutex<State>>,
}

struct State {
    faults: Vec<(u64, Fault)>,
    next: u64,
    log: VecDeque<Request>,
    speed: Speed,
    quotas: Quotas,
    token_lifetime: Duration,
    /// Tokens issued before this moment (microseconds since the epoch) are no longer accepted.
    tokens_from: i64,
}

/// What goes wrong, and for which requests. Conditions that are not given match everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// As in the URL: `identity`, `compute`, `network`, `image`, `block-storage`, `container-infra`, `placement`,
    /// `shared-file-system`, `load-balancer`, `container`, `dns`, `object-store`, `baremetal`, `accelerator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// `RegionOne` or `RegionTwo`; Keystone has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How the path after the service begins, version included: `/v2.1/servers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Id of the project that the token is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// So many matching requests pass untouched first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after: u32,
    /// So many requests are affected, then the fault removes itself. Without it, it stays until removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What happens.
    pub effect: Effect,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a fault does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// The answer takes this much longer.
    Latency {
        /// Milliseconds.
        millis: u64,
    },
    /// 401, as if the token had been revoked.
    Unauthorized,
    /// 429 with `Retry-After`.
    TooManyRequests {
        /// Seconds.
        retry_after: u64,
    },
    /// 500 in the service's own shape; nothing is done.
    #[default]
    InternalError,
    /// 503 in the service's own shape; nothing is done.
    Unavailable {
        /// Seconds, for `Retry-After`; no header without it.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The work is done and kept, then the connection is closed without an answer.
    LostAnswer,
    /// The work is done and kept, then it is answered with 500 in the service's own shape.
    FailedAnswer,
    /// The request comes to the service this much later, as one that was held up on its way; then the work is done,
    /// whether or not the caller still waits.
    Late {
        /// Milliseconds.
        millis: u64,
    },
    /// The connection is closed without an answer, and nothing was done.
    LostRequest,
    /// What the request starts never ends: a server stays in BUILD, a volume in `deleting`.
    StuckBuild,
    /// Magnum says that the API servers of clusters are somewhere else.
    ApiAddress {
        /// Where.
        address: String,
    },
    /// What the request starts ends in the service's error state.
    FailedBuild {
        /// The reason given.
        #[serde(default)]
        message: Option<String>,
    },
}

/// How a build that starts now shall end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Build {
    #[default]
    Succeeds,
    Sticks,
    Fails(String),
}

/// Names a fault that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultId(pub u64);

/// A request that the cloud was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Upper case.
    pub method: String,
    /// As in [`Fault::service`].
    pub service: String,
    /// Empty for Keystone.
    pub region: String,
    /// After the service, version included.
    pub path: String,
    /// As sent, without the question mark.
    pub query: String,
    /// Id of the project that the token was for; empty without a token for one.
    pub project_id: String,
    /// Id of the user; empty without a valid token.
    pub user_id: String,
    /// Name of the user; empty without a valid token.
    pub user: String,
    /// The id that the simulator gave to this request.
    pub request_id: String,
    /// The caller's own id, sent as `X-Openstack-Request-Id`.
    pub global_request_id: Option<String>,
    /// What was answered; also when the answer was lost, or made a failure, on the way.
    pub status: u16,
    /// Microseconds since the epoch.
    pub at: i64,
}

/// The conditions that a request is held against.
pub(crate) struct Facts<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) project: &'a str,
}

impl Fault {
    fn matches(&self, facts: &Facts<'_>) -> bool {
        let is = |wanted: &Option<String>, has: &str| wanted.as_deref().is_none_or(|wanted| wanted == has);
        is(&self.service, facts.service)
            && is(&self.region, facts.region)
            && is(&self.method, facts.method)
            && is(&self.project, facts.project)
            && self.path.as_deref().is_none_or(|path| facts.path.starts_with(path))
    }
}

impl Knobs {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                faults: Vec::new(),
                next: 1,
                log: VecDeque::new(),
                speed: config.speed,
                quotas: config.quotas,
                token_lifetime: config.token_lifetime,
                tokens_from: i64::MIN,
            })),
        }
    }

    /// Every change under the lock is complete, so a panic elsewhere leaves nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes something go wrong from now on. Of several faults that match, all of them act.
    pub fn add(&self, fault: Fault) -> FaultId {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.faults.push((id, fault));
        FaultId(id)
    }

    /// Takes one fault back; says whether it was still there.
    pub fn remove(&self, id: FaultId) -> bool {
        let mut state = self.state();
        let before = state.faults.len();
        state.faults.retain(|(held, _)| *held != id.0);
        state.faults.len() < before
    }

    /// Takes all faults back.
    pub fn clear(&self) {
        self.state().faults.clear();
    }

    /// The faults that are set, with what is left of their counts.
    pub fn faults(&self) -> Vec<(FaultId, Fault)> {
        self.state().faults.iter().map(|(id, fault)| (FaultId(*id), fault.clone())).collect()
    }

    /// What the cloud was asked, oldest first; the newest 50 000.
    pub fn requests(&self) -> Vec<Request> {
        self.state().log.iter().cloned().collect()
    }

    /// Empties the request log.
    pub fn forget_requests(&self) {
        self.state().log.clear();
    }

    /// How long changes take that start from now on.
    pub fn set_speed(&self, speed: Speed) {
        self.state().speed = speed;
    }

    /// What each project may have from now on.
    pub fn set_quotas(&self, quotas: Quotas) {
        self.state().quotas = quotas;
    }

    /// Lifetime of the tokens that are issued from now on.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.state().token_lifetime = lifetime;
    }

    /// Makes every token issued so far invalid.
    pub fn expire_tokens(&self) {
        self.state().tokens_from = crate::wire::now();
    }

    pub(crate) fn settings(&self) -> (Speed, Quotas, Duration, i64) {
        let state = self.state();
        (state.speed, state.quotas, state.token_lifetime, state.tokens_from)
    }

    pub(crate) fn note(&self, request: Request) {
        let mut state = self.state();
        if state.log.len() == REMEMBERED {
            state.log.pop_front();
        }
        state.log.push_back(request);
    }

    /// The effects on a request; counts them down.
    pub(crate) fn effects(&self, facts: &Facts<'_>) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.state().faults.retain_mut(|(_, fault)| {
            if !fault.matches(facts) {
                return true;
            }
            if fault.after > 0 {
                fault.after -= 1;
                return true;
            }
            match &mut fault.count {
                Some(0) => return false,
                Some(count) => *count -= 1,
                None => {}
            }
            effects.push(fault.effect.clone());
            fault.count != Some(0)
        });
        effects
    }
}
