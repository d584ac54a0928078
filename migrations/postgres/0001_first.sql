-- The first schema. Ids are UUIDv7 text, times microseconds since 1970 (UTC), flags 0 or 1, lists and objects JSON text
-- that no statement looks into. Rows of what happened are never deleted.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    username      TEXT NOT NULL CONSTRAINT users_username_key UNIQUE,
    password_hash TEXT NOT NULL,          -- Argon2id in PHC form
    staff         BIGINT NOT NULL,
    active        BIGINT NOT NULL,
    created_at    BIGINT NOT NULL
);

-- Browser sessions exist only after a sign-in; the id is stored hashed, so that a stolen database opens none.
CREATE TABLE sessions (
    id_hash    TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    data       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Failed sign-ins per user name and per address, for the rate limit.
CREATE TABLE sign_in_failures (
    subject    TEXT PRIMARY KEY,
    failures   BIGINT NOT NULL,
    started_at BIGINT NOT NULL
);

CREATE TABLE workspaces (
    id           TEXT PRIMARY KEY,
    slug         TEXT NOT NULL CONSTRAINT workspaces_slug_key UNIQUE,   -- never used again, so never freed
    display_name TEXT NOT NULL,
    archived_at  BIGINT,
    created_at   BIGINT NOT NULL
);

CREATE TABLE members (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    user_id      TEXT NOT NULL REFERENCES users (id),
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'owner')),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX members_user ON members (user_id);

CREATE TABLE tokens (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id),
    name         TEXT NOT NULL,
    hash         TEXT NOT NULL CONSTRAINT tokens_hash_key UNIQUE,       -- SHA-256; the token itself has 256 random bits
    workspace_id TEXT REFERENCES workspaces (id),
    environments TEXT NOT NULL,           -- JSON list; empty means all
    read_only    BIGINT NOT NULL,
    expires_at   BIGINT,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at   BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

-- A project belongs to one workspace, whatever environments of it are bound there.
CREATE TABLE project_owners (
    cloud        TEXT NOT NULL,
    project_id   TEXT NOT NULL,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    PRIMARY KEY (cloud, project_id)
);

CREATE TABLE bindings (
    id               TEXT PRIMARY KEY,
    workspace_id     TEXT NOT NULL REFERENCES workspaces (id),
    environment      TEXT NOT NULL CHECK (environment IN ('dev', 'staging', 'prod')),
    cloud            TEXT NOT NULL,
    project_id       TEXT NOT NULL,
    project_name     TEXT NOT NULL,
    project_domain   TEXT NOT NULL,
    region           TEXT NOT NULL,
    quota_vcpus      BIGINT NOT NULL CHECK (quota_vcpus >= 0),
    quota_ram_mib    BIGINT NOT NULL CHECK (quota_ram_mib >= 0),
    quota_storage_gb BIGINT NOT NULL CHECK (quota_storage_gb >= 0),
    used_vcpus       BIGINT NOT NULL DEFAULT 0 CHECK (used_vcpus >= 0),
    used_ram_mib     BIGINT NOT NULL DEFAULT 0 CHECK (used_ram_mib >= 0),
    used_storage_gb  BIGINT NOT NULL DEFAULT 0 CHECK (used_storage_gb >= 0),
    credential       BYTEA,                -- a sealed application credential of its own, if it has one
    retired_at       BIGINT,
    created_at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX bindings_place_key ON bindings (workspace_id, environment) WHERE retired_at IS NULL;

-- The inventory (ProvisionedResource): one row for everything kept that the platform asked a cloud for. Each row keeps
-- its binding, project and region, and is always reached through these.
CREATE TABLE resources (
    id               TEXT PRIMARY KEY,    -- also the tag in the cloud
    binding_id       TEXT NOT NULL REFERENCES bindings (id),
    workspace_id     TEXT NOT NULL REFERENCES workspaces (id),
    environment      TEXT NOT NULL,
    kind             TEXT NOT NULL,
    name             TEXT NOT NULL,
    claim            TEXT,                -- where the name is the identity: held from the request on
    external_id      TEXT,
    wanted           TEXT NOT NULL CHECK (wanted IN ('present', 'absent')),
    state            TEXT NOT NULL,       -- the word that people see, derived from standing
    standing         TEXT NOT NULL,       -- JSON: what the lifecycle knows
    fault            TEXT,
    spec             TEXT NOT NULL,       -- JSON, secrets left out
    sealed_spec      BYTEA,                -- the secrets, erased once the cloud has them
    facts            TEXT NOT NULL,       -- JSON: what names were resolved to when it was asked for
    parts            TEXT NOT NULL,       -- JSON: what each call of the create has answered so far
    observed         TEXT NOT NULL,       -- JSON: what the cloud says of it, by column key
    usage_vcpus      BIGINT NOT NULL,
    usage_ram_mib    BIGINT NOT NULL,
    usage_storage_gb BIGINT NOT NULL,
    counted          BIGINT NOT NULL,     -- whether the binding's used still holds it
    created_by       TEXT REFERENCES users (id),
    created_by_name  TEXT NOT NULL,
    request_id       TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,
    due_at           BIGINT,              -- when to look again; never again when empty
    tries            BIGINT NOT NULL DEFAULT 0,
    lease_owner      TEXT,
    lease_until      BIGINT,
    fence            BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX resources_due ON resources (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX resources_place ON resources (workspace_id, environment, created_at, id);
CREATE INDEX resources_binding ON resources (binding_id, kind, state);
CREATE UNIQUE INDEX resources_external_key ON resources (binding_id, kind, external_id)
    WHERE external_id IS NOT NULL AND state <> 'gone';
CREATE UNIQUE INDEX resources_claim_key ON resources (binding_id, kind, claim) WHERE claim IS NOT NULL;

-- Actions under way or done on a resource. One at a time is under way.
CREATE TABLE operations (
    id              TEXT PRIMARY KEY,
    resource_id     TEXT NOT NULL REFERENCES resources (id),
    action          TEXT NOT NULL,
    fields          TEXT NOT NULL,        -- JSON
    standing        TEXT NOT NULL,        -- pending, sending, done, failed
    fault           TEXT,
    created_by      TEXT REFERENCES users (id),
    created_by_name TEXT NOT NULL,
    request_id      TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX operations_busy_key ON operations (resource_id) WHERE standing IN ('pending', 'sending');
CREATE INDEX operations_resource ON operations (resource_id, created_at);

-- Idempotency keys, per actor, for 24 hours. The body is compared by its HMAC.
CREATE TABLE idempotency (
    actor       TEXT NOT NULL,
    key         TEXT NOT NULL,
    body_mac    TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);

-- The audit: chains of events, one per workspace and one for the platform, append-only.
CREATE TABLE audit_events (
    chain       TEXT NOT NULL,            -- a workspace's slug, or 'platform'
    number      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    actor_id    TEXT,
    action      TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    environment TEXT,
    target_kind TEXT NOT NULL,
    target_id   TEXT NOT NULL,
    target_name TEXT NOT NULL,
    detail      TEXT NOT NULL,            -- JSON, never secrets
    request_id  TEXT NOT NULL,
    previous    TEXT NOT NULL,            -- the hash of the event before
    hash        TEXT NOT NULL,            -- SHA-256 over previous and every other column
    PRIMARY KEY (chain, number)
);
CREATE INDEX audit_target ON audit_events (target_id, number);
CREATE TABLE audit_heads (
    chain  TEXT PRIMARY KEY,
    number BIGINT NOT NULL,
    hash   TEXT NOT NULL
);
