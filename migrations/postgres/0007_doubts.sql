-- A request for a resource was left without an answer, or came to the cloud after its lease had passed on: so often. What
-- was asked for again may then have a twin that carries its tag, at any later time, so it is looked for with each look.
ALTER TABLE resources ADD COLUMN doubts BIGINT NOT NULL DEFAULT 0;
