-- The reconciler asks for each kind of each binding which rows have waited longest. Among a million due rows of one it must
-- not read them all to find the first of another.
CREATE INDEX resources_turn ON resources (binding_id, kind, due_at) WHERE due_at IS NOT NULL;
