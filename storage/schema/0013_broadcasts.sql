-- Broadcasts: a text with perhaps a file, to an audience frozen when it is confirmed; and those that facilitators forward
-- to the families, a tick for each group.

CREATE TABLE broadcasts (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,             -- the dialog that made it: saving twice meets this
    text         TEXT NOT NULL CHECK (text <> ''),
    attachment   TEXT,                             -- JSON of an Attachment
    audience     TEXT NOT NULL,                    -- JSON of an Audience
    asks         TEXT NOT NULL DEFAULT '' CHECK (asks IN ('', 'read', 'forward')),   -- of those who get it
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'stopped')),  -- waiting: for a second yes
    size         INTEGER NOT NULL,                 -- how many people, as its maker confirmed
    made_by      INTEGER NOT NULL REFERENCES persons,
    made_at      TEXT NOT NULL,
    wanted_at    TEXT,                             -- when its maker wanted it to leave; NULL: at once
    sends_at     TEXT,                             -- when it leaves, or left
    decided_by   INTEGER REFERENCES persons,       -- who gave, or refused, the second yes
    CHECK (state NOT IN ('sent', 'stopped') OR sends_at IS NOT NULL)
) STRICT;

CREATE TABLE recipients (
    broadcast_id INTEGER NOT NULL REFERENCES broadcasts,
    person_id    INTEGER NOT NULL REFERENCES persons,
    read_at      TEXT,                             -- when the person said so
    PRIMARY KEY (broadcast_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE forwards (                            -- groups that a broadcast is to reach through their facilitator
    broadcast_id INTEGER NOT NULL REFERENCES broadcasts,
    group_id     INTEGER NOT NULL REFERENCES groups,
    person_id    INTEGER NOT NULL REFERENCES persons,
    done_at      TEXT,
    PRIMARY KEY (broadcast_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX forwards_of_person ON forwards (broadcast_id, person_id);
