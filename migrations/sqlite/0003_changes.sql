-- A page that was away for a moment asks for what changed since: when a row last looked different to people.
ALTER TABLE resources ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX resources_changed ON resources (workspace_id, changed_at);

-- How often somebody's rights became less. A SQLite file has no way to tell the server that another process, an
-- operator's command, changed something; so the server looks here. PostgreSQL notifies.
CREATE TABLE endings (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    count BIGINT NOT NULL
);
INSERT INTO endings (id, count) VALUES (1, 0);
