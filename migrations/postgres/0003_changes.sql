-- A page that was away for a moment asks for what changed since: when a row last looked different to people.
ALTER TABLE resources ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX resources_changed ON resources (workspace_id, changed_at);
