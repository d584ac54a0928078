-- What a search finds, it finds in one stretch of the words: beside each stands what of its row is looked at. No index has
-- the state, so that a change of it is written in the row's own page where that has room.
ALTER TABLE resource_words
    ADD COLUMN state TEXT NOT NULL DEFAULT '',         -- the row's
    ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;   -- the row's
UPDATE resource_words w SET state = r.state, created_at = r.created_at FROM resources r WHERE r.id = w.resource_id;
ALTER TABLE resource_words SET (fillfactor = 90);
CREATE FUNCTION words_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE resource_words SET state = NEW.state WHERE resource_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER words_update AFTER UPDATE OF state ON resources
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION words_update();
