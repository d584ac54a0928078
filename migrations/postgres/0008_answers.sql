-- What came of a request under an idempotency key, for every POST that neither makes a resource nor acts on one (those
-- stand in `idempotency`, in the transaction of the row that they make). Who carries it out holds the claim; what it
-- commits marks the row in the same transaction, so that a second one knows whether there is anything left to do.
CREATE TABLE answers (
    actor      TEXT NOT NULL,
    key        TEXT NOT NULL,
    body_mac   TEXT NOT NULL,
    claim      TEXT NOT NULL,
    committed  BIGINT NOT NULL,
    answer     TEXT,                      -- JSON: status, headers, body; none until answered, and none with a secret in it
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX answers_claimed ON answers (claimed_at);
