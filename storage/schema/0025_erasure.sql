-- Erasure: who asked to be forgotten and how far that has come, and for how long copies of messages are kept.

ALTER TABLE persons ADD COLUMN limited INTEGER NOT NULL DEFAULT 0 CHECK (limited IN (0, 1));
                                                   -- 1: asked to be forgotten: told nothing unasked, meant by nothing new
ALTER TABLE persons ADD COLUMN erased_at TEXT;     -- what is left then is a number that counts lead to
ALTER TABLE meetings ADD COLUMN photos_erased INTEGER NOT NULL DEFAULT 0 CHECK (photos_erased >= 0);
                                                   -- how many there were: reports go on counting them

CREATE TABLE erasures (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,             -- the dialog that asked
    person_id    INTEGER NOT NULL REFERENCES persons,
    asked_at     TEXT NOT NULL,
    asked_by     INTEGER REFERENCES persons,       -- the person, or an operator; NULL: a restored backup had it again
    reason       TEXT NOT NULL DEFAULT '',         -- an operator's
    due_at       TEXT NOT NULL,                    -- when it is done by itself, unless somebody refuses
    state        TEXT NOT NULL DEFAULT 'waiting'
                 CHECK (state IN ('waiting', 'begun', 'done', 'withdrawn', 'refused')),
    begun_at     TEXT,                             -- when the good-bye was said: nobody can stop it any more
    reminded_at  TEXT,                             -- when the operators were told for the second time
    settled_at   TEXT,
    settled_by   INTEGER REFERENCES persons,       -- who withdrew or refused; NULL: it was done
    refusal      TEXT NOT NULL DEFAULT '',         -- why it was refused
    CHECK ((state IN ('done', 'withdrawn', 'refused')) = (settled_at IS NOT NULL)),
    CHECK ((state = 'refused') = (refusal <> ''))
) STRICT;
CREATE UNIQUE INDEX erasures_open ON erasures (person_id) WHERE state IN ('waiting', 'begun');

CREATE TABLE retention (                           -- for how long copies of messages are kept, in the order they came
    kind         TEXT PRIMARY KEY CHECK (kind IN ('inbox', 'outbox')),
    days         INTEGER NOT NULL CHECK (days > 0),
    swept_to     INTEGER NOT NULL DEFAULT 0        -- the last row that was looked at
) STRICT, WITHOUT ROWID;
INSERT INTO retention (kind, days) VALUES ('inbox', 30), ('outbox', 90);
