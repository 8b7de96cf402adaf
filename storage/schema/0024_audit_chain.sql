-- The audit becomes a chain: each line carries the digest of the line before it and of its own fields. What was there
-- is chained in the order of its ids; `digest_of` is storage/chain.py's, which storage/database.py lends to this step.

DROP TRIGGER audit_keeps_its_past;
DROP TRIGGER audit_loses_nothing;
ALTER TABLE audit RENAME TO audit_unchained;

CREATE TABLE audit (
    id           INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    person_id    INTEGER REFERENCES persons,       -- NULL: the command line, or the bot itself
    action       TEXT NOT NULL,
    object       TEXT NOT NULL,
    detail       TEXT NOT NULL DEFAULT '',         -- ids and numbers, never a name: a line outlives the person's data
    digest       TEXT NOT NULL CHECK (length(digest) = 64)
) STRICT;

INSERT INTO audit
WITH RECURSIVE chained (id, digest) AS (
    SELECT id, digest_of('', id, at, person_id, action, object, detail)
    FROM audit_unchained WHERE id = (SELECT min(id) FROM audit_unchained)
    UNION ALL
    SELECT u.id, digest_of(c.digest, u.id, u.at, u.person_id, u.action, u.object, u.detail)
    FROM chained c JOIN audit_unchained u ON u.id = (SELECT min(id) FROM audit_unchained WHERE id > c.id)
)
SELECT u.id, u.at, u.person_id, u.action, u.object, u.detail, c.digest
FROM chained c JOIN audit_unchained u ON u.id = c.id;

DROP TABLE audit_unchained;
CREATE INDEX audit_in_time ON audit (at);
CREATE TRIGGER audit_keeps_its_past BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TABLE audit_check (                         -- what the last look at the whole chain found
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    at           TEXT NOT NULL,
    head         TEXT NOT NULL,                    -- the last line there was: if it is gone, lines were cut off
    whole_since  TEXT,                             -- the time of the first line after the last break
    broken       TEXT NOT NULL                     -- the ids at which it is broken, parted by commas; '' where nowhere
) STRICT;
