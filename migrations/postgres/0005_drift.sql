-- Where the inventory and the cloud do not agree stands in rows, so that it can be counted, shown with its age and acted
-- on without a call to a cloud. A comparison that finds agreement deletes the finding; what a person decided keeps its row.
CREATE TABLE drift (
    id          TEXT PRIMARY KEY,
    binding_id  TEXT NOT NULL REFERENCES bindings (id),
    kind        TEXT NOT NULL,
    external_id TEXT NOT NULL,
    class       TEXT NOT NULL CHECK (class IN ('created_outside', 'vanished', 'changed', 'orphaned')),
    resource_id TEXT REFERENCES resources (id),
    name        TEXT NOT NULL,
    state       TEXT NOT NULL,
    differences TEXT NOT NULL,            -- JSON: field, label, ours, theirs
    looks       TEXT NOT NULL,            -- JSON: how the thing looked when it was last seen
    ignored     TEXT,                     -- how it looked when somebody chose not to hear of it until that changes
    first_seen  BIGINT NOT NULL,
    last_seen   BIGINT NOT NULL,
    ended_at    BIGINT,                   -- when somebody decided
    remedy      TEXT                      -- what was decided
);
CREATE UNIQUE INDEX drift_open_key ON drift (binding_id, kind, external_id) WHERE ended_at IS NULL;
CREATE INDEX drift_resource ON drift (resource_id) WHERE resource_id IS NOT NULL;

-- The comparisons, one row for each binding: when the next one is due, who is at it, and what the last one could not see.
-- What the cloud said of the project's use and quota is kept with it, for pages.
CREATE TABLE drift_checks (
    binding_id  TEXT PRIMARY KEY REFERENCES bindings (id),
    due_at      BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT,
    fence       BIGINT NOT NULL DEFAULT 0,
    ended_at    BIGINT,
    trouble     TEXT NOT NULL,            -- JSON: kind and sentence
    cloud       TEXT,                     -- JSON: model::ledger::CloudUse
    cloud_at    BIGINT
);
CREATE INDEX drift_checks_due ON drift_checks (due_at);

-- What an action that makes a thing larger holds of the quota, until the cloud shows what the thing takes now.
ALTER TABLE operations ADD COLUMN held_vcpus BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN held_ram_mib BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operations ADD COLUMN held_storage_gb BIGINT NOT NULL DEFAULT 0;
