-- Names in an order without regard to upper and lower case, and what a search finds in that order, however much it is.
DROP INDEX resources_there_name;
DROP INDEX resources_each_name;
CREATE INDEX resources_there_name ON resources (workspace_id, environment, folded, id) WHERE state <> 'gone';
CREATE INDEX resources_each_name ON resources (workspace_id, environment, kind, state, folded, id);

-- What begins with what is searched stands together in that order. What has it further inside is read along an index by
-- the letter that it begins with; the portal writes all words anew for it, right after this.
DELETE FROM resource_words;
UPDATE resources SET folded = NULL;
ALTER TABLE resource_words ADD COLUMN folded TEXT NOT NULL DEFAULT '';  -- the row's, whole
ALTER TABLE resource_words ADD COLUMN letter TEXT NOT NULL DEFAULT '';  -- the suffix's first; none, when that is the whole name
CREATE INDEX resource_words_inside ON resource_words (workspace_id, environment, letter, folded, resource_id, suffix)
    WHERE letter <> '';

-- What failed of one action, which is few among many of either.
CREATE INDEX audit_action_outcome ON audit_events (chain, action, outcome, at, number);
