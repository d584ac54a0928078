-- Large objects on their way: each is sent in parts, which are objects of their own until a manifest makes one of them.
-- Whatever becomes of the sender, this says where its parts lie, so that it goes on where it stopped, or they are deleted.
CREATE TABLE uploads (
    id           TEXT PRIMARY KEY,
    resource_id  TEXT NOT NULL REFERENCES resources (id),   -- the container
    object       TEXT NOT NULL,                             -- its name
    bytes        BIGINT NOT NULL,
    part_bytes   BIGINT NOT NULL,                           -- of each part but the last
    content_type TEXT,
    fingerprint  TEXT NOT NULL,                             -- what tells the file from another one of that name and size
    overwrite    BIGINT NOT NULL,                           -- whether it may take the place of one that is there
    standing     TEXT NOT NULL,                             -- open, joining, done, dropped, swept
    created_by   TEXT,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    due_at       BIGINT                                     -- when somebody has to look after it; none when all is said
);
CREATE INDEX uploads_of ON uploads (resource_id, object);
CREATE INDEX uploads_due ON uploads (due_at) WHERE due_at IS NOT NULL;
