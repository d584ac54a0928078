-- What a search skips in an order of time, it skips within the index: the name stands there beside its row.
DROP INDEX resources_there_created;
DROP INDEX resources_each_created;
CREATE INDEX resources_there_created ON resources (workspace_id, environment, created_at, id, folded)
    WHERE state <> 'gone';
CREATE INDEX resources_each_created ON resources (workspace_id, environment, kind, state, created_at, id, folded);

-- What a search finds is looked at by id, many at once, and a row itself is large: beside the id stands what of it is
-- looked at and does not stand beside the word.
CREATE INDEX resources_found ON resources (id, kind, state, created_at);

-- What a server gives back as it stops, and takes over as it starts, is few among many.
CREATE INDEX resources_leased ON resources (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE INDEX resources_under_way ON resources (due_at) WHERE state IN ('requested', 'deleting');
