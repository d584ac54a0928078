-- What a search finds, it finds in one stretch of the words: beside each stands what of its row is looked at. Written anew
-- as a whole, because a change of every row would write each of its index entries again. No index has the state, so that a
-- change of it is written in the row's own page where that has room.
LOCK TABLE resources IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE resource_words RENAME TO former_words;
CREATE TABLE resource_words (
    workspace_id TEXT NOT NULL,
    environment  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    suffix       TEXT COLLATE "C" NOT NULL,   -- the folded name from the beginning of a word on
    letter       TEXT COLLATE "C" NOT NULL,   -- the suffix's first; none, when that is the whole name
    folded       TEXT COLLATE "C" NOT NULL,   -- the row's, whole
    resource_id  TEXT NOT NULL,
    state        TEXT NOT NULL,               -- the row's; a trigger keeps it
    created_at   BIGINT NOT NULL              -- the row's
) WITH (fillfactor = 90);
INSERT INTO resource_words
    SELECT w.workspace_id, w.environment, w.kind, w.suffix, w.letter, w.folded, w.resource_id, r.state, r.created_at
    FROM former_words w JOIN resources r ON r.id = w.resource_id;
DROP TABLE former_words;
ALTER TABLE resource_words ADD PRIMARY KEY (workspace_id, environment, kind, suffix, resource_id);
ALTER TABLE resource_words ADD FOREIGN KEY (resource_id) REFERENCES resources (id);
CREATE INDEX resource_words_resource ON resource_words (resource_id);
CREATE INDEX resource_words_inside ON resource_words (workspace_id, environment, letter, folded, resource_id, suffix)
    WHERE letter <> '';

CREATE FUNCTION words_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE resource_words SET state = NEW.state WHERE resource_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER words_update AFTER UPDATE OF state ON resources
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION words_update();
ANALYZE resource_words;
