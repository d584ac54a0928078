-- An action that comes again under its idempotency key is told what came of the first one, a refusal too. That stands in
-- its operation, which the key did not know: it knew the resource, and that may have seen other operations since.
ALTER TABLE idempotency ADD COLUMN operation_id TEXT;

-- The name as it is searched, in small letters of every alphabet. The portal writes it, because lower() of SQLite knows
-- ASCII only; it also fills it in, right after this, for the rows that there are.
ALTER TABLE resources ADD COLUMN folded TEXT;
