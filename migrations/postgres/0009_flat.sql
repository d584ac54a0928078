-- Lists, counts and searches that take as long among a million rows as among a thousand.

-- Words of ours sort by their bytes, as in SQLite: what begins alike then stands together.
ALTER TABLE resources ALTER COLUMN environment TYPE TEXT COLLATE "C", ALTER COLUMN kind TYPE TEXT COLLATE "C",
    ALTER COLUMN state TYPE TEXT COLLATE "C";
ALTER TABLE audit_events ALTER COLUMN action TYPE TEXT COLLATE "C";

-- How many rows there are of each kind and state in each environment: what an overview shows and a list counts, and where a
-- page of a list has to look. Triggers keep it, so that no statement can forget it. They only add rows, of more and of
-- fewer, because one row for each sum would make everybody wait who changes anything of a kind; the portal adds them up.
CREATE TABLE tallies (
    id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    environment  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    n            BIGINT NOT NULL
);
CREATE INDEX tallies_workspace ON tallies (workspace_id);
INSERT INTO tallies (workspace_id, environment, kind, state, n)
    SELECT workspace_id, environment, kind, state, count(*) FROM resources
    GROUP BY workspace_id, environment, kind, state;
CREATE FUNCTION tallies_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO tallies (workspace_id, environment, kind, state, n)
        SELECT workspace_id, environment, kind, state, count(*) FROM added
        GROUP BY workspace_id, environment, kind, state;
    RETURN NULL;
END $$;
CREATE TRIGGER tallies_insert AFTER INSERT ON resources REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION tallies_insert();
CREATE FUNCTION tallies_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO tallies (workspace_id, environment, kind, state, n) VALUES
        (OLD.workspace_id, OLD.environment, OLD.kind, OLD.state, -1),
        (NEW.workspace_id, NEW.environment, NEW.kind, NEW.state, 1);
    RETURN NULL;
END $$;
CREATE TRIGGER tallies_update AFTER UPDATE OF state ON resources
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION tallies_update();
CREATE FUNCTION tallies_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO tallies (workspace_id, environment, kind, state, n) VALUES
        (OLD.workspace_id, OLD.environment, OLD.kind, OLD.state, -1);
    RETURN NULL;
END $$;
CREATE TRIGGER tallies_delete AFTER DELETE ON resources FOR EACH ROW EXECUTE FUNCTION tallies_delete();

-- A list without a filter reads along the first two; with a kind or a state it reads along the other two, from each kind
-- and state that it may show, and merges.
DROP INDEX resources_place;
CREATE INDEX resources_there_created ON resources (workspace_id, environment, created_at, id) WHERE state <> 'gone';
CREATE INDEX resources_there_name ON resources (workspace_id, environment, name, id) WHERE state <> 'gone';
CREATE INDEX resources_each_created ON resources (workspace_id, environment, kind, state, created_at, id);
CREATE INDEX resources_each_name ON resources (workspace_id, environment, kind, state, name, id);
CREATE INDEX resources_external ON resources (workspace_id, external_id) WHERE external_id IS NOT NULL;

-- The few actions that hold something of a quota, among all that there ever were.
CREATE INDEX operations_held ON operations (resource_id) WHERE held_vcpus > 0 OR held_ram_mib > 0 OR held_storage_gb > 0;

-- Names by the beginnings of their words, so that a search reads only what it finds. The portal writes them together with
-- `folded`, in which each word now has a mark before it; it does so right after this for the rows that there are.
CREATE TABLE resource_words (
    workspace_id TEXT NOT NULL,
    environment  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    suffix       TEXT COLLATE "C" NOT NULL,          -- the folded name from the beginning of a word on
    resource_id  TEXT NOT NULL REFERENCES resources (id),
    PRIMARY KEY (workspace_id, environment, kind, suffix, resource_id)
);
CREATE INDEX resource_words_resource ON resource_words (resource_id);
UPDATE resources SET folded = NULL;
CREATE INDEX resources_unfolded ON resources (id) WHERE folded IS NULL;

-- The audit is read from its newest event on, and each filter has its own way there.
DROP INDEX audit_target;
CREATE INDEX audit_at ON audit_events (chain, at, number);
CREATE INDEX audit_target ON audit_events (chain, target_id, at, number);
CREATE INDEX audit_actor ON audit_events (chain, actor, at, number);
CREATE INDEX audit_action ON audit_events (chain, action, at, number);
CREATE INDEX audit_outcome ON audit_events (chain, outcome, at, number);
CREATE INDEX audit_environment ON audit_events (chain, environment, at, number);
