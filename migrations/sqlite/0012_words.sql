-- What a search finds, it finds in one stretch of the words: beside each stands what of its row is looked at. Of a million
-- rows it looks up four times as many, far apart, so it may keep much of the file in memory.
PRAGMA cache_size = -262144;
ALTER TABLE resource_words ADD COLUMN state TEXT NOT NULL DEFAULT '';         -- the row's; a trigger keeps it
ALTER TABLE resource_words ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;   -- the row's
UPDATE resource_words SET (state, created_at) =
    (SELECT state, created_at FROM resources r INDEXED BY resources_found WHERE r.id = resource_id);
DROP INDEX resources_found;
DROP INDEX resource_words_inside;
CREATE INDEX resource_words_inside ON resource_words
    (workspace_id, environment, letter, folded, resource_id, suffix, state) WHERE letter <> '';
CREATE TRIGGER words_update AFTER UPDATE OF state ON resources WHEN OLD.state <> NEW.state BEGIN
    UPDATE resource_words SET state = NEW.state WHERE resource_id = NEW.id;
END;
PRAGMA cache_size = -2000;
