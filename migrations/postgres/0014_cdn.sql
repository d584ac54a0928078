-- The simulated content delivery network's own books: what the "cloud" knows of its distributions. No row of ours stands
-- here; those are in resources, as of everything else that is kept.
CREATE TABLE cdn_distributions (
    id          TEXT PRIMARY KEY,
    project_id  TEXT NOT NULL,
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,                              -- our mark
    origin      TEXT NOT NULL,                              -- where it fetches from
    domains     TEXT NOT NULL,                              -- JSON, a list
    default_ttl BIGINT NOT NULL,                            -- seconds
    created_at  BIGINT NOT NULL
);
CREATE INDEX cdn_distributions_of ON cdn_distributions (project_id, region, id);
